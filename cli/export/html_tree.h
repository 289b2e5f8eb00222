/* SPDX-License-Identifier: MIT */
/*
 * A profile's stacks as the page draws them: by function alone, whatever else the profile tells
 * apart, and no more of them than a browser opens at once. No weight is lost: what is left out of a
 * tree counts as a child of its caller that stands for all such.
 */
#ifndef PERFEV_CLI_HTML_TREE_H
#define PERFEV_CLI_HTML_TREE_H

#include "../profile/profile.h"

struct html_node {
	__u32 parent;   /* PROFILE_NONE of the root, which is node 0 */
	__u32 function; /* PROFILE_NONE of the root and of what stands for others */
	__u32 smaller;  /* how many nodes this one stands for, or 0 */
	__u8 is_inlined;
};

struct html_tree {
	struct html_node *nodes;  /* a parent stands before its children */
	struct profile_row *rows; /* by event, whom and node */
	__u32 node_count, row_count;
	__u32 left_out;    /* nodes that others stand for, or 0 */
	double left_below; /* the largest share of an event that one of them had */
};

/* Makes one of at most so many nodes, besides those that stand for others. 0 or -ENOMEM. */
int html_tree_make(struct html_tree *tree, const struct profile *profile, __u32 most);

void html_tree_free(struct html_tree *tree);

#endif
