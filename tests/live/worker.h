/* SPDX-License-Identifier: MIT */
/*
 * A child process that faults pages when it is told to, for events of other tasks than the test's
 * own. What must stay true: it ends when the test does, whatever becomes of the test.
 */
#ifndef PERFEV_TESTS_WORKER_H
#define PERFEV_TESTS_WORKER_H

#include "live.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many pages it faults each time, and how many faults more may happen to it by the way. */
#define WORKER_PAGES 1024U
#define WORKER_STRAY 200U

/* The argument by which a test's main() knows that a worker has executed it: run_executed(). */
#define WORKER_WORD "--fault-pages"

struct worker {
	pid_t pid;
	int wire;
};

static inline int run_executed(void)
{
	fault_pages(WORKER_PAGES);
	return 0;
}

static inline void run_worker(int wire)
{
	char word;

	while (read(wire, &word, 1) == 1) {
		if (word == 'x') {
			/* A leak checker looks at its end from a process of its own. */
			setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
			execl("/proc/self/exe", "worker", WORKER_WORD, (char *)NULL);
			_exit(3);
		}
		fault_pages(WORKER_PAGES);
		if (write(wire, &word, 1) != 1)
			break;
	}
	_exit(0);
}

/* Has it fault its pages, and returns when that is done. */
static inline void make_fault(struct worker worker)
{
	char word = 'f';

	assert_int_equal(write(worker.wire, &word, 1), 1);
	assert_int_equal(read(worker.wire, &word, 1), 1);
}

/* Starts one, and has it fault once: what it faults but once is in memory then. */
static inline struct worker start_worker(void)
{
	struct worker worker;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	worker.pid = fork();
	assert_true(worker.pid >= 0);
	if (worker.pid == 0) {
		close(ends[0]);
		run_worker(ends[1]);
	}
	close(ends[1]);
	worker.wire = ends[0];
	make_fault(worker);
	return worker;
}

/* Shuts the wire down rather than closing it, as workers started later hold it open too. */
static inline void stop_worker(struct worker worker)
{
	int status;

	shutdown(worker.wire, SHUT_RDWR);
	assert_int_equal(waitpid(worker.pid, &status, 0), worker.pid);
	assert_int_equal(status, 0);
	close(worker.wire);
}

/* Has it execute this program anew, fault its pages there, and end. */
static inline void make_execute(struct worker worker)
{
	char word = 'x';
	int status;

	assert_int_equal(write(worker.wire, &word, 1), 1);
	assert_int_equal(waitpid(worker.pid, &status, 0), worker.pid);
	assert_int_equal(status, 0);
	close(worker.wire);
}

/* The number'th processor, from 0, that this process may run on, or -1. */
static inline int allowed_cpu(unsigned int number)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set) && number-- == 0)
			return cpu;
	return -1;
}

/* Keeps a task (0: this one) on one processor. */
static inline void pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	assert_int_equal(sched_setaffinity(pid, sizeof(set), &set), 0);
}

#endif
