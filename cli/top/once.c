/* SPDX-License-Identifier: MIT */
/* perfev top --once: samples for a while, and prints one table, for scripts. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../child.h"
#include "../commands.h"
#include "../number.h"
#include "../terminal.h"
#include "layout.h"
#include "top.h"

static volatile sig_atomic_t is_interrupted;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = 1;
}

/* Samples until the delay is over, the targets are, or Ctrl-C says so. */
static int sample(struct top *top)
{
	const __u64 end = top->begin_ns + (__u64)(top->options.delay_s * 1e9);
	int result = 0;

	while (result == 0 && !is_interrupted && !top->is_over) {
		struct pollfd rings = { .fd = perfev_sampler_poll_fd(top->sampler),
					.events = POLLIN };
		const __u64 now = now_ns();

		if (now >= end)
			break;
		/* The end of a target has to be looked for. */
		poll(&rings, 1,
		     (int)((end - now + 999999) / 1000000 > 100 ? 100 :
								  (end - now + 999999) / 1000000));
		result = top_feed(top);
	}
	return result == 0 ? top_stop(top) : result;
}

static void print_head(const struct top *top)
{
	const struct top_figures *figures = &top->figures;
	char samples[NUMBER_SIZE], rate[NUMBER_SIZE], lost[NUMBER_SIZE], throttled[NUMBER_SIZE];
	const double seconds = figures->interval_s > 0 ? figures->interval_s : 1;

	printf("# %s: %s samples in %.1f s (%s/s), %u thread%s, kernel %.1f %%, user %.1f %%, "
	       "lost %s, throttled %s\n",
	       top->profile.events[0].name, number_grouped(samples, figures->interval_samples),
	       seconds,
	       number_grouped(rate, (__u64)((double)figures->interval_samples / seconds + 0.5)),
	       figures->threads, figures->threads == 1 ? "" : "s", 100 * figures->kernel,
	       100 * figures->user, number_grouped(lost, perfev_losses_records(&figures->losses)),
	       number_grouped(throttled, figures->losses.throttled));
}

static void print_row(const struct top_layout *layout, const struct top_rows *rows, long number)
{
	const unsigned int keys = rows->view.keys.count;
	const struct top_row *row = number < 0 ? NULL : &rows->list[number];
	char share[16], text[LABEL_SIZE];

	printf("%*s", LAYOUT_SHARE, row ? top_layout_share(share, row->self) : "Self");
	if (layout->has_all)
		printf("  %*s", LAYOUT_SHARE, row ? top_layout_share(share, row->all) : "Total");
	for (unsigned int i = 0; i < keys; i++) {
		if (!layout->widths[i])
			continue;
		top_layout_label(layout, rows, number, i, text);
		/* Nothing stands behind what is last. */
		for (size_t end = strlen(text); i + 1 == keys && end && text[end - 1] == ' ';)
			text[--end] = '\0';
		printf("  %s", text);
	}
	putchar('\n');
}

/* Several events have a table each. */
static int print_event(struct top *top, __u32 event)
{
	const struct top_view view = {
		.keys = top->options.keys,
		.event = event,
		.only_pid = PROFILE_NONE,
		.hide_kernel = top->options.hide_kernel,
		.hide_user = top->options.hide_user,
		.has_callers = top->options.sample.callchain &&
			       (top->options.keys.mask & PROFILE_KEYS_OF_FRAME),
		.filter = "",
		.most = top->options.rows,
	};
	struct top_layout layout = { .bar = 0 };
	struct top_rows rows;

	if (top_rows_make(&rows, &top->profile, &view) < 0)
		return -ENOMEM;
	top_layout_fit(&layout, &rows, 0, rows.count,
		       isatty(STDOUT_FILENO) ? terminal_columns(stdout) : 0);
	if (top->profile.event_count > 1)
		printf("%s# %s\n", event ? "\n" : "", top->profile.events[event].name);
	print_row(&layout, &rows, -1);
	for (__u32 i = 0; i < rows.count; i++)
		print_row(&layout, &rows, i);
	if (view.most && rows.hidden)
		printf("# %u more\n", rows.hidden);
	top_rows_free(&rows);
	return 0;
}

int top_once(struct top *top)
{
	const struct sigaction end = { .sa_handler = interrupt };
	int result;

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	result = sample(top);
	if (result == 0)
		result = top_refresh(top);
	if (result == 0)
		print_head(top);
	if (result == 0 && !top->figures.samples)
		fputs("perfev top: there were no samples: nothing that was sampled ran.\n", stderr);
	for (__u32 i = 0; result == 0 && i < top->profile.event_count; i++)
		result = print_event(top, i);
	if (result == 0 && (fflush(stdout) == EOF || ferror(stdout)))
		result = -errno;
	if (result == 0)
		return 0;
	fprintf(stderr, "perfev top: %s.\n", result == -ENOMEM ? "no memory" : strerror(-result));
	return EXIT_PERFEV;
}
