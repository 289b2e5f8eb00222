/* SPDX-License-Identifier: MIT */
/* Wrong requests: of those who may not make them, and of those whose limits are reached. */
#include "wrong.h"

#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "level.h"

static int become_nobody(void)
{
	const unsigned int nobody = 65534;

	return setgroups(0, NULL) < 0 || setgid(nobody) < 0 || setuid(nobody) < 0 ? -1 : 0;
}

/* Root within a namespace of its own: all capabilities, and none that counts. */
static int become_root_of_a_namespace(void)
{
	return become_nobody() < 0 || unshare(CLONE_NEWUSER) < 0 ? -1 : 0;
}

/* Refuses the system call itself. */
static int refuse_call(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (__u32)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
			       prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, &program,
				     0L, 0L) < 0 ?
		       -1 :
		       0;
}

static int become_sandboxed(void)
{
	return refuse_call(EPERM);
}

static int become_sandboxed_without_the_call(void)
{
	return refuse_call(ENOSYS);
}

/* Nothing beyond the first three, which are open. */
static int lose_descriptors(void)
{
	const struct rlimit none = { 3, 3 };

	return setrlimit(RLIMIT_NOFILE, &none);
}

/* Skips the test unless the setting keeps unprivileged users from this, and not from everything. */
static void where_paranoid(long least)
{
	long level = kernel_setting_or_skip("perf_event_paranoid");

	root_or_skip();
	if (level < least || level > 2)
		skip_without("paranoid", "perf_event_paranoid is %ld", level);
}

static void where_paranoid_2(struct attempt *attempt)
{
	(void)attempt;
	where_paranoid(2);
}

static void where_paranoid_1(struct attempt *attempt)
{
	(void)attempt;
	where_paranoid(1);
}

static void of_root(struct attempt *attempt)
{
	where_paranoid(-1);
	attempt->pid = getpid();
}

static void fields_of_a_tracepoint(struct attempt *attempt)
{
	where_paranoid(0);
	attempt->attr.config = tracepoint_or_skip("sched", "sched_switch");
}

static void a_uprobe(struct attempt *attempt)
{
	where_paranoid(-1);
	attempt->attr.type = pmu_type_or_skip("uprobe");
	attempt->attr.uprobe_path = (__u64)(uintptr_t)"/proc/self/exe";
}

static void where_cycles_have_branches(struct attempt *attempt)
{
	where_paranoid(2);
	if (error_of(attempt))
		skip_without("branch-stack", "not by the processor's PMU");
}

static void where_no_cycles_are(struct attempt *attempt)
{
	int error = error_of(attempt);

	where_paranoid(2);
	if (error != ENOENT)
		skip_without("no-pmu", "cycles: %s", error ? strerror(error) : "there are some");
}

/* A higher one keeps them from everything as well; in a guest of the lab it is set. */
static void where_paranoid_3(struct attempt *attempt)
{
	(void)attempt;
	root_or_skip();
	if (kernel_setting_or_skip("perf_event_paranoid") <= 2)
		level_or_skip(3);
}

#define KERNEL_DUMMY(...)                                                                          \
	PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, __VA_ARGS__)

const struct wrong wrong_rights[] = {
	{ "a user counts what the kernel does",
	  { KERNEL_DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "exclude_kernel" } } },
	{ "a user counts all threads of a CPU",
	  { DUMMY(.disabled = 1), -1, 0, -1, 0 },
	  .make = where_paranoid_1,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "pid" } } },
	{ "a user counts all that the kernel does on a CPU",
	  { KERNEL_DUMMY(.disabled = 1), -1, 0, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "exclude_kernel" },
			{ PERFEV_CAUSE_PARANOID, "pid" } } },
	{ "a user counts a thread of another's",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = of_root,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PTRACE, "pid" } } },
	{ "a user has signals sent to a thread of another's",
	  { DUMMY(.sigtrap = 1, .remove_on_exec = 1, .sample_period = 1), 0, -1, -1, 0 },
	  .make = of_root,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PTRACE, "pid" },
			{ PERFEV_CAUSE_KERNEL, "remove_on_exec" } } },
	{ "a user wants records of namespaces",
	  { DUMMY(.namespaces = 1), 0, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_CAPABILITY, "namespaces" } } },
	{ "a user wants physical addresses",
	  { DUMMY(.sample_period = 1, .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_PHYS_ADDR), 0, -1,
	    -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "sample_type" } } },
	{ "a user wants the kernel's branches",
	  { PERFEV_ATTR_INIT(
		    PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .exclude_kernel = 1,
		    .sample_period = 1 << 20, .sample_type = PERF_SAMPLE_BRANCH_STACK,
		    .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_KERNEL),
	    0, -1, -1, 0 },
	  .make = where_cycles_have_branches,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "branch_sample_type" } } },
	{ "a user counts cycles where there are no hardware counters",
	  { PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES,
			     .exclude_kernel = 1),
	    0, -1, -1, 0 },
	  .make = where_no_cycles_are,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_NO_PMU, "type" } } },
	{ "a user wants the fields of a tracepoint",
	  { PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .exclude_kernel = 1, .sample_period = 1,
			     .sample_type = PERF_SAMPLE_RAW),
	    0, -1, -1, 0 },
	  .make = fields_of_a_tracepoint,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "sample_type" } } },
	{ "a user places a probe",
	  { DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = a_uprobe,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_CAPABILITY, "type" } } },
	{ "a user places a probe, and has the kernel counted too",
	  { KERNEL_DUMMY(.config1 = 0), 0, -1, -1, 0 },
	  .make = a_uprobe,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_CAPABILITY, "type" } } },
	{ "a user watches the kernel's memory",
	  { PERFEV_ATTR_INIT(PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W,
			     .bp_addr = 0xffffffffff000000, .bp_len = HW_BREAKPOINT_LEN_4),
	    0, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_CAPABILITY, "bp_addr" } } },
	{ "a user counts what happens in the kernel alone",
	  { PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES), 0, -1,
	    -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .says = "requests): sudo sysctl kernel.perf_event_paranoid=1",
	  .expected = { { PERFEV_CAUSE_PARANOID, "exclude_kernel" } } },
	{ "a user asks for a value that no kernel takes, and has no right to the rest",
	  { KERNEL_DUMMY(.sample_type = 1ULL << 62), 0, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_type" } } },
	{ "an event is of nobody and nowhere, and so is its user",
	  { DUMMY(.disabled = 1), -1, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_CONFLICT, "pid" }, { PERFEV_CAUSE_PARANOID, "pid" } } },
	{ "the root of a namespace counts what the kernel does",
	  { KERNEL_DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = where_paranoid_2,
	  .become = become_root_of_a_namespace,
	  .expected = { { PERFEV_CAUSE_PARANOID, "exclude_kernel" } } },
	{ "a user counts anything where none may",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .make = where_paranoid_3,
	  .become = become_nobody,
	  .expected = { { PERFEV_CAUSE_PARANOID, "" } } },
	{ "a sandbox forbids the call",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .become = become_sandboxed,
	  .expected = { { PERFEV_CAUSE_SECCOMP, "" } } },
	{ "a sandbox hides the call",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .become = become_sandboxed_without_the_call,
	  .expected = { { PERFEV_CAUSE_SECCOMP, "" } } },
	{ "no file descriptor is left",
	  { DUMMY(.disabled = 1), 0, -1, -1, 0 },
	  .become = lose_descriptors,
	  .expected = { { PERFEV_CAUSE_FILES, "" } } },
	{ .title = NULL },
};
