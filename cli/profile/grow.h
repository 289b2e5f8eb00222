/* SPDX-License-Identifier: MIT */
/* Lists that grow by doubling, as profiles have them. */
#ifndef PERFEV_CLI_PROFILE_GROW_H
#define PERFEV_CLI_PROFILE_GROW_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <perfev/abi.h>

/*
 * Makes room for so many entries in a list, given by its address. Returns 0, or -ENOMEM with
 * nothing changed.
 */
static inline int profile_grow(void *list, __u32 *room, __u64 needed, size_t size)
{
	__u64 more = *room ? *room : 64;
	void *bytes;

	if (needed <= *room)
		return 0;
	while (more < needed)
		more *= 2;
	if (more > 0xffffffffU)
		return -ENOMEM;
	memcpy(&bytes, list, sizeof(bytes));
	bytes = realloc(bytes, (size_t)more * size);
	if (!bytes)
		return -ENOMEM;
	memcpy(list, &bytes, sizeof(bytes));
	*room = (__u32)more;
	return 0;
}

#endif
