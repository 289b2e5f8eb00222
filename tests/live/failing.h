/* SPDX-License-Identifier: MIT */
/*
 * The Nth system call fails: a thread's calls are watched by a seccomp filter whose listener lets
 * each go on, but for one that it answers with an error. What must stay true: the filter is the
 * scenario's thread's alone, which ends with it; the watcher is bounded by the scenario.
 */
#ifndef PERFEV_TESTS_FAILING_H
#define PERFEV_TESTS_FAILING_H

struct failing {
	unsigned int number; /* which call fails, from 1; 0: none */
	int error;           /* and how, a positive errno */
	/* Found out: */
	unsigned int calls; /* how many there were, of the kinds that are watched */
	int failed;         /* the number of the system call that failed, or -1 */
};

/*
 * Runs scenario(argument) in a thread of its own. perf_event_open, ioctl, read, openat, mmap and
 * getdents64 are watched. Returns 0, or an errno for which this kernel or sandbox cannot do it.
 */
int run_failing(struct failing *failing, void (*scenario)(void *argument), void *argument);

#endif
