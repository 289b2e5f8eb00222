/* SPDX-License-Identifier: MIT */
/* Page faults as the event to test with; see faults.h. */
#include "faults.h"

int open_faults(struct perf_event_attr attr)
{
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
	fault_pages(PAGES);
	return ring_count(ring, PERF_RECORD_SAMPLE);
}
