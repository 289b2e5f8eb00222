/* SPDX-License-Identifier: MIT */
/*
 * What perfev stat counted, between the part that counts (run.c, rows.c), those that make something
 * of it (repeat.c, metrics.c) and those that print (table.c, csv.c, json.c). A value is only to be
 * read in the states that have one.
 */
#ifndef PERFEV_CLI_STAT_STAT_H
#define PERFEV_CLI_STAT_STAT_H

#include <stdio.h>

#include <perfev.h>

#include "../child.h"
#include "options.h"

/* One event in one scope. */
struct stat_row {
	char scope[80];                   /* "S0-C1", "bash-4711"; "" for everything together */
	unsigned int places;              /* CPUs or threads that it sums up */
	const struct perfev_event *event; /* the first of those that the name became */
	struct perfev_reading reading;    /* of an interval, what it added */
	double spread;   /* of the mean of several runs: its standard error / the mean */
	int user_only;   /* the kernel's part is left out, unasked */
	int from_rusage; /* not by an event, but by wait4(2) */
	const struct perfev_why *why; /* of what is missing, or NULL; lives as long as the run */
};

/* A run, an interval of one, or the mean of several. */
struct stat_result {
	struct stat_row *rows; /* by scope, then in the order of the events */
	unsigned int count;
	unsigned int events; /* rows of each scope */
	unsigned int runs;   /* that it is the mean of */
	unsigned int missed; /* threads that may not be counted */
	unsigned int usable; /* counters that count, where one stands still, else 0 */
	__u64 end_ns;        /* since the start of the run */
	__u64 wall_ns, user_ns, system_ns;
	double wall_spread, user_spread, system_spread;
	struct perfev_why *whys; /* what the rows' why point to */
};

struct stat {
	struct stat_options options;
	struct perfev_events *events;
	char **argv;        /* of the program that this is about, or NULL */
	struct child child; /* it, when it has run */
	__u64 begin_ns;     /* of CLOCK_MONOTONIC, of the run */
	int has_shown;      /* for how long it runs */
	FILE *to;
};

/* Whether a row has a value. */
int stat_has_value(const struct stat_row *row);

/* A row's value for people and machines: scaled for multiplexing and by the event's unit. */
double stat_value(const struct stat_row *row);

/* The event's name as printed: with ":u" where the kernel's part is left out. */
const char *stat_name(const struct stat_row *row, char *text, size_t size);

/* Why a row has no value, in words for one line; they may be written into text. */
const char *stat_reason(const struct stat_row *row, char *text, size_t size);

/* Whether an event counts nanoseconds. */
int stat_is_clock(const struct perfev_event *event);

/*
 * Runs the program, or counts until it is interrupted, once. Each interval is handed over as it
 * ends. Returns 0 with *result to be freed, or a negative errno with why in words.
 */
int stat_run(struct stat *stat, struct stat_result *result,
	     void (*interval)(const struct stat *stat, const struct stat_result *result),
	     struct perfev_why *why);

/* Makes the rows of what was read last. Returns 0 or -ENOMEM. */
int stat_rows_make(const struct stat *stat, const struct perfev_counters *counters,
		   struct stat_result *result);

/*
 * Makes of two results of the same run what was counted between them; *last may be empty. Its rows
 * are to be freed, what they point to is now's. Returns 0 or -ENOMEM.
 */
int stat_result_since(struct stat_result *added, const struct stat_result *now,
		      const struct stat_result *last);

void stat_result_free(struct stat_result *result);

/* The exit status that the program's end is. */
int stat_exit_status(const struct child *child);

/* The printers. What JSON cannot make is a negative errno; writing is checked by the caller. */
void stat_print_table(const struct stat *stat, const struct stat_result *result);
void stat_print_interval(const struct stat *stat, const struct stat_result *result);
void stat_print_csv(const struct stat *stat, const struct stat_result *result);
int stat_print_json(const struct stat *stat, const struct stat_result *result);

#endif
