/* SPDX-License-Identifier: MIT */
/*
 * Events that sit at a place in code: tracepoints, and probes of the kernel and of this program.
 * What must stay true: each counts exactly as often as the place is passed, entry and return alike.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS 50U
#define DEVICES "/sys/bus/event_source/devices"

static void ask_for_parent(void)
{
	syscall(SYS_getppid); /* not getppid(): a C library may remember the answer */
}

static void ask_for_user(void)
{
	syscall(SYS_getuid);
}

static void open_and_close(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);

	if (fd >= 0)
		close((int)fd);
}

/*
 * The function that is probed. It is called by this pointer only: on ppc64le a function has two
 * entries, and only a call by pointer passes the one whose address C gives.
 */
static __attribute__((noinline)) void probed(void)
{
	__asm__ volatile("" ::: "memory");
}

static void (*volatile call_probed)(void) = probed;

static __u64 count_calls(int fd, void (*call)(void), unsigned int times)
{
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	for (unsigned int i = 0; i < times; i++)
		call();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	return read_count(fd);
}

/* Tracepoints */

static void a_tracepoint_counts_its_system_call_and_no_other(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .disabled = 1);
	int fd;

	(void)state;
	attr.config = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	fd = open_or_skip(&attr, "tracepoint");
	assert_int_equal(count_calls(fd, ask_for_parent, CALLS), CALLS);
	assert_int_equal(count_calls(fd, ask_for_user, CALLS), 0);
	assert_int_equal(count_calls(fd, ask_for_parent, 1), 1);
	close(fd);
}

static void a_filter_chooses_among_the_hits_of_a_tracepoint(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .disabled = 1);
	int ours, other;
	char filter[64];

	(void)state;
	attr.config = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	ours = open_or_skip(&attr, "tracepoint");
	other = open_or_skip(&attr, "tracepoint");
	snprintf(filter, sizeof(filter), "common_pid == %ld", syscall(SYS_gettid));
	assert_int_equal(perf_event_ioc_set_filter(ours, filter), 0);
	assert_int_equal(perf_event_ioc_set_filter(other, "common_pid == 0"), 0);
	assert_int_equal(count_calls(ours, ask_for_parent, CALLS), CALLS);
	assert_int_equal(count_calls(other, ask_for_parent, CALLS), 0);
	/* A filter stays: an event takes no second one. */
	assert_int_equal(perf_event_ioc_set_filter(other, filter), -1);
	assert_int_equal(errno, EEXIST);
	close(other);
	close(ours);
}

/* Probes of this program */

/* Where in its file an address of this program's code lies, as a uprobe wants it. */
static __u64 file_offset(uintptr_t address)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long long start, end, offset;
	__u64 found = 0;
	char line[512];

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx %*s %llx", &start, &end, &offset) == 3 &&
		    address >= start && address < end)
			found = address - start + offset;
	fclose(file);
	assert_true(found > 0);
	return found;
}

/* attr.config with the bit that asks for the return; sysfs says which ("config:0"). */
static __u64 retprobe_or_skip(const char *pmu)
{
	char path[256];
	unsigned int bit;
	FILE *file;
	int found;

	snprintf(path, sizeof(path), DEVICES "/%s/format/retprobe", pmu);
	file = fopen(path, "re");
	if (!file)
		skip_without(pmu, "%s: %s", path, strerror(errno));
	found = fscanf(file, "config:%u", &bit);
	fclose(file);
	assert_int_equal(found, 1);
	assert_true(bit < 64);
	return 1ULL << bit;
}

static void a_probe_of_this_program_counts_every_call(__u32 type, __u64 config)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		type, .config = config, .disabled = 1, .uprobe_path = (uintptr_t)"/proc/self/exe",
		.probe_offset = file_offset((uintptr_t)call_probed));
	int fd = open_or_skip(&attr, "uprobe");

	assert_int_equal(count_calls(fd, call_probed, CALLS), CALLS);
	assert_int_equal(count_calls(fd, ask_for_parent, CALLS), 0);
	assert_int_equal(count_calls(fd, call_probed, 1), 1);
	close(fd);
}

static void a_uprobe_counts_every_call(void **state)
{
	(void)state;
	a_probe_of_this_program_counts_every_call(pmu_type_or_skip("uprobe"), 0);
}

static void a_uretprobe_counts_every_return(void **state)
{
	__u32 type = pmu_type_or_skip("uprobe");

	(void)state;
	a_probe_of_this_program_counts_every_call(type, retprobe_or_skip("uprobe"));
}

/* A return probe counts what has returned, an entry probe what has begun: seen from between. */
struct open_probes {
	int entry;
	int back;
	__u64 entry_count;
	__u64 back_count;
};

