/* SPDX-License-Identifier: MIT */
/* What is missing in a profile, why, and what would mend it: nothing is left out in silence. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "labels.h"
#include "report.h"

/* Modules that are named for one reason; the rest is summed up. */
#define MOST_MODULES 4
#define INDENT 10

/* What in a module has no symbol, and why. */
struct unknown {
	const char *module, *reason, *remedy;
	__u64 samples;
	int is_told;
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

/* Why a module lacks symbols; of several of a path, the first that says so. */
static void find_reason(const struct perfev_symbols *symbols, struct unknown *unknown)
{
	const unsigned int count = perfev_symbols_module_count(symbols);

	unknown->reason = unknown->module[0] ? "no symbol is at these addresses" :
					       "nothing was mapped there, as far as was recorded";
	for (unsigned int i = 0; i < count && unknown->module[0]; i++) {
		const struct perfev_module *module = perfev_symbols_module(symbols, i);

		if (strcmp(module->path, unknown->module) != 0 || !module->reason)
			continue;
		unknown->reason = module->reason;
		unknown->remedy = module->remedy;
		return;
	}
}

/* By function: the samples in it, where it stands for all that is unknown in a module. */
static struct unknown *find_unknown(const struct profile_reading *reading, __u32 *count, __u64 *sum)
{
	const struct profile *profile = &reading->profile;
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
	for (__u32 i = 0; i < profile->function_count; i++) {
		const __u64 samples = list[i].samples;

		if (!samples)
			continue;
		list[*count] = (struct unknown){ .module = profile->functions[i].module,
						 .samples = samples };
		find_reason(reading->symbols, &list[(*count)++]);
	}
	qsort(list, *count, sizeof(*list), compare_unknown);
	return list;
}

/* Prints words behind what stands in a line already, and begins others where it is full. */
static void print_wrapped(const struct report_page *page, const char *text)
{
	int at = INDENT;

	while (*text) {
		const int length = (int)strcspn(text, " ");
		char word[LABEL_SIZE];
		int width;

		snprintf(word, sizeof(word), "%.*s", length, text);
		width = report_width(word);
		if (at > INDENT && page->columns && at + 1 + width > page->columns) {
			fprintf(page->to, "\n%*s", INDENT, "");
			at = INDENT;
		} else if (at > INDENT) {
			fputc(' ', page->to);
			at++;
		}
		fputs(word, page->to);
		at += width;
		text += length;
		text += *text == ' ';
	}
	fputc('\n', page->to);
}

static int is_alike(const struct unknown *one, const struct unknown *other)
{
	return strcmp(one->reason, other->reason) == 0 &&
	       (one->remedy ? other->remedy && strcmp(one->remedy, other->remedy) == 0 :
			      !other->remedy);
}

/* A line for all modules that have no symbols for the same reason as this one. */
static void print_reason(const struct report_page *page, struct unknown *of,
			 const struct unknown *end, __u64 all)
{
	char text[4 * LABEL_SIZE], part[LABEL_SIZE];
	unsigned int named = 0, more = 0;
	size_t length = 0;
	__u64 sum = 0;

	for (struct unknown *one = of; one < end; one++) {
		if (one->is_told || !is_alike(of, one))
			continue;
		one->is_told = 1;
		sum += one->samples;
		if (named == MOST_MODULES) {
			more++;
			continue;
		}
		report_clean(one->module[0] ? report_without_folder(one->module) : "no file", part);
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s",
					   named++ ? ", " : "", LABEL_SIZE / 2, part);
	}
	if (more)
		length += (size_t)snprintf(text + length, sizeof(text) - length, " and %u other%s",
					   more, more == 1 ? "" : "s");
	length += (size_t)snprintf(text + length, sizeof(text) - length, ": %.*s", LABEL_SIZE / 2,
				   report_clean(of->reason, part));
	if (of->remedy)
		snprintf(text + length, sizeof(text) - length, ": %.*s", LABEL_SIZE / 2,
			 report_clean(of->remedy, part));
	fprintf(page->to, "%7.2f%%  ", 100 * (double)sum / (double)all);
	print_wrapped(page, text);
}

static int print_unknown(const struct report_page *page, const struct profile_reading *reading)
{
	const struct profile *profile = &reading->profile;
	char number[NUMBER_SIZE];
	__u64 sum, all = 0;
	__u32 count;
	struct unknown *list = find_unknown(reading, &count, &sum);

	if (!list)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->event_count; i++)
		all += profile->events[i].samples;
	if (sum)
		fprintf(page->to, "%ssamples without a symbol: %s (%.2f %%)%s, in\n", page->warn,
			number_grouped(number, sum), 100 * (double)sum / (double)all, page->plain);
	for (__u32 i = 0; i < count; i++)
		if (!list[i].is_told)
			print_reason(page, &list[i], list + count, all);
	free(list);
	return 0;
}

/* A program without frame pointers looks like a bad profile: it is said what helps. */
static void tell_cut(const struct report_page *page, const struct profile_losses *losses)
{
	char number[NUMBER_SIZE], why[256] = "";

	if (losses->strayed)
		snprintf(why, sizeof(why),
			 ": the callers of %s are no code, as of programs without frame pointers: "
			 "'perfev record --call-graph dwarf' finds theirs",
			 number_grouped(number, losses->strayed));
	tell(page, "samples with callers missing", losses->cut, why);
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
	tell_cut(page, losses);
	tell(page, "samples that were not asked for", losses->filtered, "");
	return print_unknown(page, reading);
}
