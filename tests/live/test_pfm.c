/* SPDX-License-Identifier: MIT */
/*
 * Vendors' names by libpfm: what is listed is taken, what is taken is what the processor's manual
 * says, and what libpfm refuses is told from what it does not know.
 */
#include <perfev/pfm.h>
#include <perfev/sys.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static int encode(const char *name, struct perf_event_attr *attr)
{
	memset(attr, 0, sizeof(*attr));
	attr->size = sizeof(*attr);
	return perfev_pfm_encode(name, strlen(name), attr);
}

/* The first event of this machine's that does without a mask, or else an honest skip. */
static void find_event(struct perfev_pfm_item *item)
{
	struct perf_event_attr attr;

	memset(item, 0, sizeof(*item));
	while (perfev_pfm_next(item) == 1)
		if (!item->mask[0] && encode(item->name, &attr) == 1 && attr.type == PERF_TYPE_RAW)
			return;
	skip_without("libpfm-pmu", "libpfm knows no PMU of this machine");
}

static void everything_listed_is_taken_or_needs_a_mask(void **state)
{
	struct perfev_pfm_item item = { .pmu = NULL };
	unsigned int taken = 0, absent = 0, listed = 0, masks_left = 0;

	(void)state;
	while (perfev_pfm_next(&item) == 1) {
		struct perf_event_attr attr;
		int result = encode(item.name, &attr);

		listed++;
		if (item.mask[0]) {
			assert_true(masks_left > 0);
			masks_left--;
		} else {
			assert_int_equal(masks_left, 0);
			masks_left = item.masks;
		}
		assert_non_null(strstr(item.name, item.event));
		assert_memory_equal(item.name, item.pmu, strlen(item.pmu));
		assert_true(result == 1 || result == -EINVAL || result == -ENOENT);
		/* What libpfm sees of the processor may be hidden from the kernel of a guest. */
		taken += result == 1;
		absent += result == -ENOENT;
	}
	if (!listed)
		skip_without("libpfm-pmu", "libpfm knows no PMU of this machine");
	assert_int_equal(masks_left, 0);
	assert_true(taken > (listed - absent) / 2 || absent == listed);
	/* The end stays the end. */
	assert_int_equal(perfev_pfm_next(&item), 0);
}

static void an_event_is_found_by_its_name_alone_too(void **state)
{
	struct perf_event_attr whole, alone;
	struct perfev_pfm_item item;

	(void)state;
	find_event(&item);
	assert_int_equal(encode(item.name, &whole), 1);
	assert_int_equal(encode(item.event, &alone), 1);
	assert_int_equal(whole.config, alone.config);
	assert_int_equal(whole.type, alone.type);
}

static void only_what_names_the_event_is_set(void **state)
{
	struct perf_event_attr attr, before;
	struct perfev_pfm_item item;

	(void)state;
	find_event(&item);
	memset(&attr, 0xff, sizeof(attr));
	before = attr;
	assert_int_equal(perfev_pfm_encode(item.name, strlen(item.name), &attr), 1);
	assert_int_not_equal(attr.type, before.type);
	before.type = attr.type;
	before.config = attr.config;
	before.config1 = attr.config1;
	before.config2 = attr.config2;
	before.precise_ip = attr.precise_ip;
	assert_memory_equal(&attr, &before, sizeof(attr));
	/* Without a modifier nothing is excluded, and guests are not either. */
	assert_int_equal(encode(item.name, &attr), 1);
	assert_int_equal(attr.exclude_user | attr.exclude_kernel | attr.exclude_hv, 0);
	assert_int_equal(attr.exclude_guest | attr.exclude_host, 0);
	assert_int_equal(attr.size, sizeof(attr));
}

static void modifiers_exclude(void **state)
{
	struct perf_event_attr attr;
	struct perfev_pfm_item item;
	char name[300];

	(void)state;
	find_event(&item);
	snprintf(name, sizeof(name), "%s:u", item.name);
	assert_int_equal(encode(name, &attr), 1);
	assert_int_equal(attr.exclude_kernel, 1);
	assert_int_equal(attr.exclude_user, 0);
}

