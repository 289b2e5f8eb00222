/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, while rows, callers and columns are made: it is told, nothing leaks. */
#include <errno.h>
#include <stdio.h>

#include "failing_memory.h"
#include "made_profile.h"
#include "support.h"
#include "top/fade.h"
#include "top/rows.h"

static int add_samples(struct profile *profile, struct fade *fade)
{
	char stack[64];

	for (int i = 0; i < 300; i++) {
		snprintf(stack, sizeof(stack), "main;f%d;g%d", i % 20, i % 70);
		if (made_sample(profile, "e", i % 3 ? "c" : "d", (__u32)(i % 40), stack, 1000) < 0)
			return -ENOMEM;
	}
	return fade_step(fade, profile, 0.5);
}

/* Makes rows and callers of what is left after something was forgotten. */
static int make_rows(struct profile *profile)
{
	struct top_view view = { .only_pid = PROFILE_NONE, .filter = "g", .has_callers = 1 };
	struct top_rows rows;
	struct top_calls calls;
	char strange[32];
	int result;

	assert_int_equal(profile_keys_read(&view.keys, "pid,symbol", strange), 0);
	result = top_rows_make(&rows, profile, &view);
	if (result < 0)
		return result;
	assert_true(rows.count > 90);
	result = top_calls_make(&calls, &rows, 0);
	if (result == 0) {
		assert_true(calls.count >= 3);
		top_calls_free(&calls);
	}
	top_rows_free(&rows);
	return result;
}

/* Returns 0, or the first failure. */
static int make_all(void)
{
	struct profile profile = { .events = NULL }, smaller = { .events = NULL };
	struct fade fade = { .rows = NULL };
	int result = add_samples(&profile, &fade);

	if (result == 0)
		result = fade_forget(&fade, &smaller, &profile, 1e-6);
	if (result == 0)
		result = make_rows(&smaller);
	fade_free(&fade);
	profile_free(&smaller);
	profile_free(&profile);
	return result;
}

static void without_memory_it_is_told_and_nothing_leaks(void **state)
{
	const long before = allocations_held;
	int has_failed = 1;
	long n;

	(void)state;
	/* A label that there is no memory for is a question mark, and no failure. */
	for (n = 0; has_failed; n++) {
		int result;

		allocations_left = n;
		result = make_all();
		has_failed = allocations_left < 0;
		allocations_left = -1;
		assert_true(result == 0 || (has_failed && result == -ENOMEM));
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_it_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("perfev top without memory", tests, NULL, NULL);
}
