/* SPDX-License-Identifier: MIT */
/* Which rows of totals are shown: chosen by file and symbol, large enough, and not too many. */
#ifndef PERFEV_CLI_REPORT_ROWS_H
#define PERFEV_CLI_REPORT_ROWS_H

#include "../profile/totals.h"
#include "report.h"

struct report_rows {
	const struct profile_totals *totals;
	__u32 first, end; /* columns */
	int by_all;
	struct profile_totals_row *list;
	__u32 count;
	__u32 left_count;  /* that were chosen and are not shown */
	double left_share; /* of the first column, by themselves */
};

/* Chooses among totals that are sorted. Returns 0 or -ENOMEM. */
int report_rows_choose(struct report_rows *rows, const struct report_page *page,
		       const struct profile_totals *totals, __u32 first, __u32 end);
void report_rows_free(struct report_rows *rows);

/* The share that a row has, from 0 to 1: the largest of those that are shown. */
double report_rows_share(const struct report_rows *rows, const struct profile_totals_row *row);

/* Whether a frame is of a file and a symbol that are asked for. */
int report_chooses(const struct report_options *options, const struct profile *profile,
		   __u32 frame);

/* How many rows are shown at most, where so many lines stand around them; 0: all. */
__u32 report_most_rows(const struct report_page *page, int around);

#endif
