/* SPDX-License-Identifier: MIT */
/*
 * A line of fields for each event, in linux-perf's order, which scripts read: [time,] [scope,
 * places,] value, unit, event, nanoseconds that it ran, percentage of the time, meaning, its unit.
 */
#include <string.h>

#include "metrics.h"
#include "stat.h"

static void print_value(const struct stat_row *row, const char *separator, FILE *to)
{
	if (row->reading.state == PERFEV_READING_MISSING)
		fprintf(to, "<not supported>%s", separator);
	else if (!stat_has_value(row))
		fprintf(to, "<not counted>%s", separator);
	else if (stat_is_clock(row->event))
		fprintf(to, "%.6f%smsec", stat_value(row) / 1e6, separator);
	else if (row->event->unit[0])
		fprintf(to, "%.2f%s%s", stat_value(row), separator, row->event->unit);
	else
		fprintf(to, "%.0f%s", stat_value(row), separator);
}

static void print_row(const struct stat *stat, const struct stat_result *result,
		      const struct stat_row *row)
{
	const char *separator = stat->options.separator;
	struct stat_meaning meaning = stat_meaning_of(result, row);
	char name[256];

	if (stat->options.interval_ms)
		fprintf(stat->to, "%.9f%s", (double)result->end_ns / 1e9, separator);
	if (row->scope[0])
		fprintf(stat->to, "%s%s%u%s", row->scope, separator, row->places, separator);
	print_value(row, separator, stat->to);
	fprintf(stat->to, "%s%s%s", separator, stat_name(row, name, sizeof(name)), separator);
	if (result->runs > 1)
		fprintf(stat->to, "%.2f%%%s", 100 * row->spread, separator);
	fprintf(stat->to, "%llu%s%.2f%s", (unsigned long long)row->reading.running_ns, separator,
		100 * perfev_reading_coverage(&row->reading), separator);
	if (meaning.unit)
		fprintf(stat->to, "%.3f%s%s", meaning.value, separator, meaning.unit);
	else
		fprintf(stat->to, "%s", separator);
	fprintf(stat->to, "\n");
}

void stat_print_csv(const struct stat *stat, const struct stat_result *result)
{
	for (unsigned int i = 0; i < result->count; i++)
		print_row(stat, result, &result->rows[i]);
	fflush(stat->to);
}
