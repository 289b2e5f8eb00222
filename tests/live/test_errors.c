/* SPDX-License-Identifier: MIT */
/*
 * The errors of perf_event_open(2) that perfev/sys.h names, each provoked and seen as errno, and
 * none of them altered by the way. What must stay true: what is asserted is what the kernel does,
 * exactly one errno each. Those of rights are in test_errors_permissions.c.
 *
 * Not provoked, as nothing safe brings them about at will: EINTR (a signal within the microseconds
 * in which a probe is placed), ENFILE and ENOMEM (the whole machine would run dry), and EOPNOTSUPP
 * for sampling (it takes a PMU that cannot interrupt). EBUSY takes a PMU that is used exclusively.
 */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOP_BIT (1ULL << 63)

/* An attr with room behind it for the fields of kernels to come. */
union large_attr {
	struct perf_event_attr attr;
	unsigned char bytes[4096];
};

static union large_attr large_dummy(__u32 size)
{
	union large_attr large;

	memset(&large, 0, sizeof(large));
	large.attr = (struct perf_event_attr)DUMMY(.disabled = 1);
	large.attr.size = size;
	return large;
}

static void larger_attr_with_zeroes_at_its_end_is_accepted(void **state)
{
	union large_attr large = large_dummy(sizeof(large));
	int fd = open_or_skip(&large.attr, "dummy");

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(large.attr.size, sizeof(large));
	close(fd);
}

static void larger_attr_with_something_at_its_end_is_e2big_and_gets_the_kernels_size(void **state)
{
	union large_attr large = large_dummy(sizeof(large));

	(void)state;
	large.bytes[sizeof(large) - 1] = 1;
	assert_refused(perf_event_open(&large.attr, 0, -1, -1, 0), E2BIG);
	assert_in_range(large.attr.size, PERF_ATTR_SIZE_VER5, sizeof(large) - 1);
	assert_int_equal(large.attr.size % 8, 0);
}

static void size_too_small_is_e2big_and_gets_the_kernels_size(void **state)
{
	(void)state;
	for (__u32 size = 1; size < PERF_ATTR_SIZE_VER0; size++) {
		union large_attr large = large_dummy(size);

		assert_refused(perf_event_open(&large.attr, 0, -1, -1, 0), E2BIG);
		assert_true(large.attr.size >= PERF_ATTR_SIZE_VER5);
	}
}

static void size_of_more_than_a_page_is_e2big(void **state)
{
	union large_attr large = large_dummy((__u32)sysconf(_SC_PAGESIZE) + 8);

	(void)state;
	assert_refused(perf_event_open(&large.attr, 0, -1, -1, 0), E2BIG);
	assert_in_range(large.attr.size, PERF_ATTR_SIZE_VER5, sizeof(large) - 1);
}

static void group_fd_that_is_no_event_is_ebadf(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, open_no_event(), 0 };

	(void)state;
	assert_int_equal(error_of(&attempt), EBADF);
	close(attempt.group_fd);
	assert_int_equal(error_of(&attempt), EBADF);
	attempt.group_fd = -2;
	assert_int_equal(error_of(&attempt), EBADF);
}

static void attr_that_cannot_be_read_is_efault(void **state)
{
	char *page = forbidden_page();

	(void)state;
	assert_refused(perf_event_open((struct perf_event_attr *)page, 0, -1, -1, 0), EFAULT);
	unmap_page(page);
}

static void path_of_a_uprobe_that_cannot_be_read_is_efault(void **state)
{
	void *page = forbidden_page();
	struct attempt attempt = {
		PERFEV_ATTR_INIT(pmu_type_or_skip("uprobe"), .uprobe_path = (__u64)(uintptr_t)page),
		0, -1, -1, 0
	};

	(void)state;
	root_or_skip();
	assert_int_equal(error_of(&attempt), EFAULT);
	unmap_page(page);
}

static void event_that_no_pmu_takes_is_enoent(void **state)
{
	struct attempt no_type = { PERFEV_ATTR_INIT(0x7ffffff0, .exclude_kernel = 1), 0, -1, -1,
				   0 };
	struct attempt no_config = { DUMMY(.config1 = 0), 0, -1, -1, 0 };

	(void)state;
	no_config.attr.config = 0x7ffffff0;
	assert_int_equal(error_of(&no_type), ENOENT);
	assert_int_equal(error_of(&no_config), ENOENT);
}

