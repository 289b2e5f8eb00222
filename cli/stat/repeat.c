/* SPDX-License-Identifier: MIT */
/*
 * Several runs of the same program, as one result: means, with the standard error of each. A row
 * that had no value in one of the runs has none in all of them together.
 */
#include "repeat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int first_run(struct repeat *repeat, struct stat_result *run)
{
	repeat->rows = calloc(run->count + 1, sizeof(*repeat->rows));
	return repeat->rows ? 0 : -ENOMEM;
}

/* Adds what earlier runs counted to this one's readings. */
static void add_readings(struct stat_result *run, const struct stat_result *before)
{
	for (unsigned int i = 0; i < run->count && i < before->count; i++) {
		struct perfev_reading sum = before->rows[i].reading;

		perfev_reading_add(&sum, &run->rows[i].reading);
		run->rows[i].reading = sum;
	}
}

int repeat_add(struct repeat *repeat, struct stat_result *run)
{
	if (!repeat->rows && first_run(repeat, run) < 0) {
		stat_result_free(run);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < run->count; i++)
		if (stat_has_value(&run->rows[i]))
			spread_add(&repeat->rows[i], stat_value(&run->rows[i]));
	spread_add(&repeat->wall, (double)run->wall_ns);
	spread_add(&repeat->user, (double)run->user_ns);
	spread_add(&repeat->system, (double)run->system_ns);
	if (repeat->last.rows)
		add_readings(run, &repeat->last);
	stat_result_free(&repeat->last);
	repeat->last = *run;
	return 0;
}

void repeat_finish(struct repeat *repeat)
{
	struct stat_result *result = &repeat->last;
	unsigned int runs = repeat->wall.count;

	for (unsigned int i = 0; i < result->count; i++) {
		struct perfev_reading *reading = &result->rows[i].reading;

		reading->value = (reading->value + runs / 2) / runs;
		reading->enabled_ns /= runs;
		reading->running_ns /= runs;
		result->rows[i].spread = spread_relative(&repeat->rows[i]);
	}
	result->runs = runs;
	result->wall_ns = (__u64)repeat->wall.mean;
	result->user_ns = (__u64)repeat->user.mean;
	result->system_ns = (__u64)repeat->system.mean;
	result->wall_spread = spread_relative(&repeat->wall);
	result->user_spread = spread_relative(&repeat->user);
	result->system_spread = spread_relative(&repeat->system);
}

void repeat_free(struct repeat *repeat)
{
	stat_result_free(&repeat->last);
	free(repeat->rows);
	memset(repeat, 0, sizeof(*repeat));
}
