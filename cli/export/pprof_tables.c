/* SPDX-License-Identifier: MIT */
/*
 * pprof's tables: files, functions, and the places that samples used. Their ids are numbers of the
 * profile's and one, since 0 is none; a place's is its number, since 0 is the root.
 */
#include <errno.h>
#include <stdlib.h>

#include "names.h"
#include "pprof.h"
#include "stacks.h"

/* What is known of a file, and of where a function is written. */
struct known {
	struct export_modules modules;
	unsigned char *has_files, *has_lines, *has_inlined; /* by module */
	const char **file_of;                               /* by function */
};

static int look(struct known *known, const struct profile *profile)
{
	const __u32 count = known->modules.keys.count;

	known->has_files = calloc(3 * (count + 1UL), 1);
	known->file_of = calloc(profile->function_count + 1UL, sizeof(*known->file_of));
	if (!known->has_files || !known->file_of)
		return -ENOMEM;
	known->has_lines = known->has_files + count + 1;
	known->has_inlined = known->has_lines + count + 1;
	for (__u32 i = 0; i < profile->frame_count; i++) {
		const struct profile_frame *frame = &profile->frames[i];
		const __u32 module = known->modules.of_function[frame->function];

		if (frame->file && !known->file_of[frame->function])
			known->file_of[frame->function] = frame->file;
		if (module == PROFILE_NONE)
			continue;
		known->has_files[module] |= frame->file != NULL;
		known->has_lines[module] |= frame->line != 0;
		known->has_inlined[module] |= frame->is_inlined;
	}
	return 0;
}

static int put_mapping(struct pprof *pprof, const struct known *known, __u32 number)
{
	Perfev__Pprof__Mapping mapping = PERFEV__PPROF__MAPPING__INIT, *mappings[] = { &mapping };
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;
	char *build_id = export_module_build_id(&known->modules, number);

	if (!build_id)
		return -ENOMEM;
	mapping.id = number + 1UL;
	/* From 0 to the end: addresses are the file's own. */
	mapping.limit = UINT64_MAX;
	mapping.file = pprof_text(pprof, export_module_path(&known->modules, number));
	mapping.build_id = pprof_text(pprof, build_id);
	free(build_id);
	/* Or pprof would look for symbols itself. */
	mapping.has_functions = 1;
	mapping.has_files = known->has_files[number];
	mapping.has_lines = known->has_lines[number];
	mapping.has_inlined = known->has_inlined[number];
	part.n_mappings = 1;
	part.mappings = mappings;
	pprof_put(pprof, &part);
	return 0;
}

static int put_function(struct pprof *pprof, const struct known *known, __u32 number)
{
	Perfev__Pprof__Function function = PERFEV__PPROF__FUNCTION__INIT;
	Perfev__Pprof__Function *functions[] = { &function };
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;
	char *name = export_function_name(&pprof->profile->functions[number]);

	if (!name)
		return -ENOMEM;
	function.id = number + 1UL;
	/* Without a name of the system's, or pprof would cut templates off from this one. */
	function.name = pprof_text(pprof, name);
	free(name);
	if (known->file_of[number])
		function.file = pprof_text(pprof, known->file_of[number]);
	part.n_functions = 1;
	part.functions = functions;
	pprof_put(pprof, &part);
	return 0;
}

/* Room for the lines of a place. */
struct lines {
	__u32 *frames;
	Perfev__Pprof__Line *lines, **list;
};

static void put_place(struct pprof *pprof, const struct known *known, const struct lines *room,
		      __u32 place)
{
	const struct profile *profile = pprof->profile;
	const __u32 depth = export_stack(&pprof->places, place, room->frames);
	Perfev__Pprof__Location location = PERFEV__PPROF__LOCATION__INIT;
	Perfev__Pprof__Location *locations[] = { &location };
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;
	__u32 module = PROFILE_NONE;

	for (__u32 i = 0; i < depth; i++) {
		const struct profile_frame *frame = &profile->frames[room->frames[i]];

		perfev__pprof__line__init(&room->lines[i]);
		room->lines[i].function = frame->function + 1UL;
		room->lines[i].line = frame->line;
		room->list[i] = &room->lines[i];
		location.address = frame->address;
		module = known->modules.of_function[frame->function];
	}
	location.id = place;
	location.mapping = module == PROFILE_NONE ? 0 : module + 1UL;
	location.n_lines = depth;
	location.lines = room->list;
	part.n_locations = 1;
	part.locations = locations;
	pprof_put(pprof, &part);
}

static int put_places(struct pprof *pprof, const struct known *known)
{
	__u32 deepest = 0;
	struct lines room = { .frames = export_stack_room(&pprof->places, &deepest) };
	int error = 0;

	room.lines = calloc(deepest + 1UL, sizeof(*room.lines));
	room.list = calloc(deepest + 1UL, sizeof(*room.list));
	if (!room.frames || !room.lines || !room.list)
		error = -ENOMEM;
	for (__u32 i = 1; i < pprof->places.node_count && !error; i++)
		if (pprof->is_used[i])
			put_place(pprof, known, &room, i);
	free(room.frames);
	free(room.lines);
	free(room.list);
	return error;
}

int pprof_put_tables(struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	struct known known = { 0 };
	int error = export_modules(&known.modules, profile);

	if (error)
		return error;
	error = look(&known, profile);
	for (__u32 i = 0; i < known.modules.keys.count && !error; i++)
		error = put_mapping(pprof, &known, i);
	for (__u32 i = 0; i < profile->function_count && !error; i++)
		error = put_function(pprof, &known, i);
	if (!error)
		error = put_places(pprof, &known);
	export_modules_free(&known.modules);
	free(known.has_files);
	free(known.file_of);
	return error;
}
