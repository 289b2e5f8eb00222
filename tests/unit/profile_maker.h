/* SPDX-License-Identifier: MIT */
/*
 * Profiles made by hand: a small one whose every sample is listed here, with names as odd as they
 * come, and large ones.
 */
#ifndef PERFEV_TESTS_PROFILE_MAKER_H
#define PERFEV_TESTS_PROFILE_MAKER_H

#include "../../cli/profile/profile.h"

#define MADE_BUILD_ID "0123456789abcdef0123456789abcdef01234567"
#define MADE_START_NS 5000000000ULL

/* What the samples of a small profile are, as text: a frame is told by its function's name. */
struct made_sample {
	__u32 event, who;
	__u64 weight, after_ns; /* MADE_START_NS */
	const char *frames[8];  /* the innermost first */
};

extern const struct made_sample made_samples[];
extern const size_t made_sample_count;

/*
 * The small one: of the first event alone or of both ("cpu-clock", "page-faults:u"). The functions
 * are, by number: main, sort<a;b>, less, page_fault, unknown in libc, unknown nowhere, an odd one.
 */
void profile_make(struct profile *profile, __u32 events, int keeps_samples);

/* So many distinct stacks of up to 64 frames, each seen a few times. */
void profile_make_large(struct profile *profile, __u32 stacks, int keeps_samples);

#endif
