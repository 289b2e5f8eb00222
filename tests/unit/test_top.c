/* SPDX-License-Identifier: MIT */
/* What samples are worth after a while, the rows that are made of that, and their columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_profile.h"
#include "support.h"
#include "top/fade.h"
#include "top/layout.h"
#include "top/rows.h"

static void add(struct profile *profile, const char *comm, __u32 pid, const char *stack,
		__u64 weight)
{
	assert_int_equal(made_sample(profile, "cycles", comm, pid, stack, weight), 0);
}

static struct top_view view_of(const char *keys)
{
	struct top_view view = { .only_pid = PROFILE_NONE, .filter = "" };
	char strange[32];

	assert_int_equal(profile_keys_read(&view.keys, keys, strange), 0);
	return view;
}

/* The rows as text: "label,label self" each, or "self/all" where callers count. */
static void rows_are(struct profile *profile, const struct top_view *view, const char *wanted)
{
	char text[2048] = "", *at = text;
	struct top_rows rows;

	assert_int_equal(top_rows_make(&rows, profile, view), 0);
	for (__u32 i = 0; i < rows.count; i++) {
		for (unsigned int key = 0; key < view->keys.count; key++)
			at += sprintf(at, "%s%s", key ? "," : "", rows.list[i].labels[key]);
		at += sprintf(at, " %.0f", 100 * rows.list[i].self);
		if (view->has_callers)
			at += sprintf(at, "/%.0f", 100 * rows.list[i].all);
		at += sprintf(at, "\n");
	}
	assert_string_equal(text, wanted);
	top_rows_free(&rows);
}

static double heat_of(const struct profile *profile, __u32 row)
{
	return (double)profile->rows[row].weight / FADE_SCALE;
}

/* Fading */

static void half_of_a_weight_is_gone_after_a_half_life(void **state)
{
	struct profile profile = { .events = NULL };
	struct fade fade = { .rows = NULL };

	(void)state;
	assert_true(fabs(fade_factor(4, 4) - 0.5) < 1e-9);
	assert_true(fabs(fade_factor(2, 4) * fade_factor(2, 4) - 0.5) < 1e-9);
	assert_true(fade_factor(0, 4) == 1);
	add(&profile, "a", 1, "f", 1000);
	assert_int_equal(fade_step(&fade, &profile, 0.5), 0);
	assert_true(heat_of(&profile, 0) == 1000);
	assert_int_equal(fade_step(&fade, &profile, 0.5), 0);
	assert_true(heat_of(&profile, 0) == 500);
	/* What comes counts whole, beside what was. */
	add(&profile, "a", 1, "f", 1000);
	assert_int_equal(fade_step(&fade, &profile, 0.5), 0);
	assert_true(heat_of(&profile, 0) == 1250);
	assert_int_equal(profile.events[0].weight, 1250 * FADE_SCALE);
	fade_free(&fade);
	profile_free(&profile);
}

static void a_weight_of_one_fades_as_smoothly_and_then_is_gone(void **state)
{
	struct profile profile = { .events = NULL };
	struct fade fade = { .rows = NULL };

	(void)state;
	add(&profile, "a", 1, "f", 1);
	assert_int_equal(fade_step(&fade, &profile, 0.9), 0);
	for (int i = 1; i < 20; i++) {
		assert_int_equal(fade_step(&fade, &profile, 0.9), 0);
		assert_true(fabs(heat_of(&profile, 0) - pow(0.9, i)) < 0.01);
	}
	for (int i = 0; i < 80; i++)
		assert_int_equal(fade_step(&fade, &profile, 0.9), 0);
	assert_int_equal(profile.rows[0].weight, 0);
	assert_int_equal(profile.events[0].weight, 0);
	fade_free(&fade);
	profile_free(&profile);
}

static void from_zero_only_what_is_new_counts(void **state)
{
	const struct top_view view = view_of("symbol");
	struct profile profile = { .events = NULL };
	struct fade fade = { .rows = NULL };

	(void)state;
	add(&profile, "a", 1, "old", 100);
	assert_int_equal(fade_step(&fade, &profile, 0), 0);
	assert_true(fade.rows[0].is_new);
	add(&profile, "a", 1, "new", 10);
	assert_int_equal(fade_step(&fade, &profile, 0), 0);
	assert_false(fade.rows[0].is_new);
	assert_true(fade.rows[1].is_new);
	rows_are(&profile, &view, "[.] new 100\n");
	fade_free(&fade);
	profile_free(&profile);
}

