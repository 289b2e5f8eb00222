/* SPDX-License-Identifier: MIT */
/*
 * Whom samplers follow: threads that are there, threads and children to come, programs from their
 * exec; and how they end, shrink and fail. What must stay true: only the test's own are sampled.
 */
#include "sampling.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "failing.h"

#define THREADS 3
#define CROWD_PAGES 256U
#define CROWD_WRITES 8U

static pthread_barrier_t all_at_once;
static volatile unsigned int watched;

static void do_share(void)
{
	fault_pages(CROWD_PAGES);
	for (unsigned int i = 0; i < CROWD_WRITES; i++)
		watched = i;
}

static void *fault_and_end(void *argument)
{
	(void)argument;
	do_share();
	return NULL;
}

/* A thread that is there before, one that it starts, and a process that that starts. */
static void *fault_when_told(void *argument)
{
	pthread_t child;
	int status;
	pid_t pid;

	pthread_barrier_wait(&all_at_once);
	do_share();
	if (pthread_create(&child, NULL, fault_and_end, NULL) == 0)
		pthread_join(child, NULL);
	pid = fork();
	if (pid == 0) {
		do_share();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return argument;
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
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static struct worker start_crowd(void)
{
	struct worker crowd;
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

static void check_crowd(const char *events)
{
	struct worker crowd = start_crowd();
	struct perfev_sampler *sampler = sampler_or_skip(
		events, perfev_process(crowd.pid), OPTIONS(.task = 1), "page-faults");
	const unsigned int faults = THREADS * 3 * CROWD_PAGES;
	struct perfev_losses losses;
	struct tally tally;
	int status;
	char word = 'g';

	assert_int_equal(perfev_sampler_missed(sampler), 0);
	assert_int_equal(write(crowd.wire, &word, 1), 1);
	/* It ends by itself when they have all ended, whatever the timeout. */
	assert_int_equal(take_all(sampler, &tally, -1, crowd.pid), 0);
	assert_int_equal(perfev_sampler_ended(sampler), 1);
	assert_in_range(tally.of_event[0], faults, faults + THREADS * 3 * WORKER_STRAY);
	losses = sampler_losses(sampler);
	assert_int_equal(perfev_losses_records(&losses), 0);
	assert_int_equal(tally.backwards, 0);
	assert_int_equal(losses.late, 0);
	/* Each began and ended once, but for those that were there. */
	assert_int_equal(tally.of_type[PERF_RECORD_FORK], 2 * THREADS);
	assert_int_equal(tally.of_type[PERF_RECORD_EXIT], 3 * THREADS + 1);
	perfev_sampler_close(sampler);
	assert_int_equal(waitpid(crowd.pid, &status, 0), crowd.pid);
	assert_int_equal(status, 0);
	close(crowd.wire);
}

static void threads_and_children_of_a_process_are_followed(void **state)
{
	(void)state;
	check_crowd("page-faults:u,dummy:u");
}

static void interrupts_among_faults_come_in_the_order_of_time(void **state)
{
	(void)state;
	perfev_sampler_close(sampler_or_skip("cycles:u", perfev_self(), NULL, "hardware"));
	check_crowd("page-faults:u,cycles:u");
}

/* On one thread alone it would miss those that were there before it, and those to come. */
static void a_breakpoint_sees_the_writes_of_all_threads_of_a_process(void **state)
{
	struct worker crowd = start_crowd();
	struct perfev_sampler *sampler;
	struct tally tally;
	char word = 'g', event[64];
	int status;

	(void)state;
	snprintf(event, sizeof(event), "mem:%#lx/4:w:u", (unsigned long)&watched);
	sampler = sampler_or_skip(event, perfev_process(crowd.pid), NULL, "breakpoint");
	assert_int_equal(write(crowd.wire, &word, 1), 1);
	assert_int_equal(take_all(sampler, &tally, -1, crowd.pid), 0);
	perfev_sampler_close(sampler);
	assert_int_equal(waitpid(crowd.pid, &status, 0), crowd.pid);
	assert_int_equal(status, 0);
	close(crowd.wire);
	skip_if_uncounted_in_an_emulator(tally.samples, "breakpoint");
	assert_int_equal(tally.samples, THREADS * 3 * CROWD_WRITES);
	assert_int_equal(tally.of_self, 0);
}

static void a_program_is_sampled_from_its_exec_on(void **state)
{
	struct worker worker = start_worker();
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_program(worker.pid),
				OPTIONS(.comm = 1, .mmap = 1), "page-faults");
	struct tally tally;

	(void)state;
	make_fault(worker);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	assert_int_equal(tally.samples, 0);
	make_execute(worker);
	assert_int_equal(take_all(sampler, &tally, -1, worker.pid), 0);
	assert_int_equal(perfev_sampler_ended(sampler), 1);
	assert_true(tally.of_self >= WORKER_PAGES);
	assert_int_equal(tally.of_others, 0);
	assert_true(tally.of_type[PERF_RECORD_COMM] >= 1);
	assert_true(tally.of_type[PERF_RECORD_MMAP2] >= 1);
	perfev_sampler_close(sampler);
}

static void one_thread_is_sampled_without_others_and_its_end_is_told(void **state)
{
	struct worker worker = start_worker();
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_thread(worker.pid), NULL, "page-faults");
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct tally tally;

	(void)state;
	make_fault(worker);
	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, worker.pid), 0);
	assert_in_range(tally.of_self, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_int_equal(tally.of_others, 0);
	assert_int_equal(perfev_sampler_ended(sampler), 0);
	stop_worker(worker);
	assert_int_equal(take_all(sampler, &tally, -1, worker.pid), 0);
	assert_int_equal(perfev_sampler_ended(sampler), 1);
	/* And it stays so. */
	assert_int_equal(perfev_sampler_next(sampler, &record, -1), 0);
	assert_int_equal(perfev_sampler_wait(sampler, -1), 0);
	perfev_sampler_close(sampler);
}

