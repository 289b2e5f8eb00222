/* SPDX-License-Identifier: MIT */
/*
 * perfev dump: what is in a recording, as it is. The output is stable: one record on a line, the
 * same fields under the same names for ever, new ones behind them.
 */
#include "dump.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../codec.h"
#include "../commands.h"
#include "../recorded.h"

#define EXIT_DAMAGED 1

static int fail(const struct dump_options *options, int error)
{
	fprintf(stderr, "perfev dump: '%s': %s.\n", options->path, strerror(-error));
	return EXIT_PERFEV;
}

static int fail_to_write(int error)
{
	/* Who closed the pipe has seen enough. */
	if (error == -EPIPE)
		return 128 + SIGPIPE;
	fprintf(stderr, "perfev dump: cannot write: %s.\n", strerror(-error));
	return EXIT_PERFEV;
}

/* Whether reading goes on behind this error: what it is, is told at the end. */
static int is_damage(int error)
{
	return error == -EBADMSG || error == -ENODATA || error == -ENOTSUP;
}

/* Prints what is asked for. Returns 0, or a negative errno of reading or of lines->error. */
static int dump(const struct dump_options *options, struct perfev_file *file,
		struct dump_lines *lines)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct dump_stats stats = { .count = { 0 } };
	int result = 0;

	while (result == 0) {
		int next = perfev_file_next(file, &record);

		if (next == 0)
			break;
		if (next < 0) {
			result = is_damage(next) ? 0 : next;
			continue;
		}
		/* All of the file is read for a header, since in pipes it comes in between. */
		if (options->header || !dump_chooses(options, &record, file))
			continue;
		result = options->stats ? dump_stats_add(&stats, file, &record) :
					  dump_lines_add(lines, options, file, &record);
	}
	dump_lines_flush(lines);
	if (options->header && result == 0)
		result = dump_header_print(file, options->json);
	if (options->stats && result == 0)
		dump_stats_print(&stats, file, options->json);
	if (fflush(stdout) != 0 && !lines->error)
		lines->error = -errno;
	free(stats.events);
	return result;
}

int command_dump(int argc, char **argv)
{
	struct dump_options options = { .path = NULL };
	struct perfev_file_options how = { .size = sizeof(how) };
	struct dump_lines lines = { NULL, 0, 0, 0 };
	struct perfev_file *file;
	struct perfev_why why;
	const char *strange;
	int status = dump_parse(argc, argv, &options);
	int result;

	if (status >= 0)
		goto end;
	how.by_time = options.by_time;
	how.codec = cli_codec();
	if (perfev_file_open(&file, options.path, &how, &why) < 0) {
		fprintf(stderr, "perfev dump: %s.\n", why.text);
		status = EXIT_PERFEV;
		goto end;
	}
	result = dump(&options, file, &lines);
	if (lines.error) {
		status = fail_to_write(lines.error);
		goto close;
	}
	status = recorded_tell_damages("dump", options.path, file) ? EXIT_DAMAGED : 0;
	strange = dump_strange_event(&options, file);
	if (result < 0) {
		status = fail(&options, result);
	} else if (strange) {
		recorded_tell_strange("dump", options.path, file, strange);
		status = EXIT_PERFEV;
	}
close:
	perfev_file_close(file);
	free(lines.text);
end:
	free(options.events);
	free(options.pids.list);
	free(options.tids.list);
	return status;
}
