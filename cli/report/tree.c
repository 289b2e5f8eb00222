/* SPDX-License-Identifier: MIT */
/*
 * Call trees: a row for each function where one begins, and below it, with lines, what it called or
 * what called it. A call that is the only one stands below its caller without another branch.
 */
#include "../profile/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../number.h"
#include "columns.h"
#include "rows.h"

/* Of all samples, where nothing is said. */
#define USUAL_LIMIT 0.5
/* Lines of a page besides the rows, each of which has a tree of so many. */
#define AROUND 12
#define LINES_OF_TREE 4
/* Branches within branches; what is deeper leaves a terminal at its right. */
#define MOST_LEVELS 64
/* The columns of the numbers, with the blanks behind them. */
#define BEFORE 22

struct trees {
	const struct report_page *page;
	const struct profile *profile;
	struct profile_shape *shape;
	struct profile_tree tree;
	struct report_columns columns;
	__u32 event;
	__u64 least; /* what weighs less is not shown */
	unsigned char is_last[MOST_LEVELS + 1];
};

static double percent(const struct trees *trees, __u64 weight)
{
	const __u64 whole = trees->profile->events[trees->event].weight;

	return whole ? 100 * (double)weight / (double)whole : 0;
}

/* What stands before the text of a line. Returns how many columns that is. */
static int print_left(const struct trees *trees, const struct profile_sum *sum, int level,
		      const char *branch)
{
	FILE *to = trees->page->to;
	char number[NUMBER_SIZE];

	if (sum)
		fprintf(to, "%7.2f%%  %10s  %s", percent(trees, sum->weight),
			number_grouped(number, sum->samples), trees->page->faint);
	else
		fprintf(to, "%*s%s", BEFORE, "", trees->page->faint);
	for (int i = 1; i < level; i++)
		fputs(trees->is_last[i] ? "   " : "│  ", to);
	fprintf(to, "%s%s", branch, trees->page->plain);
	return BEFORE + 3 * level;
}

static const char *module_of(const struct trees *trees, __u32 frame)
{
	return trees->profile->functions[trees->profile->frames[frame].function].module;
}

/* Adds as much of a text as there is room for. */
static void append(char text[LABEL_SIZE], const char *more)
{
	const size_t length = strlen(text);
	size_t room = LABEL_SIZE - 1 - length;

	if (strlen(more) < room)
		room = strlen(more);
	memcpy(text + length, more, room);
	text[length + room] = '\0';
}

/* A frame as its keys have it; its file only where that is not the one of the frame above. */
static void write_label(struct trees *trees, __u32 frame, __u32 above, char text[LABEL_SIZE])
{
	const struct profile_keys *keys = trees->columns.keys;
	char part[LABEL_SIZE];

	text[0] = '\0';
	for (unsigned int i = 0; i < keys->count; i++) {
		const enum profile_key key = keys->list[i];

		if (!(1U << key & PROFILE_KEYS_OF_FRAME) || key == PROFILE_KEY_DSO)
			continue;
		report_label(&trees->columns.labels, key, PROFILE_NONE, frame, PROFILE_NONE, part);
		append(text, text[0] ? " " : "");
		/* Without the mark of the mode, which what could not be written has not. */
		append(text, key == PROFILE_KEY_SYMBOL && part[0] == '[' ? part + 4 : part);
	}
	/* What is in no file has no symbol either, so that one word says both. */
	if (!(keys->mask >> PROFILE_KEY_DSO & 1) || (text[0] && !module_of(trees, frame)[0]) ||
	    (text[0] && strcmp(module_of(trees, frame), module_of(trees, above)) == 0))
		return;
	report_label(&trees->columns.labels, PROFILE_KEY_DSO, PROFILE_NONE, frame, PROFILE_NONE,
		     part);
	if (!text[0]) {
		append(text, part);
		return;
	}
	append(text, " (");
	append(text, part);
	append(text, ")");
}

static void print_text(const struct trees *trees, char *text, int before)
{
	const int left = trees->page->columns - before;

	if (trees->page->columns)
		report_cut(text, left > 1 ? left : 1);
	fprintf(trees->page->to, "%s\n", text);
}