/* A processor that is there but switched off, or -1. */
static int offline_cpu(void)
{
	for (int cpu = 0; cpu < 4096; cpu++) {
		char path[64];
		int is_online = 1;
		FILE *file;

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%d", &is_online) != 1)
			is_online = 1;
		fclose(file);
		if (!is_online)
			return cpu;
	}
	return -1;
}

static void cpu_that_is_offline_is_enodev(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), -1, offline_cpu(), -1, 0 };

	(void)state;
	root_or_skip();
	if (attempt.cpu < 0)
		skip_without("offline-cpu", "every processor is online");
	assert_int_equal(error_of(&attempt), ENODEV);
}

static void cpu_that_cannot_exist_is_einval(void **state)
{
	struct attempt of_all = { DUMMY(.disabled = 1), -1, 1 << 24, -1, 0 };
	struct attempt of_this_thread = { DUMMY(.disabled = 1), 0, 1 << 24, -1, 0 };
	struct attempt negative = { DUMMY(.disabled = 1), 0, -2, -1, 0 };

	(void)state;
	assert_int_equal(error_of(&of_all), EINVAL);
	assert_int_equal(error_of(&of_this_thread), EINVAL);
	assert_int_equal(error_of(&negative), EINVAL);
}

static void pid_of_no_thread_is_esrch(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), fork(), -1, -1, 0 };

	(void)state;
	assert_true(attempt.pid >= 0);
	if (attempt.pid == 0)
		_exit(0);
	assert_int_equal(waitpid(attempt.pid, NULL, 0), attempt.pid);
	assert_int_equal(error_of(&attempt), ESRCH);
}

/* Each has one thing in it that no kernel takes; the field that differs says which. */
static const struct attempt invalid[] = {
	{ DUMMY(.__reserved_1 = 1 << 23), 0, -1, -1, 0 },
	{ DUMMY(.__reserved_2 = 1), 0, -1, -1, 0 },
	{ DUMMY(.__reserved_3 = 1), 0, -1, -1, 0 },
	{ DUMMY(.sample_type = 1ULL << 62), 0, -1, -1, 0 },
	{ DUMMY(.read_format = 1ULL << 62), 0, -1, -1, 0 },
	{ DUMMY(.sample_period = TOP_BIT), 0, -1, -1, 0 },
	{ DUMMY(.sample_freq = TOP_BIT, .freq = 1), 0, -1, -1, 0 },
	{ DUMMY(.sample_type = PERF_SAMPLE_REGS_USER), 0, -1, -1, 0 },
	{ DUMMY(.sample_type = PERF_SAMPLE_STACK_USER, .sample_stack_user = 7), 0, -1, -1, 0 },
	{ DUMMY(.use_clockid = 1, .clockid = 12345), 0, -1, -1, 0 },
	{ DUMMY(.sigtrap = 1), 0, -1, -1, 0 },
	{ DUMMY(.inherit_thread = 1), 0, -1, -1, 0 },
	{ DUMMY(.disabled = 1), -1, -1, -1, 0 },
	{ DUMMY(.disabled = 1), 0, -1, -1, 1UL << 4 },
	/* Flags have all bits of a long: as an int this one would be no flag at all. */
	{ DUMMY(.disabled = 1), 0, -1, -1, ~(~0UL >> 1) },
	{ DUMMY(.disabled = 1), 0, -1, -1, PERF_FLAG_PID_CGROUP },
};

static void what_no_kernel_takes_is_einval(void **state)
{
	struct attempt valid = { DUMMY(.disabled = 1), 0, -1, -1, 0 };

	(void)state;
	assert_int_equal(error_of(&valid), 0);
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		struct attempt attempt = invalid[i];
		int error = error_of(&attempt);

		if (error != EINVAL)
			fail_msg("invalid[%zu]: %s", i, strerror(error));
	}
}

