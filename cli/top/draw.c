/* SPDX-License-Identifier: MIT */
/*
 * The screen of perfev top, drawn: figures above, keys below, and between them a page. What there
 * is no room for is left out, the table last of all.
 */
#include <stdio.h>
#include <string.h>

#include "../number.h"
#include "live.h"

/* Screens that are lower have but one line above, or none, and none below. */
#define TWO_LINES_FROM 9
#define KEYS_FROM 7
#define HEAD_FROM 4
#define SHARE_BAR 24

enum screen_style live_style_of(double share)
{
	return share >= 0.2   ? SCREEN_HOT :
	       share >= 0.05  ? SCREEN_WARM :
	       share >= 0.005 ? SCREEN_MILD :
				SCREEN_PLAIN;
}

void live_scroll(struct live_list *list, int height)
{
	if (height < 1)
		height = 1;
	if (list->chosen >= list->count)
		list->chosen = list->count - 1;
	if (list->chosen < 0)
		list->chosen = 0;
	if (list->first > list->chosen)
		list->first = list->chosen;
	if (list->first <= list->chosen - height)
		list->first = list->chosen - height + 1;
	if (list->first > list->count - height)
		list->first = list->count - height;
	if (list->first < 0)
		list->first = 0;
}

/* Puts a text at the right end of a line, where that is free from a column on. */
static void put_right(int line, int from, int columns, int style, const char *text)
{
	const int at = columns - report_width(text);

	if (at >= from + 2)
		screen_put(line, at, columns, style, text);
}

/* Whom it is about: all CPUs, or what the options say. */
static const char *describe_targets(const struct top *top, char *text, size_t size)
{
	const struct targets *targets = &top->options.targets;
	const struct perfev_target *first = &targets->list[0];
	const char *several = targets->count > 1 ? ", ..." : "";

	switch (first->kind) {
	case PERFEV_TARGET_PROCESS:
		snprintf(text, size, "process %d%s", first->pid, several);
		break;
	case PERFEV_TARGET_THREAD:
		snprintf(text, size, "thread %d%s", first->pid, several);
		break;
	case PERFEV_TARGET_CPU:
		snprintf(text, size, "CPU %d%s", first->cpu, several);
		break;
	case PERFEV_TARGET_CGROUP:
		snprintf(text, size, "cgroup %s%s", first->cgroup, several);
		break;
	default:
		snprintf(text, size, "all CPUs");
	}
	return text;
}

/* How often it is sampled: what is asked for, which may be more than comes. */
static void describe_rate(const struct top *top, __u32 event, char *text, size_t size)
{
	const struct perf_event_attr *attr = perfev_sampler_attr(top->sampler, event);
	char number[NUMBER_SIZE];

	if (attr->freq)
		snprintf(text, size, "%s Hz", number_grouped(number, attr->sample_freq));
	else
		snprintf(text, size, "each %s", number_grouped(number, attr->sample_period));
}

static void draw_first(const struct live *live, int columns)
{
	const struct top *top = live->top;
	const struct top_figures *figures = &top->figures;
	char text[512], targets[160], rate[64], number[NUMBER_SIZE];
	const double per_s =
		figures->interval_s > 0 ? (double)figures->interval_samples / figures->interval_s :
					  0;
	int at = screen_put(0, 0, columns, SCREEN_BOLD, "perfev top ");

	describe_rate(top, live->view.event, rate, sizeof(rate));
	snprintf(text, sizeof(text), " %s  %s  %s", top->profile.events[live->view.event].name,
		 rate, describe_targets(top, targets, sizeof(targets)));
	at = screen_put(0, at, columns - at, SCREEN_PLAIN, text);
	if (live->is_paused || top->is_over) {
		put_right(0, at, columns, SCREEN_WARNING,
			  live->is_paused ? "paused: p goes on" : "all of them have ended");
		return;
	}
	snprintf(text, sizeof(text), "%s samples/s  %u thread%s  every %g s, %s",
		 number_grouped(number, (__u64)(per_s + 0.5)), figures->threads,
		 figures->threads == 1 ? "" : "s", top->options.delay_s,
		 top->options.zero ? "from zero" : "fading");
	put_right(0, at, columns, SCREEN_PLAIN, text);
	if (at + 2 + report_width(text) > columns) {
		snprintf(text, sizeof(text), "%s/s", number_grouped(number, (__u64)(per_s + 0.5)));
		put_right(0, at, columns, SCREEN_PLAIN, text);
	}
}

