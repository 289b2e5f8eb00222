/* SPDX-License-Identifier: MIT */
/*
 * Page faults as the event to test with: opened, made to happen, counted and sampled. A test makes
 * them happen as often as it wants, so what it sees of them is held to a number.
 */
#ifndef PERFEV_TESTS_FAULTS_H
#define PERFEV_TESTS_FAULTS_H

#include "live.h"

/*
 * How many pages a test touches at a time, and how many faults more may happen by the way: fewer,
 * so that what is counted twice is seen. A sanitizer's shadow has pages too, and a stack of its
 * own.
 */
#define PAGES 48
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STRAY 40
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define STRAY 40
#endif
#ifndef STRAY
#define STRAY 8
#endif

/* An event that a test can make happen as often as it wants: faults in user mode, exactly. */
#define FAULTS(...)                                                                                \
	PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,                  \
			 .exclude_kernel = 1, __VA_ARGS__)

/* One record, as the kernel says that it is: a header, then 64-bit words. */
struct record {
	struct perf_event_header header;
	__u64 words[8191];
};

/* Opens what FAULTS() gives, or skips the test. */
int open_faults(struct perf_event_attr attr);

/* Whether the event counts the pages that are touched now: all of them, or none. */
int is_counting(int fd);

/* How many samples come into the ring while PAGES pages are touched. */
unsigned int samples_of_faults(struct test_ring *ring);

#endif
