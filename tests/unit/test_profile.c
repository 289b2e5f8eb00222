/* SPDX-License-Identifier: MIT */
/* What samples add up to: equal stacks are one, sums are exact, keys tell apart what they say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "made_profile.h"
#include "profile/interval.h"
#include "profile/keys.h"
#include "support.h"

static void equal_stacks_are_one_row(void **state)
{
	struct profile profile = { .events = NULL };

	(void)state;
	assert_int_equal(made_sample(&profile, "e", "c", 1, "main;a;b", 10), 0);
	assert_int_equal(made_sample(&profile, "e", "c", 1, "main;a", 20), 0);
	assert_int_equal(made_sample(&profile, "e", "c", 1, "main;a;b", 30), 0);
	assert_int_equal(profile.row_count, 2);
	assert_int_equal(profile.rows[0].samples, 2);
	assert_int_equal(profile.rows[0].weight, 40);
	assert_int_equal(profile.rows[1].samples, 1);
	assert_int_equal(profile.rows[1].weight, 20);
	assert_int_equal(profile.events[0].samples, 3);
	assert_int_equal(profile.events[0].weight, 60);
	/* The root, main, a, b. */
	assert_int_equal(profile.node_count, 4);
	assert_int_equal(profile.nodes[profile.rows[0].node].parent, profile.rows[1].node);
	profile_free(&profile);
}

static void what_differs_in_whom_or_event_is_another_row(void **state)
{
	struct profile profile = { .events = NULL };

	(void)state;
	assert_int_equal(made_sample(&profile, "e", "c", 1, "main", 1), 0);
	assert_int_equal(made_sample(&profile, "f", "c", 1, "main", 1), 0);
	assert_int_equal(made_sample(&profile, "e", "d", 1, "main", 1), 0);
	assert_int_equal(made_sample(&profile, "e", "c", 2, "main", 1), 0);
	assert_int_equal(profile.row_count, 4);
	assert_int_equal(profile.who_count, 3);
	assert_int_equal(profile.node_count, 2);
	profile_free(&profile);
}

static void tables_hold_many_and_parents_stand_before_children(void **state)
{
	struct profile profile = { .events = NULL };
	char stack[64];

	(void)state;
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 20000; i++) {
			snprintf(stack, sizeof(stack), "f%d;f%d;f%d", i % 7, i % 300, i % 911);
			assert_int_equal(made_sample(&profile, "e", "c", (__u32)(i % 5), stack, 1),
					 0);
		}
	assert_int_equal(profile.events[0].samples, 40000);
	for (__u32 i = 1; i < profile.node_count; i++)
		assert_true(profile.nodes[i].parent < i);
	for (__u32 i = 0; i < profile.row_count; i++)
		assert_int_equal(profile.rows[i].samples % 2, 0);
	profile_free(&profile);
}

static void samples_are_kept_where_they_are_wanted(void **state)
{
	struct profile profile = { .events = NULL };

	(void)state;
	profile.keeps_samples = 1;
	for (int i = 0; i < 3000; i++)
		assert_int_equal(
			made_sample(&profile, "e", "c", 1, i % 3 ? "main" : "main;a", (__u64)i), 0);
	assert_int_equal(profile.sample_count, 3000);
	for (__u32 i = 0; i < 3000; i++) {
		assert_int_equal(profile.samples[i].weight, i);
		assert_int_equal(profile.samples[i].row, i % 3 ? 1 : 0);
	}
	profile_free(&profile);
}

static void keys_are_read_in_their_order_and_what_is_none_is_told(void **state)
{
	static const char *const wrong[][2] = {
		{ "comm,dos", "dos" },      { "", "" },     { "comm,", "" }, { "pid,pid", "pid" },
		{ "sym,symbol", "symbol" }, { ",pid", "" },
	};
	struct profile_keys keys;
	char strange[32];

	(void)state;
	assert_int_equal(profile_keys_read(&keys, "symbol,comm,cgroup", strange), 0);
	assert_int_equal(keys.count, 3);
	assert_int_equal(keys.list[0], PROFILE_KEY_SYMBOL);
	assert_int_equal(keys.list[1], PROFILE_KEY_COMM);
	assert_int_equal(keys.list[2], PROFILE_KEY_CGROUP);
	assert_int_equal(keys.mask, 1U << PROFILE_KEY_SYMBOL | 1U << PROFILE_KEY_COMM |
					    1U << PROFILE_KEY_CGROUP);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(profile_keys_read(&keys, wrong[i][0], strange), -EINVAL);
		assert_string_equal(strange, wrong[i][1]);
	}
}

