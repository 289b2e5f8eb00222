/* SPDX-License-Identifier: MIT */
/*
 * What perfev_features_probe() says of this kernel and machine, against requests that the test
 * makes itself. What must stay true: a bit that is set was accepted, and one that is not was
 * refused.
 */
#include "attempt.h"

#include <perfev/explain.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct perfev_features probed_or_skip(void)
{
	struct perfev_features features;

	assert_int_equal(perfev_features_probe(&features), 0);
	if (!features.is_permitted)
		skip_without("dummy", "no event may be opened");
	return features;
}

/* A sampling dummy, with what single bits need besides themselves. */
static struct attempt with_all_that_bits_need(void)
{
	return (struct attempt){
		DUMMY(.sample_period = 1, .sample_stack_user = 8, .sample_regs_user = 1,
		      .sample_regs_intr = 1, .exclude_hv = 1),
		0, -1, -1, 0
	};
}

static void sample_bits_are_those_that_an_event_takes(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct attempt attempt = with_all_that_bits_need();
		const __u64 value = 1ULL << bit;

		/* Branches are the PMU's affair. */
		if (value == PERF_SAMPLE_BRANCH_STACK ||
		    !perfev_set_name(PERFEV_SET_SAMPLE_TYPE, value))
			continue;
		attempt.attr.sample_type = value;
		assert_int_equal(perfev_features_has(&features, PERFEV_SET_SAMPLE_TYPE, value),
				 error_of(&attempt) == 0);
	}
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_SAMPLE_TYPE, 1ULL << 62), 0);
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_SAMPLE_TYPE,
					     PERF_SAMPLE_IP | PERF_SAMPLE_TID),
			 1);
}

static void read_formats_are_those_that_an_event_takes(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct attempt attempt = { DUMMY(.read_format = 1ULL << bit), 0, -1, -1, 0 };

		assert_int_equal(
			perfev_features_has(&features, PERFEV_SET_READ_FORMAT, 1ULL << bit),
			error_of(&attempt) == 0);
	}
}

static void events_are_those_that_open(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	for (__u64 config = 0; config < 64; config++) {
		struct attempt software = {
			PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = config, .exclude_kernel = 1),
			0, -1, -1, 0
		};
		struct attempt hardware = {
			PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = config, .exclude_kernel = 1),
			0, -1, -1, 0
		};
		int opens = error_of(&hardware) == 0;

		hardware.attr.exclude_kernel = 0;
		opens |= error_of(&hardware) == 0;
		assert_int_equal(perfev_features_has(&features, PERFEV_SET_SOFTWARE, config),
				 config < PERF_COUNT_SW_MAX && error_of(&software) == 0);
		assert_int_equal(perfev_features_has(&features, PERFEV_SET_HARDWARE, config),
				 config < PERF_COUNT_HW_MAX && opens);
	}
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_SOFTWARE, 1ULL << 40), 0);
}

static void breakpoints_are_those_that_open(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	for (__u32 kind = HW_BREAKPOINT_R; kind <= HW_BREAKPOINT_X; kind++) {
		struct attempt attempt = {
			PERFEV_ATTR_INIT(PERF_TYPE_BREAKPOINT, .bp_type = kind, .bp_addr = 4096,
					 .bp_len = kind == HW_BREAKPOINT_X ? sizeof(long) :
									     HW_BREAKPOINT_LEN_4,
					 .disabled = 1, .exclude_kernel = 1),
			0, -1, -1, 0
		};

		assert_int_equal(features.breakpoints >> kind & 1, error_of(&attempt) == 0);
	}
}

static void names_of_ioctls_are_those_of_this_architecture(void **state)
{
	struct perfev_name name;

	(void)state;
	assert_int_equal(perfev_set_find_name(PERFEV_SET_IOCTL, "PERIOD", &name), 1);
	assert_true(name.value == PERF_EVENT_IOC_PERIOD);
	assert_string_equal(perfev_set_brief(PERFEV_SET_IOCTL, PERF_EVENT_IOC_SET_BPF), "SET_BPF");
}

