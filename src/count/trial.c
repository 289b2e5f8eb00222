/* SPDX-License-Identifier: MIT */
/*
 * A trial of a group. That a group opens does not mean that it ever runs: arm64's cycle counter is
 * counted twice at open, riscv64 does not check at all, x86's NMI watchdog holds a counter that
 * the check knows nothing of, and a hypervisor may show a counter that stands still. A pinned group
 * runs at once or reads as end of file, so the answer takes no waiting; what else is counted is
 * displaced for some microseconds.
 */
#include "trial.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <perfev/sys.h>

int perfev_event_takes_counter(const struct perfev_event *event)
{
	switch (event->attr.type) {
	case PERF_TYPE_SOFTWARE:
	case PERF_TYPE_TRACEPOINT:
	case PERF_TYPE_BREAKPOINT:
		return 0;
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_HW_CACHE:
	case PERF_TYPE_RAW:
		return 1;
	default:
		/* Events of a PMU with CPUs of its own are not a thread's: no trial there. */
		return !event->cpu_bound;
	}
}

static struct perf_event_attr trial_attr(const struct perfev_event *event, int leads)
{
	struct perf_event_attr attr = event->attr;

	attr.size = sizeof(attr);
	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	attr.sample_period = 0;
	attr.freq = 0;
	attr.precise_ip = 0;
	attr.inherit = 0;
	attr.exclusive = 0;
	attr.disabled = leads != 0;
	attr.pinned = leads != 0;
	return attr;
}

enum outcome {
	OUTCOME_UNKNOWN, /* it could not be tried */
	OUTCOME_REFUSED, /* the kernel does not take them as a group, or never runs it */
	OUTCOME_RUNS,
};

/* What becomes of a group, which is open, when it is started; *zeros has a bit for each value 0. */
static enum outcome run_group(const int *fds, unsigned int count, __u64 *zeros)
{
	enum outcome outcome = OUTCOME_RUNS;
	__u64 read_out[3]; /* value, time enabled, time running */

	*zeros = 0;
	if (perf_event_ioc_enable(fds[0], 0) < 0)
		return OUTCOME_UNKNOWN;
	for (unsigned int i = 0; i < count && outcome == OUTCOME_RUNS; i++) {
		ssize_t length = read(fds[i], read_out, sizeof(read_out));

		if (length < 0)
			outcome = OUTCOME_UNKNOWN;
		else if (length == 0 || !read_out[2])
			outcome = OUTCOME_REFUSED;
		else if (!read_out[0])
			*zeros |= (__u64)1 << i;
	}
	perf_event_ioc_disable(fds[0], 0);
	return outcome;
}

/* Tries the first count events. */
static enum outcome try_first(const struct perfev_event *const *events, unsigned int count,
			      __u64 *zeros)
{
	enum outcome outcome = OUTCOME_UNKNOWN;
	int fds[PERFEV_TRIAL_MOST] = { -1 };
	unsigned int opened = 0;

	for (; opened < count; opened++) {
		struct perf_event_attr attr = trial_attr(events[opened], opened == 0);

		fds[opened] =
			perf_event_open(&attr, 0, -1, opened ? fds[0] : -1, PERF_FLAG_FD_CLOEXEC);
		if (fds[opened] < 0)
			break;
	}
	if (opened == count)
		outcome = run_group(fds, count, zeros);
	else if (opened && (errno == EINVAL || errno == ENOSPC))
		outcome = OUTCOME_REFUSED;
	while (opened)
		close(fds[--opened]);
	return outcome;
}

/* Whether a while in user space without such an event is impossible. */
static int cannot_be_zero(const struct perfev_event *event)
{
	return event->attr.type == PERF_TYPE_HARDWARE && !event->attr.exclude_user &&
	       ((__u32)event->attr.config == PERF_COUNT_HW_CPU_CYCLES ||
		(__u32)event->attr.config == PERF_COUNT_HW_INSTRUCTIONS);
}

