/* SPDX-License-Identifier: MIT */
/*
 * perfev dump: what is in a recording, as it is. The output is stable: one record on a line, the
 * same fields under the same names for ever, new ones behind them.
 */
#include "dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../codec.h"
#include "../commands.h"

#define EXIT_DAMAGED 1

/* Lines that wait to be written, many with one system call. */
struct lines {
	char *text;
	size_t length, size;
	int error; /* negative errno of the first write that failed */
};

static void flush(struct lines *lines)
{
	size_t done = 0;

	while (done < lines->length && !lines->error) {
		ssize_t count = write(STDOUT_FILENO, lines->text + done, lines->length - done);

		if (count >= 0)
			done += (size_t)count;
		else if (errno != EINTR)
			lines->error = -errno;
	}
	lines->length = 0;
}

/* Makes room for a line of so many bytes. */
static int reserve(struct lines *lines, size_t bytes)
{
	char *more;

	if (lines->size - lines->length >= bytes)
		return 0;
	flush(lines);
	if (lines->size >= bytes)
		return 0;
	more = realloc(lines->text, bytes);
	if (!more)
		return -ENOMEM;
	lines->text = more;
	lines->size = bytes;
	return 0;
}

const char *dump_event_name(const struct perfev_file_event *event, char *text, size_t size)
{
	if (event->name[0])
		snprintf(text, size, "%s", event->name);
	else
		snprintf(text, size, "type=%u,config=%#llx", event->attr.type,
			 (unsigned long long)event->attr.config);
	return text;
}

/* What stands before a record's own text: its place and its event, in which no blank may be. */
static size_t put_prefix(const struct dump_options *options, const struct perfev_file *file,
			 char *text, size_t size)
{
	const struct perfev_file_event *event = perfev_file_record_event(file);
	unsigned long long offset = perfev_file_offset(file);
	char name[256] = "-";
	int length;

	if (event)
		dump_event_name(event, name, sizeof(name));
	for (char *at = name; *at; at++)
		if (*at == ' ' || *at == '"' || *at == '\\' || (unsigned char)*at < ' ')
			*at = '_';
	if (!options->json)
		length = snprintf(text, size, "%#llx %s ", offset, name);
	else if (event)
		length = snprintf(text, size, "{\"offset\":%llu,\"event\":\"%s\",", offset, name);
	else
		length = snprintf(text, size, "{\"offset\":%llu,", offset);
	return (size_t)length;
}

/* Adds a record's line. Returns 0, or a negative errno. */
static int put_record(struct lines *lines, const struct dump_options *options,
		      const struct perfev_file *file, const struct perfev_record *record)
{
	size_t needed = 4096;

	for (;;) {
		char *at;
		size_t room, prefix;
		int length;

		if (reserve(lines, needed) < 0)
			return -ENOMEM;
		at = lines->text + lines->length;
		room = lines->size - lines->length;
		prefix = put_prefix(options, file, at, room);
		/* An object's brace is in the prefix already. */
		length = options->json ? perfev_record_format_json(at + prefix - 1,
								   room - prefix + 1, record) -
						 1 :
					 perfev_record_format(at + prefix, room - prefix, record);
		if (prefix + (size_t)length + 2 <= room) {
			if (options->json)
				at[prefix - 1] = ',';
			at[prefix + (size_t)length] = '\n';
			lines->length += prefix + (size_t)length + 1;
			return lines->error;
		}
		needed = prefix + (size_t)length + 2;
	}
}

/* Says what could not be read, and where. */
static int tell_damages(const struct dump_options *options, const struct perfev_file *file)
{
	struct perfev_file_summary summary;
	struct perfev_file_damage damage;

	perfev_file_summary(file, &summary);
	for (unsigned int i = 0; perfev_file_damage(file, i, &damage); i++)
		fprintf(stderr, "perfev dump: '%s', at %#llx: %s\n", options->path,
			(unsigned long long)damage.offset, damage.text);
	if (summary.unread_bytes)
		fprintf(stderr, "perfev dump: '%s': %llu bytes of it could not be read.\n",
			options->path, (unsigned long long)summary.unread_bytes);
	return summary.damages ? EXIT_DAMAGED : 0;
}

static int fail(const struct dump_options *options, int error)
{
	fprintf(stderr, "perfev dump: '%s': %s.\n", options->path, strerror(-error));
	return EXIT_PERFEV;
}

/* Whether reading goes on behind this error: what it is, is told at the end. */
static int is_damage(int error)
{
	return error == -EBADMSG || error == -ENODATA || error == -ENOTSUP;
}

static int dump(const struct dump_options *options, struct perfev_file *file)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct dump_stats stats = { .count = { 0 } };
	struct lines lines = { NULL, 0, 0, 0 };
	int result = reserve(&lines, 1 << 18);

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
					  put_record(&lines, options, file, &record);
	}
	flush(&lines);
	if (result == 0)
		result = lines.error;
	if (options->header && result == 0)
		result = dump_header_print(file, options->json);
	if (options->stats && result == 0)
		dump_stats_print(&stats, file, options->json);
	free(lines.text);
	free(stats.events);
	return result;
}

int command_dump(int argc, char **argv)
{
	struct dump_options options = { .path = NULL };
	struct perfev_file_options how = { .size = sizeof(how) };
	struct perfev_file *file;
	struct perfev_why why;
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
	result = dump(&options, file);
	status = tell_damages(&options, file);
	if (result < 0)
		status = fail(&options, result);
	if (fflush(stdout) != 0 && status == 0)
		status = fail(&options, -errno);
	perfev_file_close(file);
end:
	free(options.events);
	free(options.pids);
	free(options.tids);
	return status;
}
