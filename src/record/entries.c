/* SPDX-License-Identifier: MIT */
/* Entries of a record's arrays, one at a time. What count says is there; past it is nothing. */
#include <string.h>

#include "bytes.h"
#include "fields.h"

int perfev_row_get(const struct perfev_rows *rows, __u32 i, const struct field *columns, void *out)
{
	const unsigned char *at = rows->bytes;

	if (i >= rows->count)
		return 0;
	at += (size_t)i * rows->stride;
	for (const struct field *column = columns; column->name; column++) {
		char *to = (char *)out + column->at;

		if (column->shape == SHAPE_NAME) {
			struct perfev_text text = { (const char *)at, 0, column->size };

			text.length = (__u32)strnlen(text.text, text.room);
			memcpy(to, &text, sizeof(text));
			at += column->size;
		} else {
			__u64 value = load64(at, rows->swapped);

			memcpy(to, &value, sizeof(value));
			at += 8;
		}
	}
	return 1;
}

int perfev_namespace_get(const struct perfev_rows *links, __u32 i, struct perfev_namespace *out)
{
	memset(out, 0, sizeof(*out));
	return perfev_row_get(links, i, perfev_namespace_columns, out);
}

int perfev_id_index_get(const struct perfev_record_id_index *index, __u32 i,
			struct perfev_id_entry *out)
{
	memset(out, 0, sizeof(*out));
	perfev_row_get(&index->machines, i, perfev_machine_columns, out);
	return perfev_row_get(&index->entries, i, perfev_id_columns, out);
}

int perfev_thread_map_get(const struct perfev_rows *threads, __u32 i,
			  struct perfev_thread_entry *out)
{
	memset(out, 0, sizeof(*out));
	return perfev_row_get(threads, i, perfev_thread_columns, out);
}

int perfev_stat_config_get(const struct perfev_rows *terms, __u32 i, struct perfev_stat_term *out)
{
	memset(out, 0, sizeof(*out));
	return perfev_row_get(terms, i, perfev_term_columns, out);
}

int perfev_bpf_metadata_get(const struct perfev_rows *entries, __u32 i,
			    struct perfev_bpf_entry *out)
{
	memset(out, 0, sizeof(*out));
	return perfev_row_get(entries, i, perfev_bpf_columns, out);
}

int perfev_registers_get(const struct perfev_registers *registers, unsigned int number,
			 __u64 *value)
{
	__u64 below;

	*value = 0;
	if (number > 63 || !(registers->mask >> number & 1))
		return 0;
	below = registers->mask & (((__u64)1 << number) - 1);
	*value = perfev_words_get(&registers->values, (__u32)__builtin_popcountll(below));
	return 1;
}

/* Takes bits of a word that are counted from the lowest, or from the highest on big-endian. */
static __u64 bits_of(__u64 word, unsigned int first, unsigned int count, int big_endian)
{
	return word >> (big_endian ? 64 - first - count : first) & (((__u64)1 << count) - 1);
}

int perfev_branches_get(const struct perfev_branches *branches, __u32 i, struct perfev_branch *out)
{
	/* The bit-fields of struct perf_branch_entry, the last of which is reserved. */
	static const unsigned char widths[] = { 1, 1, 1, 1, 16, 4, 2, 4, 3, 31 };
	const unsigned char *at = branches->bytes;
	unsigned int first = 0;
	__u64 word, values[sizeof(widths)];

	memset(out, 0, sizeof(*out));
	if (i >= branches->count)
		return 0;
	at += (size_t)i * sizeof(struct perf_branch_entry);
	out->from = load64(at, branches->swapped);
	out->to = load64(at + 8, branches->swapped);
	word = load64(at + 16, branches->swapped);
	for (unsigned int field = 0; field < sizeof(widths); field++) {
		values[field] = bits_of(word, first, widths[field], branches->big_endian);
		out->flags |= values[field] << first;
		first += widths[field];
	}
	out->mispred = (__u8)values[0];
	out->predicted = (__u8)values[1];
	out->in_tx = (__u8)values[2];
	out->abort = (__u8)values[3];
	out->cycles = (__u16)values[4];
	out->type = (__u8)values[5];
	out->spec = (__u8)values[6];
	out->new_type = (__u8)values[7];
	out->priv = (__u8)values[8];
	if (branches->counters)
		out->counters = load64((const unsigned char *)branches->counters + 8UL * i,
				       branches->swapped);
	return 1;
}

