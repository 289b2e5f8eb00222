/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, while a profile is exported: it is told, and nothing leaks. */
#include <errno.h>
#include <stdio.h>

#include "../../cli/export/export.h"
#include "failing_memory.h"
#include "profile_maker.h"
#include "support.h"

static int folded(const struct profile *profile, FILE *to)
{
	return export_folded(profile, 0, EXPORT_KERNEL_SUFFIX, to);
}

static int (*const exports[])(const struct profile *, FILE *) = {
	folded, export_firefox, export_speedscope, export_json, export_pprof,
};

static void exporting_without_memory_is_told_and_nothing_leaks(void **state)
{
	const size_t count = sizeof(exports) / sizeof(exports[0]) - !export_has_pprof();

	(void)state;
	for (size_t i = 0; i < 2 * count; i++) {
		const int keeps_samples = i < count || exports[i % count] == export_firefox;
		struct profile profile;
		FILE *to = fopen("/dev/null", "w");
		int result = -ENOMEM;
		long before, n;

		assert_non_null(to);
		profile_make(&profile, 2, keeps_samples);
		/* The stream takes its buffer now. */
		fputc('x', to);
		fflush(to);
		before = allocations_held;
		for (n = 0; result < 0; n++) {
			allocations_left = n;
			result = exports[i % count](&profile, to);
			allocations_left = -1;
			if (result < 0)
				assert_int_equal(result, -ENOMEM);
			assert_int_equal(allocations_held, before);
		}
		assert_true(n > 4);
		fclose(to);
		profile_free(&profile);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exporting_without_memory_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("exports without memory", tests, NULL, NULL);
}
