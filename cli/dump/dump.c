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
#include "../utf8.h"

#define EXIT_DAMAGED 1

/* Bytes of an event's name that are printed: no name that a kernel takes is as long. */
#define MOST_NAME 255

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
		return event->name;
	snprintf(text, size, "type=%u,config=%#llx", event->attr.type,
		 (unsigned long long)event->attr.config);
	return text;
}

static char *put_text(char *to, const char *text)
{
	size_t length = strlen(text);

	memcpy(to, text, length);
	return to + length;
}

/* snprintf() for each record would take longer than all the rest of its line. */
static char *put_decimal(char *to, unsigned long long number)
{
	char digits[20];
	char *at = digits + sizeof(digits);

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	while (at < digits + sizeof(digits))
		*to++ = *at++;
	return to;
}

static char *put_hex(char *to, unsigned long long number)
{
	unsigned int shift = 64;

	while (shift > 4 && !(number >> (shift - 4)))
		shift -= 4;
	do
		*to++ = "0123456789abcdef"[number >> (shift -= 4) & 15];
	while (shift);
	return to;
}

/* Makes the text between two places valid UTF-8. Returns where it ends then. */
static char *mend(char *from, char *end)
{
	char *mended;

	*end = '\0';
	mended = utf8_mended(from);
	if (!mended)
		return from;
	end = put_text(from, mended);
	free(mended);
	return end;
}

/* An event's name, in which no blank and no quote may be. */
static char *put_event(char *to, const struct perfev_file_event *event)
{
	char text[MOST_NAME], *at = to;
	const char *name = dump_event_name(event, text, sizeof(text));
	int is_ascii = 1;

	for (; *name && at < to + MOST_NAME; name++) {
		const unsigned char c = (unsigned char)*name;

		is_ascii &= c < 0x80;
		*at++ = (char)(c <= ' ' || c == '"' || c == '\\' || c == 0x7f ? '_' : c);
	}
	return is_ascii ? at : mend(to, at);
}

/* What stands before a record's own text: its place and its event. Returns its length. */
static size_t put_prefix(const struct dump_options *options, const struct perfev_file *file,
			 char *text)
{
	const struct perfev_file_event *event = perfev_file_record_event(file);
	unsigned long long offset = perfev_file_offset(file);
	char *at = text;

	if (options->json) {
		at = put_decimal(put_text(at, "{\"offset\":"), offset);
		if (event)
			at = put_text(put_event(put_text(at, ",\"event\":\""), event), "\"");
		*at++ = ',';
	} else {
		at = put_hex(put_text(at, "0x"), offset);
		*at++ = ' ';
		at = event ? put_event(at, event) : put_text(at, "-");
		*at++ = ' ';
	}
	return (size_t)(at - text);
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
		prefix = put_prefix(options, file, at);
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