/* A mask: words of 4 or 8 bytes, the latter behind 4 bytes of padding. */
static int next_of_mask(const struct perfev_cpu_map *map, __u32 *position, int *cpu)
{
	const unsigned char *at = map->data.bytes;
	unsigned int size, first;
	__u32 count;

	if (map->data.length < 4)
		return 0;
	size = load16(at + 2, map->swapped);
	if (size != 4 && size != 8)
		return 0;
	first = size == 8 ? 8 : 4;
	if (map->data.length < first)
		return 0;
	count = load16(at, map->swapped);
	if (count > (map->data.length - first) / size)
		count = (__u32)((map->data.length - first) / size);
	for (; *position < count * size * 8; (*position)++) {
		const unsigned char *word = at + first + (size_t)size * (*position / (size * 8));
		__u64 bits = size == 8 ? load64(word, map->swapped) : load32(word, map->swapped);

		if (!(bits >> *position % (size * 8) & 1))
			continue;
		*cpu = (int)(*position)++;
		return 1;
	}
	return 0;
}

static int next_of_numbers(const struct perfev_cpu_map *map, __u32 *position, int *cpu)
{
	const unsigned char *at = map->data.bytes;
	__u64 count;

	if (map->data.length < 2)
		return 0;
	count = load16(at, map->swapped);
	if (count > (map->data.length - 2) / 2)
		count = (map->data.length - 2) / 2;
	if (*position >= count)
		return 0;
	/* -1 stands for any CPU. */
	*cpu = (__s16)load16(at + 2 + 2UL * (*position)++, map->swapped);
	return 1;
}

/* Any CPU, where it says so, and then those from the first to the last. */
static int next_of_range(const struct perfev_cpu_map *map, __u32 *position, int *cpu)
{
	const unsigned char *at = map->data.bytes;
	__u32 first, last;

	if (map->data.length < 6)
		return 0;
	first = load16(at + 2, map->swapped);
	last = load16(at + 4, map->swapped);
	if (*position == 0 && !at[0])
		*position = 1;
	if (*position == 0) {
		*cpu = -1;
	} else {
		if (first + *position - 1 > last)
			return 0;
		*cpu = (int)(first + *position - 1);
	}
	(*position)++;
	return 1;
}

int perfev_cpu_map_next(const struct perfev_cpu_map *map, __u32 *position, int *cpu)
{
	switch (map->type) {
	case 0:
		return next_of_numbers(map, position, cpu);
	case 1:
		return next_of_mask(map, position, cpu);
	case 2:
		return next_of_range(map, position, cpu);
	default:
		return 0;
	}
}

/* The place of the first value's id and lost, behind the times of a single event. */
int perfev_values_get(const struct perfev_values *values, __u32 i, struct perfev_value *out)
{
	const unsigned char *at = values->bytes;
	size_t times = 0;

	memset(out, 0, sizeof(*out));
	if (i >= values->count)
		return 0;
	if (values->format & PERF_FORMAT_GROUP)
		at += (size_t)i * perfev_value_bytes(values->format);
	else
		times = (values->format & PERF_FORMAT_TOTAL_TIME_ENABLED ? 8U : 0U) +
			(values->format & PERF_FORMAT_TOTAL_TIME_RUNNING ? 8U : 0U);
	out->value = load64(at, values->swapped);
	at += 8 + times;
	if (values->format & PERF_FORMAT_ID) {
		out->id = load64(at, values->swapped);
		at += 8;
	}
	if (values->format & PERF_FORMAT_LOST)
		out->lost = load64(at, values->swapped);
	return 1;
}
