/* SPDX-License-Identifier: MIT */
/*
 * Bytes to fields. Every length is checked against what is left before anything is read, and every
 * count is divided rather than multiplied, so that no number from the bytes can lead out of them.
 */
#include <errno.h>
#include <string.h>

#include "alike.h"
#include "cursor.h"
#include "fields.h"

/* An entry for each of the ids before, where there is room for them. */
static int take_machines(struct cursor *cursor, struct perfev_record *record,
			 const struct field *field)
{
	__u64 count = left_in(cursor) ? record->id_index.entries.count : 0;

	return take_rows(cursor, count, field->size, &record->id_index.machines);
}

/* What does not say its size is of 20 bytes. */
static int take_build_id(struct cursor *cursor, int last, int sized,
			 struct perfev_build_id *build_id)
{
	const unsigned char *at = cursor->at;

	if (left_in(cursor) < 24)
		return -EBADMSG;
	memcpy(build_id->bytes, at + (last ? 0 : 4), sizeof(build_id->bytes));
	build_id->size = sized ? at[last ? 20 : 0] : sizeof(build_id->bytes);
	if (build_id->size > sizeof(build_id->bytes)) {
		cursor->at += last ? 20 : 0;
		return -EBADMSG;
	}
	cursor->at += 24;
	return 0;
}

static int take_values(struct cursor *cursor, __u64 format, struct perfev_values *values)
{
	const unsigned int each = perfev_value_bytes(format);
	__u64 count = 1;

	memset(values, 0, sizeof(*values));
	values->format = (__u16)format;
	values->swapped = (__u16)cursor->swapped;
	/* A group's number and times come first, a single event's times behind its value. */
	if (format & PERF_FORMAT_GROUP && take64(cursor, &count) < 0)
		return -EBADMSG;
	values->bytes = cursor->at;
	if (!(format & PERF_FORMAT_GROUP) && !take(cursor, 8))
		return -EBADMSG;
	if (format & PERF_FORMAT_TOTAL_TIME_ENABLED && take64(cursor, &values->enabled_ns) < 0)
		return -EBADMSG;
	if (format & PERF_FORMAT_TOTAL_TIME_RUNNING && take64(cursor, &values->running_ns) < 0)
		return -EBADMSG;
	if (format & PERF_FORMAT_GROUP) {
		if (count > left_in(cursor) / each)
			return -EBADMSG;
		values->bytes = take(cursor, each * count);
	} else if (!take(cursor, each - 8)) {
		return -EBADMSG;
	}
	values->count = (__u32)count;
	return 0;
}

static int take_registers(struct cursor *cursor, __u64 mask, struct perfev_registers *registers)
{
	memset(registers, 0, sizeof(*registers));
	if (take64(cursor, &registers->abi) < 0)
		return -EBADMSG;
	if (registers->abi == PERF_SAMPLE_REGS_ABI_NONE)
		return 0;
	registers->mask = mask;
	return take_words(cursor, (unsigned int)__builtin_popcountll(mask), &registers->values);
}

static int take_stack(struct cursor *cursor, struct perfev_stack *stack)
{
	stack->size = 0;
	if (take_sized(cursor, &stack->bytes) < 0)
		return -EBADMSG;
	/* How much of it was filled is said only where there is something. */
	if (!stack->bytes.length)
		return 0;
	if (take64(cursor, &stack->size) < 0)
		return -EBADMSG;
	if (stack->size <= stack->bytes.length)
		return 0;
	cursor->at -= 8;
	return -EBADMSG;
}

static int decode_fields(struct perfev_record *record, const struct perfev_layout *layout,
			 struct cursor *cursor, unsigned int first);

/*
 * The kernel leaves out the index with the entries when a PMU gave none at all, and nothing says
 * so. What is right is what makes the rest of the record end where it does.
 */
static int has_hw_index(struct perfev_record *record, const struct perfev_layout *layout,
			const struct cursor *cursor, __u64 count)
{
	struct cursor without = *cursor;
	unsigned int next = 0;
	int fits;

	if (!(layout->branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX))
		return 0;
	if (count)
		return 1;
	while (perfev_sample_fields[layout->fields[next]].shape != SHAPE_BRANCHES)
		next++;
	fits = decode_fields(record, layout, &without, next + 1) == 0 && !left_in(&without);
	record->bad_field = NULL;
	return !fits;
}

