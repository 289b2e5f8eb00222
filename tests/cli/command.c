/* SPDX-License-Identifier: MIT */
/* Runs perfev and reads what it printed; see command.h. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 32

const char *work_file(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(length > 0);
	path[length] = '\0';
	return path;
}

/*
 * The path of an open file by its descriptor: others may not be allowed into the folders on the way
 * to it. Not fexecve(): with some security modules Linux 5.10 looks for its /dev/fd.
 */
static void name_descriptor(char path[64], int fd)
{
	snprintf(path, 64, "/proc/self/fd/%d", fd);
}

const char *work_path(void)
{
	static char path[64];

	if (!*path) {
		int fd = open("/proc/self/exe", O_RDONLY);

		assert_true(fd >= 0);
		name_descriptor(path, fd);
	}
	return path;
}

/* Opens perfev for all tests and names it, or skips. */
static const char *perfev_or_skip(void)
{
	static char opened[64];
	const char *named = getenv("PERFEV_COMMAND");
	char path[PATH_MAX + 16];
	int fd;

	if (*opened)
		return opened;
	snprintf(path, sizeof(path), "%s", named ? named : work_file());
	if (!named)
		strcpy(strrchr(path, '/') + 1, "perfev");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		skip_without("perfev", "%s: %s", path, strerror(errno));
	name_descriptor(opened, fd);
	return opened;
}

struct call {
	char *words[MOST_WORDS + 1];
	const char *program;
	int out;
	int err;
};

static int execute(void *argument)
{
	struct call *call = argument;

	if (dup2(call->out, STDOUT_FILENO) < 0 || dup2(call->err, STDERR_FILENO) < 0)
		return 255;
	execv(call->program, call->words);
	perror(call->program);
	return 255;
}

static int execute_as_we_are(struct call *call)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(execute(call));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void read_all(int fd, char *text, size_t size)
{
	ssize_t length = pread(fd, text, size, 0);

	/* What does not fit is more than any test asks for. */
	assert_true(length >= 0 && (size_t)length < size);
	text[length] = '\0';
	close(fd);
}

static void run(struct printed *printed, va_list words, int as_other)
{
	static char name[] = "perfev";
	struct call call = { .words = { name }, .program = perfev_or_skip() };
	unsigned int count = 1;

	while (count < MOST_WORDS && (call.words[count] = va_arg(words, char *)))
		count++;
	assert_true(count < MOST_WORDS);
	call.out = memfd_create("out", MFD_CLOEXEC);
	call.err = memfd_create("err", MFD_CLOEXEC);
	assert_true(call.out >= 0 && call.err >= 0);
	fflush(NULL);
	printed->status = as_other ? as_nobody(execute, &call) : execute_as_we_are(&call);
	read_all(call.out, printed->out, sizeof(printed->out));
	read_all(call.err, printed->err, sizeof(printed->err));
}

void run_perfev(struct printed *printed, ...)
{
	va_list words;

	va_start(words, printed);
	run(printed, words, 0);
	va_end(words);
}

void run_perfev_as_nobody(struct printed *printed, ...)
{
	va_list words;

	va_start(words, printed);
	run(printed, words, 1);
	va_end(words);
}

/* Takes a line apart. Returns whether it is the event's. */
static int split(const char *line, size_t length, const char *event, struct row *row)
{
	char *next = row->text;
	int found = 0;

	memset(row, 0, sizeof(*row));
	if (length >= sizeof(row->text))
		return 0;
	memcpy(row->text, line, length);
	while (next && row->count < sizeof(row->fields) / sizeof(row->fields[0])) {
		char *field = strsep(&next, ",");

		if (strcmp(field, event) == 0 && !found++)
			row->event = row->count;
		row->fields[row->count++] = field;
	}
	return found;
}

int find_row(const struct printed *printed, const char *event, unsigned int number, struct row *row)
{
	for (const char *line = printed->err; *line;) {
		size_t length = strcspn(line, "\n");

		if (split(line, length, event, row) && number-- == 0)
			return 1;
		line += length + (line[length] == '\n');
	}
	return 0;
}

const char *row_field(const struct row *row, int distance)
{
	int at = (int)row->event + distance;

	assert_true(at >= 0 && at < (int)row->count);
	return row->fields[at];
}

__u64 value_of(const struct printed *printed, const char *event)
{
	struct row row;
	char *end;
	__u64 value;

	if (!find_row(printed, event, 0, &row))
		fail_msg("no line of %s in: %s", event, printed->err);
	value = strtoull(row_field(&row, -2), &end, 10);
	if (end == row_field(&row, -2) || (*end && *end != '.'))
		fail_msg("no value of %s in: %s", event, printed->err);
	return value;
}

void assert_says(const struct printed *printed, const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("no '%s' in what ended with status %d:\n%s%s", words, printed->status,
			 printed->out, printed->err);
}

void assert_status(const struct printed *printed, int status)
{
	if (printed->status != status)
		fail_msg("status %d instead of %d:\n%s%s", printed->status, status, printed->out,
			 printed->err);
}

void event_or_skip(const char *event, const char *feature)
{
	static struct printed printed;
	char *reason;

	run_perfev(&printed, "stat", "-e", event, WORK("nothing", "1"));
	assert_status(&printed, 0);
	reason = strstr(printed.err, "Without ");
	if (!reason)
		return;
	reason[strcspn(reason, "\n")] = '\0';
	skip_without(feature, "%s", reason);
}
