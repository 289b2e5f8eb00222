/* SPDX-License-Identifier: MIT */
/*
 * The Nth system call fails, for every N until none does: the error comes out as it went in, or the
 * reading says that it has no value; no file descriptor is left, and no number is made up.
 */
#include "counting.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "failing.h"

/* No error that the library meets by itself in these scenarios. */
#define ERROR EIO

/* Something to count, without a system call that may fail. */
static void do_work(void)
{
	static char memory[1 << 20] __attribute__((aligned(1 << 16)));

	madvise(memory, sizeof(memory), MADV_DONTNEED);
	for (size_t i = 0; i < sizeof(memory); i += 4096)
		((volatile char *)memory)[i] = 1;
}

/* What a scenario did. */
struct outcome {
	const char *events;
	int opened, started, stopped, got;
	struct perfev_why why;
	struct perfev_reading readings[4];
};

static unsigned int open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void count_a_group(void *argument)
{
	struct outcome *outcome = argument;
	struct perfev_group *group;

	outcome->opened = perfev_group_open(&group, outcome->events, perfev_self(), &outcome->why);
	if (outcome->opened < 0)
		return;
	outcome->started = perfev_group_start(group);
	do_work();
	outcome->stopped = perfev_group_stop(group);
	outcome->got = perfev_group_read(group, outcome->readings, 4);
	perfev_group_close(group);
}

static void count_alone(void *argument)
{
	struct outcome *outcome = argument;
	struct perfev_counter *counter;
	__u64 value;

	outcome->opened =
		perfev_counter_open(&counter, outcome->events, perfev_self(), NULL, &outcome->why);
	if (outcome->opened < 0)
		return;
	outcome->started = perfev_counter_start(counter);
	do_work();
	outcome->got = perfev_counter_read_value(counter, &value);
	outcome->stopped = perfev_counter_stop(counter);
	if (outcome->got >= 0)
		outcome->got = perfev_counter_read(counter, &outcome->readings[0]);
	perfev_counter_close(counter);
}

static int came_out(const struct outcome *outcome)
{
	return outcome->opened == -ERROR || outcome->started == -ERROR ||
	       outcome->stopped == -ERROR || outcome->got == -ERROR;
}

/* Which calls may fail and nothing is lost: what they would have told is done without. */
static int may_be_done_without(int call)
{
#ifdef SYS_mmap
	if (call == SYS_mmap)
		return 1;
#endif
	/* The trial of a group, the end of a thread, whether user reads are allowed. */
	return call == SYS_openat || call == SYS_read || call == SYS_ioctl ||
	       call == SYS_perf_event_open;
}

static void assert_honest(const struct outcome *outcome, const struct failing *failing)
{
	if (outcome->opened < 0) {
		assert_int_equal(outcome->why.error, -outcome->opened);
		assert_true(outcome->why.text[0]);
		return;
	}
	if (came_out(outcome))
		return;
	assert_true(failing->failed < 0 || may_be_done_without(failing->failed));
	/* Nothing came out, so nothing is missing. */
	for (int i = 0; i < outcome->got; i++)
		assert_int_equal(outcome->readings[i].state, PERFEV_READING_COUNTED);
}

/* Has each call of a scenario fail in turn. Returns how many errors came out as they went in. */
static unsigned int fail_each(void (*scenario)(void *argument), const char *events)
{
	struct failing none = { .number = 0 };
	struct outcome warm = { .events = events };
	unsigned int files, errors = 0;
	int cannot = run_failing(&none, scenario, &warm);

	/* The first run is not like the others: the C library makes room for a new thread. */
	if (cannot)
		skip_without("seccomp-notify", "%s", strerror(cannot));
	files = open_files();
	for (unsigned int number = 1; number < 500; number++) {
		struct failing failing = { .number = number, .error = ERROR };
		struct outcome outcome = { .events = events };

		assert_int_equal(run_failing(&failing, scenario, &outcome), 0);
		assert_int_equal(open_files(), files);
		assert_honest(&outcome, &failing);
		errors += came_out(&outcome) != 0;
		if (failing.calls < number) {
			assert_int_equal(outcome.opened, 0);
			assert_false(came_out(&outcome));
			return errors;
		}
	}
	fail_msg("500 calls and no end");
	return 0;
}

static void a_group_of_software_events_loses_nothing(void **state)
{
	(void)state;
	/* Two opens, start, stop, and read: each of the five tells. */
	assert_true(fail_each(count_a_group, "page-faults:u,minor-faults:u") >= 5);
}

static void a_group_of_hardware_events_loses_nothing(void **state)
{
	(void)state;
	perfev_counter_close(counter_or_skip("instructions:u", perfev_self(), NULL, "hardware"));
	assert_true(fail_each(count_a_group, "instructions:u,cycles:u") >= 5);
}

static void a_counter_loses_nothing(void **state)
{
	(void)state;
	assert_true(fail_each(count_alone, "page-faults:u") >= 4);
}

static void a_tracepoint_loses_nothing(void **state)
{
	(void)state;
	tracepoint_or_skip("sched", "sched_switch");
	assert_true(fail_each(count_alone, "sched:sched_switch") >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_of_software_events_loses_nothing),
		cmocka_unit_test(a_group_of_hardware_events_loses_nothing),
		cmocka_unit_test(a_counter_loses_nothing),
		cmocka_unit_test(a_tracepoint_loses_nothing),
	};

	return cmocka_run_group_tests_name("the Nth system call fails", tests, NULL, NULL);
}
