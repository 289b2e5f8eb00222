/* SPDX-License-Identifier: MIT */
/* The code of a procedure linkage table, decoded: which slot an entry jumps through. */
#ifndef PERFEV_SYMBOL_PLT_H
#define PERFEV_SYMBOL_PLT_H

#include <stddef.h>

#include <perfev/abi.h>

struct plt_code {
	const unsigned char *bytes;
	size_t size;
	__u64 address;
	__u64 got; /* on i386, what entries of shared libraries count from */
	__u16 machine;
	__u8 is_wide;
};

/*
 * Finds the next entry at or behind *at, which is moved behind it. Returns 1 with where in the code
 * it begins, and the address of its slot; or 0: there is none left.
 */
int perfev_plt_next(const struct plt_code *code, size_t *at, size_t *begin, __u64 *slot);

/* The size that an entry has at most. */
size_t perfev_plt_entry_size(const struct plt_code *code);

#endif
