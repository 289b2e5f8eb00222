/* SPDX-License-Identifier: MIT */
/* The text columns of a table: what stands in them, and how wide they are. */
#ifndef PERFEV_CLI_REPORT_COLUMNS_H
#define PERFEV_CLI_REPORT_COLUMNS_H

#include "labels.h"
#include "report.h"

struct report_columns {
	struct report_labels labels;
	const struct profile_keys *keys;
	int widths[PROFILE_KEYS]; /* by place in keys->list; of the last: 0, as wide as it takes */
};

/* Returns 0 or -ENOMEM. */
int report_columns_make(struct report_columns *columns, const struct profile *profile,
			const struct profile_keys *keys);
void report_columns_free(struct report_columns *columns);

/* Widens columns to what a row has. */
void report_columns_fit(struct report_columns *columns, __u32 who, __u32 frame, __u32 event);

/* Makes them narrower, so that so many columns before them and all of these are in a line. */
void report_columns_narrow(struct report_columns *columns, const struct report_page *page,
			   int before);

/* Each prints a line's part, and ends it. */
void report_columns_print_titles(const struct report_columns *columns,
				 const struct report_page *page);
void report_columns_print(struct report_columns *columns, const struct report_page *page, __u32 who,
			  __u32 frame, __u32 event);

#endif
