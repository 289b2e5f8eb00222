/* SPDX-License-Identifier: MIT */
/*
 * Which events of a text's group the kernel can take as one: those of one PMU, and software events
 * with any. A text's group on a hybrid processor is therefore one for each kind of core.
 */
#ifndef PERFEV_SRC_EVENT_GROUPS_H
#define PERFEV_SRC_EVENT_GROUPS_H

#include "events.h"

struct subgroup {
	unsigned int number; /* perfev_event.group */
	__u32 pmu;           /* whose events it has */
	int taken;           /* it has some; else only software events so far */
};

struct grouping {
	struct subgroup *list;
	unsigned int count;
	unsigned int room;
};

/*
 * Puts the events from first to the last into a group's parts, all of one name in the text.
 * Returns 0 or -ENOMEM.
 */
int perfev_grouping_add(struct grouping *grouping, struct perfev_events *events,
			unsigned int first);

void perfev_grouping_free(struct grouping *grouping);

#endif
