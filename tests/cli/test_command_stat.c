/* SPDX-License-Identifier: MIT */
/*
 * perfev stat on this machine, of programs whose cost is known. What must stay true: what a program
 * does more is counted as that, by the difference of two runs, and exactly where counting is exact.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "faults.h"
#include "level.h"
#include "loop.h"

/* How often what is counted is done, and how far from that it may be where that is not exact. */
#define MANY 1000U
#define MANY_TEXT "1000"

static struct printed printed;

/* What may come from elsewhere between two runs of the same program. */
static void assert_difference(__u64 more, __u64 less, __u64 expected, __u64 stray)
{
	assert_in_range(more, less + expected - stray, less + expected + stray);
}

static void run_loops(const char *event, const char *times)
{
	run_perfev(&printed, "stat", "-x,", "-e", event, WORK("loop", times));
	assert_status(&printed, 0);
}

static void instructions_or_skip(void)
{
	close(open_counter_or_skip((struct perf_event_attr)COUNTER(INSTRUCTIONS, .pinned = 0),
				   "hardware"));
}

static void instructions_are_counted(void **state)
{
	__u64 less, more;

	(void)state;
	instructions_or_skip();
	run_loops("instructions:u", "1");
	less = value_of(&printed, "instructions:u");
	run_loops("instructions:u", "4");
	more = value_of(&printed, "instructions:u");
	assert_true(more > less);
	assert_instructions(more - less + LOOP_SLACK, 3);
}

static void page_faults_are_counted(void **state)
{
	__u64 less;

	(void)state;
	event_or_skip("page-faults:u", "software");
	run_perfev(&printed, "stat", "-x,", "-e", "page-faults:u", WORK("pages", "1"));
	less = value_of(&printed, "page-faults:u");
	run_perfev(&printed, "stat", "-x,", "-e", "page-faults:u", WORK("pages", "1001"));
	assert_difference(value_of(&printed, "page-faults:u"), less, MANY, STRAY);
}

static void context_switches_are_counted(void **state)
{
	(void)state;
	event_or_skip("context-switches", "root");
	run_perfev(&printed, "stat", "-x,", "-e", "context-switches", WORK("sleep", "50"));
	assert_in_range(value_of(&printed, "context-switches"), 50, 200);
}

static void the_table_has_the_default_events_and_times(void **state)
{
	(void)state;
	event_or_skip("task-clock", "software");
	run_perfev(&printed, "stat", WORK("loop", "5"));
	assert_status(&printed, 0);
	assert_says(&printed, printed.err, "ms  task-clock");
	assert_says(&printed, printed.err, "page-faults");
	assert_says(&printed, printed.err, " s   wall\n");
}

static void the_JSON_has_every_event(void **state)
{
	(void)state;
	event_or_skip("task-clock", "software");
	run_perfev(&printed, "stat", "--json", "-e", "task-clock,page-faults:u",
		   WORK("pages", "1"));
	assert_status(&printed, 0);
	assert_says(&printed, printed.err, "\"exit_status\": 0");
	assert_says(&printed, printed.err, "\"event\": \"task-clock\"");
	assert_says(&printed, printed.err, "\"event\": \"page-faults:u\"");
	assert_says(&printed, printed.err, "\"state\": \"counted\"");
}

static void the_exit_status_is_the_program_s(void **state)
{
	(void)state;
	run_perfev(&printed, "stat", WORK("no such work", "1"));
	assert_status(&printed, 2);
	run_perfev(&printed, "stat", "/no/such/program", NULL);
	assert_status(&printed, 127);
}

/* Groups, and more events than counters */

/* How many instructions counters the kernel takes in a group, up to most. */
static unsigned int counters_of_group(unsigned int most)
{
	struct perf_event_attr attr = COUNTER(INSTRUCTIONS, .pinned = 0);
	unsigned int count = 0;
	int fds[64];

	assert_true(most <= 64);
	for (; count < most; count++) {
		attr.disabled = count == 0;
		fds[count] = perf_event_open(&attr, 0, -1, count ? fds[0] : -1, 0);
		if (fds[count] < 0)
			break;
	}
	for (unsigned int i = 0; i < count; i++)
		close(fds[i]);
	return count;
}

/* A group of one more than the hardware has, in braces. Skips where there is no limit. */
static const char *too_large_a_group_or_skip(unsigned int *size)
{
	static const char event[] = "instructions:u,";
	static char text[sizeof(event) * 32 + 8];

	instructions_or_skip();
	*size = counters_of_group(32) + 1;
	if (*size > 32)
		skip_without("group-limit", "the kernel takes groups of any size here");
	strcpy(text, "{");
	for (unsigned int i = 0; i < *size; i++)
		strcat(text, event);
	text[strlen(text) - 1] = '}';
	return text;
}

