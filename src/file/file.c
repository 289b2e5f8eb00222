/* SPDX-License-Identifier: MIT */
/* A recording: opened and closed, and its events. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"
#include "file.h"

#define MOST_HELD_BYTES (32UL << 20)

static int take_options(struct perfev_file *file, const struct perfev_file_options *options,
			struct perfev_why *why)
{
	const unsigned char *bytes = (const unsigned char *)options;

	if (options) {
		size_t size = options->size;

		for (size_t i = sizeof(*options); i < size; i++)
			if (bytes[i])
				return perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, E2BIG,
							"options.size", size);
		memcpy(&file->options, options, size < sizeof(*options) ? size : sizeof(*options));
	}
	file->order.most_bytes =
		file->options.most_bytes ? file->options.most_bytes : MOST_HELD_BYTES;
	return 0;
}

static int open_on(struct perfev_file **out, int fd, int own_fd,
		   const struct perfev_file_options *options, struct perfev_why *why)
{
	struct perfev_file *file = calloc(1, sizeof(*file));
	int result;

	if (!file)
		return perfev_why_no_memory(why, "a recording");
	file->own_fd = -1;
	result = take_options(file, options, why);
	if (result == 0)
		result = perfev_source_open(&file->source, fd);
	if (result == 0)
		result = perfev_file_read_header(file, why);
	if (result < 0) {
		perfev_file_close(file);
		if (result == -ENOMEM)
			return perfev_why_no_memory(why, "a recording");
		if (why && !why->error) {
			perfev_why_begin(why, PERFEV_CAUSE_FILE, -result, "", 0);
			perfev_why_reason(why, "it cannot be read: %s", strerror(-result));
		}
		return result;
	}
	file->own_fd = own_fd;
	*out = file;
	return 0;
}

int perfev_file_open_fd(struct perfev_file **out, int fd, const struct perfev_file_options *options,
			struct perfev_why *why)
{
	*out = NULL;
	perfev_why_clear(why);
	return open_on(out, fd, -1, options, why);
}

/* Opens a file, or a folder and the file in it that has the header; else *folder is -1. */
static int open_path(const char *path, int *folder)
{
	int fd;

	*folder = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	fd = *folder < 0 ? open(path, O_RDONLY | O_CLOEXEC) :
			   openat(*folder, "data", O_RDONLY | O_CLOEXEC);
	/* Of a folder that is none of a recorder's, that is what is wrong. */
	if (fd < 0 && *folder >= 0 && errno == ENOENT)
		return -EISDIR;
	return fd < 0 ? -errno : fd;
}

/* What is wrong with a file is said with its name. */
static void name_file(struct perfev_why *why, const char *path)
{
	char reason[sizeof(why->reason)];

	if (!why || why->cause != PERFEV_CAUSE_FILE)
		return;
	memcpy(reason, why->reason, sizeof(reason));
	perfev_why_reason(why, "'%.120s': %s", path, reason);
}

int perfev_file_open(struct perfev_file **out, const char *path,
		     const struct perfev_file_options *options, struct perfev_why *why)
{
	int fd, folder, result;

	*out = NULL;
	perfev_why_clear(why);
	if (strcmp(path, "-") == 0) {
		result = open_on(out, STDIN_FILENO, -1, options, why);
		if (result < 0)
			name_file(why, path);
		return result;
	}
	fd = result = open_path(path, &folder);
	if (fd < 0) {
		perfev_why_begin(why, PERFEV_CAUSE_FILE, -fd, "", 0);
		perfev_why_reason(
			why, "%s",
			fd == -EISDIR ? "a folder without a recording's file data" : strerror(-fd));
	} else {
		result = open_on(out, fd, fd, options, why);
		if (result < 0)
			close(fd);
	}
	if (result == 0 && folder >= 0) {
		result = perfev_folder_open(*out, folder, why);
		if (result < 0) {
			perfev_file_close(*out);
			*out = NULL;
		}
	}
	if (folder >= 0)
		close(folder);
	if (result < 0)
		name_file(why, path);
	return result;
}

void perfev_file_close(struct perfev_file *file)
{
	if (!file)
		return;
	perfev_folder_close(file);
	perfev_file_unpack_end(file);
	perfev_file_sections_free(file);
	perfev_order_free(&file->order);
	perfev_recorded_clear(&file->events);
	perfev_source_close(&file->source);
	free(file->head);
	if (file->own_fd >= 0)
		close(file->own_fd);
	free(file);
}

int perfev_file_fd(const struct perfev_file *file)
{
	return perfev_folder_first(file)->fd;
}

__u64 perfev_file_offset(const struct perfev_file *file)
{
	return file->last_offset;
}

unsigned int perfev_file_event_count(const struct perfev_file *file)
{
	return file->events.count;
}

const struct perfev_file_event *perfev_file_event(const struct perfev_file *file,
						  unsigned int number)
{
	return number < file->events.count ? &file->events.list[number]->shown : NULL;
}

int perfev_file_find_id(const struct perfev_file *file, __u64 id, unsigned int *number)
{
	const struct event *event = perfev_recorded_find(&file->events, id);

	for (unsigned int i = 0; event && i < file->events.count; i++) {
		if (file->events.list[i] != event)
			continue;
		*number = i;
		return 1;
	}
	return 0;
}

const struct perfev_file_event *perfev_file_record_event(const struct perfev_file *file)
{
	return file->last_event ? &file->last_event->shown : NULL;
}
