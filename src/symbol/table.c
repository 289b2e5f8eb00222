/* SPDX-License-Identifier: MIT */
/*
 * Open addressing: a slot further for each that is taken, never more than half of them. The place
 * of a number is its product with a factor that recordings cannot know, so that none is slow.
 */
#include "table.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (64UL << 10)

void perfev_table_init(struct table *table, __u64 seed)
{
	memset(table, 0, sizeof(*table));
	table->factor = seed | 1;
}

static inline __u32 number_of(const void *item)
{
	__u32 number;

	memcpy(&number, item, sizeof(number));
	return number;
}

static inline __u32 place_of(const struct table *table, __u32 number)
{
	return (__u32)((number + 1) * table->factor >> (64 - table->bits));
}

/* Finds the slot of a number, or the free one where it would be. */
static __u32 slot_of(const struct table *table, __u32 number)
{
	const __u32 mask = (1U << table->bits) - 1;
	__u32 slot = place_of(table, number);

	while (table->slots[slot] && number_of(table->slots[slot]) != number)
		slot = (slot + 1) & mask;
	return slot;
}

void *perfev_table_find(const struct table *table, __u32 number)
{
	return table->bits ? table->slots[slot_of(table, number)] : NULL;
}

static int grow(struct table *table)
{
	struct table larger = { .bits = table->bits ? table->bits + 1 : 6,
				.factor = table->factor,
				.count = table->count };

	if (larger.bits > 30)
		return -ENOMEM;
	larger.slots = calloc((size_t)1 << larger.bits, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (__u32 i = 0; table->bits && i < 1U << table->bits; i++)
		if (table->slots[i])
			larger.slots[slot_of(&larger, number_of(table->slots[i]))] =
				table->slots[i];
	free(table->slots);
	*table = larger;
	return 0;
}

int perfev_table_add(struct table *table, void *item)
{
	if (!table->bits || table->count >= (1U << table->bits) / 2) {
		int result = grow(table);

		if (result < 0)
			return result;
	}
	table->slots[slot_of(table, number_of(item))] = item;
	table->count++;
	return 0;
}

void perfev_table_remove(struct table *table, __u32 number)
{
	const __u32 mask = table->bits ? (1U << table->bits) - 1 : 0;
	__u32 hole, slot;

	if (!table->bits)
		return;
	hole = slot = slot_of(table, number);
	if (!table->slots[slot])
		return;
	table->count--;
	/* Those behind move up, unless they stand between their place and the hole. */
	for (;;) {
		__u32 place;

		slot = (slot + 1) & mask;
		if (!table->slots[slot])
			break;
		place = place_of(table, number_of(table->slots[slot]));
		if (((slot - place) & mask) < ((slot - hole) & mask))
			continue;
		table->slots[hole] = table->slots[slot];
		hole = slot;
	}
	table->slots[hole] = NULL;
}

void perfev_table_free(struct table *table)
{
	free(table->slots);
	table->slots = NULL;
	table->bits = table->count = 0;
}

struct arena_block {
	struct arena_block *older;
	size_t used, room;
	alignas(16) unsigned char bytes[];
};

void *perfev_arena_take(struct arena *arena, size_t bytes)
{
	struct arena_block *block = arena->newest;
	void *memory;

	bytes = (bytes + 7) & ~(size_t)7;
	if (!block || block->room - block->used < bytes) {
		size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;

		block = calloc(1, sizeof(*block) + room);
		if (!block)
			return NULL;
		block->room = room;
		block->older = arena->newest;
		arena->newest = block;
	}
	memory = block->bytes + block->used;
	block->used += bytes;
	return memory;
}

void perfev_arena_free(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *block = arena->newest;

		arena->newest = block->older;
		free(block);
	}
}
