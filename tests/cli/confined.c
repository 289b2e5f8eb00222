/* SPDX-License-Identifier: MIT */
/*
 * Runs a program under a filter of system calls that refuses perf_event_open(2), as containers do,
 * or ends whoever calls it, as a service manager may.
 *
 * usage: confined ERRNO PROGRAM [ARGS ...]      an ERRNO of 0 ends the caller by SIGSYS
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const int error = argc > 2 ? atoi(argv[1]) : 0;
	const unsigned int answer =
		error ? SECCOMP_RET_ERRNO | (unsigned int)error : SECCOMP_RET_KILL_PROCESS;
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (argc < 3)
		return fprintf(stderr, "usage: confined ERRNO PROGRAM [ARGS ...]\n"), 2;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return perror("confined"), 77;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
