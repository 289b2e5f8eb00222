/* SPDX-License-Identifier: MIT */
/*
 * The processor makers' events. What must stay true: an event that is listed without lacks_mask is
 * one that -e takes, as it is written here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../names.h"
#include "list.h"

/* Returns what the maker's table says to a name: 1, 0 or a negative errno. */
static int encode(const char *name, struct perf_event_attr *attr)
{
	*attr = (struct perf_event_attr){ .size = sizeof(*attr) };
	return cli_event_options()->vendor(name, strlen(name), attr);
}

static void write_encoding(char *text, size_t size, const struct perf_event_attr *attr)
{
	int length = snprintf(text, size, "config=0x%llx", (unsigned long long)attr->config);

	if (attr->config1)
		length += snprintf(text + length, size - (size_t)length, ",config1=0x%llx",
				   (unsigned long long)attr->config1);
	if (attr->config2)
		snprintf(text + length, size - (size_t)length, ",config2=0x%llx",
			 (unsigned long long)attr->config2);
}

/* Steps through the events, and their masks behind each. */
struct position {
	struct perfev_pfm_item pfm;
	const char *owner; /* what the event is for */
	enum {
		BRIEF_UNKNOWN,
		BRIEF_GOOD, /* the event's name is enough without its PMU's */
		BRIEF_OTHER /* another PMU has an event of that name, or the kernel has */
	} brief;
};

/* Returns the name to write: the brief one where it means the same. */
static const char *choose_name(struct position *at, const char *brief,
			       const struct perf_event_attr *attr)
{
	struct perf_event_attr other;

	if (at->brief == BRIEF_UNKNOWN)
		at->brief = encode(brief, &other) == 1 && !memcmp(attr, &other, sizeof(other)) ?
				    BRIEF_GOOD :
				    BRIEF_OTHER;
	return at->brief == BRIEF_GOOD ? brief : at->pfm.name;
}

static int hand_over(const struct list *list, struct position *at, list_item_fn take, void *context)
{
	const struct perfev_pfm_item *pfm = &at->pfm;
	const char *brief = pfm->name + strlen(pfm->pmu) + strlen("::");
	struct list_item item = { .kind = LIST_KIND_VENDOR, .scale = 1.0 };
	struct perf_event_attr attr;
	char encoding[80] = "";
	int known;

	item.name = brief;
	item.alias = pfm->name;
	item.pmu = pfm->pmu;
	item.encoding = encoding;
	item.description = pfm->description;
	item.unit = "";
	item.owner = pfm->mask[0] ? at->owner : "";
	item.mask = pfm->mask[0] ? strrchr(brief, ':') : "";
	/* To encode takes longer than all else: it is left until it is known to be wanted. */
	if (!list_chooses(list, &item))
		return 0;
	known = encode(pfm->name, &attr);
	item.lacks_mask = known == -EINVAL && !pfm->mask[0] && pfm->masks;
	if (known != 1 && !item.lacks_mask)
		return 0;
	if (known == 1) {
		write_encoding(encoding, sizeof(encoding), &attr);
		item.type = attr.type;
		item.name = choose_name(at, brief, &attr);
		if (item.name == pfm->name)
			item.alias = "";
	}
	return take(context, &item);
}

int list_walk_vendor(const struct list *list, list_item_fn take, void *context)
{
	struct position at = { .owner = "" };
	int result = 0;

	while (result == 0 && cli_vendor_next(&at.pfm) == 1) {
		if (!at.pfm.mask[0]) {
			at.owner = at.pfm.description;
			at.brief = BRIEF_UNKNOWN;
		}
		result = hand_over(list, &at, take, context);
	}
	return result;
}
