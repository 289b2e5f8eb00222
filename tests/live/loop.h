/* SPDX-License-Identifier: MIT */
/*
 * A loop of known length and place, and hardware events to measure it with. The loop is assembly,
 * so that no compiler and no sanitizer changes what is counted. How near a count must come is asked
 * of counting_is_exact() alone: true in the lab's guests that run with QEMU's -icount.
 */
#ifndef PERFEV_TESTS_LOOP_H
#define PERFEV_TESTS_LOOP_H

#include "live.h"

/* How many instructions loop_run() retires in user mode, but for a handful around the loop. */
#define LOOP_INSTRUCTIONS 2000000U

/* What an exact count may have more for each loop: call, return and the ioctls on both sides. */
#define LOOP_SLACK 100U

#define READ_TIMES (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING)

/* A generic hardware event of user mode, disabled, that reads as struct reading. */
#define COUNTER(event, ...)                                                                        \
	PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_##event, .exclude_kernel = 1, \
			 .disabled = 1, .read_format = READ_TIMES, __VA_ARGS__)

struct reading {
	__u64 value;
	__u64 enabled;
	__u64 running;
};

void loop_run(void);

/* Whether an instruction at that address belongs to loop_run(). */
int loop_holds(__u64 address);

/* Whether the environment says (PERFEV_EXACT=1) that the processor counts without any error. */
int counting_is_exact(void);

/*
 * Opens a hardware event of this thread, or skips the test for lack of feature. A PMU that cannot
 * tell user from kernel mode (riscv64 without Sscofpmf) refuses that: a skip without "exclude".
 */
int open_counter_or_skip(struct perf_event_attr attr, const char *feature);

/*
 * As open_counter_or_skip(), of an event that samples: for lack of "hardware" where there is no
 * such event at all, of "sampling" where it only counts.
 */
int open_sampler_or_skip(struct perf_event_attr attr);

struct reading read_times(int fd);

/*
 * Skips the test under an x86 hypervisor, which may give a guest fewer counters at one moment than
 * at another: called where it was found that one did not count what it had to.
 */
void skip_where_counters_come_and_go(void);

/* Enables the event, or the group that it leads, runs the loop that often, and disables it. */
void run_counted(int fd, unsigned int rounds);

/*
 * What run_counted() added to the event's count. Skips the test when the event had to share its
 * counter with others that are open in the system, for then the number means nothing.
 */
__u64 count_loops(int fd, unsigned int rounds);

/* Fails unless that many instructions, or cycles, may be the count of so many loops. */
void assert_instructions(__u64 count, unsigned int rounds);
void assert_cycles(__u64 count, unsigned int rounds);

#endif
