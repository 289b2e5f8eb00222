/* SPDX-License-Identifier: MIT */
/*
 * Calls as trees; see tree.h. A node's stacks are a list of items, which is dealt out to its
 * children, one for each group of frames. Down, an item is a node of the trie, which is dealt out
 * as its children; up, it is a row's, which moves on to its parent.
 */
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

/* What the children of a node, or the roots, become: by group of frames. */
struct heap {
	struct profile_sum sum;
	__u32 items;
};

struct making {
	struct profile_tree *tree;
	struct profile_shape *shape;
	const struct profile_tree_options *options;
	struct heap *heaps;
	__u32 *met, met_count; /* the groups whose heaps are not empty */
	__u32 *next;           /* of an item, in its list */
	__u32 *at;             /* up: where an item is in the trie */
	__u32 item_count;
	unsigned char *begun; /* down: by node, whether a tree began at it or above */
};

static void deal(struct making *making, __u32 group, __u32 item, const struct profile_sum *sum)
{
	struct heap *heap = &making->heaps[group];

	if (heap->items == PROFILE_NONE)
		making->met[making->met_count++] = group;
	heap->sum.samples += sum->samples;
	heap->sum.weight += sum->weight;
	making->next[item] = heap->items;
	heap->items = item;
}

static int compare_heaps(const void *a, const void *b, void *context)
{
	const struct heap *heaps = context;
	const __u32 *one = a, *other = b;
	const __u64 first = heaps[*one].sum.weight, second = heaps[*other].sum.weight;

	if (first != second)
		return first < second ? 1 : -1;
	return (*one > *other) - (*one < *other);
}

/*
 * Makes nodes of what was dealt, the heaviest first, and leaves the heaps empty. Returns the number
 * of nodes, which are the last ones, or -ENOMEM; *left is what weighs too little.
 */
static long make_nodes(struct making *making, struct profile_sum *left, __u32 *left_count)
{
	struct profile_tree *tree = making->tree;
	const int bad =
		profile_grow(&tree->nodes, &tree->node_room,
			     tree->node_count + (__u64)making->met_count, sizeof(*tree->nodes)) < 0;
	__u32 made = 0;

	qsort_r(making->met, making->met_count, sizeof(*making->met), compare_heaps, making->heaps);
	for (__u32 i = 0; i < making->met_count; i++) {
		struct heap *heap = &making->heaps[making->met[i]];

		if (!bad && heap->sum.weight >= making->options->least) {
			tree->nodes[tree->node_count + made++] = (struct profile_tree_node){
				.frame = making->shape->groups->first_frames[making->met[i]],
				.who = PROFILE_NONE,
				.all = heap->sum,
				.items = heap->items,
			};
		} else {
			left->samples += heap->sum.samples;
			left->weight += heap->sum.weight;
			++*left_count;
		}
		*heap = (struct heap){ { 0, 0 }, PROFILE_NONE };
	}
	making->met_count = 0;
	if (bad)
		return -ENOMEM;
	tree->node_count += made;
	return made;
}

static void add_end(struct profile_tree_node *node, const struct profile_sum *sum)
{
	node->end.samples += sum->samples;
	node->end.weight += sum->weight;
}

static void deal_up(struct making *making, __u32 number)
{
	const struct profile *profile = making->shape->profile;
	__u32 next;

	for (__u32 i = making->tree->nodes[number].items; i != PROFILE_NONE; i = next) {
		const struct profile_row *row = &profile->rows[i];
		const struct profile_sum sum = { row->samples, row->weight };

		next = making->next[i];
		making->at[i] = profile->nodes[making->at[i]].parent;
		if (making->at[i])
			deal(making, profile_shape_group(making->shape, making->at[i]), i, &sum);
		else
			add_end(&making->tree->nodes[number], &sum);
	}
}

static void deal_down(struct making *making, __u32 number)
{
	const struct profile_shape *shape = making->shape;
	struct profile_tree_node *node = &making->tree->nodes[number];

	node->end = node->all;
	for (__u32 i = node->items; i != PROFILE_NONE; i = making->next[i]) {
		for (__u32 child = shape->first_child[i]; child != PROFILE_NONE;
		     child = shape->next_sibling[child]) {
			const struct profile_sum *sum = &shape->sums[child];

			if (!sum->samples)
				continue;
			deal(making, profile_shape_group(shape, child), child, sum);
			node->end.samples -= sum->samples;
			node->end.weight -= sum->weight;
		}
	}
}

/* Nodes are made in the order in which they are grown further, so none waits elsewhere. */
static int grow_from(struct making *making, __u32 first)
{
	struct profile_tree *tree = making->tree;

	for (__u32 i = first; i < tree->node_count; i++) {
		struct profile_sum left = { 0, 0 };
		__u32 left_count = 0;
		long made;

		if (making->options->is_up)
			deal_up(making, i);
		else
			deal_down(making, i);
		made = make_nodes(making, &left, &left_count);
		if (made < 0)
			return -ENOMEM;
		tree->nodes[i].child_count = (__u32)made;
		tree->nodes[i].first_child = tree->node_count - (__u32)made;
	}
	return 0;
}