/* How much of it is the kernel's, and how much programs'. */
static int draw_modes(const struct live *live, int columns)
{
	const struct top_figures *figures = &live->top->figures;
	const char *const full = screen_has_blocks() ? "\xe2\x96\x88" : "#";
	char text[64];
	int at, kernel = (int)(figures->kernel * SHARE_BAR + 0.5);
	int user = (int)(figures->user * SHARE_BAR + 0.5);

	snprintf(text, sizeof(text), "kernel %5.1f %%  ", 100 * figures->kernel);
	at = screen_put(1, 0, columns, SCREEN_PLAIN, text);
	if (columns >= 72) {
		user = kernel + user > SHARE_BAR ? SHARE_BAR - kernel : user;
		for (int i = 0; i < SHARE_BAR; i++)
			at = screen_put(1, at, columns - at,
					i < kernel        ? SCREEN_KERNEL :
					i < kernel + user ? SCREEN_USER :
							    SCREEN_FAINT,
					i < kernel + user ? full : ".");
		at += 2;
	}
	snprintf(text, sizeof(text), "user %5.1f %%", 100 * figures->user);
	return screen_put(1, at, columns - at, SCREEN_PLAIN, text);
}

static void draw_second(const struct live *live, int columns)
{
	const struct top_figures *figures = &live->top->figures;
	const struct perfev_losses *losses = &figures->losses, *now = &figures->interval_losses;
	const __u64 lost = perfev_losses_records(losses);
	char text[256], number[NUMBER_SIZE], other[NUMBER_SIZE];
	const int at = draw_modes(live, columns);
	const int is_bad = perfev_losses_records(now) || now->throttled;

	snprintf(text, sizeof(text), "lost %s  throttled %s  perfev %.1f %% CPU",
		 number_grouped(number, lost), number_grouped(other, losses->throttled),
		 100 * figures->own);
	if (at + 2 + report_width(text) > columns)
		snprintf(text, sizeof(text), "lost %s  throttled %s", number, other);
	put_right(1, at, columns, is_bad ? SCREEN_WARNING : SCREEN_PLAIN, text);
}

/* What is shown of it all, above the table. */
static void draw_view(const struct live *live, int line, int columns)
{
	char text[512], number[NUMBER_SIZE];
	int at = 0;

	if (live->is_typing || live->filter[0]) {
		at = screen_put(line, at, columns, SCREEN_BOLD, "filter: ");
		at = screen_put(line, at, columns - at, SCREEN_PLAIN, live->filter);
		if (live->is_typing)
			screen_cursor(line, at < columns ? at : columns - 1);
		at += 2;
	}
	if (live->view.only_pid != PROFILE_NONE) {
		snprintf(text, sizeof(text), "process %u (%s)  ", live->view.only_pid,
			 live->only_comm);
		at = screen_put(line, at, columns - at, SCREEN_BOLD, text);
	}
	if (live->view.hide_kernel || live->view.hide_user)
		at = screen_put(line, at, columns - at, SCREEN_BOLD,
				live->view.hide_kernel ? "without the kernel" : "only the kernel");
	if (live->notice[0])
		at = screen_put(line, at, columns - at, SCREEN_WARNING, live->notice);
	snprintf(text, sizeof(text), "%s %s: %.1f %%", number_grouped(number, live->rows.count),
		 live_view_name(live->view_number), 100 * live->rows.shown);
	put_right(line, at, columns, SCREEN_FAINT, text);
}

