/* SPDX-License-Identifier: MIT */
/* What samples are worth now, added up; see rows.h. */
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct profile_function *function_of(const struct profile *profile, __u32 frame)
{
	return frame == PROFILE_NONE ? NULL : &profile->functions[profile->frames[frame].function];
}

static int is_hidden(const struct profile *profile, const struct top_view *view,
		     const struct profile_row *row)
{
	const struct profile_function *function =
		function_of(profile, row->node ? profile->nodes[row->node].frame : PROFILE_NONE);
	const __u16 mode = function ? function->mode : PERF_RECORD_MISC_CPUMODE_UNKNOWN;

	return (view->hide_kernel && mode == PERF_RECORD_MISC_KERNEL) ||
	       (view->hide_user && mode == PERF_RECORD_MISC_USER) ||
	       (view->only_pid != PROFILE_NONE && profile->whos[row->who].pid != view->only_pid);
}

__u64 *top_rows_hide(struct profile *profile, const struct top_view *view)
{
	__u64 *weights = malloc(((size_t)profile->row_count + 1) * sizeof(*weights));

	for (__u32 i = 0; weights && i < profile->row_count; i++) {
		weights[i] = profile->rows[i].weight;
		if (weights[i] && is_hidden(profile, view, &profile->rows[i]))
			profile->rows[i].weight = 0;
	}
	return weights;
}

void top_rows_unhide(struct profile *profile, __u64 *weights)
{
	for (__u32 i = 0; weights && i < profile->row_count; i++)
		profile->rows[i].weight = weights[i];
	free(weights);
}

/* A command that is not told apart is the process's. */
static void write_label(struct top_rows *rows, const struct top_row *row, enum profile_key key,
			char text[LABEL_SIZE])
{
	const struct top_view *view = &rows->view;
	const char *name = NULL;

	if (key == PROFILE_KEY_COMM && !(view->keys.mask >> key & 1) && view->name)
		name = view->name(view->context, rows->profile->whos[row->who].pid);
	if (name)
		report_clean(name, text);
	else
		report_label(&rows->labels, key, row->who, row->frame, view->event, text);
}

/* Writes a row's labels. Returns whether the filter is in one of them, or -ENOMEM. */
static int label_row(struct top_rows *rows, struct top_row *row, const char *filter)
{
	char text[LABEL_SIZE];
	int is_wanted = !*filter;

	for (unsigned int i = 0; i < rows->view.keys.count; i++) {
		write_label(rows, row, rows->view.keys.list[i], text);
		row->labels[i] = strdup(text);
		if (!row->labels[i])
			return -ENOMEM;
		is_wanted |= *filter && strcasestr(text, filter);
	}
	return is_wanted;
}

static void free_labels(struct top_row *row)
{
	for (unsigned int i = 0; i < PROFILE_KEYS; i++)
		free(row->labels[i]);
}

/* Adds a row, unless it is not wanted. Returns 0 or -ENOMEM. */
static int add_row(struct top_rows *rows, const struct top_view *view, __u32 who, __u32 frame,
		   double self, double all)
{
	const struct profile_function *function = function_of(rows->profile, frame);
	struct top_row *row = &rows->list[rows->count];
	int result;

	memset(row, 0, sizeof(*row));
	row->self = self;
	row->all = all;
	row->who = who;
	row->frame = frame;
	row->mode = function ? function->mode : PERF_RECORD_MISC_CPUMODE_UNKNOWN;
	result = label_row(rows, row, view->filter);
	if (result <= 0 || (view->most && rows->count == view->most)) {
		free_labels(row);
		rows->hidden += result >= 0;
		return result < 0 ? result : 0;
	}
	rows->shown += self;
	rows->count++;
	return 0;
}

static int add_rows(struct top_rows *rows, const struct top_view *view,
		    const struct profile_totals *totals)
{
	const double whole = (double)rows->profile->events[view->event].weight;
	int result = 0;

	rows->list = calloc((size_t)totals->row_count + 1, sizeof(*rows->list));
	if (!rows->list)
		return -ENOMEM;
	for (__u32 i = 0; i < totals->row_count && result == 0; i++) {
		const struct profile_totals_row *row = &totals->rows[i];
		const struct profile_total *total = profile_totals_of(totals, row, view->event);
		const double self = (double)total->self.weight / whole;
		const double all = view->has_callers ? (double)total->all.weight / whole : self;

		if (total->self.weight || (view->has_callers && total->all.weight))
			result = add_row(rows, view, row->who, row->frame, self, all);
	}
	return result;
}

int top_rows_make(struct top_rows *rows, struct profile *profile, const struct top_view *view)
{
	struct profile_totals totals = { .rows = NULL };
	__u64 *weights;
	int result = -ENOMEM;

	memset(rows, 0, sizeof(*rows));
	rows->profile = profile;
	rows->view = *view;
	rows->view.filter = NULL;
	weights = top_rows_hide(profile, view);
	if (weights && report_labels_make(&rows->labels, profile) == 0 &&
	    profile_groups_make(&rows->groups, profile, view->keys.mask) == 0 &&
	    profile_shape_make(&rows->shape, profile, &rows->groups) == 0 &&
	    profile_totals_make(&totals, &view->keys, &rows->shape, view->has_callers) == 0) {
		profile_totals_sort(&totals, view->event, 0);
		result = add_rows(rows, view, &totals);
	}
	top_rows_unhide(profile, weights);
	profile_totals_free(&totals);
	if (result < 0)
		top_rows_free(rows);
	return result;
}

void top_rows_free(struct top_rows *rows)
{
	for (__u32 i = 0; i < rows->count; i++)
		free_labels(&rows->list[i]);
	free(rows->list);
	profile_shape_free(&rows->shape);
	profile_groups_free(&rows->groups);
	report_labels_free(&rows->labels);
	memset(rows, 0, sizeof(*rows));
}

const char *top_row_identity(const struct top_rows *rows, __u32 row, char text[LABEL_SIZE])
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < rows->view.keys.count; i++) {
		const char *label = rows->list[row].labels[i];
		size_t length = strlen(label);

		if (used + length + 2 > LABEL_SIZE)
			break;
		memcpy(text + used, label, length);
		used += length;
		/* No label has a character that no terminal shows. */
		text[used++] = '\t';
		text[used] = '\0';
	}
	return text;
}

__u32 top_rows_find(const struct top_rows *rows, const char *identity)
{
	char text[LABEL_SIZE];

	for (__u32 i = 0; i < rows->count; i++)
		if (strcmp(top_row_identity(rows, i, text), identity) == 0)
			return i;
	return PROFILE_NONE;
}