static void what_is_worth_nothing_is_forgotten_and_all_else_stays(void **state)
{
	struct top_view view = view_of("comm,symbol,dso");
	struct profile profile = { .events = NULL }, smaller = { .events = NULL };
	struct fade fade = { .rows = NULL };

	(void)state;
	view.has_callers = 1;
	add(&profile, "a", 1, "gone@lib.so;never", 1);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	assert_int_equal(fade_step(&fade, &profile, 0), 0);
	add(&profile, "a", 1, "main;f;g@lib.so", 600);
	add(&profile, "b", 2, "main;f", 300);
	add(&profile, "b", 2, "", 99);
	add(&profile, "b", 2, "main;little", 1);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	profile.losses.cut = 7;
	assert_int_equal(fade_forget(&fade, &smaller, &profile, 0.01), 0);
	profile_free(&profile);
	assert_int_equal(smaller.row_count, 3);
	assert_int_equal(smaller.function_count, 3);
	assert_int_equal(smaller.losses.cut, 7);
	assert_int_equal(smaller.events[0].samples, 5);
	rows_are(&smaller, &view,
		 "a,[.] g,lib.so 60/60\n"
		 "b,[.] f,program 30/30\n"
		 "b,-,- 10/10\n"
		 "a,[.] main,program 0/60\n"
		 "a,[.] f,program 0/60\n"
		 "b,[.] main,program 0/30\n");
	/* The same rows go on. */
	add(&smaller, "b", 2, "main;f", 600);
	assert_int_equal(smaller.row_count, 3);
	assert_int_equal(fade_step(&fade, &smaller, 0.5), 0);
	assert_true(heat_of(&smaller, 0) == 300 && heat_of(&smaller, 1) == 750);
	assert_false(fade.rows[0].is_new);
	assert_true(fade.rows[1].is_new);
	fade_free(&fade);
	profile_free(&smaller);
}

/* Rows */

static void make(struct profile *profile, struct fade *fade)
{
	memset(profile, 0, sizeof(*profile));
	memset(fade, 0, sizeof(*fade));
	add(profile, "busy", 17, "main;work;hot", 50);
	add(profile, "busy", 17, "main;work", 20);
	add(profile, "idle", 18, "main;wait;sys_poll@[kernel.kallsyms]", 25);
	add(profile, "idle", 18, "main;wait", 5);
	for (__u32 i = 0; i < profile->function_count; i++)
		if (profile->functions[i].module[0] == '[')
			profile->functions[i].mode = PERF_RECORD_MISC_KERNEL;
	assert_int_equal(fade_step(fade, profile, 1), 0);
}

static void free_made(struct profile *profile, struct fade *fade)
{
	fade_free(fade);
	profile_free(profile);
}

static void rows_are_told_apart_by_the_keys_the_hottest_first(void **state)
{
	struct top_view view = view_of("symbol");
	struct profile profile;
	struct fade fade;

	(void)state;
	make(&profile, &fade);
	rows_are(&profile, &view, "[.] hot 50\n[k] sys_poll 25\n[.] work 20\n[.] wait 5\n");
	view.has_callers = 1;
	rows_are(&profile, &view,
		 "[.] hot 50/50\n[k] sys_poll 25/25\n[.] work 20/70\n"
		 "[.] wait 5/30\n[.] main 0/100\n");
	view = view_of("pid,comm");
	rows_are(&profile, &view, "17,busy 70\n18,idle 30\n");
	view.most = 1;
	rows_are(&profile, &view, "17,busy 70\n");
	free_made(&profile, &fade);
}

static void what_is_hidden_leaves_the_shares_of_the_rest_alone(void **state)
{
	struct top_view view = view_of("symbol");
	struct profile profile;
	struct fade fade;
	__u64 weight;

	(void)state;
	make(&profile, &fade);
	weight = profile.rows[2].weight;
	view.hide_kernel = 1;
	rows_are(&profile, &view, "[.] hot 50\n[.] work 20\n[.] wait 5\n");
	assert_int_equal(profile.rows[2].weight, weight);
	view.hide_kernel = 0;
	view.hide_user = 1;
	rows_are(&profile, &view, "[k] sys_poll 25\n");
	view.hide_user = 0;
	view.only_pid = 18;
	view.has_callers = 1;
	rows_are(&profile, &view, "[k] sys_poll 25/25\n[.] wait 5/30\n[.] main 0/30\n");
	free_made(&profile, &fade);
}