static int begins(const struct making *making, __u32 node)
{
	return !making->options->begins ||
	       making->options->begins[profile_shape_group(making->shape, node)];
}

static void without(struct making *making, const struct profile_sum *sum)
{
	making->tree->without.samples += sum->samples;
	making->tree->without.weight += sum->weight;
}

static void begin_up(struct making *making, __u32 who_group)
{
	struct profile_shape *shape = making->shape;
	const struct profile *profile = shape->profile;

	for (__u32 i = profile_shape_rows(shape, who_group, making->options->event);
	     i != PROFILE_NONE; i = shape->next_row[i]) {
		const struct profile_row *row = &profile->rows[i];
		const struct profile_sum sum = { row->samples, row->weight };
		__u32 node = row->node;

		while (node && !begins(making, node))
			node = profile->nodes[node].parent;
		making->at[i] = node;
		if (node)
			deal(making, profile_shape_group(shape, node), i, &sum);
		else
			without(making, &sum);
	}
}

static void begin_down(struct making *making, __u32 who_group)
{
	struct profile_shape *shape = making->shape;
	struct profile_sum outside;

	profile_shape_add_up(shape, who_group, making->options->event);
	if (!shape->touched_count)
		return;
	outside = shape->sums[0];
	for (__u32 i = 0; i < shape->touched_count; i++) {
		const __u32 node = shape->touched[i];
		const struct profile_sum *sum = &shape->sums[node];

		making->begun[node] = 0;
		if (!node)
			continue;
		making->begun[node] = making->begun[shape->profile->nodes[node].parent];
		if (making->begun[node] || !begins(making, node))
			continue;
		making->begun[node] = 1;
		deal(making, profile_shape_group(shape, node), node, sum);
		outside.samples -= sum->samples;
		outside.weight -= sum->weight;
	}
	without(making, &outside);
}

/* All trees of one group of whom. Returns 0 or -ENOMEM. */
static int make_trees(struct making *making, __u32 who_group)
{
	struct profile_tree *tree = making->tree;
	const __u32 first = tree->node_count;
	long made;

	if (making->options->is_up)
		begin_up(making, who_group);
	else
		begin_down(making, who_group);
	made = make_nodes(making, &tree->small, &tree->small_count);
	if (made < 0 || profile_grow(&tree->roots, &tree->root_room, tree->root_count + (__u64)made,
				     sizeof(*tree->roots)) < 0)
		return -ENOMEM;
	for (__u32 i = first; i < tree->node_count; i++) {
		tree->nodes[i].who = making->shape->groups->first_whos[who_group];
		tree->roots[tree->root_count++] = i;
	}
	return grow_from(making, first);
}

static int compare_roots(const void *a, const void *b, void *context)
{
	const struct profile_tree_node *nodes = context;
	const __u32 *one = a, *other = b;
	const __u64 first = nodes[*one].all.weight, second = nodes[*other].all.weight;

	if (first != second)
		return first < second ? 1 : -1;
	return (*one > *other) - (*one < *other);
}

int profile_tree_make(struct profile_tree *tree, struct profile_shape *shape,
		      const struct profile_tree_options *options)
{
	const struct profile *profile = shape->profile;
	const size_t groups = shape->groups->frame_groups + (size_t)1;
	const size_t items =
		(options->is_up ? profile->row_count : profile->node_count) + (size_t)1;
	struct making making = { .tree = tree, .shape = shape, .options = options };
	int result = -ENOMEM;

	memset(tree, 0, sizeof(*tree));
	making.heaps = malloc(groups * sizeof(*making.heaps));
	making.met = malloc(groups * sizeof(*making.met));
	making.next = malloc(items * sizeof(*making.next));
	making.at = malloc(items * sizeof(*making.at));
	making.begun = calloc(profile->node_count + (size_t)1, 1);
	if (!making.heaps || !making.met || !making.next || !making.at || !making.begun)
		goto end;
	for (size_t i = 0; i < groups; i++)
		making.heaps[i] = (struct heap){ { 0, 0 }, PROFILE_NONE };
	result = 0;
	for (__u32 who = 0; who < shape->groups->who_groups && result == 0; who++)
		result = make_trees(&making, who);
	if (result == 0 && tree->root_count)
		qsort_r(tree->roots, tree->root_count, sizeof(*tree->roots), compare_roots,
			tree->nodes);
end:
	free(making.heaps);
	free(making.met);
	free(making.next);
	free(making.at);
	free(making.begun);
	if (result < 0)
		profile_tree_free(tree);
	return result;
}

void profile_tree_free(struct profile_tree *tree)
{
	free(tree->nodes);
	free(tree->roots);
	memset(tree, 0, sizeof(*tree));
}
