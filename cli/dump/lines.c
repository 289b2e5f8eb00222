/* SPDX-License-Identifier: MIT */
/*
 * A record's line: its place, its event, and the text that the library makes of it. There are
 * millions of them: nothing here may take longer than that text does.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../recorded.h"
#include "../utf8.h"
#include "dump.h"

/* Bytes of an event's name that are printed: no name that a kernel takes is as long. */
#define MOST_NAME 255

/* Room that holds many lines, and needs no more for any but the longest. */
#define ROOM (256UL << 10)

void dump_lines_flush(struct dump_lines *lines)
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
static int reserve(struct dump_lines *lines, size_t bytes)
{
	char *more;

	if (lines->size - lines->length >= bytes)
		return 0;
	dump_lines_flush(lines);
	if (lines->size >= bytes)
		return 0;
	if (bytes < ROOM)
		bytes = ROOM;
	more = realloc(lines->text, bytes);
	if (!more)
		return -ENOMEM;
	lines->text = more;
	lines->size = bytes;
	return 0;
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
	const char *name = recorded_name(event, text, sizeof(text));
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

int dump_lines_add(struct dump_lines *lines, const struct dump_options *options,
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
