/* SPDX-License-Identifier: MIT */
/* Events of PMUs as sysfs describes them: terms, named events, uncore boxes, kinds of core. */
#include <errno.h>
#include <string.h>

#include "fake_machines.h"
#include "support.h"

static void terms_go_where_the_format_says(void **state)
{
	static const struct {
		const char *text;
		__u64 config[4];
	} cases[] = {
		{ "cpu/event=0xc0,umask=1/", { 0x1c0 } },
		{ "cpu/event=192,umask=0x01,edge/", { 0x401c0 } },
		{ "cpu/event=0xff,inv,cmask=0xff,edge=0/", { 0xff8000ff } },
		{ "cpu/ldat=0xffff/", { 0, 0xffff } },
		{ "cpu/offcore_rsp=0xffffffffffffffff/", { 0, ~0ULL } },
		{ "cpu/split=0x1a5/", { 0, 0, 1ULL << 60 | 0xa05 } },
		{ "cpu/whole=0x123456789abcdef0/", { 0, 0, 0, 0x123456789abcdef0 } },
		{ "cpu/config=0x1c0,config1=2,config2=3,config3=4/", { 0x1c0, 2, 3, 4 } },
		{ "cpu/config=0xff00,event=1/", { 0xff01 } },
		{ "cpu/r1c0/", { 0x1c0 } },
		{ "cpu/mem-loads/", { 0x1cd, 3 } },
		{ "cpu/mem-loads,ldat=0x80/", { 0x1cd, 0x80 } },
		{ "cpu/ldat=4,mem-loads/", { 0x1cd, 4 } },
		{ "cpu/edges/", { 0x40010 } },
		{ "cpu/edges,edge=0/", { 0x10 } },
		{ "cpu/of-core,umask=7/", { 0x701, 0, 5 } },
		{ "cpu//", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct perfev_events *events =
			parse_one(&server, cases[i].text, 4, cases[i].config[0]);
		const struct perf_event_attr *attr = &perfev_events_get(events, 0)->attr;

		if (attr->config1 != cases[i].config[1] || attr->config2 != cases[i].config[2] ||
		    attr->config3 != cases[i].config[3])
			fail_msg("%s: %llx %llx %llx", cases[i].text,
				 (unsigned long long)attr->config1,
				 (unsigned long long)attr->config2,
				 (unsigned long long)attr->config3);
		perfev_events_free(events);
	}
}

static void a_generic_name_between_slashes_is_that_pmus(void **state)
{
	(void)state;
	perfev_events_free(parse_one(&server, "cpu/cycles/u", PERF_TYPE_HARDWARE, 0));
	perfev_events_free(parse_one(&server, "cpu/cpu-cycles/u", PERF_TYPE_RAW, 0x3c));
	perfev_events_free(parse_one(&server, "cpu/LLC-load-misses/", PERF_TYPE_HW_CACHE, 0x10002));
	perfev_events_free(parse_one(&hybrid, "cpu_atom/cycles/", PERF_TYPE_HARDWARE, 10ULL << 32));
	perfev_events_free(
		parse_one(&hybrid, "cpu_core/L1-dcache/", PERF_TYPE_HW_CACHE, 4ULL << 32));
}

static void scale_unit_and_cpus_come_with_a_named_event(void **state)
{
	struct perfev_events *events = parse_one(&server, "power/energy-pkg/", 20, 2);
	const struct perfev_event *event = perfev_events_get(events, 0);

	(void)state;
	assert_string_equal(event->unit, "Joules");
	assert_true(event->scale == 1.0 / ((__u64)1 << 32));
	assert_string_equal(event->pmu, "power");
	assert_int_equal(event->cpu_count, 1);
	assert_int_equal(event->cpus[0], 0);
	assert_int_equal(event->cpu_bound, 1);
	perfev_events_free(events);
	events = parse_one(&server, "msr/tsc/", 9, 0);
	event = perfev_events_get(events, 0);
	assert_string_equal(event->unit, "");
	assert_true(event->scale == 1.0);
	assert_int_equal(event->cpu_count, 0);
	assert_int_equal(event->cpu_bound, 0);
	perfev_events_free(events);
}

static void one_name_stands_for_every_box_of_an_uncore_pmu(void **state)
{
	static const char *const texts[] = {
		"uncore_imc/data_reads/", "imc/data_reads/",    "uncore_imc_*/data_reads/",
		"*imc*/data_reads/",      "imc_?*/data_reads/", "uncore_imc_[0-9]*/data_reads/",
	};
	static const char *const boxes[] = { "uncore_imc_0", "uncore_imc_2", "uncore_imc_10" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct perfev_events *events = parse(&server, texts[i]);

		assert_int_equal(perfev_events_count(events), 3);
		assert_int_equal(perfev_events_logical_count(events), 1);
		for (unsigned int j = 0; j < 3; j++) {
			const struct perfev_event *event = perfev_events_get(events, j);

			assert_string_equal(event->pmu, boxes[j]);
			assert_int_equal(event->attr.type, 30 + j);
			assert_int_equal(event->attr.config, 0xf00000304);
			assert_string_equal(event->unit, "MiB");
			assert_string_equal(event->name, texts[i]);
			assert_int_equal(event->logical, 0);
			assert_int_equal(event->cpu_count, 2);
			assert_int_equal(event->cpus[1], 18);
		}
		perfev_events_free(events);
	}
	perfev_events_free(parse_one(&server, "uncore_imc_2/data_reads/", 31, 0xf00000304));
	perfev_events_free(parse_one(&server, "imc_free_running/config=1/", 33, 1));
}

/* What an event of the text has become on each kind of core. */
static void check_pair(struct fake_machine *machine, const char *text, __u32 type, __u64 config,
		       __u32 other_type, __u64 other_config)
{
	struct perfev_events *events = parse(machine, text);
	const struct perfev_event *first = perfev_events_get(events, 0);
	const struct perfev_event *second = perfev_events_get(events, 1);

	assert_int_equal(perfev_events_count(events), 2);
	assert_int_equal(perfev_events_logical_count(events), 1);
	assert_int_equal(first->attr.type, type);
	assert_int_equal(first->attr.config, config);
	assert_int_equal(second->attr.type, other_type);
	assert_int_equal(second->attr.config, other_config);
	assert_int_equal(second->logical, 0);
	assert_int_equal(first->cpu_bound | second->cpu_bound, 0);
	if (machine == &hybrid) {
		assert_string_equal(first->pmu, "cpu_core");
		assert_string_equal(second->pmu, "cpu_atom");
		assert_int_equal(first->cpu_count, 4);
		assert_int_equal(second->cpu_count, 5);
		assert_int_equal(second->cpus[4], 9);
	} else {
		assert_string_equal(first->pmu, "armv8_cortex_a53");
		assert_string_equal(second->pmu, "armv8_cortex_a72");
		assert_int_equal(second->cpu_count, 2);
	}
	perfev_events_free(events);
}

static void a_hybrid_processor_makes_one_event_for_each_kind_of_core(void **state)
{
	(void)state;
	check_pair(&hybrid, "cycles:u", PERF_TYPE_HARDWARE, 4ULL << 32, PERF_TYPE_HARDWARE,
		   10ULL << 32);
	check_pair(&hybrid, "LLC-load-misses", PERF_TYPE_HW_CACHE, 4ULL << 32 | 0x10002,
		   PERF_TYPE_HW_CACHE, 10ULL << 32 | 0x10002);
	check_pair(&hybrid, "r1c0", 4, 0x1c0, 10, 0x1c0);
	check_pair(&hybrid, "mem-loads", 4, 0x1cd, 10, 0x5d0);
	check_pair(&arm, "instructions", PERF_TYPE_HARDWARE, 8ULL << 32 | 1, PERF_TYPE_HARDWARE,
		   9ULL << 32 | 1);
	check_pair(&arm, "r8", 8, 8, 9, 8);
	perfev_events_free(parse_one(&hybrid, "slots", 4, 0x400));
	perfev_events_free(parse_one(&hybrid, "faults", PERF_TYPE_SOFTWARE, 2));
	perfev_events_free(parse_one(&hybrid, "cpu_atom/event=0x3c/", 10, 0x3c));
}

static void a_group_on_a_hybrid_processor_is_one_for_each_kind_of_core(void **state)
{
	static const struct {
		unsigned int group, leads, logical;
	} expected[] = {
		{ 0, 1, 0 },              /* faults, with which any core's may go */
		{ 0, 0, 1 },              /* cycles of cpu_core */
		{ 1, 1, 1 },              /* and of cpu_atom */
		{ 0, 0, 2 },              /* instructions */
		{ 1, 0, 2 }, { 0, 0, 3 }, /* slots, which only cpu_core has */
		{ 2, 1, 4 },              /* the next group */
		{ 3, 1, 4 }, { 2, 0, 5 },
	};
	struct perfev_events *events =
		parse(&hybrid, "{faults,cycles,instructions,slots}:De,{cycles,cs}");

	(void)state;
	assert_int_equal(perfev_events_count(events), 9);
	for (unsigned int i = 0; i < 9; i++) {
		const struct perfev_event *event = perfev_events_get(events, i);

		assert_int_equal(event->group, expected[i].group);
		assert_int_equal(event->leads, expected[i].leads);
		assert_int_equal(event->logical, expected[i].logical);
		assert_int_equal(event->attr.pinned, i < 6 && event->leads);
		assert_int_equal(event->attr.exclusive, event->attr.pinned);
	}
	perfev_events_free(events);
}

static void a_group_of_uncore_events_is_one_for_each_box(void **state)
{
	struct perfev_events *events = parse(&server, "{imc/data_reads/,imc/event=1/}");

	(void)state;
	assert_int_equal(perfev_events_count(events), 6);
	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(perfev_events_get(events, i)->group, i % 3);
		assert_int_equal(perfev_events_get(events, i)->leads, i < 3);
	}
	perfev_events_free(events);
	/* What the kernel will refuse is not taken apart in silence. */
	events = parse(&server, "{cycles,power/energy-pkg/}");
	assert_int_equal(perfev_events_get(events, 1)->group, 0);
	assert_int_equal(perfev_events_get(events, 1)->leads, 0);
	perfev_events_free(events);
}

