/* SPDX-License-Identifier: MIT */
/* What is missing in a profile, why, and what would mend it: nothing is left out in silence. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "labels.h"
#include "report.h"

/* Modules that are named; the rest is summed up. */
#define MOST_MODULES 8

/* What in a module has no symbol. */
struct unknown {
	const char *module;
	__u64 samples;
};

static void tell(const struct report_page *page, const char *what, __u64 count, const char *why)
{
	char number[NUMBER_SIZE];

	if (count)
		fprintf(page->to, "%s%s: %s%s%s\n", page->warn, what, number_grouped(number, count),
			page->plain, why);
}

static int compare_unknown(const void *a, const void *b)
{
	const struct unknown *one = a, *other = b;

	if (one->samples != other->samples)
		return one->samples < other->samples ? 1 : -1;
	return strcmp(one->module, other->module);
}

/* By function: the samples in it, where it stands for all that is unknown in a module. */
static struct unknown *find_unknown(const struct profile *profile, __u32 *count, __u64 *sum)
{
	struct unknown *list = calloc(profile->function_count + (size_t)1, sizeof(*list));

	*count = 0;
	*sum = 0;
	if (!list)
		return NULL;
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		__u32 function;

		if (!row->node)
			continue;
		function = profile->frames[profile->nodes[row->node].frame].function;
		if (!profile->functions[function].is_known) {
			list[function].samples += row->samples;
			*sum += row->samples;
		}
	}
	for (__u32 i = 0; i < profile->function_count; i++)
		if (list[i].samples)
			list[(*count)++] =
				(struct unknown){ profile->functions[i].module, list[i].samples };
	qsort(list, *count, sizeof(*list), compare_unknown);
	return list;
}

/* Why a module lacks symbols; there may be several of a path, each with its reason. */
static void print_reasons(const struct report_page *page, const struct perfev_symbols *symbols,
			  const char *path)
{
	const unsigned int count = perfev_symbols_module_count(symbols);
	const char *told = NULL;
	char text[LABEL_SIZE];

	for (unsigned int i = 0; i < count; i++) {
		const struct perfev_module *module = perfev_symbols_module(symbols, i);

		if (strcmp(module->path, path) != 0 || !module->reason ||
		    (told && strcmp(told, module->reason) == 0))
			continue;
		told = module->reason;
		fprintf(page->to, ": %s", report_clean(module->reason, text));
		if (module->remedy)
			fprintf(page->to, ": %s", report_clean(module->remedy, text));
	}
	fputs(told ? "\n" : ": no symbol is at these addresses\n", page->to);
}

static int print_unknown(const struct report_page *page, const struct profile_reading *reading)
{
	const struct profile *profile = &reading->profile;
	char number[NUMBER_SIZE], text[LABEL_SIZE];
	__u64 sum, all = 0;
	__u32 count;
	struct unknown *list = find_unknown(profile, &count, &sum);

	if (!list)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->event_count; i++)
		all += profile->events[i].samples;
	if (sum)
		fprintf(page->to, "%ssamples without a symbol: %s (%.2f %%)%s, in\n", page->warn,
			number_grouped(number, sum), 100 * (double)sum / (double)all, page->plain);
	for (__u32 i = 0; i < count && i < MOST_MODULES; i++) {
		fprintf(page->to, "%7.2f%%  ", 100 * (double)list[i].samples / (double)all);
		if (list[i].module[0]) {
			fputs(report_clean(list[i].module, text), page->to);
			print_reasons(page, reading->symbols, list[i].module);
		} else {
			fputs("no file: nothing was mapped there, as far as was recorded\n",
			      page->to);
		}
	}
	if (count > MOST_MODULES)
		fprintf(page->to, "          and %u others\n", count - MOST_MODULES);
	free(list);
	return 0;
}

int report_losses(const struct report_page *page, const struct profile_reading *reading)
{
	const struct profile_losses *losses = &reading->profile.losses;

	tell(page, "lost records", losses->lost,
	     ": they found no room, of which 'perfev record -m 4M' makes more");
	tell(page, "throttlings", losses->throttled,
	     ": an event came too often, which a lower -F or a higher -c avoids");
	tell(page, "late records", losses->late,
	     ": they came too late for their place, so that code may be taken for other code");
	tell(page, "samples with callers missing", losses->cut, "");
	tell(page, "samples that were not asked for", losses->filtered, "");
	return print_unknown(page, reading);
}
