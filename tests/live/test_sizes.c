/* SPDX-License-Identifier: MIT */
/*
 * attr.size: how a kernel reads an attr that is smaller or larger than its own. What must stay
 * true: the kernel's size is asked for (what E2BIG writes back), never told from its version.
 */
#include "attempt.h"
#include "facts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An attr with room behind it for the fields of kernels to come. */
union large_attr {
	struct perf_event_attr attr;
	unsigned char bytes[4096];
};

static const __u32 published[] = {
	PERF_ATTR_SIZE_VER0, PERF_ATTR_SIZE_VER1, PERF_ATTR_SIZE_VER2, PERF_ATTR_SIZE_VER3,
	PERF_ATTR_SIZE_VER4, PERF_ATTR_SIZE_VER5, PERF_ATTR_SIZE_VER6, PERF_ATTR_SIZE_VER7,
	PERF_ATTR_SIZE_VER8, PERF_ATTR_SIZE_VER9,
};

#define PUBLISHED (sizeof(published) / sizeof(published[0]))

static union large_attr large_dummy(__u32 size)
{
	union large_attr large;

	memset(&large, 0, sizeof(large));
	large.attr = (struct perf_event_attr)DUMMY(.disabled = 1);
	large.attr.size = size;
	return large;
}

/* As error_of(), for an attr of any size. The size that the kernel left in it is told too. */
static int error_of_large(union large_attr *large)
{
	int fd = perf_event_open(&large->attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Opens an attr of this size with all else in it that a dummy has. */
static int error_of_size(__u32 size)
{
	union large_attr large = large_dummy(size);
	int error = error_of_large(&large);

	if (!error)
		assert_int_equal(large.attr.size, size);
	return error;
}

/* The kernel's own size, or a skip where a dummy may not be opened. */
static __u32 kernel_size(void)
{
	union large_attr large = large_dummy(sizeof(large));

	close(open_dummy((struct perf_event_attr)DUMMY(.disabled = 1)));
	large.bytes[sizeof(large) - 1] = 1;
	assert_int_equal(error_of_large(&large), E2BIG);
	return large.attr.size;
}

static void the_kernels_own_size_is_a_published_one_or_larger(void **state)
{
	__u32 size = kernel_size();
	int found = size > published[PUBLISHED - 1];

	(void)state;
	print_message("# attr.size of this kernel: %u\n", size);
	for (size_t i = 0; i < PUBLISHED; i++)
		found |= published[i] == size;
	assert_true(found);
	assert_true(size >= PERF_ATTR_SIZE_VER5);
	assert_int_equal(size % 8, 0);
}

static void every_published_size_is_accepted_with_a_zero_tail(void **state)
{
	__u32 kernels = kernel_size();
	unsigned int smaller = 0;

	(void)state;
	for (size_t i = 0; i < PUBLISHED; i++) {
		assert_int_equal(error_of_size(published[i]), 0);
		smaller += published[i] <= kernels;
	}
	assert_true(smaller >= 6); /* 64 to 112 */
}

/* The fields of the sizes that came last, each as long as it is there. */
static const struct late_field {
	const char *name;
	size_t offset;
	__u32 size; /* the first published size that has it */
} late_fields[] = {
	{ "aux_sample_size", offsetof(struct perf_event_attr, aux_sample_size),
	  PERF_ATTR_SIZE_VER6 },
	{ "sig_data", offsetof(struct perf_event_attr, sig_data), PERF_ATTR_SIZE_VER7 },
	{ "config3", offsetof(struct perf_event_attr, config3), PERF_ATTR_SIZE_VER8 },
	{ "config4", offsetof(struct perf_event_attr, config4), PERF_ATTR_SIZE_VER9 },
};

static void a_field_that_the_kernel_lacks_is_e2big_and_one_that_it_has_is_not(void **state)
{
	__u32 kernels = kernel_size();

	(void)state;
	for (size_t i = 0; i < sizeof(late_fields) / sizeof(late_fields[0]); i++) {
		union large_attr large = large_dummy(PERF_ATTR_SIZE_VER9);
		int error;

		large.bytes[late_fields[i].offset] = 8;
		error = error_of_large(&large);
		print_message("# attr.%s set in a dummy: %s\n", late_fields[i].name,
			      error_name(error));
		if (late_fields[i].size <= kernels) {
			assert_int_not_equal(error, E2BIG);
			continue;
		}
		assert_int_equal(error, E2BIG);
		assert_int_equal(large.attr.size, kernels);
	}
}

static void each_published_size_ends_where_its_last_field_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(late_fields) / sizeof(late_fields[0]); i++) {
		/* 8 bytes each, since aux_sample_size shares them with what came into its gap. */
		assert_int_equal(late_fields[i].offset + 8, late_fields[i].size);
		assert_int_equal(late_fields[i].offset, published[6 + i - 1]);
	}
	assert_true(sizeof(struct perf_event_attr) >= published[PUBLISHED - 1]);
}

static void what_lies_past_the_size_is_not_read(void **state)
{
	__u32 kernels = kernel_size();

	(void)state;
	for (size_t i = 0; i < PUBLISHED; i++) {
		union large_attr large = large_dummy(published[i]);

		memset(large.bytes + published[i], 0xff, sizeof(large) - published[i]);
		assert_int_equal(error_of_large(&large), 0);
	}
	for (__u32 past = 0; past < 16; past++) {
		union large_attr large = large_dummy(kernels + past);

		/* One byte at the end of the size is read, the same byte behind it is not. */
		large.bytes[kernels + past] = 1;
		assert_int_equal(error_of_large(&large), 0);
		large.attr.size++;
		assert_int_equal(error_of_large(&large), E2BIG);
		assert_int_equal(large.attr.size, kernels);
	}
}

static void a_size_that_is_no_multiple_of_8_is_as_good_as_any(void **state)
{
	__u32 kernels = kernel_size();

	(void)state;
	for (__u32 size = PERF_ATTR_SIZE_VER0; size < kernels + 64; size++)
		assert_int_equal(error_of_size(size), 0);
}

/* __reserved_2 is refused when it is not zero, so it shows how much of it was read. */
static void a_size_that_ends_within_a_field_cuts_it_to_the_byte(void **state)
{
	const __u32 at = offsetof(struct perf_event_attr, __reserved_2);
	union large_attr large = large_dummy(0);

	(void)state;
	kernel_size(); /* or skip */
	for (__u32 size = at - 4; size < PERF_ATTR_SIZE_VER5; size++) {
		memset(large.bytes + at, 0, sizeof(large.attr.__reserved_2));
		large.bytes[at + 1] = 1;
		large.attr.size = size;
		assert_int_equal(error_of_large(&large), size > at + 1 ? EINVAL : 0);
		large.bytes[at] = 1;
		large.attr.size = size;
		assert_int_equal(error_of_large(&large), size > at ? EINVAL : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_own_size_is_a_published_one_or_larger),
		cmocka_unit_test(every_published_size_is_accepted_with_a_zero_tail),
		cmocka_unit_test(a_field_that_the_kernel_lacks_is_e2big_and_one_that_it_has_is_not),
		cmocka_unit_test(each_published_size_ends_where_its_last_field_does),
		cmocka_unit_test(what_lies_past_the_size_is_not_read),
		cmocka_unit_test(a_size_that_is_no_multiple_of_8_is_as_good_as_any),
		cmocka_unit_test(a_size_that_ends_within_a_field_cuts_it_to_the_byte),
	};

	return cmocka_run_group_tests_name("attr.size", tests, NULL, NULL);
}
