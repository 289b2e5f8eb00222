/* SPDX-License-Identifier: MIT */
/*
 * What a function costs in page faults and in time on the CPU, by two software counters: these work
 * on every machine and need no privilege. Run: ./count_software
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <perfev/sys.h>

#include <stdio.h>
#include <sys/mman.h>

/* What is measured: writes once to each page of a megabyte that is new. */
static int work(void)
{
	size_t bytes = 1 << 20;
	volatile char *memory =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	for (size_t i = 0; i < bytes; i += 4096)
		memory[i] = 1;
	return munmap((void *)memory, bytes);
}

/* Counts one event while work() runs. Returns 0 and the count, or -1 with errno set. */
static int count(__u64 config, __u64 *value)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = config, .disabled = 1, .exclude_kernel = 1);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	int failed;

	if (fd < 0)
		return -1;
	failed = perf_event_ioc_enable(fd, 0) < 0 || work() < 0 ||
		 perf_event_ioc_disable(fd, 0) < 0 || read(fd, value, sizeof(*value)) < 0;
	close(fd);
	return failed ? -1 : 0;
}

int main(void)
{
	__u64 faults, nanoseconds;

	if (count(PERF_COUNT_SW_PAGE_FAULTS, &faults) < 0 ||
	    count(PERF_COUNT_SW_TASK_CLOCK, &nanoseconds) < 0) {
		perror("count_software");
		return 1;
	}
	printf("%llu page faults\n", (unsigned long long)faults);
	printf("%llu ns on the CPU\n", (unsigned long long)nanoseconds);
	return 0;
}
