/* SPDX-License-Identifier: MIT */
/* What perfev report prints of profiles made by hand: tables, trees, and two of them compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_profile.h"
#include "report/labels.h"
#include "report/report.h"
#include "support.h"

struct shown {
	struct profile profile, other;
	struct report_options options;
	struct report_page page;
};

static void begin(struct shown *shown, const char *keys)
{
	char strange[32];

	memset(shown, 0, sizeof(*shown));
	shown->options.percent_limit = -1;
	shown->options.most_rows = -1;
	shown->options.reading.taking.callers = 1;
	assert_int_equal(profile_keys_read(&shown->options.keys, keys, strange), 0);
	shown->page.options = &shown->options;
	shown->page.bold = shown->page.faint = shown->page.warn = shown->page.plain = "";
}

static void add(struct profile *profile, const char *event, const char *comm, const char *stack,
		__u64 weight)
{
	assert_int_equal(made_sample(profile, event, comm, 1, stack, weight), 0);
}

static void fill(struct shown *shown)
{
	add(&shown->profile, "e", "c", "main;a;b", 50);
	add(&shown->profile, "e", "c", "main;a", 25);
	add(&shown->profile, "e", "c", "main;b@/lib/libx.so.1", 15);
	add(&shown->profile, "e", "d", "main;a;b", 10);
}

enum what {
	TABLE,
	TREE,
	DIFF
};

/* All that is printed. */
static void prints(struct shown *shown, enum what what, const char *wanted)
{
	char *text = NULL;
	size_t size = 0;
	int result;

	shown->page.to = open_memstream(&text, &size);
	assert_non_null(shown->page.to);
	result = what == TABLE ? report_table(&shown->page, &shown->profile) :
		 what == TREE  ? report_tree(&shown->page, &shown->profile) :
				 report_diff(&shown->page, &shown->profile, &shown->other);
	fclose(shown->page.to);
	assert_int_equal(result, 0);
	assert_string_equal(text, wanted);
	free(text);
}

static void end(struct shown *shown)
{
	profile_free(&shown->profile);
	profile_free(&shown->other);
}

static void tables_have_a_row_for_what_the_keys_tell_apart(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "comm,dso,symbol");
	fill(&shown);
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Command  Shared Object  Symbol\n"
	       "  50.00%    50.00%           1  c        program        [.] b\n"
	       "  75.00%    25.00%           1  c        program        [.] a\n"
	       "  15.00%    15.00%           1  c        libx.so.1      [.] b\n"
	       "  10.00%    10.00%           1  d        program        [.] b\n"
	       "  90.00%     0.00%           0  c        program        [.] main\n"
	       "  10.00%     0.00%           0  d        program        [.] main\n"
	       "  10.00%     0.00%           0  d        program        [.] a\n"
	       "\n");
	end(&shown);
}

static void without_children_there_is_self_alone(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "symbol");
	fill(&shown);
	shown.options.reading.taking.callers = 0;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "    Self     Samples  Symbol\n"
	       "  75.00%           3  [.] b\n"
	       "  25.00%           1  [.] a\n"
	       "\n");
	end(&shown);
}

static void rows_that_are_left_out_are_counted(void **state)
{
	char symbol[] = "a", dso[] = "libx*";
	char *symbols[] = { symbol, NULL }, *dsos[] = { dso, NULL };
	struct shown shown;

	(void)state;
	begin(&shown, "dso,symbol");
	fill(&shown);
	shown.options.by_children = 1;
	shown.options.most_rows = 1;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Shared Object  Symbol\n"
	       " 100.00%     0.00%           0  program        [.] main\n"
	       "… 3 more rows, with 100.00 % by themselves\n"
	       "\n");
	shown.options.most_rows = 0;
	shown.options.percent_limit = 60;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Shared Object  Symbol\n"
	       " 100.00%     0.00%           0  program        [.] main\n"
	       "  85.00%    25.00%           1  program        [.] a\n"
	       "  60.00%    60.00%           2  program        [.] b\n"
	       "… 1 more row, with 15.00 % by itself\n"
	       "\n");
	shown.options.percent_limit = -1;
	shown.options.symbols = symbols;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Shared Object  Symbol\n"
	       "  85.00%    25.00%           1  program        [.] a\n"
	       "\n");
	shown.options.dsos = dsos;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Shared Object  Symbol\n"
	       "  no row is as was asked for\n"
	       "\n");
	end(&shown);
}

