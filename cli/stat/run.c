/* SPDX-License-Identifier: MIT */
/*
 * A run of perfev stat: a program from exec to exit, or what runs already until it ends, a program
 * does, or Ctrl-C. Counting starts and stops as near to that as system calls can.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../progress.h"
#include "stat.h"

/* How often it is looked whether what is counted has ended. */
#define LOOK_NS 100000000ULL

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = 1;
}

static __u64 timeval_ns(const struct timeval *time)
{
	return (__u64)time->tv_sec * 1000000000 + (__u64)time->tv_usec * 1000;
}

/* As many files as this process may have: each event in each place is one. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int open_counters(const struct stat *stat, struct perfev_counters **counters,
			 struct perfev_why *why)
{
	const struct perfev_count_options options = {
		.size = sizeof(options), .inherit = 1, .keep_going = 1
	};
	const struct perfev_target program = perfev_program(stat->child.pid);
	struct rlimit before;
	int result;

	getrlimit(RLIMIT_NOFILE, &before);
	raise_file_limit();
	if (stat->options.targets.count)
		result = perfev_counters_open_events(
			counters, stat->events, stat->options.targets.list,
			stat->options.targets.count, &options, why);
	else
		result = perfev_counters_open_events(counters, stat->events, &program, 1, &options,
						     why);
	/* The limit guards against more than it allows, not against what is open already. */
	setrlimit(RLIMIT_NOFILE, &before);
	return result;
}

/* How long a program runs before it is said for how long. */
#define LONG_NS 2000000000ULL

/* Whether it may be said now for how long the program runs. */
static int may_show(const struct stat *stat)
{
	return !stat->options.interval_ms && !stat->options.repeat && !stat->options.versus &&
	       progress_is_apart();
}

static void show_time(struct stat *stat, __u64 elapsed_ns)
{
	if (elapsed_ns < LONG_NS || !may_show(stat))
		return;
	/* What the program prints comes over it, and not behind it. */
	progress_show("counting for %llu s\r", (unsigned long long)elapsed_ns / 1000000000);
	stat->has_shown = 1;
}

/* Waits for the program as child_wait_until(), and says once a second for how long. */
static int wait_for_child(struct stat *stat, __u64 time_ns)
{
	__u64 look = stat->begin_ns + LONG_NS;
	int result = 0;

	/* Where nothing is shown, nothing is to wake up beside the program. */
	if (!may_show(stat))
		return child_wait_until(&stat->child, time_ns);
	for (; look < time_ns && result == 0; look += 1000000000) {
		result = child_wait_until(&stat->child, look);
		if (result == 0)
			show_time(stat, look - stat->begin_ns);
	}
	return result ? result : child_wait_until(&stat->child, time_ns);
}

/*
 * Waits until a time, or the end of it all. Returns 1 at the end, 0 when it is time, or a negative
 * errno.
 */
static int wait_until(struct stat *stat, __u64 time_ns)
{
	if (stat->options.argv && !stat->options.targets.count)
		return wait_for_child(stat, time_ns);
	while (!is_interrupted) {
		__u64 now = now_ns(), look = now + LOOK_NS < time_ns ? now + LOOK_NS : time_ns;
		struct timespec left = { 0, 0 };
		int result;

		if (now >= time_ns)
			return 0;
		if (stat->argv) {
			if ((now - stat->begin_ns) % 1000000000 < LOOK_NS)
				show_time(stat, now - stat->begin_ns);
			result = child_wait_until(&stat->child, look);
			if (result)
				return result;
			continue;
		}
		if (targets_have_ended(&stat->options.targets))
			return 1;
		/* Once a second, since this looks more often. */
		if (!stat->options.interval_ms && (now - stat->begin_ns) % 1000000000 < LOOK_NS)
			progress_show("counting for %llu s; Ctrl-C ends it",
				      (unsigned long long)((now - stat->begin_ns) / 1000000000));
		left.tv_nsec = (long)(look - now);
		nanosleep(&left, NULL);
	}
	if (stat->argv) {
		/* Who interrupts perfev means the program that it waits for too. */
		kill(stat->child.pid, SIGINT);
		child_wait(&stat->child);
	}
	return 1;
}

