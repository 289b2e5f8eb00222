/* SPDX-License-Identifier: MIT */
/*
 * What sections say of events: their names, by their ids, or without these in turn; and their
 * groups, which decide whether samples have branch counters.
 */
#include <errno.h>
#include <string.h>

#include "file.h"

int perfev_file_name_events(struct perfev_file *file)
{
	struct perfev_feature_at at;
	struct perfev_event_desc desc;
	unsigned int number = 0;
	int result;

	memset(&at, 0, sizeof(at));
	while ((result = perfev_file_event_desc_next(file, &at, &desc)) > 0) {
		struct event *event = NULL;

		if (desc.ids.count)
			event = perfev_recorded_find(&file->events, perfev_words_get(&desc.ids, 0));
		if (!event && number < file->events.count)
			event = file->events.list[number];
		number++;
		if (!event || event->name)
			continue;
		if (perfev_recorded_set_text(&event->name, desc.name, strlen(desc.name)) < 0)
			return -ENOMEM;
		event->shown.name = event->name;
	}
	/* A malformed section is no reason not to read the records. */
	return result == -ENOMEM ? result : 0;
}

int perfev_file_join_groups(struct perfev_file *file)
{
	struct perfev_feature_at at;
	struct perfev_group_entry group;
	int result;

	memset(&at, 0, sizeof(at));
	while ((result = perfev_file_group_next(file, &at, &group)) > 0) {
		const __u64 end = (__u64)group.leader + group.count;
		__u64 counters = 0;

		for (__u64 i = group.leader; i < end && i < file->events.count; i++)
			counters |= file->events.list[i]->shown.attr.branch_sample_type &
				    PERF_SAMPLE_BRANCH_COUNTERS;
		/* Once one event asks for them, the kernel writes them into the samples of all. */
		for (__u64 i = group.leader; i < end && i < file->events.count; i++)
			file->events.list[i]->shown.layout.branch_sample_type |= counters;
	}
	return result == -ENOMEM ? result : 0;
}
