/* SPDX-License-Identifier: MIT */
/*
 * Facts about events and tasks: threads, children, exec, exit, inheritance. What must stay true:
 * each test is named by its question, and prints the answer (see facts.h).
 */
#include "attempt.h"
#include "facts.h"
#include "faults.h"
#include "worker.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* How long something is waited for that must come. Nothing is asserted of how long it took. */
#define PATIENCE_MS 10000

static int poll_now(int fd, int patience)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	assert_true(poll(&poll_fd, 1, patience) >= 0);
	return poll_fd.revents;
}

static void *fault_in_thread(void *unused)
{
	fault_pages(WORKER_PAGES);
	return unused;
}

static void run_thread(void *(*function)(void *argument))
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, function, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void does_an_event_follow_its_thread_or_its_process(void **state)
{
	struct perf_event_attr attr = FAULTS(.disabled = 0);
	int by_zero = open_faults(attr);
	int by_pid = open_at_or_skip(&attr, getpid(), -1, -1, 0, "page-faults");

	(void)state;
	run_thread(fault_in_thread);
	assert_true(read_count(by_zero) < WORKER_PAGES);
	assert_true(read_count(by_pid) < WORKER_PAGES);
	assert_true(is_counting(by_zero));
	assert_true(is_counting(by_pid));
	close(by_pid);
	close(by_zero);
	fact("its thread; a process's number means its first thread");
}

static void does_an_inherited_event_count_threads_that_are_started_later(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.inherit = 1));

	(void)state;
	run_thread(fault_in_thread);
	assert_in_range(read_count(fd), WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	close(fd);
	fact("yes");
}

static __u64 faults_seen(int fd, struct worker worker)
{
	__u64 before = read_count(fd);

	make_fault(worker);
	return read_count(fd) - before;
}

static void does_enable_of_an_inherited_event_reach_children(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.inherit = 1, .disabled = 1));
	struct worker worker = start_worker();
	__u64 enabled, stopped;

	(void)state;
	assert_int_equal(faults_seen(fd, worker), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	enabled = faults_seen(fd, worker);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	stopped = faults_seen(fd, worker);
	stop_worker(worker);
	assert_in_range(enabled, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_int_equal(stopped, 0);
	close(fd);
	fact("yes, and disable too");
}

static void does_reset_of_an_inherited_event_reach_children(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.inherit = 1));
	struct worker living = start_worker(), ended = start_worker();
	__u64 of_living, of_ended;

	(void)state;
	make_fault(living);
	make_fault(ended);
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	of_living = read_count(fd);
	make_fault(ended);
	stop_worker(ended);
	of_ended = read_count(fd);
	assert_true(of_living < WORKER_PAGES);
	assert_true(of_ended >= WORKER_PAGES);
	/* Either way, as the kernel may swap the events of parent and child at a switch. */
	fact("yes of those that live; what the ended have counted may stay or go");
	stop_worker(living);
	close(fd);
}

/* The count of a worker's event after it has executed a program that faults. */
static __u64 count_over_exec(struct perf_event_attr attr)
{
	struct worker worker = start_worker();
	int fd = open_at_or_skip(&attr, worker.pid, -1, -1, 0, "page-faults");
	__u64 before, after;

	make_fault(worker);
	before = read_count(fd);
	assert_in_range(before, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	make_execute(worker);
	after = read_count(fd);
	close(fd);
	return after - before;
}

static void does_exec_remove_events_without_remove_on_exec(void **state)
{
	struct attempt attempt = { FAULTS(.remove_on_exec = 1), 0, -1, -1, 0 };

	(void)state;
	close(open_faults((struct perf_event_attr)FAULTS(.disabled = 0)));
	assert_true(count_over_exec((struct perf_event_attr)FAULTS(.disabled = 0)) >= WORKER_PAGES);
	if (error_of(&attempt) == EINVAL) {
		fact("no; this kernel does not know remove_on_exec");
		return;
	}
	assert_true(count_over_exec(attempt.attr) < WORKER_PAGES);
	fact("no; with it the count stays as it was at exec");
}

static void what_happens_to_an_event_when_its_target_exits(void **state)
{
	struct perf_event_attr attr = FAULTS(.disabled = 0);
	struct test_ring ring;
	struct worker worker;
	int living, ended, fd;
	__u64 count;

	(void)state;
	close(open_faults(attr));
	worker = start_worker();
	fd = open_at_or_skip(&attr, worker.pid, -1, -1, 0, "page-faults");
	ring_map(&ring, fd, 0);
	make_fault(worker);
	living = poll_now(fd, 0);
	stop_worker(worker);
	ended = poll_now(fd, PATIENCE_MS);
	count = read_count(fd);
	assert_in_range(count, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_int_equal(read_count(fd), count);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	assert_int_equal(read_count(fd), count);
	assert_int_equal(living, 0);
	assert_int_equal(ended, POLLHUP);
	ring_unmap(&ring);
	close(fd);
	fact("read() still gives the last count, poll() says POLLHUP, enable does nothing");
}

static void what_does_poll_say_of_an_event_without_a_ring(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.disabled = 0));
	int answer = poll_now(fd, 0);

	(void)state;
	assert_true(is_counting(fd));
	assert_int_equal(answer, POLLHUP);
	close(fd);
	fact("POLLHUP, though it lives and counts");
}

