/* SPDX-License-Identifier: MIT */
/* The Nth system call fails; see failing.h. */
#include "failing.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sanitizer ends the program when it gets no memory for itself. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) ||                           \
	__has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

struct run {
	struct failing *failing;
	void (*scenario)(void *argument);
	void *argument;
	int error;
	int listener; /* -1 until there is one */
};

#define WATCH(name)                                                                                \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                     \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)

/* Puts the filter on the calling thread. Returns the listener, or -1 with errno set. */
static int install_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		WATCH(perf_event_open),
		WATCH(ioctl),
		WATCH(read),
		WATCH(openat),
#if defined(SYS_mmap) && !IS_SANITIZED
		WATCH(mmap),
#endif
		WATCH(getdents64),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
			    &program);
}

static void *run_scenario(void *argument)
{
	struct run *run = argument;
	int listener = install_filter();

	if (listener < 0) {
		run->error = errno;
		__atomic_store_n(&run->listener, -2, __ATOMIC_RELEASE);
		return NULL;
	}
	__atomic_store_n(&run->listener, listener, __ATOMIC_RELEASE);
	run->scenario(run->argument);
	return NULL;
}

/* Answers one call. Returns 0, or -1 when there are no more. */
static int answer(struct run *run, int listener)
{
	struct seccomp_notif call;
	struct seccomp_notif_resp response;
	struct failing *failing = run->failing;

	memset(&call, 0, sizeof(call));
	memset(&response, 0, sizeof(response));
	/* ENOENT: a signal took the thread out of its call meanwhile; it comes again. */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		return errno == EINTR || errno == ENOENT ? 0 : -1;
	response.id = call.id;
	if (++failing->calls == failing->number) {
		failing->failed = call.data.nr;
		response.error = -failing->error;
	} else {
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	}
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	return 0;
}

/* The listener hangs up when the thread with the filter has ended. */
static void watch(struct run *run)
{
	struct pollfd wait;

	while ((wait.fd = __atomic_load_n(&run->listener, __ATOMIC_ACQUIRE)) == -1)
		usleep(100);
	wait.events = POLLIN;
	while (wait.fd >= 0 && poll(&wait, 1, 10000) > 0 && !(wait.revents & POLLHUP))
		if (answer(run, wait.fd) < 0)
			break;
	if (wait.fd >= 0)
		close(wait.fd);
}

int run_failing(struct failing *failing, void (*scenario)(void *argument), void *argument)
{
	struct run run = { failing, scenario, argument, 0, -1 };
	pthread_t thread;

	failing->calls = 0;
	failing->failed = -1;
	if (pthread_create(&thread, NULL, run_scenario, &run))
		return EAGAIN;
	watch(&run);
	pthread_join(thread, NULL);
	return run.error;
}
