/* SPDX-License-Identifier: MIT */
/* Totals and trees of profiles made by hand, against what is added up by hand. */
#include <stdio.h>
#include <string.h>

#include "made_profile.h"
#include "profile/totals.h"
#include "profile/tree.h"
#include "support.h"

struct made {
	struct profile profile;
	struct profile_keys keys;
	struct profile_groups groups;
	struct profile_shape shape;
};

static void add(struct made *made, const char *event, const char *comm, __u32 number,
		const char *stack, __u64 weight)
{
	assert_int_equal(made_sample(&made->profile, event, comm, number, stack, weight), 0);
}

static void shape(struct made *made, const char *keys)
{
	char strange[32];

	assert_int_equal(profile_keys_read(&made->keys, keys, strange), 0);
	assert_int_equal(profile_groups_make(&made->groups, &made->profile, made->keys.mask), 0);
	assert_int_equal(profile_shape_make(&made->shape, &made->profile, &made->groups), 0);
}

static void unshape(struct made *made)
{
	profile_shape_free(&made->shape);
	profile_groups_free(&made->groups);
}

/* The rows as text: "comm/dso/symbol self/all" of each column, those of no interest left out. */
static void totals_are(struct made *made, const char *keys, int by_all, const char *wanted)
{
	struct profile_totals totals;
	char text[1024] = "", *at = text;

	shape(made, keys);
	assert_int_equal(profile_totals_make(&totals, &made->keys, &made->shape, 1), 0);
	profile_totals_sort(&totals, 0, by_all);
	for (__u32 i = 0; i < totals.row_count; i++) {
		const struct profile_totals_row *row = &totals.rows[i];
		const struct profile_frame *frame =
			row->frame == PROFILE_NONE ? NULL : &made->profile.frames[row->frame];

		if (made->keys.mask & PROFILE_KEYS_OF_WHO)
			at += sprintf(at, "%s ", made->profile.whos[row->who].comm);
		if (made->keys.mask & PROFILE_KEYS_OF_FRAME)
			at += sprintf(at, "%s ",
				      frame ? made->profile.functions[frame->function].name : "-");
		if (row->event != PROFILE_NONE)
			at += sprintf(at, "%s ", made->profile.events[row->event].name);
		for (__u32 column = 0; column < totals.columns; column++) {
			const struct profile_total *total = profile_totals_of(&totals, row, column);

			at += sprintf(at, "%llu/%llu ", (unsigned long long)total->self.weight,
				      (unsigned long long)total->all.weight);
		}
		at[-1] = '\n';
	}
	assert_string_equal(text, wanted);
	profile_totals_free(&totals);
	unshape(made);
}

static void fill(struct made *made)
{
	memset(made, 0, sizeof(*made));
	add(made, "e", "c", 1, "main;a;b", 10);
	add(made, "e", "c", 1, "main;a", 5);
	add(made, "e", "c", 2, "main;b", 3);
	add(made, "e", "d", 3, "main;a;b", 2);
	add(made, "e", "d", 3, "main;a;b", 1);
}

static void self_and_all_are_added_up_by_what_keys_say(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	totals_are(&made, "symbol", 0, "b 16/16\na 5/18\nmain 0/21\n");
	totals_are(&made, "symbol", 1, "main 0/21\na 5/18\nb 16/16\n");
	totals_are(&made, "comm,symbol", 1,
		   "c main 0/18\nc a 5/15\nc b 13/13\nd b 3/3\nd main 0/3\nd a 0/3\n");
	totals_are(&made, "comm", 0, "c 18/18\nd 3/3\n");
	totals_are(&made, "pid", 0, "c 15/15\nc 3/3\nd 3/3\n");
	totals_are(&made, "dso", 0, "main 21/21\n");
	profile_free(&made.profile);
}

static void recursion_is_counted_once(void **state)
{
	struct made made = { .keys = { .count = 0 } };

	(void)state;
	add(&made, "e", "c", 1, "main;a;b;a;a", 7);
	add(&made, "e", "c", 1, "main;b;a", 2);
	totals_are(&made, "symbol", 0, "a 9/9\nmain 0/9\nb 0/9\n");
	/* By module, all of a stack is one frame that recurs. */
	totals_are(&made, "dso", 0, "main 9/9\n");
	profile_free(&made.profile);
}

