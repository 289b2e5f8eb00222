/* SPDX-License-Identifier: MIT */
/* The frames of a stack, which a profile holds as a way up to the root. */
#ifndef PERFEV_CLI_EXPORT_STACKS_H
#define PERFEV_CLI_EXPORT_STACKS_H

#include "../profile/profile.h"

/*
 * Room for the frames of the deepest stack, to be freed, and how many these are; NULL without
 * memory.
 */
__u32 *export_stack_room(const struct profile *profile, __u32 *deepest);

/* Fills in the frames, the innermost first. Returns how many. */
__u32 export_stack(const struct profile *profile, __u32 node, __u32 *frames);

#endif
