/* SPDX-License-Identifier: MIT */
/* Positions as a mapped page has them: 64 bits, of which a 32-bit kernel fills the lower ones. */
#ifndef PERFEV_SRC_RING_POSITION_H
#define PERFEV_SRC_RING_POSITION_H

#include <perfev/abi.h>

/*
 * Loads a position that the kernel moves; after is one that it has passed. Acquire: what was
 * written before the kernel moved it is seen.
 */
static inline __u64 position_load(const __u64 *place, __u64 after)
{
#if __SIZEOF_LONG__ == 4
	const volatile __u32 *halves = (const volatile __u32 *)place;
	const int low = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	__u64 position;
	__u32 high;

	/* No load of 64 bits at once on all of these, and none that a read-only page takes. */
	do {
		high = halves[!low];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		position = (__u64)high << 32 | halves[low];
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (halves[!low] != high);
	/* Of 32 bits alone it is brought back to 0 when they are full. */
	return high ? position : after + (__u32)((__u32)position - (__u32)after);
#else
	(void)after;
	return __atomic_load_n(place, __ATOMIC_ACQUIRE);
#endif
}

#endif
