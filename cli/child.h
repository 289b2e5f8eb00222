/* SPDX-License-Identifier: MIT */
/*
 * A program that is about to be executed: its process exists, so events can be opened on it, and
 * waits until it is let go. Its standard input, output and error are the caller's own.
 */
#ifndef PERFEV_CLI_CHILD_H
#define PERFEV_CLI_CHILD_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <perfev/abi.h>

struct child {
	pid_t pid;
	int is_quiet;        /* set before child_start(): what it prints is thrown away */
	int executed;        /* after child_run(): 0 when the program could not be started */
	int error;           /* and the errno that says why */
	int status;          /* after child_wait(): as waitpid(2) has it */
	struct rusage usage; /* likewise: of the child and of those that it waited for */
	int go, failed;      /* pipes: a byte lets the child go; it tells a failed exec's errno */
	struct sigaction old_chld; /* what the program is to find */
	sigset_t old_mask;         /* likewise */
};

/* Forks the process that will become the program. Returns 0, or a negative errno. */
int child_start(struct child *child, char **argv);

/*
 * Lets the program go. From here on Ctrl-C and Ctrl-\ are the program's alone, and a SIGTERM or
 * SIGHUP for perfev is handed on to it. Returns 0 with child->executed set, or a negative errno.
 */
int child_run(struct child *child);

/* Waits for the program to end. Returns 0, or a negative errno. */
int child_wait(struct child *child);

/*
 * Waits for it until a time of CLOCK_MONOTONIC. Returns 1 when it has ended, 0 when it is time, or
 * a negative errno.
 */
int child_wait_until(struct child *child, __u64 time_ns);

/* Nanoseconds of CLOCK_MONOTONIC. */
__u64 now_ns(void);

/* Ends a child that was not let go. */
void child_cancel(struct child *child);

#endif