static void rings_are_read_as_bytes_by_place(void **state)
{
	struct worker worker = start_worker();
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_process(worker.pid), NULL, "page-faults");
	const unsigned int rings = perfev_sampler_ring_count(sampler);
	size_t bytes = 0;

	(void)state;
	make_fault(worker);
	assert_int_equal(perfev_sampler_wait(sampler, -1), 1);
	for (unsigned int i = 0; i < rings; i++) {
		struct perfev_span span;

		assert_true(perfev_sampler_ring_instance(sampler, i)->cpu >= 0);
		while (perfev_ring_next_bytes(perfev_sampler_ring(sampler, i), &span) > 0)
			bytes += span.first_bytes + span.second_bytes;
	}
	/* A header, and the address, thread, time, CPU and period. */
	assert_true(bytes >= 48 * WORKER_PAGES);
	perfev_sampler_close(sampler);
	stop_worker(worker);
}

static void unordered_it_hands_out_as_much(void **state)
{
	struct worker worker = start_worker();
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_process(worker.pid),
				OPTIONS(.unordered = 1), "page-faults");
	struct tally tally;

	(void)state;
	make_fault(worker);
	stop_worker(worker);
	assert_int_equal(take_all(sampler, &tally, -1, worker.pid), 0);
	assert_true(tally.of_self >= WORKER_PAGES);
	assert_int_equal(perfev_sampler_ended(sampler), 1);
	perfev_sampler_close(sampler);
}

static void every_cpu_has_a_ring(void **state)
{
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults", perfev_all_cpus(), NULL, "cpu-wide");
	struct tally tally;

	(void)state;
	assert_int_equal(perfev_sampler_ring_count(sampler),
			 perfev_sampler_instance_count(sampler));
	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, (pid_t)syscall(SYS_gettid)), 0);
	assert_true(tally.of_self >= PAGES);
	assert_int_equal(perfev_sampler_ended(sampler), 0);
	perfev_sampler_close(sampler);
}

/* What may be locked is less than what is asked for: the rings are smaller, and why is said. */
static int shrink(void *argument)
{
	const struct rlimit none = { 0, 0 };
	struct perfev_sampler *sampler;
	struct perfev_why why;
	struct tally tally;

	(void)argument;
	setrlimit(RLIMIT_MEMLOCK, &none);
	if (perfev_sampler_open(&sampler, "page-faults:u", perfev_self(),
				OPTIONS(.pages = 1 << 14, .no_shrink = 1), &why) != -EPERM)
		return 1;
	if (why.cause != PERFEV_CAUSE_MLOCK)
		return 2;
	if (perfev_sampler_open(&sampler, "page-faults:u", perfev_self(), OPTIONS(.pages = 1 << 14),
				&why) < 0)
		return 3;
	if (!perfev_sampler_shrunk(sampler) ||
	    perfev_sampler_shrunk(sampler)->cause != PERFEV_CAUSE_MLOCK)
		return 4;
	if (perfev_ring_bytes(perfev_sampler_ring(sampler, 0)) >=
	    ((size_t)sysconf(_SC_PAGESIZE) << 14))
		return 5;
	fault_pages(2);
	take_all(sampler, &tally, 0, 0);
	perfev_sampler_close(sampler);
	return tally.samples >= 2 ? 0 : 6;
}