static void a_group_that_does_not_fit_is_not_counted_and_told(void **state)
{
	unsigned int size;
	const char *group = too_large_a_group_or_skip(&size);
	struct row row;

	(void)state;
	run_perfev(&printed, "stat", "-x,", "-e", group, WORK("loop", "1"));
	assert_status(&printed, 0);
	for (unsigned int i = 0; i < size; i++) {
		assert_true(find_row(&printed, "instructions:u", i, &row));
		assert_true(row_field(&row, -2)[0] == '<');
	}
	run_perfev(&printed, "stat", "-e", group, WORK("loop", "1"));
	assert_says(&printed, printed.err, "Without instructions:u");
	assert_says(&printed, printed.err, "group");
	assert_says(&printed, printed.err, ":W");
}

static void a_weak_group_is_taken_apart_where_it_does_not_fit(void **state)
{
	const double truth = 40.0 * LOOP_INSTRUCTIONS;
	unsigned int size;
	const char *group = too_large_a_group_or_skip(&size);
	char weak[1024];
	struct row row;

	(void)state;
	snprintf(weak, sizeof(weak), "%s:W", group);
	run_loops(weak, "40");
	for (unsigned int i = 0; i < size; i++) {
		double value;

		if (!find_row(&printed, "instructions:u", i, &row))
			fail_msg("no line %u in: %s", i, printed.err);
		value = strtod(row_field(&row, -2), NULL);
		if (value < truth / 2 || value > truth * 2)
			fail_msg("%s instead of %.0f in: %s", row_field(&row, -2), truth,
				 printed.err);
	}
}

/* Two events that are not the same: in an emulator the second counter of one may stand still. */
static void a_group_that_fits_is_counted_whole(void **state)
{
	static const char group[] = "{instructions:u,cycles:u}";
	struct row first, second;
	__u64 less;

	(void)state;
	instructions_or_skip();
	event_or_skip(group, "hardware");
	run_loops(group, "1");
	less = value_of(&printed, "instructions:u");
	run_loops(group, "4");
	assert_instructions(value_of(&printed, "instructions:u") - less + LOOP_SLACK, 3);
	assert_true(value_of(&printed, "cycles:u") > LOOP_INSTRUCTIONS / 16);
	/* They ran for the same time, being on counters together. */
	assert_true(find_row(&printed, "instructions:u", 0, &first));
	assert_true(find_row(&printed, "cycles:u", 0, &second));
	assert_string_equal(row_field(&first, 1), row_field(&second, 1));
}

/* How often */

static void intervals_add_up_to_the_whole(void **state)
{
	__u64 whole, sum = 0;
	double before = 0;
	unsigned int lines = 0;
	struct row row;

	(void)state;
	event_or_skip("page-faults:u", "software");
	run_perfev(&printed, "stat", "-x,", "-e", "page-faults:u", WORK("slow", "200"));
	whole = value_of(&printed, "page-faults:u");
	run_perfev(&printed, "stat", "-x,", "-I", "40", "-e", "page-faults:u", WORK("slow", "200"));
	assert_status(&printed, 0);
	for (; find_row(&printed, "page-faults:u", lines, &row); lines++) {
		double time = strtod(row_field(&row, -3), NULL);

		assert_true(time > before);
		before = time;
		sum += strtoull(row_field(&row, -2), NULL, 10);
	}
	/* 200 ms of sleep at the least; how long an interval becomes is the machine's. */
	assert_in_range(lines, 2, 1000);
	/* An interval has some 35; a sanitized program varies by ten from run to run. */
	assert_in_range(sum, whole - 3 * STRAY, whole + 3 * STRAY);
}

static void repeated_runs_give_a_mean_and_its_error(void **state)
{
	unsigned int lines = 0;
	struct row row;
	const char *spread;

	(void)state;
	event_or_skip("page-faults:u", "software");
	run_perfev(&printed, "stat", "-x,", "-r", "3", "-e", "page-faults:u", WORK("print", "1"));
	assert_status(&printed, 0);
	for (const char *at = printed.out; (at = strstr(at, "a line\n")); at++)
		lines++;
	assert_int_equal(lines, 3);
	assert_true(find_row(&printed, "page-faults:u", 0, &row));
	assert_false(find_row(&printed, "page-faults:u", 1, &row));
	assert_true(find_row(&printed, "page-faults:u", 0, &row));
	spread = row_field(&row, 1);
	assert_true(spread[strlen(spread) - 1] == '%');
	assert_in_range((unsigned int)strtod(spread, NULL), 0, 20);
}

/* Whole CPUs */

static void cpu_wide_or_skip(void)
{
	static struct printed said;
	char *reason;

	run_perfev(&said, "stat", "-a", "-e", "page-faults:u", WORK("nothing", "1"));
	reason = strstr(said.err, "Without ");
	if (said.status || reason)
		skip_without("root", "%.400s", reason ? reason : said.err);
}

static void all_CPUs_are_counted_with_whatever_runs_there(void **state)
{
	(void)state;
	cpu_wide_or_skip();
	run_perfev(&printed, "stat", "-a", "-x,", "-e", "page-faults:u", WORK("pages", MANY_TEXT));
	assert_status(&printed, 0);
	assert_in_range(value_of(&printed, "page-faults:u"), MANY, 10000000);
}

