/* SPDX-License-Identifier: MIT */
/*
 * A merge of runs. What one ring gave is in order but for records of nested interrupts, so a file
 * has about as many runs as rings, however many records wait: what costs is a comparison or two of
 * each.
 */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (256UL << 10)

static int is_older(const struct order_head *a, const struct order_head *b)
{
	return a->time != b->time ? a->time < b->time : a->number < b->number;
}

/* Finds a block with room for more bytes. Returns its number, or -ENOMEM. */
static long find_room(struct order *order, size_t length)
{
	struct order_block *blocks;
	__u32 i;

	if (order->filling && BLOCK_BYTES - order->blocks[order->filling - 1].used >= length)
		return (long)order->filling - 1;
	for (i = 0; i < order->block_count && order->blocks[i].bytes; i++)
		if (!order->blocks[i].live)
			break;
	if (i == order->block_count) {
		blocks = realloc(order->blocks, (i + 1) * sizeof(*blocks));
		if (!blocks)
			return -ENOMEM;
		memset(&blocks[i], 0, sizeof(*blocks));
		order->blocks = blocks;
		order->block_count++;
	}
	if (!order->blocks[i].bytes) {
		order->blocks[i].bytes = malloc(BLOCK_BYTES);
		if (!order->blocks[i].bytes)
			return -ENOMEM;
	}
	order->blocks[i].used = 0;
	order->filling = i + 1;
	return (long)i;
}

/* Room for one more run, and for its head. */
static int grow_runs(struct order *order)
{
	__u32 room = order->run_room ? 2 * order->run_room : 16;
	struct order_run *runs;
	struct order_head *heap;

	if (order->run_count < order->run_room)
		return 0;
	runs = realloc(order->runs, room * sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	order->runs = runs;
	heap = realloc(order->heap, room * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	order->heap = heap;
	order->run_room = room;
	return 0;
}

/*
 * Chooses the run that a record of this time goes on: of those that are not ahead of it, the one
 * that came farthest. So there are never more runs than there have to be, and they stay sorted.
 * Returns its number, run_count for a new one.
 */
static __u32 choose_run(const struct order *order, __u64 time)
{
	__u32 low = 0, high = order->run_count, at = order->growing;

	if (at < high && order->runs[at].last_time <= time &&
	    (at == 0 || order->runs[at - 1].last_time > time))
		return at;
	while (low < high) {
		at = low + (high - low) / 2;
		if (order->runs[at].last_time <= time)
			high = at;
		else
			low = at + 1;
	}
	return low;
}

static void add_head(struct order *order, const struct waiting *waiting, __u32 run)
{
	const struct order_head head = { waiting->time, waiting->number, run };
	__u32 at;

	for (at = order->heap_count++; at; at = (at - 1) / 2) {
		if (!is_older(&head, &order->heap[(at - 1) / 2]))
			break;
		order->heap[at] = order->heap[(at - 1) / 2];
	}
	order->heap[at] = head;
}

int perfev_order_put(struct order *order, const struct waiting *what, const void *bytes)
{
	/* What follows it is aligned likewise. */
	size_t needed = sizeof(struct waiting) + ((what->length + 7UL) & ~7UL);
	long block = find_room(order, needed);
	__u32 number = choose_run(order, what->time);
	struct waiting *new;
	struct order_run *run;

	if (block < 0 || (number == order->run_count && grow_runs(order) < 0))
		return -ENOMEM;
	new = (struct waiting *)(order->blocks[block].bytes + order->blocks[block].used);
	*new = *what;
	new->number = order->number++;
	new->block = (__u32)block;
	new->next = NULL;
	memcpy(new + 1, bytes, what->length);
	order->blocks[block].used += needed;
	order->blocks[block].live++;
	order->held_bytes += what->length;
	if (what->time > order->newest)
		order->newest = what->time;
	run = &order->runs[number];
	if (number == order->run_count) {
		order->run_count++;
		run->last = NULL;
	}
	if (run->last) {
		run->last->next = new;
	} else {
		run->first = new;
		add_head(order, new, number);
	}
	run->last = new;
	run->last_time = what->time;
	order->growing = number;
	return 0;
}

void perfev_order_round(struct order *order)
{
	order->ripe = order->round_newest;
	order->round_newest = order->newest;
}

/* Puts a head into the heap's root, whose place is free, and down to where it belongs. */
static void lower_head(struct order *order, struct order_head head)
{
	__u32 at = 0;

	for (;;) {
		__u32 child = 2 * at + 1;

		if (child >= order->heap_count)
			break;
		if (child + 1 < order->heap_count &&
		    is_older(&order->heap[child + 1], &order->heap[child]))
			child++;
		if (!is_older(&order->heap[child], &head))
			break;
		order->heap[at] = order->heap[child];
		at = child;
	}
	order->heap[at] = head;
}

/* Takes the oldest record out of its run. */
static const struct waiting *take_oldest(struct order *order)
{
	__u32 number = order->heap[0].run;
	struct order_run *run = &order->runs[number];
	const struct waiting *oldest = run->first;

	run->first = oldest->next;
	if (run->first) {
		lower_head(order,
			   (struct order_head){ run->first->time, run->first->number, number });
		return oldest;
	}
	run->last = NULL;
	if (--order->heap_count)
		lower_head(order, order->heap[order->heap_count]);
	else
		order->run_count = 0;
	return oldest;
}

/* Frees blocks that a burst needed and that are empty again, all but a few. */
static void shrink(struct order *order)
{
	__u32 empty = 0;

	for (__u32 i = 0; i < order->block_count; i++) {
		struct order_block *block = &order->blocks[i];

		if (!block->bytes || block->live || i + 1 == order->filling || ++empty <= 4)
			continue;
		free(block->bytes);
		block->bytes = NULL;
	}
}

static void done_with_given(struct order *order)
{
	struct order_block *block;
	__u32 number;

	if (!order->given)
		return;
	number = order->given->block;
	block = &order->blocks[number];
	order->held_bytes -= order->given->length;
	order->given = NULL;
	if (--block->live == 0) {
		if (order->filling == number + 1)
			block->used = 0;
		else
			shrink(order);
	}
}

int perfev_order_take(struct order *order, const struct waiting **out)
{
	done_with_given(order);
	if (!order_is_due(order))
		return 0;
	order->given = take_oldest(order);
	*out = order->given;
	return 1;
}

void perfev_order_free(struct order *order)
{
	for (__u32 i = 0; i < order->block_count; i++)
		free(order->blocks[i].bytes);
	free(order->blocks);
	free(order->runs);
	free(order->heap);
	memset(order, 0, sizeof(*order));
}
