/* SPDX-License-Identifier: MIT */
/*
 * Each option of perfev record: what the kernel is asked for because of it, and whom it samples.
 * What must stay true: it is read from the recording, by events that every machine has.
 */
#include <perfev.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups.h"
#include "command.h"
#include "faults.h"
#include "pmu.h"

static struct printed printed;
static char path[64];
static struct perfev_file *file;

static int make_path(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/perfev-record-%d", (int)getpid());
	return make_group(NULL);
}

static int remove_path(void **state)
{
	char old[80];

	(void)state;
	snprintf(old, sizeof(old), "%s.old", path);
	unlink(path);
	unlink(old);
	return take_all_back(NULL);
}

static void open_recording(void)
{
	struct perfev_why why;

	if (perfev_file_open(&file, path, NULL, &why) < 0)
		fail_msg("%s: %s%s", why.text, printed.out, printed.err);
}

/* Records faults of 100 pages with one option and its argument, or none: "-q" may stand twice. */
static const struct perf_event_attr *record(const char *event, const char *option,
					    const char *argument)
{
	run_perfev(&printed, "record", "-q", "-o", path, "-e", event, option ? option : "-q",
		   argument ? argument : "-q", WORK("pages", "100"));
	assert_status(&printed, 0);
	open_recording();
	return &perfev_file_event(file, 0)->attr;
}

/* Whose samples there are, at most so many, and how many each has. */
struct sampled {
	struct {
		__u32 tid, cpu;
		unsigned int samples;
	} of[64];
	unsigned int count;
};

static void read_samples(struct sampled *sampled)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int i;

	memset(sampled, 0, sizeof(*sampled));
	while (perfev_file_next(file, &record) == 1) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		for (i = 0; i < sampled->count; i++)
			if (sampled->of[i].tid == record.tid && sampled->of[i].cpu == record.cpu)
				break;
		assert_in_range(i, 0, 63);
		sampled->count += i == sampled->count;
		sampled->of[i].tid = record.tid;
		sampled->of[i].cpu = record.cpu;
		sampled->of[i].samples++;
	}
	perfev_file_close(file);
}

static unsigned int samples_of(const struct sampled *sampled, pid_t tid)
{
	unsigned int samples = 0;

	for (unsigned int i = 0; i < sampled->count; i++)
		if (!tid || sampled->of[i].tid == (__u32)tid)
			samples += sampled->of[i].samples;
	return samples;
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

/* Has a worker fault its pages again and again, until the process that this starts is killed. */
static pid_t keep_busy(struct worker worker)
{
	pid_t busy = fork();

	assert_true(busy >= 0);
	if (busy == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			make_fault(worker);
	}
	return busy;
}

/* Ends both; the worker may be about to answer. */
static void end_busy(struct worker worker, pid_t busy)
{
	const pid_t both[] = { busy, worker.pid };
	int status;

	for (int i = 0; i < 2; i++) {
		kill(both[i], SIGKILL);
		waitpid(both[i], &status, 0);
	}
	close(worker.wire);
}

/* Records while the program sleeps and a worker is busy. */
static void record_whom(const char *option, const char *number, struct sampled *sampled)
{
	struct worker worker = start_worker();
	char own[16];
	pid_t busy;

	snprintf(own, sizeof(own), "%d", (int)worker.pid);
	busy = keep_busy(worker);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "-c", "1", option,
		   number ? number : own, WORK("sleep", "100"));
	end_busy(worker, busy);
	assert_status(&printed, 0);
	open_recording();
	read_samples(sampled);
	assert_true(samples_of(sampled, worker.pid) >= WORKER_PAGES);
}

static void a_process_or_thread_is_sampled_and_no_other(void **state)
{
	struct sampled sampled;

	(void)state;
	record_whom("-p", NULL, &sampled);
	for (unsigned int i = 1; i < sampled.count; i++)
		assert_int_equal(sampled.of[i].tid, sampled.of[0].tid);
	record_whom("-t", NULL, &sampled);
	for (unsigned int i = 1; i < sampled.count; i++)
		assert_int_equal(sampled.of[i].tid, sampled.of[0].tid);
}

/* linux-perf has it so, too: a thread that is named is followed into what it starts. */
static void what_a_thread_starts_is_sampled_with_it(void **state)
{
	const struct perf_event_attr *attr;
	char own[16];

	(void)state;
	snprintf(own, sizeof(own), "%d", (int)getpid());
	attr = record("page-faults:u", "-t", own);
	assert_int_equal(attr->inherit, 1);
	perfev_file_close(file);
}

static void all_that_runs_is_sampled(void **state)
{
	struct sampled sampled;

	(void)state;
	if (geteuid())
		skip_without("root", "others' processes are not to be sampled");
	record_whom("-a", "-q", &sampled);
	assert_true(sampled.count > 1);
}

