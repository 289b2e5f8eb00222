/* SPDX-License-Identifier: MIT */
/*
 * The trie of stacks as sums and trees are made of it: a node's children, which frames recur, and
 * the rows of each group of whom and each event by themselves. Its cost is that of nodes and rows.
 */
#ifndef PERFEV_CLI_PROFILE_SHAPE_H
#define PERFEV_CLI_PROFILE_SHAPE_H

#include "keys.h"

/* What a node stands for, in one part: all samples of its stack and of those above it. */
struct profile_sum {
	__u64 samples, weight;
};

struct profile_shape {
	const struct profile *profile;
	const struct profile_groups *groups;
	__u32 *first_child, *next_sibling; /* by node; PROFILE_NONE: none */
	unsigned char *recurs; /* by node: an outer frame of its stack is of the same group */
	/* The rows of part who_group * events + event are a list. */
	__u32 *first_row, *next_row;
	/* Of the part that was added up last, in the order of numbers: parents before children. */
	__u32 *touched, touched_count;
	struct profile_sum *sums; /* by node; 0 where it is not among them */
	__u32 *marks;             /* by node: the part that touched it last, and one */
};

/* Makes it of a profile, which it reads as long as it lives. Returns 0 or -ENOMEM. */
int profile_shape_make(struct profile_shape *shape, const struct profile *profile,
		       const struct profile_groups *groups);
void profile_shape_free(struct profile_shape *shape);

/* The first row of a part, or PROFILE_NONE; shape->next_row has the others. */
__u32 profile_shape_rows(const struct profile_shape *shape, __u32 who_group, __u32 event);

/* Adds up a part, in place of the one before. */
void profile_shape_add_up(struct profile_shape *shape, __u32 who_group, __u32 event);

/* The group of a node's frame, or PROFILE_NONE for the root. */
static inline __u32 profile_shape_group(const struct profile_shape *shape, __u32 node)
{
	return node ? shape->groups->frames[shape->profile->nodes[node].frame] : PROFILE_NONE;
}

#endif
