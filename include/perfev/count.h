/* SPDX-License-Identifier: MIT */
/*
 * perfev/count.h: counters, groups and sets of them, and counts that tell the truth: a value
 * travels with the times that it was enabled and running, and what was not counted is not 0. See
 * perfev_count(3).
 *
 * Threads: a counter or group may be read, started and stopped from any thread at any time, also
 * from several at once, and a set started and stopped; opening and closing are the owner's alone.
 * Starting and stopping
 * reach all of it by one system call for each kernel group, so that a group is never half started.
 * An object is its process's: a child that fork() makes must not use it.
 */
#ifndef PERFEV_COUNT_H
#define PERFEV_COUNT_H

#include <stddef.h>
#include <sys/types.h>

#include <perfev/abi.h>
#include <perfev/explain.h>
#include <perfev/event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whom to count. */
enum perfev_target_kind {
	PERFEV_TARGET_SELF = 0,
	PERFEV_TARGET_THREAD = 1,
	PERFEV_TARGET_PROCESS = 2,
	PERFEV_TARGET_PROGRAM = 3,
	PERFEV_TARGET_CPU = 4,
	PERFEV_TARGET_ALL_CPUS = 5,
	PERFEV_TARGET_CGROUP = 6,
};

/* A target, made by one of the functions below and passed by value. */
struct perfev_target {
	enum perfev_target_kind kind;
	pid_t pid;          /* a thread's or process's number */
	int cpu;            /* on this CPU only; -1: on any */
	const char *cgroup; /* a path: "/sys/fs/cgroup/x", or "x" under the unified hierarchy */
	unsigned int event; /* only this one of the text's events, from 1; 0: all of them */
};

/* The calling thread, without those that it starts. */
static inline struct perfev_target perfev_self(void)
{
	struct perfev_target target = { PERFEV_TARGET_SELF, 0, -1, NULL, 0 };

	return target;
}

/* One thread, without those that it starts. */
static inline struct perfev_target perfev_thread(pid_t tid)
{
	struct perfev_target target = { PERFEV_TARGET_THREAD, tid, -1, NULL, 0 };

	return target;
}

/* A process: all its threads, and all threads and processes that they start from now on. */
static inline struct perfev_target perfev_process(pid_t pid)
{
	struct perfev_target target = { PERFEV_TARGET_PROCESS, pid, -1, NULL, 0 };

	return target;
}

/*
 * A process of the caller's that is about to execute a program: counting starts by itself at its
 * execve(2), and includes all that the program starts.
 */
static inline struct perfev_target perfev_program(pid_t pid)
{
	struct perfev_target target = { PERFEV_TARGET_PROGRAM, pid, -1, NULL, 0 };

	return target;
}

/* One CPU, whatever runs on it. */
static inline struct perfev_target perfev_cpu(int cpu)
{
	struct perfev_target target = { PERFEV_TARGET_CPU, -1, cpu, NULL, 0 };

	return target;
}

/* All CPUs that are online, whatever runs on them. */
static inline struct perfev_target perfev_all_cpus(void)
{
	struct perfev_target target = { PERFEV_TARGET_ALL_CPUS, -1, -1, NULL, 0 };

	return target;
}

/* A cgroup's tasks on all CPUs. The path is used while the object is opened only. */
static inline struct perfev_target perfev_cgroup(const char *path)
{
	struct perfev_target target = { PERFEV_TARGET_CGROUP, -1, -1, path, 0 };

	return target;
}

/* What became of a count. Only the first two have a value. */
enum perfev_reading_state {
	PERFEV_READING_COUNTED = 0, /* all the time that it was enabled */
	PERFEV_READING_SCALED = 1,  /* part of the time: multiplexed with other events */
	PERFEV_READING_IDLE =
		2, /* never enabled, or its target never ran: there is nothing to say */
	PERFEV_READING_NEVER = 3, /* enabled, but no counter was ever free for it */
	PERFEV_READING_ERROR = 4, /* a pinned event that lost its counter: the kernel gave it up */
	PERFEV_READING_MISSING = 5, /* not opened here: error says why */
	PERFEV_READING_FAILED = 6,  /* read() failed, or was short: error says why */
};