static struct open_probes within;

static __attribute__((noinline)) void reads_its_own_probes(void)
{
	__asm__ volatile("" ::: "memory");
	within.entry_count = read_count(within.entry);
	within.back_count = read_count(within.back);
}

static void (*volatile call_reader)(void) = reads_its_own_probes;

static void inside_the_function_only_the_entry_has_been_counted(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		pmu_type_or_skip("uprobe"), .uprobe_path = (uintptr_t)"/proc/self/exe",
		.probe_offset = file_offset((uintptr_t)call_reader));

	(void)state;
	within.entry = open_or_skip(&attr, "uprobe");
	attr.config = retprobe_or_skip("uprobe");
	within.back = open_or_skip(&attr, "uprobe");
	call_reader();
	assert_int_equal(within.entry_count, 1);
	assert_int_equal(within.back_count, 0);
	assert_int_equal(read_count(within.entry), 1);
	assert_int_equal(read_count(within.back), 1);
	close(within.back);
	close(within.entry);
}

/* Probes of the kernel */

static int open_kprobe(__u64 config, const char *function)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(pmu_type_or_skip("kprobe"), .config = config, .disabled = 1,
				 .kprobe_func = (uintptr_t)function);

	return perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Functions of the kernel that one system call of ours calls exactly once. */
static const struct {
	const char *function;
	void (*call)(void);
} kernel_functions[] = {
	{ "do_sys_openat2", open_and_close },        { "__x64_sys_getppid", ask_for_parent },
	{ "__arm64_sys_getppid", ask_for_parent },   { "__riscv_sys_getppid", ask_for_parent },
	{ "__powerpc_sys_getppid", ask_for_parent }, { "__ia32_sys_getppid", ask_for_parent },
	{ "__do_sys_getppid", ask_for_parent },      { "sys_getppid", ask_for_parent },
};

/*
 * Not every kernel lets every function be probed (EINVAL), and not all have each (ENOENT), so that
 * the first that works is taken. That a wrong attr does not hide there, the test of the unknown
 * name sees to: only a kernel that has read the name can tell that there is none.
 */
static void a_probe_of_the_kernel_counts_every_call(__u64 config)
{
	size_t functions = sizeof(kernel_functions) / sizeof(kernel_functions[0]);
	size_t i = 0;
	int fd = -1;

	for (; i < functions; i++) {
		fd = open_kprobe(config, kernel_functions[i].function);
		if (fd >= 0)
			break;
		if (errno == EACCES || errno == EPERM)
			skip_without("kprobe", "perf_event_open: %s", strerror(errno));
		if (errno != ENOENT && errno != EINVAL && errno != EADDRNOTAVAIL)
			fail_msg("kprobe of %s: %s", kernel_functions[i].function, strerror(errno));
	}
	if (fd < 0)
		skip_without("kprobe", "the kernel lets none of the known functions be probed");
	assert_int_equal(count_calls(fd, kernel_functions[i].call, CALLS), CALLS);
	assert_int_equal(count_calls(fd, ask_for_user, CALLS), 0);
	close(fd);
}

static void a_kprobe_counts_every_call(void **state)
{
	(void)state;
	(void)pmu_type_or_skip("kprobe");
	a_probe_of_the_kernel_counts_every_call(0);
}

static void a_kretprobe_counts_every_return(void **state)
{
	(void)state;
	(void)pmu_type_or_skip("kprobe");
	a_probe_of_the_kernel_counts_every_call(retprobe_or_skip("kprobe"));
}

static void a_kprobe_of_an_unknown_function_is_ENOENT(void **state)
{
	int fd;

	(void)state;
	(void)pmu_type_or_skip("kprobe");
	fd = open_kprobe(0, "perfev_has_no_such_function");
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		skip_without("kprobe", "perf_event_open: %s", strerror(errno));
	assert_int_equal(fd, -1);
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tracepoint_counts_its_system_call_and_no_other),
		cmocka_unit_test(a_filter_chooses_among_the_hits_of_a_tracepoint),
		cmocka_unit_test(a_uprobe_counts_every_call),
		cmocka_unit_test(a_uretprobe_counts_every_return),
		cmocka_unit_test(inside_the_function_only_the_entry_has_been_counted),
		cmocka_unit_test(a_kprobe_counts_every_call),
		cmocka_unit_test(a_kretprobe_counts_every_return),
		cmocka_unit_test(a_kprobe_of_an_unknown_function_is_ENOENT),
	};

	return cmocka_run_group_tests_name("probes", tests, NULL, NULL);
}
