/* SPDX-License-Identifier: MIT */
/*
 * Whom counters count: threads and processes with what they start, programs from their exec, CPUs,
 * cgroups. What must stay true: only processes of the test are counted, but for whole CPUs.
 */
#include "cgroups.h"
#include "counting.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "faults.h"

#define THREADS 3

static struct perfev_reading only_reading(struct perfev_group *group)
{
	struct perfev_reading reading;

	assert_int_equal(perfev_group_read(group, &reading, 1), 1);
	return reading;
}

static void another_thread_is_counted(void **state)
{
	struct worker worker = start_worker();
	struct perfev_counter *counter =
		counter_or_skip("page-faults:u", perfev_thread(worker.pid), NULL, "page-faults");
	struct perfev_reading reading;

	(void)state;
	make_fault(worker);
	perfev_counter_start(counter);
	make_fault(worker);
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_in_range(reading.value, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_int_equal(reading.ended, 0);
	stop_worker(worker);
	/* The last count stays, and the reading says that it is the last. */
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	if (!reading.ended)
		assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_int_equal(reading.ended, 1);
	assert_true(reading.value >= WORKER_PAGES);
	perfev_counter_close(counter);
}

static void a_child_that_nobody_has_waited_for_has_ended(void **state)
{
	struct worker worker = start_worker();
	struct perfev_counter *counter =
		counter_or_skip("page-faults:u", perfev_thread(worker.pid), NULL, "page-faults");
	struct perfev_reading reading;
	siginfo_t info;

	(void)state;
	perfev_counter_start(counter);
	make_fault(worker);
	shutdown(worker.wire, SHUT_RDWR);
	assert_int_equal(waitid(P_PID, (id_t)worker.pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_int_equal(reading.ended, 1);
	assert_true(reading.value >= WORKER_PAGES);
	stop_worker(worker);
	perfev_counter_close(counter);
}

/* A process with threads: each faults its pages when told to, and so does one started then. */

struct crowd {
	pid_t pid;
	int wire;
};

static void *fault_and_end(void *argument)
{
	(void)argument;
	fault_pages(WORKER_PAGES);
	return NULL;
}

static pthread_barrier_t all_at_once;

static void *fault_when_told(void *argument)
{
	pthread_t child;

	(void)argument;
	pthread_barrier_wait(&all_at_once); /* the counters are open */
	fault_pages(WORKER_PAGES);
	if (pthread_create(&child, NULL, fault_and_end, NULL) == 0)
		pthread_join(child, NULL);
	pthread_barrier_wait(&all_at_once);
	return NULL;
}

static void run_crowd(int wire)
{
	pthread_t threads[THREADS];
	char word = 'r';

	pthread_barrier_init(&all_at_once, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, fault_when_told, NULL))
			_exit(1);
	if (write(wire, &word, 1) != 1 || read(wire, &word, 1) != 1)
		_exit(2);
	pthread_barrier_wait(&all_at_once);
	pthread_barrier_wait(&all_at_once);
	if (write(wire, &word, 1) != 1 || read(wire, &word, 1) != 1)
		_exit(3);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static struct crowd start_crowd(void)
{
	struct crowd crowd;
	int ends[2];
	char word;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	crowd.pid = fork();
	assert_true(crowd.pid >= 0);
	if (crowd.pid == 0) {
		close(ends[0]);
		run_crowd(ends[1]);
	}
	close(ends[1]);
	crowd.wire = ends[0];
	assert_int_equal(read(crowd.wire, &word, 1), 1);
	return crowd;
}

static void have_crowd_fault(struct crowd crowd)
{
	char word = 'g';

	assert_int_equal(write(crowd.wire, &word, 1), 1);
	assert_int_equal(read(crowd.wire, &word, 1), 1);
}

static void end_crowd(struct crowd crowd)
{
	char word = 'e';
	int status;

	assert_int_equal(write(crowd.wire, &word, 1), 1);
	assert_int_equal(waitpid(crowd.pid, &status, 0), crowd.pid);
	assert_int_equal(status, 0);
	close(crowd.wire);
}

static void all_threads_of_a_process_and_those_they_start_are_counted(void **state)
{
	struct crowd crowd = start_crowd();
	struct perfev_group *group =
		group_or_skip("page-faults:u", perfev_process(crowd.pid), NULL, "page-faults");
	struct perfev_counters *set = perfev_group_counters(group);
	struct perfev_reading reading;

	(void)state;
	assert_int_equal(perfev_counters_instance_count(set), THREADS + 1);
	for (unsigned int i = 0; i < THREADS; i++)
		assert_true(perfev_counters_instance(set, i)->pid <
			    perfev_counters_instance(set, i + 1)->pid);
	assert_int_equal(perfev_counters_missed(set), 0);
	assert_int_equal(perfev_group_start(group), 0);
	have_crowd_fault(crowd);
	reading = only_reading(group);
	assert_int_equal(reading.state, PERFEV_READING_COUNTED);
	/* A thread costs some faults of its own for its stack. */
	assert_in_range(reading.value, 2ULL * THREADS * WORKER_PAGES,
			2ULL * THREADS * (WORKER_PAGES + WORKER_STRAY));
	end_crowd(crowd);
	perfev_group_close(group);
}

static void a_thread_alone_is_counted_without_those_it_starts(void **state)
{
	struct crowd crowd = start_crowd();
	struct perfev_group *group =
		group_or_skip("page-faults:u", perfev_thread(crowd.pid), NULL, "page-faults");

	(void)state;
	assert_int_equal(perfev_group_start(group), 0);
	have_crowd_fault(crowd);
	assert_in_range(only_reading(group).value, 0, WORKER_STRAY);
	end_crowd(crowd);
	perfev_group_close(group);
}

static void each_thread_can_be_told_apart(void **state)
{
	struct crowd crowd = start_crowd();
	struct perfev_target process = perfev_process(crowd.pid);
	struct perfev_counters *set;
	struct perfev_reading sum;
	struct perfev_why why;
	__u64 added = 0;

	(void)state;
	assert_int_equal(perfev_counters_open(&set, "page-faults:u", &process, 1, NULL, &why), 0);
	assert_int_equal(perfev_counters_start(set), 0);
	have_crowd_fault(crowd);
	assert_int_equal(perfev_counters_read(set), 0);
	for (unsigned int i = 0; i < perfev_counters_instance_count(set); i++) {
		const struct perfev_reading *reading = perfev_counters_get(set, 0, i);

		added += reading->value;
		if (perfev_counters_instance(set, i)->pid == crowd.pid)
			assert_in_range(reading->value, 0, WORKER_STRAY);
		else
			assert_in_range(reading->value, 2 * WORKER_PAGES,
					2 * (WORKER_PAGES + WORKER_STRAY));
	}
	assert_int_equal(perfev_counters_sum(set, 0, &sum), 0);
	assert_int_equal(sum.value, added);
	end_crowd(crowd);
	perfev_counters_close(set);
}

static void a_program_is_counted_from_its_exec(void **state)
{
	struct worker worker = start_worker();
	struct perfev_group *group = group_or_skip(
		"page-faults:u,task-clock:u", perfev_program(worker.pid), NULL, "page-faults");
	struct perfev_reading readings[2];

	(void)state;
	make_fault(worker);
	assert_int_equal(only_reading(group).state, PERFEV_READING_IDLE);
	make_execute(worker);
	assert_int_equal(perfev_group_read(group, readings, 2), 2);
	assert_int_equal(readings[0].state, PERFEV_READING_COUNTED);
	/* What the program's start costs is the program's. */
	assert_true(readings[0].value >= WORKER_PAGES);
	assert_true(readings[1].value > 0);
	perfev_group_close(group);
}

static void one_cpu_and_all_cpus_are_counted(void **state)
{
	int cpu = allowed_cpu(0);
	struct perfev_counter *counter =
		counter_or_skip("page-faults:u", perfev_cpu(cpu), NULL, "cpu-wide");
	struct perfev_group *all =
		group_or_skip("page-faults:u", perfev_all_cpus(), NULL, "cpu-wide");
	struct worker worker = start_worker_on(cpu);
	struct perfev_reading reading;

	(void)state;
	perfev_counter_start(counter);
	perfev_group_start(all);
	make_fault(worker);
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_true(reading.value >= WORKER_PAGES);
	assert_int_equal(reading.ended, 0);
	assert_int_equal(perfev_counters_instance_count(perfev_group_counters(all)),
			 sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(only_reading(all).value >= WORKER_PAGES);
	stop_worker(worker);
	perfev_group_close(all);
	perfev_counter_close(counter);
}

static void a_cgroup_is_counted_on_all_cpus(void **state)
{
	struct perfev_group *group;
	struct worker inside, outside;
	struct perfev_why why;

	(void)state;
	cgroup_or_skip();
	assert_int_equal(
		perfev_group_open(&group, "page-faults:u", perfev_cgroup(cgroups.group), &why), 0);
	inside = start_worker();
	outside = start_worker();
	move_into(cgroups.group, inside);
	perfev_group_start(group);
	make_fault(outside);
	make_fault(inside);
	perfev_group_stop(group);
	assert_in_range(only_reading(group).value, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_string_equal(perfev_counters_instance(perfev_group_counters(group), 0)->cgroup,
			    cgroups.group);
	stop_worker(inside);
	stop_worker(outside);
	perfev_group_close(group);
}

/* With its event a target is of one of the text's events alone. */
static void each_event_has_targets_of_its_own(void **state)
{
	struct worker first = start_worker(), second = start_worker();
	struct perfev_target targets[] = { perfev_process(first.pid), perfev_process(second.pid) };
	struct perfev_counters *set;
	struct perfev_reading reading;
	struct perfev_why why;

	(void)state;
	targets[0].event = 2;
	targets[1].event = 1;
	assert_int_equal(
		perfev_counters_open(&set, "page-faults:u,minor-faults:u", targets, 2, NULL, &why),
		0);
	assert_int_equal(perfev_counters_start(set), 0);
	make_fault(first);
	make_fault(first);
	make_fault(second);
	assert_int_equal(perfev_counters_read(set), 0);
	assert_int_equal(perfev_counters_total(set, 0, &reading), 0);
	assert_in_range(reading.value, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_int_equal(perfev_counters_total(set, 1, &reading), 0);
	assert_in_range(reading.value, 2 * WORKER_PAGES, 2 * (WORKER_PAGES + WORKER_STRAY));
	assert_true(perfev_counters_fd(set, 0, 0) < 0 && perfev_counters_fd(set, 1, 1) < 0);
	assert_true(perfev_counters_fd(set, 1, 0) >= 0 && perfev_counters_fd(set, 0, 1) >= 0);
	perfev_counters_close(set);
	stop_worker(first);
	stop_worker(second);
}

static void a_target_that_is_not_there_is_named(void **state)
{
	struct worker worker = start_worker();
	struct perfev_group *group;
	struct perfev_why why;

	(void)state;
	stop_worker(worker);
	assert_int_equal(perfev_group_open(&group, "task-clock", perfev_process(worker.pid), &why),
			 -ESRCH);
	assert_int_equal(why.cause, PERFEV_CAUSE_TARGET);
	assert_string_equal(why.field, "pid");
	assert_int_equal(perfev_group_open(&group, "task-clock", perfev_thread(worker.pid), &why),
			 -ESRCH);
	assert_int_equal(why.cause, PERFEV_CAUSE_TARGET);
	assert_int_equal(perfev_group_open(&group, "task-clock", perfev_thread(-5), &why), -ESRCH);
	assert_int_equal(perfev_group_open(&group, "task-clock", perfev_cgroup("no/such"), &why),
			 -ENOENT);
	assert_int_equal(why.cause, PERFEV_CAUSE_CGROUP);
	assert_non_null(strstr(why.reason, "no/such"));
}

static int open_with_few_files(void *argument)
{
	const struct rlimit few = { 12, 12 };
	struct perfev_group *group;
	struct perfev_why *why = argument;

	if (setrlimit(RLIMIT_NOFILE, &few) < 0)
		return 1;
	return perfev_group_open(&group,
				 "task-clock,task-clock,page-faults,page-faults,dummy,"
				 "dummy,cpu-clock,cpu-clock,minor-faults,major-faults",
				 perfev_self(), why) != -EMFILE;
}

static void too_few_files_say_how_many_are_needed(void **state)
{
	struct perfev_why *why =
		mmap(NULL, sizeof(*why), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t child;

	(void)state;
	assert_ptr_not_equal(why, MAP_FAILED);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(open_with_few_files(why));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(why->cause, PERFEV_CAUSE_FILES);
	assert_non_null(strstr(why->remedy, "10 events in 1 place"));
	munmap(why, sizeof(*why));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_thread_is_counted),
		cmocka_unit_test(a_child_that_nobody_has_waited_for_has_ended),
		cmocka_unit_test(all_threads_of_a_process_and_those_they_start_are_counted),
		cmocka_unit_test(a_thread_alone_is_counted_without_those_it_starts),
		cmocka_unit_test(each_thread_can_be_told_apart),
		cmocka_unit_test(a_program_is_counted_from_its_exec),
		cmocka_unit_test(one_cpu_and_all_cpus_are_counted),
		cmocka_unit_test(a_cgroup_is_counted_on_all_cpus),
		cmocka_unit_test(each_event_has_targets_of_its_own),
		cmocka_unit_test(a_target_that_is_not_there_is_named),
		cmocka_unit_test(too_few_files_say_how_many_are_needed),
	};

	if (argc > 1 && strcmp(argv[1], WORKER_WORD) == 0)
		return run_executed();
	return cmocka_run_group_tests_name("whom counters count", tests, make_group, take_all_back);
}
