/* SPDX-License-Identifier: MIT */
/*
 * A group: a set whose events are counted together. Its readings go to the caller at once and are
 * kept nowhere, so that several threads may read it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/why.h"
#include "counters.h"

struct perfev_group {
	struct perfev_counters *counters;
};

/* Reads the text and opens the set, which frees the events when it is closed. */
static int open_set(struct perfev_counters **out, const char *text, struct perfev_target target,
		    const struct perfev_count_options *options, struct perfev_why *why)
{
	struct perfev_count_options taken;
	struct perfev_events *events;
	int result = perfev_count_options_take(&taken, options, why);

	if (result == 0)
		result = perfev_events_parse(&events, text, taken.names, why);
	if (result < 0)
		return result;
	result = perfev_counters_make(out, events, &target, 1, options, 1, why);
	if (result < 0)
		perfev_events_free(events);
	else
		(*out)->owned = events;
	return result;
}

int perfev_group_open_with(struct perfev_group **out, const char *events,
			   struct perfev_target target, const struct perfev_count_options *options,
			   struct perfev_why *why)
{
	struct perfev_group *group = malloc(sizeof(*group));
	int result;

	*out = NULL;
	if (!group)
		return perfev_why_no_memory(why, "the group");
	result = open_set(&group->counters, events, target, options, why);
	if (result < 0) {
		free(group);
		return result;
	}
	*out = group;
	return 0;
}

int perfev_group_open(struct perfev_group **out, const char *events, struct perfev_target target,
		      struct perfev_why *why)
{
	return perfev_group_open_with(out, events, target, NULL, why);
}

unsigned int perfev_group_count(const struct perfev_group *group)
{
	return group->counters->logical_count;
}

int perfev_group_start(struct perfev_group *group)
{
	return perfev_counters_start(group->counters);
}

int perfev_group_stop(struct perfev_group *group)
{
	return perfev_counters_stop(group->counters);
}

int perfev_group_reset(struct perfev_group *group)
{
	return perfev_counters_reset(group->counters);
}

/* Reads all parts in a place into a row, and adds what they make to the caller's readings. */
static int read_place(struct perfev_counters *counters, unsigned int place,
		      struct perfev_reading *row, struct perfev_reading *readings,
		      unsigned int count)
{
	int result = 0;

	for (unsigned int part = 0; part < counters->part_count; part++) {
		int error = perfev_part_read(counters, part, place, row);

		if (error < 0 && result == 0)
			result = error;
	}
	for (unsigned int logical = 0; logical < count; logical++) {
		struct perfev_reading total;

		perfev_row_total(counters, row, place, logical, &total);
		if (counters->places.count == 1)
			readings[logical] = total;
		else
			perfev_reading_add(&readings[logical], &total);
	}
	return result;
}

int perfev_group_read(struct perfev_group *group, struct perfev_reading *readings,
		      unsigned int count)
{
	struct perfev_counters *counters = group->counters;
	struct perfev_reading few[16], *row = few;
	int result = 0;

	if (count > counters->logical_count)
		count = counters->logical_count;
	if (counters->column_count > sizeof(few) / sizeof(few[0]))
		row = malloc(counters->column_count * sizeof(*row));
	if (!row)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		memset(&readings[i], 0, sizeof(readings[i]));
		readings[i].state = PERFEV_READING_IDLE;
	}
	for (unsigned int place = 0; place < counters->places.count; place++) {
		int error = read_place(counters, place, row, readings, count);

		if (error < 0 && result == 0)
			result = error;
	}
	if (row != few)
		free(row);
	return result < 0 ? result : (int)count;
}

struct perfev_counters *perfev_group_counters(struct perfev_group *group)
{
	return group->counters;
}

void perfev_group_close(struct perfev_group *group)
{
	if (!group)
		return;
	perfev_counters_close(group->counters);
	free(group);
}
