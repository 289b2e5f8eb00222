/* SPDX-License-Identifier: MIT */
/* The ids of a sampler's events, and the way back: an open table, at most half full. */
#include "sampler.h"

#include <errno.h>
#include <stdlib.h>

#include <perfev/sys.h>

#include "../explain/why.h"

/* The kernel numbers events one by one: the lower bits scatter by themselves. */
static size_t slot_of(const struct perfev_sampler *sampler, __u64 id)
{
	return (size_t)(id * 0x9e3779b97f4a7c15ULL >> 20) & sampler->table_mask;
}

static void insert(struct perfev_sampler *sampler, __u64 id, size_t cell)
{
	size_t slot = slot_of(sampler, id);

	while (sampler->table[slot].id)
		slot = (slot + 1) & sampler->table_mask;
	sampler->table[slot].id = id;
	sampler->table[slot].cell = cell;
}

int perfev_sampler_index(struct perfev_sampler *sampler, struct perfev_why *why)
{
	const size_t cells = (size_t)sampler->place_count * sampler->event_count;
	size_t slots = 16;

	while (slots < 2 * cells)
		slots *= 2;
	sampler->ids = calloc(cells + 1, sizeof(*sampler->ids));
	sampler->table = calloc(slots, sizeof(*sampler->table));
	sampler->table_mask = slots - 1;
	if (!sampler->ids || !sampler->table)
		return perfev_why_no_memory(why, "the ids");
	for (size_t cell = 0; cell < cells; cell++) {
		int error;

		if (sampler->fds[cell] < 0)
			continue;
		if (perf_event_ioc_id(sampler->fds[cell], &sampler->ids[cell]) < 0) {
			error = errno;
			perfev_explain_ioctl(sampler->fds[cell], NULL, PERF_EVENT_IOC_ID,
					     (unsigned long)(size_t)&sampler->ids[cell], error,
					     why);
			return -error;
		}
		insert(sampler, sampler->ids[cell], cell);
	}
	return 0;
}

int perfev_sampler_find(const struct perfev_sampler *sampler, __u64 id, unsigned int *event,
			unsigned int *instance)
{
	size_t slot = slot_of(sampler, id);

	while (sampler->table[slot].id && sampler->table[slot].id != id)
		slot = (slot + 1) & sampler->table_mask;
	if (!id || !sampler->table[slot].id)
		return 0;
	if (event)
		*event = (unsigned int)(sampler->table[slot].cell % sampler->event_count);
	if (instance)
		*instance = (unsigned int)(sampler->table[slot].cell / sampler->event_count);
	return 1;
}