static void what_is_unknown_is_told_from_what_is_wrong(void **state)
{
	struct perf_event_attr attr;
	struct perfev_pfm_item item;
	char name[300], long_name[400];

	(void)state;
	assert_int_equal(encode("NO_SUCH_EVENT_AT_ALL", &attr), 0);
	assert_int_equal(encode("", &attr), 0);
	assert_int_equal(encode(":", &attr), 0);
	assert_int_equal(encode("::", &attr), 0);
	assert_int_equal(encode("a,b", &attr), 0);
	memset(long_name, 'A', sizeof(long_name));
	assert_int_equal(perfev_pfm_encode(long_name, sizeof(long_name), &attr), 0);
	find_event(&item);
	snprintf(name, sizeof(name), "%s:NO_SUCH_MASK", item.name);
	assert_int_equal(encode(name, &attr), -EINVAL);
	snprintf(name, sizeof(name), "%s,", item.name);
	assert_int_equal(encode(name, &attr), 0);
	/* As much of the text as is said, and no more. */
	assert_int_equal(perfev_pfm_encode(name, strlen(item.name), &attr), 1);
}

static void the_kernels_own_events_are_no_vendors(void **state)
{
	struct perf_event_attr attr;

	(void)state;
	assert_int_equal(encode("cycles", &attr), 0);
	assert_int_equal(encode("perf::PERF_COUNT_SW_TASK_CLOCK", &attr), 0);
	assert_int_equal(encode("sched:sched_switch", &attr), 0);
}

/* AMD and Intel both have an event for instructions: it is what the kernel counts by that name. */
static void a_vendors_instructions_are_the_kernels(void **state)
{
	const char *const names[] = { "RETIRED_INSTRUCTIONS", "INST_RETIRED:ANY_P",
				      "INSTRUCTION_RETIRED" };
	struct perf_event_attr attr, generic;
	__u64 count = 0, expected = 0;
	int fd, other, found = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !found; i++)
		found = encode(names[i], &attr) == 1;
	if (!found)
		skip_without("libpfm-pmu", "libpfm knows no PMU of this machine that has them");
	attr.exclude_kernel = attr.exclude_hv = 1;
	attr.disabled = 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == EOPNOTSUPP || errno == ENODEV))
		skip_without("hardware", "there are no counters here");
	assert_true(fd >= 0);
	generic = attr;
	generic.type = PERF_TYPE_HARDWARE;
	generic.config = PERF_COUNT_HW_INSTRUCTIONS;
	generic.disabled = 0;
	other = perf_event_open(&generic, 0, -1, fd, PERF_FLAG_FD_CLOEXEC);
	assert_true(other >= 0);
	assert_int_equal(perf_event_ioc_enable(fd, PERF_IOC_FLAG_GROUP), 0);
	for (volatile int i = 0; i < 100000; i++)
		;
	assert_int_equal(perf_event_ioc_disable(fd, PERF_IOC_FLAG_GROUP), 0);
	assert_int_equal(read(fd, &count, sizeof(count)), sizeof(count));
	assert_int_equal(read(other, &expected, sizeof(expected)), sizeof(expected));
	close(other);
	close(fd);
	if (!count && !expected)
		skip_without("hardware", "the counters of this guest stand still");
	/* They start and stop together, but for a few instructions between two counters. */
	assert_true(count > 100000);
	assert_in_range(count, expected - expected / 100, expected + expected / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_listed_is_taken_or_needs_a_mask),
		cmocka_unit_test(an_event_is_found_by_its_name_alone_too),
		cmocka_unit_test(only_what_names_the_event_is_set),
		cmocka_unit_test(modifiers_exclude),
		cmocka_unit_test(what_is_unknown_is_told_from_what_is_wrong),
		cmocka_unit_test(the_kernels_own_events_are_no_vendors),
		cmocka_unit_test(a_vendors_instructions_are_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