static void draw_titles(const struct live *live, int line, int columns)
{
	const struct top_layout *layout = &live->layout;
	char text[LABEL_SIZE], blanks[LABEL_SIZE];
	int at = LAYOUT_SHARE + LAYOUT_GAP;

	memset(blanks, ' ', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = '\0';
	screen_put(line, 0, columns, SCREEN_TITLE, blanks);
	screen_put(line, LAYOUT_SHARE - 4, columns, SCREEN_TITLE, "Self");
	if (layout->has_all) {
		screen_put(line, at + LAYOUT_SHARE - 5, columns, SCREEN_TITLE, "Total");
		at += LAYOUT_SHARE + LAYOUT_GAP;
	}
	at += layout->bar ? layout->bar + LAYOUT_GAP : 0;
	for (unsigned int i = 0; i < live->rows.view.keys.count; i++) {
		if (!layout->widths[i])
			continue;
		top_layout_label(layout, &live->rows, -1, i, text);
		screen_put(line, at, columns - at, SCREEN_TITLE, text);
		at += layout->widths[i] + LAYOUT_GAP;
	}
}

static void draw_row(const struct live *live, int line, __u32 number, int columns)
{
	const struct top_row *row = &live->rows.list[number];
	const struct top_layout *layout = &live->layout;
	const double most = live->rows.list[0].self;
	const int chosen = (int)number == live->table.chosen ? SCREEN_CHOSEN : 0;
	const int style = live_style_of(row->self) | chosen;
	char text[LABEL_SIZE];
	int at = 0;

	if (chosen) {
		memset(text, ' ', sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		screen_put(line, 0, columns, chosen, text);
	}
	screen_put(line, at, columns, style, top_layout_share(text, row->self));
	at += LAYOUT_SHARE + LAYOUT_GAP;
	if (layout->has_all) {
		screen_put(line, at, columns - at, live_style_of(row->all) | chosen,
			   top_layout_share(text, row->all));
		at += LAYOUT_SHARE + LAYOUT_GAP;
	}
	if (layout->bar) {
		top_layout_bar(layout, most > 0 ? row->self / most : 0, screen_has_blocks(), text);
		screen_put(line, at, columns - at, style, text);
		at += layout->bar + LAYOUT_GAP;
	}
	for (unsigned int i = 0; i < live->rows.view.keys.count; i++) {
		const enum profile_key key = live->rows.view.keys.list[i];
		int look = SCREEN_PLAIN;

		if (!layout->widths[i])
			continue;
		if (key == PROFILE_KEY_DSO)
			look = SCREEN_FAINT;
		else if (key == PROFILE_KEY_SYMBOL && row->mode == PERF_RECORD_MISC_KERNEL)
			look = SCREEN_KERNEL;
		top_layout_label(layout, &live->rows, number, i, text);
		screen_put(line, at, columns - at, look | chosen, text);
		at += layout->widths[i] + LAYOUT_GAP;
	}
}

/* Why there are no rows. */
static const char *lack_of(const struct live *live)
{
	if (live->filter[0] && live->rows.hidden)
		return "Nothing has that in it: ESC takes the filter away.";
	if (!live->top->figures.samples)
		return live->top->is_over ? "They have ended, without a sample." :
					    "No samples yet: whoever does nothing has none.";
	return "Nothing is left: what was sampled is old.";
}

static void draw_table(struct live *live, int from, int to, int columns)
{
	const int height = to - from - 1;

	live->table.count = (int)live->rows.count;
	live_scroll(&live->table, height);
	top_layout_fit(&live->layout, &live->rows, (__u32)live->table.first,
		       height > 0 ? (__u32)height : 0, columns);
	draw_titles(live, from, columns);
	for (int i = 0; i < height && live->table.first + i < live->table.count; i++)
		draw_row(live, from + 1 + i, (__u32)(live->table.first + i), columns);
	if (!live->rows.count && height > 0)
		screen_put(from + 1, 0, columns, SCREEN_FAINT, lack_of(live));
}

/* The keys that one may press here, as far as there is room. */
static void draw_keys(const struct live *live, int line, int columns)
{
	static const char *const keys[] = {
		[LIVE_TABLE] =
			("q quit  h help  Tab view  Enter callers  a instructions  / filter  "
			 "e event  K kernel  U user  z zero  p pause"),
		[LIVE_CALLERS] = "q quit  h help  ESC back  a instructions  p pause",
		[LIVE_CODE] = "q quit  h help  ESC back  n next hottest  p pause",
		[LIVE_HELP] = "any key goes back",
	};
	const char *at =
		live->is_typing ? "Enter keeps the filter  ESC takes it away" : keys[live->page];
	int column = 0;

	while (*at) {
		const char *end = strstr(at, "  ");
		const char *blank = strchr(at, ' ');
		char word[64];

		end = end ? end : at + strlen(at);
		snprintf(word, sizeof(word), "%.*s", (int)(end - at), at);
		if (column + report_width(word) > columns)
			break;
		word[blank && blank < end ? blank - at : end - at] = '\0';
		column = screen_put(line, column, columns, SCREEN_BOLD, word);
		snprintf(word, sizeof(word), "%.*s", blank && blank < end ? (int)(end - blank) : 0,
			 blank ? blank : "");
		column = screen_put(line, column, columns, SCREEN_FAINT, word) + 2;
		at = end + strspn(end, " ");
	}
}

void live_draw(struct live *live)
{
	int lines, columns, from = 0, to;

	screen_size(&lines, &columns);
	screen_begin();
	screen_cursor(-1, 0);
	if (lines >= HEAD_FROM) {
		draw_first(live, columns);
		from = 1;
		if (lines >= TWO_LINES_FROM)
			draw_second(live, columns);
		from += lines >= TWO_LINES_FROM;
		if (lines >= KEYS_FROM || live->is_typing || live->notice[0])
			draw_view(live, from++, columns);
	}
	to = lines - (lines >= KEYS_FROM);
	if (live->page == LIVE_TABLE)
		draw_table(live, from, to, columns);
	else if (live->page == LIVE_CALLERS)
		live_draw_callers(live, from, to, columns);
	else if (live->page == LIVE_CODE)
		live_draw_code(live, from, to, columns);
	else
		live_draw_help(live, from, to, columns);
	if (lines >= KEYS_FROM)
		draw_keys(live, lines - 1, columns);
	screen_end();
}
