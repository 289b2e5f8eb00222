/* SPDX-License-Identifier: MIT */
/*
 * Samples that are alike come one behind the other: of one event, in this machine's order. Such a
 * one is a copy of its words, each to its place, and mostly a callchain that is lent behind them.
 * The layout has these places from the one table of fields; whatever is not so goes the long way of
 * perfev_record_decode(), with the same result.
 */
#ifndef PERFEV_SRC_RECORD_ALIKE_H
#define PERFEV_SRC_RECORD_ALIKE_H

#include <perfev/record.h>

#include "bytes.h"

_Static_assert(offsetof(struct perfev_record, size) == offsetof(struct perf_event_header, size),
	       "a record begins as its header");

/*
 * Whether a record of so many bytes, all of which are there, is a sample of the layout of the one
 * before, and is not malformed.
 */
static inline int is_alike(const struct perfev_record *record, const unsigned char *bytes,
			   size_t size, const struct perfev_layout *layout)
{
	/* 0 of a layout that has more than words and an array: none is less than that minus 1. */
	const __u32 least = layout->alike_bytes;

	if (record->zeroed != layout || least - 1U >= size ||
	    load32(bytes, 0) != PERF_RECORD_SAMPLE || record->have != layout->sample_type)
		return 0;
	return !layout->array_at || load64(bytes + least - 8, 0) <= (size - least) / 8;
}

/*
 * Copies the words that a sample begins with to their places: a jump into a row of copies, in their
 * order, for two of them may have one place.
 */
static inline void take_alike_words(struct perfev_record *record, const unsigned char *at,
				    const struct perfev_layout *layout)
{
	const __u16 *to_end = layout->at + layout->fixed;
	const unsigned char *end = at + 8UL * layout->fixed;

#define WORD(left)                                                                                 \
	case left:                                                                                 \
		memcpy((char *)record + to_end[-left], end - 8 * left, 8);                         \
		__attribute__((fallthrough));

	switch (layout->fixed) {
		WORD(16)
		WORD(15)
		WORD(14)
		WORD(13)
		WORD(12)
		WORD(11)
		WORD(10)
		WORD(9)
		WORD(8)
		WORD(7)
		WORD(6)
		WORD(5)
		WORD(4)
		WORD(3)
		WORD(2)
		WORD(1)
	default:
		break;
	}
#undef WORD
}

/* Decodes a sample that is_alike(). */
static inline void take_alike(struct perfev_record *record, const unsigned char *bytes, size_t size,
			      const struct perfev_layout *layout)
{
	const __u32 least = layout->alike_bytes;
	const unsigned char *behind = bytes + least;
	size_t left = size - least;

	if (layout->array_at) {
		struct perfev_words *array = (void *)((char *)record + layout->array_at);
		const size_t count = (size_t)load64(behind - 8, 0);

		array->bytes = behind;
		array->count = (__u32)count;
		array->swapped = 0;
		behind += 8 * count;
		left -= 8 * count;
	}
	record->tail.bytes = NULL;
	record->tail.length = left;
	if (__builtin_expect(left != 0, 0))
		record->tail.bytes = behind;
	/* type, misc and size lie there as they do in the bytes. */
	memcpy((void *)record, bytes, HEADER_BYTES);
	record->bytes = bytes;
	record->layout = layout;
	take_alike_words(record, bytes + HEADER_BYTES, layout);
}

/* As perfev_record_decode(), of a record that is all there: at once where it is alike. */
static inline int decode_whole(struct perfev_record *record, const unsigned char *bytes,
			       size_t size, const struct perfev_layout *layout)
{
	if (!is_alike(record, bytes, size, layout))
		return perfev_record_decode(record, bytes, size, layout);
	take_alike(record, bytes, size, layout);
	return (int)size;
}

#endif