static void events_stand_side_by_side_or_one_after_another(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "symbol");
	fill(&shown);
	add(&shown.profile, "a-long-name-of-an-event", "c", "main;b", 3000);
	add(&shown.profile, "a-long-name-of-an-event", "c", "main", 1000);
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "a-long-name-of-an-event: 2 samples, event count 4,000\n"
	       "\n"
	       "                 e  a-long-name-of-an…  \n"
	       "Children      Self  Children      Self  Symbol\n"
	       "  75.00%    75.00%    75.00%    75.00%  [.] b\n"
	       "  85.00%    25.00%     0.00%     0.00%  [.] a\n"
	       " 100.00%     0.00%   100.00%    25.00%  [.] main\n"
	       "\n");
	shown.options.is_apart = 1;
	prints(&shown, TABLE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "Children      Self     Samples  Symbol\n"
	       "  75.00%    75.00%           3  [.] b\n"
	       "  85.00%    25.00%           1  [.] a\n"
	       " 100.00%     0.00%           0  [.] main\n"
	       "\n"
	       "a-long-name-of-an-event: 2 samples, event count 4,000\n"
	       "\n"
	       "Children      Self     Samples  Symbol\n"
	       "  75.00%    75.00%           1  [.] b\n"
	       " 100.00%    25.00%           1  [.] main\n"
	       "\n");
	end(&shown);
}

static void what_a_line_does_not_hold_is_cut_and_says_so(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "comm,dso,symbol");
	add(&shown.profile, "e", "a-command",
	    "a_function_with_a_name_of_40_characters_@/bin/long-file-name", 1);
	shown.page.columns = 80;
	prints(&shown, TABLE,
	       "e: 1 sample, event count 1\n"
	       "\n"
	       "Children      Self     Samples  Command    Shared Obj…  Symbol\n"
	       " 100.00%   100.00%           1  a-command  long-file-…  "
	       "[.] a_function_with_a_n…\n"
	       "\n");
	end(&shown);
}

static void files_of_one_name_are_shown_with_their_folders(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "dso");
	shown.options.reading.taking.callers = 0;
	add(&shown.profile, "e", "c", "f@/a/lib.so", 2);
	add(&shown.profile, "e", "c", "f@/b/lib.so", 1);
	add(&shown.profile, "e", "c", "f@/b/other.so", 1);
	add(&shown.profile, "e", "c", "f@//anon", 1);
	prints(&shown, TABLE,
	       "e: 4 samples, event count 5\n"
	       "\n"
	       "    Self     Samples  Shared Object\n"
	       "  40.00%           1  /a/lib.so\n"
	       "  20.00%           1  /b/lib.so\n"
	       "  20.00%           1  other.so\n"
	       "  20.00%           1  //anon\n"
	       "\n");
	end(&shown);
}

static void names_cannot_do_anything_to_a_terminal(void **state)
{
	char text[LABEL_SIZE], longer[2 * LABEL_SIZE];

	(void)state;
	assert_string_equal(report_clean("a\033[2Jb\nc\x7f\xc2\x9b\xff", text),
			    "a?[2Jb?c???\xef\xbf\xbd");
	assert_string_equal(report_clean("\xc3\xa4", text), "\xc3\xa4");
	assert_int_equal(report_width("\xc3\xa4"
				      "b\xe2\x80\xa6"),
			 3);
	assert_string_equal(report_cut(strcpy(text, "\xc3\xa4\xc3\xa4\xc3\xa4"), 2),
			    "\xc3\xa4\xe2\x80\xa6");
	assert_string_equal(report_cut(strcpy(text, "abc"), 3), "abc");
	assert_string_equal(report_cut(strcpy(text, "abc"), 0), "abc");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(strlen(report_clean(longer, text)), LABEL_SIZE - 1);
	assert_string_equal(text + LABEL_SIZE - 4, "\xe2\x80\xa6");
}

