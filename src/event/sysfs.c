/* SPDX-License-Identifier: MIT */
/*
 * Reading sysfs and tracefs. What must stay true: a file costs open, read and close, and only the
 * file that was asked for is opened.
 */
#define _GNU_SOURCE /* O_PATH */
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"
#include "number.h"

int perfev_machine_begin(struct machine *machine, const struct perfev_event_options *options)
{
	struct perfev_event_options all;
	int result = perfev_why_options(NULL, &all, sizeof(all), options);

	if (result < 0)
		return result;
	machine->devices.root = all.sysfs ? all.sysfs : "/sys";
	machine->devices.below[0] = "/bus/event_source/devices";
	machine->devices.below[1] = NULL;
	machine->tracefs.root = all.tracefs ? all.tracefs : machine->devices.root;
	machine->tracefs.below[0] = all.tracefs ? "" : "/kernel/tracing";
	machine->tracefs.below[1] = all.tracefs ? NULL : "/kernel/debug/tracing";
	machine->vendor = all.vendor;
	return 0;
}

/* Writes the path of one of a tree's two places. Returns 0 or -ENAMETOOLONG. */
__attribute__((format(printf, 4, 0))) static int make_path(char path[PATH_MAX],
							   const struct tree *tree, int place,
							   const char *format, va_list arguments)
{
	int length = snprintf(path, PATH_MAX, "%s%s/", tree->root, tree->below[place]);

	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	length += vsnprintf(path + length, (size_t)(PATH_MAX - length), format, arguments);
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Opens what is there first of a tree's places. Returns a descriptor or a negative errno. */
__attribute__((format(printf, 3, 0))) static int open_below(const struct tree *tree, int flags,
							    const char *format, va_list arguments)
{
	int result = -ENOENT;

	for (int place = 0; place < 2 && tree->below[place] && result == -ENOENT; place++) {
		char path[PATH_MAX];
		va_list again;

		va_copy(again, arguments);
		result = make_path(path, tree, place, format, again);
		va_end(again);
		if (result == 0) {
			result = open(path, flags | O_RDONLY | O_CLOEXEC);
			if (result < 0)
				result = -errno;
		}
	}
	return result;
}

/* Reads all of a file of sysfs, which comes in one piece. */
static int read_text(int fd, char *text, size_t size)
{
	ssize_t length;

	do
		length = read(fd, text, size);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return -errno;
	if ((size_t)length >= size)
		return -EFBIG;
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	text[length] = '\0';
	return (int)strlen(text);
}

/* Likewise, a file that holds one number, and closes it; fd may be an error, which it returns. */
static int read_number(int fd, __u64 *value)
{
	char text[32];
	int length;

	if (fd < 0)
		return fd;
	length = read_text(fd, text, sizeof(text));
	close(fd);
	if (length < 0)
		return length;
	return perfev_number_read(text, (size_t)length, value) < 0 ? -EBADMSG : 0;
}

__attribute__((format(printf, 4, 0))) static int read_below(
	const struct tree *tree, char *text, size_t size, const char *format, va_list arguments)
{
	int fd = open_below(tree, 0, format, arguments);
	int result;

	if (fd < 0)
		return fd;
	result = read_text(fd, text, size);
	close(fd);
	return result;
}

int perfev_tree_read(const struct tree *tree, char *text, size_t size, const char *format, ...)
{
	va_list arguments;
	int result;

	va_start(arguments, format);
	result = read_below(tree, text, size, format, arguments);
	va_end(arguments);
	return result;
}

int perfev_tree_read_number(const struct tree *tree, __u64 *value, const char *format, ...)
{
	va_list arguments;
	int fd;

	va_start(arguments, format);
	fd = open_below(tree, 0, format, arguments);
	va_end(arguments);
	return read_number(fd, value);
}

int perfev_folder_read_number(int folder, __u64 *value, const char *path)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);

	return read_number(fd < 0 ? -errno : fd, value);
}

int perfev_folder_may_read(int folder, const char *path)
{
	int fd;

	if (faccessat(folder, path, R_OK, 0) == 0)
		return 0;
	if (errno == ENOENT || errno == ENOTDIR)
		return -errno;
	/* That was the real user without capabilities: whoever else may read it, opens it. */
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int perfev_tree_has(const struct tree *tree, const char *format, ...)
{
	int found = 0;

	for (int place = 0; !found && place < 2 && tree->below[place]; place++) {
		char path[PATH_MAX];
		va_list arguments;

		va_start(arguments, format);
		found = make_path(path, tree, place, format, arguments) == 0 &&
			access(path, F_OK) == 0;
		va_end(arguments);
	}
	return found;
}

int perfev_tree_look(const struct tree *tree, int *place, const char *format, ...)
{
	int result = -ENOENT;

	for (*place = 0; *place < 2 && tree->below[*place]; ++*place) {
		char path[PATH_MAX];
		va_list arguments;

		va_start(arguments, format);
		result = make_path(path, tree, *place, format, arguments);
		va_end(arguments);
		if (result == 0) {
			/* access(2) would ask for the real user. */
			result = open(path, O_PATH | O_CLOEXEC);
			if (result >= 0)
				return close(result);
			result = -errno;
		}
		if (result != -ENOENT)
			return result;
	}
	*place = 0;
	return result;
}

int perfev_tree_open(const struct tree *tree, const char *format, ...)
{
	va_list arguments;
	int fd;

	va_start(arguments, format);
	fd = open_below(tree, O_DIRECTORY, format, arguments);
	va_end(arguments);
	return fd;
}

int perfev_tree_list(const struct tree *tree, DIR **out, const char *format, ...)
{
	va_list arguments;
	int fd;

	*out = NULL;
	va_start(arguments, format);
	fd = open_below(tree, O_DIRECTORY, format, arguments);
	va_end(arguments);
	if (fd < 0)
		return fd;
	*out = fdopendir(fd);
	if (!*out) {
		close(fd);
		return -ENOMEM;
	}
	return 0;
}

const char *perfev_tree_next(DIR *folder)
{
	const struct dirent *entry;

	errno = 0;
	do
		entry = readdir(folder);
	while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}

int perfev_is_file_name(const char *name, size_t length)
{
	return length > 0 && length <= NAME_MAX && name[0] != '.' && !memchr(name, '/', length);
}
