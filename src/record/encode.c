/* SPDX-License-Identifier: MIT */
/*
 * Fields to bytes, by the table that decoding walks. It is walked twice: once to learn how long the
 * record is, once to write it.
 */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "fields.h"

/* Where a record is written to; without bytes it is only measured. */
struct writer {
	unsigned char *bytes;
	size_t length; /* so far, with the header */
	int swapped;
};

/* What is longer than any record counts as this much, so that no sum of lengths wraps. */
#define TOO_LONG (1U << 20)

static void put(struct writer *writer, const void *bytes, __u64 length)
{
	size_t put = length < TOO_LONG ? (size_t)length : TOO_LONG;

	if (writer->bytes && put)
		memcpy(writer->bytes + writer->length, bytes, put);
	writer->length += put;
}

static void put_zeros(struct writer *writer, size_t length)
{
	if (writer->bytes)
		memset(writer->bytes + writer->length, 0, length);
	writer->length += length;
}

static void put64(struct writer *writer, __u64 value)
{
	if (writer->bytes)
		store64(writer->bytes + writer->length, value, writer->swapped);
	writer->length += 8;
}

static void put32(struct writer *writer, __u32 value)
{
	if (writer->bytes)
		store32(writer->bytes + writer->length, value, writer->swapped);
	writer->length += 4;
}

static void put16(struct writer *writer, __u16 value)
{
	if (writer->bytes)
		store16(writer->bytes + writer->length, value, writer->swapped);
	writer->length += 2;
}

/* Up to a multiple of 8 bytes of the record. */
static void put_padding(struct writer *writer)
{
	put_zeros(writer, -writer->length & 7);
}

/* What was decoded has its padding behind it; what is new is padded with zeros. */
static void put_text(struct writer *writer, const struct perfev_text *text, size_t room)
{
	size_t there = text->room > text->length ? text->room : text->length;
	size_t length = there < room ? there : room;

	put(writer, text->text, length);
	put_zeros(writer, room - length);
}

/* A text that ends its record. */
static void put_last_text(struct writer *writer, const struct perfev_text *text)
{
	if (text->room) {
		put_text(writer, text, text->room);
		return;
	}
	put(writer, text->text, text->length);
	put_zeros(writer, 1);
	put_padding(writer);
}

/* A name that ends its record where nothing follows it: AUXTRACE_ERROR's of a guest is whole. */
static void put_cut_name(struct writer *writer, const struct perfev_record *record,
			 const struct perfev_text *text, const struct field *field)
{
	size_t room = text->room ? text->room : (text->length + 8UL) & ~7UL;

	if (record->type == PERFEV_RECORD_AUXTRACE_ERROR && record->auxtrace_error.fmt >= 2)
		room = field->size;
	if (room > field->size)
		room = field->size;
	put_text(writer, text, room);
}

static void put_words(struct writer *writer, const struct perfev_words *words)
{
	if (!writer->bytes) {
		writer->length += 8UL * words->count;
		return;
	}
	for (__u32 i = 0; i < words->count; i++)
		put64(writer, perfev_words_get(words, i));
}

static void put_column(struct writer *writer, const unsigned char *at, const struct field *column,
		       int swapped)
{
	if (column->shape == SHAPE_NAME)
		put(writer, at, column->size);
	else
		put64(writer, load64(at, swapped));
}

static int put_rows(struct writer *writer, const struct perfev_rows *rows,
		    const struct field *field)
{
	/* What is measured must be what is written. */
	if (rows->count && rows->stride != field->size)
		return -EINVAL;
	if (!writer->bytes) {
		writer->length += (size_t)rows->count * field->size;
		return 0;
	}
	for (__u32 i = 0; i < rows->count; i++) {
		const unsigned char *at =
			(const unsigned char *)rows->bytes + (size_t)i * rows->stride;

		for (const struct field *column = field->columns; column->name; column++) {
			put_column(writer, at, column, rows->swapped);
			at += column->shape == SHAPE_NAME ? column->size : 8;
		}
	}
	return 0;
}

/* One for each of the entries before, or none. */
static int put_machines(struct writer *writer, const struct perfev_record_id_index *index,
			const struct field *field)
{
	if (index->machines.count && index->machines.count != index->entries.count)
		return -EINVAL;
	return put_rows(writer, &index->machines, field);
}

static int put_build_id(struct writer *writer, const struct perfev_build_id *build_id, int last,
			int sized)
{
	const __u8 size = sized ? build_id->size : 0;

	if (size > sizeof(build_id->bytes))
		return -EINVAL;
	if (last)
		put(writer, build_id->bytes, sizeof(build_id->bytes));
	put(writer, &size, 1);
	put_zeros(writer, 3);
	if (!last)
		put(writer, build_id->bytes, sizeof(build_id->bytes));
	return 0;
}

