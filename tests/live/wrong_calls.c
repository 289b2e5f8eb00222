/* SPDX-License-Identifier: MIT */
/* Wrong requests: pid, cpu, flags and descriptors, sizes of attr, and pointers in it. */
#include "wrong.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void ended_child(struct attempt *attempt)
{
	attempt->pid = fork();
	assert_true(attempt->pid >= 0);
	if (attempt->pid == 0)
		_exit(0);
	assert_int_equal(waitpid(attempt->pid, NULL, 0), attempt->pid);
}

/* Has ended, and is waited for when the test's process ends. */
static void zombie(struct attempt *attempt)
{
	siginfo_t info;

	attempt->pid = fork();
	assert_true(attempt->pid >= 0);
	if (attempt->pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)attempt->pid, &info, WEXITED | WNOWAIT), 0);
}

static void no_event_as_leader(struct attempt *attempt)
{
	attempt->group_fd = open_no_event();
}

static void closed_leader(struct attempt *attempt)
{
	attempt->group_fd = open_no_event();
	close(attempt->group_fd);
}

static void no_cgroup(struct attempt *attempt)
{
	root_or_skip();
	attempt->pid = open_no_event();
}

static void a_folder(struct attempt *attempt)
{
	root_or_skip();
	attempt->pid = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(attempt->pid >= 0);
}

static void offline(struct attempt *attempt)
{
	root_or_skip();
	for (attempt->cpu = 0; attempt->cpu < 4096; attempt->cpu++) {
		char path[64], text[4] = "";
		int fd;

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", attempt->cpu);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (read(fd, text, 1) == 1 && text[0] == '0') {
			close(fd);
			return;
		}
		close(fd);
	}
	skip_without("offline-cpu", "every processor is online");
}

static void the_smallest_size(struct attempt *attempt)
{
	attempt->attr.size = 1;
}

static void the_largest_size(struct attempt *attempt)
{
	attempt->attr.size = (__u32)sysconf(_SC_PAGESIZE) + 8;
}

static void uprobe(struct attempt *attempt, const void *path, __u64 offset)
{
	root_or_skip();
	attempt->attr.type = pmu_type_or_skip("uprobe");
	attempt->attr.config = 0;
	attempt->attr.uprobe_path = (__u64)(uintptr_t)path;
	attempt->attr.probe_offset = offset;
}

static void uprobe_nowhere(struct attempt *attempt)
{
	uprobe(attempt, "/no/such/program", 0);
}

static void uprobe_of_a_folder(struct attempt *attempt)
{
	uprobe(attempt, "/proc", 0);
}

static void uprobe_past_the_end(struct attempt *attempt)
{
	uprobe(attempt, "/proc/self/exe", 1ULL << 40);
}

static void uprobe_without_path(struct attempt *attempt)
{
	uprobe(attempt, NULL, 0);
}

static void uprobe_of_unreadable_path(struct attempt *attempt)
{
	uprobe(attempt, forbidden_page(), 0);
}

__attribute__((noinline)) static void probed(void)
{
	__asm__ volatile("" : : : "memory");
}

/* Where in its file the code lies that is at that address: as the kernel has mapped it. */
static __u64 offset_in_file(__u64 address)
{
	unsigned long long first, end, offset;
	__u64 found = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %*s %llx", &first, &end, &offset) == 3 &&
		    address >= first && address < end)
			found = address - first + offset;
	fclose(maps);
	return found;
}

/* Where there is an instruction: all but the clock is right. */
static void uprobe_with_a_wrong_clock(struct attempt *attempt)
{
	probed();
	uprobe(attempt, "/proc/self/exe", offset_in_file((__u64)(uintptr_t)probed));
	attempt->attr.use_clockid = 1;
	attempt->attr.clockid = 99;
}

static void kprobe_of_no_function(struct attempt *attempt)
{
	root_or_skip();
	attempt->attr.type = pmu_type_or_skip("kprobe");
	attempt->attr.config = 0;
	attempt->attr.kprobe_func = (__u64)(uintptr_t)"no_such_function_of_the_kernel";
}

