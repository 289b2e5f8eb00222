/* SPDX-License-Identifier: MIT */
/*
 * How a set's events become parts, which are kernel groups: what belongs together, and what must be
 * apart because different PMUs count it.
 *
 * Where a counter of the processor stands still, the kernel, which knows nothing of it, would put
 * events on it in turn, and their counts would be short without a sign. So many events as counters
 * count are then made a part, with fillers where there are fewer: no two parts have room at once,
 * and none reaches the counter that stands still.
 */
#include "counters.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "trial.h"

/* Whether the event is one of several that a name stands for, of which each PMU counts its own. */
static int has_twins(const struct perfev_counters *counters, unsigned int event)
{
	unsigned int logical = counters->events[event].logical;

	return (event > 0 && counters->events[event - 1].logical == logical) ||
	       (event + 1 < counters->event_count &&
		counters->events[event + 1].logical == logical);
}

/* Whether the event is one of those that a counter of the core PMU counts, whichever is free. */
static int is_on_core(const struct perfev_event *event)
{
	return perfev_event_takes_counter(event) &&
	       (event->attr.type <= PERF_TYPE_RAW || strcmp(event->pmu, "cpu") == 0);
}

/* How many of a part's members take the processor's counters. */
static unsigned int counters_of(const struct perfev_counters *counters, const struct part *part)
{
	unsigned int count = 0;

	for (unsigned int member = 0; member < part->count; member++)
		count += is_on_core(&counters->events[counters->order[part->first + member]]) != 0;
	return count;
}

static int may_be_packed(const struct perfev_counters *counters, unsigned int event)
{
	const struct perfev_event *of = &counters->events[event];

	return counters->usable && of->group == PERFEV_EVENT_ALONE && is_on_core(of) &&
	       !of->attr.pinned && !of->attr.exclusive && !counters->options.pinned &&
	       !counters->options.exclusive && !has_twins(counters, event);
}

/*
 * Whether an event may join a part of its group: twins go by their PMU (a group of a hybrid
 * processor is one group for each kind of core), all else stays together.
 */
static int belongs(const struct perfev_counters *counters, const struct part *part,
		   unsigned int event)
{
	const struct perfev_event *first = &counters->events[counters->order[part->first]];

	if (part->packed)
		return part->count < counters->usable && may_be_packed(counters, event);
	if (part->group == PERFEV_EVENT_ALONE || part->group != counters->events[event].group)
		return 0;
	/* What is to be taken apart anyway is, before it meets a counter that stands still. */
	if (part->weak && counters->usable && is_on_core(&counters->events[event]) &&
	    counters_of(counters, part) >= counters->usable)
		return 0;
	return !has_twins(counters, event) || strcmp(first->pmu, counters->events[event].pmu) == 0;
}

static void add_part(struct perfev_counters *counters, unsigned int first, unsigned int event)
{
	struct part *part = &counters->parts[counters->part_count];

	part->first = first;
	part->count = 1;
	part->group = counters->events[event].group;
	part->packed = may_be_packed(counters, event) != 0;
	part->weak = counters->events[event].weak || counters->options.split || part->packed;
	/* Fewer counters count than the group has events: it has begun in a part before. */
	for (unsigned int i = 0; counters->usable && i < counters->part_count; i++)
		part->split_off |= part->weak && part->group != PERFEV_EVENT_ALONE &&
				   counters->parts[i].group == part->group;
	counters->part_count++;
}

/* Puts the events that are not yet placed and belong to the newest part behind it. */
static unsigned int fill_part(struct perfev_counters *counters, unsigned char *placed,
			      unsigned int event, unsigned int end)
{
	struct part *part = &counters->parts[counters->part_count - 1];

	for (unsigned int other = event + 1; other < counters->event_count; other++) {
		if (placed[other] || !belongs(counters, part, other))
			continue;
		placed[other] = 1;
		counters->order[end++] = other;
		part->count++;
	}
	return end;
}

/* How many events there are that take counters, and in how many groups at least. */
static unsigned int counters_wanted(const struct perfev_counters *counters, unsigned int *groups)
{
	unsigned int wanted = 0, last = PERFEV_EVENT_ALONE;

	*groups = 0;
	for (unsigned int event = 0; event < counters->event_count; event++) {
		const struct perfev_event *of = &counters->events[event];

		if (!is_on_core(of))
			continue;
		wanted++;
		*groups += of->group == PERFEV_EVENT_ALONE || of->group != last || of->weak ||
			   counters->options.split;
		last = of->group;
	}
	return wanted;
}

/* Makes room in the tables for fillers: events that are counted in vain. */
static int add_columns(struct perfev_counters *counters, unsigned int count)
{
	size_t most = counters->event_count + (size_t)count + 1;
	struct perfev_event *events = realloc(counters->events, most * sizeof(*events));
	struct perfev_why **why = realloc(counters->why, most * sizeof(*why));
	struct part *parts = realloc(counters->parts, most * sizeof(*parts));
	unsigned int *order = realloc(counters->order, most * sizeof(*order));

	counters->events = events ? events : counters->events;
	counters->why = why ? why : counters->why;
	counters->parts = parts ? parts : counters->parts;
	counters->order = order ? order : counters->order;
	if (!events || !why || !parts || !order)
		return -ENOMEM;
	for (unsigned int i = counters->event_count; i < most; i++) {
		counters->events[i] = *perfev_trial_event();
		counters->events[i].logical = UINT_MAX;
		counters->why[i] = NULL;
	}
	counters->column_count = counters->event_count + count;
	return 0;
}

static unsigned int fillers_of(const struct perfev_counters *counters, const struct part *part)
{
	unsigned int count = counters_of(counters, part);

	return count && count < counters->usable ? counters->usable - count : 0;
}

/* Fills every part up to the number of counters that count. */
static int fill_up(struct perfev_counters *counters)
{
	unsigned int needed = 0, filler;

	for (unsigned int part = 0; part < counters->part_count; part++)
		needed += fillers_of(counters, &counters->parts[part]);
	if (add_columns(counters, needed) < 0)
		return -ENOMEM;
	filler = counters->column_count;
	/* From the last part on, each moves by the fillers of those before it. */
	for (unsigned int i = counters->part_count; i-- > 0;) {
		struct part *part = &counters->parts[i];
		unsigned int own = fillers_of(counters, part);

		needed -= own;
		memmove(&counters->order[part->first + needed], &counters->order[part->first],
			part->count * sizeof(*counters->order));
		part->first += needed;
		for (; own; own--)
			counters->order[part->first + part->count++] = --filler;
	}
	return 0;
}

int perfev_parts_make(struct perfev_counters *counters)
{
	unsigned char *placed = calloc(counters->event_count + 1, 1);
	unsigned int end = 0, wanted, groups;

	/* There are never more parts than events and fillers. */
	counters->parts = calloc(counters->event_count + 1, sizeof(*counters->parts));
	counters->order = calloc(counters->event_count + 1, sizeof(*counters->order));
	if (!placed || !counters->parts || !counters->order) {
		free(placed);
		return -ENOMEM;
	}
	wanted = counters_wanted(counters, &groups);
	counters->usable =
		groups > 1 && !counters->options.no_trial ? perfev_trial_counters(wanted) : 0;
	for (unsigned int event = 0; event < counters->event_count; event++) {
		if (placed[event])
			continue;
		counters->order[end++] = event;
		add_part(counters, end - 1, event);
		end = fill_part(counters, placed, event, end);
	}
	free(placed);
	return counters->usable ? fill_up(counters) : 0;
}
