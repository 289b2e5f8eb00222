/* SPDX-License-Identifier: MIT */
/* What machines offer that are not here: what is listed, in which order, what is left unread. */
#include <perfev/event.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_sysfs.h"
#include "support.h"

static struct fake fake;

static int begin(void **state)
{
	(void)state;
	fake_begin(&fake);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_end(&fake);
	return 0;
}

/* A machine with a core PMU, one of memory controllers, and some of the kernel's own. */
static void make_machine(void)
{
	fake_pmu(&fake, "cpu", "type", "4\n");
	fake_pmu(&fake, "cpu", "events/mem-loads", "event=0xcd,umask=0x1\n");
	fake_pmu(&fake, "cpu", "events/cpu-cycles", "event=0x3c\n");
	fake_pmu(&fake, "cpu", "format/umask", "config:8-15\n");
	fake_pmu(&fake, "cpu", "format/edge", "config:18\n");
	fake_pmu(&fake, "software", "type", "1\n");
	fake_pmu(&fake, "tracepoint", "type", "2\n");
	fake_pmu(&fake, "breakpoint", "type", "5\n");
	fake_pmu(&fake, "kprobe", "type", "8\n");
	fake_pmu(&fake, "kprobe", "format/retprobe", "config:0\n");
	fake_pmu(&fake, "uprobe", "type", "9\n");
	fake_pmu(&fake, "uncore_imc_0", "type", "14\n");
	fake_pmu(&fake, "uncore_imc_0", "cpumask", "0,18\n");
	fake_pmu(&fake, "uncore_imc_0", "events/data_reads", "event=0x4,umask=0x3\n");
	fake_pmu(&fake, "uncore_imc_0", "events/data_reads.scale", "6.103515625e-5\n");
	fake_pmu(&fake, "uncore_imc_0", "events/data_reads.unit", "MiB\n");
	fake_pmu(&fake, "uncore_imc_0", "format/wide", "config1\n");
	fake_file(&fake, "0", "kernel/tracing/events/enable");
	fake_file(&fake, "page", "kernel/tracing/events/header_page");
	fake_file(&fake, "0", "kernel/tracing/events/sched/enable");
	fake_file(&fake, "316\n", "kernel/tracing/events/sched/sched_switch/id");
	fake_file(&fake, "318\n", "kernel/tracing/events/sched/sched_fork/id");
	fake_file(&fake, "no number here", "kernel/tracing/events/ftrace/print/format");
	fake_file(&fake, "1\n", "kernel/tracing/events/ftrace/function/id");
}

static struct perfev_event_options options(void)
{
	return (struct perfev_event_options){ .size = sizeof(struct perfev_event_options),
					      .sysfs = fake.root };
}

/* The names of all that is listed, each with a space behind it, and errors as "!". */
static const char *listed(unsigned int kinds, const char *pattern)
{
	static char text[65536];
	const struct perfev_event_options fakes = options();
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;
	int result;

	text[0] = '\0';
	assert_int_equal(perfev_catalog_open(&catalog, kinds, pattern, &fakes), 0);
	while ((result = perfev_catalog_next(catalog, &item))) {
		assert_true(result == 1 || result < 0);
		strcat(text, result < 0 ? "!" : item.name);
		strcat(text, " ");
	}
	assert_int_equal(perfev_catalog_next(catalog, &item), 0);
	perfev_catalog_close(catalog);
	return text;
}

/* The only item that there is. */
static void check_only(unsigned int kinds, const char *pattern,
		       const struct perfev_catalog_item *expected)
{
	const struct perfev_event_options fakes = options();
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;

	assert_int_equal(perfev_catalog_open(&catalog, kinds, pattern, &fakes), 0);
	assert_int_equal(perfev_catalog_next(catalog, &item), 1);
	assert_int_equal(item.kind, expected->kind);
	assert_string_equal(item.name, expected->name);
	assert_string_equal(item.alias, expected->alias);
	assert_string_equal(item.pmu, expected->pmu);
	assert_string_equal(item.encoding, expected->encoding);
	assert_string_equal(item.description, expected->description);
	assert_string_equal(item.unit, expected->unit);
	assert_float_equal(item.scale, expected->scale, 1e-12);
	assert_int_equal(item.type, expected->type);
	assert_int_equal(perfev_catalog_next(catalog, &item), 0);
	perfev_catalog_close(catalog);
}