static void clocks_are_those_that_an_event_takes(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	for (int clock = 0; clock < 16; clock++) {
		struct attempt attempt = { DUMMY(.use_clockid = 1, .clockid = clock), 0, -1, -1,
					   0 };

		assert_int_equal(features.clocks >> clock & 1, error_of(&attempt) == 0);
	}
	assert_int_equal(features.clocks >> CLOCK_MONOTONIC & 1, 1);
}

static void every_field_of_one_bit_is_told_right(void **state)
{
	struct perfev_features features = probed_or_skip();
	const struct perfev_field *field;
	unsigned int taken = 0;

	(void)state;
	for (unsigned int number = 0; (field = perfev_field_get(number)); number++) {
		struct attempt attempt = { DUMMY(.exclude_hv = 1), 0, -1, -1, 0 };
		struct attempt cycles = { PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .exclude_kernel = 1),
					  0, -1, -1, 0 };

		if (field->width != 1)
			continue;
		attempt.attr.remove_on_exec = strcmp(field->name, "sigtrap") == 0;
		attempt.attr.inherit = strcmp(field->name, "inherit_thread") == 0;
		assert_int_equal(perfev_field_write(field, &attempt.attr, 1), 0);
		taken += perfev_features_field(&features, field) == 1;
		if (error_of(&attempt) == 0)
			assert_int_equal(perfev_features_field(&features, field), 1);
		else if (error_of(&cycles) != 0)
			assert_int_equal(perfev_features_field(&features, field), 0);
	}
	assert_in_range(taken, 30, 64);
}

static void fields_past_the_kernels_attr_are_not_there(void **state)
{
	struct perfev_features features = probed_or_skip();
	const struct perfev_field *field;

	(void)state;
	assert_in_range(features.attr_bytes, PERF_ATTR_SIZE_VER5, 4096);
	for (unsigned int number = 0; (field = perfev_field_get(number)); number++) {
		if (field->offset >= features.attr_bytes)
			assert_int_equal(perfev_features_field(&features, field), 0);
	}
	assert_int_equal(perfev_features_field(&features, perfev_field_find("type")), 1);
	assert_int_equal(perfev_features_field(&features, perfev_field_find("sample_period")), 1);
	assert_int_equal(perfev_features_field(&features, perfev_field_find("__reserved_2")), 0);
}

static void the_pmu_is_told_right(void **state)
{
	struct perfev_features features = probed_or_skip();
	struct attempt cycles = { PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .exclude_kernel = 1), 0, -1,
				  -1, 0 };

	(void)state;
	/* A PMU that cannot tell the kernel from the rest. */
	if (error_of(&cycles) == EINVAL)
		cycles.attr.exclude_kernel = 0;
	if (error_of(&cycles))
		skip_without("hardware", "cycles: %s", strerror(error_of(&cycles)));
	cycles.attr.exclude_hv = 1;
	if (error_of(&cycles))
		cycles.attr.exclude_hv = 0;
	cycles.attr.sample_period = 1 << 30;
	assert_int_equal(features.has_sampling, error_of(&cycles) == 0);
	assert_in_range(features.precise_ip, 0, 3);
	if (features.has_sampling && features.precise_ip < 3) {
		cycles.attr.precise_ip = (features.precise_ip + 1) & 3;
		assert_int_not_equal(error_of(&cycles), 0);
	}
	cycles.attr.precise_ip = 0;
	cycles.attr.sample_type = PERF_SAMPLE_BRANCH_STACK;
	cycles.attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER;
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_BRANCH_SAMPLE_TYPE,
					     PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER),
			 error_of(&cycles) == 0);
}

