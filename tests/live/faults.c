/* SPDX-License-Identifier: MIT */
/* Page faults as the event to test with; see faults.h. */
#include "faults.h"

#include <time.h>

/*
 * How many faults at once: half of the samples that the kernel lets an event take in a tick. Beyond
 * them it throttles the event, and it lowers the limit by itself wherever interrupts are slow, as
 * they are in a virtual machine.
 */
static unsigned int at_once = 1;
static struct timespec tick;

int open_faults(struct perf_event_attr attr)
{
	/* Here, not where it is used: reading a file may fault pages too. */
	__u64 limit = (__u64)kernel_setting_or_skip("perf_event_max_sample_rate");

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	at_once = (unsigned int)(limit * (__u64)tick.tv_nsec / 1000000000 / 2);
	if (at_once < 1)
		at_once = 1;
	return open_or_skip(&attr, "page-faults");
}

int is_counting(int fd)
{
	__u64 before = read_count(fd);
	__u64 more;

	fault_pages(PAGES);
	more = read_count(fd) - before;
	if (more)
		assert_in_range(more, PAGES, PAGES + STRAY);
	return more != 0;
}

unsigned int samples_of_faults(struct test_ring *ring)
{
	ring_count(ring, 0);
	for (unsigned int done = 0; done < PAGES; done += at_once) {
		spin_ns(2 * tick.tv_nsec);
		fault_pages(at_once < PAGES - done ? at_once : PAGES - done);
	}
	return ring_count(ring, PERF_RECORD_SAMPLE);
}
