/* SPDX-License-Identifier: MIT */
/*
 * Groups. An event that is one in the text and one for the kernel stays where it was written, even
 * where the kernel will refuse that: only what became several events is spread over several groups.
 */
#include "groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The number of the PMU that counts it. *soft: it can be in any PMU's group. */
static __u32 pmu_of(const struct perf_event_attr *attr, int *soft)
{
	__u32 extended = (__u32)(attr->config >> PERF_PMU_TYPE_SHIFT);

	*soft = 0;
	switch (attr->type) {
	case PERF_TYPE_HARDWARE:
	case PERF_TYPE_HW_CACHE:
		return extended ? extended : PERF_TYPE_RAW;
	case PERF_TYPE_SOFTWARE:
	case PERF_TYPE_TRACEPOINT:
	case PERF_TYPE_BREAKPOINT:
		*soft = 1;
	}
	return attr->type;
}

static struct subgroup *add_subgroup(struct grouping *grouping, struct perfev_events *events)
{
	struct subgroup *subgroup;

	if (grouping->count == grouping->room) {
		unsigned int room = grouping->room ? 2 * grouping->room : 4;

		subgroup = realloc(grouping->list, room * sizeof(*subgroup));
		if (!subgroup)
			return NULL;
		grouping->list = subgroup;
		grouping->room = room;
	}
	subgroup = &grouping->list[grouping->count++];
	memset(subgroup, 0, sizeof(*subgroup));
	subgroup->number = events->groups++;
	return subgroup;
}

/* Finds the part of the group that an event belongs to, or NULL when it is to be the first one. */
static struct subgroup *find(struct grouping *grouping, __u32 pmu, int several)
{
	for (unsigned int i = 0; i < grouping->count; i++)
		if (grouping->list[i].taken && grouping->list[i].pmu == pmu)
			return &grouping->list[i];
	if (grouping->count && (!several || !grouping->list[0].taken))
		return &grouping->list[0];
	return NULL;
}

int perfev_grouping_add(struct grouping *grouping, struct perfev_events *events, unsigned int first)
{
	for (unsigned int i = first; i < events->count; i++) {
		struct perfev_event *event = &events->list[i];
		int several = (i > first && event[-1].logical == event->logical) ||
			      (i + 1 < events->count && event[1].logical == event->logical);
		int soft;
		__u32 pmu = pmu_of(&event->attr, &soft);
		struct subgroup *subgroup = find(grouping, pmu, several);

		if (!subgroup) {
			subgroup = add_subgroup(grouping, events);
			if (!subgroup)
				return -ENOMEM;
			event->leads = 1;
		}
		event->group = subgroup->number;
		if (!soft && !subgroup->taken) {
			subgroup->taken = 1;
			subgroup->pmu = pmu;
		}
	}
	return 0;
}

void perfev_grouping_free(struct grouping *grouping)
{
	free(grouping->list);
	memset(grouping, 0, sizeof(*grouping));
}
