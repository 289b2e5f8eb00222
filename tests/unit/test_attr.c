/* SPDX-License-Identifier: MIT */
/*
 * Attributes as text, and the kernel that they need. A text names everything that is set: leaving
 * something out would be a lie.
 */
#include <perfev/names.h>

#include <stdlib.h>
#include <string.h>

#include "support.h"

#define ATTR(...)                                                                                  \
	(struct perf_event_attr)                                                                   \
	{                                                                                          \
		.size = sizeof(struct perf_event_attr), __VA_ARGS__                                \
	}

static void check_text(struct perf_event_attr attr, const char *expected)
{
	char text[2048];

	assert_int_equal(perfev_attr_format(text, sizeof(text), &attr), strlen(expected));
	assert_string_equal(text, expected);
}

static void what_is_set_is_written_by_name(void **state)
{
	(void)state;
	check_text(ATTR(.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK,
			.read_format = PERF_FORMAT_ID | PERF_FORMAT_GROUP, .disabled = 1,
			.inherit = 1),
		   "type=SOFTWARE config=TASK_CLOCK read_format=ID|GROUP disabled inherit"
		   " (needs Linux 2.6.32)");
	check_text(ATTR(.type = PERF_TYPE_HARDWARE, .freq = 1, .sample_freq = 999, .precise_ip = 2,
			.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN),
		   "type=HARDWARE config=CPU_CYCLES sample_freq=999 sample_type=IP|CALLCHAIN freq"
		   " precise_ip=2 (needs Linux 2.6.35 for precise_ip)");
	check_text(ATTR(.type = PERF_TYPE_HW_CACHE,
			.config = PERF_COUNT_HW_CACHE_LL | PERF_COUNT_HW_CACHE_OP_WRITE << 8 |
				  PERF_COUNT_HW_CACHE_RESULT_MISS << 16),
		   "type=HW_CACHE config=LL:WRITE:MISS (needs Linux 2.6.32)");
	check_text(ATTR(.type = PERF_TYPE_RAW, .config = 0x1c2),
		   "type=RAW config=0x1c2 (needs Linux 2.6.32)");
}

static void of_fields_that_share_a_place_the_one_that_is_meant_is_written(void **state)
{
	(void)state;
	check_text(ATTR(.type = PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W,
			.bp_addr = 0xdead0, .bp_len = 4),
		   "type=BREAKPOINT config=0x0 bp_type=W bp_addr=0xdead0 bp_len=4"
		   " (needs Linux 2.6.33 for type BREAKPOINT)");
	check_text(
		ATTR(.type = 8, .config = 1, .config1 = 0xdead0, .config2 = 4),
		"type=8 config=0x1 config1=0xdead0 config2=0x4 (needs Linux 2.6.39 for config1)");
	check_text(ATTR(.type = PERF_TYPE_SOFTWARE, .watermark = 1, .wakeup_watermark = 64),
		   "type=SOFTWARE config=CPU_CLOCK watermark wakeup_watermark=64"
		   " (needs Linux 2.6.32)");
	check_text(ATTR(.type = PERF_TYPE_SOFTWARE, .wakeup_events = 64),
		   "type=SOFTWARE config=CPU_CLOCK wakeup_events=64 (needs Linux 2.6.32)");
}

static void what_has_no_name_is_written_as_a_number(void **state)
{
	(void)state;
	check_text(ATTR(.type = PERF_TYPE_SOFTWARE, .config = 77),
		   "type=SOFTWARE config=77 (needs Linux 2.6.32)");
	check_text(ATTR(.type = PERF_TYPE_HW_CACHE, .config = 0x1000000),
		   "type=HW_CACHE config=0x1000000 (needs Linux 2.6.32)");
	check_text(ATTR(.type = PERF_TYPE_HARDWARE, .config = 10ULL << 32 | 1),
		   "type=HARDWARE config=INSTRUCTIONS of PMU 10 (needs Linux 2.6.32)");
	check_text(ATTR(.sample_type = 1ULL << 40),
		   "type=HARDWARE config=CPU_CYCLES sample_type=0x10000000000"
		   " (needs a Linux newer than " PERFEV_ABI_RELEASE " for sample_type)");
	check_text(ATTR(.__reserved_2 = 1),
		   "type=HARDWARE config=CPU_CYCLES __reserved_2=0x1"
		   " (needs a Linux newer than " PERFEV_ABI_RELEASE " for __reserved_2)");
	check_text(ATTR(.use_clockid = 1, .clockid = -5),
		   "type=HARDWARE config=CPU_CYCLES use_clockid clockid=-5"
		   " (needs Linux 4.1 for use_clockid)");
}

