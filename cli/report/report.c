/* SPDX-License-Identifier: MIT */
/*
 * perfev report: where the samples of a recording are. Whatever of it can be read is shown; what
 * cannot is said at the end.
 */
#include "report.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../commands.h"
#include "../recorded.h"
#include "../terminal.h"
#include "annotate.h"
#include "labels.h"
#include "programs.h"

int report_read(struct profile_reading *reading, const struct report_options *options,
		const char *path)
{
	struct perfev_why why;

	if (profile_read(reading, path, &options->reading, &why) == 0)
		return -1;
	fprintf(stderr, "perfev report: %s.\n", why.text);
	return EXIT_PERFEV;
}

/* Says of a recording what could not be read, and that it has no samples. Returns a status. */
static int tell(const struct profile_reading *reading, const char *path)
{
	const struct profile_losses *losses = &reading->profile.losses;
	int status = recorded_tell_damages("report", path, reading->file) ? EXIT_INCOMPLETE : 0;

	if (reading->strange) {
		recorded_tell_strange("report", path, reading->file, reading->strange);
		return EXIT_PERFEV;
	}
	if (reading->profile.event_count)
		return status;
	if (losses->filtered)
		fprintf(stderr,
			"perfev report: '%s': none of its %llu samples is one that was asked "
			"for.\n",
			path, (unsigned long long)losses->filtered);
	else
		fprintf(stderr, "perfev report: '%s' has no samples.\n", path);
	return EXIT_INCOMPLETE;
}

static struct report_page page_of(const struct report_options *options)
{
	struct report_page page = { .options = options, .to = stdout };

	page.bold = page.faint = page.warn = page.plain = "";
	page.lines = terminal_lines(stdout);
	if (page.lines || getenv("COLUMNS"))
		page.columns = terminal_columns(stdout);
	if (terminal_has_colours(stdout)) {
		page.bold = "\033[1m";
		page.faint = "\033[2m";
		page.warn = "\033[33m";
		page.plain = "\033[0m";
	}
	return page;
}

/* Ends what is printed. Returns 0 or an exit status. */
static int end_page(int result)
{
	errno = 0;
	if (result == 0 && fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	/* Who closed the pipe has seen enough. */
	if (errno == EPIPE)
		return 128 + SIGPIPE;
	fprintf(stderr, "perfev report: %s: %s.\n",
		result < 0 ? "not all is shown" : "cannot write",
		strerror(result < 0 ? -result :
			 errno      ? errno :
				      EIO));
	return EXIT_PERFEV;
}

static int show(const struct report_options *options, const struct profile_reading *reading)
{
	const struct report_page page = page_of(options);
	int result = 0;

	if (reading->profile.event_count) {
		result = options->tree ? report_tree(&page, &reading->profile) :
					 report_table(&page, &reading->profile);
	}
	if (result == 0)
		result = report_losses(&page, reading);
	return end_page(result);
}

/* Shows one function. Returns an exit status. */
static int annotate(const struct report_options *options, const struct profile_reading *reading)
{
	const struct report_page page = page_of(options);
	const struct annotate_options how = {
		.objdump = options->objdump,
		.columns = page.columns,
		.colours = *page.bold != 0,
	};
	int result = 1, status;

	if (reading->profile.event_count)
		result = annotate_print(page.to, &reading->profile, reading->symbols,
					options->annotate, &how);
	status = end_page(result < 0 ? result : 0);
	return status == 0 && result == 0 ? EXIT_INCOMPLETE : status;
}

static int worse(int one, int other)
{
	return one > other ? one : other;
}

static int report_one(struct report_options *options, int has_exports)
{
	struct profile_reading reading;
	int status = report_read(&reading, options, options->path);
	int shown;

	if (status >= 0)
		return status;
	if (reading.strange)
		shown = 0;
	else if (has_exports)
		shown = report_exports(options, &reading.profile);
	else if (options->annotate)
		shown = annotate(options, &reading);
	else
		shown = show(options, &reading);
	status = worse(shown, tell(&reading, options->path));
	profile_reading_close(&reading);
	return status;
}

static int report_two(struct report_options *options)
{
	const struct report_page page = page_of(options);
	struct profile_reading old, new;
	int status = report_read(&old, options, options->old);

	if (status >= 0)
		return status;
	status = report_read(&new, options, options->path);
	if (status >= 0)
		goto close_old;
	status = 0;
	if (!old.strange && !new.strange && old.profile.event_count &&new.profile.event_count)
		status = end_page(report_diff(&page, &old.profile, &new.profile));
	status = worse(status, tell(&old, options->old));
	status = worse(status, tell(&new, options->path));
	profile_reading_close(&new);
close_old:
	profile_reading_close(&old);
	return status;
}

/* What is read of the recording, for what is shown. */
static void choose_reading(struct report_options *options, int has_exports)
{
	struct profile_taking_options *taking = &options->reading.taking;

	options->reading.show_progress = 1;
	if (has_exports)
		return;
	/* Of one function, where in it samples were. */
	taking->addresses = options->annotate != NULL;
	if (options->annotate)
		return;
	taking->keys = options->keys.mask;
	taking->callers = options->old ? options->by_children : !options->no_children;
}

int program_report(int argc, char **argv)
{
	struct report_options options;
	int status = report_parse(argc, argv, &options), has_exports;

	if (status < 0) {
		has_exports = report_wants_exports(&options);
		choose_reading(&options, has_exports);
		status = options.old ? report_two(&options) : report_one(&options, has_exports);
	}
	report_options_free(&options);
	return status;
}