/* One count. */
struct perfev_reading {
	__u64 value;      /* as the kernel counted it, not scaled */
	__u64 enabled_ns; /* how long it was enabled while its target ran, or a CPU was watched */
	__u64 running_ns; /* how long of that it had a counter */
	__u64 lost;       /* samples that found no room in the ring (Linux 6.0) */
	__u64 id;         /* the kernel's number for the event; 0 in a sum */
	enum perfev_reading_state state;
	int error;              /* positive errno, in the states that have one */
	unsigned int ended : 1; /* the target has ended: this is its last count */
};

/*
 * Gives what the count would have been, had it run all the time that it was enabled:
 * value * enabled_ns / running_ns in 128 bits, at most 2^64 - 1.
 * Returns 1 with *value set, or 0 when there was nothing counted; *value is then 0.
 */
int perfev_reading_scaled(const struct perfev_reading *reading, __u64 *value);

/* Returns the share of its enabled time that it had a counter, 0.0 to 1.0; 0.0 when it had none. */
double perfev_reading_coverage(const struct perfev_reading *reading);

/* Returns a / b, both scaled, or NaN when either was not counted or b is 0. */
double perfev_ratio(const struct perfev_reading *a, const struct perfev_reading *b);

/*
 * Adds a reading to a sum of the same event over threads or CPUs. What is missing somewhere makes
 * the sum SCALED, NEVER or FAILED, never a silent 0. A sum begins with state IDLE and all zero.
 */
void perfev_reading_add(struct perfev_reading *sum, const struct perfev_reading *reading);

/*
 * Joins to a sum the reading of the same event by another PMU of a hybrid processor, on the same
 * thread: it ran on one or the other, so their running times add up and the enabled times do not.
 */
void perfev_reading_join(struct perfev_reading *sum, const struct perfev_reading *reading);

/* Returns what a state is called, "not counted", or NULL for a number that is none. */
const char *perfev_reading_state_name(enum perfev_reading_state state);

/* How counters are opened; all zero is the default. */
struct perfev_count_options {
	size_t size;                /* sizeof(struct perfev_count_options) */
	unsigned int inherit : 1;   /* with what a thread starts; implied for processes, programs */
	unsigned int pinned : 1;    /* always on a counter, or in state ERROR */
	unsigned int exclusive : 1; /* alone on its PMU */
	unsigned int split : 1;     /* take groups apart that do not fit, as :W does for one */
	unsigned int no_trial : 1;  /* do not try out whether a group fits the hardware */
	unsigned int no_kernel_fallback : 1; /* fail where the kernel may not be counted */
	unsigned int
		keep_going : 1; /* an event that does not open is MISSING; others are counted */
	unsigned int no_user_read : 1; /* do not map pages for reads without a system call */
	const struct perfev_event_options *names; /* how event names are read, or NULL */
};

/* One event on one target. */
struct perfev_counter;

/*
 * Opens one event, stopped. target is a thread or a CPU: what becomes several kernel events (a
 * process, all CPUs, a hybrid processor's event) is a group's or a set's. options may be NULL.
 * Returns 0, or a negative errno with *out NULL, and why in words in *why, which may be NULL.
 */
int perfev_counter_open(struct perfev_counter **out, const char *event, struct perfev_target target,
			const struct perfev_count_options *options, struct perfev_why *why);

/* Likewise, from an attribute, as perf_event_open(2) takes it; read_format is this library's. */
int perfev_counter_open_attr(struct perfev_counter **out, const struct perf_event_attr *attr,
			     struct perfev_target target,
			     const struct perfev_count_options *options, struct perfev_why *why);

/* Starts, stops, or sets to 0 (the value, not the times). Returns 0, or a negative errno. */
int perfev_counter_start(struct perfev_counter *counter);
int perfev_counter_stop(struct perfev_counter *counter);
int perfev_counter_reset(struct perfev_counter *counter);

