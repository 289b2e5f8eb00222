/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, while profiles are shown: it is told, and nothing leaks. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "failing_memory.h"
#include "made_profile.h"
#include "report/report.h"
#include "support.h"

static void fill(struct profile *profile, int first)
{
	char stack[64];

	for (int i = first; i < first + 200; i++) {
		/* Not ASCII, which costs memory too. */
		snprintf(stack, sizeof(stack), "main;f%d@/lib/l%d.so;\xc3\xa4%d", i % 20, i % 3,
			 i % 90);
		assert_int_equal(made_sample(profile, i % 2 ? "e" : "f", "c", 1, stack, 1), 0);
	}
}

static int show(const struct report_page *page, struct profile *old, struct profile *new)
{
	int result = page->options->tree ? report_tree(page, old) : report_table(page, old);

	return result < 0 ? result : report_diff(page, old, new);
}

static void without_memory_it_is_told_and_nothing_leaks(void **state)
{
	struct report_options options = { .percent_limit = 0, .most_rows = 0 };
	struct report_page page = { .options = &options, .to = fopen("/dev/null", "we") };
	struct profile old = { .events = NULL }, new = { .events = NULL };
	/* Of cmocka's, where it is linked with its sources. */
	const long held = allocations_held;
	char strange[32];

	(void)state;
	assert_non_null(page.to);
	page.bold = page.faint = page.warn = page.plain = "";
	options.reading.taking.callers = 1;
	assert_int_equal(profile_keys_read(&options.keys, "dso,symbol", strange), 0);
	fill(&old, 0);
	fill(&new, 50);
	for (int tree = REPORT_NO_TREE; tree <= REPORT_CALLEE; tree++) {
		int result = -ENOMEM;
		long n;

		options.tree = (enum report_tree)tree;
		for (n = 0; result < 0; n++) {
			/* The profiles keep the names of rows. */
			const struct profile_text *texts = old.texts, *others = new.texts;
			long before = allocations_held;

			allocations_left = n;
			result = show(&page, &old, &new);
			allocations_left = -1;
			if (result < 0)
				assert_int_equal(result, -ENOMEM);
			if (old.texts == texts && new.texts == others)
				assert_int_equal(allocations_held, before);
		}
		assert_true(n > 20);
	}
	profile_free(&old);
	profile_free(&new);
	assert_int_equal(allocations_held, held);
	fclose(page.to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_it_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("reports without memory", tests, NULL, NULL);
}
