/* SPDX-License-Identifier: MIT */
/* Which functions a name is of, and, where none of them has samples, which have; see annotate.h. */
#include "annotate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../distance.h"

#define SUGGESTIONS 5

struct found {
	const struct perfev_symbol *symbol;
	__u64 samples;
};

/* Whether the name is the function's: as it is shown, as in the file, or without parameters. */
static int is_named(const struct profile_function *function, const char *name)
{
	const struct perfev_symbol *symbol = function->symbol;
	const size_t length = strlen(name);

	if (!symbol || !function->is_known)
		return 0;
	return strcmp(function->name, name) == 0 ||
	       (strncmp(function->name, name, length) == 0 && function->name[length] == '(') ||
	       (symbol->linkage_name && strcmp(symbol->linkage_name, name) == 0);
}

static int compare_found(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	if (a->samples != b->samples)
		return a->samples < b->samples ? 1 : -1;
	return (a->symbol->number > b->symbol->number) - (a->symbol->number < b->symbol->number);
}

/* The samples of each function by itself, which is not what it called. NULL: no memory. */
static __u64 *count_samples(const struct profile *profile)
{
	__u64 *samples = calloc((size_t)profile->function_count + 1, sizeof(*samples));

	for (__u32 i = 0; samples && i < profile->row_count; i++) {
		const struct profile_frame *frame = annotation_frame(profile, &profile->rows[i]);

		if (frame)
			samples[frame->function] += profile->rows[i].samples;
	}
	return samples;
}

/* Finds the functions of a name that have samples. Returns how many, or -ENOMEM. */
static long find(const struct profile *profile, const char *name, const __u64 *samples,
		 struct found **out)
{
	struct found *list = calloc((size_t)profile->function_count + 1, sizeof(*list));
	long count = 0;

	*out = list;
	if (!list)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->function_count; i++) {
		const struct profile_function *function = &profile->functions[i];
		long at = 0;

		if (!samples[i] || !is_named(function, name))
			continue;
		while (at < count && list[at].symbol != function->symbol)
			at++;
		list[at].symbol = function->symbol;
		list[at].samples += samples[i];
		count += at == count;
	}
	qsort(list, (size_t)count, sizeof(*list), compare_found);
	return count;
}

/* How unlike a function's name is: 0: it has the other in it; more than LIMIT: altogether. */
#define LIMIT 3
static unsigned int unlike(const char *name, const char *wanted)
{
	const size_t name_length = strcspn(name, "("), length = strlen(wanted);

	if (strcasestr(name, wanted))
		return 0;
	if (!length || length > DISTANCE_MOST || name_length > DISTANCE_MOST ||
	    name_length > length + LIMIT || length > name_length + LIMIT)
		return LIMIT + 1;
	/* Of three letters two would be another name. */
	return distance_of(wanted, length, name, name_length) * (length < 6 ? 2 : 1);
}

/* Says that there are no samples, and in which functions that are named alike there are. */
static void suggest(const struct profile *profile, const char *name, const __u64 *samples)
{
	__u32 shown[SUGGESTIONS];
	int count = 0, is_called = 0;

	for (__u32 i = 0; i < profile->function_count; i++)
		is_called |= is_named(&profile->functions[i], name);
	fprintf(stderr, "perfev report: there are no samples in '%s'%s", name,
		is_called ? " itself, only in what it called" : "");
	while (count < SUGGESTIONS) {
		unsigned int least = LIMIT + 1;
		__u32 best = PROFILE_NONE;

		for (__u32 i = 0; i < profile->function_count; i++) {
			const unsigned int distance = unlike(profile->functions[i].name, name);
			int is_shown = !samples[i] || !profile->functions[i].symbol ||
				       is_named(&profile->functions[i], name);

			for (int j = 0; j < count && !is_shown; j++)
				is_shown = strcmp(profile->functions[shown[j]].name,
						  profile->functions[i].name) == 0;
			if (is_shown || distance > LIMIT || distance > least ||
			    (distance == least && best != PROFILE_NONE &&
			     samples[i] <= samples[best]))
				continue;
			least = distance;
			best = i;
		}
		if (best == PROFILE_NONE)
			break;
		fprintf(stderr, "%s'%s'", count ? ", " : "; there are in ",
			profile->functions[best].name);
		shown[count++] = best;
	}
	fputs(count ? ".\n" : "; 'perfev report' lists where there are.\n", stderr);
}

int annotate_print(FILE *to, const struct profile *profile, struct perfev_symbols *symbols,
		   const char *name, const struct annotate_options *options)
{
	struct annotate_sources sources = { .list = NULL };
	__u64 *samples = count_samples(profile);
	struct found *found = NULL;
	long count = samples ? find(profile, name, samples, &found) : -ENOMEM;
	int result = count < 0 ? (int)count : 0;

	for (long i = 0; i < count && result == 0; i++) {
		struct annotation annotation;

		result = annotation_make(&annotation, profile, symbols, found[i].symbol, &sources,
					 options->objdump);
		if (result < 0)
			break;
		if (i)
			fputc('\n', to);
		annotate_print_one(to, profile, &annotation, options);
		annotation_free(&annotation);
	}
	if (count == 0)
		suggest(profile, name, samples);
	if (result == 0 && ferror(to))
		result = -EIO;
	annotate_sources_free(&sources);
	free(found);
	free(samples);
	return result < 0 ? result : count > 0;
}