static int put_values(struct writer *writer, const struct perfev_values *values, __u64 format)
{
	struct perfev_value value;

	if (values->format != format || (!(format & PERF_FORMAT_GROUP) && values->count != 1))
		return -EINVAL;
	perfev_values_get(values, 0, &value);
	put64(writer, format & PERF_FORMAT_GROUP ? values->count : value.value);
	if (format & PERF_FORMAT_TOTAL_TIME_ENABLED)
		put64(writer, values->enabled_ns);
	if (format & PERF_FORMAT_TOTAL_TIME_RUNNING)
		put64(writer, values->running_ns);
	for (__u32 i = 0; i < values->count; i++) {
		perfev_values_get(values, i, &value);
		if (format & PERF_FORMAT_GROUP)
			put64(writer, value.value);
		if (format & PERF_FORMAT_ID)
			put64(writer, value.id);
		if (format & PERF_FORMAT_LOST)
			put64(writer, value.lost);
	}
	return 0;
}

static int put_registers(struct writer *writer, const struct perfev_registers *registers,
			 __u64 mask)
{
	put64(writer, registers->abi);
	if (registers->abi == PERF_SAMPLE_REGS_ABI_NONE)
		return registers->values.count ? -EINVAL : 0;
	if (registers->values.count != (unsigned int)__builtin_popcountll(mask))
		return -EINVAL;
	put_words(writer, &registers->values);
	return 0;
}

static void put_stack(struct writer *writer, const struct perfev_stack *stack)
{
	put64(writer, stack->bytes.length);
	put(writer, stack->bytes.bytes, stack->bytes.length);
	if (stack->bytes.length)
		put64(writer, stack->size);
}

/* Bit-fields begin at the other end on machines of the other order: as they came, or turned. */
static int put_branches(struct writer *writer, const struct perfev_branches *branches,
			const struct perfev_layout *layout)
{
	if (branches->big_endian != layout->big_endian ||
	    (branches->count && branches->has_hw_index != !!(layout->branch_sample_type &
							     PERF_SAMPLE_BRANCH_HW_INDEX)))
		return -EINVAL;
	put64(writer, branches->count);
	if (branches->has_hw_index)
		put64(writer, branches->hw_index);
	for (__u64 i = 0; i < 3ULL * branches->count; i++)
		put64(writer, load64((const char *)branches->bytes + 8UL * i, branches->swapped));
	if (!(layout->branch_sample_type & PERF_SAMPLE_BRANCH_COUNTERS))
		return 0;
	for (__u32 i = 0; i < branches->count; i++)
		put64(writer, branches->counters ?
				      load64((const char *)branches->counters + 8UL * i,
					     branches->swapped) :
				      0);
	return 0;
}

static void put_poke(struct writer *writer, const struct perfev_record_text_poke *poke)
{
	put(writer, poke->bytes, (size_t)poke->old_len + poke->new_len);
	put_padding(writer);
}

/* How many bytes the number at this place of a map has. */
static unsigned int map_width(const struct perfev_cpu_map *map, size_t at)
{
	switch (map->type) {
	case 0:
		return 2;
	case 1:
		if (at < 4)
			return 2;
		return at < 8 || load16((const char *)map->data.bytes + 2, map->swapped) != 8 ?
			       4 :
			       8;
	default:
		return at < 2 ? 1 : 2;
	}
}

static void put_cpu_map(struct writer *writer, const struct perfev_cpu_map *map)
{
	const unsigned char *at = map->data.bytes;

	put16(writer, map->type);
	for (size_t i = 0; i < map->data.length;) {
		unsigned int width = map_width(map, i);

		if (width > map->data.length - i)
			width = 1;
		if (width == 8)
			put64(writer, load64(at + i, map->swapped));
		else if (width == 4)
			put32(writer, load32(at + i, map->swapped));
		else if (width == 2)
			put16(writer, load16(at + i, map->swapped));
		else
			put(writer, at + i, 1);
		i += width;
	}
}

static void put_update(struct writer *writer, const struct perfev_record_event_update *update)
{
	__u64 scale;

	switch (update->type) {
	case 0:
	case 2:
		put_last_text(writer, &update->text);
		break;
	case 1:
		memcpy(&scale, &update->scale, sizeof(scale));
		put64(writer, scale);
		break;
	case 3:
		put_cpu_map(writer, &update->cpus);
		break;
	default:
		break;
	}
}

static void put_pair(struct writer *writer, const __u32 *pair)
{
	put32(writer, pair[0]);
	put32(writer, pair[1]);
}

static void put_sized(struct writer *writer, const struct perfev_bytes *bytes)
{
	put64(writer, bytes->length);
	put(writer, bytes->bytes, bytes->length);
}

