/* SPDX-License-Identifier: MIT */
/* Samples whose user callers come later; see waiting.h. */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One for each thread of a large machine; a sample more goes in without its callers. */
#define MOST_WAITING 65536

static struct profile_waiting **list_of(struct profile_waitings *waitings, __u32 tid, __u64 cookie)
{
	const __u64 hash = (cookie ^ tid) * 0x9e3779b97f4a7c15ULL;

	return &waitings->lists[hash >> 56];
}

int profile_waitings_add(struct profile_waitings *waitings, const struct perfev_record *sample,
			 __u64 cookie, __u32 event, __u64 period)
{
	struct profile_waiting **list = list_of(waitings, sample->tid, cookie);
	struct profile_waiting *waiting;

	if (waitings->count == MOST_WAITING)
		return 0;
	waiting = malloc(sizeof(*waiting) + sample->size);
	if (!waiting)
		return -ENOMEM;
	*waiting = (struct profile_waiting){
		.next = *list,
		.layout = sample->layout,
		.cookie = cookie,
		.period = period,
		.tid = sample->tid,
		.event = event,
		.size = sample->size
	};
	memcpy(waiting->bytes, sample->bytes, sample->size);
	*list = waiting;
	waitings->count++;
	return 1;
}

static struct profile_waiting *take(struct profile_waitings *waitings,
				    struct profile_waiting **link)
{
	struct profile_waiting *waiting = *link;

	*link = waiting->next;
	waitings->count--;
	return waiting;
}

struct profile_waiting *profile_waitings_take(struct profile_waitings *waitings, __u32 tid,
					      __u64 cookie)
{
	for (struct profile_waiting **link = list_of(waitings, tid, cookie); *link;
	     link = &(*link)->next)
		if ((*link)->tid == tid && (*link)->cookie == cookie)
			return take(waitings, link);
	return NULL;
}

struct profile_waiting *profile_waitings_any(struct profile_waitings *waitings)
{
	for (unsigned int i = 0; i < 256 && waitings->count; i++)
		if (waitings->lists[i])
			return take(waitings, &waitings->lists[i]);
	return NULL;
}