static void trees_have_lines_and_the_numbers_of_each_branch(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "dso,symbol");
	fill(&shown);
	add(&shown.profile, "e", "c", "main;a;x;y;z", 20);
	add(&shown.profile, "e", "c", "main;a;x;y;w@/lib/libx.so.1", 20);
	shown.options.tree = REPORT_CALLER;
	prints(&shown, TREE,
	       "e: 6 samples, event count 140\n"
	       "\n"
	       "   Total     Samples  Shared Object  Symbol\n"
	       " 100.00%           6  program        [.] main\n"
	       "  89.29%           5  ├─ a\n"
	       "  42.86%           2  │  ├─ b\n"
	       "  28.57%           2  │  ├─ x\n"
	       "                      │  │  y\n"
	       "  14.29%           1  │  │  ├─ z\n"
	       "  14.29%           1  │  │  └─ w (libx.so.1)\n"
	       "  17.86%           1  │  └─ (itself)\n"
	       "  10.71%           1  └─ b (libx.so.1)\n"
	       "\n");
	shown.options.tree = REPORT_CALLEE;
	shown.options.most_rows = 2;
	prints(&shown, TREE,
	       "e: 6 samples, event count 140\n"
	       "\n"
	       "   Total     Samples  Shared Object  Symbol\n"
	       "  42.86%           2  program        [.] b\n"
	       "  42.86%           2  └─ a\n"
	       "                         main\n"
	       "  17.86%           1  program        [.] a\n"
	       "  17.86%           1  └─ main\n"
	       "… 3 more trees, of 39.29 %\n"
	       "\n");
	end(&shown);
}

static void small_branches_are_summed_up_where_they_are_much(void **state)
{
	struct shown shown;
	char stack[32];

	(void)state;
	begin(&shown, "symbol");
	add(&shown.profile, "e", "c", "main;big", 60);
	for (int i = 0; i < 40; i++) {
		snprintf(stack, sizeof(stack), "main;f%d", i);
		add(&shown.profile, "e", "c", stack, 1);
	}
	shown.options.tree = REPORT_CALLER;
	shown.options.percent_limit = 2;
	prints(&shown, TREE,
	       "e: 41 samples, event count 100\n"
	       "\n"
	       "   Total     Samples  Symbol\n"
	       " 100.00%          41  [.] main\n"
	       "  60.00%           1  ├─ big\n"
	       "  40.00%          40  └─ (other calls)\n"
	       "\n");
	end(&shown);
}

static void trees_begin_at_what_is_chosen(void **state)
{
	char symbol[] = "a";
	char *symbols[] = { symbol, NULL };
	struct shown shown;

	(void)state;
	begin(&shown, "comm,symbol");
	fill(&shown);
	shown.options.symbols = symbols;
	shown.options.tree = REPORT_CALLER;
	prints(&shown, TREE,
	       "e: 4 samples, event count 100\n"
	       "\n"
	       "   Total     Samples  Command  Symbol\n"
	       "  75.00%           2  c        [.] a\n"
	       "  50.00%           1  ├─ b\n"
	       "  25.00%           1  └─ (itself)\n"
	       "  10.00%           1  d        [.] a\n"
	       "  10.00%           1  └─ b\n"
	       "\n");
	end(&shown);
}

