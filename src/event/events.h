/* SPDX-License-Identifier: MIT */
/* The events that a text becomes, and all that they point to, freed together. */
#ifndef PERFEV_SRC_EVENT_EVENTS_H
#define PERFEV_SRC_EVENT_EVENTS_H

#include <perfev/event.h>

struct chunk;

struct perfev_events {
	struct perfev_event *list;
	unsigned int count;
	unsigned int room;
	unsigned int logical; /* the number of the text's event that is being read */
	unsigned int groups;  /* how many there are */
	struct chunk *chunks; /* of kept bytes; the newest first */
};

/*
 * Adds an event of the text's current one: nothing but its attr.size is set, and it stands alone.
 * *out is lent until the next call. Returns 0, -E2BIG when there are 65,536, or -ENOMEM.
 */
int perfev_events_add(struct perfev_events *events, struct perfev_event **out);

/* Returns size bytes that live as long as the events, aligned for an int, or NULL. */
void *perfev_events_room(struct perfev_events *events, size_t size);

/* Copies a text of length bytes and ends it with a zero byte. Returns the copy, or NULL. */
const char *perfev_events_keep(struct perfev_events *events, const char *text, size_t length);

#endif
