/* SPDX-License-Identifier: MIT */
/*
 * Opening one event, and finding out with the first one what this kernel and user may do: read
 * formats, precision, and whether the kernel's part may be counted.
 */
#ifndef PERFEV_SRC_COUNT_OPEN_H
#define PERFEV_SRC_COUNT_OPEN_H

#include "place.h"

/* What was found out once and holds for all that is opened after it. */
struct opener {
	const struct perfev_count_options *options;
	unsigned int no_lost : 1; /* PERF_FORMAT_LOST is newer than this kernel */
	unsigned int asked_lost : 1;
	unsigned int no_kernel : 1; /* the kernel's part may not be counted */
};

/*
 * Opens an event in a place: with leader_fd -1 as a leader, stopped, else as a member. grouped
 * says that its kernel group is read as one. What had to be changed stands in event->attr.
 * Returns the file descriptor, or a negative errno with why in words.
 */
int perfev_event_open(struct opener *opener, struct perfev_event *event, const struct place *place,
		      int leader_fd, int grouped, struct perfev_why *why);

/* The attribute that an event has in a place, by what was found out so far. */
struct perf_event_attr perfev_event_attr(const struct opener *opener,
					 const struct perfev_event *event,
					 const struct place *place, int leads, int grouped);

/* Whether an event is open on this CPU at all: a PMU of its own CPUs is not asked elsewhere. */
int perfev_event_is_there(const struct perfev_event *event, const struct place *place);

/*
 * Reads an event that is opened alone. Returns 0, or a negative errno with *out in state FAILED.
 * ERROR is a state, not a failure.
 */
int perfev_event_read(const struct opener *opener, int fd, struct place *place,
		      struct perfev_reading *out);

/* The flags that every event is opened with. */
#define OPEN_FLAGS PERF_FLAG_FD_CLOEXEC

#endif
