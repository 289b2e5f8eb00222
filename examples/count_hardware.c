/* SPDX-License-Identifier: MIT */
/*
 * Cycles and instructions of a loop in user space, by the processor's counters, and whether the
 * kernel had to share them out. Run: ./count_hardware (77: this machine has no such counters)
 */
#define _DEFAULT_SOURCE

#include <perfev/sys.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct reading {
	__u64 value;
	__u64 enabled_ns;
	__u64 running_ns;
};

/* Counts one event while the loop runs. Returns 0, or -1 with errno set. */
static int count(__u64 config, struct reading *reading)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_HARDWARE, .config = config, .disabled = 1, .exclude_kernel = 1,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	int failed;

	if (fd < 0)
		return -1;
	failed = perf_event_ioc_enable(fd, 0) < 0;
	for (volatile int i = 0; i < 1000000; i++)
		;
	failed |= perf_event_ioc_disable(fd, 0) < 0 || read(fd, reading, sizeof(*reading)) < 0;
	close(fd);
	return failed ? -1 : 0;
}

int main(void)
{
	static const struct {
		__u64 config;
		const char *name;
	} events[] = {
		{ PERF_COUNT_HW_CPU_CYCLES, "cycles" },
		{ PERF_COUNT_HW_INSTRUCTIONS, "instructions" },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct reading r;

		if (count(events[i].config, &r) < 0) {
			int missing = errno == ENOENT || errno == EOPNOTSUPP;

			fprintf(stderr, "count_hardware: %s: %s\n", events[i].name,
				missing ? "this machine has no such counter" : strerror(errno));
			return missing ? 77 : 1;
		}
		if (!r.running_ns) /* 0 would be a lie: nobody counted */
			printf("%-12s not counted, the counters were all taken\n", events[i].name);
		else
			printf("%-12s %llu, counted %.0f %% of the time\n", events[i].name,
			       (unsigned long long)r.value,
			       100.0 * (double)r.running_ns / (double)r.enabled_ns);
	}
	return 0;
}