static void functions_of_one_name_in_one_module_are_one(void **state)
{
	struct made made = { .keys = { .count = 0 } };
	struct profile_function function = { .name = "a", .module = "/bin/program" };
	struct profile_frame frame = { .line = 0 };
	__u32 number;

	(void)state;
	add(&made, "e", "c", 1, "main;a", 7);
	assert_int_equal(profile_add_function(&made.profile, &function, &frame.function), 0);
	assert_int_equal(profile_frame(&made.profile, &frame, &number), 0);
	assert_int_equal(profile_add_frames(&made.profile, 0, 0, &number, 1, 2, 0), 0);
	add(&made, "e", "c", 1, "a@other", 4);
	totals_are(&made, "dso,symbol", 0, "a 9/9\na 4/4\nmain 0/7\n");
	totals_are(&made, "symbol", 0, "a 13/13\nmain 0/7\n");
	profile_free(&made.profile);
}

static void events_are_columns_or_rows_and_sorted_by_their_shares(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	add(&made, "f", "c", 1, "main;a", 1000);
	add(&made, "f", "c", 1, "main;b", 3000);
	totals_are(&made, "symbol", 0, "b 16/16 3000/3000\na 5/18 1000/1000\nmain 0/21 0/4000\n");
	totals_are(&made, "event", 0, "e 21/21\nf 4000/4000\n");
	totals_are(&made, "symbol,event", 0,
		   "b e 16/16\nb f 3000/3000\na f 1000/1000\na e 5/18\nmain e 0/21\nmain f "
		   "0/4000\n");
	profile_free(&made.profile);
}

static void a_sample_without_a_stack_is_of_no_function(void **state)
{
	struct made made = { .keys = { .count = 0 } };

	(void)state;
	add(&made, "e", "c", 1, "", 4);
	add(&made, "e", "c", 1, "a", 3);
	totals_are(&made, "symbol", 0, "- 4/4\na 3/3\n");
	totals_are(&made, "comm", 0, "c 4/4\nc 3/3\n");
	profile_free(&made.profile);
}

/* A tree as text: "comm:main 18 (a 15 (b 10) +5) ", what ends in a node behind a +. */
static char *print_node(char *at, const struct profile *profile, const struct profile_tree *tree,
			__u32 number)
{
	const struct profile_tree_node *node = &tree->nodes[number];

	at += sprintf(at, "%s %llu", profile->functions[profile->frames[node->frame].function].name,
		      (unsigned long long)node->all.weight);
	if (node->end.weight)
		at += sprintf(at, "+%llu", (unsigned long long)node->end.weight);
	for (__u32 i = 0; i < node->child_count; i++) {
		at += sprintf(at, i ? " " : "(");
		at = print_node(at, profile, tree, node->first_child + i);
	}
	if (node->child_count)
		at += sprintf(at, ")");
	return at;
}

static void tree_is(struct made *made, const char *keys, int is_up, __u64 least,
		    const char *begins_at, const char *wanted)
{
	struct profile_tree_options options = { .is_up = is_up, .least = least };
	const struct profile *profile = &made->profile;
	unsigned char begins[64] = { 0 };
	struct profile_tree tree;
	char text[1024] = "", *at = text;

	shape(made, keys);
	for (__u32 i = 0; begins_at && i < profile->frame_count; i++)
		begins[made->groups.frames[i]] |=
			strcmp(profile->functions[profile->frames[i].function].name, begins_at) ==
			0;
	options.begins = begins_at ? begins : NULL;
	assert_int_equal(profile_tree_make(&tree, &made->shape, &options), 0);
	for (__u32 i = 0; i < tree.root_count; i++) {
		at += sprintf(at, "%s:", profile->whos[tree.nodes[tree.roots[i]].who].comm);
		at = print_node(at, profile, &tree, tree.roots[i]);
		at += sprintf(at, "\n");
	}
	if (tree.small_count)
		at += sprintf(at, "small %u %llu\n", tree.small_count,
			      (unsigned long long)tree.small.weight);
	if (tree.without.samples)
		sprintf(at, "without %llu\n", (unsigned long long)tree.without.weight);
	assert_string_equal(text, wanted);
	profile_tree_free(&tree);
	unshape(made);
}

