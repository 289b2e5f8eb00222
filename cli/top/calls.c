/* SPDX-License-Identifier: MIT */
/* The callers of a row as lines, a tree of them from the top down; see rows.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../profile/grow.h"
#include "rows.h"

/* Callers with less of what is called are left out. */
#define LEAST 0.01
#define MOST_LINES 4096
#define MOST_DEPTH 63

static int add(struct top_calls *calls, const struct profile_tree *tree, __u32 node,
	       struct top_call call, double whole)
{
	const struct profile_tree_node *at = &tree->nodes[node];

	if (calls->count == MOST_LINES || call.depth > MOST_DEPTH)
		return 0;
	if (profile_grow(&calls->list, &calls->room, calls->count + (__u64)1,
			 sizeof(*calls->list)) < 0)
		return -ENOMEM;
	call.share = (double)at->all.weight / whole;
	call.frame = at->frame;
	calls->list[calls->count++] = call;
	call.is_first = at->child_count > 1;
	for (__u32 i = 0; i < at->child_count; i++) {
		struct top_call child = call;

		child.depth += child.is_first;
		/* The last one of a depth has nothing of it below. */
		if (i + 1 < at->child_count)
			child.lines |= 1ULL << call.depth;
		else if (child.is_first)
			child.lines &= ~(1ULL << call.depth);
		if (add(calls, tree, at->first_child + i, child, whole) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The root that is of the same thread, process or whatever is told apart. */
static int add_roots(struct top_calls *calls, const struct top_rows *rows,
		     const struct profile_tree *tree, const struct top_row *row)
{
	const __u32 *whos = rows->groups.whos;

	for (__u32 i = 0; i < tree->root_count; i++) {
		const struct profile_tree_node *root = &tree->nodes[tree->roots[i]];

		if (whos[root->who] != whos[row->who] || !root->all.weight)
			continue;
		calls->share = (double)root->all.weight /
			       (double)rows->profile->events[rows->view.event].weight;
		return add(calls, tree, tree->roots[i], (struct top_call){ .is_first = 1 },
			   (double)root->all.weight);
	}
	return 0;
}

int top_calls_make(struct top_calls *calls, struct top_rows *rows, __u32 number)
{
	const struct top_row *row = &rows->list[number];
	struct profile_tree_options options = {
		.event = rows->view.event,
		.is_up = 1,
		.least = (__u64)(LEAST * row->all *
				 (double)rows->profile->events[rows->view.event].weight),
	};
	struct profile_tree tree = { .nodes = NULL };
	unsigned char *begins;
	__u64 *weights;
	int result = -ENOMEM;

	memset(calls, 0, sizeof(*calls));
	if (row->frame == PROFILE_NONE)
		return 0;
	begins = calloc((size_t)rows->groups.frame_groups + 1, 1);
	weights = top_rows_hide(rows->profile, &rows->view);
	if (begins && weights) {
		begins[rows->groups.frames[row->frame]] = 1;
		options.begins = begins;
		result = profile_tree_make(&tree, &rows->shape, &options);
	}
	if (result == 0)
		result = add_roots(calls, rows, &tree, row);
	top_rows_unhide(rows->profile, weights);
	profile_tree_free(&tree);
	free(begins);
	if (result < 0)
		top_calls_free(calls);
	return result;
}

void top_calls_free(struct top_calls *calls)
{
	free(calls->list);
	memset(calls, 0, sizeof(*calls));
}
