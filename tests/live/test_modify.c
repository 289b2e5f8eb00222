/* SPDX-License-Identifier: MIT */
/*
 * The ioctl that gives an open event other attributes: modify_attributes, which the kernel has for
 * breakpoints alone. What must stay true: it is seen by which variable's writes are counted,
 * exactly.
 */
#include "attempt.h"
#include "faults.h"

#include <errno.h>
#include <unistd.h>

static volatile __u32 watched_first __attribute__((aligned(8)));
static volatile __u32 watched_second __attribute__((aligned(8)));

static void write_variables(unsigned int first, unsigned int second)
{
	while (first--)
		watched_first = first;
	while (second--)
		watched_second = second;
}

static void modify_attributes_moves_a_breakpoint_to_another_variable(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_4,
		.bp_addr = (__u64)(uintptr_t)&watched_first, .exclude_kernel = 1);
	int fd = open_or_skip(&attr, "breakpoint");

	(void)state;
	write_variables(3, 5);
	skip_if_uncounted_in_an_emulator(read_count(fd), "breakpoint");
	assert_int_equal(read_count(fd), 3);
	attr.bp_addr = (__u64)(uintptr_t)&watched_second;
	assert_int_equal(perf_event_ioc_modify_attributes(fd, &attr), 0);
	write_variables(3, 5);
	assert_int_equal(read_count(fd), 3 + 5);
	attr.disabled = 1;
	assert_int_equal(perf_event_ioc_modify_attributes(fd, &attr), 0);
	write_variables(3, 5);
	assert_int_equal(read_count(fd), 3 + 5);
	close(fd);
}

static void modify_attributes_is_not_supported_for_a_software_event(void **state)
{
	struct perf_event_attr attr = FAULTS(.disabled = 1);
	int fd = open_or_skip(&attr, "page-faults");

	(void)state;
	assert_refused(perf_event_ioc_modify_attributes(fd, &attr), EOPNOTSUPP);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modify_attributes_moves_a_breakpoint_to_another_variable),
		cmocka_unit_test(modify_attributes_is_not_supported_for_a_software_event),
	};

	return cmocka_run_group_tests_name("modify_attributes", tests, NULL, NULL);
}
