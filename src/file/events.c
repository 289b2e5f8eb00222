/* SPDX-License-Identifier: MIT */
/* Events and their ids. Ids may be shared: the first event that has one keeps it. */
#include "events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void place_time(struct event *event)
{
	const __u64 type = event->shown.attr.sample_type;
	const __u64 before = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID;
	const __u64 behind =
		PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER;

	if (!(type & PERF_SAMPLE_TIME))
		return;
	event->time_from_start = (__u8)(1 + __builtin_popcountll(type & before));
	if (event->shown.attr.sample_id_all)
		event->time_from_end = (__u8)(1 + __builtin_popcountll(type & behind));
}

/* Whether records of both are laid out alike. */
static int is_same_layout(const struct event *a, const struct event *b)
{
	const struct perfev_layout *x = &a->shown.layout, *y = &b->shown.layout;

	return x->sample_type == y->sample_type && x->read_format == y->read_format &&
	       x->branch_sample_type == y->branch_sample_type && x->regs_user == y->regs_user &&
	       x->regs_intr == y->regs_intr && x->sample_id_all == y->sample_id_all;
}

int perfev_recorded_add(struct events *events, const struct perf_event_attr *attr,
			unsigned int layout_flags, struct event **out)
{
	struct event *event;

	if (events->count == MOST_EVENTS)
		return -E2BIG;
	if (events->count == events->room) {
		unsigned int room = events->room ? 2 * events->room : 8;
		struct event **list = realloc(events->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		events->list = list;
		events->room = room;
	}
	event = calloc(1, sizeof(*event));
	if (!event)
		return -ENOMEM;
	event->shown.attr = *attr;
	event->shown.name = event->shown.unit = "";
	event->shown.scale = 1.0;
	perfev_layout_init(&event->shown.layout, attr, layout_flags);
	place_time(event);
	events->same_layout = events->count == 0 ||
			      (events->same_layout && is_same_layout(events->list[0], event));
	events->list[events->count++] = event;
	*out = event;
	return 0;
}

static __u32 slot_of(const struct events *events, __u64 id)
{
	return (__u32)((id * 0x9e3779b97f4a7c15ULL) >> 32) & (events->slot_count - 1);
}

static struct id_slot *find_slot(const struct events *events, __u64 id)
{
	__u32 at = slot_of(events, id);

	while (events->slots[at].number && events->slots[at].id != id)
		at = (at + 1) & (events->slot_count - 1);
	return &events->slots[at];
}

static int grow(struct events *events)
{
	struct events bigger = *events;

	bigger.slot_count = events->slot_count ? 2 * events->slot_count : 64;
	bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (__u32 i = 0; i < events->slot_count; i++)
		if (events->slots[i].number)
			*find_slot(&bigger, events->slots[i].id) = events->slots[i];
	free(events->slots);
	*events = bigger;
	return 0;
}

int perfev_recorded_add_id(struct events *events, struct event *event, __u64 id)
{
	struct id_slot *slot;

	if (event->shown.id_count == event->ids_room) {
		__u32 room = event->ids_room ? 2 * event->ids_room : 4;
		__u64 *ids;

		if (event->ids_room >= MOST_IDS)
			return -E2BIG;
		ids = realloc(event->ids, room * sizeof(*ids));
		if (!ids)
			return -ENOMEM;
		event->shown.ids = event->ids = ids;
		event->ids_room = room;
	}
	if (events->used >= MOST_IDS)
		return -E2BIG;
	if (2 * events->used >= events->slot_count && grow(events) < 0)
		return -ENOMEM;
	event->ids[event->shown.id_count++] = id;
	slot = find_slot(events, id);
	if (slot->number)
		return 0;
	slot->id = id;
	for (unsigned int i = events->count; i-- > 0 && !slot->number;)
		if (events->list[i] == event)
			slot->number = i + 1;
	events->used++;
	return 0;
}

struct event *perfev_recorded_find(const struct events *events, __u64 id)
{
	struct id_slot *slot = events->slot_count ? find_slot(events, id) : NULL;

	return slot && slot->number ? events->list[slot->number - 1] : NULL;
}

struct event *perfev_recorded_of(struct events *events, const void *bytes, size_t length,
				 struct event **like)
{
	struct event *event;
	__u64 id;

	*like = event = events->count ? events->list[0] : NULL;
	/* An id of 0 is that of what recorders write themselves. */
	if (events->count <= 1 || perfev_record_id(bytes, length, &event->shown.layout, &id) != 1 ||
	    id == 0)
		return event;
	if (!events->last || events->last_id != id) {
		event = perfev_recorded_find(events, id);
		if (!event)
			return NULL;
		events->last_id = id;
		events->last = event;
	}
	*like = events->same_layout ? events->list[0] : events->last;
	return events->last;
}

int perfev_recorded_set_text(char **text, const char *bytes, size_t length)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	free(*text);
	*text = copy;
	return 0;
}

void perfev_recorded_clear(struct events *events)
{
	for (unsigned int i = 0; i < events->count; i++) {
		free(events->list[i]->ids);
		free(events->list[i]->name);
		free(events->list[i]->unit);
		free(events->list[i]);
	}
	free(events->list);
	free(events->slots);
	memset(events, 0, sizeof(*events));
}
