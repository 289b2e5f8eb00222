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

static __u64 time_of(const struct perfev_sampler *sampler, const unsigned char *bytes, size_t size)
{
	const size_t from_start = 8U * (size_t)sampler->start_to_time;
	const size_t from_end = 8U * (size_t)sampler->end_to_time;

	if (load32(bytes, 0) == PERF_RECORD_SAMPLE)
		return from_start + 8 <= size ? load64(bytes + from_start, 0) : 0;
	return HEADER_BYTES + from_end <= size ? load64(bytes + size - from_end, 0) : 0;
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
	unsigned int place = lane->count++;

	while (place && __builtin_expect(is_before(sampler, time, lane->seen[place - 1].time), 0)) {
		lane->seen[place] = lane->seen[place - 1];
		place--;
		/* By when so many were handed out, all that are here now have gone. */
		lane->mixed = ROOM;
	}
	lane->seen[place] = (struct seen){ time, at, size };
}

/* Looks at a lane's next records, as far as they are there. */
static void look_ahead(const struct perfev_sampler *sampler, struct lane *lane)
{
	struct perfev_ring *ring = lane->ring;

	memmove(lane->seen, lane->seen + lane->first, lane->count * sizeof(*lane->seen));
	lane->first = 0;
	while (lane->count < ROOM && lane->scan != ring->head && !lane->is_torn) {
		const unsigned char *bytes;
		const size_t size = ring_peek(ring, lane->scan, &bytes);

		lane->is_torn = !size;
		if (!size)
			break;
		insert(sampler, lane, lane->scan, size, time_of(sampler, bytes, size));
		lane->scan += size;
	}
}

/* Tells the ring where the oldest record is that was not handed out. */
static void pass(struct lane *lane)
{
	const struct seen *list = lane->seen + lane->first;
	__u64 least = lane->count ? list[0].at : lane->scan;

	for (unsigned int i = 1; lane->mixed && i < lane->count; i++)
		if ((__s64)(list[i].at - least) < 0)
			least = list[i].at;
	lane->ring->next = lane->next = least;
	if (least - lane->ring->tail >= lane->ring->batch)
		ring_publish(lane->ring);
}

/* Has a lane begin where its ring does. */
static void restart(struct lane *lane)
{
	lane->scan = lane->next = lane->ring->next;
	lane->first = lane->count = lane->mixed = 0;
	lane->is_torn = 0;
}

/* Passes what is no record, once all before it were handed out. Returns 0 or an error. */
static int pass_torn(struct lane *lane)
{
	int result;

	if (!lane->is_torn || lane->count)
		return 0;
	result = perfev_ring_refuse(lane->ring, RECORD_MOST);
	restart(lane);
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

/* Few records of the first lane are left: more are looked at. Returns 0 or an error. */
static int refill(struct perfev_sampler *sampler, struct lane *lane)
{
	int result;

	look_ahead(sampler, lane);
	pass(lane);
	result = pass_torn(lane);
	if (!lane->count)
		sampler->turns[0] = sampler->turns[--sampler->turn_count];
	return result;
}

/* The record that was lent is done with: its lane's next one takes its place. */
static inline int end_turn(struct perfev_sampler *sampler)
{
	struct lane *lane = sampler->turns[0].lane;
	int result = 0;

	sampler->is_lent = 0;
	lane->first++;
	lane->count--;
	lane->mixed -= lane->mixed != 0;
	if (lane->count < AHEAD && (!lane->count || lane->scan != lane->ring->head))
		result = refill(sampler, lane);
	if (sampler->turn_count < 2)
		return result;
	if (lane->count)
		sampler->turns[0].time = lane->seen[lane->first].time;
	sift_down(sampler, 0);
	return result;
}

/* Looks at a ring anew. Returns 0 or an error. */
static int look_at(struct perfev_sampler *sampler, struct lane *lane)
{
	struct perfev_ring *ring = lane->ring;
	int result;

	/* It was read by others, written over, or paused: what was seen is not there any more. */
	if (ring->next != lane->next)
		restart(lane);
	pass(lane);
	ring->safe = ring->head;
	result = perfev_ring_look(ring);
	if (result < 0)
		restart(lane);
	sampler->is_crowded |= ring->head - ring->next > ring->size / 2;
	look_ahead(sampler, lane);
	return result < 0 ? result : pass_torn(lane);
}

int perfev_sampler_round(struct perfev_sampler *sampler)
{
	int error = 0;

	if (sampler->is_lent)
		end_turn(sampler);
	sampler->turn_count = 0;
	sampler->is_crowded = 0;
	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		struct lane *lane = &sampler->lanes[i];
		int result = look_at(sampler, lane);

		error = error ? error : result;
		if (!lane->count)
			continue;
		sampler->turns[sampler->turn_count].lane = lane;
		sampler->turns[sampler->turn_count++].time = lane->seen[lane->first].time;
	}
	for (unsigned int at = sampler->turn_count / 2; at-- > 0;)
		sift_down(sampler, at);
	sampler->is_flushing = sampler->stopped || sampler->paused || !sampler->alive;
	return error;
}

/* Handing out */

const struct perfev_layout *perfev_sampler_layout_of(const struct perfev_sampler *sampler,
						     const unsigned char *bytes, size_t size)
{
	unsigned int event = 0;
	__u64 id;

	if (!sampler->has_one_layout &&
	    perfev_record_id(bytes, size, &sampler->layouts[0], &id) == 1)
		perfev_sampler_find(sampler, id, &event, NULL);
	return &sampler->layouts[event];
}

static void note_time(struct perfev_sampler *sampler, __u64 time)
{
	if (!time)
		return;
	if (sampler->last_time && is_before(sampler, time, sampler->last_time))
		sampler->late++;
	else
		sampler->last_time = time;
}

static int hand_out(struct perfev_sampler *sampler, struct perfev_record *record)
{
	struct lane *lane = sampler->turns[0].lane;
	const struct seen *seen = &lane->seen[lane->first];
	struct perfev_ring *ring = lane->ring;
	const unsigned char *bytes = ring->data + (seen->at & ring->mask);
	int result;

	if ((seen->at & ring->mask) + seen->size > ring->size)
		bytes = perfev_ring_assemble(ring, seen->at, seen->size);
	sampler->is_lent = 1;
	note_time(sampler, seen->time);
	if (says_loss(bytes))
		perfev_losses_note(&ring->losses, bytes, seen->size);
	result = perfev_record_decode(record, bytes, seen->size,
				      perfev_sampler_layout_of(sampler, bytes, seen->size));
	return result < 0 ? result : 1;
}

int perfev_sampler_take(struct perfev_sampler *sampler, struct perfev_record *record)
{
	const struct lane *lane;

	if (sampler->is_lent) {
		int result = end_turn(sampler);

		if (result < 0)
			return result;
	}
	if (!sampler->turn_count)
		return 0;
	lane = sampler->turns[0].lane;
	/* Was it there a round before? The difference is of few bytes, whatever the positions. */
	if (!sampler->is_flushing && (__s64)(lane->ring->safe - lane->seen[lane->first].at) <= 0)
		return 0;
	return hand_out(sampler, record);
}
