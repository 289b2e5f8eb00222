/* SPDX-License-Identifier: MIT */
/*
 * Whom perfev record samples: processes, threads, CPUs and cgroups, and no others. What must stay
 * true: only workers of the test are busy, and whom it sampled is read from the recording.
 */
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cgroups.h"
#include "faults.h"
#include "recorded.h"

static int begin(void **state)
{
	make_path();
	return make_group(state);
}

static int end(void **state)
{
	remove_path();
	return take_all_back(state);
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

/* What record_in() gave: samples of the first event and of the second. */
static unsigned int in_group, of_both, others, others_of_both;

/* Has perfev record two events with a list of cgroups: a worker in one, and one in none, fault. */
static void record_in(const char *option, const char *list)
{
	struct worker inside = start_worker(), outside = start_worker();
	pid_t busy[2];

	move_into(cgroups.group, inside);
	busy[0] = keep_busy(inside);
	busy[1] = keep_busy(outside);
	run_perfev(&printed, "record", "-q", "-o", path, "-e", "page-faults:u,minor-faults:u", "-c",
		   "1", option, list, WORK("slow", "400"));
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
	/* How many there are, a machine decides on which they take turns. */
	assert_true(in_group && of_both);
	assert_true(!others && others_of_both);
	record_in("--for-each-cgroup", cgroups.group);
	assert_true(in_group && of_both);
	assert_true(!others && !others_of_both);
	/* Events beyond the list are of all tasks, on each CPU. */
	run_perfev(&printed, "record", "-q", "-o", path, "-e",
		   "page-faults:u,minor-faults:u,context-switches", "-G", list,
		   WORK("nothing", "1"));
	assert_status(&printed, 0);
	open_recording();
	assert_int_equal(perfev_file_event_count(file), 3);
	assert_int_equal(perfev_file_event(file, 2)->id_count, sysconf(_SC_NPROCESSORS_ONLN));
	perfev_file_close(file);
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_or_thread_is_sampled_and_no_other),
		cmocka_unit_test(what_a_thread_starts_is_sampled_with_it),
		cmocka_unit_test(all_that_runs_is_sampled),
		cmocka_unit_test(what_runs_on_a_CPU_is_sampled_there_alone),
		cmocka_unit_test(options_that_say_whom_make_one_thing),
		cmocka_unit_test(the_tasks_of_a_cgroup_are_sampled_and_no_others),
		cmocka_unit_test(each_event_is_sampled_in_its_cgroup),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("whom perfev record samples", tests, begin, end);
}
