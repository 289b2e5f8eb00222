/* SPDX-License-Identifier: MIT */
/*
 * Mappings lie in one list, sorted and without overlaps: a new one cuts what was there, as mmap(2)
 * does. Nothing says when something is unmapped; what nobody covers stays.
 */
#include "maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The first mapping that ends behind an address. */
static __u32 first_behind(const struct maps *maps, __u64 address)
{
	__u32 low = 0, high = maps->count;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (maps->list[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct mapping *perfev_maps_search(struct maps *maps, __u64 address)
{
	const __u32 i = first_behind(maps, address);

	if (i == maps->count || maps->list[i].begin > address)
		return NULL;
	maps->last = i;
	return &maps->list[i];
}

int perfev_maps_overlap(const struct maps *maps, __u64 begin, __u64 end)
{
	__u32 i = maps ? first_behind(maps, begin) : 0;

	return maps && i < maps->count && maps->list[i].begin < end;
}

struct maps *perfev_maps_share(struct maps *maps)
{
	if (maps)
		maps->users++;
	return maps;
}

void perfev_maps_release(struct maps *maps)
{
	if (!maps || --maps->users)
		return;
	free(maps->list);
	free(maps);
}

/* Has room for two more mappings, in a list that nobody else has. Returns it, or NULL. */
static struct maps *own(struct maps *old)
{
	const int is_shared = !old || old->users > 1;
	struct maps *maps = old;
	__u32 room = old ? old->room : 0;
	struct mapping *list;

	if (is_shared) {
		maps = calloc(1, sizeof(*maps));
		if (!maps)
			return NULL;
		maps->users = 1;
		maps->generation = old ? old->generation : 0;
		room = old ? old->count + 4 : 8;
	} else if (old->count + 2 <= old->room) {
		return old;
	} else {
		room *= 2;
	}
	list = realloc(is_shared ? NULL : maps->list, room * sizeof(*list));
	if (!list) {
		if (is_shared)
			free(maps);
		return NULL;
	}
	if (is_shared && old) {
		if (old->count)
			memcpy(list, old->list, old->count * sizeof(*list));
		maps->count = old->count;
		perfev_maps_release(old);
	}
	maps->list = list;
	maps->room = room;
	return maps;
}

/* Too many came, and nothing said which are gone: the older half most likely are. */
static void forget_oldest(struct maps *maps)
{
	__u32 kept = 0;

	for (__u32 i = 0; i < maps->count; i++)
		if (maps->generation - maps->list[i].serial < MAPPINGS_MOST / 2)
			maps->list[kept++] = maps->list[i];
	maps->count = kept;
}

/* Cuts what there is at an address in two, unless it begins there, or there is nothing. */
static void cut(struct maps *maps, __u64 address)
{
	__u32 i = first_behind(maps, address);
	struct mapping *mapping = &maps->list[i];

	if (i == maps->count || mapping->begin >= address)
		return;
	memmove(mapping + 1, mapping, (maps->count - i) * sizeof(*mapping));
	maps->count++;
	mapping[0].end = address;
	mapping[1].offset += address - mapping[1].begin;
	mapping[1].begin = address;
}

int perfev_maps_add(struct maps **place, __u64 begin, __u64 end, __u64 offset,
		    struct module *module)
{
	struct maps *maps = *place;
	struct mapping *mapping;
	__u32 first, behind;

	if (begin >= end)
		return 0;
	maps = own(maps);
	if (!maps)
		return -ENOMEM;
	*place = maps;
	maps->generation++;
	if (maps->count >= MAPPINGS_MOST)
		forget_oldest(maps);
	/* The new one takes the place of at least one piece wherever both ends cut. */
	cut(maps, begin);
	first = first_behind(maps, begin);
	behind = first;
	while (behind < maps->count && maps->list[behind].end <= end)
		behind++;
	mapping = &maps->list[first];
	if (behind < maps->count && maps->list[behind].begin < end) {
		struct mapping *last = &maps->list[behind];

		last->offset += end - last->begin;
		last->begin = end;
	}
	memmove(mapping + 1, &maps->list[behind], (maps->count - behind) * sizeof(*mapping));
	maps->count = maps->count - (behind - first) + 1;
	maps->last = first;
	*mapping = (struct mapping){ .begin = begin,
				     .end = end,
				     .offset = offset,
				     .module = module,
				     .serial = maps->generation };
	return 0;
}
