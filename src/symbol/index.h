/* SPDX-License-Identifier: MIT */
/*
 * From an address to the number of a symbol in about two steps, wherever it is: a sorted table
 * alone takes as many as its length has bits, most of them far from each other in memory.
 */
#ifndef PERFEV_SYMBOL_INDEX_H
#define PERFEV_SYMBOL_INDEX_H

#include "symtab.h"

struct module_index {
	__u64 base;             /* of the first symbol */
	__u32 last;             /* the last stretch */
	__u32 shift;            /* a stretch of addresses has 1 << shift */
	const __u32 *addresses; /* of all symbols, from base on */
	/* For each stretch, the last symbol that begins where it does, or before. */
	__u32 starts[];
};

/* Makes one of a sorted table that has symbols. Returns NULL: it is too wide, or no memory. */
struct module_index *perfev_index_make(const struct symtab *symtab);

/* The last symbol that begins at an address or before it, which is not less than base. */
static inline __u32 perfev_index_find(const struct module_index *index, __u64 address)
{
	const __u64 offset = address - index->base;
	const __u64 stretch = offset >> index->shift;
	const __u32 *const addresses = index->addresses;
	__u32 number, more;

	if (stretch >= index->last)
		return index->starts[index->last];
	number = index->starts[stretch];
	more = index->starts[stretch + 1] - number;
	while (more) {
		const __u32 half = (more + 1) / 2;

		if (addresses[number + half] <= offset) {
			number += half;
			more -= half;
		} else {
			more = half - 1;
		}
	}
	return number;
}

#endif
