/* SPDX-License-Identifier: MIT */
/*
 * perfev list and perfev stat with events of PMUs that have their own names, units and CPUs: the
 * test PMU of tests/lab/pmu/, whose counts are known. What must stay true: they are compared for
 * equality.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pmu.h"

#define PMU "perfev_test"
#define UNCORE "perfev_uncore_0"

static struct printed printed;

static void run_hits(const char *events, const char *hits)
{
	run_perfev(&printed, "stat", "-x,", "-e", events, WORK("hit", PMU, hits));
	assert_status(&printed, 0);
}

static void assert_field(const char *event, int distance, const char *expected)
{
	struct row row;

	if (!find_row(&printed, event, 0, &row))
		fail_msg("no line of %s in: %s", event, printed.err);
	assert_string_equal(row_field(&row, distance), expected);
}

static void the_events_of_a_PMU_are_listed(void **state)
{
	static const char *const names[] = { "perfev_test/hits/", "perfev_test/bytes/",
					     "perfev_test/fixed/", "perfev_test/sampled/" };

	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_perfev(&printed, "list", PMU, NULL);
	assert_status(&printed, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_says(&printed, printed.out, names[i]);
	assert_says(&printed, printed.out, "(in Bytes)");
	run_perfev(&printed, "list", "--names", "perfev_uncore*", NULL);
	assert_says(&printed, printed.out, "perfev_uncore_0/lines/\n");
}

static void JSON_has_their_units_and_encodings(void **state)
{
	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_perfev(&printed, "list", "--json", "perfev_test/bytes/", NULL);
	assert_status(&printed, 0);
	assert_says(&printed, printed.out, "\"pmu\": \"perfev_test\"");
	assert_says(&printed, printed.out, "\"unit\": \"Bytes\"");
	assert_says(&printed, printed.out, "\"scale\": 64.0");
	assert_says(&printed, printed.out, "\"encoding\": \"event=0x2,umask=0x3\"");
	run_perfev(&printed, "list", "--json", "perfev_uncore_0/lines/", NULL);
	assert_says(&printed, printed.out, "\"unit\": \"MiB\"");
	assert_says(&printed, printed.out, "\"scale\": 6.103515625e-05");
}

/* The names that the list prints are what stat takes, so that none has a ? to be filled in. */
static void what_is_listed_is_counted(void **state)
{
	char names[4096];
	unsigned int counted = 0;

	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_perfev(&printed, "list", "--names", "--kind", "pmu-event", "perfev_test/*", NULL);
	assert_true(strlen(printed.out) < sizeof(names));
	strcpy(names, printed.out);
	for (char *name = strtok(names, "\n"); name; name = strtok(NULL, "\n"), counted++)
		run_hits(name, "1 5");
	assert_int_equal(counted, 4);
	run_perfev(&printed, "list", "--kind", "pmu-event", "perfev_test/*", NULL);
	assert_says(&printed, printed.out, "perfev_test/tagged,tag=?/");
	run_hits("perfev_test/tagged,tag=7/", "1 5");
}

static void hits_are_counted_exactly(void **state)
{
	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_hits("perfev_test/hits/,perfev_test/fixed/,perfev_test/event=1/", "1 1000");
	assert_int_equal(value_of(&printed, "perfev_test/hits/"), 1000);
	assert_int_equal(value_of(&printed, "perfev_test/event=1/"), 1000);
	assert_int_equal(value_of(&printed, "perfev_test/fixed/"), 0);
}

static void scale_and_unit_are_applied(void **state)
{
	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_hits("perfev_test/bytes/", "2 10 0x1");
	assert_field("perfev_test/bytes/", -2, "640.00");
	assert_field("perfev_test/bytes/", -1, "Bytes");
}

static void modes_are_counted_each_by_itself(void **state)
{
	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_hits("perfev_test/hits/u,perfev_test/hits/k,perfev_test/hits/", "1 30 0 0 k");
	assert_int_equal(value_of(&printed, "perfev_test/hits/u"), 0);
	assert_int_equal(value_of(&printed, "perfev_test/hits/k"), 30);
	assert_int_equal(value_of(&printed, "perfev_test/hits/"), 30);
}

static void a_parameter_that_is_missing_is_named(void **state)
{
	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_perfev(&printed, "stat", "-e", "perfev_test/tagged/", WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "tag");
	run_perfev(&printed, "stat", "-e", "perfev_test/tagged,tagg=1/", WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "'tag'");
}

#define FIVE                                                                                       \
	"perfev_test/hits/,perfev_test/hits/,perfev_test/hits/,perfev_test/hits/,perfev_test/hits/"

