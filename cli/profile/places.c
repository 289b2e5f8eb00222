/* SPDX-License-Identifier: MIT */
/*
 * Where code was, as frames of a profile; see places.h. Symbols and modules have numbers, so that
 * their functions are found without a search; an address is searched for once, and its lines are
 * looked up once.
 */
#include "places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "hash.h"
#include "texts.h"

#define UNKNOWN "[unknown]"
#define MOST_INLINED 64
#define MODES 8

/* A function of the profile, and its frame where functions are not taken apart; 0: not yet. */
struct known {
	__u32 function_and_one, frame_and_one;
};

/* An address of a module, and its frames, which are consecutive in the pool. */
struct place {
	const struct perfev_module *module;
	__u64 address;
	__u32 function, first, count;
};

struct profile_places {
	struct profile *profile;
	struct perfev_symbols *symbols;
	int has_addresses, has_lines, has_inlined;
	struct known *by_symbol, *by_module;
	__u32 symbol_room, module_room;
	struct known outside[MODES]; /* of no module */
	struct place *places;
	__u32 *slots; /* of places: a number and one, or 0 */
	__u32 place_count, place_room, mask;
	__u32 *pool, pool_count, pool_room;
	struct profile_texts inlined; /* "module\nfunction" */
	__u32 *inlined_functions, inlined_room;
};

int profile_places_open(struct profile_places **out, struct profile *profile,
			struct perfev_symbols *symbols,
			const struct profile_taking_options *options)
{
	struct profile_places *places = calloc(1, sizeof(*places));

	*out = places;
	if (!places)
		return -ENOMEM;
	places->profile = profile;
	places->symbols = symbols;
	places->has_inlined = options->inlined;
	places->has_lines = options->inlined || options->keys >> PROFILE_KEY_LINE & 1;
	places->has_addresses = places->has_lines || options->addresses;
	return 0;
}

void profile_places_close(struct profile_places *places)
{
	if (!places)
		return;
	free(places->by_symbol);
	free(places->by_module);
	free(places->places);
	free(places->slots);
	free(places->pool);
	profile_texts_free(&places->inlined);
	free(places->inlined_functions);
	free(places);
}

/* Room for a number, with nothing known of those that are new. */
static int make_known(struct known **list, __u32 *room, __u32 number)
{
	const __u32 before = *room;

	if (profile_grow(list, room, number + (__u64)1, sizeof(**list)) < 0)
		return -ENOMEM;
	memset(*list + before, 0, (*room - before) * sizeof(**list));
	return 0;
}

/* What is remembered of a frame's function, or NULL without memory. */
static struct known *known_of(struct profile_places *places, const struct perfev_frame *frame)
{
	if (frame->symbol) {
		const __u32 number = frame->symbol->number;

		if (number >= places->symbol_room &&
		    make_known(&places->by_symbol, &places->symbol_room, number) < 0)
			return NULL;
		return &places->by_symbol[number];
	}
	if (frame->module) {
		const __u32 number = frame->module->number;

		if (number >= places->module_room &&
		    make_known(&places->by_module, &places->module_room, number) < 0)
			return NULL;
		return &places->by_module[number];
	}
	return &places->outside[frame->mode % MODES];
}

/* A module's build-id as hexadecimal digits, or NULL where it has none. */
static const char *build_id_of(const struct perfev_module *module, char text[41])
{
	static const char digits[] = "0123456789abcdef";
	unsigned int length = 0;

	if (!module || !module->build_id.size || module->build_id.size > 20)
		return NULL;
	for (unsigned int i = 0; i < module->build_id.size; i++) {
		text[length++] = digits[module->build_id.bytes[i] >> 4];
		text[length++] = digits[module->build_id.bytes[i] & 15];
	}
	text[length] = '\0';
	return text;
}

static int add_function(struct profile_places *places, const struct perfev_frame *frame,
			struct known *known)
{
	char build_id[41];
	const struct profile_function function = {
		.name = frame->symbol ? frame->symbol->name : UNKNOWN,
		.module = frame->module ? frame->module->path : "",
		.build_id = build_id_of(frame->module, build_id),
		.symbol = frame->symbol,
		.mode = frame->mode,
		.is_known = frame->symbol != NULL,
	};
	__u32 number;

	if (profile_add_function(places->profile, &function, &number) < 0)
		return -ENOMEM;
	known->function_and_one = number + 1;
	return 0;
}

static __u32 hash(const struct perfev_module *module, __u64 address)
{
	return (__u32)profile_hash(profile_hash(0, address), module ? module->number + 1U : 0);
}

/* Where a place is in the table, or would be. */
static __u32 *slot_of(const struct profile_places *places, const struct perfev_module *module,
		      __u32 function, __u64 address)
{
	for (__u32 at = hash(module, address);; at++) {
		__u32 *slot = &places->slots[at & places->mask];
		const struct place *place;

		if (!*slot)
			return slot;
		place = &places->places[*slot - 1];
		if (place->address == address && place->module == module &&
		    place->function == function)
			return slot;
	}
}

