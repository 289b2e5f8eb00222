/* SPDX-License-Identifier: MIT */
/* Events at a place: tracepoints and patterns of them, breakpoints, probes. */
#include <errno.h>
#include <string.h>

#include "fake_machines.h"
#include "support.h"

static void a_tracepoint_is_its_number(void **state)
{
	struct perfev_events *events =
		parse_one(&server, "sched:sched_switch", PERF_TYPE_TRACEPOINT, 316);

	(void)state;
	assert_string_equal(perfev_events_get(events, 0)->pmu, "tracepoint");
	perfev_events_free(events);
}

static void a_pattern_is_an_event_for_each_match(void **state)
{
	static const struct {
		const char *text;
		unsigned int count;
		const char *first;
		__u64 config;
	} cases[] = {
		{ "sched:*", 2, "sched:sched_switch", 316 },
		{ "sched:sched_w*:u", 1, "sched:sched_waking:u", 320 },
		{ "s*:*_[sw]*", 2, "sched:sched_switch", 316 },
		{ "*:*read", 2, "syscalls:sys_enter_read", 700 },
		{ "sys?alls:sys_e[n-z]*_read", 2, "syscalls:sys_enter_read", 700 },
		{ "syscalls:sys_e[!n]*", 1, "syscalls:sys_exit_read", 699 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_events *events = parse(&server, cases[i].text);
		const struct perfev_event *event = perfev_events_get(events, 0);

		if (perfev_events_count(events) != cases[i].count)
			fail_msg("%s: %u", cases[i].text, perfev_events_count(events));
		assert_int_equal(perfev_events_logical_count(events), cases[i].count);
		assert_int_equal(perfev_events_get(events, cases[i].count - 1)->logical,
				 cases[i].count - 1);
		assert_string_equal(event->name, cases[i].first);
		assert_int_equal(event->attr.config, cases[i].config);
		perfev_events_free(events);
	}
}

static void tracefs_is_looked_for_in_debugfs_too(void **state)
{
	struct perfev_event_options elsewhere = server.options;
	struct perfev_events *events;
	struct fake_machine old;
	char tracefs[128];

	(void)state;
	fake_empty(&old);
	fake_file(&old.fake, "77\n", "kernel/debug/tracing/events/irq/irq_entry/id");
	perfev_events_free(parse_one(&old, "irq:irq_entry", PERF_TYPE_TRACEPOINT, 77));
	strcat(strcpy(tracefs, old.fake.root), "/kernel/debug/tracing");
	elsewhere.tracefs = tracefs;
	assert_int_equal(perfev_events_parse(&events, "irq:irq_*,cpu/mem-loads/", &elsewhere, NULL),
			 0);
	assert_int_equal(perfev_events_get(events, 0)->attr.config, 77);
	perfev_events_free(events);
	fake_machine_end(&old);
}

static void breakpoints_have_a_place_a_length_and_an_access(void **state)
{
#ifdef __aarch64__
	const __u64 code = 4;
#else
	const __u64 code = sizeof(long);
#endif
	const struct {
		const char *text;
		__u64 address, length;
		__u32 type;
	} cases[] = {
		{ "mem:0x601040", 0x601040, 4, HW_BREAKPOINT_RW },
		{ "mem:4096", 4096, 4, HW_BREAKPOINT_RW },
		{ "mem:0x601040/8", 0x601040, 8, HW_BREAKPOINT_RW },
		{ "mem:0x601040/1:w", 0x601040, 1, HW_BREAKPOINT_W },
		{ "mem:0x601040:r", 0x601040, 4, HW_BREAKPOINT_R },
		{ "mem:0x601040:wr", 0x601040, 4, HW_BREAKPOINT_RW },
		{ "mem:0xffffffffffffffff:x", ~0ULL, code, HW_BREAKPOINT_X },
		{ "mem:0x10/2:x:k", 0x10, 2, HW_BREAKPOINT_X },
		{ "mem:0x10:u", 0x10, 4, HW_BREAKPOINT_RW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_events *events =
			parse_one(&server, cases[i].text, PERF_TYPE_BREAKPOINT, 0);
		const struct perfev_event *event = perfev_events_get(events, 0);

		assert_int_equal(event->attr.bp_addr, cases[i].address);
		assert_int_equal(event->attr.bp_len, cases[i].length);
		assert_int_equal(event->attr.bp_type, cases[i].type);
		assert_string_equal(event->pmu, "breakpoint");
		perfev_events_free(events);
	}
}

static void probes_have_a_function_or_a_path_and_an_offset(void **state)
{
	static const struct {
		const char *text;
		__u32 type;
		__u64 config;
		const char *string;
		__u64 offset;
	} cases[] = {
		{ "kprobe:do_sys_openat2", 6, 0, "do_sys_openat2", 0 },
		{ "kprobe:do_sys_openat2+0x10", 6, 0, "do_sys_openat2", 0x10 },
		{ "kretprobe:do_exit:k", 6, 1, "do_exit", 0 },
		{ "kprobe:0xffffffff81000000", 6, 0, NULL, 0xffffffff81000000 },
		{ "kprobe:a.isra.0+4", 6, 0, "a.isra.0", 4 },
		{ "kprobe:\\0ne", 6, 0, "0ne", 0 },
		{ "uprobe:/bin/bash:0x4f0", 7, 0, "/bin/bash", 0x4f0 },
		{ "uretprobe:/bin/bash:1264:u", 7, 1, "/bin/bash", 0x4f0 },
		{ "uprobe:/a\\:b\\,c\\}/d e:0x10", 7, 0, "/a:b,c}/d e", 0x10 },
		{ "uprobe:/a\\\\b:0x10", 7, 0, "/a\\b", 0x10 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_events *events =
			parse_one(&server, cases[i].text, cases[i].type, cases[i].config);
		const struct perfev_event *event = perfev_events_get(events, 0);
		const char *string = (const char *)(uintptr_t)event->attr.uprobe_path;

		assert_int_equal(event->attr.probe_offset, cases[i].offset);
		if (cases[i].string)
			assert_string_equal(string, cases[i].string);
		else
			assert_null(string);
		perfev_events_free(events);
	}
}

static void a_uprobes_symbol_is_found_in_its_file(void **state)
{
	struct perfev_events *events;
	__u64 start;

	(void)state;
	events = parse_one(&server, "uprobe:/proc/self/exe:main", 7, 0);
	start = perfev_events_get(events, 0)->attr.probe_offset;
	assert_true(start > 0);
	perfev_events_free(events);
	events = parse_one(&server, "uretprobe:/proc/self/exe:main+0x3", 7, 1);
	assert_int_equal(perfev_events_get(events, 0)->attr.probe_offset, start + 3);
	perfev_events_free(events);
}

static void probes_and_breakpoints_stand_among_others(void **state)
{
	struct perfev_events *events = parse(
		&server, "{uprobe:/bin/a:0x1:u,kprobe:f+1,mem:0x10/4:w,cycles}:S,mem:0x20,cs");

	(void)state;
	assert_int_equal(perfev_events_count(events), 6);
	assert_string_equal(perfev_events_get(events, 0)->name, "uprobe:/bin/a:0x1:u");
	assert_int_equal(perfev_events_get(events, 3)->group, 0);
	assert_int_equal(perfev_events_get(events, 4)->group, PERFEV_EVENT_ALONE);
	perfev_events_free(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tracepoint_is_its_number),
		cmocka_unit_test(a_pattern_is_an_event_for_each_match),
		cmocka_unit_test(tracefs_is_looked_for_in_debugfs_too),
		cmocka_unit_test(breakpoints_have_a_place_a_length_and_an_access),
		cmocka_unit_test(probes_have_a_function_or_a_path_and_an_offset),
		cmocka_unit_test(a_uprobes_symbol_is_found_in_its_file),
		cmocka_unit_test(probes_and_breakpoints_stand_among_others),
	};

	return cmocka_run_group_tests_name("events at a place", tests, fake_machines_begin,
					   fake_machines_end);
}
