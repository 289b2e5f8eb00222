/* SPDX-License-Identifier: MIT */
/*
 * Runs objdump(1), of binutils, without a shell, and has all that it prints in memory. What it says
 * when it fails is the reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "annotate_code.h"

/* More than this is no function. */
#define MOST_BYTES (64UL << 20)

extern char **environ;

/* Reads all of a pipe, with a zero behind it. Returns it, or NULL with errno set. */
static char *read_all(int fd)
{
	size_t length = 0, room = 16384;
	char *text = malloc(room);

	while (text) {
		ssize_t count;

		if (length + 1 == room) {
			char *more = room < MOST_BYTES ? realloc(text, room *= 2) : NULL;

			if (!more) {
				errno = ENOMEM;
				break;
			}
			text = more;
		}
		count = read(fd, text + length, room - 1 - length);
		if (count == 0) {
			text[length] = '\0';
			return text;
		}
		if (count < 0 && errno != EINTR)
			break;
		length += count > 0 ? (size_t)count : 0;
	}
	free(text);
	return NULL;
}

/* The environment, with the messages in the language that is read here. */
static char **make_environment(void)
{
	static char locale[] = "LC_ALL=C";
	size_t count = 0, kept = 0;
	char **list;

	while (environ[count])
		count++;
	list = calloc(count + 2, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "LANGUAGE=", 9))
			list[kept++] = environ[i];
	list[kept] = locale;
	return list;
}

/* Starts it, with its output and errors in pipes. Returns 0 or a negative errno. */
static int start(char *const *argv, const int out[2], const int err[2], pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **environment = make_environment();
	sigset_t none;
	int result = environment ? posix_spawn_file_actions_init(&actions) : ENOMEM;

	if (result)
		goto out;
	/* A program that catches or blocks signals for itself starts one that does not. */
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
	result = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
out:
	free(environment);
	return -result;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* The first line of what it complained about, without its name. */
static void tell_failure(int fd, int status, char *reason, size_t size)
{
	char *said = read_all(fd), *line = said ? said + strspn(said, "\n") : NULL, *name;

	if (line)
		line[strcspn(line, "\n")] = '\0';
	name = line ? strstr(line, ": ") : NULL;
	if (line && *line)
		snprintf(reason, size, "objdump says: %s%s", name ? name + 2 : line,
			 strstr(line, "architecture") ?
				 " (binutils-multiarch knows other processors: --objdump)" :
				 "");
	else if (WIFSIGNALED(status))
		snprintf(reason, size, "objdump was ended by signal %d", WTERMSIG(status));
	else
		snprintf(reason, size, "objdump failed, with status %d", WEXITSTATUS(status));
	free(said);
}

/* Runs it. Returns 0 with *printed to be freed, or a negative errno, and why. */
static int run(char *const *argv, char **printed, char *reason, size_t size)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, result = 0, status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		result = -errno;
	if (result == 0)
		result = start(argv, out, err, &pid);
	if (result == -ENOENT)
		snprintf(reason, size,
			 "there is no %s here: it comes with the package binutils, and shows the "
			 "instructions",
			 argv[0]);
	else if (result < 0)
		snprintf(reason, size, "%s: %s", argv[0], strerror(-result));
	if (result < 0)
		goto out;
	close(out[1]);
	close(err[1]);
	out[1] = err[1] = -1;
	*printed = read_all(out[0]);
	/* One that still writes ends when nobody reads. */
	close(out[0]);
	out[0] = -1;
	status = wait_for(pid);
	if (!*printed) {
		result = -ENOMEM;
		snprintf(reason, size, "objdump printed more than there is memory for");
	} else if (status) {
		result = -EIO;
		tell_failure(err[0], status, reason, size);
	}
out:
	for (int i = 0; i < 2; i++) {
		if (out[i] >= 0)
			close(out[i]);
		if (err[i] >= 0)
			close(err[i]);
	}
	return result;
}

int annotate_code_read(struct annotate_code *code, const char *objdump,
		       const struct annotate_range *range, char *reason, size_t size)
{
	char program[4096], from[40], to[40], path[4096], *printed = NULL;
	char disassemble[] = "-dwC", no_bytes[] = "--no-show-raw-insn", over[] = "--";
	char *const argv[] = { program, disassemble, no_bytes, from, to, over, path, NULL };
	int result;

	memset(code, 0, sizeof(*code));
	snprintf(program, sizeof(program), "%s", objdump ? objdump : "objdump");
	snprintf(from, sizeof(from), "--start-address=0x%llx", (unsigned long long)range->begin);
	snprintf(to, sizeof(to), "--stop-address=0x%llx", (unsigned long long)range->end);
	snprintf(path, sizeof(path), "%s", range->file);
	result = run(argv, &printed, reason, size);
	if (result < 0) {
		free(printed);
		return result;
	}
	result = annotate_code_parse(code, printed, range);
	if (result == 0 && code->count)
		return 0;
	annotate_code_free(code);
	if (result == 0)
		snprintf(reason, size, "objdump finds no code at 0x%llx in '%s'",
			 (unsigned long long)range->begin, range->file);
	else
		snprintf(reason, size, "no memory for the instructions");
	return result ? result : -ENOENT;
}
