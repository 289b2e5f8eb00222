/* SPDX-License-Identifier: MIT */
/* Events' names by the section that describes them: by their ids, or without these in turn. */
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
