/* SPDX-License-Identifier: MIT */
/*
 * What texts become on a plain x86 machine: names, numbers, modifiers and groups. What must stay
 * true: nothing is set in an attribute that the text does not say.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_machines.h"
#include "support.h"

#define HARDWARE PERF_TYPE_HARDWARE
#define SOFTWARE PERF_TYPE_SOFTWARE
#define CACHE PERF_TYPE_HW_CACHE

static void every_name_of_linux_perf_is_known(void **state)
{
	static const struct {
		const char *text;
		__u32 type;
		__u64 config;
	} names[] = {
		{ "cycles", HARDWARE, 0 },
		{ "cpu-cycles", HARDWARE, 0 },
		{ "instructions", HARDWARE, 1 },
		{ "cache-references", HARDWARE, 2 },
		{ "cache-misses", HARDWARE, 3 },
		{ "branches", HARDWARE, 4 },
		{ "branch-instructions", HARDWARE, 4 },
		{ "branch-misses", HARDWARE, 5 },
		{ "bus-cycles", HARDWARE, 6 },
		{ "stalled-cycles-frontend", HARDWARE, 7 },
		{ "idle-cycles-frontend", HARDWARE, 7 },
		{ "stalled-cycles-backend", HARDWARE, 8 },
		{ "idle-cycles-backend", HARDWARE, 8 },
		{ "ref-cycles", HARDWARE, 9 },
		{ "cpu-clock", SOFTWARE, 0 },
		{ "task-clock", SOFTWARE, 1 },
		{ "page-faults", SOFTWARE, 2 },
		{ "faults", SOFTWARE, 2 },
		{ "context-switches", SOFTWARE, 3 },
		{ "cs", SOFTWARE, 3 },
		{ "cpu-migrations", SOFTWARE, 4 },
		{ "migrations", SOFTWARE, 4 },
		{ "minor-faults", SOFTWARE, 5 },
		{ "major-faults", SOFTWARE, 6 },
		{ "alignment-faults", SOFTWARE, 7 },
		{ "emulation-faults", SOFTWARE, 8 },
		{ "dummy", SOFTWARE, 9 },
		{ "bpf-output", SOFTWARE, 10 },
		{ "cgroup-switches", SOFTWARE, 11 },
		{ "L1-dcache-loads", CACHE, 0 },
		{ "L1-dcache", CACHE, 0 },
		{ "l1d", CACHE, 0 },
		{ "L1-dcache-load-misses", CACHE, 0x10000 },
		{ "l1-d-misses", CACHE, 0x10000 },
		{ "L1-data-misses-load", CACHE, 0x10000 },
		{ "L1-dcache-stores", CACHE, 0x100 },
		{ "L1-dcache-write-miss", CACHE, 0x10100 },
		{ "L1-dcache-speculative-read-refs", CACHE, 0x200 },
		{ "L1-icache-load-misses", CACHE, 0x10001 },
		{ "l1i-prefetches", CACHE, 0x201 },
		{ "LLC-loads", CACHE, 2 },
		{ "L2-load-misses", CACHE, 0x10002 },
		{ "dTLB-load-misses", CACHE, 0x10003 },
		{ "Data-TLB-stores", CACHE, 0x103 },
		{ "iTLB-loads", CACHE, 4 },
		{ "Instruction-TLB-Reference", CACHE, 4 },
		{ "branch-loads", CACHE, 5 },
		{ "bpu-read-miss", CACHE, 0x10005 },
		{ "node-stores", CACHE, 0x106 },
		{ "node-prefetch-misses", CACHE, 0x10206 },
		{ "r1", PERF_TYPE_RAW, 1 },
		{ "r01c0", PERF_TYPE_RAW, 0x1c0 },
		{ "r0x01C0", PERF_TYPE_RAW, 0x1c0 },
		{ "rffffffffffffffff", PERF_TYPE_RAW, ~0ULL },
		{ "1:3", SOFTWARE, 3 },
		{ "9:0x10", 9, 0x10 },
		{ "mem-loads", PERF_TYPE_RAW, 0x1cd },
		{ "  cycles\n", HARDWARE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		perfev_events_free(
			parse_one(&server, names[i].text, names[i].type, names[i].config));
}

static void an_attribute_has_nothing_that_was_not_asked_for(void **state)
{
	struct perf_event_attr expected = { .size = sizeof(expected), .config = 1 };
	struct perfev_events *events = parse(&server, "instructions");
	const struct perfev_event *event = perfev_events_get(events, 0);

	(void)state;
	assert_memory_equal(&event->attr, &expected, sizeof(expected));
	assert_string_equal(event->name, "instructions");
	assert_string_equal(event->pmu, "cpu");
	assert_string_equal(event->unit, "");
	assert_true(event->scale == 1.0);
	assert_int_equal(event->cpu_count, 0);
	assert_int_equal(event->group, PERFEV_EVENT_ALONE);
	assert_int_equal(event->leads | event->weak | event->precise_max | event->sample_read |
				 event->bpf | event->cpu_bound,
			 0);
	perfev_events_free(events);
}

enum {
	EU = 1 << 0,
	EK = 1 << 1,
	EH = 1 << 2,
	EG = 1 << 3,
	EHOST = 1 << 4,
	EI = 1 << 5,
	PIN = 1 << 6,
	EXCL = 1 << 7,
	PMAX = 1 << 8,
	SREAD = 1 << 9,
	WEAK = 1 << 10,
	BPF = 1 << 11,
	PRECISE = 1 << 12, /* times 0 to 3 */
};

