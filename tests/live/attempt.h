/* SPDX-License-Identifier: MIT */
/*
 * Calls that are made to be refused: one perf_event_open(2) with all its arguments, by whom it is
 * made, and what to provoke an error with. An errno is told as the kernel gave it, never altered.
 */
#ifndef PERFEV_TESTS_ATTEMPT_H
#define PERFEV_TESTS_ATTEMPT_H

#include "live.h"

#include <errno.h>

/* An event that may always be opened and never counts: what is refused is what is changed in it. */
#define DUMMY(...)                                                                                 \
	PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .exclude_kernel = 1,   \
			 __VA_ARGS__)

/* A child's answer when it could not get as far as the call in question. No errno. */
#define CHILD_FAILED 254

/* Fails the test unless the call returns -1, with exactly this errno. */
#define assert_refused(call, error)                                                                \
	do {                                                                                       \
		errno = 0;                                                                         \
		assert_int_equal(call, -1);                                                        \
		assert_int_equal(errno, error);                                                    \
	} while (0)

/* One call of perf_event_open(2). */
struct attempt {
	struct perf_event_attr attr;
	pid_t pid;
	int cpu;
	int group_fd;
	unsigned long flags;
};

/* Makes the call and returns its errno, or 0 when an event was opened (it is closed again). */
int error_of(void *attempt);

/* As as_nobody(), but as the user that we are: for what would spoil this process. */
int in_child(int (*function)(void *argument), void *argument);

/* Skips the test for any user but root. */
void root_or_skip(void);

/* Opens what DUMMY() gives, or skips the test. */
int open_dummy(struct perf_event_attr attr);

/* A descriptor that is open and no event's. */
int open_no_event(void);

/* A page of which nothing may be read or written. */
void *forbidden_page(void);
void unmap_page(void *page);

#endif
