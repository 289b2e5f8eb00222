/* SPDX-License-Identifier: MIT */
/*
 * What perfev stat counted, between the part that counts (stat_events.c) and those that print
 * (stat_table.c, stat_json.c). A value is only to be read in the states that have one.
 */
#ifndef PERFEV_CLI_STAT_H
#define PERFEV_CLI_STAT_H

#include <stdio.h>

#include <perfev.h>

#include "child.h"

enum stat_event_id {
	STAT_TASK_CLOCK,
	STAT_CONTEXT_SWITCHES,
	STAT_MIGRATIONS,
	STAT_PAGE_FAULTS,
	STAT_CYCLES,
	STAT_INSTRUCTIONS,
	STAT_BRANCHES,
	STAT_BRANCH_MISSES,
	STAT_EVENTS
};

enum stat_state {
	STAT_COUNTED,     /* all the time that the program ran */
	STAT_SCALED,      /* part of the time; value is what it would have been for all of it */
	STAT_NOT_COUNTED, /* opened, but never given a counter, or hidden with the kernel's part */
	STAT_MISSING,     /* not opened: error says why */
};

struct stat_event {
	const char *name;
	__u32 type;
	__u64 config;
	int fd;
	int error; /* of the open that failed */
	enum stat_state state;
	int user_only;   /* the kernel's part is left out */
	int from_rusage; /* not by an event, but by wait4(2) */
	__u64 value;     /* nanoseconds for task-clock, else a count */
	__u64 raw;       /* the value as counted, before scaling */
	__u64 enabled_ns, running_ns;
};

struct stat {
	char **argv;
	struct child child;
	struct stat_event events[STAT_EVENTS];
	__u64 wall_ns, user_ns, system_ns;
	int paranoid; /* kernel.perf_event_paranoid where it kept something back, else INT_MIN */
};

/* Opens the events on a program that waits to be let go; they start when it is executed. */
void stat_open(struct stat *stat);

/* Reads and closes the events when the program has ended. */
void stat_read(struct stat *stat);

/* Whether the event has a value. */
int stat_has_value(const struct stat_event *event);

/* Why an event has no value, in words for one line; they may be written into text. */
const char *stat_reason(const struct stat *stat, const struct stat_event *event, char *text,
			size_t size);

void stat_print_table(const struct stat *stat, FILE *to);

/* Returns 0, or -ENOMEM. */
int stat_print_json(const struct stat *stat, FILE *to);

#endif
