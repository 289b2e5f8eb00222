/* SPDX-License-Identifier: MIT */
/*
 * Names that are read here, opened and counted here: that the encoding is what the kernel means.
 * What must stay true: what is called a known number of times is counted exactly as often.
 */
#include "loop.h"

#include <perfev/event.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS 50U

static volatile int watched;

static void write_watched(void)
{
	watched = 1;
}

static void ask_for_parent(void)
{
	syscall(SYS_getppid);
}

/* Exported, so that it has a name in the program; called by pointer, as ppc64le wants it. */
__attribute__((noinline, visibility("default"))) void perfev_test_probed(void);
__attribute__((noinline, visibility("default"))) void perfev_test_probed(void)
{
	__asm__ volatile("" ::: "memory");
}

static void (*volatile call_probed)(void) = perfev_test_probed;

/* Reads a name, or skips the test for lack of feature when there is no such thing here. */
static struct perfev_events *parse_or_skip(const char *text, const char *feature)
{
	struct perfev_events *events;
	struct perfev_why why;
	int result = perfev_events_parse(&events, text, NULL, &why);

	if (result == -ENOENT || result == -EACCES)
		skip_without(feature, "%s", why.text);
	if (result < 0)
		fail_msg("%s: %s", text, why.text);
	return events;
}

/* Opens the first event that a name became, for this thread. Skips as open_or_skip(). */
static int open_name_or_skip(const char *text, const char *feature)
{
	/* Of the last call: a skip does not come back to free them. */
	static struct perfev_events *events;
	const struct perfev_event *event;
	struct perf_event_attr attr;

	perfev_events_free(events);
	events = NULL;
	events = parse_or_skip(text, feature);
	event = perfev_events_get(events, 0);
	attr = event->attr;
	attr.disabled = 1;
	return event->cpu_bound ? open_at_or_skip(&attr, -1, event->cpus[0], -1, 0, feature) :
				  open_counter_or_skip(attr, feature);
}

static __u64 count_calls(int fd, void (*call)(void), unsigned int times)
{
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	for (unsigned int i = 0; i < times; i++)
		call();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	return read_count(fd);
}

static void every_software_event_opens(void **state)
{
	static const char *const names[] = {
		"cpu-clock",      "task-clock",       "page-faults",
		"faults",         "context-switches", "cs",
		"cpu-migrations", "migrations",       "minor-faults",
		"major-faults",   "alignment-faults", "emulation-faults",
		"dummy",          "bpf-output",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		close(open_name_or_skip(names[i], "software"));
}

static void cgroup_switches_open(void **state)
{
	(void)state;
	close(open_name_or_skip("cgroup-switches", "cgroup-switches"));
}

static void the_name_of_a_clock_counts_time(void **state)
{
	int fd = open_name_or_skip("task-clock:u", "software");

	(void)state;
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	spin_ns(A_WHILE_NS);
	assert_true(read_count(fd) > 0);
	close(fd);
}

static void the_generic_names_that_are_most_used_count(void **state)
{
	static const char *const names[] = { "instructions:u", "cycles:u" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open_name_or_skip(names[i], "hardware");

		assert_true(count_calls(fd, ask_for_parent, CALLS) > 0);
		close(fd);
	}
}

static void every_named_event_of_the_core_opens(void **state)
{
	static const char *const names[] = {
		"cpu/cpu-cycles/u",
		"cpu/instructions/u",
		"cpu/branch-instructions/u",
		"cpu/branch-misses/u",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open_name_or_skip(names[i], "cpu-events");

		count_calls(fd, ask_for_parent, CALLS);
		close(fd);
	}
}

static void the_time_stamp_counter_is_an_msr(void **state)
{
	int fd = open_name_or_skip("msr/tsc/", "msr");

	(void)state;
	assert_true(count_calls(fd, ask_for_parent, CALLS) > 0);
	close(fd);
}

static void a_tracepoint_counts_its_system_call(void **state)
{
	int fd;

	(void)state;
	(void)tracepoint_or_skip("syscalls", "sys_enter_getppid");
	fd = open_name_or_skip("syscalls:sys_enter_getppid", "tracepoint");
	assert_int_equal(count_calls(fd, ask_for_parent, CALLS), CALLS);
	close(fd);
}

static void a_pattern_finds_the_tracepoints_that_are_there(void **state)
{
	const struct perfev_event *event;
	struct perfev_events *events;
	unsigned int found = 0;
	__u64 id;

	(void)state;
	id = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	events = parse_or_skip("syscalls:sys_enter_getp*", "tracepoint");
	for (unsigned int i = 0; (event = perfev_events_get(events, i)); i++)
		found += event->attr.config == id;
	assert_int_equal(found, 1);
	perfev_events_free(events);
}

static void a_breakpoint_counts_writes(void **state)
{
	char text[64];
	__u64 count;
	int fd;

	(void)state;
	snprintf(text, sizeof(text), "mem:%p/4:w:u", (const void *)&watched);
	fd = open_name_or_skip(text, "breakpoint");
	count = count_calls(fd, write_watched, CALLS);
	if (!count)
		close(fd);
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, CALLS);
	close(fd);
}

