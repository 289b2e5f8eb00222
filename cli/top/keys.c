/* SPDX-License-Identifier: MIT */
/* What keys do on the screen of perfev top. Nothing is drawn here. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "live.h"

/* Times between two refreshes that + and - go through. */
#define LEAST_DELAY_S 0.25
#define MOST_DELAY_S 60

static const struct {
	const char *name, *keys; /* NULL: as --sort has it */
	unsigned int shown;      /* besides, what is not told apart */
} views[LIVE_VIEWS] = {
	{ "functions", NULL, 0 },
	{ "processes", "pid,comm", 1U << PROFILE_KEY_COMM },
	{ "threads", "pid,tid,comm", 0 },
	{ "modules", "dso", 0 },
};

const char *live_view_name(unsigned int number)
{
	return views[number].name;
}

void live_notice(struct live *live, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(live->notice, sizeof(live->notice), format, arguments);
	va_end(arguments);
}

/* Shows another page, from which ESC goes back to this one. */
static void open_page(struct live *live, enum live_page page)
{
	live->below[live->depth++] = live->page;
	live->page = page;
}

static void close_page(struct live *live)
{
	live->page = live->below[--live->depth];
}

/* Remembers which row is chosen, so that it stays so where it moves to. The first stays first. */
static void remember(struct live *live)
{
	live->identity[0] = '\0';
	if (live->table.chosen > 0 && (__u32)live->table.chosen < live->rows.count)
		top_row_identity(&live->rows, (__u32)live->table.chosen, live->identity);
}

static void update_calls(struct live *live, __u32 row)
{
	top_calls_free(&live->calls);
	if (row != PROFILE_NONE && top_calls_make(&live->calls, &live->rows, row) < 0)
		live->error = -ENOMEM;
	live->call_list.count = (int)live->calls.count;
}

void live_update(struct live *live)
{
	__u32 row = PROFILE_NONE;

	top_rows_free(&live->rows);
	if (top_rows_make(&live->rows, &live->top->profile, &live->view) < 0) {
		live->error = -ENOMEM;
		return;
	}
	live->table.count = (int)live->rows.count;
	if (live->identity[0])
		row = top_rows_find(&live->rows, live->identity);
	else if (live->page != LIVE_CALLERS && live->rows.count)
		row = 0;
	if (row != PROFILE_NONE)
		live->table.chosen = (int)row;
	if (live->page == LIVE_CALLERS)
		update_calls(live, row);
	if (live->page == LIVE_CODE && annotation_count(&live->code, &live->top->profile) < 0)
		live->error = -ENOMEM;
}

/* The keys of a view, whose columns are fitted anew. */
static void set_view(struct live *live, unsigned int number)
{
	char strange[32];

	live->view_number = number;
	if (!views[number].keys)
		live->view.keys = live->top->options.keys;
	else if (profile_keys_read(&live->view.keys, views[number].keys, strange) < 0)
		live->error = -ENOMEM;
	live->view.keys.mask &= ~views[number].shown;
	live->view.has_callers = live->top->options.sample.callchain &&
				 (live->view.keys.mask & PROFILE_KEYS_OF_FRAME);
	memset(&live->layout, 0, sizeof(live->layout));
	live->identity[0] = '\0';
	live->table = (struct live_list){ 0, 0, 0 };
	live_update(live);
}

static const struct top_row *chosen_row(const struct live *live)
{
	return live->table.chosen >= 0 && (__u32)live->table.chosen < live->rows.count ?
		       &live->rows.list[live->table.chosen] :
		       NULL;
}

/* Of a process, what it does; of a function, who calls it. */
static void enter(struct live *live)
{
	const struct top_row *row = chosen_row(live);
	const struct profile *profile = &live->top->profile;

	if (!row)
		return;
	if (!(live->view.keys.mask & PROFILE_KEYS_OF_FRAME)) {
		const struct profile_who *who = &profile->whos[row->who];

		live->view.only_pid = who->pid;
		snprintf(live->only_comm, sizeof(live->only_comm), "%s", who->comm);
		set_view(live, 0);
		return;
	}
	if (!live->top->options.sample.callchain) {
		live_notice(live, "Callers are not sampled: start it with -g");
		return;
	}
	if (row->frame == PROFILE_NONE)
		return;
	top_row_identity(&live->rows, (__u32)live->table.chosen, live->identity);
	open_page(live, LIVE_CALLERS);
	live->call_list = (struct live_list){ 0, 0, 0 };
	update_calls(live, (__u32)live->table.chosen);
}

