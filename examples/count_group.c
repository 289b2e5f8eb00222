/* SPDX-License-Identifier: MIT */
/*
 * Three counters that start, stop and are read as one group, so that their values belong to the
 * very same stretch of time. The ids say which value is whose. Run: ./count_group
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <perfev/sys.h>

#include <stdio.h>
#include <sys/mman.h>

#define EVENTS 3

/* What a read of the group gives under the read_format below. */
struct group {
	__u64 nr;
	__u64 enabled_ns;
	__u64 running_ns;
	struct {
		__u64 value;
		__u64 id;
	} of[EVENTS];
};

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

int main(void)
{
	static const __u64 configs[EVENTS] = { PERF_COUNT_SW_TASK_CLOCK, PERF_COUNT_SW_PAGE_FAULTS,
					       PERF_COUNT_SW_PAGE_FAULTS_MAJ };
	static const char *const names[EVENTS] = { "task-clock", "page-faults", "major-faults" };
	int fds[EVENTS] = { -1, -1, -1 };
	__u64 ids[EVENTS];
	struct group group;
	int status = 1;

	for (int i = 0; i < EVENTS; i++) {
		struct perf_event_attr attr = PERFEV_ATTR_INIT(
			PERF_TYPE_SOFTWARE, .config = configs[i], .exclude_kernel = 1,
			.disabled = i == 0, /* the leader's suffices: no sibling runs without it */
			.read_format =
				PERF_FORMAT_GROUP | PERF_FORMAT_ID |
				PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);

		fds[i] = perf_event_open(&attr, 0, -1, i ? fds[0] : -1, PERF_FLAG_FD_CLOEXEC);
		if (fds[i] < 0 || perf_event_ioc_id(fds[i], &ids[i]) < 0)
			goto out;
	}
	if (perf_event_ioc_enable(fds[0], PERF_IOC_FLAG_GROUP) < 0 || work() < 0 ||
	    perf_event_ioc_disable(fds[0], PERF_IOC_FLAG_GROUP) < 0 ||
	    read(fds[0], &group, sizeof(group)) < 0)
		goto out;
	for (__u64 i = 0; i < group.nr; i++)
		for (int j = 0; j < EVENTS; j++)
			if (group.of[i].id == ids[j])
				printf("%-16s %llu\n", names[j],
				       (unsigned long long)group.of[i].value);
	printf("counted during %llu of %llu ns\n", (unsigned long long)group.running_ns,
	       (unsigned long long)group.enabled_ns);
	status = 0;
out:
	if (status)
		perror("count_group");
	for (int i = EVENTS - 1; i >= 0; i--)
		if (fds[i] >= 0)
			close(fds[i]);
	return status;
}
