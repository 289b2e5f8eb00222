/* SPDX-License-Identifier: MIT */
/*
 * perfev stat of events that sit at a place: tracepoints, probes of the kernel and of a program,
 * breakpoints, each by name. What must stay true: each counts as often as the place is passed.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#define PASSED 50U

static struct printed printed;

/* How much more is counted of the event when the program does that 50 times more. */
static __u64 added_by(const char *event, const char *what)
{
	__u64 before;

	run_perfev(&printed, "stat", "-x,", "-e", event, WORK(what, "7"));
	assert_status(&printed, 0);
	before = value_of(&printed, event);
	run_perfev(&printed, "stat", "-x,", "-e", event, WORK(what, "57"));
	assert_status(&printed, 0);
	return value_of(&printed, event) - before;
}

static void a_tracepoint_counts_a_system_call(void **state)
{
	(void)state;
	tracepoint_or_skip("syscalls", "sys_enter_getppid");
	event_or_skip("syscalls:sys_enter_getppid", "tracepoint");
	assert_int_equal(added_by("syscalls:sys_enter_getppid", "call"), PASSED);
	assert_int_equal(added_by("syscalls:sys_enter_getppid", "open"), 0);
}

static void a_pattern_counts_each_tracepoint_by_its_name(void **state)
{
	(void)state;
	tracepoint_or_skip("syscalls", "sys_enter_getppid");
	event_or_skip("syscalls:sys_enter_getppid", "tracepoint");
	run_perfev(&printed, "stat", "-x,", "-e", "syscalls:sys_*_getppid", WORK("call", "50"));
	assert_status(&printed, 0);
	assert_in_range(value_of(&printed, "syscalls:sys_enter_getppid"), PASSED, PASSED + 5);
	assert_in_range(value_of(&printed, "syscalls:sys_exit_getppid"), PASSED, PASSED + 5);
}

/* Functions of the kernel that one system call calls exactly once; not every kernel has each. */
static const struct {
	const char *function;
	const char *what;
} kernel_functions[] = {
	{ "do_sys_openat2", "open" },      { "__x64_sys_getppid", "call" },
	{ "__arm64_sys_getppid", "call" }, { "__riscv_sys_getppid", "call" },
	{ "__do_sys_getppid", "call" },    { "sys_getppid", "call" },
};

static void a_probe_of_the_kernel_counts_every_call(const char *kind)
{
	char event[64], reason[400] = "";

	pmu_type_or_skip("kprobe");
	for (size_t i = 0; i < sizeof(kernel_functions) / sizeof(kernel_functions[0]); i++) {
		char *without;

		snprintf(event, sizeof(event), "%s:%s", kind, kernel_functions[i].function);
		run_perfev(&printed, "stat", "-e", event, WORK("nothing", "1"));
		assert_status(&printed, 0);
		without = strstr(printed.err, "Without ");
		if (!without) {
			assert_int_equal(added_by(event, kernel_functions[i].what), PASSED);
			return;
		}
		snprintf(reason, sizeof(reason), "%.*s", (int)strcspn(without, "\n"), without);
	}
	skip_without("kprobe", "%s", reason);
}

static void a_kprobe_counts_every_call(void **state)
{
	(void)state;
	a_probe_of_the_kernel_counts_every_call("kprobe");
}

static void a_kretprobe_counts_every_return(void **state)
{
	(void)state;
	a_probe_of_the_kernel_counts_every_call("kretprobe");
}

static void a_probe_of_the_program_counts_every_call(const char *kind)
{
	char event[512];

	pmu_type_or_skip("uprobe");
	snprintf(event, sizeof(event), "%s:%s:work_probed", kind, work_file());
	event_or_skip(event, "uprobe");
	assert_int_equal(added_by(event, "probed"), PASSED);
	assert_int_equal(added_by(event, "call"), 0);
}

static void a_uprobe_counts_every_call(void **state)
{
	(void)state;
	a_probe_of_the_program_counts_every_call("uprobe");
}

static void a_uretprobe_counts_every_return(void **state)
{
	(void)state;
	a_probe_of_the_program_counts_every_call("uretprobe");
}

static void a_breakpoint_counts_every_write(void **state)
{
	char event[64];
	__u64 added;

	(void)state;
	snprintf(event, sizeof(event), "mem:%#lx/4:w", WORK_ADDRESS);
	event_or_skip(event, "breakpoint");
	added = added_by(event, "write");
	skip_if_uncounted_in_an_emulator(added, "breakpoint");
	assert_int_equal(added, PASSED);
}

static void a_function_that_is_none_is_named(void **state)
{
	char event[512];

	(void)state;
	pmu_type_or_skip("uprobe");
	snprintf(event, sizeof(event), "uprobe:%s:work_probe", work_file());
	run_perfev(&printed, "stat", "-e", event, WORK("nothing", "1"));
	assert_status(&printed, 125);
	assert_says(&printed, printed.err, "did you mean 'work_probed'");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tracepoint_counts_a_system_call),
		cmocka_unit_test(a_pattern_counts_each_tracepoint_by_its_name),
		cmocka_unit_test(a_kprobe_counts_every_call),
		cmocka_unit_test(a_kretprobe_counts_every_return),
		cmocka_unit_test(a_uprobe_counts_every_call),
		cmocka_unit_test(a_uretprobe_counts_every_return),
		cmocka_unit_test(a_breakpoint_counts_every_write),
		cmocka_unit_test(a_function_that_is_none_is_named),
	};

	if (argc > 1)
		return work(argc, argv);
	return cmocka_run_group_tests_name("perfev stat at places", tests, NULL, NULL);
}
