/* SPDX-License-Identifier: MIT */
/*
 * Samples that are decoded like the one before them, in place: what comes out is what comes out of
 * the same bytes when nothing was before, whatever these bytes are.
 */
#include <errno.h>
#include <string.h>

#include "record_maker.h"
#include "support.h"

/* Samples of nothing but these, and of a callchain behind them, are decoded in place. */
#define WORDS                                                                                      \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |             \
	 PERF_SAMPLE_PERIOD)

static struct perfev_layout layout;
static unsigned char before[65536], bytes[65536 + 32];
static size_t before_size, size;
static unsigned int in_place; /* records that were decoded so, and not refused */

static void set_size(unsigned char *at, size_t value)
{
	const __u16 said = (__u16)value;

	memcpy(at + offsetof(struct perf_event_header, size), &said, sizeof(said));
}

/* Decodes so many of the bytes behind a sample of the same layout, and behind nothing. */
static void decode_both_ways(size_t length)
{
	struct perfev_record alike = PERFEV_RECORD_INIT, fresh = PERFEV_RECORD_INIT;
	const void *at;
	int result;

	assert_int_equal(perfev_record_decode(&alike, before, before_size, &layout), before_size);
	at = at_the_edge(bytes, length);
	result = perfev_record_decode(&fresh, at, length, &layout);
	assert_int_equal(perfev_record_decode(&alike, at, length, &layout), result);
	in_place += layout.alike_bytes && result > 0 && fresh.type == PERF_RECORD_SAMPLE;
	/* What the library keeps for itself may differ. */
	alike.zeroed = fresh.zeroed = NULL;
	assert_memory_equal(&alike, &fresh, sizeof(alike));
}

/* Makes two samples of a layout. */
static void make(__u64 sample_type)
{
	const struct perf_event_attr attr = attr_with(sample_type);
	struct perfev_record record;

	perfev_layout_init(&layout, &attr, 0);
	record_make(&record, PERF_RECORD_SAMPLE, &layout);
	before_size = (size_t)perfev_record_encode(before, sizeof(before), &record, &layout);
	record_make(&record, PERF_RECORD_SAMPLE, &layout);
	size = (size_t)perfev_record_encode(bytes, 65536, &record, &layout);
	assert_in_range(before_size, 8, 65535);
	assert_in_range(size, 8, 65000);
}

/* Cut off; said to be shorter; longer than what is known of; and of another type. */
static void decode_cut_and_longer(void)
{
	const __u32 types[] = { PERF_RECORD_COMM, PERF_RECORD_MMAP2, PERFEV_RECORD_ATTR, 1000 };
	const __u32 sample = PERF_RECORD_SAMPLE;

	for (size_t cut = 0; cut <= size; cut++)
		decode_both_ways(cut);
	for (size_t cut = 0; cut <= size; cut++) {
		set_size(bytes, cut);
		decode_both_ways(cut);
		decode_both_ways(size);
	}
	memset(bytes + size, 0x5a, 32);
	for (size_t more = 0; more < 20; more++) {
		set_size(bytes, size + more);
		decode_both_ways(size + more);
		decode_both_ways(size + 32);
	}
	set_size(bytes, size);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		memcpy(bytes, &types[i], sizeof(types[i]));
		decode_both_ways(size);
	}
	memcpy(bytes, &sample, sizeof(sample));
}

/* Numbers of frames, among them such as are right once they are multiplied by 8. */
static void decode_counts_that_lie(void)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	size_t at;
	__u64 count;

	perfev_record_decode(&record, bytes, size, &layout);
	if (!record.sample.callchain.bytes)
		return;
	at = (size_t)((const unsigned char *)record.sample.callchain.bytes - bytes) - 8;
	memcpy(&count, bytes + at, sizeof(count));
	for (unsigned int i = 0; i < 16; i++) {
		const __u64 lies[] = { count + i,
				       count - i,
				       count + ((__u64)1 << (61 + i % 3)) - i,
				       count + ((__u64)1 << 32) - i,
				       ~(__u64)0 - i,
				       i };

		for (size_t lie = 0; lie < sizeof(lies) / sizeof(lies[0]); lie++) {
			memcpy(bytes + at, &lies[lie], sizeof(count));
			decode_both_ways(size);
		}
	}
	memcpy(bytes + at, &count, sizeof(count));
}

