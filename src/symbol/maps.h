/* SPDX-License-Identifier: MIT */
/* What a process has mapped, by address: mappings come, cut others, and are shared by forks. */
#ifndef PERFEV_SYMBOL_MAPS_H
#define PERFEV_SYMBOL_MAPS_H

#include "symbols.h"

/* The kernel lets a process have about as many (vm.max_map_count); the oldest go when more come. */
#define MAPPINGS_MOST 65536U

/*
 * Adds a mapping, [begin, end) at an offset of a module; what it covers of others is gone. *maps
 * may be NULL, and becomes the process's own where others share it. Returns 0 or -ENOMEM.
 */
int perfev_maps_add(struct maps **maps, __u64 begin, __u64 end, __u64 offset,
		    struct module *module);

/* Likewise, where it is not the one that was found last. */
struct mapping *perfev_maps_search(struct maps *maps, __u64 address);

/* Lends the mapping at an address as it is, or NULL. */
static inline struct mapping *perfev_maps_at(struct maps *maps, __u64 address)
{
	struct mapping *last;

	if (!maps || !maps->count)
		return NULL;
	last = &maps->list[maps->last];
	if (address - last->begin < last->end - last->begin)
		return last;
	return perfev_maps_search(maps, address);
}

/* Whether any mapping is within [begin, end). */
int perfev_maps_overlap(const struct maps *maps, __u64 begin, __u64 end);

/* Shares them. Returns the same, or NULL for NULL. */
struct maps *perfev_maps_share(struct maps *maps);

/* Gives them up: freed when nobody has them any more. */
void perfev_maps_release(struct maps *maps);

#endif
