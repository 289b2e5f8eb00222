/* SPDX-License-Identifier: MIT */
/* Lines of sources; see annotate_source.h. Paths are a recording's: nothing but files is read. */
#include "annotate_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than this is no source. */
#define MOST_BYTES (32L << 20)
#define TAB 8

/* Reads a regular file. Returns its bytes with a zero behind them, or NULL with errno set. */
static char *read_file(const char *path, size_t *length, time_t *changed)
{
	/* A pipe of that name would have us wait for its writer. */
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text = NULL;
	ssize_t count = 0;

	*length = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) < 0)
		goto out;
	errno = EINVAL;
	if (!S_ISREG(status.st_mode) || status.st_size > MOST_BYTES)
		goto out;
	*changed = status.st_mtime;
	text = malloc((size_t)status.st_size + 1);
	while (text && *length < (size_t)status.st_size) {
		count = read(fd, text + *length, (size_t)status.st_size - *length);
		if (count <= 0)
			break;
		*length += (size_t)count;
	}
	if (text && count < 0) {
		free(text);
		text = NULL;
	}
	if (text)
		text[*length] = '\0';
out:
	close(fd);
	return text;
}

/* How much room a text takes with spaces for tabs, and how many lines it has. */
static size_t measure(const char *text, size_t length, __u32 *lines)
{
	size_t room = 1;

	*lines = 0;
	for (size_t i = 0; i < length; i++) {
		room += text[i] == '\t' ? TAB : 1;
		*lines += text[i] == '\n' || i + 1 == length;
	}
	return room;
}

/* Copies a line up to its end, and a zero. Returns what is behind that. */
static char *copy_line(char *to, const char *from, const char *end)
{
	unsigned int column = 0;

	for (; from < end; from++) {
		if (*from == '\t') {
			do
				*to++ = ' ';
			while (++column % TAB);
			continue;
		}
		*to++ = (unsigned char)*from < ' ' || *from == '\177' ? ' ' : *from;
		/* The bytes of a character behind its first have no columns. */
		column += ((unsigned char)*from & 0xc0) != 0x80;
	}
	while (to[-1] == ' ')
		to--;
	*to++ = '\0';
	return to;
}

/* Cuts a file into its lines. Returns 0 or -ENOMEM. */
static int split(struct annotate_source *source, const char *text, size_t length)
{
	const char *end = text + length;
	__u32 lines;
	size_t room = measure(text, length, &lines);
	char *to;

	/* A zero before the first line, so that each has something before it. */
	source->text = calloc(1, room + lines + 1);
	source->lines = calloc(lines + 1, sizeof(*source->lines));
	if (!source->text || !source->lines)
		return -ENOMEM;
	to = source->text + 1;
	while (text < end && source->count < lines) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		source->lines[source->count++] = to;
		stop = stop ? stop : end;
		to = copy_line(to, text, stop);
		text = stop + 1;
	}
	return 0;
}

static void source_free(struct annotate_source *source)
{
	free(source->path);
	free(source->text);
	free(source->lines);
	free(source);
}

const struct annotate_source *annotate_source_get(struct annotate_sources *sources,
						  const char *path)
{
	struct annotate_source *source;
	size_t length;
	char *text;

	for (source = sources->list; source; source = source->next)
		if (strcmp(source->path, path) == 0)
			return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->path = strdup(path);
	text = read_file(path, &length, &source->changed);
	source->error = text ? 0 : errno;
	if (!source->path || (text && split(source, text, length) < 0)) {
		free(text);
		source_free(source);
		return NULL;
	}
	free(text);
	source->next = sources->list;
	sources->list = source;
	return source;
}

const char *annotate_source_line(const struct annotate_source *source, __u32 line)
{
	return line && line <= source->count ? source->lines[line - 1] : NULL;
}

void annotate_sources_free(struct annotate_sources *sources)
{
	while (sources->list) {
		struct annotate_source *next = sources->list->next;

		source_free(sources->list);
		sources->list = next;
	}
}