static void a_filter_is_found_in_any_label_in_capitals_or_not(void **state)
{
	struct top_view view = view_of("comm,symbol");
	struct profile profile;
	struct fade fade;
	struct top_rows rows;

	(void)state;
	make(&profile, &fade);
	view.filter = "WO";
	rows_are(&profile, &view, "busy,[.] work 20\n");
	view.filter = "idle";
	rows_are(&profile, &view, "idle,[k] sys_poll 25\nidle,[.] wait 5\n");
	view.filter = "nowhere";
	assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows.hidden, 4);
	top_rows_free(&rows);
	free_made(&profile, &fade);
}

static const char *name_of(void *context, __u32 pid)
{
	(void)pid;
	return context;
}

static void a_process_is_named_by_whoever_knows(void **state)
{
	static char name[] = "leader\033";
	struct top_view view = view_of("pid,comm");
	struct profile profile;
	struct fade fade;

	(void)state;
	make(&profile, &fade);
	view.keys.mask = 1U << PROFILE_KEY_PID;
	view.name = name_of;
	view.context = name;
	rows_are(&profile, &view, "17,leader? 70\n18,leader? 30\n");
	free_made(&profile, &fade);
}

static void a_row_is_found_again_where_it_moved_to(void **state)
{
	const struct top_view view = view_of("symbol");
	char identity[LABEL_SIZE], again[LABEL_SIZE];
	struct profile profile;
	struct fade fade;
	struct top_rows rows;

	(void)state;
	make(&profile, &fade);
	assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
	top_row_identity(&rows, 3, identity);
	top_rows_free(&rows);
	add(&profile, "idle", 18, "main;wait", 500);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
	assert_int_equal(top_rows_find(&rows, identity), 0);
	assert_string_equal(top_row_identity(&rows, 0, again), identity);
	assert_int_equal(top_rows_find(&rows, "nobody"), PROFILE_NONE);
	top_rows_free(&rows);
	free_made(&profile, &fade);
}

/* The lines of a tree as text: "depth share name", a '+' before the first of a branch. */
static void calls_are(struct profile *profile, const struct top_view *view, __u32 row,
		      const char *wanted)
{
	char text[2048] = "", *at = text;
	struct top_rows rows;
	struct top_calls calls;

	assert_int_equal(top_rows_make(&rows, profile, view), 0);
	assert_int_equal(top_calls_make(&calls, &rows, row), 0);
	for (__u32 i = 0; i < calls.count; i++) {
		const struct top_call *call = &calls.list[i];

		at += sprintf(at, "%s%d %.0f %s\n", call->is_first ? "+" : "", call->depth,
			      100 * call->share,
			      profile->functions[profile->frames[call->frame].function].name);
	}
	assert_string_equal(text, wanted);
	top_calls_free(&calls);
	top_rows_free(&rows);
}

static void callers_branch_where_there_are_several(void **state)
{
	struct top_view view = view_of("symbol");
	struct profile profile;
	struct fade fade;

	(void)state;
	make(&profile, &fade);
	view.has_callers = 1;
	calls_are(&profile, &view, 0, "+0 100 hot\n0 100 work\n0 100 main\n");
	add(&profile, "busy", 17, "main;other;hot", 150);
	add(&profile, "busy", 19, "main;hot", 200);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	calls_are(&profile, &view, 0,
		  "+0 100 hot\n+1 50 main\n+1 38 other\n1 38 main\n+1 12 work\n1 12 main\n");
	/* Those of one process alone. */
	view.only_pid = 19;
	calls_are(&profile, &view, 0, "+0 100 hot\n0 100 main\n");
	free_made(&profile, &fade);
}

/* Columns */

