/* SPDX-License-Identifier: MIT */
/*
 * The rows of perfev top: what samples are worth now, added up by what a view tells apart, the
 * hottest first. They live until they are made anew; what was chosen is found again by its labels.
 */
#ifndef PERFEV_CLI_TOP_ROWS_H
#define PERFEV_CLI_TOP_ROWS_H

#include "../profile/totals.h"
#include "../profile/tree.h"
#include "../report/labels.h"

/* What is shown of it all. */
struct top_view {
	struct profile_keys keys;
	__u32 event;    /* of the profile's */
	__u32 only_pid; /* a process alone, or PROFILE_NONE */
	int hide_kernel, hide_user;
	int has_callers;    /* what was called counts, too */
	const char *filter; /* text that has to be in a label, in capitals or not; "": any */
	__u32 most;         /* rows; 0: all */
	/* The name of a process that is shown as one, whatever its threads are called; or NULL. */
	const char *(*name)(void *context, __u32 pid);
	void *context;
};

struct top_row {
	double self, all;           /* the share of the event, from 0 to 1 */
	__u32 frame, who;           /* one of those that it stands for */
	__u16 mode;                 /* of the frame's code, or PERF_RECORD_MISC_CPUMODE_UNKNOWN */
	char *labels[PROFILE_KEYS]; /* in the order of the view's keys */
};

struct top_rows {
	struct profile *profile;
	struct top_view view; /* without its filter */
	struct top_row *list;
	__u32 count, hidden; /* hidden: that are worth something, and are not in the list */
	double shown;        /* the share of all rows that are in the list, by themselves */
	/* What a tree of callers is made of, too. */
	struct profile_groups groups;
	struct profile_shape shape;
	struct report_labels labels;
};

/*
 * Makes them of a profile, of which hidden rows are taken for worth nothing while it lasts: their
 * weights are as before when it returns. Returns 0 or -ENOMEM.
 */
int top_rows_make(struct top_rows *rows, struct profile *profile, const struct top_view *view);
void top_rows_free(struct top_rows *rows);

/*
 * Takes the weights of what a view hides away. Returns what they were, for putting them back, which
 * frees it, or NULL without memory.
 */
__u64 *top_rows_hide(struct profile *profile, const struct top_view *view);
void top_rows_unhide(struct profile *profile, __u64 *weights);

/* Writes what a row is told from others by. Returns text. */
const char *top_row_identity(const struct top_rows *rows, __u32 row, char text[LABEL_SIZE]);

/* Finds the row that has this identity. Returns its number, or PROFILE_NONE. */
__u32 top_rows_find(const struct top_rows *rows, const char *identity);

/* One line of a tree of callers. An only caller stands below what it calls, not beside it. */
struct top_call {
	int depth;    /* 0: what is called */
	int is_first; /* of a branch */
	__u64 lines;  /* by depth, from bit 0: there is more of that depth below */
	double share; /* of what is called, from 0 to 1 */
	__u32 frame;
};

struct top_calls {
	struct top_call *list;
	__u32 count, room;
	double share; /* of the event, of what is called */
};

/* Makes the callers of a row, the heaviest first. Returns 0 or -ENOMEM. */
int top_calls_make(struct top_calls *calls, struct top_rows *rows, __u32 row);
void top_calls_free(struct top_calls *calls);

#endif