/*
 * Reads it by read(2). That it was not counted, or gave up, is a state of the reading.
 * Returns 0, or a negative errno with *out in state FAILED.
 */
int perfev_counter_read(struct perfev_counter *counter, struct perfev_reading *out);

/*
 * Reads its value alone, without a system call where the processor and the kernel let the calling
 * thread: x86, arm64 (with kernel.perf_user_access = 1) and riscv64; else by read(2).
 * Returns 1 when no system call was made, 0 when one was, or a negative errno; *value is not
 * scaled, 0 for what was not counted, and only set when it did not fail.
 */
int perfev_counter_read_value(struct perfev_counter *counter, __u64 *value);

/*
 * Reads it with its times likewise, where the page gives the time too.
 * Returns 1 when no system call was made, 0 when one was, or a negative errno.
 */
int perfev_counter_read_user(struct perfev_counter *counter, struct perfev_reading *out);

/* Gives up what lies under it: the file descriptor, and the mapped page or NULL. */
int perfev_counter_fd(const struct perfev_counter *counter);
const struct perf_event_mmap_page *perfev_counter_page(const struct perfev_counter *counter);

/* The attribute as it was opened, exclude_kernel set where the kernel may not be counted. */
const struct perf_event_attr *perfev_counter_attr(const struct perfev_counter *counter);

/* Closes it. NULL is fine. */
void perfev_counter_close(struct perfev_counter *counter);

/*
 * Reads a counter from its page alone: the loop over the page's lock, its index, and its count,
 * sign-extended. For pages that a caller maps for itself, read by the thread that is counted.
 * Returns 1 with *value set, or 0 when the page says to use read(2).
 */
int perfev_page_read(const struct perf_event_mmap_page *page, __u64 *value);

/*
 * Likewise with the times, as far as the page gives them (cap_user_time).
 * Returns 1 with value, enabled_ns and running_ns set, or 0 when the page says to use read(2).
 */
int perfev_page_read_times(const struct perf_event_mmap_page *page, struct perfev_reading *out);

/* Events that are counted at the same time, or not at all. */
struct perfev_group;

/*
 * Opens the events of a text as one group, stopped: on a process's threads or several CPUs as one
 * group on each, which are read as one sum.
 * Returns 0, or a negative errno with *out NULL, and why in words in *why, which may be NULL.
 */
int perfev_group_open(struct perfev_group **out, const char *events, struct perfev_target target,
		      struct perfev_why *why);

/* Likewise, with options. */
int perfev_group_open_with(struct perfev_group **out, const char *events,
			   struct perfev_target target, const struct perfev_count_options *options,
			   struct perfev_why *why);

/* Returns how many events its text has: so many readings perfev_group_read() gives. */
unsigned int perfev_group_count(const struct perfev_group *group);

/*
 * Starts, stops, or sets to 0. All events start and stop at the same moment; set to 0 they are one
 * after the other: stop the group before, where that matters. Returns 0, or a negative errno.
 */
int perfev_group_start(struct perfev_group *group);
int perfev_group_stop(struct perfev_group *group);
int perfev_group_reset(struct perfev_group *group);

/*
 * Reads all events at once, in the text's order; of more than count the first ones are given.
 * Returns how many readings were written, or a negative errno.
 */
int perfev_group_read(struct perfev_group *group, struct perfev_reading *readings,
		      unsigned int count);

/* The set that it is made of, for what a set tells: its parts, file descriptors, attributes. */
struct perfev_counters *perfev_group_counters(struct perfev_group *group);

/* Closes it. NULL is fine. */
void perfev_group_close(struct perfev_group *group);

/* A set: the events of a text on every thread, CPU and cgroup of its targets. */
struct perfev_counters;

/*
 * Opens a set, stopped. Groups are what the text has in braces.
 * Returns 0, or a negative errno with *out NULL, and why in words in *why, which may be NULL. With
 * keep_going an event that does not open anywhere is no failure, see perfev_counters_why().
 */
int perfev_counters_open(struct perfev_counters **out, const char *events,
			 const struct perfev_target *targets, unsigned int target_count,
			 const struct perfev_count_options *options, struct perfev_why *why);