static void everything_is_listed_in_one_order(void **state)
{
	const char *text;

	(void)state;
	make_machine();
	text = listed(PERFEV_KIND_ALL, NULL);
	assert_memory_equal(text, "cycles instructions ", 20);
	text = strstr(text, "ref-cycles L1-dcache-loads ");
	assert_non_null(text);
	text = strstr(text, "node-prefetch-misses cpu-clock task-clock ");
	assert_non_null(text);
	text = strstr(text, "cgroup-switches ");
	assert_non_null(text);
	assert_string_equal(
		text,
		"cgroup-switches "
		"breakpoint cpu cpu/cpu-cycles/ cpu/mem-loads/ cpu/edge/ cpu/umask/ kprobe "
		"kprobe/retprobe/ software tracepoint uncore_imc_0 uncore_imc_0/data_reads/ "
		"uncore_imc_0/wide/ uprobe rNNN mem:ADDRESS/LENGTH:rwx kprobe:FUNCTION+OFFSET "
		"kretprobe:FUNCTION uprobe:FILE:FUNCTION ftrace:function sched:sched_fork "
		"sched:sched_switch ");
}

static void each_kind_can_be_asked_for_alone(void **state)
{
	(void)state;
	make_machine();
	assert_string_equal(listed(PERFEV_KIND_PMU, "u*"), "uncore_imc_0 uprobe ");
	assert_string_equal(listed(PERFEV_KIND_PMU_EVENT, NULL),
			    "cpu/cpu-cycles/ cpu/mem-loads/ uncore_imc_0/data_reads/ ");
	assert_string_equal(listed(PERFEV_KIND_FORMAT, NULL),
			    "cpu/edge/ cpu/umask/ kprobe/retprobe/ uncore_imc_0/wide/ ");
	assert_string_equal(listed(PERFEV_KIND_RAW, NULL), "rNNN ");
	assert_string_equal(listed(PERFEV_KIND_BREAKPOINT, NULL), "mem:ADDRESS/LENGTH:rwx ");
	assert_string_equal(listed(PERFEV_KIND_TRACEPOINT, NULL),
			    "ftrace:function sched:sched_fork sched:sched_switch ");
	assert_null(strstr(listed(PERFEV_KIND_CACHE, NULL), "cycles"));
	assert_null(strstr(listed(PERFEV_KIND_HARDWARE, NULL), "task-clock"));
	assert_null(strstr(listed(PERFEV_KIND_SOFTWARE, NULL), "branches"));
}

static void a_pattern_is_held_against_names_and_aliases(void **state)
{
	(void)state;
	make_machine();
	assert_string_equal(listed(PERFEV_KIND_ALL, "cycles"), "cycles ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "CPU-CYCLES"), "cycles ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "l1-DCACHE-load?"), "L1-dcache-loads ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "mem-loads"), "cpu/mem-loads/ ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "sched:*"),
			    "sched:sched_fork sched:sched_switch ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "sched:sched_s*"), "sched:sched_switch ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "*READS/"), "uncore_imc_0/data_reads/ ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "?????\?/?"), "");
	assert_string_equal(listed(PERFEV_KIND_ALL, "kret*"), "kretprobe:FUNCTION ");
	assert_string_equal(listed(PERFEV_KIND_ALL, ""), "");
}

static void an_item_says_what_it_stands_for(void **state)
{
	(void)state;
	make_machine();
	check_only(PERFEV_KIND_ALL, "branches",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_HARDWARE,
			   .name = "branches",
			   .alias = "branch-instructions",
			   .pmu = "cpu",
			   .encoding = "config=0x4",
			   .description = "Branch instructions that were completed",
			   .unit = "",
			   .scale = 1,
			   .type = PERF_TYPE_HARDWARE });
	check_only(PERFEV_KIND_ALL, "uncore_imc_0/data_reads/",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_PMU_EVENT,
			   .name = "uncore_imc_0/data_reads/",
			   .alias = "",
			   .pmu = "uncore_imc_0",
			   .encoding = "event=0x4,umask=0x3",
			   .description = "",
			   .unit = "MiB",
			   .scale = 6.103515625e-5,
			   .type = 14 });
	check_only(PERFEV_KIND_ALL, "uncore_imc_0",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_PMU,
			   .name = "uncore_imc_0",
			   .alias = "",
			   .pmu = "uncore_imc_0",
			   .encoding = "",
			   .description = "Type 14, counts no tasks, to be opened on CPU 0,18",
			   .unit = "",
			   .scale = 1,
			   .type = 14 });
	check_only(PERFEV_KIND_ALL, "cpu/umask/",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_FORMAT,
			   .name = "cpu/umask/",
			   .alias = "",
			   .pmu = "cpu",
			   .encoding = "config:8-15",
			   .description = "Bits 8-15 of config",
			   .unit = "",
			   .scale = 1,
			   .type = 4 });
	check_only(PERFEV_KIND_ALL, "*/wide/",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_FORMAT,
			   .name = "uncore_imc_0/wide/",
			   .alias = "",
			   .pmu = "uncore_imc_0",
			   .encoding = "config1",
			   .description = "All of config1",
			   .unit = "",
			   .scale = 1,
			   .type = 14 });
	check_only(PERFEV_KIND_ALL, "sched:sched_switch",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_TRACEPOINT,
			   .name = "sched:sched_switch",
			   .alias = "",
			   .pmu = "sched",
			   .encoding = "config=316",
			   .description = "",
			   .unit = "",
			   .scale = 1,
			   .type = PERF_TYPE_TRACEPOINT });
}