static void a_CPU_is_counted_by_its_number(void **state)
{
	cpu_set_t before, one;
	char number[16];
	int cpu = 0;

	(void)state;
	cpu_wide_or_skip();
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	while (!CPU_ISSET(cpu, &before))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	snprintf(number, sizeof(number), "%d", cpu);
	run_perfev(&printed, "stat", "-C", number, "-x,", "-e", "page-faults:u",
		   WORK("pages", MANY_TEXT));
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_status(&printed, 0);
	assert_in_range(value_of(&printed, "page-faults:u"), MANY, 10000000);
}

static void cores_are_counted_each_by_itself(void **state)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), found = 0;
	__u64 sum = 0;
	struct row row;

	(void)state;
	cpu_wide_or_skip();
	run_perfev(&printed, "stat", "-a", "--per-core", "-x,", "-e", "page-faults:u",
		   WORK("pages", MANY_TEXT));
	assert_status(&printed, 0);
	for (unsigned int i = 0; find_row(&printed, "page-faults:u", i, &row); i++) {
		unsigned int socket, core;

		assert_int_equal(sscanf(row_field(&row, -4), "S%u-C%u", &socket, &core), 2);
		found += strtol(row_field(&row, -3), NULL, 10);
		sum += strtoull(row_field(&row, -2), NULL, 10);
	}
	assert_int_equal(found, cpus);
	assert_in_range(sum, MANY, 10000000);
}

/* An unprivileged user */

static void without_rights_the_kernel_is_left_out_and_it_says_so(void **state)
{
	__u64 less;

	(void)state;
	level_or_skip(2);
	run_perfev_as_nobody(&printed, "stat", "-x,", "-e", "page-faults", WORK("pages", "1"));
	assert_status(&printed, 0);
	less = value_of(&printed, "page-faults:u");
	run_perfev_as_nobody(&printed, "stat", "-x,", "-e", "page-faults", WORK("pages", "1001"));
	assert_difference(value_of(&printed, "page-faults:u"), less, MANY, STRAY);
	run_perfev_as_nobody(&printed, "stat", "-e", "page-faults,cpu-migrations",
			     WORK("pages", "1"));
	assert_says(&printed, printed.err, "The kernel's part is left out (:u)");
	assert_says(&printed, printed.err, "Without cpu-migrations");
	assert_says(&printed, printed.err, "kernel.perf_event_paranoid");
}

static void without_rights_instructions_are_counted(void **state)
{
	__u64 less;

	(void)state;
	instructions_or_skip();
	level_or_skip(2);
	run_perfev_as_nobody(&printed, "stat", "-x,", "-e", "instructions", WORK("loop", "1"));
	less = value_of(&printed, "instructions:u");
	run_perfev_as_nobody(&printed, "stat", "-x,", "-e", "instructions", WORK("loop", "4"));
	assert_instructions(value_of(&printed, "instructions:u") - less + LOOP_SLACK, 3);
}

/* Patched kernels grant nothing above 2; where one does, what it grants is counted. */
static void at_a_raised_level_the_program_runs_and_the_level_is_blamed(void **state)
{
	(void)state;
	level_or_skip(3);
	run_perfev_as_nobody(&printed, "stat", "-e", "page-faults", WORK("print", "1"));
	assert_status(&printed, 0);
	assert_string_equal(printed.out, "a line\n");
	assert_says(&printed, printed.err, "kernel.perf_event_paranoid");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_are_counted),
		cmocka_unit_test(page_faults_are_counted),
		cmocka_unit_test(context_switches_are_counted),
		cmocka_unit_test(the_table_has_the_default_events_and_times),
		cmocka_unit_test(the_JSON_has_every_event),
		cmocka_unit_test(the_exit_status_is_the_program_s),
		cmocka_unit_test(a_group_that_does_not_fit_is_not_counted_and_told),
		cmocka_unit_test(a_weak_group_is_taken_apart_where_it_does_not_fit),
		cmocka_unit_test(a_group_that_fits_is_counted_whole),
		cmocka_unit_test(intervals_add_up_to_the_whole),
		cmocka_unit_test(repeated_runs_give_a_mean_and_its_error),
		cmocka_unit_test(all_CPUs_are_counted_with_whatever_runs_there),
		cmocka_unit_test(a_CPU_is_counted_by_its_number),
		cmocka_unit_test(cores_are_counted_each_by_itself),
		cmocka_unit_test_teardown(without_rights_the_kernel_is_left_out_and_it_says_so,
					  put_level_back),
		cmocka_unit_test_teardown(without_rights_instructions_are_counted, put_level_back),
		cmocka_unit_test_teardown(
			at_a_raised_level_the_program_runs_and_the_level_is_blamed, put_level_back),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev stat", tests, remember_level, put_level_back);
}