/* With its event a target is of one of the text's events alone. */
static void each_event_has_targets_of_its_own(void **state)
{
	struct worker worker = start_worker(), other = start_worker();
	struct perfev_target targets[] = { perfev_process(worker.pid), perfev_process(other.pid) };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_sampler *sampler;
	struct perfev_events *events;
	unsigned int samples[2] = { 0, 0 }, event;
	struct perfev_why why;

	(void)state;
	targets[0].event = 2;
	targets[1].event = 1;
	assert_int_equal(perfev_events_parse(&events, "page-faults:u,minor-faults:u", NULL, &why),
			 0);
	assert_int_equal(perfev_sampler_open_events(&sampler, events, targets, 2,
						    OPTIONS(.period = 1), &why),
			 0);
	make_fault(worker);
	make_fault(other);
	stop_worker(worker);
	stop_worker(other);
	while (perfev_sampler_next(sampler, &record, -1) == 1) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(perfev_sampler_find(sampler, record.id, &event, NULL), 1);
		assert_int_equal(record.pid, event == 1 ? worker.pid : other.pid);
		samples[event]++;
	}
	assert_in_range(samples[0], WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_in_range(samples[1], WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	perfev_sampler_close(sampler);
	perfev_events_free(events);
}

static void rings_shrink_to_what_may_be_locked_and_say_so(void **state)
{
	(void)state;
	if (kernel_setting_or_skip("perf_event_paranoid") > 2)
		skip_without("unprivileged", "perf_event_paranoid is above 2");
	assert_int_equal(as_nobody(shrink, NULL), 0);
}

/* The Nth system call fails */

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

struct outcome {
	int opened;
	struct perfev_why why;
	struct tally tally;
};

/* Faults without a system call that may be made to fail. */
static void fault_again(void)
{
	static char memory[1 << 18] __attribute__((aligned(1 << 16)));

	madvise(memory, sizeof(memory), MADV_DONTNEED);
	for (size_t i = 0; i < sizeof(memory); i += 4096)
		((volatile char *)memory)[i] = 1;
}

static void sample_faults(void *argument)
{
	struct outcome *outcome = argument;
	struct perfev_sampler *sampler;

	outcome->opened = perfev_sampler_open(
		&sampler, "page-faults:u,minor-faults:u", perfev_self(), NULL, &outcome->why);
	if (outcome->opened < 0)
		return;
	fault_again();
	take_all(sampler, &outcome->tally, 0, 0);
	perfev_sampler_close(sampler);
}

static void whichever_call_fails_its_error_comes_out_and_nothing_leaks(void **state)
{
	struct failing none = { .number = 0 };
	unsigned int files, errors = 0, number;
	struct outcome warm = { 0 };
	int cannot = run_failing(&none, sample_faults, &warm);

	(void)state;
	if (cannot)
		skip_without("seccomp-notify", "%s", strerror(cannot));
	files = open_files();
	for (number = 1;; number++) {
		struct failing failing = { .number = number, .error = EIO };
		struct outcome outcome = { 0 };

		assert_int_equal(run_failing(&failing, sample_faults, &outcome), 0);
		assert_int_equal(open_files(), files);
		errors += outcome.opened == -EIO;
		assert_true(outcome.opened == 0 || outcome.why.error == -outcome.opened);
		if (outcome.opened == 0)
			assert_true(outcome.tally.samples >= 2);
		if (failing.calls < number)
			break;
		assert_true(number < 200);
	}
	/* Two opens, the ring, its output, two ids, two starts. */
	assert_true(errors >= 7);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_and_children_of_a_process_are_followed),
		cmocka_unit_test(interrupts_among_faults_come_in_the_order_of_time),
		cmocka_unit_test(a_breakpoint_sees_the_writes_of_all_threads_of_a_process),
		cmocka_unit_test(a_program_is_sampled_from_its_exec_on),
		cmocka_unit_test(one_thread_is_sampled_without_others_and_its_end_is_told),
		cmocka_unit_test(rings_are_read_as_bytes_by_place),
		cmocka_unit_test(unordered_it_hands_out_as_much),
		cmocka_unit_test(every_cpu_has_a_ring),
		cmocka_unit_test(each_event_has_targets_of_its_own),
		cmocka_unit_test(rings_shrink_to_what_may_be_locked_and_say_so),
		cmocka_unit_test(whichever_call_fails_its_error_comes_out_and_nothing_leaks),
	};

	if (argc > 1 && strcmp(argv[1], WORKER_WORD) == 0)
		return run_executed();
	return cmocka_run_group_tests_name("samplers' targets", tests, NULL, NULL);
}
