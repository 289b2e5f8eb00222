/* SPDX-License-Identifier: MIT */
/*
 * The errors of perf_event_open(2) for who may not open an event: EACCES and EPERM for an
 * unprivileged user, and whatever a sandbox answers. What must stay true: exactly one errno each,
 * as a child gets it from which nothing but rights was taken.
 */
#include "attempt.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Skips the test unless the setting keeps unprivileged users from this. */
static void paranoid_or_skip(long least)
{
	long level = kernel_setting_or_skip("perf_event_paranoid");

	if (level < least)
		skip_without("paranoid", "perf_event_paranoid is %ld, less than %ld", level, least);
}

static void kernel_events_are_eacces_for_an_unprivileged_user(void **state)
{
	struct attempt kernel = { DUMMY(.disabled = 1), 0, -1, -1, 0 };

	(void)state;
	root_or_skip();
	paranoid_or_skip(2);
	kernel.attr.exclude_kernel = 0;
	assert_int_equal(error_of(&kernel), 0);
	assert_int_equal(as_nobody(error_of, &kernel), EACCES);
	if (kernel_setting_or_skip("perf_event_paranoid") == 2) {
		kernel.attr.exclude_kernel = 1;
		assert_int_equal(as_nobody(error_of, &kernel), 0);
	}
}

static void all_threads_of_a_cpu_are_eacces_for_an_unprivileged_user(void **state)
{
	struct attempt system_wide = { DUMMY(.disabled = 1), -1, 0, -1, 0 };

	(void)state;
	root_or_skip();
	paranoid_or_skip(1);
	assert_int_equal(error_of(&system_wide), 0);
	assert_int_equal(as_nobody(error_of, &system_wide), EACCES);
}

static void thread_of_another_user_is_eacces_for_an_unprivileged_user(void **state)
{
	struct attempt of_root = { DUMMY(.disabled = 1), getpid(), -1, -1, 0 };

	(void)state;
	assert_int_equal(error_of(&of_root), 0);
	assert_int_equal(as_nobody(error_of, &of_root), EACCES);
}

static void uprobe_is_eacces_for_an_unprivileged_user(void **state)
{
	struct attempt uprobe = { PERFEV_ATTR_INIT(pmu_type_or_skip("uprobe"), .exclude_kernel = 1,
						   .uprobe_path = (__u64)(uintptr_t)"/bin/sh"),
				  0, -1, -1, 0 };

	(void)state;
	assert_int_equal(as_nobody(error_of, &uprobe), EACCES);
}

static void tracepoint_is_eacces_and_its_fields_are_eperm_for_an_unprivileged_user(void **state)
{
	__u64 id = tracepoint_or_skip("sched", "sched_switch");
	struct attempt counted = { PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .config = id), 0, -1, -1,
				   0 };
	struct attempt fields = {
		PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .config = id, .exclude_kernel = 1,
				 .sample_period = 1, .sample_type = PERF_SAMPLE_RAW),
		0, -1, -1, 0
	};

	(void)state;
	root_or_skip();
	paranoid_or_skip(2);
	assert_int_equal(error_of(&counted), 0);
	assert_int_equal(error_of(&fields), 0);
	assert_int_equal(as_nobody(error_of, &counted), EACCES);
	assert_int_equal(as_nobody(error_of, &fields), EPERM);
}

struct sandboxed {
	struct attempt attempt;
	int error;
};

/* Opens under a seccomp filter that answers for exactly this system call. */
static int error_in_sandbox(void *argument)
{
	struct sandboxed *sandboxed = argument;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (__u32)sandboxed->error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
	    prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, &program, 0L, 0L) < 0)
		return CHILD_FAILED;
	return error_of(&sandboxed->attempt);
}

static void answer_of_a_sandbox_comes_through(void **state)
{
	struct sandboxed sandboxed = { { DUMMY(.disabled = 1), 0, -1, -1, 0 }, ENOSYS };
	int error = in_child(error_in_sandbox, &sandboxed);

	(void)state;
	if (error == CHILD_FAILED)
		skip_without("seccomp", "a filter of system calls cannot be set");
	assert_int_equal(error, ENOSYS);
	sandboxed.error = EPERM;
	assert_int_equal(in_child(error_in_sandbox, &sandboxed), EPERM);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(kernel_events_are_eacces_for_an_unprivileged_user),
	cmocka_unit_test(all_threads_of_a_cpu_are_eacces_for_an_unprivileged_user),
	cmocka_unit_test(thread_of_another_user_is_eacces_for_an_unprivileged_user),
	cmocka_unit_test(uprobe_is_eacces_for_an_unprivileged_user),
	cmocka_unit_test(tracepoint_is_eacces_and_its_fields_are_eperm_for_an_unprivileged_user),
	cmocka_unit_test(answer_of_a_sandbox_comes_through),
};

int main(void)
{
	return cmocka_run_group_tests_name("errors of perf_event_open for lack of rights", tests,
					   NULL, NULL);
}
