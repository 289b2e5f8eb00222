/* SPDX-License-Identifier: MIT */
/*
 * The loop of perfev top: samples are taken when the kernel says that there are many, and all of
 * them are worked on once for each refresh, so that it costs little what it watches.
 */
#include "live.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../child.h"
#include "../commands.h"

static volatile sig_atomic_t ended_by, is_stopping, is_continued;

static void note_end(int signal)
{
	ended_by = signal;
}

static void note_stop(int signal)
{
	(void)signal;
	is_stopping = 1;
}

static void note_continue(int signal)
{
	(void)signal;
	is_continued = 1;
}

static void catch_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	const struct sigaction end = { .sa_handler = note_end };
	const struct sigaction stop = { .sa_handler = note_stop };
	const struct sigaction go_on = { .sa_handler = note_continue };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		sigaction(ends[i], &end, NULL);
	sigaction(SIGTSTP, &stop, NULL);
	sigaction(SIGCONT, &go_on, NULL);
}

/* Ctrl-Z: the shell has its terminal, and nothing is sampled that nobody looks at. */
static int stop(struct live *live)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	const struct sigaction again = { .sa_handler = note_stop };
	int result = top_stop(live->top);

	screen_leave();
	sigaction(SIGTSTP, &usual, NULL);
	raise(SIGTSTP);
	/* Here it goes on. */
	sigaction(SIGTSTP, &again, NULL);
	is_stopping = 0;
	is_continued = 0;
	screen_return();
	return result == 0 ? top_go_on(live->top) : result;
}

static int refresh(struct live *live)
{
	int result = top_feed(live->top);

	if (result == 0 && !live->top->is_over)
		result = top_refresh(live->top);
	if (result == 0)
		live_update(live);
	return result == 0 ? live->error : result;
}

static void wait_for(struct live *live, __u64 due)
{
	struct pollfd files[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		/* Of those that have ended nothing comes any more. */
		{ .fd = live->top->is_over ? -1 : perfev_sampler_poll_fd(live->top->sampler),
		  .events = POLLIN },
	};
	const __u64 now = now_ns();
	const int ms = live->top->has_more ? 0 :
		       live->is_paused     ? 1000 :
		       due > now           ? (int)((due - now + 999999) / 1000000) :
					     0;

	if (poll(files, 2, ms) < 0)
		return;
	/* A terminal that is gone is no reason to run on. */
	if (files[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		ended_by = SIGHUP;
}

/* Takes all keys that were pressed. Returns whether there were any. */
static int take_keys(struct live *live)
{
	int key, some = 0;

	while (!live->is_done && (key = screen_key()) != SCREEN_NO_KEY) {
		live_key(live, key);
		some = 1;
	}
	return some;
}

static int loop(struct live *live)
{
	struct top *top = live->top;
	/* The first picture comes soon, and then every so often. */
	__u64 due = now_ns() + 200000000ULL;
	int result = 0;

	live_update(live);
	live_draw(live);
	while (result == 0 && !live->is_done && !ended_by) {
		int is_changed;

		wait_for(live, due);
		result = top_feed(top);
		if (result == 0 && is_stopping)
			result = stop(live);
		is_changed = take_keys(live) | is_continued;
		if (is_continued)
			screen_return();
		is_continued = 0;
		if (result == 0 && !live->is_paused && now_ns() >= due) {
			result = refresh(live);
			due = now_ns() + (__u64)(top->options.delay_s * 1e9);
			is_changed = 1;
		}
		if (result == 0 && is_changed)
			live_draw(live);
		result = result == 0 ? live->error : result;
	}
	return result;
}

/* What is left when the screen is gone, for the shell to see. */
static int end(const struct live *live, int result)
{
	if (result < 0) {
		fprintf(stderr, "perfev top: %s.\n",
			result == -ENOMEM ? "no memory" : strerror(-result));
		return EXIT_PERFEV;
	}
	if (ended_by && ended_by != SIGINT) {
		signal(ended_by, SIG_DFL);
		raise(ended_by);
	}
	(void)live;
	return 0;
}

/* What a process is called now: as its first thread is. */
static const char *name_of(void *context, __u32 pid)
{
	struct top *top = context;
	const struct perfev_task *task = perfev_symbols_task(top->symbols, pid, pid);

	return task ? task->comm : NULL;
}

int top_live(struct top *top)
{
	struct live live = {
		.top = top,
		.view = { .keys = top->options.keys,
			  .only_pid = PROFILE_NONE,
			  .hide_kernel = top->options.hide_kernel,
			  .hide_user = top->options.hide_user,
			  .has_callers = top->options.sample.callchain &&
					 (top->options.keys.mask & PROFILE_KEYS_OF_FRAME),
			  .most = top->options.rows,
			  .name = name_of,
			  .context = top },
	};
	char reason[256];
	int result;

	live.view.filter = live.filter;
	catch_signals();
	if (screen_open(reason, sizeof(reason)) < 0) {
		fprintf(stderr, "perfev top: %s: 'perfev top --once' prints one table and ends.\n",
			reason);
		return EXIT_PERFEV;
	}
	result = loop(&live);
	screen_close();
	annotation_free(&live.code);
	annotate_sources_free(&live.sources);
	top_calls_free(&live.calls);
	top_rows_free(&live.rows);
	return end(&live, result);
}