/* Fills a result with what is counted by now. */
static int make_result(const struct stat *stat, struct perfev_counters *counters, __u64 begin_ns,
		       struct stat_result *result)
{
	memset(result, 0, sizeof(*result));
	result->end_ns = result->wall_ns = now_ns() - begin_ns;
	result->runs = 1;
	result->missed = perfev_counters_missed(counters);
	result->usable = perfev_counters_usable(counters);
	/* What cannot be read is in the readings' state. */
	perfev_counters_read(counters);
	return stat_rows_make(stat, counters, result);
}

typedef void interval_fn(const struct stat *stat, const struct stat_result *result);

/* Hands over what was counted since the last interval; *last becomes what there is now. */
static int end_interval(const struct stat *stat, struct perfev_counters *counters, __u64 begin_ns,
			struct stat_result *last, interval_fn *interval)
{
	struct stat_result now, added;
	int result = make_result(stat, counters, begin_ns, &now);

	if (result == 0)
		result = stat_result_since(&added, &now, last);
	if (result < 0) {
		stat_result_free(&now);
		return result;
	}
	interval(stat, &added);
	free(added.rows);
	stat_result_free(last);
	*last = now;
	return 0;
}

/* Lets it run, interval by interval, until the end. Returns 0 or a negative errno. */
static int run_to_the_end(struct stat *stat, struct perfev_counters *counters, __u64 begin_ns,
			  interval_fn *interval)
{
	__u64 step_ns = (__u64)stat->options.interval_ms * 1000000, next_ns = begin_ns + step_ns;
	struct stat_result last = { 0 };
	int result;

	if (!step_ns || !interval) {
		while ((result = wait_until(stat, ~0ULL >> 1)) == 0)
			;
		return result < 0 ? result : 0;
	}
	while ((result = wait_until(stat, next_ns)) == 0 && result >= 0) {
		result = end_interval(stat, counters, begin_ns, &last, interval);
		if (result < 0)
			break;
		/* Intervals that were slept through are one. */
		while (next_ns <= now_ns())
			next_ns += step_ns;
	}
	if (result > 0)
		result = end_interval(stat, counters, begin_ns, &last, interval);
	stat_result_free(&last);
	return result;
}

/* Lets the counters and the program go, and reads them in the end. */
static int count(struct stat *stat, struct perfev_counters *counters, struct stat_result *out,
		 interval_fn *interval, struct perfev_why *why)
{
	__u64 begin_ns = stat->begin_ns = now_ns();
	int result = stat->options.targets.count ? perfev_counters_start(counters) : 0;

	if (result == 0 && stat->argv)
		result = child_run(&stat->child);
	if (result == 0)
		result = run_to_the_end(stat, counters, begin_ns, interval);
	if (!stat->argv)
		progress_clear();
	if (stat->options.targets.count)
		perfev_counters_stop(counters);
	if (result == 0)
		result = make_result(stat, counters, begin_ns, out);
	if (stat->has_shown && progress_is_apart())
		progress_clear();
	if (result < 0) {
		snprintf(why->text, sizeof(why->text), "%s", strerror(-result));
		return result;
	}
	if (stat->argv) {
		out->user_ns = timeval_ns(&stat->child.usage.ru_utime);
		out->system_ns = timeval_ns(&stat->child.usage.ru_stime);
	}
	return 0;
}

static void catch_interrupts(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int stat_run(struct stat *stat, struct stat_result *result,
	     void (*interval)(const struct stat *stat, const struct stat_result *result),
	     struct perfev_why *why)
{
	struct perfev_counters *counters;
	int error = 0;

	memset(result, 0, sizeof(*result));
	memset(why, 0, sizeof(*why));
	if (stat->argv)
		error = child_start(&stat->child, stat->argv);
	if (error < 0) {
		snprintf(why->text, sizeof(why->text), "cannot start a process: %s",
			 strerror(-error));
		return error;
	}
	error = open_counters(stat, &counters, why);
	if (error < 0) {
		if (stat->argv)
			child_cancel(&stat->child);
		return error;
	}
	if (stat->options.targets.count)
		catch_interrupts();
	error = count(stat, counters, result, interval, why);
	perfev_counters_close(counters);
	return error;
}