static void frequency_above_the_limit_is_einval(void **state)
{
	__u64 limit = (__u64)kernel_setting_or_skip("perf_event_max_sample_rate");
	struct attempt attempt = { DUMMY(.freq = 1, .sample_freq = limit + 1), 0, -1, -1, 0 };

	(void)state;
	assert_int_equal(error_of(&attempt), EINVAL);
}

static void sibling_that_does_not_fit_its_leader_is_einval(void **state)
{
	int leader = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	struct attempt pinned = { DUMMY(.pinned = 1), 0, -1, leader, 0 };
	struct attempt exclusive = { DUMMY(.exclusive = 1), 0, -1, leader, 0 };
	struct attempt other_cpu = { DUMMY(.disabled = 1), 0, 0, leader, 0 };
	struct attempt other_clock = { DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC), 0, -1,
				       leader, 0 };
	struct attempt fits = { DUMMY(.disabled = 1), 0, -1, leader, 0 };

	(void)state;
	assert_int_equal(error_of(&pinned), EINVAL);
	assert_int_equal(error_of(&exclusive), EINVAL);
	assert_int_equal(error_of(&other_cpu), EINVAL);
	assert_int_equal(error_of(&other_clock), EINVAL);
	assert_int_equal(error_of(&fits), 0);
	close(leader);
}

/* More breakpoints than any processor has registers for. */
#define BREAKPOINTS 256

static volatile __u32 watched;

static void one_breakpoint_more_than_there_are_registers_is_enospc(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_4,
		.bp_addr = (__u64)(uintptr_t)&watched, .exclude_kernel = 1, .disabled = 1);
	int fds[BREAKPOINTS] = { open_or_skip(&attr, "breakpoint") };
	int opened = 1;
	int error = 0;

	(void)state;
	for (; opened < BREAKPOINTS; opened++) {
		fds[opened] = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (fds[opened] < 0) {
			error = errno;
			break;
		}
	}
	assert_int_equal(error, ENOSPC);
	/* Their number is all that it was about: one less and there is room again. */
	close(fds[opened - 1]);
	fds[opened - 1] = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	assert_true(fds[opened - 1] >= 0);
	while (opened--)
		close(fds[opened]);
}

static int error_without_descriptors(void *attempt)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_NOFILE, &none) < 0)
		return CHILD_FAILED;
	return error_of(attempt);
}

static void no_descriptor_left_is_emfile(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, -1, 0 };

	(void)state;
	assert_int_equal(in_child(error_without_descriptors, &attempt), EMFILE);
}

static void branch_stack_of_what_is_no_cpu_pmu_is_eopnotsupp(void **state)
{
	struct attempt attempt = {
		PERFEV_ATTR_INIT(
			PERF_TYPE_SOFTWARE, .sample_period = 1000000, .disabled = 1,
			.exclude_kernel = 1, .sample_type = PERF_SAMPLE_BRANCH_STACK,
			.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER),
		0, -1, -1, 0
	};
	static const __u64 configs[] = { PERF_COUNT_SW_CPU_CLOCK, PERF_COUNT_SW_TASK_CLOCK,
					 PERF_COUNT_SW_PAGE_FAULTS, PERF_COUNT_SW_DUMMY };

	(void)state;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		attempt.attr.config = configs[i];
		assert_int_equal(error_of(&attempt), EOPNOTSUPP);
	}
}

static void precise_samples_of_a_cpu_without_them_are_eopnotsupp(void **state)
{
	struct attempt attempt = { PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .exclude_kernel = 1,
						    .sample_period = 100000000, .disabled = 1),
				   0, -1, -1, 0 };
	FILE *file = fopen("/sys/bus/event_source/devices/cpu/caps/max_precise", "re");
	int most = -1;

	(void)state;
	if (file && fscanf(file, "%d", &most) != 1)
		most = -1;
	if (file)
		fclose(file);
	/* AMD's cpu PMU hands precise events on to IBS without saying so in max_precise. */
	if (most != 0 || access("/sys/bus/event_source/devices/ibs_op", F_OK) == 0)
		skip_without("imprecise-cpu", "no cpu PMU that says it has no precise samples");
	if (error_of(&attempt) != 0)
		skip_without("hardware", "cycles: %s", strerror(error_of(&attempt)));
	attempt.attr.precise_ip = 1;
	assert_int_equal(error_of(&attempt), EOPNOTSUPP);
}