static void lines_are_no_wider_than_the_screen(void **state)
{
	struct top_view view = view_of("comm,pid,symbol,dso");
	struct profile profile;
	struct fade fade;

	(void)state;
	make(&profile, &fade);
	add(&profile, "long-name-of-it", 4000000,
	    "a_function_whose_name_is_longer_than_any_line_of_a_terminal_may_be@a-library.so.1.2.3",
	    1000);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	for (int columns = 1; columns < 200; columns++) {
		struct top_layout layout = { .columns = 0 };
		int width = LAYOUT_SHARE, shown = 0;
		char text[LABEL_SIZE];
		struct top_rows rows;

		view.has_callers = columns & 1;
		assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
		top_layout_fit(&layout, &rows, 0, rows.count, columns);
		width += view.has_callers ? LAYOUT_GAP + LAYOUT_SHARE : 0;
		width += layout.bar ? LAYOUT_GAP + layout.bar : 0;
		for (unsigned int i = 0; i < view.keys.count; i++) {
			if (!layout.widths[i])
				continue;
			shown++;
			width += LAYOUT_GAP + layout.widths[i];
			assert_int_equal(report_width(top_layout_label(&layout, &rows, 0, i, text)),
					 layout.widths[i]);
			assert_int_equal(
				report_width(top_layout_label(&layout, &rows, -1, i, text)),
				layout.widths[i]);
		}
		if (columns >= 24)
			assert_true(width <= columns);
		assert_true(shown >= 1);
		if (columns >= 100)
			assert_int_equal(shown, 4);
		top_rows_free(&rows);
	}
	free_made(&profile, &fade);
}

static void columns_become_narrower_only_after_a_while(void **state)
{
	const struct top_view view = view_of("symbol,dso");
	struct top_layout layout = { .columns = 0 };
	struct profile profile;
	struct fade fade;
	struct top_rows rows;
	int width;

	(void)state;
	make(&profile, &fade);
	add(&profile, "busy", 17, "a_function_with_a_long_name", 1);
	assert_int_equal(fade_step(&fade, &profile, 1), 0);
	assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
	top_layout_fit(&layout, &rows, 0, rows.count, 120);
	width = layout.widths[0];
	assert_int_equal(width, (int)strlen("[.] a_function_with_a_long_name"));
	top_rows_free(&rows);
	assert_int_equal(fade_step(&fade, &profile, 1e-6), 0);
	assert_int_equal(top_rows_make(&rows, &profile, &view), 0);
	top_layout_fit(&layout, &rows, 0, rows.count, 120);
	assert_int_equal(layout.widths[0], width);
	for (int i = 0; i < 20; i++)
		top_layout_fit(&layout, &rows, 0, rows.count, 120);
	assert_int_equal(layout.widths[0], (int)strlen("Symbol"));
	top_rows_free(&rows);
	free_made(&profile, &fade);
}

static void a_bar_is_as_long_as_the_share(void **state)
{
	const struct top_layout layout = { .bar = 4 };
	char text[LABEL_SIZE];

	(void)state;
	assert_string_equal(top_layout_bar(&layout, 0, 0, text), "    ");
	assert_string_equal(top_layout_bar(&layout, 0.5, 0, text), "##  ");
	assert_string_equal(top_layout_bar(&layout, 1, 0, text), "####");
	assert_string_equal(top_layout_bar(&layout, 1, 1, text),
			    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88");
	assert_string_equal(top_layout_bar(&layout, 0.375, 1, text), "\xe2\x96\x88\xe2\x96\x8c  ");
	assert_string_equal(top_layout_share(text, 1), "100.00 %");
	assert_string_equal(top_layout_share(text, 0.05), "  5.00 %");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_a_weight_is_gone_after_a_half_life),
		cmocka_unit_test(a_weight_of_one_fades_as_smoothly_and_then_is_gone),
		cmocka_unit_test(from_zero_only_what_is_new_counts),
		cmocka_unit_test(what_is_worth_nothing_is_forgotten_and_all_else_stays),
		cmocka_unit_test(rows_are_told_apart_by_the_keys_the_hottest_first),
		cmocka_unit_test(what_is_hidden_leaves_the_shares_of_the_rest_alone),
		cmocka_unit_test(a_filter_is_found_in_any_label_in_capitals_or_not),
		cmocka_unit_test(a_process_is_named_by_whoever_knows),
		cmocka_unit_test(a_row_is_found_again_where_it_moved_to),
		cmocka_unit_test(callers_branch_where_there_are_several),
		cmocka_unit_test(lines_are_no_wider_than_the_screen),
		cmocka_unit_test(columns_become_narrower_only_after_a_while),
		cmocka_unit_test(a_bar_is_as_long_as_the_share),
	};

	return cmocka_run_group_tests_name("perfev top", tests, NULL, NULL);
}
