/* SPDX-License-Identifier: MIT */
/*
 * Starting a program in two steps and waiting for it. The child is forked before any event is
 * opened and executes when told; nothing of perfev's own signal handling reaches the program.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Whom the handler hands signals on to; a signal handler has no other way to know. */
static volatile sig_atomic_t receiver;

static void hand_on(int signal)
{
	int error = errno;

	if (receiver > 0)
		kill((pid_t)receiver, signal);
	errno = error;
}

/* In the child: waits for the word, then becomes the program. Does not return. */
static void become(struct child *child, char **argv, int go, int failed)
{
	char byte;
	int error;

	if (read(go, &byte, 1) != 1)
		_exit(0); /* cancelled, or perfev is gone */
	sigaction(SIGCHLD, &child->old_chld, NULL);
	sigprocmask(SIG_SETMASK, &child->old_mask, NULL);
	if (child->is_quiet) {
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (nowhere >= 0)
			dup2(nowhere, STDOUT_FILENO);
	}
	execvp(argv[0], argv);
	error = errno;
	if (write(failed, &error, sizeof(error)) != sizeof(error))
		_exit(126);
	_exit(127);
}

int child_start(struct child *child, char **argv)
{
	struct sigaction normal = { .sa_handler = SIG_DFL };
	int go[2], failed[2], error;
	sigset_t ended;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(failed, O_CLOEXEC) < 0) {
		error = -errno;
		goto close_go;
	}
	/* Whoever started perfev may have its children reaped unseen; this one is waited for. */
	sigaction(SIGCHLD, &normal, &child->old_chld);
	/* Blocked, so that child_wait_until() misses no end before it waits. */
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, &child->old_mask);
	child->pid = fork();
	if (child->pid < 0) {
		error = -errno;
		goto close_failed;
	}
	if (child->pid == 0) {
		close(go[1]);
		become(child, argv, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	child->go = go[1];
	child->failed = failed[0];
	return 0;

close_failed:
	close(failed[0]);
	close(failed[1]);
close_go:
	close(go[0]);
	close(go[1]);
	return error;
}

/*
 * Takes the terminal's signals away from perfev and hands the others on to the program. Output that
 * nobody reads any more must not end perfev, whose exit status is the program's.
 */
static void guard_signals(struct child *child)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction forward = { .sa_handler = hand_on, .sa_flags = SA_RESTART };

	receiver = child->pid;
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGTERM, &forward, NULL);
	sigaction(SIGHUP, &forward, NULL);
}

int child_run(struct child *child)
{
	ssize_t length;

	guard_signals(child);
	if (write(child->go, "", 1) != 1)
		return -errno;
	close(child->go);
	/* The pipe closes without a word when the program is executed. */
	do {
		length = read(child->failed, &child->error, sizeof(child->error));
	} while (length < 0 && errno == EINTR);
	close(child->failed);
	child->executed = length == 0;
	return 0;
}

int child_wait(struct child *child)
{
	while (wait4(child->pid, &child->status, 0, &child->usage) < 0)
		if (errno != EINTR)
			return -errno;
	receiver = 0;
	return 0;
}

__u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

int child_wait_until(struct child *child, __u64 time_ns)
{
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	for (;;) {
		pid_t pid = wait4(child->pid, &child->status, WNOHANG, &child->usage);
		__u64 now = now_ns(), left = time_ns > now ? time_ns - now : 0;
		struct timespec wait = { .tv_sec = (time_t)(left / 1000000000),
					 .tv_nsec = (long)(left % 1000000000) };

		if (pid == child->pid) {
			receiver = 0;
			return 1;
		}
		if (pid < 0 && errno != EINTR)
			return -errno;
		if (!left)
			return 0;
		sigtimedwait(&ended, NULL, &wait);
	}
}

void child_cancel(struct child *child)
{
	close(child->go);
	close(child->failed);
	child_wait(child);
}