static void one_kind_of_core_of_arm_is_nothing_special(void **state)
{
	struct fake_machine small;
	struct perfev_events *events;

	(void)state;
	fake_empty(&small);
	fake_pmu(&small.fake, "armv8_pmuv3_0", "type", "8\n");
	fake_pmu(&small.fake, "armv8_pmuv3_0", "cpus", "0-3\n");
	events = parse_one(&small, "cycles", PERF_TYPE_HARDWARE, 0);
	assert_string_equal(perfev_events_get(events, 0)->pmu, "armv8_pmuv3_0");
	perfev_events_free(events);
	perfev_events_free(parse_one(&small, "r8", 8, 8));
	fake_machine_end(&small);
}

static void statistical_profiling_of_arm_counts_tasks(void **state)
{
	struct perfev_events *events = parse_one(&arm, "arm_spe_0/min_latency=5/", 12, 0);
	const struct perfev_event *event = perfev_events_get(events, 0);

	(void)state;
	assert_int_equal(event->attr.config2, 5);
	assert_int_equal(event->cpu_count, 6);
	assert_int_equal(event->cpu_bound, 0);
	perfev_events_free(events);
}

static void without_sysfs_generic_names_stay_what_they_are(void **state)
{
	(void)state;
	perfev_events_free(parse_one(&empty, "cycles", PERF_TYPE_HARDWARE, 0));
	perfev_events_free(parse_one(&empty, "LLC-loads", PERF_TYPE_HW_CACHE, 2));
	perfev_events_free(parse_one(&empty, "r1", PERF_TYPE_RAW, 1));
	perfev_events_free(parse_one(&empty, "cs", PERF_TYPE_SOFTWARE, 3));
	perfev_events_free(parse_one(&empty, "mem:16:x", PERF_TYPE_BREAKPOINT, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_go_where_the_format_says),
		cmocka_unit_test(a_generic_name_between_slashes_is_that_pmus),
		cmocka_unit_test(scale_unit_and_cpus_come_with_a_named_event),
		cmocka_unit_test(one_name_stands_for_every_box_of_an_uncore_pmu),
		cmocka_unit_test(a_hybrid_processor_makes_one_event_for_each_kind_of_core),
		cmocka_unit_test(a_group_on_a_hybrid_processor_is_one_for_each_kind_of_core),
		cmocka_unit_test(a_group_of_uncore_events_is_one_for_each_box),
		cmocka_unit_test(one_kind_of_core_of_arm_is_nothing_special),
		cmocka_unit_test(statistical_profiling_of_arm_counts_tasks),
		cmocka_unit_test(without_sysfs_generic_names_stay_what_they_are),
	};

	return cmocka_run_group_tests_name("events of PMUs", tests, fake_machines_begin,
					   fake_machines_end);
}
