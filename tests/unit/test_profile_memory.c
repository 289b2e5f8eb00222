/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, while a profile is made and added up: it is told, and nothing leaks. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "failing_memory.h"
#include "made_profile.h"
#include "profile/read.h"
#include "profile/totals.h"
#include "profile/tree.h"
#include "recording.h"
#include "support.h"

static int add_samples(struct profile *profile)
{
	char stack[64];

	profile->keeps_samples = 1;
	for (int i = 0; i < 1100; i++) {
		snprintf(stack, sizeof(stack), "main;f%d:%d;g%d", i % 70, i % 40, i % 150);
		if (made_sample(profile, i % 2 ? "e" : "f", i % 3 ? "c" : "d", (__u32)(i % 90),
				stack, 1) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int add_up(struct profile_shape *shape, const struct profile_keys *keys)
{
	struct profile_tree_options options = { .event = 1 };
	struct profile_totals totals;
	struct profile_tree tree;
	int result = profile_totals_make(&totals, keys, shape, 1);

	if (result < 0)
		return result;
	assert_true(totals.row_count > 100);
	profile_totals_free(&totals);
	for (; options.is_up < 2 && result == 0; options.is_up++) {
		result = profile_tree_make(&tree, shape, &options);
		if (result == 0)
			profile_tree_free(&tree);
	}
	return result;
}

/* Returns 0, or the first failure. */
static int make_all(void)
{
	struct profile profile = { .events = NULL };
	struct profile_groups groups;
	struct profile_shape shape;
	struct profile_keys keys;
	char strange[32];
	int result = add_samples(&profile);

	assert_int_equal(profile_keys_read(&keys, "comm,pid,dso,symbol,line", strange), 0);
	if (result == 0)
		result = profile_groups_make(&groups, &profile, keys.mask);
	if (result < 0)
		goto end;
	result = profile_shape_make(&shape, &profile, &groups);
	if (result == 0) {
		result = add_up(&shape, &keys);
		profile_shape_free(&shape);
	}
	profile_groups_free(&groups);
end:
	profile_free(&profile);
	return result;
}

static void without_memory_it_is_told_and_nothing_leaks(void **state)
{
	const long before = allocations_held;
	int result = -ENOMEM;
	long n;

	(void)state;
	for (n = 0; result < 0; n++) {
		allocations_left = n;
		result = make_all();
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 200);
}

/* A profile to which something could not be added takes it when there is memory again. */
static void what_could_not_be_added_can_be_later(void **state)
{
	(void)state;
	for (long n = 0; n < 60; n++) {
		struct profile profile = { .events = NULL };

		allocations_left = n;
		add_samples(&profile);
		allocations_left = -1;
		assert_int_equal(made_sample(&profile, "e", "c", 1, "main;x", 3), 0);
		assert_int_equal(made_sample(&profile, "e", "c", 1, "main;x", 3), 0);
		assert_int_equal(profile.rows[profile.samples[profile.sample_count - 1].row].weight,
				 6);
		profile_free(&profile);
	}
}

/* Reads a recording with all that costs memory. Returns 0 or the first failure. */
static int read_recording(const char *path)
{
	struct profile_reading_options options = { .keep_samples = 1 };
	struct profile_reading reading;
	struct perfev_why why;
	int result;

	options.filter.to_ns = ~0ULL;
	options.taking.keys = PROFILE_KEYS_OF_WHO | PROFILE_KEYS_OF_FRAME;
	options.taking.callers = 1;
	options.taking.inlined = 1;
	result = profile_read(&reading, path, &options, &why);
	if (result < 0)
		return result;
	assert_int_equal(reading.profile.sample_count, 4);
	assert_int_equal(reading.profile.event_count, 2);
	profile_reading_close(&reading);
	return 0;
}

static void reading_without_memory_is_told_and_nothing_leaks(void **state)
{
	struct recording recording;
	char path[64];
	long before, n;
	int fd, result = -ENOMEM;

	(void)state;
	recording_make(&recording, 0, 0);
	fd = recording_open(&recording, recording.length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	before = allocations_held;
	for (n = 0; result < 0; n++) {
		allocations_left = n;
		result = read_recording(path);
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 50);
	close(fd);
	recording_free(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_it_is_told_and_nothing_leaks),
		cmocka_unit_test(what_could_not_be_added_can_be_later),
		cmocka_unit_test(reading_without_memory_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("profiles without memory", tests, NULL, NULL);
}
