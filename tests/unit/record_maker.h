/* SPDX-License-Identifier: MIT */
/*
 * Records to test with: made from the library's own table of fields, with content that is random,
 * repeatable and valid; and what must hold for any of them.
 */
#ifndef PERFEV_TESTS_RECORD_MAKER_H
#define PERFEV_TESTS_RECORD_MAKER_H

#include <perfev/record.h>

/* All that a sample may have; WEIGHT_STRUCT takes WEIGHT's place. */
#define ALL_SAMPLE_BITS ((PERF_SAMPLE_MAX - 1ULL) & ~(__u64)PERF_SAMPLE_WEIGHT_STRUCT)
#define ALL_TRAILER_BITS                                                                           \
	(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |             \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

/* Begins a series of random numbers anew. */
void random_begin(__u64 seed);
__u64 random_word(void);
__u32 random_below(__u32 limit);

/* An attribute whose samples and trailers have this, with all that belongs to it. */
struct perf_event_attr attr_with(__u64 sample_type);

/*
 * Fills a record of a type with random content, as a program does that is to encode it. What it
 * points to lives until the next call.
 */
void record_make(struct perfev_record *record, __u32 type, const struct perfev_layout *layout);

/* Calls with every type of record that is known. */
void for_each_type(void (*call)(__u32 type));

/* Writes both of a record's texts; fails unless each is one line and the second is JSON. */
const char *record_text(const struct perfev_record *record);
const char *record_json(const struct perfev_record *record);

/*
 * Encodes, decodes at every alignment, and encodes again: what came out has the same fields, and
 * the same bytes. Returns the record's size; *bytes are it, until the next call.
 */
int record_round_trip(const struct perfev_record *record, const struct perfev_layout *layout,
		      const unsigned char **bytes);

/* Copies bytes to where none may be read behind them. They live until the next call. */
const void *at_the_edge(const void *bytes, size_t length);

#endif
