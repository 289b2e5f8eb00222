/* SPDX-License-Identifier: MIT */
/*
 * A set of counters. Its kernel groups are parts, the same in every place: a part is a run of
 * events in `order`, the first of which leads. What is open stands in fds, -1 where nothing is.
 */
#ifndef PERFEV_SRC_COUNT_COUNTERS_H
#define PERFEV_SRC_COUNT_COUNTERS_H

#include "open.h"
#include "place.h"

struct part {
	unsigned int first; /* in order */
	unsigned int count;
	unsigned int group; /* of the text, or PERFEV_EVENT_ALONE */
	unsigned int weak : 1;
	unsigned int split_off : 1; /* from the part before it, which was too large */
	unsigned int grouped : 1;   /* read with PERF_FORMAT_GROUP, though it may have one member */
	unsigned int packed : 1;    /* of events that were not a group, see divide.c */
};

struct perfev_counters {
	struct perfev_events *owned; /* freed with the set, or NULL */
	struct perfev_count_options options;
	struct opener opener;
	struct perfev_event *events; /* as they were opened */
	struct perfev_why **why;     /* of events that are missing, else NULL */
	unsigned int event_count, logical_count;
	unsigned int column_count; /* events and, behind them, fillers: see divide.c */
	unsigned int usable;       /* counters that count, where others stand still, else 0 */
	int together;              /* all events are one group, whatever the text says */
	struct places places;
	struct part *parts;
	unsigned int part_count;
	unsigned int *order;             /* event numbers, part by part */
	int *fds;                        /* [place * column_count + event] */
	struct perfev_reading *readings; /* likewise */
	unsigned int missed;             /* threads that may not be counted */
	int watchdog;
};

/*
 * Opens a set; with together, all its events as one group. As perfev_counters_open_events() but
 * for that.
 */
int perfev_counters_make(struct perfev_counters **out, const struct perfev_events *events,
			 const struct perfev_target *targets, unsigned int target_count,
			 const struct perfev_count_options *options, int together,
			 struct perfev_why *why);

/* Sums a row's readings of one of the text's events over the PMUs that count it. */
void perfev_row_total(const struct perfev_counters *counters, const struct perfev_reading *row,
		      unsigned int place, unsigned int logical, struct perfev_reading *out);

/* Divides the events into parts, in divide.c. Returns 0 or -ENOMEM. */
int perfev_parts_make(struct perfev_counters *counters);

/* Opens every part in every place. Returns 0, or a negative errno with why in words. */
int perfev_parts_open(struct perfev_counters *counters, struct perfev_why *why);

/* Closes all that is open. */
void perfev_parts_close(struct perfev_counters *counters);

/*
 * Reads a part in a place by one system call into row, which has a reading for each event of the
 * set. May run in several threads at once. Returns 0, or a negative errno.
 */
int perfev_part_read(struct perfev_counters *counters, unsigned int part, unsigned int place,
		     struct perfev_reading *row);

/* Takes a caller's options over, older and newer ones too. Returns 0, or -E2BIG with why. */
int perfev_count_options_take(struct perfev_count_options *to,
			      const struct perfev_count_options *from, struct perfev_why *why);

static inline int *perfev_fd_of(const struct perfev_counters *counters, unsigned int place,
				unsigned int event)
{
	return &counters->fds[(size_t)place * counters->column_count + event];
}

/* Whether an event is none of the caller's but a filler, see divide.c. */
static inline int perfev_is_filler(const struct perfev_counters *counters, unsigned int event)
{
	return event >= counters->event_count;
}

#endif
