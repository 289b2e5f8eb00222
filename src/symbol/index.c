/* SPDX-License-Identifier: MIT */
/* Stretches are as wide as a symbol is on the average, or half of that. */
#include "index.h"

#include <stdlib.h>

struct module_index *perfev_index_make(const struct symtab *symtab)
{
	const struct symtab_entry *entries = symtab->entries;
	const __u64 base = entries[0].address, span = entries[symtab->count - 1].address - base;
	struct module_index *index;
	__u32 number = 0, last, shift = 4, *addresses;

	if (span >> 32)
		return NULL;
	while (span >> shift > 2ULL * symtab->count)
		shift++;
	/* Behind the last symbol begins one more stretch, which has no end. */
	last = (__u32)(span >> shift) + 1;
	index = malloc(sizeof(*index) + ((size_t)last + 1 + symtab->count) * sizeof(__u32));
	if (!index)
		return NULL;
	index->base = base;
	index->last = last;
	index->shift = shift;
	addresses = index->starts + last + 1;
	for (__u32 i = 0; i < symtab->count; i++)
		addresses[i] = (__u32)(entries[i].address - base);
	for (__u32 stretch = 0; stretch <= last; stretch++) {
		while (number + 1 < symtab->count &&
		       addresses[number + 1] <= (__u64)stretch << shift)
			number++;
		index->starts[stretch] = number;
	}
	index->addresses = addresses;
	return index;
}
