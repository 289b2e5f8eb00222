/* SPDX-License-Identifier: MIT */
/*
 * The container. Events may move while the list grows, which is before anyone sees them; what they
 * point to never moves, since the kernel is handed addresses of it (a probe's function).
 */
#include "events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_EVENTS 65536U
#define CHUNK_BYTES 4000U

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	char bytes[];
};

int perfev_events_add(struct perfev_events *events, struct perfev_event **out)
{
	struct perfev_event *event;

	if (events->count == MOST_EVENTS)
		return -E2BIG;
	if (events->count == events->room) {
		unsigned int room = events->room ? 2 * events->room : 4;

		event = realloc(events->list, room * sizeof(*event));
		if (!event)
			return -ENOMEM;
		events->list = event;
		events->room = room;
	}
	event = &events->list[events->count++];
	memset(event, 0, sizeof(*event));
	event->attr.size = sizeof(event->attr);
	event->name = event->pmu = event->unit = "";
	event->scale = 1.0;
	event->logical = events->logical;
	event->group = PERFEV_EVENT_ALONE;
	*out = event;
	return 0;
}

void *perfev_events_room(struct perfev_events *events, size_t size)
{
	struct chunk *chunk = events->chunks;
	size_t rounded = (size + 7) & ~(size_t)7;
	char *room;

	if (!chunk || chunk->size - chunk->used < rounded) {
		size_t bytes = rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES;

		chunk = malloc(sizeof(*chunk) + bytes);
		if (!chunk)
			return NULL;
		chunk->next = events->chunks;
		chunk->used = 0;
		chunk->size = bytes;
		events->chunks = chunk;
	}
	room = chunk->bytes + chunk->used;
	chunk->used += rounded;
	return room;
}

const char *perfev_events_keep(struct perfev_events *events, const char *text, size_t length)
{
	char *copy = perfev_events_room(events, length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void perfev_events_free(struct perfev_events *events)
{
	struct chunk *chunk, *next;

	if (!events)
		return;
	for (chunk = events->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(events->list);
	free(events);
}

unsigned int perfev_events_count(const struct perfev_events *events)
{
	return events->count;
}

unsigned int perfev_events_logical_count(const struct perfev_events *events)
{
	return events->logical;
}

const struct perfev_event *perfev_events_get(const struct perfev_events *events,
					     unsigned int number)
{
	return number < events->count ? &events->list[number] : NULL;
}
