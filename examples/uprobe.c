/* SPDX-License-Identifier: MIT */
/*
 * How often a function of this very program is called, by a probe that the kernel puts into its
 * code. Needs CAP_SYS_ADMIN. Run: sudo ./uprobe (77: no uprobes here, or not for you)
 */
#define _DEFAULT_SOURCE

#include <perfev/sys.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

static __attribute__((noinline)) void probed(void)
{
	__asm__ volatile("" ::: "memory"); /* keeps the calls where they are */
}

/* The number of the uprobe PMU, or -1. */
static int uprobe_type(void)
{
	FILE *file = fopen("/sys/bus/event_source/devices/uprobe/type", "r");
	int type = -1;

	if (file && fscanf(file, "%d", &type) != 1)
		type = -1;
	if (file)
		fclose(file);
	return type;
}

/* A uprobe wants the place in the file, not the address. Returns 0 when it is not found. */
static unsigned long long file_offset(uintptr_t address)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned long long start, end, offset, found = 0;
	char line[512];

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx %*s %llx", &start, &end, &offset) == 3 &&
		    address >= start && address < end)
			found = address - start + offset;
	if (file)
		fclose(file);
	return found;
}

int main(void)
{
	void (*volatile call)(void) = probed; /* by pointer: just the address that is probed */
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(0, .disabled = 1, .uprobe_path = (uintptr_t)"/proc/self/exe",
				 .probe_offset = file_offset((uintptr_t)call));
	int type = uprobe_type();
	int fd, failed;
	__u64 calls;

	if (type < 0) {
		fprintf(stderr, "uprobe: this kernel has no uprobe PMU\n");
		return 77;
	}
	if (!attr.probe_offset) {
		fprintf(stderr, "uprobe: /proc/self/maps does not show where the code lies\n");
		return 1;
	}
	attr.type = (__u32)type;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0) {
		int missing = errno == EACCES || errno == EPERM;

		perror("uprobe: perf_event_open");
		return missing ? 77 : 1;
	}
	failed = perf_event_ioc_enable(fd, 0) < 0;
	for (int i = 0; i < 42; i++)
		call();
	failed |= perf_event_ioc_disable(fd, 0) < 0 || read(fd, &calls, sizeof(calls)) < 0;
	if (failed)
		perror("uprobe");
	else
		printf("the function was called %llu times\n", (unsigned long long)calls);
	close(fd);
	return failed;
}