/* A branch that is no call: what ends here, or is too little to be shown. */
static void print_other(struct trees *trees, int level, int is_last, const struct profile_sum *sum,
			const char *what)
{
	char text[LABEL_SIZE];
	const int before = print_left(trees, sum, level, is_last ? "└─ " : "├─ ");

	snprintf(text, sizeof(text), "%s", what);
	print_text(trees, text, before);
}

static void print_branches(struct trees *trees, __u32 number, int level);

static int is_shown(const struct trees *trees, __u64 weight)
{
	return weight && weight >= trees->least;
}

/* Whether a node goes on as one call only. */
static int is_chain(const struct profile_tree *tree, const struct profile_tree_node *node)
{
	return node->child_count == 1 && !node->end.weight &&
	       tree->nodes[node->first_child].all.weight == node->all.weight;
}

/* What a node has besides its branches. */
static struct profile_sum rest_of(const struct profile_tree *tree,
				  const struct profile_tree_node *node)
{
	struct profile_sum rest = { node->all.samples - node->end.samples,
				    node->all.weight - node->end.weight };

	for (__u32 i = 0; i < node->child_count; i++) {
		rest.samples -= tree->nodes[node->first_child + i].all.samples;
		rest.weight -= tree->nodes[node->first_child + i].all.weight;
	}
	return rest;
}

/* A frame's line, which says whether it goes on in branches that are too small to be shown. */
static void print_frame(struct trees *trees, __u32 number, __u32 above, int before)
{
	const struct profile_tree_node *node = &trees->tree.nodes[number];
	char text[LABEL_SIZE];

	write_label(trees, node->frame, above, text);
	if (!node->child_count && rest_of(&trees->tree, node).weight)
		append(text, " …");
	print_text(trees, text, before);
}

/* A call and all that follows it. */
static void print_branch(struct trees *trees, __u32 number, __u32 above, int level, int is_last)
{
	const struct profile_tree *tree = &trees->tree;
	const struct profile_tree_node *node = &tree->nodes[number];
	int before = print_left(trees, &node->all, level, is_last ? "└─ " : "├─ ");

	trees->is_last[level] = (unsigned char)is_last;
	print_frame(trees, number, above, before);
	while (is_chain(tree, node)) {
		above = node->frame;
		number = node->first_child;
		node = &tree->nodes[number];
		before = print_left(trees, NULL, level, is_last ? "   " : "│  ");
		print_frame(trees, number, above, before);
	}
	print_branches(trees, number, level + 1);
}

static void print_branches(struct trees *trees, __u32 number, int level)
{
	const struct profile_tree_node *node = &trees->tree.nodes[number];
	const int is_up = trees->page->options->tree == REPORT_CALLEE;
	const struct profile_sum rest = rest_of(&trees->tree, node);
	const int has_end = is_shown(trees, node->end.weight);
	const int has_rest = is_shown(trees, rest.weight);

	if (!node->child_count)
		return;
	if (level > MOST_LEVELS) {
		print_other(trees, MOST_LEVELS, 1, &node->all, "…");
		return;
	}
	for (__u32 i = 0; i < node->child_count; i++)
		print_branch(trees, node->first_child + i, node->frame, level,
			     i + 1 == node->child_count && !has_end && !has_rest);
	if (has_end)
		print_other(trees, level, !has_rest, &node->end,
			    is_up ? "(no caller is known)" : "(itself)");
	if (has_rest)
		print_other(trees, level, 1, &rest, is_up ? "(other callers)" : "(other calls)");
}

static void print_root(struct trees *trees, __u32 number)
{
	const struct report_page *page = trees->page;
	const struct profile_tree_node *node = &trees->tree.nodes[number];
	const double share = percent(trees, node->all.weight);
	const char *look = share >= 5 ? page->bold : "";
	char text[NUMBER_SIZE];

	fprintf(page->to, "%s%7.2f%%  %10s%s  ", look, share,
		number_grouped(text, node->all.samples), *look ? page->plain : "");
	report_columns_print(&trees->columns, page, node->who, node->frame, trees->event);
	print_branches(trees, number, 1);
}