static int take_branches(struct perfev_record *record, const struct perfev_layout *layout,
			 struct cursor *cursor)
{
	struct perfev_branches *branches = &record->sample.branches;
	__u64 count;

	memset(branches, 0, sizeof(*branches));
	branches->swapped = (__u8)cursor->swapped;
	branches->big_endian = layout->big_endian;
	if (take64(cursor, &count) < 0)
		return -EBADMSG;
	branches->has_hw_index = (__u8)has_hw_index(record, layout, cursor, count);
	if (branches->has_hw_index && take64(cursor, &branches->hw_index) < 0)
		return -EBADMSG;
	if (count > left_in(cursor) / sizeof(struct perf_branch_entry))
		return -EBADMSG;
	branches->bytes = take(cursor, count * sizeof(struct perf_branch_entry));
	if (layout->branch_sample_type & PERF_SAMPLE_BRANCH_COUNTERS) {
		branches->counters = take(cursor, 8 * count);
		if (!branches->counters)
			return -EBADMSG;
	}
	branches->count = (__u32)count;
	return 0;
}

/* An attribute is as long as it says; the very first kernels wrote 0 for their only length. */
static int take_attr(struct cursor *cursor, struct perfev_bytes *bytes)
{
	__u32 size;

	if (left_in(cursor) < PERF_ATTR_SIZE_VER0)
		return -EBADMSG;
	size = load32(cursor->at + offsetof(struct perf_event_attr, size), cursor->swapped);
	if (size == 0)
		size = PERF_ATTR_SIZE_VER0;
	return size < PERF_ATTR_SIZE_VER0 ? -EBADMSG : take_bytes(cursor, size, bytes);
}

static int take_poke(struct cursor *cursor, struct perfev_record *record)
{
	struct perfev_record_text_poke *poke = &record->text_poke;
	size_t padding;

	poke->bytes = take(cursor, (__u64)poke->old_len + poke->new_len);
	if (!poke->bytes)
		return -EBADMSG;
	/* The bytes begin 4 behind a multiple of 8. */
	padding = (size_t)-(4 + poke->old_len + poke->new_len) & 7;
	take(cursor, padding < left_in(cursor) ? padding : left_in(cursor));
	return 0;
}

static int take_cpu_map(struct cursor *cursor, struct perfev_cpu_map *map)
{
	map->swapped = (__u16)cursor->swapped;
	if (take16(cursor, &map->type) < 0)
		return -EBADMSG;
	return take_bytes(cursor, left_in(cursor), &map->data);
}

static int take_update(struct cursor *cursor, struct perfev_record_event_update *update)
{
	__u64 scale;

	switch (update->type) {
	case 0:
	case 2:
		return take_text(cursor, left_in(cursor), &update->text);
	case 1:
		if (take64(cursor, &scale) < 0)
			return -EBADMSG;
		memcpy(&update->scale, &scale, sizeof(scale));
		return 0;
	case 3:
		return take_cpu_map(cursor, &update->cpus);
	default:
		return 0; /* all of it is tail */
	}
}

