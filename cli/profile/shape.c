/* SPDX-License-Identifier: MIT */
/* The trie of stacks as sums and trees are made of it; see shape.h. */
#include "shape.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t part_of(const struct profile_shape *shape, __u32 who_group, __u32 event)
{
	return (size_t)who_group * shape->profile->event_count + event;
}

static void link_children(struct profile_shape *shape)
{
	const struct profile *profile = shape->profile;

	/* From the last on, so that each list is in the order of numbers. */
	for (__u32 i = profile->node_count; i-- > 1;) {
		__u32 *first = &shape->first_child[profile->nodes[i].parent];

		shape->next_sibling[i] = *first;
		*first = i;
	}
}

/* Walks over the trie; on_path says how many frames of each group are on the way to a node. */
static void find_recursion(struct profile_shape *shape, __u32 *on_path)
{
	__u32 node = 0;

	for (;;) {
		if (shape->first_child[node] != PROFILE_NONE) {
			node = shape->first_child[node];
		} else {
			while (node && shape->next_sibling[node] == PROFILE_NONE) {
				on_path[profile_shape_group(shape, node)]--;
				node = shape->profile->nodes[node].parent;
			}
			if (!node)
				return;
			on_path[profile_shape_group(shape, node)]--;
			node = shape->next_sibling[node];
		}
		shape->recurs[node] = on_path[profile_shape_group(shape, node)]++ > 0;
	}
}

static void link_rows(struct profile_shape *shape)
{
	const struct profile *profile = shape->profile;

	for (__u32 i = profile->row_count; i-- > 0;) {
		const struct profile_row *row = &profile->rows[i];
		__u32 *first = &shape->first_row[part_of(
			shape, shape->groups->whos[row->who], row->event)];

		shape->next_row[i] = *first;
		*first = i;
	}
}

static __u32 *numbers(size_t count)
{
	__u32 *list = malloc((count + 1) * sizeof(*list));

	if (list)
		memset(list, 0xff, (count + 1) * sizeof(*list));
	return list;
}

int profile_shape_make(struct profile_shape *shape, const struct profile *profile,
		       const struct profile_groups *groups)
{
	const size_t nodes = profile->node_count + (size_t)1;
	__u32 *on_path = calloc(groups->frame_groups + (size_t)1, sizeof(*on_path));

	memset(shape, 0, sizeof(*shape));
	shape->profile = profile;
	shape->groups = groups;
	shape->first_child = numbers(nodes);
	shape->next_sibling = numbers(nodes);
	shape->recurs = calloc(nodes, 1);
	shape->first_row = numbers((size_t)groups->who_groups * profile->event_count);
	shape->next_row = numbers(profile->row_count);
	shape->touched = malloc(nodes * sizeof(*shape->touched));
	shape->sums = calloc(nodes, sizeof(*shape->sums));
	shape->marks = calloc(nodes, sizeof(*shape->marks));
	if (!on_path || !shape->first_child || !shape->next_sibling || !shape->recurs ||
	    !shape->first_row || !shape->next_row || !shape->touched || !shape->sums ||
	    !shape->marks) {
		free(on_path);
		profile_shape_free(shape);
		return -ENOMEM;
	}
	link_children(shape);
	find_recursion(shape, on_path);
	link_rows(shape);
	free(on_path);
	return 0;
}

void profile_shape_free(struct profile_shape *shape)
{
	free(shape->first_child);
	free(shape->next_sibling);
	free(shape->recurs);
	free(shape->first_row);
	free(shape->next_row);
	free(shape->touched);
	free(shape->sums);
	free(shape->marks);
	memset(shape, 0, sizeof(*shape));
}

__u32 profile_shape_rows(const struct profile_shape *shape, __u32 who_group, __u32 event)
{
	return shape->first_row[part_of(shape, who_group, event)];
}

static int compare_numbers(const void *a, const void *b)
{
	const __u32 *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* Few are sorted; where they are many, looking at each node costs less. */
static void sort_touched(struct profile_shape *shape, __u32 mark)
{
	if (shape->touched_count < shape->profile->node_count / 16) {
		qsort(shape->touched, shape->touched_count, sizeof(*shape->touched),
		      compare_numbers);
		return;
	}
	shape->touched_count = 0;
	for (__u32 i = 0; i < shape->profile->node_count; i++)
		if (shape->marks[i] == mark)
			shape->touched[shape->touched_count++] = i;
}

void profile_shape_add_up(struct profile_shape *shape, __u32 who_group, __u32 event)
{
	const struct profile *profile = shape->profile;
	const __u32 mark = (__u32)part_of(shape, who_group, event) + 1;

	for (__u32 i = 0; i < shape->touched_count; i++)
		shape->sums[shape->touched[i]] = (struct profile_sum){ 0, 0 };
	shape->touched_count = 0;
	for (__u32 i = profile_shape_rows(shape, who_group, event); i != PROFILE_NONE;
	     i = shape->next_row[i]) {
		const struct profile_row *row = &profile->rows[i];

		shape->sums[row->node].samples += row->samples;
		shape->sums[row->node].weight += row->weight;
		for (__u32 node = row->node; node != PROFILE_NONE && shape->marks[node] != mark;
		     node = profile->nodes[node].parent) {
			shape->marks[node] = mark;
			shape->touched[shape->touched_count++] = node;
		}
	}
	sort_touched(shape, mark);
	for (__u32 i = shape->touched_count; i-- > 1;) {
		const struct profile_sum *sum = &shape->sums[shape->touched[i]];
		struct profile_sum *of = &shape->sums[profile->nodes[shape->touched[i]].parent];

		of->samples += sum->samples;
		of->weight += sum->weight;
	}
}
