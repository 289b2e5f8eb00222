/* SPDX-License-Identifier: MIT */
/*
 * Where the items of perfev list come from: the library's catalog, and the vendors' tables. A part
 * that cannot be read is noted, and what is behind it is listed all the same.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../names.h"
#include "list.h"

static const struct {
	const char *name;
	unsigned int kind;
} kinds[] = {
	{ "hardware", PERFEV_KIND_HARDWARE },
	{ "cache", PERFEV_KIND_CACHE },
	{ "software", PERFEV_KIND_SOFTWARE },
	{ "pmu", PERFEV_KIND_PMU },
	{ "pmu-event", PERFEV_KIND_PMU_EVENT },
	{ "format", PERFEV_KIND_FORMAT },
	{ "raw", PERFEV_KIND_RAW },
	{ "breakpoint", PERFEV_KIND_BREAKPOINT },
	{ "probe", PERFEV_KIND_PROBE },
	{ "tracepoint", PERFEV_KIND_TRACEPOINT },
	{ "vendor", LIST_KIND_VENDOR },
};

const char *list_kind_name(unsigned int kind)
{
	size_t i = 0;

	while (kinds[i].kind != kind)
		i++;
	return kinds[i].name;
}

unsigned int list_kind_find(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strlen(kinds[i].name) != length || memcmp(kinds[i].name, word, length) != 0)
			continue;
		/* Who asks for PMUs wants what they have. */
		if (kinds[i].kind == PERFEV_KIND_PMU)
			return PERFEV_KIND_PMU | PERFEV_KIND_PMU_EVENT;
		return kinds[i].kind;
	}
	return 0;
}

void list_print_kinds(FILE *to)
{
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);

	for (size_t i = 0; i < count; i++)
		fprintf(to, "%s%s", kinds[i].name,
			i + 1 == count ? "\n" :
			i % 7 == 6     ? ",\n       " :
					 ", ");
}

struct chosen {
	struct list *list;
	list_item_fn take;
	void *context;
};

/* Hands an item on if it is chosen. */
static int choose(void *context, const struct list_item *item)
{
	const struct chosen *chosen = context;
	struct list_item found = *item;

	found.chosen = list_chooses(chosen->list, item);
	if (!found.chosen)
		return 0;
	chosen->list->found++;
	return chosen->take(chosen->context, &found);
}

/* The one pattern that the catalog can go by, so that it reads less; or NULL. */
static const char *narrowing(char **patterns)
{
	if (!patterns[0] || patterns[1] || !list_is_glob(patterns[0]) ||
	    strpbrk(patterns[0], "[\\"))
		return NULL;
	return patterns[0];
}

static int walk_catalog(struct chosen *chosen, unsigned int wanted, int *error)
{
	const struct list *list = chosen->list;
	struct perfev_catalog *catalog;
	struct perfev_catalog_item item;
	int result =
		perfev_catalog_open(&catalog, wanted | (list->is_brief ? PERFEV_CATALOG_BRIEF : 0),
				    narrowing(list->patterns), cli_event_options());

	while (result == 0) {
		struct list_item one = { .owner = "", .mask = "" };

		result = perfev_catalog_next(catalog, &item);
		if (result == 0)
			break;
		if (result < 0 && result != -ENOMEM) {
			*error = result;
			result = 0;
			continue;
		}
		if (result < 0)
			break;
		one.kind = item.kind;
		one.name = item.name;
		one.alias = item.alias;
		one.pmu = item.pmu;
		one.encoding = item.encoding;
		one.description = item.description;
		one.unit = item.unit;
		one.scale = item.scale;
		one.type = item.type;
		result = choose(chosen, &one);
	}
	perfev_catalog_close(catalog);
	return result;
}

int list_walk(struct list *list, unsigned int wanted, list_item_fn take, void *context)
{
	struct chosen chosen = { .list = list, .take = take, .context = context };
	unsigned int asked = wanted & list->kinds;
	unsigned int others = asked & PERFEV_KIND_ALL & ~(unsigned int)PERFEV_KIND_TRACEPOINT;
	int result = 0;

	/* Tracepoints are apart: they may not be ours to read when all else is. */
	if (others)
		result = walk_catalog(&chosen, others, &list->pmu_error);
	if (result == 0 && asked & PERFEV_KIND_TRACEPOINT)
		result = walk_catalog(&chosen, PERFEV_KIND_TRACEPOINT, &list->tracepoint_error);
	if (result == 0 && asked & LIST_KIND_VENDOR)
		result = list_walk_vendor(list, choose, &chosen);
	return result;
}

int list_read(const struct list_item *item, struct perfev_events **out)
{
	*out = NULL;
	if (!(item->kind & LIST_KIND_EVENTS) || item->lacks_mask)
		return 0;
	return perfev_events_parse(out, item->name, cli_event_options(), NULL);
}