/* The line of the instruction that has most, or of the first. */
static int find_hottest(const struct annotation *code, __u32 event)
{
	double most = -1;
	int hottest = 0;

	for (__u32 i = 0; i < code->line_count; i++) {
		const struct annotation_line *line = &code->lines[i];
		double share;

		if (line->kind != ANNOTATION_CODE)
			continue;
		share = annotation_share(code, line->number, event);
		if (share > most) {
			most = share;
			hottest = (int)i;
		}
	}
	return hottest;
}

static void annotate(struct live *live)
{
	const struct profile *profile = &live->top->profile;
	__u32 frame = PROFILE_NONE;
	const struct perfev_symbol *symbol;

	if (live->page == LIVE_CALLERS && live->calls.count)
		frame = live->calls.list[live->call_list.chosen].frame;
	else if (chosen_row(live))
		frame = chosen_row(live)->frame;
	if (frame == PROFILE_NONE || !(live->view.keys.mask >> PROFILE_KEY_SYMBOL & 1)) {
		live_notice(live, "Only a function has instructions: Tab goes to functions");
		return;
	}
	symbol = profile->functions[profile->frames[frame].function].symbol;
	if (!symbol) {
		live_notice(live, "It has no symbol, so where it begins is not known");
		return;
	}
	annotation_free(&live->code);
	if (annotation_make(&live->code, profile, live->top->symbols, symbol, &live->sources,
			    live->top->options.objdump) < 0) {
		live->error = -ENOMEM;
		return;
	}
	remember(live);
	open_page(live, LIVE_CODE);
	live->code_list.count = (int)live->code.line_count;
	live->code_list.chosen = find_hottest(&live->code, live->view.event);
	live->code_list.first = live->code_list.chosen - 8;
}

/* Goes to the instruction that is the next hottest after the chosen one. */
static void next_hottest(struct live *live)
{
	const struct annotation *code = &live->code;
	const struct annotation_line *now = &code->lines[live->code_list.chosen];
	const double limit = now->kind == ANNOTATION_CODE ?
				     annotation_share(code, now->number, live->view.event) :
				     2;
	double most = 0;
	int next = -1;

	for (int i = 0; i < live->code_list.count; i++) {
		const struct annotation_line *line = &code->lines[i];
		double share;

		if (line->kind != ANNOTATION_CODE)
			continue;
		share = annotation_share(code, line->number, live->view.event);
		/* Of equal ones those that stand below come later. */
		if (share > most &&
		    (share < limit || (share == limit && i > live->code_list.chosen))) {
			most = share;
			next = i;
		}
	}
	live->code_list.chosen = next >= 0 ? next : find_hottest(code, live->view.event);
}

static struct live_list *list_of(struct live *live)
{
	return live->page == LIVE_CALLERS ? &live->call_list :
	       live->page == LIVE_CODE    ? &live->code_list :
					    &live->table;
}

static int move(struct live *live, int key)
{
	struct live_list *list = list_of(live);
	int height, columns;

	screen_size(&height, &columns);
	height = height > 6 ? height - 6 : 1;
	switch (key) {
	case SCREEN_UP:
	case 'k':
		list->chosen--;
		break;
	case SCREEN_DOWN:
	case 'j':
		list->chosen++;
		break;
	case SCREEN_PAGE_UP:
		list->chosen -= height;
		break;
	case SCREEN_PAGE_DOWN:
		list->chosen += height;
		break;
	case SCREEN_HOME:
		list->chosen = 0;
		break;
	case SCREEN_END:
		list->chosen = list->count - 1;
		break;
	default:
		return 0;
	}
	if (list->chosen >= list->count)
		list->chosen = list->count - 1;
	if (list->chosen < 0)
		list->chosen = 0;
	if (live->page == LIVE_TABLE)
		remember(live);
	return 1;
}

/* Back to where one came from: a page, a filter, a process. */
static void back(struct live *live)
{
	if (live->page != LIVE_TABLE) {
		close_page(live);
		live_update(live);
	} else if (live->filter[0]) {
		live->filter[0] = '\0';
		live_update(live);
	} else if (live->view.only_pid != PROFILE_NONE) {
		live->view.only_pid = PROFILE_NONE;
		set_view(live, 1);
	}
}

