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

#define EXIT_DAMAGED 1

const char *dump_event_name(const struct perfev_file_event *event, char *text, size_t size)
{
	if (event->name[0])
		return event->name;
	snprintf(text, size, "type=%u,config=%#llx", event->attr.type,
		 (unsigned long long)event->attr.config);
	return text;
}

/* Says what could not be read, and where. */
static int tell_damages(const struct dump_options *options, const struct perfev_file *file)
{
	struct perfev_file_summary summary;
	struct perfev_file_damage damage;

	perfev_file_summary(file, &summary);
	for (unsigned int i = 0; perfev_file_damage(file, i, &damage); i++)
		fprintf(stderr, "perfev dump: '%s', at %#llx: %s.\n", options->path,
			(unsigned long long)damage.offset, damage.text);
	if (summary.unread_bytes)
		fprintf(stderr, "perfev dump: '%s': %llu bytes of it could not be read.\n",
			options->path, (unsigned long long)summary.unread_bytes);
	return summary.damages ? EXIT_DAMAGED : 0;
}

/* Says that an event that was asked for is none of the recording's, which has these. */
static int tell_strange(const struct dump_options *options, const struct perfev_file *file,
			const char *strange)
{
	char text[64];

	fprintf(stderr, "perfev dump: '%s' has no event '%s'", options->path, strange);
	for (unsigned int i = 0; i < perfev_file_event_count(file) && i < 16; i++)
		fprintf(stderr, "%s%s (%u)", i ? ", " : ": it has ",
			dump_event_name(perfev_file_event(file, i), text, sizeof(text)), i);
	fputs(perfev_file_event_count(file) > 16 ? " and others.\n" : ".\n", stderr);
	return EXIT_PERFEV;
}

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
	status = tell_damages(&options, file);
	strange = dump_strange_event(&options, file);
	if (result < 0)
		status = fail(&options, result);
	else if (strange)
		status = tell_strange(&options, file, strange);
close:
	perfev_file_close(file);
	free(lines.text);
end:
	free(options.events);
	free(options.pids.list);
	free(options.tids.list);
	return status;
}