static void whom_does_an_event_count_that_a_child_got_by_fork(void **state)
{
	struct perf_event_attr attr = FAULTS(.disabled = 0);
	int fd = open_faults(attr);
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		fault_pages(WORKER_PAGES);
		_exit(read_count(fd) < WORKER_PAGES ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(is_counting(fd));
	close(fd);
	fact("whom it counted before: the descriptor passes on, the target does not change");
}

#define HITS 50U

static volatile long watched;

static void *hit(void *unused)
{
	for (unsigned int i = 0; i < HITS; i++)
		watched = 1;
	return unused;
}

/* A thread that is there before the breakpoint is, and hits it when the pipe closes. */
static void *hit_later(void *pipe_end)
{
	char byte;

	while (read(*(int *)pipe_end, &byte, 1) > 0)
		;
	return hit(NULL);
}

static int open_breakpoint(unsigned int inherit)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .exclude_kernel = 1, .inherit = inherit & 1,
		.bp_type = HW_BREAKPOINT_W, .bp_addr = (uintptr_t)&watched, .bp_len = sizeof(long));

	return open_or_skip(&attr, "breakpoint");
}

/* The hits that a breakpoint counts of its own thread, of one that was there, of one started. */
static void hit_by_three(unsigned int inherit, __u64 counts[3])
{
	pthread_t earlier;
	int ends[2], fd;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pthread_create(&earlier, NULL, hit_later, &ends[0]), 0);
	fd = open_breakpoint(inherit);
	hit(NULL);
	counts[0] = read_count(fd);
	close(ends[1]);
	assert_int_equal(pthread_join(earlier, NULL), 0);
	counts[1] = read_count(fd) - counts[0];
	run_thread(hit);
	counts[2] = read_count(fd) - counts[0] - counts[1];
	close(fd);
	close(ends[0]);
}

static void does_a_breakpoint_inherit_to_threads_created_later(void **state)
{
	__u64 alone[3], inherited[3];

	(void)state;
	/* One at a time: QEMU's x86 confuses breakpoints that are hit together. */
	close(open_breakpoint(1));
	hit_by_three(0, alone);
	hit_by_three(1, inherited);
	skip_if_uncounted_in_an_emulator(alone[0], "breakpoint");
	assert_int_equal(alone[0], HITS);
	assert_int_equal(alone[1], 0);
	assert_int_equal(alone[2], 0);
	assert_int_equal(inherited[0], HITS);
	assert_int_equal(inherited[1], 0);
	assert_int_equal(inherited[2], HITS);
	fact("with inherit yes, without no; never to threads that were there before");
}

static int open_switches(unsigned int excludes_kernel)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES, .disabled = 1);

	attr.exclude_kernel = excludes_kernel & 1;
	return open_or_skip(&attr, "context-switches");
}

static void are_context_switches_counted_with_exclude_kernel(void **state)
{
	const struct timespec moment = { 0, 1000000 };
	int user = open_switches(1), both = open_switches(0);

	(void)state;
	assert_int_equal(perf_event_ioc_enable(user, 0), 0);
	assert_int_equal(perf_event_ioc_enable(both, 0), 0);
	for (int i = 0; i < 10; i++)
		nanosleep(&moment, NULL);
	assert_int_equal(perf_event_ioc_disable(both, 0), 0);
	assert_int_equal(perf_event_ioc_disable(user, 0), 0);
	assert_true(read_count(both) >= 10);
	assert_int_equal(read_count(user), 0);
	close(both);
	close(user);
	fact("no: the count is 0");
}

struct times {
	__u64 count;
	__u64 enabled;
	__u64 running;
};

static struct times read_times(int fd)
{
	struct times times;

	assert_int_equal(read(fd, &times, sizeof(times)), sizeof(times));
	return times;
}

static void does_an_event_of_another_cpu_count_a_task_that_is_not_there(void **state)
{
	struct perf_event_attr attr = FAULTS(.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
							    PERF_FORMAT_TOTAL_TIME_RUNNING);
	int cpu = allowed_cpu(0), other = allowed_cpu(1), here, there;
	struct times of_here, of_there;
	struct worker worker;

	(void)state;
	if (other < 0)
		skip_without("two-processors", "there is but one");
	close(open_faults(attr));
	worker = start_worker();
	pin(worker.pid, cpu);
	make_fault(worker);
	here = open_at_or_skip(&attr, worker.pid, cpu, -1, 0, "page-faults");
	there = open_at_or_skip(&attr, worker.pid, other, -1, 0, "page-faults");
	make_fault(worker);
	of_here = read_times(here);
	of_there = read_times(there);
	stop_worker(worker);
	assert_in_range(of_here.count, WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	assert_true(of_here.running > 0);
	assert_int_equal(of_there.count, 0);
	assert_int_equal(of_there.running, 0);
	close(there);
	close(here);
	fact("no: its time running is 0%s", of_there.enabled ? ", its time enabled is not" : "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_an_event_follow_its_thread_or_its_process),
		cmocka_unit_test(does_an_inherited_event_count_threads_that_are_started_later),
		cmocka_unit_test(does_enable_of_an_inherited_event_reach_children),
		cmocka_unit_test(does_reset_of_an_inherited_event_reach_children),
		cmocka_unit_test(does_exec_remove_events_without_remove_on_exec),
		cmocka_unit_test(what_happens_to_an_event_when_its_target_exits),
		cmocka_unit_test(what_does_poll_say_of_an_event_without_a_ring),
		cmocka_unit_test(whom_does_an_event_count_that_a_child_got_by_fork),
		cmocka_unit_test(does_a_breakpoint_inherit_to_threads_created_later),
		cmocka_unit_test(are_context_switches_counted_with_exclude_kernel),
		cmocka_unit_test(does_an_event_of_another_cpu_count_a_task_that_is_not_there),
	};

	if (argc == 2 && strcmp(argv[1], WORKER_WORD) == 0)
		return run_executed();
	return cmocka_run_group_tests_name("facts of tasks", tests, NULL, NULL);
}