/* Two recordings of a thousand samples: what is 10 % more is sure, what is 1 % more is not. */
static void differences_are_marked_where_chance_does_not_explain_them(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "dso,symbol");
	for (int i = 0; i < 1000; i++) {
		add(&shown.profile, "e", "c",
		    i < 100 ? "a" :
		    i < 200 ? "b" :
		    i < 900 ? "c" :
			      "gone",
		    10);
		add(&shown.other, "e", "c",
		    i < 110  ? "a@/elsewhere/program" :
		    i < 310  ? "b@/elsewhere/program" :
		    i < 1000 ? "c@/elsewhere/program" :
			       "",
		    20);
	}
	prints(&shown, DIFF,
	       "old  e: 1,000 samples, event count 10,000\n"
	       "new  e: 1,000 samples, event count 20,000\n"
	       "\n"
	       "     Old       New    Change       95 % interval     Shared Object  Symbol\n"
	       "  10.00%    20.00%   +10.00%    +6.89 to +13.10%  *  program        [.] b\n"
	       "  10.00%     0.00%   -10.00%   -12.02 to  -8.25%  *  program        [.] gone\n"
	       "  70.00%    69.00%    -1.00%    -5.03 to  +3.03%     program        [.] c\n"
	       "  10.00%    11.00%    +1.00%    -1.70 to  +3.70%     program        [.] a\n"
	       "\n"
	       "* 2 of 4 rows changed by more than chance explains, 19 times in 20.\n"
	       "\n");
	end(&shown);
}

static void events_that_only_one_recording_has_are_named(void **state)
{
	struct shown shown;

	(void)state;
	begin(&shown, "symbol");
	add(&shown.profile, "old-one", "c", "a", 1);
	add(&shown.other, "new-one", "c", "a", 1);
	prints(&shown, DIFF,
	       "old-one: the new recording has no samples of it\n"
	       "new-one: the old recording has no samples of it\n");
	end(&shown);
}

static void what_is_missing_is_told_with_its_reason(void **state)
{
	struct profile_reading reading = { .file = NULL };
	struct shown shown;
	struct perfev_why why;
	char *text = NULL;
	size_t size = 0;

	(void)state;
	begin(&shown, "symbol");
	shown.page.columns = 60;
	shown.page.to = open_memstream(&text, &size);
	assert_int_equal(perfev_symbols_open(&reading.symbols, NULL, &why), 0);
	add(&reading.profile, "e", "c", "main;[unknown]@/lib/bare.so", 1);
	add(&reading.profile, "e", "c", "[unknown]@/lib/bare.so;main", 1);
	add(&reading.profile, "e", "c", "[unknown]@/bin/whole", 1);
	add(&reading.profile, "e", "c", "[unknown]@/bin/whole-too", 4);
	add(&reading.profile, "e", "c", "[unknown]@", 1);
	reading.profile.losses.lost = 1234;
	reading.profile.losses.filtered = 1;
	assert_int_equal(report_losses(&shown.page, &reading), 0);
	fclose(shown.page.to);
	assert_string_equal(
		text,
		"lost records: 1,234: they found no room, of which 'perfev record -m 4M' makes "
		"more\n"
		"samples that were not asked for: 1\n"
		"samples without a symbol: 4 (80.00 %), in\n"
		"  20.00%  no file: nothing was mapped there, as far as was\n"
		"          recorded\n"
		"  40.00%  whole, whole-too: no symbol is at these addresses\n"
		"  20.00%  bare.so: it has no symbols: build it with them\n");
	free(text);
	perfev_symbols_close(reading.symbols);
	profile_free(&reading.profile);
	end(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_have_a_row_for_what_the_keys_tell_apart),
		cmocka_unit_test(without_children_there_is_self_alone),
		cmocka_unit_test(rows_that_are_left_out_are_counted),
		cmocka_unit_test(events_stand_side_by_side_or_one_after_another),
		cmocka_unit_test(what_a_line_does_not_hold_is_cut_and_says_so),
		cmocka_unit_test(files_of_one_name_are_shown_with_their_folders),
		cmocka_unit_test(names_cannot_do_anything_to_a_terminal),
		cmocka_unit_test(trees_have_lines_and_the_numbers_of_each_branch),
		cmocka_unit_test(small_branches_are_summed_up_where_they_are_much),
		cmocka_unit_test(trees_begin_at_what_is_chosen),
		cmocka_unit_test(differences_are_marked_where_chance_does_not_explain_them),
		cmocka_unit_test(events_that_only_one_recording_has_are_named),
		cmocka_unit_test(what_is_missing_is_told_with_its_reason),
	};

	return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
