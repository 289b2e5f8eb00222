/* SPDX-License-Identifier: MIT */
/*
 * What records say of the recording itself. In a pipe they are all that says it; in a file they may
 * say it as well, and it is taken in where the header did not.
 */
#include <errno.h>

#include "file.h"

/* Whether the header had this event. */
static int is_known(const struct perfev_file *file, const struct perfev_words *ids)
{
	for (__u32 i = 0; i < ids->count; i++)
		if (perfev_recorded_find(&file->events, perfev_words_get(ids, i)))
			return 1;
	return !ids->count && !file->is_pipe && file->events.count;
}

static int add_event(struct perfev_file *file, const struct perfev_record *record)
{
	const struct perfev_words *ids = &record->attr.ids;
	struct perf_event_attr attr;
	struct event *event;
	int result;

	/* A pipe's are new, even where an id is shared. */
	if (!file->is_pipe && is_known(file, ids))
		return 0;
	result = perfev_attr_decode(&attr, record->attr.attr.bytes,
				    (size_t)record->attr.attr.length, file->layout_flags);
	if (result < 0)
		return perfev_file_damaged(file, file->last_offset, 0, result,
					   "an event that is no attribute");
	result = perfev_recorded_add(&file->events, &attr, file->layout_flags, &event);
	for (__u32 i = 0; i < ids->count && result == 0; i++)
		result = perfev_recorded_add_id(&file->events, event, perfev_words_get(ids, i));
	if (result == -E2BIG)
		return perfev_file_damaged(file, file->last_offset, 0, -EBADMSG,
					   "more events or ids than any recording has");
	/* Their names may have come before them. */
	return result < 0 ? result : perfev_file_name_events(file);
}

/* An event's name by its config: recorders before Linux 3.6. */
static int name_type(struct perfev_file *file, const struct perfev_record *record)
{
	for (unsigned int i = 0; i < file->events.count; i++) {
		struct event *event = file->events.list[i];

		if (event->name || event->shown.attr.config != record->event_type.event_id)
			continue;
		if (perfev_recorded_set_text(&event->name, record->event_type.name.text,
					     record->event_type.name.length) < 0)
			return -ENOMEM;
		event->shown.name = event->name;
		return 0;
	}
	return 0;
}

static int update_event(struct perfev_file *file, const struct perfev_record *record)
{
	const struct perfev_record_event_update *update = &record->event_update;
	struct event *event = perfev_recorded_find(&file->events, update->id);
	char **text;

	if (!event)
		return 0;
	if (update->type == 1)
		event->shown.scale = update->scale;
	if (update->type != 0 && update->type != 2)
		return 0;
	text = update->type == 0 ? &event->unit : &event->name;
	if (perfev_recorded_set_text(text, update->text.text, update->text.length) < 0)
		return -ENOMEM;
	if (update->type == 0)
		event->shown.unit = event->unit;
	else
		event->shown.name = event->name;
	return 0;
}

static int keep_feature(struct perfev_file *file, const struct perfev_record *record)
{
	const struct perfev_bytes *data = &record->feature.data;
	int result;

	/* One without bytes ends the list; its number is the first unknown to its recorder. */
	if (record->feature.id >= PERFEV_FEATURES || !data->length)
		return 0;
	result = perfev_file_section_keep(file, (unsigned int)record->feature.id, data->bytes,
					  (size_t)data->length);
	if (result == 0 && record->feature.id == PERFEV_FEATURE_EVENT_DESC)
		result = perfev_file_name_events(file);
	if (result == 0 && record->feature.id == PERFEV_FEATURE_GROUP_DESC)
		result = perfev_file_join_groups(file);
	return result;
}

int perfev_file_take_in(struct perfev_file *file, const struct perfev_record *record)
{
	switch (record->type) {
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		file->summary.lost += record->lost.lost;
		return 0;
	case PERF_RECORD_THROTTLE:
		file->summary.throttled++;
		return 0;
	case PERF_RECORD_AUX:
		file->summary.aux_lost += (record->aux.flags & PERF_AUX_FLAG_TRUNCATED) != 0;
		return 0;
	case PERFEV_RECORD_ATTR:
		return add_event(file, record);
	case PERFEV_RECORD_EVENT_TYPE:
		return name_type(file, record);
	case PERFEV_RECORD_EVENT_UPDATE:
		return update_event(file, record);
	case PERFEV_RECORD_FEATURE:
		return keep_feature(file, record);
	default:
		return 0;
	}
}
