/* SPDX-License-Identifier: MIT */
/*
 * The screen of perfev top while it runs: what is shown on it (draw.c, pages.c), what keys do to
 * that (keys.c), and the loop that waits for samples, keys and the next refresh (live.c).
 */
#ifndef PERFEV_CLI_TOP_LIVE_H
#define PERFEV_CLI_TOP_LIVE_H

#include "../report/annotation.h"
#include "layout.h"
#include "rows.h"
#include "screen.h"
#include "top.h"

enum live_page {
	LIVE_TABLE,
	LIVE_CALLERS,
	LIVE_CODE,
	LIVE_HELP,
};

/* A list on the screen: which of its lines is chosen, and which is the first that is seen. */
struct live_list {
	int chosen, first, count;
};

struct live {
	struct top *top;
	enum live_page page, below[4]; /* below: the pages that ESC goes back to */
	int depth;
	struct top_view view;
	unsigned int view_number;
	char filter[64];
	char only_comm[32]; /* of the process that is shown alone */
	struct top_rows rows;
	struct top_layout layout;
	struct live_list table;
	char identity[LABEL_SIZE]; /* of the row that is chosen; "": whichever is first */
	struct top_calls calls;
	struct live_list call_list;
	struct annotation code;
	struct annotate_sources sources;
	struct live_list code_list;
	int is_typing, is_paused, is_done;
	char notice[256]; /* one line, until the next key */
	int error;        /* negative errno, which ends it */
};

/* The views that Tab goes through. */
#define LIVE_VIEWS 4
const char *live_view_name(unsigned int number);

/* Makes the rows anew, and all that hangs on them. */
void live_update(struct live *live);

/* Does what a key means. */
void live_key(struct live *live, int key);

/* Moves the chosen line of a list, which is so many lines high, into it and into sight. */
void live_scroll(struct live_list *list, int height);

/* Draws it all. */
void live_draw(struct live *live);

/* Draw a page between two lines of the screen, the second not included. */
void live_draw_callers(struct live *live, int from, int to, int columns);
void live_draw_code(struct live *live, int from, int to, int columns);
void live_draw_help(struct live *live, int from, int to, int columns);

/* How a share looks. */
enum screen_style live_style_of(double share);

__attribute__((format(printf, 2, 3))) void live_notice(struct live *live, const char *format, ...);

#endif
