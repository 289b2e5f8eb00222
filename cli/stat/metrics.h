/* SPDX-License-Identifier: MIT */
/* What values mean beside each other: shares, rates, frequencies; and the metrics of -M. */
#ifndef PERFEV_CLI_STAT_METRICS_H
#define PERFEV_CLI_STAT_METRICS_H

#include "stat.h"

/* What -M takes: a name, and the events that it needs. */
struct stat_metric {
	const char *name;
	const char *events;
	const char *what;
};

/* The number'th metric from 0, or NULL past the last. */
const struct stat_metric *stat_metric_get(unsigned int number);
const struct stat_metric *stat_metric_find(const char *name);

/* What one value means. */
struct stat_meaning {
	double value;
	const char *unit; /* "per cycle", "% of the branches", "/s"; NULL: it means nothing more */
};

/* What the value of a row means beside the others of its scope. */
struct stat_meaning stat_meaning_of(const struct stat_result *result, const struct stat_row *row);

/* Writes it as text, "0.61 per cycle". Returns text, empty when there is nothing to say. */
const char *stat_meaning_text(struct stat_meaning meaning, char *text, size_t size);

#endif
