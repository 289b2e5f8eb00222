/* SPDX-License-Identifier: MIT */
/* Profiles made by hand, of stacks that are written as text. */
#ifndef PERFEV_TESTS_MADE_PROFILE_H
#define PERFEV_TESTS_MADE_PROFILE_H

#include "profile/profile.h"

/*
 * Adds a sample: "main;a;b" is its stack, the outermost function first, "" none at all; a function
 * may be in a module, "a@lib.so", on a line, "a:12", or both, "a@lib.so:12". Events and functions
 * are made when they are first met; pid and tid are the number. Returns 0 or -ENOMEM.
 */
int made_sample(struct profile *profile, const char *event, const char *comm, __u32 number,
		const char *stack, __u64 weight);

#endif