static void without_a_core_pmu_there_are_no_hardware_names(void **state)
{
	(void)state;
	fake_pmu(&fake, "software", "type", "1\n");
	assert_string_equal(listed(PERFEV_KIND_HARDWARE | PERFEV_KIND_CACHE | PERFEV_KIND_RAW |
					   PERFEV_KIND_PROBE | PERFEV_KIND_BREAKPOINT,
				   NULL),
			    "");
	assert_string_equal(listed(PERFEV_KIND_ALL, "task-clock"), "task-clock ");
}

static void numbers_in_names_are_in_their_order(void **state)
{
	(void)state;
	fake_pmu(&fake, "imc_10", "type", "20\n");
	fake_pmu(&fake, "imc_9", "type", "19\n");
	fake_pmu(&fake, "imc_1", "type", "11\n");
	assert_string_equal(listed(PERFEV_KIND_PMU, NULL), "imc_1 imc_9 imc_10 ");
}

static void what_an_event_wants_from_its_caller_is_in_its_name(void **state)
{
	(void)state;
	fake_pmu(&fake, "hv_24x7", "type", "9\n");
	fake_pmu(&fake, "hv_24x7", "events/PM_CYC", "domain=1,offset=0x58,core=?,lpar=?\n");
	fake_pmu(&fake, "hv_24x7", "events/PM_INST", "domain=1,offset=0x60\n");
	assert_string_equal(listed(PERFEV_KIND_PMU_EVENT, "hv_24x7/PM_CYC/"),
			    "hv_24x7/PM_CYC,core=?,lpar=?/ ");
	assert_string_equal(listed(PERFEV_KIND_PMU_EVENT, "*INST/"), "hv_24x7/PM_INST/ ");
}

static void kinds_of_core_are_told_together(void **state)
{
	(void)state;
	fake_pmu(&fake, "cpu_core", "type", "4\n");
	fake_pmu(&fake, "cpu_core", "cpus", "0-15\n");
	fake_pmu(&fake, "cpu_core", "events/topdown", "event=0\n");
	fake_pmu(&fake, "cpu_atom", "type", "10\n");
	fake_pmu(&fake, "cpu_atom", "cpus", "16-23\n");
	check_only(PERFEV_KIND_ALL, "instructions",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_HARDWARE,
			   .name = "instructions",
			   .alias = "",
			   .pmu = "cpu_core,cpu_atom",
			   .encoding = "config=0x1",
			   .description = "Instructions that were completed",
			   .unit = "",
			   .scale = 1,
			   .type = PERF_TYPE_HARDWARE });
	check_only(PERFEV_KIND_ALL, "cpu_atom",
		   &(struct perfev_catalog_item){
			   .kind = PERFEV_KIND_PMU,
			   .name = "cpu_atom",
			   .alias = "",
			   .pmu = "cpu_atom",
			   .encoding = "",
			   .description = "Type 10, counts on CPU 16-23",
			   .unit = "",
			   .scale = 1,
			   .type = 10 });
	/* Alone it would be an event of each kind of core that has it. */
	assert_string_equal(listed(PERFEV_KIND_ALL, "topdown"), "");
}

static void a_core_of_arm_has_its_own_name(void **state)
{
	(void)state;
	fake_pmu(&fake, "armv8_cortex_a72", "type", "8\n");
	fake_pmu(&fake, "armv8_cortex_a72", "cpus", "0-3\n");
	assert_string_equal(listed(PERFEV_KIND_ALL, "cycles"), "cycles ");
	assert_string_equal(listed(PERFEV_KIND_RAW, NULL), "rNNN ");
}