static int decode_field(struct perfev_record *record, const struct field *field,
			const struct perfev_layout *layout, struct cursor *cursor)
{
	void *to = perfev_field_of(record, field);

	switch (field->shape) {
	case SHAPE_U64:
	case SHAPE_PAIR:
		return take_word(cursor, field->shape == SHAPE_PAIR, to);
	case SHAPE_U32:
		return take32(cursor, to);
	case SHAPE_U16:
		return take16(cursor, to);
	case SHAPE_U8:
		return take_blob(cursor, 1, to);
	case SHAPE_PAD:
		return take(cursor, field->size) ? 0 : -EBADMSG;
	case SHAPE_BLOB:
		return take_blob(cursor, field->size, to);
	case SHAPE_NAME:
		return take_text(cursor, field->size, to);
	case SHAPE_NAME_CUT:
		return take_text(cursor,
				 field->size < left_in(cursor) ? field->size : left_in(cursor), to);
	case SHAPE_TEXT:
		return take_text(cursor, left_in(cursor), to);
	case SHAPE_REST:
		return take_bytes(cursor, left_in(cursor), to);
	case SHAPE_SIZED:
		return take_sized(cursor, to);
	case SHAPE_SIZED_PADDED:
		if (take_sized(cursor, to) < 0)
			return -EBADMSG;
		cursor->at = cursor->end;
		return 0;
	case SHAPE_RAW:
		return take_raw(cursor, to);
	case SHAPE_WORDS:
		return take_counted_words(cursor, to);
	case SHAPE_WORDS_REST:
		return take_words(cursor, left_in(cursor) / 8, to);
	case SHAPE_ROWS: {
		__u64 count;

		return take64(cursor, &count) < 0 ? -EBADMSG :
						    take_rows(cursor, count, field->size, to);
	}
	case SHAPE_MACHINES:
		return take_machines(cursor, record, field);
	case SHAPE_BUILD_ID:
		return take_build_id(cursor, 0, 1, to);
	case SHAPE_BUILD_ID_LAST:
		return take_build_id(cursor, 1, record->misc & PERFEV_MISC_BUILD_ID_SIZE, to);
	case SHAPE_VALUES:
		return take_values(cursor, layout->read_format, to);
	case SHAPE_BRANCHES:
		return take_branches(record, layout, cursor);
	case SHAPE_REGISTERS:
		return take_registers(cursor, perfev_field_mask(field, layout), to);
	case SHAPE_STACK:
		return take_stack(cursor, to);
	case SHAPE_ATTR:
		return take_attr(cursor, to);
	case SHAPE_POKE:
		return take_poke(cursor, record);
	case SHAPE_CPU_MAP:
		return take_cpu_map(cursor, to);
	case SHAPE_UPDATE:
		return take_update(cursor, to);
	}
	return -EBADMSG;
}

/* Most fields are one word, or a callchain: these are taken here, without a call. */
static inline int decode_one(struct perfev_record *record, const struct field *field,
			     const struct perfev_layout *layout, struct cursor *cursor)
{
	if (field->shape == SHAPE_U64 || field->shape == SHAPE_PAIR)
		return take_word(cursor, field->shape == SHAPE_PAIR,
				 perfev_field_of(record, field));
	if (field->shape == SHAPE_WORDS)
		return take_counted_words(cursor, perfev_field_of(record, field));
	return decode_field(record, field, layout, cursor);
}

/* Says where decoding came to its end, and forgets what came out before. */
static int refuse(struct perfev_record *record, const struct cursor *cursor, const char *field)
{
	struct perfev_record refused = {
		.type = record->type,
		.misc = record->misc,
		.size = record->size,
		.bytes = record->bytes,
		.layout = record->layout,
		.bad_field = field
	};

	refused.bad_offset = (__u32)(cursor->at - (const unsigned char *)record->bytes);
	*record = refused;
	return -EBADMSG;
}

/* Decodes the fields of a sample from this one of its layout on. */
static int decode_fields(struct perfev_record *record, const struct perfev_layout *layout,
			 struct cursor *cursor, unsigned int first)
{
	for (unsigned int i = first; i < layout->field_count; i++) {
		const struct field *field = &perfev_sample_fields[layout->fields[i]];

		if (decode_one(record, field, layout, cursor) < 0) {
			record->bad_field = field->name;
			return -EBADMSG;
		}
	}
	return 0;
}

static int decode_sample(struct perfev_record *record, const struct perfev_layout *layout,
			 struct cursor *cursor)
{
	unsigned int first = 0;

	record->have = layout->sample_type;
	if (layout->fixed * 8UL > left_in(cursor)) {
		unsigned int missing = (unsigned int)(left_in(cursor) / 8);

		cursor->at += 8UL * missing;
		return refuse(record, cursor, perfev_sample_fields[layout->fields[missing]].name);
	}
	if (!cursor->swapped) {
		take_alike_words(record, cursor->at, layout);
		cursor->at += 8UL * layout->fixed;
		first = layout->fixed;
	}
	if (decode_fields(record, layout, cursor, first) < 0)
		return refuse(record, cursor, record->bad_field);
	return 0;
}

