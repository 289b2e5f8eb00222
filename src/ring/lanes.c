/* SPDX-License-Identifier: MIT */
/*
 * Records of several rings in the order of time, without memory for any of them: they stay in their
 * rings until it is their turn.
 *
 * In rounds all rings are looked at. A record is handed out when it is the oldest of those that are
 * next in their rings, and was there a round before: so whatever came before it in time has had the
 * time between two rounds to be written. What takes longer is handed out late, and counted.
 */
#include "sampler.h"

#include <errno.h>
#include <string.h>

#include "../record/alike.h"

static inline __u64 time_of(const struct perfev_sampler *sampler, const unsigned char *bytes,
			    size_t size)
{
	if (load32(bytes, 0) == PERF_RECORD_SAMPLE)
		return sampler->start_to_time + 8 <= size ?
			       load64(bytes + sampler->start_to_time, 0) :
			       0;
	return HEADER_BYTES + sampler->end_to_time <= size ?
		       load64(bytes + size - sampler->end_to_time, 0) :
		       0;
}

/* Whether a comes before b: an overwritten ring is read from its newest on. */
static inline int is_before(const struct perfev_sampler *sampler, __u64 a, __u64 b)
{
	return sampler->options.overwrite ? a > b : a < b;
}

/* Lanes */

/* Puts a record among those that were seen, mostly at their end. */
static inline void insert(const struct perfev_sampler *sampler, struct lane *lane, __u64 at,
			  size_t size, __u64 time)
{
	struct seen *place = lane->end++;

	while (place > lane->first &&
	       __builtin_expect(is_before(sampler, time, place[-1].time), 0)) {
		*place = place[-1];
		place--;
		/* By when so many were handed out, all that are here now have gone. */
		lane->mixed = ROOM;
	}
	*place = (struct seen){ time, at, size };
}

/* Looks at a lane's next records, as far as they are there. */
static void look_ahead(const struct perfev_sampler *sampler, struct lane *lane)
{
	struct perfev_ring *ring = lane->ring;
	const size_t count = (size_t)(lane->end - lane->first);
	__u64 scan = lane->scan;

	memmove(lane->seen, lane->first, count * sizeof(*lane->seen));
	lane->first = lane->seen;
	lane->end = lane->seen + count;
	while (lane->end < lane->seen + ROOM && scan != ring->head && !lane->is_torn) {
		const unsigned char *bytes;
		const size_t size = ring_peek(ring, scan, &bytes);

		if (!size) {
			lane->is_torn = 1;
			break;
		}
		insert(sampler, lane, scan, size, time_of(sampler, bytes, size));
		scan += size;
	}
	lane->scan = scan;
}

/* Tells the ring where the oldest record is that was not handed out. */
static void pass(struct lane *lane)
{
	__u64 least = lane->first < lane->end ? lane->first->at : lane->scan;

	for (const struct seen *seen = lane->first; lane->mixed && seen < lane->end; seen++)
		if ((__s64)(seen->at - least) < 0)
			least = seen->at;
	lane->ring->next = lane->next = least;
	if (least - lane->ring->tail >= lane->ring->batch)
		ring_publish(lane->ring);
}

void perfev_lane_restart(struct lane *lane)
{
	lane->scan = lane->next = lane->ring->next;
	lane->first = lane->end = lane->seen;
	lane->mixed = 0;
	lane->is_torn = 0;
}

/* Passes what is no record, once all before it were handed out. Returns 0 or an error. */
static int pass_torn(struct lane *lane)
{
	int result;

	if (!lane->is_torn || lane->first < lane->end)
		return 0;
	result = perfev_ring_refuse(lane->ring, RECORD_MOST);
	perfev_lane_restart(lane);
	return result;
}

/* Turns */

static void sift_down(struct perfev_sampler *sampler, unsigned int at)
{
	struct turn *turns = sampler->turns;
	const struct turn moved = turns[at];

	for (;;) {
		unsigned int child = 2 * at + 1;

		if (child >= sampler->turn_count)
			break;
		if (child + 1 < sampler->turn_count &&
		    is_before(sampler, turns[child + 1].time, turns[child].time))
			child++;
		if (!is_before(sampler, turns[child].time, moved.time))
			break;
		turns[at] = turns[child];
		at = child;
	}
	turns[at] = moved;
}

/* Few records of the first lane are left: more are looked at. What is torn waits for a round. */
static __attribute__((noinline)) void refill(struct perfev_sampler *sampler)
{
	struct lane *lane = sampler->turns[0].lane;

	look_ahead(sampler, lane);
	pass(lane);
	if (lane->first == lane->end)
		sampler->turns[0] = sampler->turns[--sampler->turn_count];
}

