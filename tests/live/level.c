/* SPDX-License-Identifier: MIT */
/* Sets levels of perf_event_paranoid where that is allowed; see level.h. */
#include "level.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"

#define LEVEL "/proc/sys/kernel/perf_event_paranoid"

static long level_before;

/* Writes the setting. Returns 0, or -1. */
static int set_level(long level)
{
	FILE *file = fopen(LEVEL, "we");
	int result;

	if (!file)
		return -1;
	result = fprintf(file, "%ld\n", level) > 0 ? 0 : -1;
	return fclose(file) == 0 ? result : -1;
}

int remember_level(void **state)
{
	(void)state;
	level_before = kernel_setting_or_skip("perf_event_paranoid");
	return 0;
}

int put_level_back(void **state)
{
	(void)state;
	if (kernel_setting_or_skip("perf_event_paranoid") == level_before)
		return 0;
	return set_level(level_before);
}

void level_or_skip(long level)
{
	const char *lab = getenv("PERFEV_LAB");

	root_or_skip();
	if (level == level_before)
		return;
	if (!lab || strcmp(lab, "1") != 0)
		skip_without("lab", "perf_event_paranoid is %ld here, and not ours to change",
			     level_before);
	assert_int_equal(set_level(level), 0);
	assert_int_equal(kernel_setting_or_skip("perf_event_paranoid"), level);
}
