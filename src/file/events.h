/* SPDX-License-Identifier: MIT */
/* The events of a recording, and which of them an id means. */
#ifndef PERFEV_SRC_FILE_EVENTS_H
#define PERFEV_SRC_FILE_EVENTS_H

#include <perfev/file.h>

/* More than any kernel opens for one recording: what claims more is no recording. */
#define MOST_EVENTS 65536U
#define MOST_IDS (1U << 24)

struct event {
	struct perfev_file_event shown;
	__u64 *ids;
	char *name, *unit;
	__u32 ids_room;
	/* Where the time is: words from the start of a sample, from the end of others; 0: none. */
	__u8 time_from_start, time_from_end;
};

struct events {
	struct event **list;
	unsigned int count, room;
	/* Ids to events, by open addressing; a number of 0 is an empty place, else one more. */
	struct id_slot {
		__u64 id;
		__u32 number;
	} *slots;
	__u32 slot_count, used;
	int same_layout; /* any event's layout will do */
	__u64 last_id;
	struct event *last;
};

/* Adds an event. Returns 0, -ENOMEM, or -E2BIG. */
int perfev_recorded_add(struct events *events, const struct perf_event_attr *attr,
			unsigned int layout_flags, struct event **out);
int perfev_recorded_add_id(struct events *events, struct event *event, __u64 id);
struct event *perfev_recorded_find(const struct events *events, __u64 id);
void perfev_recorded_clear(struct events *events);

/* Replaces a text of an event's. Returns 0 or -ENOMEM. */
int perfev_recorded_set_text(char **text, const char *bytes, size_t length);

/*
 * The event that a record belongs to, by its bytes; the first where nothing says. NULL: an unknown
 * one, or there are no events. *like is an event whose layout the record has, or NULL: where all
 * events have the same one, always the first, so that their samples are alike.
 */
struct event *perfev_recorded_of(struct events *events, const void *bytes, size_t length,
				 struct event **like);

/* Likewise, without a call where there is but one. */
static inline struct event *event_of(struct events *events, const void *bytes, size_t length,
				     struct event **like)
{
	if (events->count != 1)
		return perfev_recorded_of(events, bytes, length, like);
	return *like = events->list[0];
}

#endif
