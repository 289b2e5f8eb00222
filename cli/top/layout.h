/* SPDX-License-Identifier: MIT */
/*
 * The columns of the table of perfev top: how wide each is, and what stands in them. Columns become
 * narrower only after a while, so that what is read does not jump.
 */
#ifndef PERFEV_CLI_TOP_LAYOUT_H
#define PERFEV_CLI_TOP_LAYOUT_H

#include "rows.h"

/* Of a share, "100.00 %", and what is between columns. */
#define LAYOUT_SHARE 8
#define LAYOUT_GAP 2

struct top_layout {
	int columns;                      /* of a line; 0: as many as it takes */
	int has_all;                      /* what was called has a column */
	int bar;                          /* columns of the bar; 0: there is none */
	int widths[PROFILE_KEYS];         /* of the labels; 0: there is no room for this one */
	unsigned char idle[PROFILE_KEYS]; /* how often in turn they were wider than need be */
};

/*
 * Fits it to so many rows, from the first one that is shown on. What was in it before is heeded,
 * unless it is all zero.
 */
void top_layout_fit(struct top_layout *layout, const struct top_rows *rows, __u32 first,
		    __u32 count, int columns);

/* Writes a share: "45.12 %". Returns text. */
const char *top_layout_share(char text[16], double share);

/* Writes a bar of that part of its columns, in blocks, or where these are not known, signs. */
const char *top_layout_bar(const struct top_layout *layout, double part, int has_blocks,
			   char text[LABEL_SIZE]);

/* Writes a row's label, or the title of its column for -1, cut and filled to its width. */
const char *top_layout_label(const struct top_layout *layout, const struct top_rows *rows, long row,
			     unsigned int key, char text[LABEL_SIZE]);

#endif
