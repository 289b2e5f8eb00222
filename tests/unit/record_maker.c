/* SPDX-License-Identifier: MIT */
/* Random records, and what must hold for any of them; see record_maker.h. */
#include "record_maker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/record/fields.h"
#include "json.h"
#include "support.h"

static __u64 state = 1;

void random_begin(__u64 seed)
{
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

__u64 random_word(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

__u32 random_below(__u32 limit)
{
	return (__u32)(random_word() >> 32) % limit;
}

/* Where the content of one record lies. */
static unsigned char arena[200000];
static size_t used;

/* Lends random bytes of an alignment that is random, too. */
static unsigned char *some_bytes(size_t length)
{
	unsigned char *bytes;

	used += random_below(8);
	assert_true(used + length <= sizeof(arena));
	bytes = arena + used;
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)random_word();
	used += length;
	return bytes;
}

struct perf_event_attr attr_with(__u64 sample_type)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .sample_type = sample_type };

	attr.read_format = PERF_FORMAT_MAX - 1;
	attr.branch_sample_type =
		PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_HW_INDEX | PERF_SAMPLE_BRANCH_COUNTERS;
	attr.sample_regs_user = 0x8000000000ff0fffULL;
	attr.sample_regs_intr = 0x50;
	attr.sample_id_all = 1;
	return attr;
}

/* Any bytes but zero: also quotes, control characters and what is no UTF-8. */
static void make_text(struct perfev_text *text, __u32 most)
{
	static const char *const odd[] = {
		"\"",       "\\",   "\n",           "\x1b[31m",         "\xc3\xa9",
		"\xc2\x9b", "\xff", "\xed\xa0\x80", "\xf0\x9f\x90\xa7", "\x7f"
	};
	__u32 length = random_below(most + 1);
	unsigned char *bytes = some_bytes(length);

	for (__u32 i = 0; i < length; i++)
		bytes[i] = (unsigned char)('a' + bytes[i] % 26);
	if (length > 8 && random_below(2)) {
		const char *some = odd[random_below(sizeof(odd) / sizeof(odd[0]))];

		memcpy(bytes + random_below(length - 4), some, strlen(some));
	}
	text->text = (const char *)bytes;
	text->length = length;
	text->room = 0;
}

static void make_bytes(struct perfev_bytes *bytes, __u32 most)
{
	bytes->length = random_below(most + 1);
	bytes->bytes = some_bytes(bytes->length);
}

static void make_words(struct perfev_words *words, __u32 count)
{
	words->count = count;
	words->bytes = some_bytes(8UL * count);
	words->swapped = random_below(2);
}

static void make_rows(struct perfev_rows *rows, const struct field *field, __u32 count)
{
	rows->count = count;
	rows->stride = field->size;
	rows->bytes = some_bytes((size_t)field->size * count);
	rows->swapped = (__u16)random_below(2);
}

static void make_values(struct perfev_values *values, __u64 format)
{
	values->format = (__u16)format;
	values->swapped = (__u16)random_below(2);
	values->count = format & PERF_FORMAT_GROUP ? random_below(5) : 1;
	values->bytes = some_bytes(40UL * (values->count + 1));
	if (format & PERF_FORMAT_TOTAL_TIME_ENABLED)
		values->enabled_ns = random_word();
	if (format & PERF_FORMAT_TOTAL_TIME_RUNNING)
		values->running_ns = random_word();
}

static void make_branches(struct perfev_branches *branches, const struct perfev_layout *layout)
{
	branches->count = random_below(6);
	branches->bytes = some_bytes(24UL * branches->count);
	branches->swapped = (__u8)random_below(2);
	branches->big_endian = layout->big_endian;
	branches->has_hw_index = layout->branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX &&
				 (branches->count || random_below(2));
	if (branches->has_hw_index)
		branches->hw_index = random_word();
	if (layout->branch_sample_type & PERF_SAMPLE_BRANCH_COUNTERS)
		branches->counters = some_bytes(8UL * branches->count);
}