/* Finds whose turn it is when the first lane's record was handed out. */
static inline void end_turn(struct perfev_sampler *sampler)
{
	const struct lane *lane = sampler->turns[0].lane;

	if (lane->end - lane->first < AHEAD &&
	    (lane->first == lane->end || lane->scan != lane->ring->head))
		refill(sampler);
	if (sampler->turn_count > 1) {
		sampler->turns[0].time = sampler->turns[0].lane->first->time;
		sift_down(sampler, 0);
	}
}

/* Looks at a ring anew. Returns 0 or an error. */
static int look_at(struct perfev_sampler *sampler, struct lane *lane)
{
	struct perfev_ring *ring = lane->ring;
	int result;

	/* It was read by others, written over, or paused: what was seen is not there any more. */
	if (ring->next != lane->next)
		perfev_lane_restart(lane);
	pass(lane);
	ring->safe = ring->head;
	result = perfev_ring_look(ring);
	if (result < 0)
		perfev_lane_restart(lane);
	sampler->is_crowded |= ring->head - ring->next > ring->size / 2;
	look_ahead(sampler, lane);
	return result < 0 ? result : pass_torn(lane);
}

int perfev_sampler_round(struct perfev_sampler *sampler)
{
	int error = 0;

	sampler->turn_count = 0;
	sampler->is_crowded = 0;
	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		struct lane *lane = &sampler->lanes[i];
		int result = look_at(sampler, lane);

		error = error ? error : result;
		if (lane->first == lane->end)
			continue;
		sampler->turns[sampler->turn_count].lane = lane;
		sampler->turns[sampler->turn_count++].time = lane->first->time;
	}
	for (unsigned int at = sampler->turn_count / 2; at-- > 0;)
		sift_down(sampler, at);
	sampler->is_flushing = sampler->stopped || sampler->paused || !sampler->alive;
	return error;
}

/* Handing out */

/* The layout of a record: by its id, where the events differ. */
static inline const struct perfev_layout *layout_of(const struct perfev_sampler *sampler,
						    const unsigned char *bytes, size_t size)
{
	unsigned int event = 0;
	__u64 id;

	if (!sampler->has_one_layout &&
	    perfev_record_id(bytes, size, &sampler->layouts[0], &id) == 1)
		perfev_sampler_find(sampler, id, &event, NULL);
	return &sampler->layouts[event];
}

static inline void note_time(struct perfev_sampler *sampler, __u64 time)
{
	if (!time)
		return;
	if (sampler->last_time && is_before(sampler, time, sampler->last_time))
		sampler->late++;
	else
		sampler->last_time = time;
}

/* The next record of the rings as they stand, one behind the other. */
static int take_unordered(struct perfev_sampler *sampler, struct perfev_record *record)
{
	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		const unsigned char *bytes;
		const long size = ring_take(sampler->rings[sampler->at_ring], &bytes);

		if (size > 0)
			return decode_whole(record, bytes, (size_t)size,
					    layout_of(sampler, bytes, (size_t)size));
		if (size < 0)
			return (int)size;
		sampler->at_ring = (sampler->at_ring + 1) % sampler->ring_count;
	}
	return 0;
}

static inline int take_ordered(struct perfev_sampler *sampler, struct perfev_record *record)
{
	const unsigned char *bytes;
	struct perfev_ring *ring;
	const struct seen *seen;
	struct lane *lane;

	if (sampler->turn_count)
		end_turn(sampler);
	if (!sampler->turn_count)
		return 0;
	lane = sampler->turns[0].lane;
	ring = lane->ring;
	seen = lane->first;
	/* Was it there a round before? The difference is of few bytes, whatever the positions. */
	if (!sampler->is_flushing && (__s64)(ring->safe - seen->at) <= 0)
		return 0;
	lane->first++;
	lane->mixed -= lane->mixed != 0;
	bytes = ring->data + (seen->at & ring->mask);
	if ((seen->at & ring->mask) + seen->size > ring->size)
		bytes = perfev_ring_assemble(ring, seen->at, seen->size);
	note_time(sampler, seen->time);
	if (says_loss(bytes))
		perfev_losses_note(&ring->losses, bytes, seen->size);
	return decode_whole(record, bytes, seen->size, layout_of(sampler, bytes, seen->size));
}

int perfev_sampler_next(struct perfev_sampler *sampler, struct perfev_record *record,
			int timeout_ms)
{
	struct patience patience = { .timeout_ms = timeout_ms };
	int result;

	do {
		result = sampler->options.unordered ? take_unordered(sampler, record) :
						      take_ordered(sampler, record);
		if (result)
			return result < 0 ? result : 1;
		result = perfev_sampler_wait_more(sampler, &patience);
	} while (result > 0);
	return result;
}