static void every_ioctl_of_an_old_kernel_is_there(void **state)
{
	struct perfev_features features = probed_or_skip();

	(void)state;
	assert_int_equal(
		perfev_features_has(&features, PERFEV_SET_IOCTL, PERF_EVENT_IOC_SET_OUTPUT), 1);
	assert_int_equal(
		perfev_features_has(&features, PERFEV_SET_IOCTL, PERF_EVENT_IOC_MODIFY_ATTRIBUTES),
		1);
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_IOCTL, 99), 0);
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_OPEN_FLAGS,
					     PERF_FLAG_FD_CLOEXEC | PERF_FLAG_FD_NO_GROUP),
			 1);
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_OPEN_FLAGS, 16), 0);
	assert_int_equal(perfev_features_has(&features, PERFEV_SET_RECORD, 1), -EINVAL);
}

static void limits_are_those_of_the_kernel(void **state)
{
	struct perfev_features features = probed_or_skip();
	struct attempt attempt = { DUMMY(.freq = 1), 0, -1, -1, 0 };
	struct test_ring ring;
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));

	(void)state;
	/* The kernel lowers its limit by itself when samples take too long. */
	if (kernel_setting_or_skip("perf_event_max_sample_rate") == features.frequency_hz) {
		attempt.attr.sample_freq = features.frequency_hz;
		assert_int_equal(error_of(&attempt), 0);
		attempt.attr.sample_freq++;
		assert_int_equal(error_of(&attempt), EINVAL);
	}
	assert_int_equal(features.max_stack, kernel_setting_or_skip("perf_event_max_stack"));
	assert_in_range(features.ring_pages, 1, 4096);
	ring_map(&ring, fd, (unsigned int)__builtin_ctzll(features.ring_pages));
	ring_unmap(&ring);
	close(fd);
}

static int rights_of_nobody(void *argument)
{
	struct perfev_features *features = argument;

	if (perfev_features_probe(features) < 0)
		return CHILD_FAILED;
	return (int)(features->is_permitted | features->has_kernel << 1 |
		     features->has_cpu_wide << 2);
}

static void rights_are_the_callers_own(void **state)
{
	struct perfev_features features = probed_or_skip();
	long paranoid = kernel_setting_or_skip("perf_event_paranoid");
	int mine = (int)(features.is_permitted | features.has_kernel << 1 |
			 features.has_cpu_wide << 2);

	(void)state;
	root_or_skip();
	assert_int_equal(mine, 7);
	assert_int_equal(as_nobody(rights_of_nobody, &features),
			 paranoid > 2  ? 0 :
			 paranoid == 2 ? 1 :
			 paranoid == 1 ? 3 :
					 7);
}

static void nothing_is_left_behind(void **state)
{
	struct perfev_features features;
	int before = open_no_event();
	int behind;

	(void)state;
	errno = 4242;
	assert_int_equal(perfev_features_probe(&features), 0);
	assert_int_equal(errno, 4242);
	behind = open_no_event();
	assert_int_equal(behind, before + 1);
	close(behind);
	close(before);
	assert_int_equal(perfev_features_probe(NULL), -EINVAL);
	assert_int_equal(perfev_features_field(&features, NULL), -EINVAL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(sample_bits_are_those_that_an_event_takes),
	cmocka_unit_test(read_formats_are_those_that_an_event_takes),
	cmocka_unit_test(events_are_those_that_open),
	cmocka_unit_test(breakpoints_are_those_that_open),
	cmocka_unit_test(names_of_ioctls_are_those_of_this_architecture),
	cmocka_unit_test(clocks_are_those_that_an_event_takes),
	cmocka_unit_test(every_field_of_one_bit_is_told_right),
	cmocka_unit_test(fields_past_the_kernels_attr_are_not_there),
	cmocka_unit_test(the_pmu_is_told_right),
	cmocka_unit_test(every_ioctl_of_an_old_kernel_is_there),
	cmocka_unit_test(limits_are_those_of_the_kernel),
	cmocka_unit_test(rights_are_the_callers_own),
	cmocka_unit_test(nothing_is_left_behind),
};

int main(void)
{
	return cmocka_run_group_tests_name("features", tests, NULL, NULL);
}
