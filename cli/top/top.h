/* SPDX-License-Identifier: MIT */
/*
 * perfev top, between its arguments (options.c), the command (top.c), whether it may
 * (rights.c), the samples that come in
 * (feed.c), what of them weighs how much now (fade.c), the rows that are made of that (rows.c), and
 * showing them: once (once.c) or on a screen (live.c and what it is made of).
 */
#ifndef PERFEV_CLI_TOP_H
#define PERFEV_CLI_TOP_H

#include <perfev.h>
#include <perfev/symbol.h>

#include "../profile/take.h"
#include "fade.h"
#include "options.h"

/* Processes of which something is mapped that no record told of. */
#define TOP_STRANGERS 64

/* What happened since it was shown last, and altogether. */
struct top_figures {
	__u64 samples, interval_samples;
	double interval_s;
	double kernel, user; /* the parts of all weight that is left, 0 to 1 */
	__u32 threads;       /* that were sampled in the interval */
	struct perfev_losses losses, interval_losses;
	double own; /* CPUs that perfev itself took, 0 to 1 for one of them */
};

struct top {
	struct top_options options;
	struct perfev_events *events;
	struct perfev_sampler *sampler;
	struct perfev_symbols *symbols;
	struct profile profile;
	struct profile_taking *taking;
	struct profile_filter filter;
	struct fade fade;
	struct top_figures figures;
	__u64 pending;           /* samples since it was shown last */
	__u32 kept_rows;         /* when something was forgotten the last time */
	__u64 begin_ns, last_ns; /* of CLOCK_MONOTONIC: when it began, and was shown last */
	__u64 own_ns;            /* CPU time of perfev until then */
	__u32 event;             /* that is shown */
	int is_over;             /* all targets have ended */
	int has_more;            /* records were left in the rings */
	struct {
		__u32 pid, tries;
	} strangers[TOP_STRANGERS];
	unsigned int stranger_count;
};

/* Says what to do where all CPUs may not be sampled. Returns -1 to go on, or an exit status. */
int top_check_rights(const struct top_options *options);

/*
 * Opens events and begins. Returns -1 to go on, or an exit status, having said why. top_close() is
 * called in any case.
 */
int top_open(struct top *top);
void top_close(struct top *top);

/*
 * Takes what the rings have, for a moment at most: more may be left, if it comes faster than it can
 * be taken. Returns 0, or a negative errno.
 */
int top_feed(struct top *top);

/* Has what is counted so far weigh what it has to now, and the figures made. Likewise. */
int top_refresh(struct top *top);

/* Samples no more, or again: what ran and was mapped meanwhile is read anew. Likewise. */
int top_stop(struct top *top);
int top_go_on(struct top *top);

/* Each shows it, and returns the exit status. */
int top_once(struct top *top);
int top_live(struct top *top);

#endif