static void what_runs_on_a_CPU_is_sampled_there_alone(void **state)
{
	const __u32 cpu = (__u32)allowed_cpu(0);
	struct sampled sampled;
	char number[16];

	(void)state;
	if (geteuid())
		skip_without("root", "others' processes are not to be sampled");
	snprintf(number, sizeof(number), "%u", cpu);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "-c", "1", "-a",
		   "-C", number, WORK("pages", "100"));
	assert_status(&printed, 0);
	open_recording();
	assert_int_equal(perfev_file_event(file, 0)->id_count, 1);
	read_samples(&sampled);
	for (unsigned int i = 0; i < sampled.count; i++)
		assert_int_equal(sampled.of[i].cpu, cpu);
}

/* Whoever names processes means these, and a cgroup is one with -a and without. */
static void options_that_say_whom_make_one_thing(void **state)
{
	struct sampled sampled;
	char own[16];

	(void)state;
	if (geteuid())
		skip_without("root", "others' processes are not to be sampled");
	snprintf(own, sizeof(own), "%d", (int)getpid());
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "-c", "1", "-a",
		   "-p", own, WORK("pages", "100"));
	assert_status(&printed, 0);
	assert_says(&printed, printed.err, "-p and -t say whom");
	open_recording();
	read_samples(&sampled);
	/* The test waits, and starts the command: what that does is not its own. */
	assert_int_equal(samples_of(&sampled, 0), samples_of(&sampled, getpid()));
	run_perfev(&printed, "record", "-q", "-o", path, "-G", "x", "-p", own, NULL);
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "-G goes with -a and -C");
}

static void the_tasks_of_a_cgroup_are_sampled_and_no_others(void **state)
{
	struct worker inside;
	struct sampled sampled;
	pid_t busy;

	(void)state;
	cgroup_or_skip();
	inside = start_worker();
	move_into(cgroups.group, inside);
	busy = keep_busy(inside);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u", "-c", "1", "-a",
		   "-G", cgroups.group, WORK("slow", "100"));
	end_busy(inside, busy);
	assert_status(&printed, 0);
	open_recording();
	read_samples(&sampled);
	assert_true(samples_of(&sampled, inside.pid) >= WORKER_PAGES);
	assert_int_equal(samples_of(&sampled, 0), samples_of(&sampled, inside.pid));
}

/* How many samples an event has, of one process or (0) of all. */
static unsigned int samples_of_event(unsigned int event, pid_t pid)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int samples = 0;

	open_recording();
	while (perfev_file_next(file, &record) == 1)
		samples += record.type == PERF_RECORD_SAMPLE &&
			   perfev_file_record_event(file) == perfev_file_event(file, event) &&
			   (!pid || record.pid == (__u32)pid);
	perfev_file_close(file);
	return samples;
}

/* What became of record_in(): samples of the first event and of the second. */
static unsigned int in_group, of_both, others, others_of_both;

/* Has perfev record two events with a list of cgroups, while a worker in one and one in none fault. */
static void record_in(const char *option, const char *list)
{
	struct worker inside = start_worker(), outside = start_worker();
	pid_t busy[2];

	move_into(cgroups.group, inside);
	busy[0] = keep_busy(inside);
	busy[1] = keep_busy(outside);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u,minor-faults:u", "-c",
		   "1", option, list, WORK("slow", "50"));
	end_busy(inside, busy[0]);
	end_busy(outside, busy[1]);
	assert_status(&printed, 0);
	in_group = samples_of_event(0, inside.pid);
	of_both = samples_of_event(1, inside.pid);
	others = samples_of_event(0, 0) - in_group;
	others_of_both = samples_of_event(1, outside.pid);
}

static void each_event_is_sampled_in_its_cgroup(void **state)
{
	char list[400];

	(void)state;
	cgroup_or_skip();
	snprintf(list, sizeof(list), "%s,", cgroups.group);
	record_in("-G", list);
	assert_true(in_group >= WORKER_PAGES && of_both >= WORKER_PAGES);
	assert_true(others == 0 && others_of_both >= WORKER_PAGES);
	record_in("--for-each-cgroup", cgroups.group);
	assert_true(in_group >= WORKER_PAGES && of_both >= WORKER_PAGES);
	assert_true(others == 0 && others_of_both == 0);
	/* What cannot be paired is not guessed. */
	run_perfev(&printed, "record", "-o", path, "-e", "page-faults:u", "-G", list,
		   WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "-G names 2 cgroups, and there is 1 event");
	run_perfev(&printed, "record", "-o", path, "-e", "{page-faults:u,minor-faults:u}", "-G",
		   list, WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "are in one group: it has to be in one cgroup");
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
		cmocka_unit_test(a_process_or_thread_is_sampled_and_no_other),
		cmocka_unit_test(what_a_thread_starts_is_sampled_with_it),
		cmocka_unit_test(all_that_runs_is_sampled),
		cmocka_unit_test(what_runs_on_a_CPU_is_sampled_there_alone),
		cmocka_unit_test(options_that_say_whom_make_one_thing),
		cmocka_unit_test(the_tasks_of_a_cgroup_are_sampled_and_no_others),
		cmocka_unit_test(each_event_is_sampled_in_its_cgroup),
		cmocka_unit_test(without_counters_a_clock_is_taken_and_that_is_said),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev record", tests, make_path, remove_path);
}