static void only_what_lies_within_its_size_is_looked_at(void **state)
{
	struct perf_event_attr attr = ATTR(.config3 = 7, .sig_data = 9);
	char text[256];

	(void)state;
	check_text(attr, "type=HARDWARE config=CPU_CYCLES sig_data=0x9 config3=0x7"
			 " (needs Linux 6.3 for config3)");
	attr.size = PERF_ATTR_SIZE_VER7;
	check_text(attr, "type=HARDWARE size=128 config=CPU_CYCLES sig_data=0x9"
			 " (needs Linux 5.13 for sig_data)");
	attr.size = 0;
	attr.config2 = 1;
	check_text(attr, "type=HARDWARE size=0 config=CPU_CYCLES (needs Linux 2.6.32)");
	attr.size = sizeof(attr) + 8;
	perfev_attr_format(text, sizeof(text), &attr);
	assert_non_null(
		strstr(text, "and 8 bytes that Linux " PERFEV_ABI_RELEASE " does not have"));
}

static void check_need(struct perf_event_attr attr, __u32 since, const char *what)
{
	struct perfev_need need;

	perfev_attr_need(&attr, &need);
	assert_int_equal(need.since, since);
	assert_string_equal(need.what, what);
}

static void the_kernel_needed_is_that_of_the_newest_thing(void **state)
{
	(void)state;
	check_need(ATTR(.type = PERF_TYPE_HARDWARE), PERFEV_KERNEL(2, 6, 32), "");
	check_need(ATTR(.sigtrap = 1, .remove_on_exec = 1, .sample_type = PERF_SAMPLE_CGROUP),
		   PERFEV_KERNEL(5, 13, 0), "remove_on_exec");
	check_need(ATTR(.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_WEIGHT_STRUCT),
		   PERFEV_KERNEL(5, 12, 0), "sample_type WEIGHT_STRUCT");
	check_need(ATTR(.type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CGROUP_SWITCHES),
		   PERFEV_KERNEL(5, 13, 0), "config CGROUP_SWITCHES");
	check_need(ATTR(.type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_REF_CPU_CYCLES),
		   PERFEV_KERNEL(3, 3, 0), "config REF_CPU_CYCLES");
	check_need(ATTR(.read_format = PERF_FORMAT_LOST), PERFEV_KERNEL(6, 0, 0),
		   "read_format LOST");
	check_need(ATTR(.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_COUNTERS),
		   PERFEV_KERNEL(6, 8, 0), "branch_sample_type COUNTERS");
	check_need(ATTR(.aux_pause = 1), PERFEV_KERNEL(6, 13, 0), "aux_pause");
	check_need(ATTR(.config4 = 1), PERFEV_KERNEL(6, 19, 0), "config4");
	check_need(ATTR(.read_format = 1ULL << 9, .config4 = 1), PERFEV_NEED_UNKNOWN,
		   "read_format");
}

static void text_is_cut_to_fit(void **state)
{
	struct perf_event_attr attr = ATTR(.type = PERF_TYPE_SOFTWARE, .sigtrap = 1);
	char whole[256];
	int length = perfev_attr_format(whole, sizeof(whole), &attr);

	(void)state;
	for (size_t size = 0; size <= (size_t)length + 1; size++) {
		/* Of exactly that size, so that valgrind sees a byte too many. */
		char *text = malloc(size + !size);

		assert_non_null(text);
		assert_int_equal(perfev_attr_format(size ? text : NULL, size, &attr), length);
		if (size) {
			assert_memory_equal(text, whole, size - 1);
			assert_int_equal(text[size - 1], '\0');
		}
		free(text);
	}
}

static void releases_are_written_as_the_kernel_numbers_them(void **state)
{
	char text[16];

	(void)state;
	perfev_release_format(text, sizeof(text), PERFEV_KERNEL(2, 6, 32));
	assert_string_equal(text, "2.6.32");
	perfev_release_format(text, sizeof(text), PERFEV_KERNEL(4, 1, 0));
	assert_string_equal(text, "4.1");
	perfev_release_format(text, sizeof(text), PERFEV_ABI_KERNEL);
	assert_string_equal(text, PERFEV_ABI_RELEASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_set_is_written_by_name),
		cmocka_unit_test(of_fields_that_share_a_place_the_one_that_is_meant_is_written),
		cmocka_unit_test(what_has_no_name_is_written_as_a_number),
		cmocka_unit_test(only_what_lies_within_its_size_is_looked_at),
		cmocka_unit_test(the_kernel_needed_is_that_of_the_newest_thing),
		cmocka_unit_test(text_is_cut_to_fit),
		cmocka_unit_test(releases_are_written_as_the_kernel_numbers_them),
	};

	return cmocka_run_group_tests_name("attributes as text", tests, NULL, NULL);
}