static int encode_field(struct writer *writer, const struct perfev_record *record,
			const struct field *field, const struct perfev_layout *layout)
{
	const void *from = perfev_field_in(record, field);
	const struct perfev_bytes *bytes = from;
	const struct perfev_words *words = from;
	const struct perfev_rows *rows = from;

	switch (field->shape) {
	case SHAPE_U64:
		put64(writer, load64(from, 0));
		return 0;
	case SHAPE_PAIR:
		put_pair(writer, from);
		return 0;
	case SHAPE_U32:
		put32(writer, load32(from, 0));
		return 0;
	case SHAPE_U16:
		put16(writer, load16(from, 0));
		return 0;
	case SHAPE_U8:
		put(writer, from, 1);
		return 0;
	case SHAPE_PAD:
		put_zeros(writer, field->size);
		return 0;
	case SHAPE_BLOB:
		put(writer, from, field->size);
		return 0;
	case SHAPE_NAME:
		put_text(writer, from, field->size);
		return 0;
	case SHAPE_NAME_CUT:
		put_cut_name(writer, record, from, field);
		return 0;
	case SHAPE_TEXT:
		put_last_text(writer, from);
		return 0;
	case SHAPE_ATTR:
		/* Its bytes are in the order that it was read in. */
		if (record->layout && record->layout->swapped != layout->swapped)
			return -EINVAL;
		put(writer, bytes->bytes, bytes->length);
		return 0;
	case SHAPE_REST:
		put(writer, bytes->bytes, bytes->length);
		return 0;
	case SHAPE_SIZED:
		put_sized(writer, bytes);
		return 0;
	case SHAPE_SIZED_PADDED:
		put_sized(writer, bytes);
		put_padding(writer);
		return 0;
	case SHAPE_RAW:
		put32(writer, (__u32)bytes->length);
		put(writer, bytes->bytes, bytes->length);
		return 0;
	case SHAPE_WORDS:
		put64(writer, words->count);
		put_words(writer, words);
		return 0;
	case SHAPE_WORDS_REST:
		put_words(writer, words);
		return 0;
	case SHAPE_ROWS:
		put64(writer, rows->count);
		return put_rows(writer, rows, field);
	case SHAPE_MACHINES:
		return put_machines(writer, &record->id_index, field);
	case SHAPE_BUILD_ID:
		return put_build_id(writer, from, 0, 1);
	case SHAPE_BUILD_ID_LAST:
		return put_build_id(writer, from, 1, record->misc & PERFEV_MISC_BUILD_ID_SIZE);
	case SHAPE_VALUES:
		return put_values(writer, from, layout->read_format);
	case SHAPE_BRANCHES:
		return put_branches(writer, from, layout);
	case SHAPE_REGISTERS:
		return put_registers(writer, from, perfev_field_mask(field, layout));
	case SHAPE_STACK:
		put_stack(writer, from);
		return 0;
	case SHAPE_POKE:
		put_poke(writer, &record->text_poke);
		return 0;
	case SHAPE_CPU_MAP:
		put_cpu_map(writer, from);
		return 0;
	case SHAPE_UPDATE:
		put_update(writer, from);
		return 0;
	}
	return -EINVAL;
}

static int encode_sample(struct writer *writer, const struct perfev_record *record,
			 const struct perfev_layout *layout)
{
	int result = 0;

	for (unsigned int i = 0; i < layout->field_count && result == 0; i++)
		result = encode_field(writer, record, &perfev_sample_fields[layout->fields[i]],
				      layout);
	put(writer, record->tail.bytes, record->tail.length);
	return result;
}

static int encode_other(struct writer *writer, const struct perfev_record *record,
			const struct perfev_layout *layout)
{
	const struct kind *kind = perfev_kind(record->type);
	int result = kind || record->bytes ? 0 : -EINVAL;

	for (unsigned int i = 0; kind && i < kind->count && result == 0; i++) {
		/* A new record has all fields that its kind ever grew, another what it had. */
		size_t left = !record->bytes || writer->length < record->size;

		if (perfev_field_is_there(&kind->fields[i], record, layout, left))
			result = encode_field(writer, record, &kind->fields[i], layout);
	}
	put(writer, record->tail.bytes, record->tail.length);
	if (record->type >= FIRST_USER_KIND)
		return result;
	for (unsigned int i = 0; i < layout->trailer_count && result == 0; i++)
		result = encode_field(writer, record, &perfev_trailer_fields[layout->trailer[i]],
				      layout);
	return result;
}

static int encode_body(struct writer *writer, const struct perfev_record *record,
		       const struct perfev_layout *layout)
{
	return record->type == PERF_RECORD_SAMPLE ? encode_sample(writer, record, layout) :
						    encode_other(writer, record, layout);
}

int perfev_record_encode(void *bytes, size_t length, const struct perfev_record *record,
			 const struct perfev_layout *layout)
{
	struct writer writer = { NULL, HEADER_BYTES, layout->swapped };
	unsigned char *header = bytes;
	size_t size;
	int result = encode_body(&writer, record, layout);

	size = writer.length;
	if (result < 0)
		return result;
	if (size > 0xffff)
		return -E2BIG;
	if (size > length)
		return (int)size;
	store32(header, record->type, layout->swapped);
	store16(header + 4, record->misc, layout->swapped);
	store16(header + 6, (__u16)size, layout->swapped);
	writer.bytes = bytes;
	writer.length = HEADER_BYTES;
	encode_body(&writer, record, layout);
	return (int)size;
}
