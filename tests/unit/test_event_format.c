/* SPDX-License-Identifier: MIT */
/* Attributes as text: what is written becomes the same attribute again, on the same machine. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_machines.h"
#include "support.h"

/* Whether both ask for the same; a probe's string may lie elsewhere. */
static int is_same(const struct perf_event_attr *first, const struct perf_event_attr *second,
		   int has_string)
{
	struct perf_event_attr copy = *second;

	if (has_string && first->config1 && second->config1 &&
	    !strcmp((const char *)(uintptr_t)first->config1,
		    (const char *)(uintptr_t)second->config1))
		copy.config1 = first->config1;
	return memcmp(first, &copy, sizeof(copy)) == 0;
}

/* Writes an attribute, reads it back, and compares. expected may be NULL. */
static void check_attr(struct fake_machine *machine, const struct perf_event_attr *attr,
		       const char *expected)
{
	struct perfev_events *events;
	char text[512];
	int length = perfev_event_format(text, sizeof(text), attr, &machine->options);

	assert_in_range(length, 1, sizeof(text) - 1);
	assert_int_equal(length, strlen(text));
	if (expected)
		assert_string_equal(text, expected);
	events = parse(machine, text);
	assert_int_equal(perfev_events_count(events), 1);
	if (!is_same(attr, &perfev_events_get(events, 0)->attr,
		     machine == &server && (attr->type == 6 || attr->type == 7)))
		fail_msg("%s is not what it was", text);
	perfev_events_free(events);
}

/* Every event that a text becomes, written and read back. */
static void check(struct fake_machine *machine, const char *text, const char *expected)
{
	struct perfev_events *events = parse(machine, text);
	const struct perfev_event *event;

	for (unsigned int i = 0; (event = perfev_events_get(events, i)); i++)
		check_attr(machine, &event->attr, i ? NULL : expected);
	perfev_events_free(events);
}

static void what_was_read_is_written_so_that_it_is_read_again(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{ "cpu-cycles", "cycles" },
		{ "branch-instructions:u", "branches:u" },
		{ "cs:kIppDe", "context-switches:kIppDe" },
		{ "l1d-misses:G", "L1-dcache-load-misses:G" },
		{ "l1i:hkH", "L1-icache-loads:khH" },
		{ "node-prefetch:uk", "node-prefetches:uk" },
		{ "1:77", "1:0x4d" },
		{ "0:55", "0:0x37" },
		{ "3:7", "3:0x7" },
		{ "r1c0:p", "cpu/event=0xc0,umask=0x1/p" },
		{ "cpu/mem-loads/", "cpu/event=0xcd,umask=0x1,ldat=0x3/" },
		{ "cpu/offcore_rsp=0x10003/", "cpu/frontend=0x10003/" },
		{ "cpu/offcore_rsp=0x1000003/", "cpu/offcore_rsp=0x1000003/" },
		{ "cpu/split=0x1a5,whole=7/", "cpu/split=0x1a5,whole=0x7/" },
		{ "cpu/config=0x10000000c0,config2=0x40/u",
		  "cpu/config=0x1000000000,config2=0x40,event=0xc0/u" },
		{ "cpu/config4=0xff05ff/", "cpu/lower=0x5ff,upper=0xff05/" },
		{ "msr/tsc/", "msr/config=0x0/" },
		{ "power/energy-pkg/", "power/event=0x2/" },
		{ "uncore_imc_2/data_reads/", "uncore_imc_2/event=0xf04,umask=0x3/" },
		{ "imc_free_running/config=1/", "uncore_imc_free_running/config=0x1/" },
		{ "sched:sched_switch:k", "sched:sched_switch:k" },
		{ "2:4711", "2:0x1267" },
		{ "mem:0x10", "mem:0x10/4:rw" },
		{ "mem:0x10/8:w:u", "mem:0x10/8:w:u" },
		{ "mem:0x10/1:r", "mem:0x10/1:r" },
		{ "mem:0x10/2:x", "mem:0x10/2:x" },
		{ "kprobe:f+0x10:k", "kprobe:f+0x10:k" },
		{ "kretprobe:f", "kretprobe:f" },
		{ "kprobe:0xffffffff81000000", "kprobe:0xffffffff81000000" },
		{ "kprobe:\\0a\\:b\\,c\\+1", "kprobe:\\0a\\:b\\,c\\+1" },
		{ "uprobe:/a\\:b\\\\c:16:u", "uprobe:/a\\:b\\\\c:0x10:u" },
		{ "uretprobe:/bin/a:0x10", "uretprobe:/bin/a:0x10" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&server, cases[i].text, cases[i].written);
	check(&server, "syscalls:*", "syscalls:sys_enter_read");
	check(&server, "imc/data_reads/", NULL);
}

static void every_generic_event_survives(void **state)
{
	(void)state;
	for (__u32 type = PERF_TYPE_HARDWARE; type <= PERF_TYPE_HW_CACHE; type++) {
		struct perf_event_attr attr = { .size = sizeof(attr), .type = type };

		if (type == PERF_TYPE_TRACEPOINT)
			continue;
		for (attr.config = 0; attr.config < 0x30000; attr.config += type == 3 ? 0x55 : 1) {
			if (type != PERF_TYPE_HW_CACHE && attr.config > 20)
				break;
			check_attr(&empty, &attr, NULL);
		}
	}
}

