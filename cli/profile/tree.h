/* SPDX-License-Identifier: MIT */
/*
 * Calls as trees: down from the outermost functions to what they called, or up from where samples
 * were to what called that. Stacks of which no difference is shown are one; what is less than a
 * limit is left out, so that a tree is no larger than what is looked at.
 */
#ifndef PERFEV_CLI_PROFILE_TREE_H
#define PERFEV_CLI_PROFILE_TREE_H

#include "shape.h"

struct profile_tree_options {
	__u32 event;
	int is_up; /* from where samples were to the callers */
	/* By group of frames: where trees begin, at the first on each way; NULL: anywhere. */
	const unsigned char *begins;
	__u64 least; /* what weighs less is left out */
};

struct profile_tree_node {
	__u32 frame;                    /* one of those that it stands for */
	__u32 who;                      /* of a root, likewise */
	struct profile_sum all, end;    /* end: of samples that go no further */
	__u32 first_child, child_count; /* the heaviest first */
	__u32 items;                    /* what it is made of, while the tree grows */
};

struct profile_tree {
	struct profile_tree_node *nodes;
	__u32 *roots; /* the heaviest first */
	__u32 node_count, node_room, root_count, root_room;
	struct profile_sum without; /* samples without a stack, or in which no tree begins */
	struct profile_sum small;   /* of roots that are left out */
	__u32 small_count;
};

/* Makes trees of one event. Returns 0 or -ENOMEM. */
int profile_tree_make(struct profile_tree *tree, struct profile_shape *shape,
		      const struct profile_tree_options *options);
void profile_tree_free(struct profile_tree *tree);

#endif
