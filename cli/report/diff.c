/* SPDX-License-Identifier: MIT */
/*
 * Two recordings compared: what grew and what shrank, as shares of each, with the interval that the
 * difference is in. Rows are the same where their names are; files are known without their folders,
 * since another build is in another one.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "../profile/grow.h"
#include "../profile/interval.h"
#include "columns.h"
#include "rows.h"

#define BEFORE 51
#define AROUND 10

enum {
	OLD,
	NEW,
	SIDES
};

/* What is compared, and one of its members on each side. */
struct row {
	struct profile_sum sums[SIDES];
	__u32 who[SIDES], frame[SIDES];
	unsigned char is_there[SIDES];
	double change;
	struct profile_interval interval;
	__u32 number;
};

struct side {
	struct profile *profile; /* it keeps the names of rows */
	struct profile_totals totals;
	struct report_columns columns;
	__u32 event;
};

struct diff {
	const struct report_page *page;
	struct side sides[SIDES];
	struct profile_texts texts; /* of the names of rows, by number */
	struct row *rows;
	__u32 row_room;
};

/* By what rows are the same: all their keys. The profile's, or NULL without memory. */
static const char *row_name(struct side *side, const struct profile_totals_row *row)
{
	const struct profile *profile = side->profile;
	const struct profile_keys *keys = &side->totals.keys;
	char text[PROFILE_KEYS * (LABEL_SIZE + 1)], part[LABEL_SIZE];
	size_t length = 0;

	for (unsigned int i = 0; i < keys->count; i++) {
		const enum profile_key key = keys->list[i];

		if (key == PROFILE_KEY_DSO && row->frame != PROFILE_NONE)
			report_clean(
				report_without_folder(
					profile->functions[profile->frames[row->frame].function]
						.module),
				part);
		else
			report_label(&side->columns.labels, key, row->who, row->frame, row->event,
				     part);
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s\n", part);
	}
	return profile_text(side->profile, text);
}

static int add_row(struct diff *diff, int which, const struct profile_totals_row *of)
{
	struct side *side = &diff->sides[which];
	const struct profile_total *total = profile_totals_of(&side->totals, of, side->event);
	const struct profile_sum *sum =
		diff->page->options->by_children ? &total->all : &total->self;
	const __u32 before = diff->texts.count;
	const char *name;
	struct row *row;
	__u32 number;

	if (!sum->samples || !report_chooses(diff->page->options, side->profile, of->frame))
		return 0;
	name = row_name(side, of);
	if (!name || profile_texts_number(&diff->texts, name, &number) < 0 ||
	    profile_grow(&diff->rows, &diff->row_room, number + (__u64)1, sizeof(*diff->rows)) < 0)
		return -ENOMEM;
	row = &diff->rows[number];
	if (number == before)
		*row = (struct row){ .number = number };
	row->sums[which].samples += sum->samples;
	row->sums[which].weight += sum->weight;
	row->who[which] = of->who;
	row->frame[which] = of->frame;
	row->is_there[which] = 1;
	return 0;
}

static double share(const struct diff *diff, const struct row *row, int which)
{
	const struct side *side = &diff->sides[which];
	const __u64 whole = side->profile->events[side->event].weight;

	return whole ? (double)row->sums[which].weight / (double)whole : 0;
}

static void judge(struct diff *diff)
{
	const double old = (double)diff->sides[OLD].profile->events[diff->sides[OLD].event].samples;
	const double new = (double)diff->sides[NEW].profile->events[diff->sides[NEW].event].samples;

	for (__u32 i = 0; i < diff->texts.count; i++) {
		struct row *row = &diff->rows[i];
		const double first = share(diff, row, OLD), second = share(diff, row, NEW);

		row->change = second - first;
		row->interval = profile_difference(first, old, second, new);
	}
}

static int is_sure(const struct row *row)
{
	return row->interval.low > 0 || row->interval.high < 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	const double first = fabs(one->change), second = fabs(other->change);

	if (first != second)
		return first < second ? 1 : -1;
	return (one->number > other->number) - (one->number < other->number);
}

static void print_row(struct diff *diff, const struct row *row)
{
	const struct report_page *page = diff->page;
	const int which = row->is_there[NEW] ? NEW : OLD;

	fprintf(page->to, "%s%7.2f%%  %7.2f%%  %+7.2f%%  %+7.2f to %+6.2f%%  %c  %s",
		is_sure(row) ? page->bold : "", 100 * share(diff, row, OLD),
		100 * share(diff, row, NEW), 100 * row->change, 100 * row->interval.low,
		100 * row->interval.high, is_sure(row) ? '*' : ' ',
		is_sure(row) ? page->plain : "");
	report_columns_print(&diff->sides[which].columns, page, row->who[which], row->frame[which],
			     PROFILE_NONE);
}

