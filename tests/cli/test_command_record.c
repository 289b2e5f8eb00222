/* SPDX-License-Identifier: MIT */
/*
 * Each option of perfev record: what the kernel is asked for because of it. What must stay true: it
 * is read from the recording, by events that every machine has.
 */
#include <string.h>

#include "pmu.h"
#include "recorded.h"

static int begin(void **state)
{
	(void)state;
	make_path();
	return 0;
}

static int end(void **state)
{
	(void)state;
	remove_path();
	return 0;
}

static const struct {
	const char *option, *argument;
	__u64 type; /* of samples, besides what all have */
	const char *field;
	__u64 value; /* of the field */
} asked[] = {
	{ "-c", "7", 0, "sample_period", 7 },
	{ "-F", "99", 0, "freq", 1 },
	{ "-F", "99", 0, "sample_freq", 99 },
	{ "-g", NULL, PERF_SAMPLE_CALLCHAIN, "exclude_callchain_user", 0 },
	{ "--call-graph", "fp", PERF_SAMPLE_CALLCHAIN, "sample_stack_user", 0 },
	{ "-d", NULL, PERF_SAMPLE_ADDR | PERF_SAMPLE_DATA_SRC, "mmap_data", 1 },
	{ "--phys-data", NULL, PERF_SAMPLE_PHYS_ADDR, "mmap_data", 0 },
	{ "-k", "mono", 0, "use_clockid", 1 },
	{ "-k", "mono", 0, "clockid", 1 },
	{ "-k", "CLOCK_BOOTTIME", 0, "clockid", 7 },
	{ "-m", "8", 0, "write_backward", 0 },
	{ "--overwrite", NULL, 0, "write_backward", 1 },
	{ "-N", NULL, 0, "freq", 0 },
	{ "-B", NULL, 0, "freq", 0 },
};

static const __u64 base =
	PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD;

static void assert_asked(const char *option, const struct perf_event_attr *attr, __u64 type,
			 const char *field, __u64 value)
{
	__u64 got = perfev_field_read(perfev_field_find(field), attr);

	if (attr->sample_type != (base | type) || got != value)
		fail_msg("%s: sample_type is %#llx, not %#llx, and %s is %#llx, not %#llx", option,
			 (unsigned long long)attr->sample_type, (unsigned long long)(base | type),
			 field, (unsigned long long)got, (unsigned long long)value);
}

static void each_option_asks_the_kernel_for_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		assert_asked(asked[i].option,
			     record("page-faults:u", asked[i].option, asked[i].argument),
			     asked[i].type, asked[i].field, asked[i].value);
		perfev_file_close(file);
	}
}

/* The parts of a weight are asked for where processors tell them and the kernel takes that. */
static void a_weight_is_asked_for_with_its_parts(void **state)
{
	const struct perf_event_attr *attr = record("page-faults:u", "-W", NULL);
	struct perfev_features features;
	__u64 expected = PERF_SAMPLE_WEIGHT;

	(void)state;
	assert_int_equal(perfev_features_probe(&features), 0);
#if defined(__x86_64__) || defined(__powerpc__)
	if (perfev_features_has(&features, PERFEV_SET_SAMPLE_TYPE, PERF_SAMPLE_WEIGHT_STRUCT))
		expected = PERF_SAMPLE_WEIGHT_STRUCT;
#endif
	assert_asked("-W", attr, expected, "freq", 0);
	perfev_file_close(file);
}

static void registers_are_asked_for_by_their_names(void **state)
{
	const struct perf_event_attr *attr;
	char option[64];
	__u64 all;

	(void)state;
	run_perfev(&printed, "record", "--user-regs=?", NULL);
	assert_status(&printed, 0);
	snprintf(option, sizeof(option), "--user-regs=%.*s", (int)strcspn(printed.out, " \n"),
		 printed.out);
	assert_asked(option, record("page-faults:u", option, NULL), PERF_SAMPLE_REGS_USER,
		     "sample_regs_user", 1);
	perfev_file_close(file);
	attr = record("page-faults:u", "--intr-regs", NULL);
	all = attr->sample_regs_intr;
	assert_true(all & (all - 1));
	assert_asked("--intr-regs", attr, PERF_SAMPLE_REGS_INTR, "sample_regs_user", 0);
	perfev_file_close(file);
}

static void stacks_are_sampled_with_what_unwinding_needs(void **state)
{
	const struct perf_event_attr *attr = record("page-faults:u", "--call-graph", "dwarf,1000");

	(void)state;
	assert_asked("dwarf", attr,
		     PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
		     "sample_stack_user", 1000);
	assert_true(attr->exclude_callchain_user && attr->mmap_data && attr->sample_regs_user);
	perfev_file_close(file);
	attr = record("page-faults:u", "--call-graph=dwarf", NULL);
	assert_int_equal(attr->sample_stack_user, 8192);
	perfev_file_close(file);
}

