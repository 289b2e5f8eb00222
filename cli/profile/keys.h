/* SPDX-License-Identifier: MIT */
/*
 * By what a profile is told apart: any of comm, pid, tid, cpu, cgroup, event, dso, symbol and line,
 * in an order of choice. What looks the same when it is shown is the same: two functions of one
 * name in one file are one.
 */
#ifndef PERFEV_CLI_PROFILE_KEYS_H
#define PERFEV_CLI_PROFILE_KEYS_H

#include "profile.h"

enum profile_key {
	PROFILE_KEY_COMM,
	PROFILE_KEY_PID,
	PROFILE_KEY_TID,
	PROFILE_KEY_CPU,
	PROFILE_KEY_CGROUP,
	PROFILE_KEY_EVENT,
	PROFILE_KEY_DSO,
	PROFILE_KEY_SYMBOL,
	PROFILE_KEY_LINE,
	PROFILE_KEYS
};

/* Of whom, and of a frame; an event is neither. */
#define PROFILE_KEYS_OF_WHO                                                                        \
	(1U << PROFILE_KEY_COMM | 1U << PROFILE_KEY_PID | 1U << PROFILE_KEY_TID |                  \
	 1U << PROFILE_KEY_CPU | 1U << PROFILE_KEY_CGROUP)
#define PROFILE_KEYS_OF_FRAME                                                                      \
	(1U << PROFILE_KEY_DSO | 1U << PROFILE_KEY_SYMBOL | 1U << PROFILE_KEY_LINE)

/* Which, and in which order. */
struct profile_keys {
	unsigned char list[PROFILE_KEYS];
	unsigned int count;
	unsigned int mask; /* 1U << each */
};

/*
 * Reads "comm,dso,symbol"; linux-perf's short name sym is known. Returns 0, -EINVAL with *strange
 * the word that is no key, is empty or comes twice, or -ENOMEM.
 */
int profile_keys_read(struct profile_keys *keys, const char *text, char strange[32]);

const char *profile_key_name(enum profile_key key);

/*
 * Numbers of what looks the same: of each frame and of each whom, those that differ in none of the
 * keys have one. They are given in the order of first being met.
 */
struct profile_groups {
	__u32 *frames; /* by number of a frame; PROFILE_NONE, that of the root, is not among them */
	__u32 *whos;
	__u32 *first_frames, *first_whos; /* by group: one of its members */
	__u32 frame_groups, who_groups;
};

/* Makes them of a profile, as it is now. Returns 0 or -ENOMEM. */
int profile_groups_make(struct profile_groups *groups, const struct profile *profile,
			unsigned int mask);
void profile_groups_free(struct profile_groups *groups);

#endif
