/* SPDX-License-Identifier: MIT */
/*
 * What a machine offers, one thing at a time. The catalog goes from part to part, and a part reads
 * no more than the next item of it takes; where something cannot be read, what is behind it is
 * listed all the same.
 */
#include "catalog.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "glob.h"

static const struct {
	unsigned int kinds;
	int (*next)(struct perfev_catalog *catalog, struct perfev_catalog_item *out);
} parts[] = {
	{ PERFEV_KIND_HARDWARE, perfev_catalog_generic },
	{ PERFEV_KIND_CACHE, perfev_catalog_cache },
	{ PERFEV_KIND_SOFTWARE, perfev_catalog_generic },
	{ PERFEV_KIND_PMU | PERFEV_KIND_PMU_EVENT | PERFEV_KIND_FORMAT, perfev_catalog_pmus },
	{ PERFEV_KIND_RAW, perfev_catalog_others },
	{ PERFEV_KIND_BREAKPOINT, perfev_catalog_others },
	{ PERFEV_KIND_PROBE, perfev_catalog_others },
	{ PERFEV_KIND_TRACEPOINT, perfev_catalog_tracepoints },
};

int perfev_catalog_wants(const struct perfev_catalog *catalog, unsigned int kinds)
{
	/* Two parts are listed by one function: it gives what the part is for. */
	return (catalog->kinds & parts[catalog->part].kinds & kinds) != 0;
}

/* Names are ASCII whatever the program's locale says. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int matches(const char *pattern, const char *name)
{
	char small[CATALOG_NAME];
	size_t length = 0;

	for (; name[length] && length + 1 < sizeof(small); length++)
		small[length] = lower(name[length]);
	small[length] = '\0';
	return perfev_glob_match(pattern, strlen(pattern), small);
}

int perfev_catalog_matches(const struct perfev_catalog *catalog, const char *name,
			   const char *alias)
{
	if (!catalog->pattern)
		return 1;
	return matches(catalog->pattern, name) || (alias[0] && matches(catalog->pattern, alias));
}

int perfev_catalog_could_match(const struct perfev_catalog *catalog, const char *beginning)
{
	const char *pattern = catalog->pattern;

	if (!pattern)
		return 1;
	for (; *beginning && *pattern != '*' && *pattern != '['; beginning++, pattern++)
		if (*pattern != '?' && *pattern != lower(*beginning))
			return 0;
	return 1;
}

static char *copy(const char *text, int *result)
{
	char *to = text ? strdup(text) : NULL;

	if (text && !to)
		*result = -ENOMEM;
	return to;
}

int perfev_catalog_open(struct perfev_catalog **out, unsigned int kinds, const char *pattern,
			const struct perfev_event_options *options)
{
	struct perfev_event_options own = { .size = sizeof(own) };
	struct perfev_catalog *catalog;
	int result;

	*out = NULL;
	if (!(kinds & PERFEV_KIND_ALL) ||
	    kinds & ~(unsigned int)(PERFEV_KIND_ALL | PERFEV_CATALOG_BRIEF))
		return -EINVAL;
	catalog = calloc(1, sizeof(*catalog));
	if (!catalog)
		return -ENOMEM;
	catalog->kinds = kinds;
	catalog->folder = -1;
	result = perfev_machine_begin(&catalog->machine, options);
	if (result < 0)
		goto close;
	catalog->pattern = copy(pattern, &result);
	for (char *at = catalog->pattern; at && *at; at++)
		*at = lower(*at);
	/* The caller's strings may go before the catalog does. */
	if (options)
		memcpy(&own, options, options->size < sizeof(own) ? options->size : sizeof(own));
	catalog->sysfs = copy(own.sysfs, &result);
	catalog->tracefs = copy(own.tracefs, &result);
	if (result < 0)
		goto close;
	own.size = sizeof(own);
	own.sysfs = catalog->sysfs;
	own.tracefs = catalog->tracefs;
	result = perfev_machine_begin(&catalog->machine, &own);
	if (result < 0)
		goto close;
	*out = catalog;
	return 0;

close:
	perfev_catalog_close(catalog);
	return result;
}

int perfev_catalog_next(struct perfev_catalog *catalog, struct perfev_catalog_item *out)
{
	for (; catalog->part < sizeof(parts) / sizeof(parts[0]); catalog->part++) {
		int result = 0;

		memset(out, 0, sizeof(*out));
		out->name = out->alias = out->pmu = out->encoding = "";
		out->description = out->unit = "";
		out->scale = 1.0;
		if (catalog->kinds & parts[catalog->part].kinds)
			result = parts[catalog->part].next(catalog, out);
		if (result)
			return result;
		catalog->number = 0;
	}
	return 0;
}

void perfev_catalog_close(struct perfev_catalog *catalog)
{
	if (!catalog)
		return;
	perfev_listing_free(&catalog->outer.listing);
	perfev_listing_free(&catalog->inner.listing);
	if (catalog->folder >= 0)
		close(catalog->folder);
	free(catalog->pattern);
	free(catalog->sysfs);
	free(catalog->tracefs);
	free(catalog);
}