/* The callers in the program come later; where they cannot, it is said what that needs. */
static void callers_that_come_later_are_asked_for_with_what_brings_them(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	const struct perf_event_attr *attr;
	struct perfev_features features;
	unsigned int brought = 0;

	(void)state;
	assert_int_equal(perfev_features_probe(&features), 0);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "-c", "1",
		   "--call-graph", "fp,defer", WORK("pages", "100"));
	if (perfev_features_field(&features, perfev_field_find("defer_callchain")) != 1) {
		assert_status(&printed, 125);
		assert_says(&printed, printed.err, "needs Linux 6.19");
		assert_says(&printed, printed.err, "ask for --call-graph fp");
		return;
	}
	assert_status(&printed, 0);
	open_recording();
	attr = &perfev_file_event(file, 0)->attr;
	assert_true(attr->defer_callchain && attr->defer_output);
	while (perfev_file_next(file, &record) == 1)
		brought += record.type == PERF_RECORD_CALLCHAIN_DEFERRED;
	perfev_file_close(file);
#if defined(__x86_64__)
	assert_in_range(brought, 100, 10000);
#endif
}

/* Branches, of a PMU that has them. */
static void branches_are_asked_for_by_their_kinds(void **state)
{
	static const struct {
		const char *option, *argument;
		__u64 type;
	} kinds[] = {
		{ "-b", NULL, PERF_SAMPLE_BRANCH_ANY },
		{ "-j", "any,u", PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER },
		{ "-j", "u", PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER },
		{ "-j", "any_call,ind_call,k",
		  PERF_SAMPLE_BRANCH_ANY_CALL | PERF_SAMPLE_BRANCH_IND_CALL |
			  PERF_SAMPLE_BRANCH_KERNEL },
		{ "-j", "cond,save_type,no_flags",
		  PERF_SAMPLE_BRANCH_COND | PERF_SAMPLE_BRANCH_TYPE_SAVE |
			  PERF_SAMPLE_BRANCH_NO_FLAGS },
	};

	(void)state;
	test_pmu_or_skip("perfev_test", "test-pmu");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		run_perfev(&printed, "record", "-q", "-o", path, "-e", "perfev_test/hits/", "-c",
			   "1", kinds[i].option, kinds[i].argument ? kinds[i].argument : "-q",
			   WORK("hit", "perfev_test", "1 5"));
		assert_status(&printed, 0);
		open_recording();
		assert_asked(kinds[i].option, &perfev_file_event(file, 0)->attr,
			     PERF_SAMPLE_BRANCH_STACK, "branch_sample_type", kinds[i].type);
		perfev_file_close(file);
	}
}

static void the_stack_of_calls_that_a_processor_records_is_asked_for(void **state)
{
	(void)state;
	/* What has none names what was asked for. */
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "--call-graph",
		   "lbr", WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "PERF_SAMPLE_BRANCH_STACK");
	assert_says(&printed, printed.err, "--call-graph lbr");
}

static void without_counters_a_clock_is_taken_and_that_is_said(void **state)
{
	(void)state;
	run_perfev(&printed, "record", "-o", path, WORK("loop", "1"));
	assert_status(&printed, 0);
	open_recording();
	if (perfev_file_event(file, 0)->attr.type == PERF_TYPE_SOFTWARE) {
		assert_says(&printed, printed.err, "perfev record: cpu-clock instead of cycles: ");
		assert_string_equal(perfev_file_event(file, 0)->name, "cpu-clock");
	} else {
		assert_null(strstr(printed.err, "instead of"));
		assert_string_equal(perfev_file_event(file, 0)->name, "cycles:P");
	}
	assert_int_equal(perfev_file_event(file, 0)->attr.freq, 1);
	perfev_file_close(file);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_option_asks_the_kernel_for_what_it_says),
		cmocka_unit_test(a_weight_is_asked_for_with_its_parts),
		cmocka_unit_test(registers_are_asked_for_by_their_names),
		cmocka_unit_test(stacks_are_sampled_with_what_unwinding_needs),
		cmocka_unit_test(callers_that_come_later_are_asked_for_with_what_brings_them),
		cmocka_unit_test(branches_are_asked_for_by_their_kinds),
		cmocka_unit_test(the_stack_of_calls_that_a_processor_records_is_asked_for),
		cmocka_unit_test(without_counters_a_clock_is_taken_and_that_is_said),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev record", tests, begin, end);
}