static void samples_alike_are_decoded_as_if_they_came_alone(void **state)
{
	(void)state;
	random_begin(31);
	for (unsigned int i = 0; i < 300; i++) {
		__u64 words = random_word() & WORDS;

		make(i % 4 ? words | PERF_SAMPLE_CALLCHAIN : words);
		in_place = 0;
		assert_int_not_equal(layout.alike_bytes, 0);
		decode_cut_and_longer();
		decode_counts_that_lie();
		assert_true(in_place > 20);
	}
}

static void so_are_samples_that_have_more(void **state)
{
	(void)state;
	random_begin(32);
	for (unsigned int i = 0; i < 60; i++) {
		const __u64 all = ALL_SAMPLE_BITS;

		do
			make(i % 2 ? random_word() & all :
				     PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN |
					     1ULL << random_below(24));
		while (size > 3000);
		decode_cut_and_longer();
		decode_counts_that_lie();
	}
}

/* In the same place there may be another layout: its samples are not like those before. */
static void a_layout_that_is_made_anew_is_another(void **state)
{
	const unsigned int flags[] = { 0, PERFEV_LAYOUT_SWAPPED, 0 };
	struct perfev_record record = PERFEV_RECORD_INIT, made;
	const struct perf_event_attr attr = attr_with(WORDS | PERF_SAMPLE_CALLCHAIN);

	(void)state;
	random_begin(33);
	for (unsigned int i = 0; i < 300; i++) {
		struct perfev_record fresh = PERFEV_RECORD_INIT;
		int length;

		perfev_layout_init(&layout, &attr, flags[i % 3]);
		record_make(&made, PERF_RECORD_SAMPLE, &layout);
		length = perfev_record_encode(bytes, 65536, &made, &layout);
		assert_true(length > 8);
		for (int twice = 0; twice < 2; twice++) {
			assert_int_equal(
				perfev_record_decode(&record, bytes, (size_t)length, &layout),
				length);
			assert_int_equal(record.sample.callchain.swapped, layout.swapped);
		}
		perfev_record_decode(&fresh, bytes, (size_t)length, &layout);
		made = record;
		made.zeroed = fresh.zeroed = NULL;
		assert_memory_equal(&made, &fresh, sizeof(fresh));
	}
}

/* Of two ids that differ, as no kernel writes them, any way of decoding takes the last. */
static void the_last_of_two_ids_counts(void **state)
{
	const struct perf_event_attr attr =
		attr_with(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_ID);
	struct perfev_record record = PERFEV_RECORD_INIT;

	(void)state;
	for (unsigned int flags = 0; flags <= PERFEV_LAYOUT_SWAPPED; flags++) {
		__u64 words[4] = { 0, 1, 2, 3 };
		const struct perfev_record none = { .type = PERF_RECORD_SAMPLE };

		perfev_layout_init(&layout, &attr, flags);
		assert_int_equal(perfev_record_encode(words, sizeof(words), &none, &layout), 32);
		for (unsigned int i = 1; i < 4; i++)
			words[i] = flags ? __builtin_bswap64(i) : i;
		for (int twice = 0; twice < 2; twice++) {
			assert_int_equal(perfev_record_decode(&record, words, 32, &layout), 32);
			assert_int_equal(record.sample.ip, 2);
			assert_int_equal(record.id, 3);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_alike_are_decoded_as_if_they_came_alone),
		cmocka_unit_test(so_are_samples_that_have_more),
		cmocka_unit_test(a_layout_that_is_made_anew_is_another),
		cmocka_unit_test(the_last_of_two_ids_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
