/* SPDX-License-Identifier: MIT */
/* Which rows of totals are shown; see rows.h. */
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Lines of a table besides its rows, and the fewest rows that are worth one. */
#define AROUND 12
#define LEAST_ROWS 10

int report_chooses(const struct report_options *options, const struct profile *profile, __u32 frame)
{
	const struct profile_function *function;
	const char *slash;

	if (!options->dsos && !options->symbols)
		return 1;
	if (frame == PROFILE_NONE)
		return 0;
	function = &profile->functions[profile->frames[frame].function];
	slash = strrchr(function->module, '/');
	return (choices_have_name(options->dsos, function->module) ||
		(slash && choices_have_name(options->dsos, slash + 1))) &&
	       choices_have_name(options->symbols, function->name);
}

__u32 report_most_rows(const struct report_page *page, int around)
{
	const long asked = page->options->most_rows;

	if (asked >= 0)
		return asked > 0xfffffff ? 0 : (__u32)asked;
	if (!page->lines)
		return 0;
	return page->lines - around > LEAST_ROWS ? (__u32)(page->lines - around) : LEAST_ROWS;
}

static double share(const struct report_rows *rows, const struct profile_totals_row *row,
		    __u32 column, int by_all)
{
	const struct profile_total *total = profile_totals_of(rows->totals, row, column);
	const __u64 whole = profile_totals_weight(rows->totals, row, column);

	return whole ? (double)(by_all ? total->all.weight : total->self.weight) / (double)whole :
		       0;
}

double report_rows_share(const struct report_rows *rows, const struct profile_totals_row *row)
{
	double most = 0;

	for (__u32 i = rows->first; i < rows->end; i++) {
		const double one = share(rows, row, i, rows->by_all);

		most = one > most ? one : most;
	}
	return most;
}

/* Whether there are samples of what is shown; of other events there may be. */
static int is_there(const struct report_rows *rows, const struct profile_totals_row *row)
{
	for (__u32 i = rows->first; i < rows->end; i++) {
		const struct profile_total *total = profile_totals_of(rows->totals, row, i);

		if (total->self.samples || total->all.samples)
			return 1;
	}
	return 0;
}

int report_rows_choose(struct report_rows *rows, const struct report_page *page,
		       const struct profile_totals *totals, __u32 first, __u32 end)
{
	const struct report_options *options = page->options;
	const __u32 most = report_most_rows(page, AROUND);
	const double limit = options->percent_limit > 0 ? options->percent_limit / 100 : 0;

	memset(rows, 0, sizeof(*rows));
	rows->totals = totals;
	rows->first = first;
	rows->end = end;
	rows->by_all = options->by_children;
	rows->list = malloc((totals->row_count + (size_t)1) * sizeof(*rows->list));
	if (!rows->list)
		return -ENOMEM;
	for (__u32 i = 0; i < totals->row_count; i++) {
		const struct profile_totals_row *row = &totals->rows[i];

		if (!report_chooses(options, totals->profile, row->frame) || !is_there(rows, row))
			continue;
		if ((most && rows->count == most) || report_rows_share(rows, row) < limit) {
			rows->left_count++;
			rows->left_share += share(rows, row, first, 0);
		} else {
			rows->list[rows->count++] = *row;
		}
	}
	return 0;
}

void report_rows_free(struct report_rows *rows)
{
	free(rows->list);
	rows->list = NULL;
}
