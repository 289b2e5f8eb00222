/* SPDX-License-Identifier: MIT */
/*
 * Records that wait for older ones of other rings. A recorder empties its rings in turn and writes
 * a finished round behind each turn: what is in a later round can be older than the round before
 * it, but not than the one before that. So no more is held back than two rounds hold.
 */
#ifndef PERFEV_SRC_FILE_ORDER_H
#define PERFEV_SRC_FILE_ORDER_H

#include <stddef.h>

#include <perfev/abi.h>

struct event;

/*
 * A record that waits; a copy of its bytes follows. What it is of was found when it came: later, a
 * pipe may have told of more events.
 */
struct waiting {
	__u64 time;
	__u64 number; /* of its coming: records of one time stay in order */
	__u64 offset;
	struct event *event, *like; /* its own, and one whose layout it has */
	struct waiting *next;       /* of its run */
	__u32 length;
	__u32 block;
};

/* Copies of records, freed when the last of them is done with. */
struct order_block {
	unsigned char *bytes;
	size_t used;
	__u32 live;
};

/* Records that came in the order of time, as most of one ring do. */
struct order_run {
	struct waiting *first, *last; /* NULL: all of them went */
	__u64 last_time;              /* of the last that came */
};

/* The oldest record of a run. */
struct order_head {
	__u64 time, number;
	__u32 run;
};

struct order {
	struct order_run *runs; /* each one's last time is less than that of the one before */
	__u32 run_count, run_room;
	__u32 growing;           /* the run that the last record came to */
	struct order_head *heap; /* of runs that have records */
	__u32 heap_count;
	struct order_block *blocks;
	__u32 block_count, filling; /* number of the one that is filled, and one more; 0: none */
	size_t held_bytes, most_bytes;
	__u64 number;
	__u64 newest;       /* time that came */
	__u64 round_newest; /* at the end of the last round */
	__u64 ripe;         /* what is not newer than this may go */
	int all_ripe;
	const struct waiting *given; /* the record that is lent */
};

/* Takes a copy of a record, what of its time, offset, events and length. Returns 0 or -ENOMEM. */
int perfev_order_put(struct order *order, const struct waiting *what, const void *bytes);

/* The recorder finished a round. */
void perfev_order_round(struct order *order);

/* Lends the oldest one, if it may go, until the next call. Returns 1 or 0. */
int perfev_order_take(struct order *order, const struct waiting **out);

/* Whether the oldest one may go. */
static inline int order_is_due(const struct order *order)
{
	return order->heap_count && (order->heap[0].time <= order->ripe || order->all_ripe ||
				     order->held_bytes > order->most_bytes);
}

/* Returns a waiting record's bytes. */
static inline const unsigned char *perfev_waiting_bytes(const struct waiting *waiting)
{
	return (const unsigned char *)(waiting + 1);
}

void perfev_order_free(struct order *order);

#endif
