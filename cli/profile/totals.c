/* SPDX-License-Identifier: MIT */
/* How much there is of each thing; see totals.h. */
#include "totals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

/* One making: slots say which row a group of frames has, among those of one group of whom. */
struct making {
	struct profile_totals *totals;
	struct profile_shape *shape;
	__u32 *slots; /* by group of frames; the last is that of none */
	__u32 first;  /* of the rows that slots tell of */
	int failed;
};

static struct profile_totals_row *add_row(struct profile_totals *totals)
{
	const __u32 at = totals->row_count * totals->columns;

	if (profile_grow(&totals->rows, &totals->row_room, totals->row_count + (__u64)1,
			 sizeof(*totals->rows)) < 0 ||
	    profile_grow(&totals->totals, &totals->total_room, at + (__u64)totals->columns,
			 sizeof(*totals->totals)) < 0)
		return NULL;
	memset(&totals->totals[at], 0, totals->columns * sizeof(*totals->totals));
	totals->rows[totals->row_count].totals = at;
	return &totals->rows[totals->row_count++];
}

/* The total of a node's frame, made where it is the first; NULL without memory. */
static struct profile_total *total_of(struct making *making, __u32 node, __u32 who_group,
				      __u32 event)
{
	struct profile_totals *totals = making->totals;
	const struct profile_groups *groups = making->shape->groups;
	const __u32 group = profile_shape_group(making->shape, node);
	__u32 *slot = &making->slots[group == PROFILE_NONE ? groups->frame_groups : group];
	const int is_apart = totals->keys.mask >> PROFILE_KEY_EVENT & 1;

	if (*slot == PROFILE_NONE) {
		struct profile_totals_row *row = add_row(totals);

		if (!row) {
			making->failed = 1;
			return NULL;
		}
		*slot = totals->row_count - 1;
		row->who = groups->first_whos[who_group];
		row->frame = group == PROFILE_NONE ? PROFILE_NONE : groups->first_frames[group];
		row->event = is_apart ? event : PROFILE_NONE;
	}
	return &totals->totals[totals->rows[*slot].totals + (is_apart ? 0 : event)];
}

static void add_self(struct making *making, __u32 who_group, __u32 event)
{
	struct profile_shape *shape = making->shape;

	for (__u32 i = profile_shape_rows(shape, who_group, event); i != PROFILE_NONE;
	     i = shape->next_row[i]) {
		const struct profile_row *row = &shape->profile->rows[i];
		struct profile_total *total = total_of(making, row->node, who_group, event);

		if (!total)
			return;
		total->self.samples += row->samples;
		total->self.weight += row->weight;
		/* What has no frame at all is in none of the trie's. */
		if (!row->node) {
			total->all.samples += row->samples;
			total->all.weight += row->weight;
		}
	}
}

static void add_all(struct making *making, __u32 who_group, __u32 event)
{
	struct profile_shape *shape = making->shape;

	profile_shape_add_up(shape, who_group, event);
	for (__u32 i = 0; i < shape->touched_count; i++) {
		const __u32 node = shape->touched[i];
		struct profile_total *total;

		if (!node || shape->recurs[node])
			continue;
		total = total_of(making, node, who_group, event);
		if (!total)
			return;
		total->all.samples += shape->sums[node].samples;
		total->all.weight += shape->sums[node].weight;
	}
}

/* Forgets where the rows are of one group of whom. */
static void clear_slots(struct making *making)
{
	const struct profile_totals *totals = making->totals;
	const struct profile_groups *groups = making->shape->groups;

	for (; making->first < totals->row_count; making->first++) {
		const __u32 frame = totals->rows[making->first].frame;

		making->slots[frame == PROFILE_NONE ? groups->frame_groups :
						      groups->frames[frame]] = PROFILE_NONE;
	}
}

static void add_part(struct making *making, __u32 who_group, __u32 event)
{
	if (profile_shape_rows(making->shape, who_group, event) == PROFILE_NONE)
		return;
	add_self(making, who_group, event);
	if (making->totals->has_callers && !making->failed)
		add_all(making, who_group, event);
	if (making->totals->keys.mask >> PROFILE_KEY_EVENT & 1)
		clear_slots(making);
}

int profile_totals_make(struct profile_totals *totals, const struct profile_keys *keys,
			struct profile_shape *shape, int has_callers)
{
	const struct profile *profile = shape->profile;
	const size_t slots = shape->groups->frame_groups + (size_t)1;
	struct making making = { .totals = totals, .shape = shape };

	memset(totals, 0, sizeof(*totals));
	totals->profile = profile;
	totals->keys = *keys;
	totals->has_callers = has_callers;
	totals->columns = keys->mask >> PROFILE_KEY_EVENT & 1 ? 1 : profile->event_count;
	making.slots = malloc(slots * sizeof(*making.slots));
	if (!making.slots)
		return -ENOMEM;
	memset(making.slots, 0xff, slots * sizeof(*making.slots));
	for (__u32 who = 0; who < shape->groups->who_groups; who++) {
		for (__u32 event = 0; event < profile->event_count && !making.failed; event++)
			add_part(&making, who, event);
		clear_slots(&making);
	}
	free(making.slots);
	if (!making.failed)
		return 0;
	profile_totals_free(totals);
	return -ENOMEM;
}

void profile_totals_free(struct profile_totals *totals)
{
	free(totals->rows);
	free(totals->totals);
	memset(totals, 0, sizeof(*totals));
}

__u64 profile_totals_weight(const struct profile_totals *totals,
			    const struct profile_totals_row *row, __u32 column)
{
	return totals->profile->events[row->event == PROFILE_NONE ? column : row->event].weight;
}

struct order {
	const struct profile_totals *totals;
	__u32 column;
	int by_all;
};

/* Shares, since totals of different events cannot be compared otherwise. */
static double share(const struct order *order, const struct profile_totals_row *row, int by_all)
{
	const struct profile_total *total = profile_totals_of(order->totals, row, order->column);
	const __u64 whole = profile_totals_weight(order->totals, row, order->column);

	return whole ? (double)(by_all ? total->all.weight : total->self.weight) / (double)whole :
		       0;
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	double one = share(order, a, order->by_all), other = share(order, b, order->by_all);
	const struct profile_totals_row *first = a, *second = b;

	if (one == other) {
		one = share(order, a, !order->by_all);
		other = share(order, b, !order->by_all);
	}
	if (one != other)
		return one < other ? 1 : -1;
	/* What came first stands first, so that the same profile is always shown alike. */
	return (first->totals > second->totals) - (first->totals < second->totals);
}

void profile_totals_sort(struct profile_totals *totals, __u32 column, int by_all)
{
	struct order order = { totals, column, by_all };

	if (totals->row_count)
		qsort_r(totals->rows, totals->row_count, sizeof(*totals->rows), compare_rows,
			&order);
}