static unsigned int flags_of(const struct perfev_event *event)
{
	const struct perf_event_attr *attr = &event->attr;

	return (attr->exclude_user ? EU : 0) | (attr->exclude_kernel ? EK : 0) |
	       (attr->exclude_hv ? EH : 0) | (attr->exclude_guest ? EG : 0) |
	       (attr->exclude_host ? EHOST : 0) | (attr->exclude_idle ? EI : 0) |
	       (attr->pinned ? PIN : 0) | (attr->exclusive ? EXCL : 0) |
	       (event->precise_max ? PMAX : 0) | (event->sample_read ? SREAD : 0) |
	       (event->weak ? WEAK : 0) | (event->bpf ? BPF : 0) | PRECISE * attr->precise_ip;
}

static void each_modifier_sets_its_field_and_no_other(void **state)
{
	static const struct {
		const char *modifiers;
		unsigned int flags;
	} cases[] = {
		{ "u", EK | EH },
		{ "k", EU | EH },
		{ "h", EU | EK },
		{ "uk", EH },
		{ "kh", EU },
		{ "ukh", 0 },
		{ "G", EHOST },
		{ "H", EG },
		{ "GH", 0 },
		{ "I", EI },
		{ "p", PRECISE },
		{ "pp", 2 * PRECISE },
		{ "ppp", 3 * PRECISE },
		{ "P", PMAX },
		{ "S", SREAD },
		{ "D", PIN },
		{ "e", EXCL },
		{ "b", BPF },
		{ "upHIDeSb", EK | EH | PRECISE | EG | EI | PIN | EXCL | SREAD | BPF },
	};
	static const char *const events[] = {
		"cycles:",         "L1-dcache-loads:",       "faults:",    "r1c0:",
		"cpu/event=1/",    "cpu/mem-loads/:",        "mem-loads:", "cycles/period=9/",
		"mem:0x10:",       "mem:0x10/8:rw:",         "1:2:",       "sched:sched_switch:",
		"kprobe:do_exit:", "uprobe:/bin/true:0x10:",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t j = 0; j < sizeof(events) / sizeof(events[0]); j++) {
			const struct perfev_event *event;
			struct perfev_events *one;
			char text[64];

			strcat(strcpy(text, events[j]), cases[i].modifiers);
			one = parse(&server, text);
			event = perfev_events_get(one, 0);
			assert_int_equal(perfev_events_count(one), 1);
			if (flags_of(event) != cases[i].flags)
				fail_msg("%s: %x", text, flags_of(event));
			assert_string_equal(event->name, text);
			perfev_events_free(one);
		}
	}
}

