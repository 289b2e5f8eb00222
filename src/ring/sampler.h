/* SPDX-License-Identifier: MIT */
/*
 * A sampler: events x places, each cell a file descriptor and its id, and rings that several cells
 * write to. A place has a CPU or a thread or both; places with the same CPU share a ring.
 */
#ifndef PERFEV_SRC_RING_SAMPLER_H
#define PERFEV_SRC_RING_SAMPLER_H

#include "../count/open.h"
#include "../count/place.h"
#include "ring.h"

/*
 * So many records of a ring are looked at before the first of them is handed out: an interrupt that
 * comes while the kernel makes a record writes its own, of a later time, before it.
 */
#define AHEAD 8
#define ROOM (2 * AHEAD)

struct seen {
	__u64 time;
	__u64 at;
	size_t size;
};

/* A ring's next records, the one first whose turn is first. */
struct lane {
	struct perfev_ring *ring;
	__u64 scan;               /* behind those that were looked at */
	__u64 next;               /* what the ring's next was set to: others may read it, too */
	struct seen *first, *end; /* those that were not handed out, in seen */
	unsigned int mixed;       /* while not 0, they may not stand as they do in the ring */
	int is_torn;              /* at scan is no record */
	struct seen seen[ROOM];
};

struct turn {
	__u64 time;
	struct lane *lane;
};

struct id_entry {
	__u64 id; /* 0: none */
	size_t cell;
};

struct perfev_sampler {
	/* What the next record is chosen by. */
	struct turn *turns; /* a heap: the first is whose turn it is */
	unsigned int turn_count;
	int is_flushing;      /* nothing more is on its way: all may be handed out */
	size_t start_to_time; /* where records have their time: bytes into a sample, */
	size_t end_to_time;   /* and bytes from the end of others */
	struct lane *lanes;
	unsigned int at_ring; /* of those that are read one behind the other */
	__u64 last_time, late;
	__u64 round_ns; /* when heads were looked at */
	int is_crowded; /* a ring was half full then */

	struct perfev_events *owned; /* freed with it, or NULL */
	struct perfev_sample_options options;
	struct perfev_count_options counting; /* what of them the opener reads */
	struct opener opener;
	struct perfev_event *events; /* as they were opened, but for what differs by place */
	struct perf_event_attr *attrs;
	struct perfev_layout *layouts;
	unsigned int event_count;
	int has_one_layout;

	struct places found;
	struct place *places; /* those found, each on every CPU where that is needed */
	unsigned int place_count, missed;
	unsigned int *ring_of; /* of each place */
	int *fds;              /* [place * event_count + event], -1 where none is open */
	__u64 *ids;            /* likewise */
	struct id_entry *table;
	size_t table_mask;

	struct perfev_ring **rings;
	unsigned int *owner; /* the place of each ring's event */
	unsigned int ring_count;
	struct perfev_why *shrunk; /* or NULL */

	int epoll;
	unsigned int alive; /* places that have not ended */
	int stopped, paused;
};

/* Makes the events' attributes from the options. Returns 0, or -ENOMEM. */
int perfev_sampler_make_attrs(struct perfev_sampler *sampler, const struct perfev_events *events);

/* Sets or clears what one event of each place tells besides samples. */
void perfev_sampler_track(const struct perfev_sampler *sampler, struct perf_event_attr *attr,
			  int track);

/* Maps rings, directs events to them, finds ids, and makes what is waited by. */
int perfev_sampler_map(struct perfev_sampler *sampler, struct perfev_why *why);
void perfev_sampler_unmap(struct perfev_sampler *sampler);

/* Makes the table of ids. Returns 0, or a negative errno with why in words. */
int perfev_sampler_index(struct perfev_sampler *sampler, struct perfev_why *why);

/* Has a lane begin where its ring does. */
void perfev_lane_restart(struct lane *lane);

/* Looks at all rings. Returns 0, or the first error of a ring. */
int perfev_sampler_round(struct perfev_sampler *sampler);

/* How long a caller waits, as long as there is nothing to be handed out. */
struct patience {
	int timeout_ms;
	unsigned int rounds; /* so far; the rest is set in the first one */
	__u64 now, end;
};

/*
 * Nothing may be handed out now: waits and looks at the rings. Returns 1 when there may be
 * something, 0 when that was all, or a negative errno.
 */
int perfev_sampler_wait_more(struct perfev_sampler *sampler, struct patience *patience);

static inline size_t cell_of(const struct perfev_sampler *sampler, unsigned int place,
			     unsigned int event)
{
	return (size_t)place * sampler->event_count + event;
}

/* The event of a place that its ring and its end are known by, or -1. */
static inline int first_fd(const struct perfev_sampler *sampler, unsigned int place)
{
	for (unsigned int event = 0; event < sampler->event_count; event++)
		if (sampler->fds[cell_of(sampler, place, event)] >= 0)
			return sampler->fds[cell_of(sampler, place, event)];
	return -1;
}

/* Whether the event's count is started by itself, and not by a leader. */
static inline int stands_alone(const struct perfev_event *event)
{
	return event->group == PERFEV_EVENT_ALONE || event->leads;
}

#endif