static void more_frames_than_the_limit_are_eoverflow(void **state)
{
	long limit = kernel_setting_or_skip("perf_event_max_stack");
	struct attempt attempt = { DUMMY(.sample_period = 1, .sample_type = PERF_SAMPLE_CALLCHAIN),
				   0, -1, -1, 0 };

	(void)state;
	if (limit >= 65535)
		skip_without("max-stack", "perf_event_max_stack is %ld", limit);
	attempt.attr.sample_max_stack = (__u16)(limit + 1);
	assert_int_equal(error_of(&attempt), EOVERFLOW);
	attempt.attr.sample_max_stack = (__u16)limit;
	assert_int_equal(error_of(&attempt), 0);
}

/* The first PMU here of those that take one event at a time; skips the test where there is none. */
static __u32 exclusive_pmu_or_skip(void)
{
	static const char *const pmus[] = { "intel_pt", "intel_bts", "cs_etm" };
	char path[128];

	for (size_t i = 0; i < sizeof(pmus) / sizeof(pmus[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", pmus[i]);
		if (access(path, F_OK) == 0)
			return pmu_type_or_skip(pmus[i]);
	}
	skip_without("exclusive-pmu", "there is no intel_pt, intel_bts or cs_etm");
}

static void second_event_of_an_exclusive_pmu_is_ebusy(void **state)
{
	struct attempt attempt = {
		PERFEV_ATTR_INIT(exclusive_pmu_or_skip(), .disabled = 1, .exclude_kernel = 1), 0,
		-1, -1, 0
	};
	int fd = open_or_skip(&attempt.attr, "exclusive-pmu");

	(void)state;
	assert_int_equal(error_of(&attempt), EBUSY);
	close(fd);
}

static void close_on_exec_is_set_by_its_flag_alone(void **state)
{
	struct perf_event_attr attr = DUMMY(.disabled = 1);
	int with = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	int without = perf_event_open(&attr, 0, -1, -1, 0);

	(void)state;
	assert_true(with >= 0);
	assert_true(without >= 0);
	assert_int_equal(fcntl(with, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(without, F_GETFD) & FD_CLOEXEC, 0);
	close(without);
	close(with);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(larger_attr_with_zeroes_at_its_end_is_accepted),
	cmocka_unit_test(larger_attr_with_something_at_its_end_is_e2big_and_gets_the_kernels_size),
	cmocka_unit_test(size_too_small_is_e2big_and_gets_the_kernels_size),
	cmocka_unit_test(size_of_more_than_a_page_is_e2big),
	cmocka_unit_test(group_fd_that_is_no_event_is_ebadf),
	cmocka_unit_test(attr_that_cannot_be_read_is_efault),
	cmocka_unit_test(path_of_a_uprobe_that_cannot_be_read_is_efault),
	cmocka_unit_test(event_that_no_pmu_takes_is_enoent),
	cmocka_unit_test(cpu_that_is_offline_is_enodev),
	cmocka_unit_test(cpu_that_cannot_exist_is_einval),
	cmocka_unit_test(pid_of_no_thread_is_esrch),
	cmocka_unit_test(what_no_kernel_takes_is_einval),
	cmocka_unit_test(frequency_above_the_limit_is_einval),
	cmocka_unit_test(sibling_that_does_not_fit_its_leader_is_einval),
	cmocka_unit_test(one_breakpoint_more_than_there_are_registers_is_enospc),
	cmocka_unit_test(no_descriptor_left_is_emfile),
	cmocka_unit_test(branch_stack_of_what_is_no_cpu_pmu_is_eopnotsupp),
	cmocka_unit_test(precise_samples_of_a_cpu_without_them_are_eopnotsupp),
	cmocka_unit_test(more_frames_than_the_limit_are_eoverflow),
	cmocka_unit_test(second_event_of_an_exclusive_pmu_is_ebusy),
	cmocka_unit_test(close_on_exec_is_set_by_its_flag_alone),
};

int main(void)
{
	return cmocka_run_group_tests_name("errors of perf_event_open", tests, NULL, NULL);
}