static int decode_trailer(struct perfev_record *record, const struct perfev_layout *layout,
			  struct cursor *cursor)
{
	struct cursor trailer = { cursor->end - layout->trailer_bytes, cursor->end,
				  cursor->swapped };

	if (left_in(cursor) < layout->trailer_bytes)
		return refuse(record, cursor, "sample_id");
	for (unsigned int i = 0; i < layout->trailer_count; i++) {
		const struct field *field = &perfev_trailer_fields[layout->trailer[i]];

		record->have |= field->bits;
		decode_one(record, field, layout, &trailer);
	}
	cursor->end -= layout->trailer_bytes;
	return 0;
}

static int decode_other(struct perfev_record *record, const struct perfev_layout *layout,
			struct cursor *cursor)
{
	const struct kind *kind = perfev_kind(record->type);

	if (record->type < FIRST_USER_KIND && layout->trailer_bytes &&
	    decode_trailer(record, layout, cursor) < 0)
		return -EBADMSG;
	for (unsigned int i = 0; kind && i < kind->count; i++) {
		const struct field *field = &kind->fields[i];

		if (field->when != WHEN_ALWAYS &&
		    !perfev_field_is_there(field, record, layout, left_in(cursor)))
			continue;
		if (decode_one(record, field, layout, cursor) < 0)
			return refuse(record, cursor, field->name);
	}
	return 0;
}

/*
 * A sample overwrites what the one before it, of the same layout, left: only what its event does
 * not have must be zero, and is still.
 */
static void clear(struct perfev_record *record, __u32 type, const struct perfev_layout *layout)
{
	size_t length = sizeof(*record);

	if (type == PERF_RECORD_SAMPLE && record->zeroed == layout &&
	    record->have == layout->sample_type) {
		record->tail.bytes = NULL;
		record->tail.length = 0;
		return;
	}
	/* For a length that it knows, gcc writes "rep stos", which takes five times as long. */
	__asm__("" : "+r"(length));
	memset(record, 0, length);
	record->zeroed = type == PERF_RECORD_SAMPLE ? layout : NULL;
}

/* Forgets the record before: what is not all there must not look like it. */
static int cut_short(struct perfev_record *record, __u16 size)
{
	clear(record, 0, NULL);
	record->size = size;
	return -ENODATA;
}

/* Any record, whatever came before it. */
static __attribute__((noinline)) int decode_any(struct perfev_record *record, const void *bytes,
						size_t length, const struct perfev_layout *layout)
{
	struct cursor cursor = { bytes, NULL, layout->swapped };
	__u32 type;
	__u16 size;
	int result;

	if (length < HEADER_BYTES)
		return cut_short(record, 0);
	type = load32(cursor.at, cursor.swapped);
	size = load16(cursor.at + 6, cursor.swapped);
	if (size > length)
		return cut_short(record, size);
	clear(record, type, layout);
	record->type = type;
	record->misc = load16(cursor.at + 4, cursor.swapped);
	record->size = size;
	record->bytes = bytes;
	record->layout = layout;
	if (size < HEADER_BYTES)
		return refuse(record, &cursor, "size");
	cursor.end = cursor.at + size;
	cursor.at += HEADER_BYTES;
	result = type == PERF_RECORD_SAMPLE ? decode_sample(record, layout, &cursor) :
					      decode_other(record, layout, &cursor);
	if (result < 0)
		return result;
	if (cursor.at != cursor.end) {
		record->tail.bytes = cursor.at;
		record->tail.length = left_in(&cursor);
	}
	return size;
}

int perfev_record_decode(struct perfev_record *record, const void *bytes, size_t length,
			 const struct perfev_layout *layout)
{
	size_t size = length < HEADER_BYTES ? 0 : load16((const unsigned char *)bytes + 6, 0);

	if (size > length || !is_alike(record, bytes, size, layout))
		return decode_any(record, bytes, length, layout);
	take_alike(record, bytes, size, layout);
	return (int)size;
}
