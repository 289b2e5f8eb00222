/* SPDX-License-Identifier: MIT */
/*
 * How much there is of each thing that keys tell apart: by itself, and with all that it called. A
 * function that is in a stack several times is counted once.
 */
#ifndef PERFEV_CLI_PROFILE_TOTALS_H
#define PERFEV_CLI_PROFILE_TOTALS_H

#include "shape.h"

/* Of one event: the samples in it, and those in it or in what it called. */
struct profile_total {
	struct profile_sum self, all;
};

/* One thing, by one of its members. */
struct profile_totals_row {
	__u32 who, frame; /* PROFILE_NONE: of no frame */
	__u32 event;      /* where events are told apart, else PROFILE_NONE */
	__u32 totals;     /* the first of its totals: one, or one for each event */
};

struct profile_totals {
	const struct profile *profile;
	struct profile_keys keys;
	int has_callers; /* all is known, not only self */
	struct profile_totals_row *rows;
	struct profile_total *totals;
	__u32 columns; /* totals of each row: one for each event, or 1 where these are told apart */
	__u32 row_count, row_room, total_room;
};

/*
 * Adds up a profile by keys; with has_callers, what it called is counted too. groups and shape
 * must have been made of it and of the same keys. Returns 0 or -ENOMEM.
 */
int profile_totals_make(struct profile_totals *totals, const struct profile_keys *keys,
			struct profile_shape *shape, int has_callers);
void profile_totals_free(struct profile_totals *totals);

/* Sorts the rows, the largest in this column first: by what is its own, or by all. */
void profile_totals_sort(struct profile_totals *totals, __u32 column, int by_all);

static inline const struct profile_total *profile_totals_of(
	const struct profile_totals *totals, const struct profile_totals_row *row, __u32 column)
{
	return &totals->totals[row->totals + column];
}

/* All of an event's samples, or of all events' where they are told apart. */
__u64 profile_totals_weight(const struct profile_totals *totals,
			    const struct profile_totals_row *row, __u32 column);

#endif
