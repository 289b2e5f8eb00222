/* SPDX-License-Identifier: MIT */
/*
 * Stacks by function alone; see html_tree.h. A node's share is the sum of its shares of all events,
 * so that a rare event's stacks are not left out for a frequent one's. No node has more than its
 * parent: whatever is kept, its callers are.
 */
#include "html_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A place for so many, also for none. */
static void *room(__u32 count, size_t size)
{
	return calloc((size_t)count + 1, size);
}

static int copy_nodes(struct html_tree *tree, const struct profile *merged)
{
	tree->node_count = merged->node_count ? merged->node_count : 1;
	tree->nodes = room(tree->node_count, sizeof(*tree->nodes));
	if (!tree->nodes)
		return -ENOMEM;
	tree->nodes[0] = (struct html_node){ PROFILE_NONE, PROFILE_NONE, 0, 0 };
	for (__u32 i = 1; i < merged->node_count; i++) {
		const struct profile_frame *frame = &merged->frames[merged->nodes[i].frame];

		tree->nodes[i] = (struct html_node){ merged->nodes[i].parent, frame->function, 0,
						     frame->is_inlined };
	}
	return 0;
}

static int copy_rows(struct html_tree *tree, const struct profile *profile)
{
	tree->row_count = profile->row_count;
	tree->rows = room(tree->row_count, sizeof(*tree->rows));
	if (!tree->rows)
		return -ENOMEM;
	if (tree->row_count)
		memcpy(tree->rows, profile->rows, tree->row_count * sizeof(*tree->rows));
	return 0;
}

/* The stacks without what tells apart places in one function. */
static int merge_places(struct html_tree *tree, const struct profile *profile)
{
	struct profile merged = { .events = NULL };
	__u32 *now = room(profile->node_count, sizeof(*now));
	int result = now ? 0 : -ENOMEM;

	for (__u32 i = 1; i < profile->node_count && !result; i++) {
		const struct profile_node *node = &profile->nodes[i];
		const struct profile_frame frame = {
			.function = profile->frames[node->frame].function,
			.is_inlined = profile->frames[node->frame].is_inlined,
		};
		__u32 number;

		result = profile_frame(&merged, &frame, &number);
		if (!result)
			result = profile_node(&merged, now[node->parent], number, &now[i]);
	}
	if (!result)
		result = copy_nodes(tree, &merged);
	if (!result)
		result = copy_rows(tree, profile);
	for (__u32 i = 0; !result && i < tree->row_count; i++)
		tree->rows[i].node = now[tree->rows[i].node];
	free(now);
	profile_free(&merged);
	return result;
}

static int compare_rows(const void *a, const void *b)
{
	const struct profile_row *one = a, *other = b;

	if (one->event != other->event)
		return one->event < other->event ? -1 : 1;
	if (one->who != other->who)
		return one->who < other->who ? -1 : 1;
	return one->node < other->node ? -1 : one->node > other->node;
}

/* Sorts the rows, and adds up those that are of one event, whom and node by now. */
static void merge_rows(struct html_tree *tree)
{
	__u32 count = 0;

	if (!tree->row_count)
		return;
	qsort(tree->rows, tree->row_count, sizeof(*tree->rows), compare_rows);
	for (__u32 i = 1; i < tree->row_count; i++) {
		struct profile_row *last = &tree->rows[count];

		if (compare_rows(last, &tree->rows[i]) == 0) {
			last->samples += tree->rows[i].samples;
			last->weight += tree->rows[i].weight;
		} else {
			tree->rows[++count] = tree->rows[i];
		}
	}
	tree->row_count = count + 1;
}

/* What each node and all under it have. */
static double *shares_of(const struct html_tree *tree, const struct profile *profile)
{
	double *shares = room(tree->node_count, sizeof(*shares));

	for (__u32 i = 0; shares && i < tree->row_count; i++) {
		const struct profile_row *row = &tree->rows[i];
		const __u64 all = profile->events[row->event].weight;

		shares[row->node] += all ? (double)row->weight / (double)all : 0;
	}
	for (__u32 i = tree->node_count; shares && i-- > 1;)
		shares[tree->nodes[i].parent] += shares[i];
	return shares;
}

static int compare_shares(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;

	return one > other ? -1 : one < other;
}

/* The greatest share of those that are not among the most. */
static int limit_of(const double *shares, __u32 count, __u32 most, double *limit)
{
	double *sorted = room(count, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, shares, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_shares);
	*limit = sorted[most];
	free(sorted);
	return 0;
}

/*
 * Keeps the nodes above a limit. What is not kept becomes the one child of its caller that stands
 * for others; now[] says what each node became.
 */
static int keep(struct html_tree *tree, const double *shares, double limit, __u32 *now)
{
	struct html_node *kept = room(2 * tree->node_count, sizeof(*kept));
	__u32 *other = room(tree->node_count, sizeof(*other)); /* a kept node's, or 0 */
	__u32 count = 1;

	if (!kept || !other) {
		free(kept);
		free(other);
		return -ENOMEM;
	}
	kept[0] = tree->nodes[0];
	for (__u32 i = 1; i < tree->node_count; i++) {
		const __u32 parent = now[tree->nodes[i].parent];

		if (shares[i] > limit) {
			now[i] = count;
			kept[count] = tree->nodes[i];
			kept[count++].parent = parent;
			continue;
		}
		tree->left_out++;
		if (kept[parent].smaller) {
			now[i] = parent;
		} else if (other[tree->nodes[i].parent]) {
			now[i] = other[tree->nodes[i].parent];
		} else {
			now[i] = other[tree->nodes[i].parent] = count;
			kept[count++] = (struct html_node){ parent, PROFILE_NONE, 0, 0 };
		}
		kept[now[i]].smaller++;
	}
	free(other);
	free(tree->nodes);
	tree->nodes = kept;
	tree->node_count = count;
	return 0;
}

static int leave_out(struct html_tree *tree, const struct profile *profile, __u32 most)
{
	double *shares = shares_of(tree, profile);
	__u32 *now = room(tree->node_count, sizeof(*now));
	double limit = 0;
	int result = shares && now ? limit_of(shares, tree->node_count, most, &limit) : -ENOMEM;

	if (!result)
		result = keep(tree, shares, limit, now);
	for (__u32 i = 0; !result && i < tree->row_count; i++)
		tree->rows[i].node = now[tree->rows[i].node];
	tree->left_below = limit;
	free(shares);
	free(now);
	return result;
}

int html_tree_make(struct html_tree *tree, const struct profile *profile, __u32 most)
{
	int result;

	memset(tree, 0, sizeof(*tree));
	result = merge_places(tree, profile);
	if (!result && tree->node_count > most)
		result = leave_out(tree, profile, most);
	if (!result)
		merge_rows(tree);
	else
		html_tree_free(tree);
	return result;
}

void html_tree_free(struct html_tree *tree)
{
	free(tree->nodes);
	free(tree->rows);
	memset(tree, 0, sizeof(*tree));
}