static void print_rest(const struct trees *trees, __u32 shown)
{
	const struct profile_tree *tree = &trees->tree;
	struct profile_sum rest = tree->small;
	char number[NUMBER_SIZE];
	const __u32 count = tree->small_count + tree->root_count - shown;

	for (__u32 i = shown; i < tree->root_count; i++)
		rest.weight += tree->nodes[tree->roots[i]].all.weight;
	if (count)
		fprintf(trees->page->to, "%s… %s more tree%s, of %.2f %%%s\n", trees->page->faint,
			number_grouped(number, count), count == 1 ? "" : "s",
			percent(trees, rest.weight), trees->page->plain);
	if (tree->without.samples && !trees->page->options->dsos && !trees->page->options->symbols)
		fprintf(trees->page->to, "%7.2f%%  %10s  without an address\n",
			percent(trees, tree->without.weight),
			number_grouped(number, tree->without.samples));
}

/* The trees of one event. */
static int print_trees(struct trees *trees)
{
	const struct report_page *page = trees->page;
	const __u32 most = report_most_rows(page, AROUND);
	__u32 shown = trees->tree.root_count;

	/* On a screen, a tree takes the place of some rows. */
	if (most && page->options->most_rows < 0 && shown > most / LINES_OF_TREE + 1)
		shown = most / LINES_OF_TREE + 1;
	else if (most && page->options->most_rows > 0 && shown > most)
		shown = most;
	if (report_columns_make(&trees->columns, trees->profile, &page->options->keys) < 0)
		return -ENOMEM;
	for (__u32 i = 0; i < shown; i++) {
		const struct profile_tree_node *node = &trees->tree.nodes[trees->tree.roots[i]];

		report_columns_fit(&trees->columns, node->who, node->frame, trees->event);
	}
	report_columns_narrow(&trees->columns, page, BEFORE);
	report_heading(page, trees->profile, trees->event);
	fprintf(page->to, "\n%8s  %10s  ", "Total", "Samples");
	report_columns_print_titles(&trees->columns, page);
	for (__u32 i = 0; i < shown; i++)
		print_root(trees, trees->tree.roots[i]);
	if (!shown)
		fputs("  no tree is as was asked for\n", page->to);
	print_rest(trees, shown);
	fputs("\n", page->to);
	report_columns_free(&trees->columns);
	return 0;
}

/* By group of frames, where trees may begin; NULL: anywhere, or, with *result set, no memory. */
static unsigned char *choose(const struct trees *trees, int *result)
{
	const struct report_options *options = trees->page->options;
	const struct profile_groups *groups = trees->shape->groups;
	unsigned char *begins;

	if (!options->dsos && !options->symbols)
		return NULL;
	begins = calloc(groups->frame_groups + (size_t)1, 1);
	if (!begins)
		*result = -ENOMEM;
	for (__u32 i = 0; begins && i < groups->frame_groups; i++)
		begins[i] = (unsigned char)report_chooses(
			options, trees->profile, groups->first_frames[i]);
	return begins;
}

static int make_trees(struct trees *trees)
{
	const struct report_options *options = trees->page->options;
	const double limit = options->percent_limit >= 0 ? options->percent_limit : USUAL_LIMIT;
	int result = 0;
	unsigned char *begins = choose(trees, &result);

	for (; trees->event < trees->profile->event_count && result == 0; trees->event++) {
		struct profile_tree_options how = {
			.event = trees->event,
			.is_up = options->tree == REPORT_CALLEE,
			.begins = begins,
			.least = (__u64)(limit / 100 *
					 (double)trees->profile->events[trees->event].weight),
		};

		trees->least = how.least;
		result = profile_tree_make(&trees->tree, trees->shape, &how);
		if (result < 0)
			break;
		result = print_trees(trees);
		profile_tree_free(&trees->tree);
	}
	free(begins);
	return result;
}

int report_tree(const struct report_page *page, const struct profile *profile)
{
	struct profile_groups groups;
	struct profile_shape shape;
	struct trees trees = { .page = page, .profile = profile, .shape = &shape };
	int result;

	if (profile_groups_make(&groups, profile, page->options->keys.mask) < 0)
		return -ENOMEM;
	result = profile_shape_make(&shape, profile, &groups);
	if (result == 0) {
		result = make_trees(&trees);
		profile_shape_free(&shape);
	}
	profile_groups_free(&groups);
	return result;
}