const struct wrong wrong_calls[] = {
	{ "the event is of nobody and nowhere",
	  { DUMMY(.disabled = 1), -1, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "cpu" }, { PERFEV_CAUSE_CONFLICT, "pid" } } },
	{ "flags has a bit of no meaning",
	  { DUMMY(.disabled = 1), 0, -1, -1, 1UL << 4 },
	  .expected = { { PERFEV_CAUSE_VALUE, "flags" } } },
	{ "flags has its top bit set",
	  { DUMMY(.disabled = 1), 0, -1, -1, ~(~0UL >> 1) },
	  .expected = { { PERFEV_CAUSE_VALUE, "flags" } } },
	{ "a cgroup is given no CPU",
	  { DUMMY(.disabled = 1), 0, -1, -1, PERF_FLAG_PID_CGROUP },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "cpu" } } },
	{ "a cgroup is given no descriptor",
	  { DUMMY(.disabled = 1), -1, 0, -1, PERF_FLAG_PID_CGROUP },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "pid" } } },
	{ "a cgroup's descriptor is of another thing",
	  { DUMMY(.disabled = 1), 0, 0, -1, PERF_FLAG_PID_CGROUP },
	  .make = no_cgroup,
	  .expected = { { PERFEV_CAUSE_CGROUP, "pid" }, { PERFEV_CAUSE_CONFLICT, "flags" } } },
	{ "a cgroup's descriptor is of another folder",
	  { DUMMY(.disabled = 1), 0, 0, -1, PERF_FLAG_PID_CGROUP },
	  .make = a_folder,
	  .expected = { { PERFEV_CAUSE_CGROUP, "pid" } } },
	{ "the CPU cannot exist",
	  { DUMMY(.disabled = 1), 0, 1 << 24, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CPU, "cpu" } } },
	{ "the CPU whose threads are counted cannot exist",
	  { DUMMY(.disabled = 1), -1, 1 << 24, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CPU, "cpu" } } },
	{ "the CPU is negative",
	  { DUMMY(.disabled = 1), 0, -2, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CPU, "cpu" } } },
	{ "the CPU is offline",
	  { DUMMY(.disabled = 1), -1, 0, -1, 0 },
	  .make = offline,
	  .expected = { { PERFEV_CAUSE_CPU, "cpu" } } },
	{ "the thread has ended",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = ended_child,
	  .expected = { { PERFEV_CAUSE_TARGET, "pid" } } },
	{ "the thread has ended and was not waited for",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = zombie,
	  .says = "not yet waited for",
	  .expected = { { PERFEV_CAUSE_TARGET, "pid" } } },
	{ "pid is the negative of a process group",
	  { DUMMY(.disabled = 1), -5, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_TARGET, "pid" } } },
	{ "the leader is no event",
	  { DUMMY(.disabled = 1), 0, -1, 0, 0 },
	  .make = no_event_as_leader,
	  .expected = { { PERFEV_CAUSE_DESCRIPTOR, "group_fd" } } },
	{ "the leader is closed",
	  { DUMMY(.disabled = 1), 0, -1, 0, 0 },
	  .make = closed_leader,
	  .expected = { { PERFEV_CAUSE_DESCRIPTOR, "group_fd" } } },
	{ "the leader is a negative number",
	  { DUMMY(.disabled = 1), 0, -1, -2, 0 },
	  .expected = { { PERFEV_CAUSE_DESCRIPTOR, "group_fd" } } },
	{ "attr.size is smaller than any",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = the_smallest_size,
	  .expected = { { PERFEV_CAUSE_VALUE, "size" } } },
	{ "attr.size is larger than a page",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = the_largest_size,
	  .expected = { { PERFEV_CAUSE_VALUE, "size" } } },
	{ "a field is set that this kernel's attr does not have",
	  { DUMMY(.config4 = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_KERNEL, "config4" } } },
	{ "an older field is set that this kernel's attr does not have",
	  { DUMMY(.sig_data = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_KERNEL, "sig_data" } } },
	{ "a uprobe's file is not there",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_nowhere,
	  .expected = { { PERFEV_CAUSE_PROBE, "uprobe_path" } } },
	{ "a uprobe's file is a folder",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_of_a_folder,
	  .expected = { { PERFEV_CAUSE_PROBE, "uprobe_path" } } },
	{ "a uprobe lies past the end of its file",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_past_the_end,
	  .says = "but the file",
	  .expected = { { PERFEV_CAUSE_PROBE, "probe_offset" } } },
	{ "a uprobe has no path",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_without_path,
	  .expected = { { PERFEV_CAUSE_PROBE, "uprobe_path" } } },
	{ "a uprobe's path cannot be read",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_of_unreadable_path,
	  .expected = { { PERFEV_CAUSE_POINTER, "uprobe_path" } } },
	{ "a uprobe has a wrong clock, which is no fault of the probe",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = uprobe_with_a_wrong_clock,
	  .expected = { { PERFEV_CAUSE_VALUE, "clockid" } } },
	{ "a kprobe's function is not in the kernel",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = kprobe_of_no_function,
	  .expected = { { PERFEV_CAUSE_PROBE, "kprobe_func" } } },
	{ .title = NULL },
};