static void trees_go_down_from_the_outermost_functions(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	add(&made, "e", "c", 1, "", 4);
	tree_is(&made, "symbol", 0, 0, NULL, "c:main 21(a 18+5(b 13+13) b 3+3)\nwithout 4\n");
	tree_is(&made, "comm,symbol", 0, 0, NULL,
		"c:main 18(a 15+5(b 10+10) b 3+3)\nd:main 3(a 3(b 3+3))\nwithout 4\n");
	profile_free(&made.profile);
}

static void trees_go_up_to_the_callers(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	tree_is(&made, "symbol", 1, 0, NULL,
		"c:b 16(a 13(main 13+13) main 3+3)\nc:a 5(main 5+5)\n");
	tree_is(&made, "comm,symbol", 1, 0, NULL,
		"c:b 13(a 10(main 10+10) main 3+3)\nc:a 5(main 5+5)\nd:b 3(a 3(main 3+3))\n");
	profile_free(&made.profile);
}

static void what_is_less_than_the_limit_is_left_out_and_counted(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	tree_is(&made, "symbol", 0, 4, NULL, "c:main 21(a 18+5(b 13+13))\n");
	tree_is(&made, "comm,symbol", 1, 6, NULL, "c:b 13(a 10(main 10+10))\nsmall 2 8\n");
	profile_free(&made.profile);
}

static void trees_may_begin_within_stacks(void **state)
{
	struct made made;

	(void)state;
	fill(&made);
	tree_is(&made, "symbol", 0, 0, "a", "c:a 18+5(b 13+13)\nwithout 3\n");
	tree_is(&made, "symbol", 1, 0, "a", "c:a 18(main 18+18)\nwithout 3\n");
	add(&made, "e", "c", 1, "main;a;b;a;c", 50);
	/* Down from the outermost, up from the innermost that is one. */
	tree_is(&made, "symbol", 0, 20, "a", "c:a 68+5(b 63+13(a 50(c 50+50)))\nwithout 3\n");
	tree_is(&made, "symbol", 1, 20, "a", "c:a 68(b 50(a 50(main 50+50)))\nwithout 3\n");
	profile_free(&made.profile);
}

static void calls_that_keys_do_not_tell_apart_are_one(void **state)
{
	struct made made = { .keys = { .count = 0 } };

	(void)state;
	add(&made, "e", "c", 1, "main:1;a:5", 1);
	add(&made, "e", "c", 1, "main:2;a:6", 2);
	add(&made, "e", "c", 1, "main:2;b:9", 4);
	tree_is(&made, "symbol", 0, 0, NULL, "c:main 7(b 4+4 a 3+3)\n");
	tree_is(&made, "symbol", 1, 0, NULL, "c:b 4(main 4+4)\nc:a 3(main 3+3)\n");
	tree_is(&made, "symbol,line", 0, 0, NULL, "c:main 6(b 4+4 a 2+2)\nc:main 1(a 1+1)\n");
	profile_free(&made.profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(self_and_all_are_added_up_by_what_keys_say),
		cmocka_unit_test(recursion_is_counted_once),
		cmocka_unit_test(functions_of_one_name_in_one_module_are_one),
		cmocka_unit_test(events_are_columns_or_rows_and_sorted_by_their_shares),
		cmocka_unit_test(a_sample_without_a_stack_is_of_no_function),
		cmocka_unit_test(trees_go_down_from_the_outermost_functions),
		cmocka_unit_test(trees_go_up_to_the_callers),
		cmocka_unit_test(what_is_less_than_the_limit_is_left_out_and_counted),
		cmocka_unit_test(trees_may_begin_within_stacks),
		cmocka_unit_test(calls_that_keys_do_not_tell_apart_are_one),
	};

	return cmocka_run_group_tests_name("totals", tests, NULL, NULL);
}