static void make_registers(struct perfev_registers *registers, __u64 mask)
{
	registers->abi = random_below(3);
	if (registers->abi == PERF_SAMPLE_REGS_ABI_NONE)
		return;
	registers->mask = mask;
	make_words(&registers->values, (__u32)__builtin_popcountll(mask));
}

static void make_stack(struct perfev_stack *stack)
{
	make_bytes(&stack->bytes, random_below(2) ? 2000 : 0);
	stack->size = random_below((__u32)stack->bytes.length + 1);
}

static void make_cpu_map(struct perfev_cpu_map *map)
{
	__u16 head[2] = { (__u16)(1 + random_below(4)), 8 };

	map->type = (__u16)random_below(3);
	map->swapped = 0;
	map->data.length = map->type == 0 ? 2U + 2U * head[0] :
			   map->type == 1 ? 8U + 8U * head[0] :
					    6;
	map->data.bytes = some_bytes(map->data.length);
	if (map->type < 2)
		memcpy((void *)(uintptr_t)map->data.bytes, head, map->type == 0 ? 2 : 4);
}

static void make_update(struct perfev_record_event_update *update)
{
	update->type = random_below(4);
	if (update->type == 1)
		update->scale = 1.0 / (1 + random_below(1000));
	else if (update->type == 3)
		make_cpu_map(&update->cpus);
	else
		make_text(&update->text, 40);
}

static void make_attr(struct perfev_bytes *bytes, const struct perfev_layout *layout)
{
	struct perf_event_attr attr = attr_with(random_word());
	unsigned char *at = some_bytes(sizeof(attr));

	bytes->bytes = at;
	bytes->length = (__u64)perfev_attr_encode(
		at, sizeof(attr), &attr, layout->swapped ? PERFEV_LAYOUT_SWAPPED : 0);
}

static void make_poke(struct perfev_record_text_poke *poke)
{
	poke->old_len = (__u16)random_below(16);
	poke->new_len = (__u16)random_below(16);
	poke->bytes = some_bytes((size_t)poke->old_len + poke->new_len);
}

static void make_field(struct perfev_record *record, const struct field *field,
		       const struct perfev_layout *layout)
{
	void *to = perfev_field_of(record, field);
	struct perfev_build_id *build_id = to;

	switch (field->shape) {
	case SHAPE_U64:
	case SHAPE_PAIR:
		memcpy(to, some_bytes(8), 8);
		break;
	case SHAPE_U32:
		memcpy(to, some_bytes(4), 4);
		break;
	case SHAPE_U16:
		memcpy(to, some_bytes(2), 2);
		break;
	case SHAPE_U8:
		memcpy(to, some_bytes(1), 1);
		break;
	case SHAPE_BLOB:
		memcpy(to, some_bytes(field->size), field->size);
		break;
	case SHAPE_NAME:
	case SHAPE_NAME_CUT:
		make_text(to, field->size);
		break;
	case SHAPE_TEXT:
		make_text(to, 100);
		break;
	case SHAPE_REST:
	case SHAPE_SIZED:
	case SHAPE_SIZED_PADDED:
	case SHAPE_RAW:
		make_bytes(to, 50);
		break;
	case SHAPE_WORDS:
	case SHAPE_WORDS_REST:
		make_words(to, random_below(10));
		break;
	case SHAPE_ROWS:
		make_rows(to, field, random_below(4));
		break;
	case SHAPE_MACHINES:
		make_rows(to, field, random_below(2) ? record->id_index.entries.count : 0);
		break;
	case SHAPE_BUILD_ID:
	case SHAPE_BUILD_ID_LAST:
		memcpy(build_id->bytes, some_bytes(20), 20);
		build_id->size = (__u8)random_below(21);
		if (field->shape == SHAPE_BUILD_ID_LAST &&
		    !(record->misc & PERFEV_MISC_BUILD_ID_SIZE))
			build_id->size = 20;
		break;
	case SHAPE_VALUES:
		make_values(to, layout->read_format);
		break;
	case SHAPE_BRANCHES:
		make_branches(to, layout);
		break;
	case SHAPE_REGISTERS:
		make_registers(to, perfev_field_mask(field, layout));
		break;
	case SHAPE_STACK:
		make_stack(to);
		break;
	case SHAPE_ATTR:
		make_attr(to, layout);
		break;
	case SHAPE_POKE:
		make_poke(&record->text_poke);
		break;
	case SHAPE_CPU_MAP:
		make_cpu_map(to);
		break;
	case SHAPE_UPDATE:
		make_update(&record->event_update);
		break;
	case SHAPE_PAD:
		break;
	}
}

