/* SPDX-License-Identifier: MIT */
/*
 * How often this process calls one system call, by a tracepoint. Its number stands in tracefs,
 * which mostly only root may read. Run: sudo ./tracepoint (77: tracefs cannot be read)
 */
#define _DEFAULT_SOURCE

#include <perfev/sys.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

/* Reads the number of a tracepoint. Returns 0, or -1 with errno set. */
static int tracepoint_id(const char *name, unsigned long long *id)
{
	char path[256];
	FILE *file;
	int read;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/id", name);
	file = fopen(path, "r");
	if (!file) {
		fprintf(stderr, "tracepoint: %s: %s (is tracefs mounted, are you root?)\n", path,
			strerror(errno));
		return -1;
	}
	read = fscanf(file, "%llu", id);
	fclose(file);
	return read == 1 ? 0 : -1;
}

int main(void)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_TRACEPOINT, .disabled = 1,
		.exclude_kernel = 1); /* a system call is still counted: it came from user space */
	unsigned long long id;
	__u64 calls;
	int fd, failed;

	if (tracepoint_id("syscalls/sys_enter_getppid", &id) < 0)
		return 77;
	attr.config = id;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0) {
		perror("tracepoint: perf_event_open");
		return 1;
	}
	failed = perf_event_ioc_enable(fd, 0) < 0;
	for (int i = 0; i < 42; i++)
		syscall(SYS_getppid);
	failed |= perf_event_ioc_disable(fd, 0) < 0 || read(fd, &calls, sizeof(calls)) < 0;
	if (failed)
		perror("tracepoint");
	else
		printf("getppid was called %llu times\n", (unsigned long long)calls);
	close(fd);
	return failed;
}