static void a_group_of_more_than_its_counters_is_refused_and_told(void **state)
{
	struct row row;

	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_hits("{" FIVE "}", "1 100");
	assert_true(find_row(&printed, "perfev_test/hits/", 4, &row));
	assert_true(row_field(&row, -2)[0] == '<');
	run_perfev(&printed, "stat", "-e", "{" FIVE "}", WORK("nothing", "1"));
	assert_says(&printed, printed.err, "Without perfev_test/hits/");
	assert_says(&printed, printed.err, ":W");
}

/*
 * Whichever are on the counters when there is a hit count it, and scaling adds to that. They are
 * four, or on some kernels (6.1), every other turn, the fifth alone.
 */
static void a_weak_group_of_more_is_taken_apart(void **state)
{
	__u64 sum = 0;
	struct row row;

	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	run_hits("{" FIVE "}:W", "1 100");
	for (unsigned int i = 0; i < 5; i++) {
		assert_true(find_row(&printed, "perfev_test/hits/", i, &row));
		sum += strtoull(row_field(&row, -2), NULL, 10); /* one that had no turn adds 0 */
	}
	if (sum < 100)
		fail_msg("%llu is too few in: %s", (unsigned long long)sum, printed.err);
}

/* An uncore PMU counts for the machine, on the CPUs that it names, whoever it is. */
static void an_uncore_event_counts_for_the_whole_machine(void **state)
{
	static const char *const names[] = { "perfev_uncore_0/lines/", "perfev_uncore/lines/" };

	(void)state;
	test_pmu_or_skip(UNCORE, "test-pmu");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		run_perfev(&printed, "stat", "-a", "-x,", "-e", names[i],
			   WORK("hit", UNCORE, "49152"));
		assert_status(&printed, 0);
		assert_field(names[i], -2, "3.00");
		assert_field(names[i], -1, "MiB");
	}
}

static void per_CPU_it_stands_under_the_CPU_that_it_names(void **state)
{
	(void)state;
	test_pmu_or_skip(UNCORE, "test-pmu");
	run_perfev(&printed, "stat", "-a", "--per-cpu", "-x,", "-e", "perfev_uncore_0/lines/",
		   WORK("hit", UNCORE, "16384"));
	assert_status(&printed, 0);
	assert_field("perfev_uncore_0/lines/", -4, "CPU0");
	assert_field("perfev_uncore_0/lines/", -2, "1.00");
}

static void of_a_program_alone_it_is_not_counted_and_told(void **state)
{
	(void)state;
	test_pmu_or_skip(UNCORE, "test-pmu");
	run_perfev(&printed, "stat", "-e", "perfev_uncore_0/lines/", WORK("nothing", "1"));
	assert_status(&printed, 0);
	assert_says(&printed, printed.err,
		    "Without perfev_uncore_0/lines/: the PMU perfev_uncore_0 counts for all "
		    "threads alike, on cpu 0: count whole CPUs: -a, or -C CPUS.");
	/* Leaving out what the kernel does would not help; more rights alone would not either. */
	run_perfev_as_nobody(&printed, "stat", "-e", "perfev_uncore_0/lines/",
			     WORK("nothing", "1"));
	assert_says(&printed, printed.err,
		    "counts for all threads alike, which takes CAP_PERFMON or a "
		    "kernel.perf_event_paranoid of at most 0: count whole CPUs: -a, or -C CPUS.");
}

static void doctor_lists_them(void **state)
{
	(void)state;
	test_pmu_or_skip(UNCORE, "test-pmu");
	run_perfev(&printed, "doctor", "--verbose", NULL);
	assert_says(&printed, printed.out, "    perfev_test ");
	assert_says(&printed, printed.out, "every CPU, 5 events");
	assert_says(&printed, printed.out, "    perfev_uncore_0 ");
	assert_says(&printed, printed.out, "CPUs 0, 1 event");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_events_of_a_PMU_are_listed),
		cmocka_unit_test(JSON_has_their_units_and_encodings),
		cmocka_unit_test(what_is_listed_is_counted),
		cmocka_unit_test(hits_are_counted_exactly),
		cmocka_unit_test(scale_and_unit_are_applied),
		cmocka_unit_test(modes_are_counted_each_by_itself),
		cmocka_unit_test(a_parameter_that_is_missing_is_named),
		cmocka_unit_test(a_group_of_more_than_its_counters_is_refused_and_told),
		cmocka_unit_test(a_weak_group_of_more_is_taken_apart),
		cmocka_unit_test(an_uncore_event_counts_for_the_whole_machine),
		cmocka_unit_test(per_CPU_it_stands_under_the_CPU_that_it_names),
		cmocka_unit_test(of_a_program_alone_it_is_not_counted_and_told),
		cmocka_unit_test(doctor_lists_them),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev with a PMU of its own", tests, NULL, NULL);
}