/* Takes what is typed into the filter. */
static void type(struct live *live, int key)
{
	const size_t length = strlen(live->filter);
	char bytes[MB_LEN_MAX + 1] = "";
	mbstate_t state = { 0 };
	size_t added;

	switch (key) {
	case SCREEN_ENTER:
		live->is_typing = 0;
		return;
	case SCREEN_ESCAPE:
		live->is_typing = 0;
		live->filter[0] = '\0';
		break;
	case SCREEN_BACKSPACE:
		for (size_t at = length; at-- > 0;) {
			const int is_first = ((unsigned char)live->filter[at] & 0xc0) != 0x80;

			live->filter[at] = '\0';
			if (is_first)
				break;
		}
		break;
	default:
		if (key >= SCREEN_UP)
			return;
		added = wcrtomb(bytes, (wchar_t)key, &state);
		if (added == (size_t)-1 || length + added >= sizeof(live->filter))
			return;
		memcpy(live->filter + length, bytes, added);
		live->filter[length + added] = '\0';
	}
	live->identity[0] = '\0';
	live->table.chosen = 0;
	live_update(live);
}

static void set_delay(struct live *live, double factor)
{
	double delay = live->top->options.delay_s * factor;

	delay = delay < LEAST_DELAY_S ? LEAST_DELAY_S : delay;
	delay = delay > MOST_DELAY_S ? MOST_DELAY_S : delay;
	live->top->options.delay_s = delay;
	live_notice(live, "Every %g s", delay);
}

static void next_event(struct live *live)
{
	const __u32 count = live->top->profile.event_count;

	if (count < 2) {
		live_notice(live, "There is one event only: -e takes several");
		return;
	}
	live->view.event = (live->view.event + 1) % count;
	live->top->event = live->view.event;
	live_update(live);
}

/* What changes what is shown. Returns whether it was such a key. */
static int change(struct live *live, int key)
{
	struct top_options *options = &live->top->options;

	switch (key) {
	case SCREEN_TAB:
		set_view(live, (live->view_number + 1) % LIVE_VIEWS);
		return 1;
	case SCREEN_BACK_TAB:
		set_view(live, (live->view_number + LIVE_VIEWS - 1) % LIVE_VIEWS);
		return 1;
	case '1':
	case '2':
	case '3':
	case '4':
		set_view(live, (unsigned int)(key - '1'));
		return 1;
	case 'e':
		next_event(live);
		return 1;
	case 'K':
		live->view.hide_kernel = !live->view.hide_kernel;
		live->view.hide_user &= !live->view.hide_kernel;
		live_update(live);
		return 1;
	case 'U':
		live->view.hide_user = !live->view.hide_user;
		live->view.hide_kernel &= !live->view.hide_user;
		live_update(live);
		return 1;
	case 'z':
		options->zero = !options->zero;
		live_notice(live, options->zero ? "Only what came since the last refresh" :
						  "What is old fades");
		return 1;
	case '+':
		set_delay(live, 2);
		return 1;
	case '-':
		set_delay(live, 0.5);
		return 1;
	default:
		return 0;
	}
}

void live_key(struct live *live, int key)
{
	live->notice[0] = '\0';
	if (live->is_typing) {
		type(live, key);
		return;
	}
	if (live->page == LIVE_HELP && key != 'q') {
		close_page(live);
		return;
	}
	if (move(live, key))
		return;
	if (live->page == LIVE_TABLE && change(live, key))
		return;
	switch (key) {
	case 'q':
		live->is_done = 1;
		break;
	case 'h':
	case '?':
		if (live->page != LIVE_HELP)
			open_page(live, LIVE_HELP);
		break;
	case SCREEN_ESCAPE:
	case SCREEN_LEFT:
	case SCREEN_BACKSPACE:
		back(live);
		break;
	case SCREEN_ENTER:
	case SCREEN_RIGHT:
		if (live->page == LIVE_TABLE)
			enter(live);
		break;
	case 'a':
		if (live->page != LIVE_CODE)
			annotate(live);
		break;
	case 'n':
		if (live->page == LIVE_CODE && live->code_list.count)
			next_hottest(live);
		break;
	case '/':
		live->is_typing = live->page == LIVE_TABLE;
		break;
	case 'p':
	case ' ':
		live->is_paused = !live->is_paused;
		break;
	default:
		break;
	}
}
