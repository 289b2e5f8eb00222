/* SPDX-License-Identifier: MIT */
/* The pages of perfev top besides its table: who calls a function, its code, and the help. */
#include <stdio.h>
#include <string.h>

#include "../report/annotate.h"
#include "live.h"

/* Fills the line of what is chosen. */
static void fill(int line, int columns, int style)
{
	char blanks[LABEL_SIZE];

	memset(blanks, ' ', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = '\0';
	screen_put(line, 0, columns, style, blanks);
}

/* The lines of a tree before one of its nodes. */
static int draw_branch(const struct top_call *call, int line, int at, int columns, int style)
{
	const int has_blocks = screen_has_blocks();
	const char *const down = has_blocks ? "\xe2\x94\x82 " : "| ";
	const char *const more = has_blocks ? "\xe2\x94\x9c\xe2\x94\x80" : "|-";
	const char *const last = has_blocks ? "\xe2\x94\x94\xe2\x94\x80" : "`-";

	for (int i = 0; i < call->depth - call->is_first; i++)
		at = screen_put(line, at, columns - at, style, call->lines >> i & 1 ? down : "  ");
	if (call->depth && call->is_first)
		at = screen_put(line, at, columns - at, style,
				call->lines >> (call->depth - 1) & 1 ? more : last);
	return at;
}

void live_draw_callers(struct live *live, int from, int to, int columns)
{
	const int height = to - from - 1;
	char text[LABEL_SIZE + 64], label[LABEL_SIZE], share[16];

	if (!live->calls.count) {
		screen_put(from, 0, columns, SCREEN_FAINT, "There are no samples of it now.");
		return;
	}
	live_scroll(&live->call_list, height);
	fill(from, columns, SCREEN_TITLE);
	snprintf(text, sizeof(text), "   Share  Who calls it: %s of all is in it or what it calls",
		 top_layout_share(share, live->calls.share));
	screen_put(from, 0, columns, SCREEN_TITLE, text);
	for (int i = 0; i < height && live->call_list.first + i < live->call_list.count; i++) {
		const int number = live->call_list.first + i, line = from + 1 + i;
		const struct top_call *call = &live->calls.list[number];
		const int chosen = number == live->call_list.chosen ? SCREEN_CHOSEN : 0;
		const struct profile_frame *frame = &live->top->profile.frames[call->frame];
		const __u16 mode = live->top->profile.functions[frame->function].mode;
		int at;

		if (chosen)
			fill(line, columns, chosen);
		screen_put(line, 0, columns, live_style_of(call->share) | chosen,
			   top_layout_share(share, call->share));
		at = draw_branch(call, line, LAYOUT_SHARE + LAYOUT_GAP, columns,
				 SCREEN_FAINT | chosen);
		report_label(&live->rows.labels, PROFILE_KEY_SYMBOL, PROFILE_NONE, call->frame, 0,
			     label);
		at = screen_put(
			line, at, columns - at,
			(mode == PERF_RECORD_MISC_KERNEL ? SCREEN_KERNEL : SCREEN_PLAIN) | chosen,
			label);
		report_label(&live->rows.labels, PROFILE_KEY_DSO, PROFILE_NONE, call->frame, 0,
			     label);
		screen_put(line, at + LAYOUT_GAP, columns - at - LAYOUT_GAP, SCREEN_FAINT | chosen,
			   label);
	}
}

static void draw_code_line(const struct live *live, int line, int number, int columns)
{
	const struct annotation *code = &live->code;
	const struct annotation_line *what = &code->lines[number];
	const int chosen = number == live->code_list.chosen ? SCREEN_CHOSEN : 0;
	int style = SCREEN_PLAIN, at = LAYOUT_SHARE + 1;
	char text[LABEL_SIZE], share[16];

	if (chosen)
		fill(line, columns, chosen);
	if (what->kind == ANNOTATION_CODE) {
		const double part = annotation_share(code, what->number, live->view.event);

		style = live_style_of(part);
		if (part > 0)
			screen_put(line, 0, columns, style | chosen, top_layout_share(share, part));
	} else {
		style = what->kind == ANNOTATION_FILE ? SCREEN_BOLD : SCREEN_SOURCE;
	}
	annotate_line_text(code, what, text, sizeof(text));
	screen_put(line, at, columns - at, style | chosen, text);
}

void live_draw_code(struct live *live, int from, int to, int columns)
{
	const struct annotation *code = &live->code;
	const struct profile_event *event = &live->top->profile.events[live->view.event];
	int height = to - from - 1;
	char text[LABEL_SIZE];

	fill(from, columns, SCREEN_TITLE);
	snprintf(text, sizeof(text), "   Share  %s  %s  %.2f %% of all", code->symbol->name,
		 code->symbol->module->path,
		 event->weight ?
			 100 * (double)code->totals[live->view.event] / (double)event->weight :
			 0);
	screen_put(from, 0, columns, SCREEN_TITLE, text);
	if (code->note[0] && height > 2) {
		screen_put(++from, 0, columns, SCREEN_WARNING, code->note);
		height--;
	}
	live_scroll(&live->code_list, height);
	for (int i = 0; i < height && live->code_list.first + i < live->code_list.count; i++)
		draw_code_line(live, from + 1 + i, live->code_list.first + i, columns);
}

void live_draw_help(struct live *live, int from, int to, int columns)
{
	static const struct {
		const char *key, *what;
	} lines[] = {
		{ "Up Down PgUp PgDn Home End", "choose a row; so do j and k" },
		{ "Enter", "of a function who calls it (with -g), of a process what it does" },
		{ "a", "the function's instructions, and its source" },
		{ "n", "there: the instruction that is the next hottest" },
		{ "ESC", "back: from a page, a process, a filter" },
		{ "Tab, 1 2 3 4", "functions, processes, threads, modules" },
		{ "/", "only rows with this text" },
		{ "e", "the next event, of several" },
		{ "K U", "without the kernel, without programs" },
		{ "z", "count from zero at each refresh, or let what is old fade" },
		{ "+ -", "refresh half as often, or twice" },
		{ "p, Space", "pause, and go on" },
		{ "q", "quit" },
		{ "", "" },
		{ "Self", "samples in the function itself, of all; Total: and in what it called" },
		{ "[k] [.]", "code of the kernel, of a program" },
		{ "lost", "records that found no room: -m with more pages, or fewer by -F" },
		{ "throttled", "how often the kernel stopped an event that came too often: -F" },
	};
	int line = from;
	char text[128];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && line < to; i++, line++) {
		screen_put(line, 1, columns - 1, SCREEN_BOLD, lines[i].key);
		screen_put(line, columns >= 60 ? 29 : 12, columns, SCREEN_PLAIN, lines[i].what);
	}
	snprintf(text, sizeof(text), "Half of what a sample weighs is gone after %g s.",
		 live->top->options.half_life_s);
	if (line + 1 < to)
		screen_put(line + 1, 1, columns - 1, SCREEN_FAINT, text);
}
