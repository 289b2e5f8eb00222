/* SPDX-License-Identifier: MIT */
/*
 * A profile's samples by event and by whom, in the order of time. Where it has not kept them, what
 * they add up to stands in for them, in the order in which the stacks were first seen.
 */
#ifndef PERFEV_CLI_EXPORT_THREADS_H
#define PERFEV_CLI_EXPORT_THREADS_H

#include "../profile/profile.h"

struct export_thread {
	__u32 event, pid, tid;
	__u32 who; /* the last that came up: a thread may change its name */
	__u64 sample_count;
	const struct profile_sample **samples;
};

struct export_threads {
	struct export_thread
		*threads; /* by event, process and thread, a process's main thread first */
	__u32 count;
	/* threads.c's. */
	const struct profile_sample **samples;
	struct profile_sample *sums;
};

enum export_by {
	EXPORT_BY_THREAD, /* whatever its name, its CPU and its cgroup are */
	EXPORT_BY_WHO,
};

/* Returns 0, or -ENOMEM with nothing to free. */
int export_threads(struct export_threads *threads, const struct profile *profile,
		   enum export_by by);

void export_threads_free(struct export_threads *threads);

#endif
