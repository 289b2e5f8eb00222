/* SPDX-License-Identifier: MIT */
/*
 * Places in tables of numbers and texts that come from recordings: of factors that differ from run
 * to run, so that no recording can be made of which all are in one place.
 */
#ifndef PERFEV_CLI_PROFILE_HASH_H
#define PERFEV_CLI_PROFILE_HASH_H

#include <perfev/abi.h>

extern __u64 profile_factors[2]; /* odd */

/* Mixes a number into a hash, which is 0 at first. The place is of its lowest bits. */
static inline __u64 profile_hash(__u64 hash, __u64 number)
{
	hash = (hash ^ number) * profile_factors[0];
	hash ^= hash >> 32;
	hash *= profile_factors[1];
	return hash ^ hash >> 29;
}

#endif
