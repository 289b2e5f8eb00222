/* SPDX-License-Identifier: MIT */
/* A heap of records by their time, and the blocks that hold their copies. */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (256UL << 10)

static int is_older(const struct waiting *a, const struct waiting *b)
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
		if (!order->blocks[i].live && i + 1 != order->given_block)
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

static int grow_heap(struct order *order)
{
	size_t room = order->room ? 2 * order->room : 256;
	struct waiting *heap;

	if (order->count < order->room)
		return 0;
	heap = realloc(order->heap, room * sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	order->heap = heap;
	order->room = room;
	return 0;
}

int perfev_order_put(struct order *order, __u64 time, const void *bytes, size_t length,
		     __u64 offset)
{
	long block = find_room(order, length);
	struct waiting new;
	size_t at;

	if (block < 0 || grow_heap(order) < 0)
		return -ENOMEM;
	new = (struct waiting){ .time = time,
				.number = order->number++,
				.offset = offset,
				.bytes = order->blocks[block].bytes + order->blocks[block].used,
				.length = (__u32)length,
				.block = (__u32)block };
	memcpy(order->blocks[block].bytes + order->blocks[block].used, bytes, length);
	order->blocks[block].used += length;
	order->blocks[block].live++;
	order->held_bytes += length;
	if (time > order->newest)
		order->newest = time;
	for (at = order->count++; at; at = (at - 1) / 2) {
		if (!is_older(&new, &order->heap[(at - 1) / 2]))
			break;
		order->heap[at] = order->heap[(at - 1) / 2];
	}
	order->heap[at] = new;
	return 0;
}

void perfev_order_round(struct order *order)
{
	order->ripe = order->round_newest;
	order->round_newest = order->newest;
}

/* Takes the root of the heap. */
static struct waiting take_oldest(struct order *order)
{
	struct waiting oldest = order->heap[0], last = order->heap[--order->count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= order->count)
			break;
		if (child + 1 < order->count &&
		    is_older(&order->heap[child + 1], &order->heap[child]))
			child++;
		if (!is_older(&order->heap[child], &last))
			break;
		order->heap[at] = order->heap[child];
		at = child;
	}
	if (order->count)
		order->heap[at] = last;
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

	if (!order->given_block)
		return;
	block = &order->blocks[order->given_block - 1];
	order->held_bytes -= order->given_length;
	if (--block->live == 0) {
		if (order->filling == order->given_block)
			block->used = 0;
		else
			shrink(order);
	}
	order->given_block = 0;
}

int perfev_order_take(struct order *order, struct waiting *out)
{
	done_with_given(order);
	if (!order->count || (!order->all_ripe && order->heap[0].time > order->ripe &&
			      order->held_bytes <= order->most_bytes))
		return 0;
	*out = take_oldest(order);
	order->given_block = out->block + 1;
	order->given_length = out->length;
	return 1;
}

void perfev_order_free(struct order *order)
{
	for (__u32 i = 0; i < order->block_count; i++)
		free(order->blocks[i].bytes);
	free(order->blocks);
	free(order->heap);
	memset(order, 0, sizeof(*order));
}
