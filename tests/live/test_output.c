/* SPDX-License-Identifier: MIT */
/*
 * The ioctls that say where an event's records go: set_output and pause_output, each seen by what
 * is in the ring afterwards. What must stay true: the event goes on happening while its records
 * are kept out, so that an empty ring is the doing of the ioctl alone.
 */
#include "faults.h"

#include <unistd.h>

static void set_output_sends_records_to_the_other_ring_until_minus_one(void **state)
{
	struct perf_event_attr quiet = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .exclude_kernel = 1);
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	int other = open_or_skip(&quiet, "dummy");
	struct test_ring ring;

	(void)state;
	ring_map(&ring, other, 3);
	assert_int_equal(samples_of_faults(&ring), 0);
	assert_int_equal(perf_event_ioc_set_output(fd, other), 0);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	/* Not extended in sign, it would be the descriptor 4294967295, which is EBADF. */
	assert_int_equal(perf_event_ioc_set_output(fd, -1), 0);
	assert_int_equal(samples_of_faults(&ring), 0);
	assert_true(is_counting(fd));
	ring_unmap(&ring);
	close(other);
	close(fd);
}

static void pause_output_keeps_records_out_of_the_ring_until_it_lets_go_on(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct test_ring ring;

	(void)state;
	ring_map(&ring, fd, 3);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	assert_int_equal(perf_event_ioc_pause_output(fd, 1), 0);
	assert_int_equal(samples_of_faults(&ring), 0);
	assert_true(is_counting(fd));
	assert_int_equal(perf_event_ioc_pause_output(fd, 0), 0);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	ring_unmap(&ring);
	close(fd);
}

/* Reads every record and returns how many the PERF_RECORD_LOST among them say are missing. */
static __u64 lost_records(struct test_ring *ring)
{
	static struct record record;
	__u64 lost = 0;

	while (ring_next(ring, &record))
		if (record.header.type == PERF_RECORD_LOST)
			lost += record.words[1];
	return lost;
}

static void pause_output_counts_what_it_keeps_out_as_lost(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct test_ring ring;

	(void)state;
	ring_map(&ring, fd, 3);
	fault_pages(1);
	assert_int_equal(lost_records(&ring), 0);
	assert_int_equal(perf_event_ioc_pause_output(fd, 1), 0);
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_pause_output(fd, 0), 0);
	/* The record that says so comes with the next one that is written. */
	fault_pages(1);
	assert_in_range(lost_records(&ring), PAGES, PAGES + STRAY);
	ring_unmap(&ring);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_output_sends_records_to_the_other_ring_until_minus_one),
		cmocka_unit_test(pause_output_keeps_records_out_of_the_ring_until_it_lets_go_on),
		cmocka_unit_test(pause_output_counts_what_it_keeps_out_as_lost),
	};

	return cmocka_run_group_tests_name("set_output and pause_output", tests, NULL, NULL);
}
