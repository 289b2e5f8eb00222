/* SPDX-License-Identifier: MIT */
/*
 * Tables of what is found by a number (a pid, a thread's, a hash), and memory that is given back
 * all at once. What is in a table begins with its number.
 */
#ifndef PERFEV_SYMBOL_TABLE_H
#define PERFEV_SYMBOL_TABLE_H

#include <stddef.h>

#include <perfev/abi.h>

struct table {
	void **slots;
	__u32 count;
	__u32 bits;   /* the slots are 1 << bits; 0: there are none yet */
	__u64 factor; /* odd, and not known to those who make recordings */
};

/* Each begins with a number of its own, which nobody else foresees. */
void perfev_table_init(struct table *table, __u64 seed);

/* Lends what has that number, or NULL. */
void *perfev_table_find(const struct table *table, __u32 number);

/* Adds what has a number that is not there. Returns 0 or -ENOMEM. */
int perfev_table_add(struct table *table, void *item);

void perfev_table_remove(struct table *table, __u32 number);

/* Frees the table, not what is in it. */
void perfev_table_free(struct table *table);

/* Pieces of memory, zeroed, that live until all are freed. */
struct arena {
	struct arena_block *newest;
};

void *perfev_arena_take(struct arena *arena, size_t bytes);
void perfev_arena_free(struct arena *arena);

#endif
