/* SPDX-License-Identifier: MIT */
/* Factors that differ from run to run; see hash.h. The kernel gives each program such bytes. */
#include "hash.h"

#include <string.h>
#include <sys/auxv.h>

__u64 profile_factors[2] = { 0x9e3779b97f4a7c15ULL, 0xc2b2ae3d27d4eb4fULL };

__attribute__((constructor)) static void choose_factors(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	__u64 words[2];

	if (!random)
		return;
	memcpy(words, random, sizeof(words));
	profile_factors[0] ^= words[0] & ~1ULL;
	profile_factors[1] ^= words[1] & ~1ULL;
}
