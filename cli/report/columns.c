/* SPDX-License-Identifier: MIT */
/* The text columns of a table; see columns.h. */
#include "columns.h"

#include <string.h>

/* What a column keeps, however narrow the terminal is, and what the last has at least. */
#define LEAST_WIDTH 8
#define LEAST_LAST 24

int report_columns_make(struct report_columns *columns, const struct profile *profile,
			const struct profile_keys *keys)
{
	memset(columns, 0, sizeof(*columns));
	columns->keys = keys;
	for (unsigned int i = 0; i < keys->count; i++)
		columns->widths[i] = report_width(report_label_title(keys->list[i]));
	return report_labels_make(&columns->labels, profile);
}

void report_columns_free(struct report_columns *columns)
{
	report_labels_free(&columns->labels);
}

static int is_number(enum profile_key key)
{
	return key == PROFILE_KEY_PID || key == PROFILE_KEY_TID || key == PROFILE_KEY_CPU;
}

void report_columns_fit(struct report_columns *columns, __u32 who, __u32 frame, __u32 event)
{
	char text[LABEL_SIZE];

	for (unsigned int i = 0; i + 1 < columns->keys->count; i++) {
		const int width = report_width(report_label(
			&columns->labels, columns->keys->list[i], who, frame, event, text));

		if (width > columns->widths[i])
			columns->widths[i] = width;
	}
}

void report_columns_narrow(struct report_columns *columns, const struct report_page *page,
			   int before)
{
	const unsigned int last = columns->keys->count - 1;
	int left = page->columns - before;

	columns->widths[last] = 0;
	if (!page->columns)
		return;
	/* The widest gives first, down to what it has to keep. */
	for (;;) {
		unsigned int widest = last;
		int sum = 0;

		for (unsigned int i = 0; i < last; i++) {
			sum += columns->widths[i] + 2;
			if (columns->widths[i] > LEAST_WIDTH &&
			    (widest == last || columns->widths[i] > columns->widths[widest]))
				widest = i;
		}
		if (left - sum >= LEAST_LAST || widest == last) {
			columns->widths[last] = left - sum > LEAST_WIDTH ? left - sum : LEAST_WIDTH;
			return;
		}
		columns->widths[widest]--;
	}
}

static void print_column(const struct report_columns *columns, const struct report_page *page,
			 unsigned int at, char *text)
{
	int blanks;

	report_cut(text, columns->widths[at]);
	blanks = columns->widths[at] - report_width(text);
	if (at + 1 == columns->keys->count)
		fprintf(page->to, "%s\n", text);
	else if (is_number(columns->keys->list[at]))
		fprintf(page->to, "%*s%s  ", blanks, "", text);
	else
		fprintf(page->to, "%s%*s  ", text, blanks, "");
}

void report_columns_print_titles(const struct report_columns *columns,
				 const struct report_page *page)
{
	for (unsigned int i = 0; i < columns->keys->count; i++) {
		char title[LABEL_SIZE];

		snprintf(title, sizeof(title), "%s", report_label_title(columns->keys->list[i]));
		print_column(columns, page, i, title);
	}
}

void report_columns_print(struct report_columns *columns, const struct report_page *page, __u32 who,
			  __u32 frame, __u32 event)
{
	for (unsigned int i = 0; i < columns->keys->count; i++) {
		char text[LABEL_SIZE];

		report_label(&columns->labels, columns->keys->list[i], who, frame, event, text);
		print_column(columns, page, i, text);
	}
}
