/* SPDX-License-Identifier: MIT */
/* Which event is of which cgroup; see cgroups.h. */
#include "cgroups.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The cgroup of one of the text's events; "" for all tasks. */
static const char *cgroup_of(const struct targets *targets, unsigned int logical)
{
	for (unsigned int i = 0; i < targets->count; i++)
		if (targets->list[i].event == logical + 1 && targets->list[i].cgroup)
			return targets->list[i].cgroup;
	return "";
}

/* A group is scheduled as one, so that its events are of one cgroup. */
static int check_groups(const struct targets *targets, const struct perfev_events *events,
			const char *command)
{
	for (unsigned int i = 1; i < perfev_events_count(events); i++) {
		const struct perfev_event *one = perfev_events_get(events, i - 1);
		const struct perfev_event *next = perfev_events_get(events, i);

		if (next->group == PERFEV_EVENT_ALONE || next->group != one->group ||
		    !strcmp(cgroup_of(targets, one->logical), cgroup_of(targets, next->logical)))
			continue;
		fprintf(stderr,
			"perfev %s: -G: %s and %s are in one group: it has to be in one cgroup.\n",
			command, one->name, next->name);
		return -EINVAL;
	}
	return 0;
}

/* Events that no cgroup was named for see all tasks, on the CPUs that the first one has. */
static int add_rest(struct targets *targets, unsigned int events, const char *command)
{
	const unsigned int count = targets->count, first = targets->named + 1;

	for (unsigned int event = first; event <= events; event++) {
		for (unsigned int i = 0; i < count; i++) {
			const struct perfev_target *target = &targets->list[i];
			struct perfev_target all =
				target->cpu < 0 ? perfev_all_cpus() : perfev_cpu(target->cpu);

			all.event = event;
			if (target->event == 1 && targets_add_one(targets, command, all) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}

int cgroups_pair(struct targets *targets, const struct perfev_events *events, const char *command)
{
	const unsigned int count = perfev_events_count(events);
	const unsigned int logical = count ? perfev_events_get(events, count - 1)->logical + 1 : 0;
	int result;

	if (targets->named <= 1)
		return 0;
	if (targets->named > logical) {
		fprintf(stderr,
			"perfev %s: -G names %u cgroups, and there %s %u event%s: each is of the "
			"cgroup in its place; --for-each-cgroup has all in each.\n",
			command, targets->named, logical == 1 ? "is" : "are", logical,
			logical == 1 ? "" : "s");
		return -EINVAL;
	}
	result = add_rest(targets, logical, command);
	return result < 0 ? result : check_groups(targets, events, command);
}