static void a_groups_modifiers_come_on_top_of_its_events(void **state)
{
	static const struct {
		const char *text;
		unsigned int flags[2];
	} cases[] = {
		{ "{cycles,faults}:u", { EK | EH, EK | EH } },
		{ "{cycles:u,faults}:k", { EH, EU | EH } },
		{ "{cycles:u,instructions:kp}:p", { EK | EH | PRECISE, EU | EH | 2 * PRECISE } },
		{ "{cycles:G,faults}:H", { 0, EG } },
		{ "{cycles,faults}:D", { PIN, 0 } },
		{ "{cycles,faults}:e", { EXCL, 0 } },
		{ "{cycles:D,faults:u}", { PIN, EK | EH } },
		{ "{cycles,faults}:W", { WEAK, WEAK } },
		{ "{cycles,faults}:S", { SREAD, SREAD } },
		{ "{cycles,faults}:P", { PMAX, PMAX } },
		{ "{cycles,faults}:b", { BPF, BPF } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_events *events = parse(&server, cases[i].text);

		for (unsigned int j = 0; j < 2; j++)
			if (flags_of(perfev_events_get(events, j)) != cases[i].flags[j])
				fail_msg("%s: event %u", cases[i].text, j);
		perfev_events_free(events);
	}
}

static void groups_and_single_events_keep_the_order_of_the_text(void **state)
{
	static const struct {
		const char *name;
		unsigned int group, leads, logical;
	} expected[] = {
		{ "cycles:u", PERFEV_EVENT_ALONE, 0, 0 },
		{ "instructions", 0, 1, 1 },
		{ "cs", 0, 0, 2 },
		{ "faults", PERFEV_EVENT_ALONE, 0, 3 },
		{ "task-clock", 1, 1, 4 },
		{ "cpu/event=1,umask=2/k", 1, 0, 5 },
		{ "sched:sched_switch", 1, 0, 6 },
	};
	struct perfev_events *events =
		parse(&server, "cycles:u, { instructions , cs }:S ,faults,"
			       "{task-clock,cpu/event=1,umask=2/k,sched:sched_switch}");

	(void)state;
	assert_int_equal(perfev_events_count(events), 7);
	assert_int_equal(perfev_events_logical_count(events), 7);
	for (unsigned int i = 0; i < 7; i++) {
		const struct perfev_event *event = perfev_events_get(events, i);

		assert_string_equal(event->name, expected[i].name);
		assert_int_equal(event->group, expected[i].group);
		assert_int_equal(event->leads, expected[i].leads);
		assert_int_equal(event->logical, expected[i].logical);
	}
	perfev_events_free(events);
}

static void period_frequency_and_name_are_taken_from_terms(void **state)
{
	struct perfev_events *events =
		parse(&server, "cycles/period=4000,name='one, two/three'/u,faults/freq=99/,"
			       "cpu/event=1,period=7/,sched:sched_switch/period=1/k");

	(void)state;
	assert_int_equal(perfev_events_get(events, 0)->attr.sample_period, 4000);
	assert_int_equal(perfev_events_get(events, 0)->attr.freq, 0);
	assert_int_equal(perfev_events_get(events, 0)->attr.exclude_kernel, 1);
	assert_string_equal(perfev_events_get(events, 0)->name, "one, two/three");
	assert_int_equal(perfev_events_get(events, 1)->attr.sample_freq, 99);
	assert_int_equal(perfev_events_get(events, 1)->attr.freq, 1);
	assert_int_equal(perfev_events_get(events, 2)->attr.sample_period, 7);
	assert_int_equal(perfev_events_get(events, 3)->attr.sample_period, 1);
	assert_int_equal(perfev_events_get(events, 3)->attr.exclude_user, 1);
	perfev_events_free(events);
}

/* Knows "INST_RETIRED:ANY_P", with attributes and without, and one event of the PMU 20. */
static int vendor(const char *name, size_t length, struct perf_event_attr *attr)
{
	static const char ours[] = "INST_RETIRED:ANY_P", energy[] = "ENERGY";

	assert_int_equal(attr->size, sizeof(*attr));
	if (length == strlen("FAILS") && !strncmp(name, "FAILS", length))
		return -EIO;
	if (length == strlen(energy) && !strncmp(name, energy, length)) {
		attr->type = 20;
		attr->config = 2;
		return 1;
	}
	if (length < strlen(ours) || strncmp(name, ours, strlen(ours)) != 0)
		return 0;
	attr->type = PERF_TYPE_RAW;
	attr->config = length == strlen(ours) ? 0x1c0 : 0x10001c0;
	return 1;
}

static void a_vendors_names_are_asked_for_last(void **state)
{
	struct perfev_events *events;

	(void)state;
	server.options.vendor = vendor;
	perfev_events_free(parse_one(&server, "INST_RETIRED:ANY_P", PERF_TYPE_RAW, 0x1c0));
	perfev_events_free(parse_one(&server, "INST_RETIRED:ANY_P:c=1", PERF_TYPE_RAW, 0x10001c0));
	events = parse_one(&server, "INST_RETIRED:ANY_P:u", PERF_TYPE_RAW, 0x1c0);
	assert_int_equal(flags_of(perfev_events_get(events, 0)), EK | EH);
	perfev_events_free(events);
	events = parse_one(&server, "ENERGY:u", 20, 2);
	assert_string_equal(perfev_events_get(events, 0)->pmu, "power");
	assert_int_equal(perfev_events_get(events, 0)->cpu_bound, 1);
	assert_int_equal(perfev_events_get(events, 0)->cpu_count, 1);
	perfev_events_free(events);
	perfev_events_free(parse_one(&server, "sched:sched_switch", PERF_TYPE_TRACEPOINT, 316));
	assert_int_equal(perfev_events_parse(&events, "FAILS", &server.options, NULL), -EIO);
	assert_null(events);
	server.options.vendor = NULL;
}

static void options_of_a_newer_caller_are_refused_if_set(void **state)
{
	struct {
		struct perfev_event_options options;
		char more[16];
	} newer = { .options = server.options };
	struct perfev_events *events;
	struct perfev_why why;

	(void)state;
	newer.options.size = sizeof(newer);
	assert_int_equal(perfev_events_parse(&events, "cycles", &newer.options, &why), 0);
	perfev_events_free(events);
	newer.more[15] = 1;
	assert_int_equal(perfev_events_parse(&events, "cycles", &newer.options, &why), -E2BIG);
	assert_null(events);
	assert_int_equal(why.cause, PERFEV_CAUSE_ARGUMENT);
	assert_int_equal(why.position, -1);
}

static void limits_are_told(void **state)
{
	size_t size = (1U << 20) + 2;
	char *text = malloc(size);
	struct perfev_events *events;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
	assert_int_equal(perfev_events_parse(&events, text, &server.options, &server.why), -E2BIG);
	assert_null(events);
	text[size - 2] = '\0'; /* exactly 1 MiB, of one unknown name */
	assert_int_equal(perfev_events_parse(&events, text, &server.options, &server.why), -ENOENT);
	for (size_t i = 0; i < 65536 + 1; i++)
		memcpy(text + 3 * i, i ? ",r1" : " r1", 3);
	text[3 * 65536] = '\0';
	assert_int_equal(perfev_events_parse(&events, text, &server.options, NULL), 0);
	assert_int_equal(perfev_events_count(events), 65536);
	perfev_events_free(events);
	text[3 * 65536] = ',';
	text[3 * 65537] = '\0';
	assert_int_equal(perfev_events_parse(&events, text, &server.options, &server.why), -E2BIG);
	assert_int_equal(server.why.position, 3 * 65536 + 1);
	free(text);
	perfev_events_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_of_linux_perf_is_known),
		cmocka_unit_test(an_attribute_has_nothing_that_was_not_asked_for),
		cmocka_unit_test(each_modifier_sets_its_field_and_no_other),
		cmocka_unit_test(a_groups_modifiers_come_on_top_of_its_events),
		cmocka_unit_test(groups_and_single_events_keep_the_order_of_the_text),
		cmocka_unit_test(period_frequency_and_name_are_taken_from_terms),
		cmocka_unit_test(a_vendors_names_are_asked_for_last),
		cmocka_unit_test(options_of_a_newer_caller_are_refused_if_set),
		cmocka_unit_test(limits_are_told),
	};

	return cmocka_run_group_tests_name("events from text", tests, fake_machines_begin,
					   fake_machines_end);
}