static void one_kind_of_core_is_named(void **state)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_HARDWARE };

	(void)state;
	check(&hybrid, "cycles:u", "cpu_core/cycles/u");
	check(&hybrid, "LLC-load-misses", "cpu_core/LLC-load-misses/");
	check(&hybrid, "r1c0", "cpu_core/event=0xc0,umask=0x1/");
	check(&hybrid, "cpu_atom/cycles/", "cpu_atom/cycles/");
	check(&arm, "r8", "armv8_cortex_a53/event=0x8/");
	check(&arm, "4:8", "4:0x8");
	check_attr(&hybrid, &attr, "0:0x0");
	attr.config = 99ULL << 32;
	assert_int_equal(perfev_event_format(NULL, 0, &attr, &hybrid.options), -ENOENT);
	attr.config = 99ULL << 32 | 55;
	check_attr(&server, &attr, "0:0x6300000037");
}

static void random_bits_of_a_pmu_survive(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 500; i++) {
		struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_RAW };

		for (unsigned int bits = (unsigned int)random() % 20; bits; bits--) {
			__u64 bit = 1ULL << random() % 64;

			switch (random() % 5) {
			case 0:
				attr.config |= bit;
				break;
			case 1:
				attr.config1 |= bit;
				break;
			case 2:
				attr.config2 |= bit;
				break;
			case 3:
				attr.config3 |= bit;
				break;
			default:
				attr.config4 |= bit;
			}
		}
		attr.exclude_kernel = (unsigned int)random() & 1;
		attr.exclude_user = !attr.exclude_kernel;
		attr.exclude_host = (unsigned int)random() & 1;
		attr.precise_ip = (unsigned int)random() & 3;
		check_attr(&server, &attr, NULL);
	}
}

static void what_no_text_stands_for_is_refused(void **state)
{
	const struct perf_event_attr refused[] = {
		{ .exclude_user = 1, .exclude_kernel = 1, .exclude_hv = 1 },
		{ .exclude_guest = 1, .exclude_host = 1 },
		{ .config1 = 1 },
		{ .type = PERF_TYPE_SOFTWARE, .config2 = 1 },
		{ .type = PERF_TYPE_TRACEPOINT, .config = 316, .config1 = 1 },
		{ .type = PERF_TYPE_BREAKPOINT, .bp_len = 4 },
		{ .type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_INVALID, .bp_len = 4 },
		{ .type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W },
		{ .type = 6, .config = 2, .kprobe_func = (uintptr_t)"f" },
		{ .type = 7 },
		{ .type = 7, .uprobe_path = (uintptr_t)"" },
	};
	struct perf_event_attr attr = { .size = sizeof(attr), .type = 99 };
	char text[16] = "untouched";

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		attr = refused[i];
		attr.size = sizeof(attr);
		assert_int_equal(perfev_event_format(text, sizeof(text), &attr, &server.options),
				 -EINVAL);
		assert_string_equal(text, "");
	}
	attr = (struct perf_event_attr){ .size = sizeof(attr), .type = 99 };
	assert_int_equal(perfev_event_format(text, sizeof(text), &attr, &server.options), -ENOENT);
}

static void bytes_past_the_attributes_size_do_not_count(void **state)
{
	struct perf_event_attr attr = { .size = PERF_ATTR_SIZE_VER0, .config2 = 1, .config3 = 1 };
	char text[16];

	(void)state;
	assert_int_equal(perfev_event_format(text, sizeof(text), &attr, &server.options), 6);
	assert_string_equal(text, "cycles");
	attr.size = 0;
	assert_int_equal(perfev_event_format(text, sizeof(text), &attr, &server.options), 6);
	attr.size = sizeof(attr);
	assert_int_equal(perfev_event_format(text, sizeof(text), &attr, &server.options), -EINVAL);
}

static void text_is_cut_to_fit_and_counted_whole(void **state)
{
	const struct perf_event_attr attr = { .size = sizeof(attr), .exclude_kernel = 1 };

	(void)state;
	assert_int_equal(perfev_event_format(NULL, 0, &attr, &server.options), 9);
	for (size_t size = 1; size <= sizeof("cycles:uh"); size++) {
		char *text = malloc(size);

		assert_non_null(text);
		assert_int_equal(perfev_event_format(text, size, &attr, &server.options), 9);
		assert_memory_equal(text, "cycles:uh", size - 1);
		assert_int_equal(text[size - 1], 0);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_is_written_so_that_it_is_read_again),
		cmocka_unit_test(every_generic_event_survives),
		cmocka_unit_test(one_kind_of_core_is_named),
		cmocka_unit_test(random_bits_of_a_pmu_survive),
		cmocka_unit_test(what_no_text_stands_for_is_refused),
		cmocka_unit_test(bytes_past_the_attributes_size_do_not_count),
		cmocka_unit_test(text_is_cut_to_fit_and_counted_whole),
	};

	return cmocka_run_group_tests_name("events as text", tests, fake_machines_begin,
					   fake_machines_end);
}