/* Likewise, from events already read, which must live as long as the set. */
int perfev_counters_open_events(struct perfev_counters **out, const struct perfev_events *events,
				const struct perfev_target *targets, unsigned int target_count,
				const struct perfev_count_options *options, struct perfev_why *why);

/* One place where events are counted. */
struct perfev_instance {
	pid_t pid;           /* the thread's number, or -1 */
	int cpu;             /* the CPU's, or -1 */
	const char *cgroup;  /* as its target named it, or NULL */
	unsigned int target; /* which of the targets it came from, from 0 */
};

/* Returns how many kernel events each row has: perfev_events_count() of what was opened. */
unsigned int perfev_counters_event_count(const struct perfev_counters *counters);

/* Lends an event as it was opened, exclude_kernel set where it had to be; NULL past the last. */
const struct perfev_event *perfev_counters_event(const struct perfev_counters *counters,
						 unsigned int event);

/* Returns how many places there are; an uncore PMU's events are open on its own CPUs only. */
unsigned int perfev_counters_instance_count(const struct perfev_counters *counters);

/* Lends one, from 0, or NULL past the last. */
const struct perfev_instance *perfev_counters_instance(const struct perfev_counters *counters,
						       unsigned int instance);

/*
 * Starts, stops, or sets to 0: one system call for each kernel group. Returns 0, or the first
 * error.
 */
int perfev_counters_start(struct perfev_counters *counters);
int perfev_counters_stop(struct perfev_counters *counters);
int perfev_counters_reset(struct perfev_counters *counters);

/*
 * Reads all of it, one system call for each kernel group. The readings stay in the set: one thread
 * reads a set at a time. Returns 0, or the first error.
 */
int perfev_counters_read(struct perfev_counters *counters);

/* Lends what the last perfev_counters_read() read of an event in one place, or NULL. */
const struct perfev_reading *perfev_counters_get(const struct perfev_counters *counters,
						 unsigned int event, unsigned int instance);

/* Sums it over all places into *out. Returns 0, or -EINVAL when there is no such event. */
int perfev_counters_sum(const struct perfev_counters *counters, unsigned int event,
			struct perfev_reading *out);

/*
 * Sums one of the text's events (perfev_event.logical) over all places and all PMUs that count it.
 * Returns 0, or -EINVAL when there is no such event.
 */
int perfev_counters_total(const struct perfev_counters *counters, unsigned int logical,
			  struct perfev_reading *out);

/* Returns the file descriptor of an event in one place, or -1 where it is not open. */
int perfev_counters_fd(const struct perfev_counters *counters, unsigned int event,
		       unsigned int instance);

/* How a group of the text was opened. */
struct perfev_fit {
	unsigned int asked; /* events that it should have had in one kernel group */
	unsigned int parts; /* kernel groups that it became: 1 where it fits */
	int watchdog;       /* 1 when the kernel's NMI watchdog may hold a counter meanwhile */
};

/* Says how a group (perfev_event.group) was opened. Returns 0, or -EINVAL when there is none. */
int perfev_counters_fit(const struct perfev_counters *counters, unsigned int group,
			struct perfev_fit *out);

/*
 * Returns on how many of the processor's counters the set's events take turns, where another one
 * stands still (as a hypervisor's may): events that are not in groups are then packed into some, so
 * that none is counted on it. 0 where no such counter was found.
 */
unsigned int perfev_counters_usable(const struct perfev_counters *counters);

/*
 * Returns how many threads of a process started while its threads were opened, again and again, so
 * that they may be missing in the counts or be in them twice; 0 unless it starts them all the time.
 */
unsigned int perfev_counters_missed(const struct perfev_counters *counters);

/* Lends why an event is missing (with keep_going), or NULL where nothing failed. */
const struct perfev_why *perfev_counters_why(const struct perfev_counters *counters,
					     unsigned int event);

/* Closes it. NULL is fine. */
void perfev_counters_close(struct perfev_counters *counters);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_COUNT_H */
