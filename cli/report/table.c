/* SPDX-License-Identifier: MIT */
/*
 * The flat profile: a row for each thing that the keys tell apart, with its share of each event, by
 * itself and with what it called. What is not shown is counted below.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "columns.h"
#include "rows.h"

/* More events than this do not stand side by side. */
#define MOST_BESIDE 4
/* A share with the blanks behind it. */
#define SHARE_WIDTH 10
#define SAMPLES_WIDTH 12

struct table {
	const struct report_page *page;
	const struct profile *profile;
	struct profile_totals totals;
	struct report_columns columns;
	struct report_rows rows;
	__u32 first, end; /* the totals' columns that are shown */
	int has_samples;
};

static void print_share(const struct table *table, const struct profile_totals_row *row,
			__u32 column, __u64 weight)
{
	const __u64 whole = profile_totals_weight(&table->totals, row, column);
	const double share = whole ? 100 * (double)weight / (double)whole : 0;

	fprintf(table->page->to, "%7.2f%%  ", share);
}

/* How a row looks: what is much stands out, and what is little does not. */
static const char *look(const struct table *table, const struct profile_totals_row *row)
{
	const double share = report_rows_share(&table->rows, row);

	return share >= 0.05 ? table->page->bold : share < 0.005 ? table->page->faint : "";
}

static void print_row(struct table *table, const struct profile_totals_row *row)
{
	FILE *to = table->page->to;
	const char *begin = look(table, row);
	char number[NUMBER_SIZE];

	fputs(begin, to);
	for (__u32 i = table->first; i < table->end; i++) {
		const struct profile_total *total = profile_totals_of(&table->totals, row, i);

		if (table->totals.has_callers)
			print_share(table, row, i, total->all.weight);
		print_share(table, row, i, total->self.weight);
		if (table->has_samples)
			fprintf(to, "%10s  ", number_grouped(number, total->self.samples));
	}
	if (*begin)
		fputs(table->page->plain, to);
	report_columns_print(&table->columns, table->page, row->who, row->frame, row->event);
}

static int width_of(const struct table *table)
{
	return (table->totals.has_callers ? 2 : 1) * SHARE_WIDTH +
	       (table->has_samples ? SAMPLES_WIDTH : 0);
}

/* The names of events above their columns, where there are several. */
static void print_events(const struct table *table)
{
	FILE *to = table->page->to;

	for (__u32 i = table->first; i < table->end; i++) {
		char text[LABEL_SIZE];
		int blanks;

		report_clean(table->profile->events[i].name, text);
		report_cut(text, width_of(table) - 2);
		blanks = width_of(table) - 2 - report_width(text);
		fprintf(to, "%*s%s  ", blanks, "", text);
	}
	fputs("\n", to);
}

static void print_titles(const struct table *table)
{
	FILE *to = table->page->to;

	if (table->end - table->first > 1)
		print_events(table);
	for (__u32 i = table->first; i < table->end; i++) {
		if (table->totals.has_callers)
			fprintf(to, "%8s  ", "Children");
		fprintf(to, "%8s  ", "Self");
		if (table->has_samples)
			fprintf(to, "%10s  ", "Samples");
	}
	report_columns_print_titles(&table->columns, table->page);
}

/* What is left out, and how much it is, where shares add up. */
static void print_rest(const struct table *table)
{
	const struct report_rows *rows = &table->rows;
	char number[NUMBER_SIZE];

	if (!rows->left_count)
		return;
	fprintf(table->page->to, "%s… %s more row%s, with %.2f %% by %s%s\n", table->page->faint,
		number_grouped(number, rows->left_count), rows->left_count == 1 ? "" : "s",
		100 * rows->left_share, rows->left_count == 1 ? "itself" : "themselves",
		table->page->plain);
}

/* One table, of some of the totals' columns. */
static int print_table(struct table *table)
{
	const struct report_options *options = table->page->options;
	struct report_rows *rows = &table->rows;

	profile_totals_sort(&table->totals, table->first, options->by_children);
	if (report_rows_choose(rows, table->page, &table->totals, table->first, table->end) < 0)
		return -ENOMEM;
	table->has_samples = table->end - table->first == 1;
	if (report_columns_make(&table->columns, table->profile, &table->totals.keys) < 0) {
		report_rows_free(rows);
		return -ENOMEM;
	}
	for (__u32 i = 0; i < rows->count; i++)
		report_columns_fit(&table->columns, rows->list[i].who, rows->list[i].frame,
				   rows->list[i].event);
	report_columns_narrow(&table->columns, table->page,
			      (int)(table->end - table->first) * width_of(table));
	for (__u32 i = 0; i < table->profile->event_count; i++)
		if (table->totals.columns == 1 || (i >= table->first && i < table->end))
			report_heading(table->page, table->profile, i);
	fputs("\n", table->page->to);
	print_titles(table);
	for (__u32 i = 0; i < rows->count; i++)
		print_row(table, &rows->list[i]);
	if (!rows->count)
		fputs("  no row is as was asked for\n", table->page->to);
	print_rest(table);
	fputs("\n", table->page->to);
	report_columns_free(&table->columns);
	report_rows_free(rows);
	return 0;
}

/* How many events stand side by side: as many as there are, if a line holds them. */
static __u32 beside(const struct table *table)
{
	const struct report_page *page = table->page;
	const __u32 columns = table->totals.columns;
	const int width = (table->totals.has_callers ? 2 : 1) * SHARE_WIDTH;

	if (columns > MOST_BESIDE || page->options->is_apart)
		return 1;
	if (page->columns && (int)columns * width > page->columns / 2 + 2)
		return 1;
	return columns;
}

int report_table(const struct report_page *page, const struct profile *profile)
{
	struct table table = { .page = page, .profile = profile };
	const struct report_options *options = page->options;
	struct profile_groups groups;
	struct profile_shape shape;
	int result;

	if (profile_groups_make(&groups, profile, options->keys.mask) < 0)
		return -ENOMEM;
	result = profile_shape_make(&shape, profile, &groups);
	if (result < 0)
		goto free_groups;
	result = profile_totals_make(&table.totals, &options->keys, &shape,
				     options->reading.taking.callers);
	profile_shape_free(&shape);
	if (result < 0)
		goto free_groups;
	for (__u32 step = beside(&table); table.first < table.totals.columns && result == 0;
	     table.first += step) {
		table.end = table.first + step;
		result = print_table(&table);
	}
	profile_totals_free(&table.totals);
free_groups:
	profile_groups_free(&groups);
	return result;
}