/* How many groups of frames and of whom these keys make of a profile with some of each. */
static void groups_of(const char *text, __u32 frames, __u32 whos)
{
	struct profile profile = { .events = NULL };
	struct profile_groups groups;
	struct profile_keys keys;
	char strange[32];

	assert_int_equal(made_sample(&profile, "e", "c", 1, "main:1;a@x:1;b@x:2", 1), 0);
	assert_int_equal(made_sample(&profile, "e", "c", 2, "main:1;a@y:1;b@y:3", 1), 0);
	assert_int_equal(made_sample(&profile, "e", "d", 2, "main:2", 1), 0);
	assert_int_equal(profile_keys_read(&keys, text, strange), 0);
	assert_int_equal(profile_groups_make(&groups, &profile, keys.mask), 0);
	assert_int_equal(groups.frame_groups, frames);
	assert_int_equal(groups.who_groups, whos);
	for (__u32 i = 0; i < groups.frame_groups; i++)
		assert_int_equal(groups.frames[groups.first_frames[i]], i);
	for (__u32 i = 0; i < groups.who_groups; i++)
		assert_int_equal(groups.whos[groups.first_whos[i]], i);
	profile_groups_free(&groups);
	profile_free(&profile);
}

static void keys_tell_apart_what_they_say_and_nothing_else(void **state)
{
	(void)state;
	groups_of("event", 1, 1);
	groups_of("symbol", 3, 1);
	groups_of("dso", 3, 1);
	groups_of("dso,symbol", 5, 1);
	groups_of("line", 3, 1);
	groups_of("symbol,line", 5, 1);
	groups_of("dso,symbol,line", 6, 1);
	groups_of("comm", 1, 2);
	groups_of("pid", 1, 2);
	groups_of("comm,tid,symbol", 3, 3);
	groups_of("cpu,cgroup", 1, 1);
}

static void what_is_inlined_is_not_the_function_by_itself(void **state)
{
	struct profile profile = { .events = NULL };
	struct profile_frame frame = { .is_inlined = 1 };
	struct profile_groups groups;
	__u32 number;

	(void)state;
	assert_int_equal(made_sample(&profile, "e", "c", 1, "main", 1), 0);
	assert_int_equal(profile_frame(&profile, &frame, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(profile_groups_make(&groups, &profile, 1U << PROFILE_KEY_SYMBOL), 0);
	assert_int_equal(groups.frame_groups, 2);
	profile_groups_free(&groups);
	assert_int_equal(profile_groups_make(&groups, &profile, 1U << PROFILE_KEY_DSO), 0);
	assert_int_equal(groups.frame_groups, 1);
	profile_groups_free(&groups);
	profile_free(&profile);
}

static void assert_near(double got, double wanted)
{
	if (got < wanted - 0.00005 || got > wanted + 0.00005)
		fail_msg("%.6f, not %.4f", got, wanted);
}

/* The examples that the method was published with. */
static void differences_have_the_published_intervals(void **state)
{
	static const struct {
		double first, of_first, second, of_second, low, high;
	} known[] = {
		{ 48, 80, 56, 70, 0.0524, 0.3339 }, { 3, 10, 9, 10, 0.1705, 0.8090 },
		{ 2, 7, 6, 7, 0.0582, 0.8062 },     { 0, 29, 5, 56, -0.0381, 0.1926 },
		{ 0, 20, 0, 10, -0.1611, 0.2775 },  { 0, 10, 0, 10, -0.2775, 0.2775 },
		{ 0, 20, 10, 10, 0.6791, 1.0000 },  { 0, 10, 10, 10, 0.6075, 1.0000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct profile_interval got = profile_difference(
			known[i].first / known[i].of_first, known[i].of_first,
			known[i].second / known[i].of_second, known[i].of_second);

		assert_near(got.low, known[i].low);
		assert_near(got.high, known[i].high);
	}
}

static void a_share_of_no_samples_may_be_anything(void **state)
{
	const struct profile_interval got = profile_difference(0.5, 1e9, 0, 0);

	(void)state;
	assert_near(got.low, -0.5);
	assert_near(got.high, 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_stacks_are_one_row),
		cmocka_unit_test(what_differs_in_whom_or_event_is_another_row),
		cmocka_unit_test(tables_hold_many_and_parents_stand_before_children),
		cmocka_unit_test(samples_are_kept_where_they_are_wanted),
		cmocka_unit_test(keys_are_read_in_their_order_and_what_is_none_is_told),
		cmocka_unit_test(keys_tell_apart_what_they_say_and_nothing_else),
		cmocka_unit_test(what_is_inlined_is_not_the_function_by_itself),
		cmocka_unit_test(differences_have_the_published_intervals),
		cmocka_unit_test(a_share_of_no_samples_may_be_anything),
	};

	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}
