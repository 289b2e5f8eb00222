/* SPDX-License-Identifier: MIT */
/* The frames of a stack; see stacks.h. */
#include "stacks.h"

#include <stdlib.h>

__u32 *export_stack_room(const struct profile *profile, __u32 *deepest)
{
	__u32 *depth = calloc(profile->node_count + 1UL, sizeof(*depth)), *room;

	if (!depth)
		return NULL;
	*deepest = 0;
	for (__u32 i = 1; i < profile->node_count; i++) {
		depth[i] = depth[profile->nodes[i].parent] + 1;
		*deepest = depth[i] > *deepest ? depth[i] : *deepest;
	}
	room = calloc(*deepest + 1UL, sizeof(*room));
	free(depth);
	return room;
}

__u32 export_stack(const struct profile *profile, __u32 node, __u32 *frames)
{
	__u32 depth = 0;

	for (; node; node = profile->nodes[node].parent)
		frames[depth++] = profile->nodes[node].frame;
	return depth;
}