static int grow_places(struct profile_places *places)
{
	__u32 *slots;

	if (profile_grow(&places->places, &places->place_room, places->place_count + (__u64)1,
			 sizeof(*places->places)) < 0)
		return -ENOMEM;
	if (places->slots && 2 * (__u64)places->place_count < places->mask)
		return 0;
	slots = calloc(4 * (size_t)places->place_room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(places->slots);
	places->slots = slots;
	places->mask = 4 * places->place_room - 1;
	for (__u32 i = 0; i < places->place_count; i++) {
		const struct place *place = &places->places[i];

		*slot_of(places, place->module, place->function, place->address) = i + 1;
	}
	return 0;
}

/* The function of that name which is inlined in a module. */
static int inlined_function(struct profile_places *places, const struct perfev_frame *of,
			    const char *name, __u32 *number)
{
	char build_id[41];
	struct profile_function function = {
		.name = name,
		.module = of->module->path,
		.build_id = build_id_of(of->module, build_id),
		.mode = of->mode,
		.is_known = 1,
	};
	const __u32 before = places->inlined.count;
	const size_t size = strlen(of->module->path) + strlen(name) + 2;
	const char *kept;
	char *key = malloc(size);
	__u32 text;
	int result = -ENOMEM;

	if (!key)
		return -ENOMEM;
	snprintf(key, size, "%s\n%s", of->module->path, name);
	/* The key is copied only if it turns out to be new; the table has it by then. */
	if (profile_grow(&places->inlined_functions, &places->inlined_room, before + (__u64)1,
			 sizeof(__u32)) < 0 ||
	    profile_texts_number(&places->inlined, key, &text) < 0)
		goto end;
	if (text == before) {
		kept = profile_text(places->profile, key);
		if (!kept || profile_add_function(places->profile, &function,
						  &places->inlined_functions[text]) < 0) {
			profile_texts_forget(&places->inlined);
			goto end;
		}
		places->inlined.list[text] = kept;
	}
	*number = places->inlined_functions[text];
	result = 0;
end:
	free(key);
	return result;
}

static int add_to_pool(struct profile_places *places, const struct profile_frame *frame)
{
	__u32 number;

	if (profile_grow(&places->pool, &places->pool_room, places->pool_count + (__u64)1,
			 sizeof(*places->pool)) < 0 ||
	    profile_frame(places->profile, frame, &number) < 0)
		return -ENOMEM;
	places->pool[places->pool_count++] = number;
	return 0;
}

/* The frames of an address that is new, into the pool. */
static int add_frames(struct profile_places *places, const struct perfev_frame *of, __u32 function)
{
	struct profile_frame frame = { .function = function, .address = of->module_address };
	struct perfev_line lines[MOST_INLINED];
	int count = 0;

	if (!of->module)
		frame.address = of->address;
	else if (places->has_lines)
		count = perfev_symbols_lines(places->symbols, of->module, of->module_address, lines,
					     MOST_INLINED);
	if (count < 0)
		return count;
	if (count > MOST_INLINED)
		count = MOST_INLINED;
	for (int i = 0; i < count && places->has_inlined; i++) {
		if (!lines[i].is_inlined || !lines[i].function)
			continue;
		frame.is_inlined = 1;
		frame.file = lines[i].file;
		frame.line = lines[i].line;
		if (inlined_function(places, of, lines[i].function, &frame.function) < 0 ||
		    add_to_pool(places, &frame) < 0)
			return -ENOMEM;
	}
	/* The function itself: where it calls what is inlined, or else the line of the address. */
	frame.is_inlined = 0;
	frame.function = function;
	if (count) {
		frame.file = lines[places->has_inlined ? count - 1 : 0].file;
		frame.line = lines[places->has_inlined ? count - 1 : 0].line;
	}
	return add_to_pool(places, &frame);
}

static long find_place(struct profile_places *places, const struct perfev_frame *frame,
		       __u32 function, const __u32 **frames)
{
	const __u64 address = frame->module ? frame->module_address : frame->address;
	struct place *place;
	__u32 *slot;

	if (grow_places(places) < 0)
		return -ENOMEM;
	slot = slot_of(places, frame->module, function, address);
	if (!*slot) {
		place = &places->places[places->place_count];
		*place = (struct place){ frame->module, address, function, places->pool_count, 0 };
		if (add_frames(places, frame, function) < 0) {
			places->pool_count = place->first;
			return -ENOMEM;
		}
		place->count = places->pool_count - place->first;
		*slot = ++places->place_count;
	}
	place = &places->places[*slot - 1];
	*frames = &places->pool[place->first];
	return place->count;
}

long profile_places_find(struct profile_places *places, const struct perfev_frame *frame,
			 const __u32 **frames)
{
	struct known *known = known_of(places, frame);

	if (!known || (!known->function_and_one && add_function(places, frame, known) < 0))
		return -ENOMEM;
	if (places->has_addresses)
		return find_place(places, frame, known->function_and_one - 1, frames);
	if (!known->frame_and_one) {
		const struct profile_frame new = { .function = known->function_and_one - 1 };

		places->pool_count = 0;
		if (add_to_pool(places, &new) < 0)
			return -ENOMEM;
		known->frame_and_one = places->pool[0] + 1;
	}
	/* Without addresses, the pool is but a place for what is lent. */
	places->pool[0] = known->frame_and_one - 1;
	*frames = places->pool;
	return 1;
}