static void what_cannot_be_read_is_one_error_and_the_rest_is_listed(void **state)
{
	(void)state;
	make_machine();
	fake_broken(&fake, FAKE_DEVICES "/cpu/events/a-broken-one");
	fake_broken(&fake, FAKE_DEVICES "/nothing/type");
	fake_broken(&fake, FAKE_DEVICES "/software/events");
	fake_broken(&fake, "kernel/tracing/events/sched/sched_b/id");
	fake_broken(&fake, "kernel/tracing/events/irq");
	assert_string_equal(listed(PERFEV_KIND_PMU_EVENT, NULL),
			    "! cpu/cpu-cycles/ cpu/mem-loads/ ! ! uncore_imc_0/data_reads/ ");
	assert_string_equal(listed(PERFEV_KIND_TRACEPOINT, NULL),
			    "ftrace:function ! ! sched:sched_fork sched:sched_switch ");
	/* What is not asked for is not read. */
	assert_string_equal(listed(PERFEV_KIND_ALL, "sched:sched_switch"), "sched:sched_switch ");
	assert_string_equal(listed(PERFEV_KIND_ALL, "kprobe/retprobe/"), "kprobe/retprobe/ ");
}

static void a_tracefs_that_is_not_mounted_is_told(void **state)
{
	(void)state;
	fake_pmu(&fake, "tracepoint", "type", "2\n");
	assert_string_equal(listed(PERFEV_KIND_TRACEPOINT, NULL), "! ");
	fake_file(&fake, "7\n", "kernel/debug/tracing/events/a/b/id");
	assert_string_equal(listed(PERFEV_KIND_TRACEPOINT, NULL), "a:b ");
}

static void no_sysfs_at_all_is_told_once(void **state)
{
	(void)state;
	assert_string_equal(listed(PERFEV_KIND_ALL & ~PERFEV_KIND_SOFTWARE, NULL), "! ");
	fake_broken(&fake, FAKE_DEVICES);
	assert_string_equal(
		listed(PERFEV_KIND_HARDWARE | PERFEV_KIND_CACHE | PERFEV_KIND_PMU, NULL), "! ");
}

static void options_may_go_before_the_catalog(void **state)
{
	struct perfev_event_options fakes = options();
	char *root = strdup(fake.root), *tracefs = malloc(256);
	struct perfev_catalog_item item;
	struct perfev_catalog *catalog;
	char pattern[] = "sched:*w*";

	(void)state;
	make_machine();
	assert_non_null(root);
	assert_non_null(tracefs);
	snprintf(tracefs, 256, "%s/kernel/tracing", fake.root);
	fakes.sysfs = root;
	fakes.tracefs = tracefs;
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_KIND_ALL, pattern, &fakes), 0);
	free(root);
	free(tracefs);
	memset(&fakes, 0xff, sizeof(fakes));
	memset(pattern, 0, sizeof(pattern));
	assert_int_equal(perfev_catalog_next(catalog, &item), 1);
	assert_string_equal(item.name, "sched:sched_switch");
	assert_int_equal(perfev_catalog_next(catalog, &item), 0);
	perfev_catalog_close(catalog);
}

static void wrong_arguments_are_refused(void **state)
{
	struct {
		struct perfev_event_options known;
		char newer[8];
	} later = { .known = { .size = sizeof(later) } };
	struct perfev_catalog *catalog = (struct perfev_catalog *)state;

	assert_int_equal(perfev_catalog_open(&catalog, 0, NULL, NULL), -EINVAL);
	assert_null(catalog);
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_KIND_ALL + 1, NULL, NULL), -EINVAL);
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_CATALOG_BRIEF, NULL, NULL), -EINVAL);
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_KIND_RAW, NULL, &later.known), 0);
	perfev_catalog_close(catalog);
	later.newer[7] = 1;
	assert_int_equal(perfev_catalog_open(&catalog, PERFEV_KIND_RAW, NULL, &later.known),
			 -E2BIG);
	assert_null(catalog);
	perfev_catalog_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_is_listed_in_one_order),
		TEST(each_kind_can_be_asked_for_alone),
		TEST(a_pattern_is_held_against_names_and_aliases),
		TEST(an_item_says_what_it_stands_for),
		TEST(without_a_core_pmu_there_are_no_hardware_names),
		TEST(numbers_in_names_are_in_their_order),
		TEST(what_an_event_wants_from_its_caller_is_in_its_name),
		TEST(kinds_of_core_are_told_together),
		TEST(a_core_of_arm_has_its_own_name),
		TEST(what_cannot_be_read_is_one_error_and_the_rest_is_listed),
		TEST(a_tracefs_that_is_not_mounted_is_told),
		TEST(no_sysfs_at_all_is_told_once),
		TEST(options_may_go_before_the_catalog),
		TEST(wrong_arguments_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
