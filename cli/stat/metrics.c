/* SPDX-License-Identifier: MIT */
/*
 * What values mean beside each other. A meaning is made of two values of the same scope and the
 * same modifiers, or of a value and the time; where one is not known there is none.
 */
#include "metrics.h"

#include <string.h>

#include "../number.h"

static const struct stat_metric metrics[] = {
	{ "ipc", "{instructions,cycles}:W", "instructions in a cycle" },
	{ "ghz", "cycles,task-clock", "cycles in a nanosecond of the time on CPUs" },
	{ "cpus", "task-clock", "CPUs kept busy" },
	{ "branch-misses", "{branches,branch-misses}:W", "branches predicted wrong" },
	{ "cache-misses", "{cache-references,cache-misses}:W", "misses of the last cache" },
	{ "l1d-misses", "{L1-dcache-loads,L1-dcache-load-misses}:W",
	  "misses of the first data cache" },
	{ "l1i-misses", "{L1-icache-loads,L1-icache-load-misses}:W",
	  "misses of the first instruction cache" },
	{ "llc-misses", "{LLC-loads,LLC-load-misses}:W", "loads that missed the last cache" },
	{ "dtlb-misses", "{dTLB-loads,dTLB-load-misses}:W", "misses of the data TLB" },
	{ "itlb-misses", "{iTLB-loads,iTLB-load-misses}:W", "misses of the instruction TLB" },
	{ "stalls", "{cycles,stalled-cycles-frontend,stalled-cycles-backend}:W",
	  "cycles in which nothing went on" },
};

/* A value over another one of the same scope: of which, how often, and how that is called. */
static const struct {
	const char *over, *under;
	double factor;
	const char *unit;
} ratios[] = {
	{ "instructions", "cycles", 1, "per cycle" },
	{ "branch-misses", "branches", 100, "% of the branches" },
	{ "cache-misses", "cache-references", 100, "% of the references" },
	{ "L1-dcache-load-misses", "L1-dcache-loads", 100, "% of the loads" },
	{ "L1-icache-load-misses", "L1-icache-loads", 100, "% of the loads" },
	{ "LLC-load-misses", "LLC-loads", 100, "% of the loads" },
	{ "dTLB-load-misses", "dTLB-loads", 100, "% of the loads" },
	{ "iTLB-load-misses", "iTLB-loads", 100, "% of the loads" },
	{ "stalled-cycles-frontend", "cycles", 100, "% of the cycles" },
	{ "stalled-cycles-backend", "cycles", 100, "% of the cycles" },
};

const struct stat_metric *stat_metric_get(unsigned int number)
{
	return number < sizeof(metrics) / sizeof(metrics[0]) ? &metrics[number] : NULL;
}

const struct stat_metric *stat_metric_find(const char *name)
{
	const struct stat_metric *metric;

	for (unsigned int i = 0; (metric = stat_metric_get(i)); i++)
		if (strcmp(metric->name, name) == 0)
			return metric;
	return NULL;
}

/* A name's length without its modifiers. */
static size_t bare_length(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? (size_t)(colon - name) : strlen(name);
}

static int is_named(const struct stat_row *row, const char *name)
{
	const char *own = row->event->name;

	return strlen(name) == bare_length(own) && strncmp(own, name, strlen(name)) == 0;
}

static const char *modifiers_of(const struct stat_row *row)
{
	return row->event->name + bare_length(row->event->name);
}

/* The row of another event in the same scope that counts in the same modes, or NULL. */
static const struct stat_row *beside(const struct stat_result *result, const struct stat_row *row,
				     const char *name, int same_modes)
{
	unsigned int first = (unsigned int)(row - result->rows) / result->events * result->events;

	for (unsigned int i = first; i < first + result->events; i++) {
		const struct stat_row *other = &result->rows[i];

		if (!is_named(other, name) || !stat_has_value(other) || stat_value(other) <= 0)
			continue;
		if (!same_modes || (other->user_only == row->user_only &&
				    strcmp(modifiers_of(other), modifiers_of(row)) == 0))
			return other;
	}
	return NULL;
}

/* The seconds that a scope was on CPUs, or those that were watched. */
static double seconds_of(const struct stat_result *result, const struct stat_row *row)
{
	const struct stat_row *clock = beside(result, row, "task-clock", 0);

	if (!clock)
		clock = beside(result, row, "cpu-clock", 0);
	if (clock)
		return stat_value(clock) / 1e9;
	return (double)result->wall_ns / 1e9;
}

struct stat_meaning stat_meaning_of(const struct stat_result *result, const struct stat_row *row)
{
	struct stat_meaning meaning = { 0, NULL };
	double seconds;

	if (!stat_has_value(row) || !result->wall_ns)
		return meaning;
	if (stat_is_clock(row->event)) {
		meaning.value = stat_value(row) / (double)result->wall_ns;
		meaning.unit = "CPUs used";
		return meaning;
	}
	for (size_t i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		const struct stat_row *under;

		if (!is_named(row, ratios[i].over))
			continue;
		under = beside(result, row, ratios[i].under, 1);
		if (!under)
			continue;
		meaning.value = ratios[i].factor * stat_value(row) / stat_value(under);
		meaning.unit = ratios[i].unit;
		return meaning;
	}
	seconds = seconds_of(result, row);
	/* Cycles of the program's own code alone, over all its time, are no frequency. */
	if (is_named(row, "cycles") && !row->user_only && !*modifiers_of(row)) {
		meaning.value = stat_value(row) / seconds / 1e9;
		meaning.unit = "GHz";
	} else if (!is_named(row, "cycles") && seconds > 0) {
		meaning.value = stat_value(row) / seconds;
		meaning.unit = "/s";
	}
	return meaning;
}

const char *stat_meaning_text(struct stat_meaning meaning, char *text, size_t size)
{
	char number[NUMBER_SIZE];

	text[0] = '\0';
	if (!meaning.unit)
		return text;
	if (strcmp(meaning.unit, "/s") == 0)
		snprintf(text, size, "%s/s", number_rate(number, meaning.value));
	else
		snprintf(text, size, "%.2f %s", meaning.value, meaning.unit);
	return text;
}
