/* SPDX-License-Identifier: MIT */
/* The columns of the table of perfev top; see layout.h. */
#include "layout.h"

#include <stdio.h>
#include <string.h>

/* The bar is left out of narrower lines. */
#define BAR 10
#define BAR_FROM 72

/* So often a column is left wider than it has to be. */
#define IDLE 10

/* Labels need not be wider at first; what is left goes to the widest ones. */
#define LEAST_LABEL 6
#define LEAST_SYMBOL 12
#define USUAL_COMM 15
#define USUAL_DSO 20

static int least_of(enum profile_key key, int natural)
{
	const int least = key == PROFILE_KEY_SYMBOL ? LEAST_SYMBOL :
			  key == PROFILE_KEY_COMM   ? USUAL_COMM :
			  key == PROFILE_KEY_DSO    ? USUAL_DSO :
						      LEAST_LABEL;

	return natural < least ? natural : least;
}

/* How wide a column has to be for the rows that are shown. */
static int needed_of(const struct top_rows *rows, __u32 first, __u32 count, unsigned int key)
{
	int needed = report_width(report_label_title(rows->view.keys.list[key]));

	for (__u32 i = first; i < rows->count && i - first < count; i++) {
		const int width = report_width(rows->list[i].labels[key]);

		needed = width > needed ? width : needed;
	}
	return needed;
}

/* How wide it is to be: as before, unless more is needed, or less for long. */
static int natural_of(struct top_layout *layout, int needed, unsigned int key)
{
	const int before = layout->widths[key];

	if (needed >= before || ++layout->idle[key] >= IDLE) {
		layout->idle[key] = 0;
		return needed;
	}
	return before;
}

/* Gives each label what it needs at least, from the left on, then what is left. */
static void share_out(struct top_layout *layout, const int *naturals, const struct top_rows *rows,
		      int left)
{
	const struct profile_keys *keys = &rows->view.keys;

	memset(layout->widths, 0, sizeof(layout->widths));
	for (unsigned int i = 0; i < keys->count; i++) {
		int least = least_of(keys->list[i], naturals[i]);

		if (i)
			left -= LAYOUT_GAP;
		if (left < least && i)
			break;
		layout->widths[i] = least < left ? least : left > 0 ? left : 1;
		left -= layout->widths[i];
	}
	/* The symbol first: its names are the longest, and what it is about. */
	for (int is_symbol = 1; is_symbol >= 0; is_symbol--) {
		for (unsigned int i = 0; i < keys->count && left > 0; i++) {
			int more = naturals[i] - layout->widths[i];

			if ((keys->list[i] == PROFILE_KEY_SYMBOL) != is_symbol ||
			    !layout->widths[i])
				continue;
			more = more < left ? more : left;
			layout->widths[i] += more;
			left -= more;
		}
	}
}

void top_layout_fit(struct top_layout *layout, const struct top_rows *rows, __u32 first,
		    __u32 count, int columns)
{
	int naturals[PROFILE_KEYS], left;

	if (columns != layout->columns)
		memset(layout->widths, 0, sizeof(layout->widths));
	layout->columns = columns;
	layout->has_all = rows->view.has_callers;
	layout->bar = !columns || columns >= BAR_FROM ? BAR : 0;
	for (unsigned int i = 0; i < rows->view.keys.count; i++)
		naturals[i] = natural_of(layout, needed_of(rows, first, count, i), i);
	if (!columns) {
		memcpy(layout->widths, naturals, rows->view.keys.count * sizeof(naturals[0]));
		return;
	}
	left = columns - LAYOUT_SHARE - LAYOUT_GAP;
	left -= layout->has_all ? LAYOUT_SHARE + LAYOUT_GAP : 0;
	left -= layout->bar ? layout->bar + LAYOUT_GAP : 0;
	share_out(layout, naturals, rows, left);
}

const char *top_layout_share(char text[16], double share)
{
	snprintf(text, 16, "%6.2f %%", 100 * share);
	return text;
}

const char *top_layout_bar(const struct top_layout *layout, double part, int has_blocks,
			   char text[LABEL_SIZE])
{
	static const char *const blocks[] = {
		"",
		"\xe2\x96\x8f",
		"\xe2\x96\x8e",
		"\xe2\x96\x8d",
		"\xe2\x96\x8c",
		"\xe2\x96\x8b",
		"\xe2\x96\x8a",
		"\xe2\x96\x89",
		"\xe2\x96\x88"
	};
	int eighths = (int)(part * layout->bar * 8 + 0.5), width = 0;
	char *at = text;

	for (; width < layout->bar; width++, eighths -= eighths < 8 ? eighths : 8) {
		const int here = eighths < 8 ? eighths : 8;
		const char *block = has_blocks ? blocks[here] : here >= 4 ? "#" : "";

		at += sprintf(at, "%s", *block ? block : " ");
	}
	*at = '\0';
	return text;
}

/* Cuts a file's path to so many columns, of which the first is then an ellipsis. */
static void cut_path(char *path, int columns)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	const size_t length = sizeof(ellipsis) - 1;
	int width = report_width(path);
	const char *at = path;

	if (width <= columns || columns < 2)
		return;
	for (; width >= columns; width--)
		for (at++; ((unsigned char)*at & 0xc0) == 0x80; at++)
			;
	if (length + strlen(at) >= LABEL_SIZE)
		return;
	memmove(path + length, at, strlen(at) + 1);
	memcpy(path, ellipsis, length);
}

const char *top_layout_label(const struct top_layout *layout, const struct top_rows *rows, long row,
			     unsigned int key, char text[LABEL_SIZE])
{
	const enum profile_key kind = rows->view.keys.list[key];
	const int width = layout->widths[key];
	const int is_number =
		kind == PROFILE_KEY_PID || kind == PROFILE_KEY_TID || kind == PROFILE_KEY_CPU;
	char label[LABEL_SIZE];
	size_t length, fill;

	snprintf(label, sizeof(label), "%s",
		 row < 0 ? report_label_title(kind) : rows->list[row].labels[key]);
	/* Of a path the end says most. */
	if (label[0] == '/')
		cut_path(label, width);
	report_cut(label, width);
	length = strlen(label);
	fill = width > report_width(label) ? (size_t)(width - report_width(label)) : 0;
	if (length + fill >= LABEL_SIZE)
		fill = LABEL_SIZE - 1 - length;
	memset(text, ' ', length + fill);
	memcpy(text + (is_number ? fill : 0), label, length);
	text[length + fill] = '\0';
	return text;
}