static void uprobes_count_calls_and_returns_of_a_symbol(void **state)
{
	static const char *const names[] = { "uprobe:/proc/self/exe:perfev_test_probed",
					     "uretprobe:/proc/self/exe:perfev_test_probed" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open_name_or_skip(names[i], "uprobe");

		assert_int_equal(count_calls(fd, call_probed, CALLS), CALLS);
		assert_int_equal(count_calls(fd, ask_for_parent, CALLS), 0);
		close(fd);
	}
}

static void open_and_close(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);

	if (fd >= 0)
		close((int)fd);
}

static void kprobes_count_calls_and_returns_of_a_function(void **state)
{
	static const char *const names[] = { "kprobe:do_sys_openat2", "kretprobe:do_sys_openat2" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open_name_or_skip(names[i], "kprobe");

		assert_int_equal(count_calls(fd, open_and_close, CALLS), CALLS);
		close(fd);
	}
}

static void what_is_written_here_is_read_again_here(void **state)
{
	static const char *const names[] = {
		"cycles:u",          "cs",
		"LLC-load-misses:k", "r1c0:p",
		"msr/tsc/",          "sched:sched_switch",
		"mem:0x1000/8:w",    "uretprobe:/proc/self/exe:0x1000",
	};
	unsigned int checked = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct perfev_events *events, *again;
		const struct perfev_event *event;
		char text[512];

		if (perfev_events_parse(&events, names[i], NULL, NULL) < 0)
			continue;
		event = perfev_events_get(events, 0);
		assert_true(perfev_event_format(text, sizeof(text), &event->attr, NULL) > 0);
		assert_int_equal(perfev_events_parse(&again, text, NULL, NULL), 0);
		assert_int_equal(perfev_events_get(again, 0)->attr.type, event->attr.type);
		assert_int_equal(perfev_events_get(again, 0)->attr.config, event->attr.config);
		assert_int_equal(perfev_events_get(again, 0)->attr.config2, event->attr.config2);
		perfev_events_free(again);
		perfev_events_free(events);
		checked++;
	}
	assert_true(checked >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_software_event_opens),
		cmocka_unit_test(cgroup_switches_open),
		cmocka_unit_test(the_name_of_a_clock_counts_time),
		cmocka_unit_test(the_generic_names_that_are_most_used_count),
		cmocka_unit_test(every_named_event_of_the_core_opens),
		cmocka_unit_test(the_time_stamp_counter_is_an_msr),
		cmocka_unit_test(a_tracepoint_counts_its_system_call),
		cmocka_unit_test(a_pattern_finds_the_tracepoints_that_are_there),
		cmocka_unit_test(a_breakpoint_counts_writes),
		cmocka_unit_test(uprobes_count_calls_and_returns_of_a_symbol),
		cmocka_unit_test(kprobes_count_calls_and_returns_of_a_function),
		cmocka_unit_test(what_is_written_here_is_read_again_here),
	};

	return cmocka_run_group_tests_name("events opened by name", tests, NULL, NULL);
}
