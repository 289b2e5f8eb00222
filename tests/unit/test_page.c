/* SPDX-License-Identifier: MIT */
/*
 * Counters read from made-up pages, the processor's instructions replaced: the code is the
 * library's own, compiled here with a counter and a clock that the test sets.
 */
#include <string.h>

#include "support.h"

static unsigned long long counters[64];
static unsigned long long clock_now;
static unsigned int reads;      /* how often a counter was read */
static void (*interrupt)(void); /* what happens while it is read the first time */

static unsigned long long read_made_up(unsigned long long counter)
{
	unsigned long long value = counters[counter];

	if (reads++ == 0 && interrupt)
		interrupt();
	return value;
}

#define PERFEV_PMC_READ read_made_up
#define PERFEV_PMC_NUMBER __u64
#define PERFEV_PMC_COUNTERS 64
#define PERFEV_CLOCK_READ() clock_now
#include "../../src/count/page.c"

static struct perf_event_mmap_page page;

static int set_up(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	memset(counters, 0, sizeof(counters));
	reads = 0;
	interrupt = NULL;
	page.cap_user_rdpmc = 1;
	page.pmc_width = 48;
	page.index = 4;
	page.lock = 10;
	return 0;
}

static __u64 value_of_page(void)
{
	__u64 value = 0;

	assert_int_equal(perfev_page_read(&page, &value), 1);
	return value;
}

static void the_count_is_the_offset_and_the_counter_of_index_minus_one(void **state)
{
	(void)state;
	page.offset = 1000;
	counters[3] = 77;
	counters[4] = 5;
	assert_int_equal(value_of_page(), 1077);
}

static void the_counters_highest_bit_is_its_sign_at_every_width(void **state)
{
	(void)state;
	for (unsigned int width = 8; width <= 64; width++) {
		page.pmc_width = (__u16)width;
		page.offset = 1LL << 40;
		/* 5 below its own zero, and garbage where the counter has no bits. */
		counters[3] = ~0ULL - 4;
		assert_int_equal(value_of_page(), (1LL << 40) - 5);
		if (width == 64)
			continue;
		counters[3] = (0xabcdULL << width) + 5;
		assert_int_equal(value_of_page(), (1LL << 40) + 5);
	}
}

static void a_count_that_wrapped_below_zero_is_mended_by_the_width(void **state)
{
	(void)state;
	/* As x86 leaves it after a reset at 2^47 + 7: offset and counter with other signs. */
	counters[3] = (1ULL << 47) + 12;
	page.offset = -((1LL << 47) + 7);
	assert_int_equal(value_of_page(), 5);
	page.offset = -3;
	counters[3] = 3;
	assert_int_equal(value_of_page(), 0);
}

static void without_index_or_permission_the_page_says_read(void **state)
{
	__u64 value = 42;

	(void)state;
	page.index = 0;
	assert_int_equal(perfev_page_read(&page, &value), 0);
	page.index = 4;
	page.cap_user_rdpmc = 0;
	assert_int_equal(perfev_page_read(&page, &value), 0);
	/* A counter that this library knows no instruction for. */
	page.cap_user_rdpmc = 1;
	page.index = 65;
	assert_int_equal(perfev_page_read(&page, &value), 0);
	page.index = 0xffffffff;
	assert_int_equal(perfev_page_read(&page, &value), 0);
	assert_int_equal(value, 42);
	assert_int_equal(reads, 0);
	page.index = 64;
	assert_int_equal(perfev_page_read(&page, &value), 1);
}

/* The kernel takes the event off its counter and puts it on another one. */
static void move_to_counter_9(void)
{
	page.lock += 2;
	page.index = 10;
	page.offset = 500;
	counters[9] = 1;
}

static void a_page_that_changes_meanwhile_is_read_again(void **state)
{
	(void)state;
	counters[3] = 10000;
	interrupt = move_to_counter_9;
	assert_int_equal(value_of_page(), 501);
	assert_int_equal(reads, 2);
}

static void take_off(void)
{
	page.lock += 2;
	page.index = 0;
}

static void an_event_taken_off_meanwhile_is_left_to_read(void **state)
{
	__u64 value = 42;

	(void)state;
	interrupt = take_off;
	assert_int_equal(perfev_page_read(&page, &value), 0);
	assert_int_equal(value, 42);
}

/* A clock of 2 ns a tick: shift 4, multiplier 32. */
static void set_clock(void)
{
	page.cap_user_time = 1;
	page.time_shift = 4;
	page.time_mult = 32;
	page.time_offset = (__u64)-200;
	page.time_enabled = 5000;
	page.time_running = 3000;
}

static void the_times_go_on_since_the_page_was_written(void **state)
{
	struct perfev_reading reading = { 0 };

	(void)state;
	set_clock();
	clock_now = 1007;
	page.offset = 8;
	assert_int_equal(perfev_page_read_times(&page, &reading), 1);
	assert_int_equal(reading.value, 8);
	assert_int_equal(reading.enabled_ns, 5000 + 2014 - 200);
	assert_int_equal(reading.running_ns, 3000 + 2014 - 200);
}

static void a_large_clock_does_not_overflow(void **state)
{
	struct perfev_reading reading = { 0 };

	(void)state;
	set_clock();
	page.time_shift = 31;
	page.time_mult = 0xc0000000; /* 1.5 ns a tick */
	page.time_offset = 0;
	page.time_enabled = page.time_running = 0;
	clock_now = 1ULL << 61;
	assert_int_equal(perfev_page_read_times(&page, &reading), 1);
	assert_int_equal(reading.enabled_ns, (1ULL << 61) + (1ULL << 60));
}

static void a_short_clock_counts_from_where_the_page_was_written(void **state)
{
	struct perfev_reading reading = { 0 };

	(void)state;
	set_clock();
	page.cap_user_time_short = 1;
	page.time_mask = 0xffff;
	page.time_cycles = 0x1fff0;
	page.time_offset = 0;
	page.time_enabled = page.time_running = 0;
	clock_now = 0x0010; /* it has wrapped */
	assert_int_equal(perfev_page_read_times(&page, &reading), 1);
	assert_int_equal(reading.enabled_ns, 2 * 0x20010);
}

static void without_the_clock_there_are_no_times(void **state)
{
	struct perfev_reading reading = { .value = 42 };

	(void)state;
	assert_int_equal(perfev_page_read_times(&page, &reading), 0);
	assert_int_equal(reading.value, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_count_is_the_offset_and_the_counter_of_index_minus_one,
				       set_up),
		cmocka_unit_test_setup(the_counters_highest_bit_is_its_sign_at_every_width, set_up),
		cmocka_unit_test_setup(a_count_that_wrapped_below_zero_is_mended_by_the_width,
				       set_up),
		cmocka_unit_test_setup(without_index_or_permission_the_page_says_read, set_up),
		cmocka_unit_test_setup(a_page_that_changes_meanwhile_is_read_again, set_up),
		cmocka_unit_test_setup(an_event_taken_off_meanwhile_is_left_to_read, set_up),
		cmocka_unit_test_setup(the_times_go_on_since_the_page_was_written, set_up),
		cmocka_unit_test_setup(a_large_clock_does_not_overflow, set_up),
		cmocka_unit_test_setup(a_short_clock_counts_from_where_the_page_was_written,
				       set_up),
		cmocka_unit_test_setup(without_the_clock_there_are_no_times, set_up),
	};

	return cmocka_run_group_tests_name("a counter read from its page", tests, NULL, NULL);
}
