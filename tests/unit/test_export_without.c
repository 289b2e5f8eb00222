/* SPDX-License-Identifier: MIT */
/* A build that cannot write pprof's format says so, and writes nothing. */
#include <errno.h>

#include "../../cli/export/export.h"
#include "support.h"

static void pprof_is_not_supported(void **state)
{
	const struct profile profile = { 0 };
	FILE *to = tmpfile();

	(void)state;
	assert_non_null(to);
	assert_false(export_has_pprof());
	assert_int_equal(export_pprof(&profile, to), -ENOTSUP);
	assert_int_equal(ftell(to), 0);
	fclose(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pprof_is_not_supported),
	};

	return cmocka_run_group_tests_name("exports without pprof", tests, NULL, NULL);
}
