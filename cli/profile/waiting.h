/* SPDX-License-Identifier: MIT */
/*
 * Samples whose user callers come later, by a PERF_RECORD_CALLCHAIN_DEFERRED of their thread and
 * cookie: the kernel waits with them until the thread is back in user space.
 */
#ifndef PERFEV_CLI_PROFILE_WAITING_H
#define PERFEV_CLI_PROFILE_WAITING_H

#include <perfev/record.h>

/* One, as it came. */
struct profile_waiting {
	struct profile_waiting *next;
	const struct perfev_layout *layout;
	__u64 cookie, period;
	__u32 tid, event;
	__u16 size;
	unsigned char bytes[];
};

/* All zero at first. */
struct profile_waitings {
	struct profile_waiting *lists[256];
	__u32 count;
};

/* Keeps a sample. Returns 1, 0 where too many wait already, or -ENOMEM. */
int profile_waitings_add(struct profile_waitings *waitings, const struct perfev_record *sample,
			 __u64 cookie, __u32 event, __u64 period);

/* Takes out one that waits for this, or NULL. The caller frees it. */
struct profile_waiting *profile_waitings_take(struct profile_waitings *waitings, __u32 tid,
					      __u64 cookie);

/* Takes out any, or NULL. */
struct profile_waiting *profile_waitings_any(struct profile_waitings *waitings);

#endif