/* The first member that read 0 and cannot have; count where there is none. */
static unsigned int first_standing(const struct perfev_event *const *events, unsigned int count,
				   __u64 zeros)
{
	for (unsigned int i = 0; i < count; i++)
		if (zeros >> i & 1 && cannot_be_zero(events[i]))
			return i;
	return count;
}

/*
 * Tries them again, after longer and longer pauses, where one seems to stand still: a hypervisor
 * that takes a counter away for a moment is not the processor's limit.
 */
static enum outcome try_often(const struct perfev_event *const *events, unsigned int count,
			      __u64 *zeros)
{
	struct timespec pause = { .tv_nsec = 100000 };
	enum outcome outcome;

	for (;; pause.tv_nsec *= 4) {
		outcome = try_first(events, count, zeros);
		if (outcome != OUTCOME_RUNS || first_standing(events, count, *zeros) == count ||
		    pause.tv_nsec > 6400000)
			return outcome;
		nanosleep(&pause, NULL);
	}
}

const struct perfev_event *perfev_trial_event(void)
{
	static const struct perfev_event instructions = {
		.name = "instructions:u",
		.pmu = "cpu",
		.attr = { .type = PERF_TYPE_HARDWARE,
			  .config = PERF_COUNT_HW_INSTRUCTIONS,
			  .exclude_kernel = 1,
			  .exclude_hv = 1 },
	};

	return &instructions;
}

unsigned int perfev_trial_counters(unsigned int wanted)
{
	const struct perfev_event *events[PERFEV_TRIAL_MOST];
	unsigned int count = wanted < PERFEV_TRIAL_MOST ? wanted : PERFEV_TRIAL_MOST;
	enum outcome outcome;
	__u64 zeros;

	for (unsigned int i = 0; i < count; i++)
		events[i] = perfev_trial_event();
	/* Where the event has one counter of its own, as on riscv64, others are not tried out. */
	if (count < 2 || try_often(events, 2, &zeros) != OUTCOME_RUNS || zeros)
		return 0;
	while ((outcome = try_often(events, count, &zeros)) == OUTCOME_REFUSED && count > 2)
		count--;
	if (outcome != OUTCOME_RUNS || !zeros)
		return 0;
	while (--count > 2 && try_often(events, count, &zeros) == OUTCOME_RUNS && zeros)
		;
	return count;
}

/*
 * How many of so many events that run have a counter that counts. All are believed, where nothing
 * tells otherwise.
 */
static unsigned int counters_that_count(unsigned int count)
{
	unsigned int usable = perfev_trial_counters(count);

	return usable ? usable : count;
}

/*
 * Of a group that runs, some members of which read 0: the number of the member from which on there
 * are no counters that count, or count. A 0 may be true.
 */
static unsigned int first_without_counter(const struct perfev_event *const *events,
					  unsigned int count, __u64 zeros)
{
	unsigned int standing = first_standing(events, count, zeros);
	unsigned int working, needed = 0;

	if (standing < count)
		return standing;
	for (unsigned int i = 0; i < count; i++)
		needed += perfev_event_takes_counter(events[i]) != 0;
	working = counters_that_count(needed);
	for (unsigned int i = 0; i < count; i++)
		if (perfev_event_takes_counter(events[i]) && working-- == 0)
			return zeros >> i ? i : count;
	return count;
}

unsigned int perfev_trial(const struct perfev_event *const *events, unsigned int count)
{
	__u64 zeros;
	enum outcome outcome = try_often(events, count, &zeros);

	if (outcome == OUTCOME_UNKNOWN ||
	    (outcome == OUTCOME_REFUSED && try_first(events, 1, &zeros) != OUTCOME_RUNS))
		return 0;
	while (outcome == OUTCOME_REFUSED && --count > 1)
		outcome = try_often(events, count, &zeros);
	return outcome == OUTCOME_RUNS && zeros ? first_without_counter(events, count, zeros) :
						  count;
}