/* Both sides have the same widths. */
static void fit(struct diff *diff, __u32 shown)
{
	struct report_columns *old = &diff->sides[OLD].columns, *new = &diff->sides[NEW].columns;

	for (__u32 i = 0; i < shown; i++)
		for (int which = 0; which < SIDES; which++)
			if (diff->rows[i].is_there[which])
				report_columns_fit(&diff->sides[which].columns,
						   diff->rows[i].who[which],
						   diff->rows[i].frame[which], PROFILE_NONE);
	for (unsigned int i = 0; i < old->keys->count; i++)
		if (old->widths[i] > new->widths[i])
			new->widths[i] = old->widths[i];
	report_columns_narrow(new, diff->page, BEFORE);
	memcpy(old->widths, new->widths, sizeof(old->widths));
}

/* How many rows are shown of those that are sorted. */
static __u32 count_shown(const struct diff *diff)
{
	const struct report_page *page = diff->page;
	const __u32 most = report_most_rows(page, AROUND);
	const double limit = page->options->percent_limit / 100;
	__u32 shown = 0;

	while (shown < diff->texts.count && (!most || shown < most) &&
	       fabs(diff->rows[shown].change) >= limit)
		shown++;
	return shown;
}

static void print_sum(const struct diff *diff, __u32 shown)
{
	const struct report_page *page = diff->page;
	__u32 sure = 0;

	for (__u32 i = 0; i < diff->texts.count; i++)
		sure += (__u32)is_sure(&diff->rows[i]);
	if (shown < diff->texts.count)
		fprintf(page->to, "%s… %u more row%s%s\n", page->faint, diff->texts.count - shown,
			diff->texts.count - shown == 1 ? "" : "s", page->plain);
	fprintf(page->to,
		"\n* %u of %u rows changed by more than chance explains, 19 times in 20.\n\n", sure,
		diff->texts.count);
}

static int compare_event(struct diff *diff)
{
	const struct report_page *page = diff->page;
	__u32 shown;

	for (int which = 0; which < SIDES; which++)
		for (__u32 i = 0; i < diff->sides[which].totals.row_count; i++)
			if (add_row(diff, which, &diff->sides[which].totals.rows[i]) < 0)
				return -ENOMEM;
	judge(diff);
	if (diff->texts.count)
		qsort(diff->rows, diff->texts.count, sizeof(*diff->rows), compare_rows);
	shown = count_shown(diff);
	fit(diff, shown);
	for (int which = 0; which < SIDES; which++) {
		fprintf(page->to, "%s  ", which == OLD ? "old" : "new");
		report_heading(page, diff->sides[which].profile, diff->sides[which].event);
	}
	fprintf(page->to, "\n%8s  %8s  %8s  %18s     ", "Old", "New", "Change", "95 % interval");
	report_columns_print_titles(&diff->sides[NEW].columns, page);
	for (__u32 i = 0; i < shown; i++)
		print_row(diff, &diff->rows[i]);
	print_sum(diff, shown);
	return 0;
}

static int add_up(struct side *side, const struct report_options *options)
{
	struct profile_groups groups;
	struct profile_shape shape;
	int result;

	if (profile_groups_make(&groups, side->profile, options->keys.mask) < 0)
		return -ENOMEM;
	result = profile_shape_make(&shape, side->profile, &groups);
	if (result == 0) {
		result = profile_totals_make(&side->totals, &options->keys, &shape,
					     options->by_children);
		profile_shape_free(&shape);
	}
	profile_groups_free(&groups);
	return result;
}

/* Returns 1 with *number, or 0 where there is none of that name. */
static int find_event(const struct profile *profile, const char *name, __u32 *number)
{
	for (*number = 0; *number < profile->event_count; ++*number)
		if (strcmp(profile->events[*number].name, name) == 0)
			return 1;
	return 0;
}

/* Says which events only one of them has. */
static void print_alone(const struct diff *diff, int which)
{
	const struct profile *profile = diff->sides[which].profile;
	const struct profile *other = diff->sides[!which].profile;
	__u32 number;
	char text[LABEL_SIZE];

	for (__u32 i = 0; i < profile->event_count; i++)
		if (!find_event(other, profile->events[i].name, &number))
			fprintf(diff->page->to, "%s: the %s recording has no samples of it\n",
				report_clean(profile->events[i].name, text),
				which == OLD ? "new" : "old");
}

int report_diff(const struct report_page *page, struct profile *old, struct profile *new)
{
	struct diff diff = { .page = page };
	int result = 0;

	diff.sides[OLD].profile = old;
	diff.sides[NEW].profile = new;
	for (int which = 0; which < SIDES && result == 0; which++) {
		struct side *side = &diff.sides[which];

		result = add_up(side, page->options);
		if (result == 0)
			result = report_columns_make(&side->columns, side->profile,
						     &page->options->keys);
	}
	for (__u32 i = 0; i < old->event_count && result == 0; i++) {
		diff.sides[OLD].event = i;
		if (!find_event(new, old->events[i].name, &diff.sides[NEW].event))
			continue;
		profile_texts_free(&diff.texts);
		result = compare_event(&diff);
	}
	for (int which = 0; which < SIDES; which++) {
		if (result == 0)
			print_alone(&diff, which);
		profile_totals_free(&diff.sides[which].totals);
		report_columns_free(&diff.sides[which].columns);
	}
	profile_texts_free(&diff.texts);
	free(diff.rows);
	return result;
}