void record_make(struct perfev_record *record, __u32 type, const struct perfev_layout *layout)
{
	const struct kind *kind = perfev_kind(type);

	used = 0;
	memset(record, 0, sizeof(*record));
	record->type = type;
	record->misc = (__u16)random_word();
	record->layout = layout;
	assert_non_null(kind);
	for (unsigned int i = 0; i < kind->count; i++) {
		if (!perfev_field_is_there(&kind->fields[i], record, layout, 1))
			continue;
		make_field(record, &kind->fields[i], layout);
		/* How it says in the next fields what there is. */
		if (type == PERFEV_RECORD_AUXTRACE_ERROR)
			record->auxtrace_error.fmt %= 3;
	}
	for (unsigned int i = 0; i < layout->trailer_count && type < FIRST_USER_KIND; i++)
		make_field(record, &perfev_trailer_fields[layout->trailer[i]], layout);
}

void for_each_type(void (*call)(__u32 type))
{
	for (__u32 type = 0; type < FIRST_USER_KIND + USER_KINDS; type++)
		if (perfev_kind(type))
			call(type);
}

static char text[600000], json[600000];

const char *record_text(const struct perfev_record *record)
{
	int length = perfev_record_format(text, sizeof(text), record);

	assert_in_range(length, 1, sizeof(text) - 1);
	assert_int_equal(strlen(text), length);
	for (int i = 0; i < length; i++)
		assert_true((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
	return text;
}

const char *record_json(const struct perfev_record *record)
{
	int length = perfev_record_format_json(json, sizeof(json), record);

	assert_in_range(length, 2, sizeof(json) - 1);
	assert_int_equal(strlen(json), length);
	if (!json_is_valid(json, (size_t)length))
		fail_msg("no JSON: %s", json);
	return json;
}

int record_round_trip(const struct perfev_record *record, const struct perfev_layout *layout,
		      const unsigned char **bytes)
{
	static unsigned char first[65536 + 8], again[65536 + 1], moved[65536 + 8];
	static char expected[sizeof(json)];
	struct perfev_record back = PERFEV_RECORD_INIT;
	int size = perfev_record_encode(NULL, 0, record, layout), result;

	if (size < 0)
		return size;
	assert_int_equal(perfev_record_encode(first, (size_t)size, record, layout), size);
	strcpy(expected, record_json(record));
	record_text(record);
	for (unsigned int i = 0; i < 8; i++) {
		memcpy(moved + i, first, (size_t)size);
		result = perfev_record_decode(&back, moved + i, (size_t)size, layout);
		if (result != size)
			fail_msg("%d for %d bytes: %s", result, size, record_text(&back));
		assert_int_equal(back.size, size);
		assert_int_equal(back.type, record->type);
		assert_int_equal(back.misc, record->misc);
		assert_string_equal(record_json(&back), expected);
		memset(again, 0xa5, (size_t)size + 1);
		assert_int_equal(perfev_record_encode(again, sizeof(again), &back, layout), size);
		assert_memory_equal(again, first, (size_t)size);
		assert_int_equal(again[size], 0xa5);
	}
	if (bytes)
		*bytes = first;
	return size;
}

const void *at_the_edge(const void *bytes, size_t length)
{
	static unsigned char *pages;
	const size_t room = 131072;
	const size_t guard = (size_t)sysconf(_SC_PAGESIZE);

	if (!pages) {
		pages = mmap(NULL, room + guard, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_true(pages != MAP_FAILED);
		assert_int_equal(mprotect(pages + room, guard, PROT_NONE), 0);
	}
	if (length)
		memcpy(pages + room - length, bytes, length);
	return pages + room - length;
}
