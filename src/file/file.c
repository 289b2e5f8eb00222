/* SPDX-License-Identifier: MIT */
/*
 * A recording: opened, read record by record as they lie or by time, and closed. The order of the
 * file is what comes by default: it costs nothing, and nothing waits for anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"
#include "../record/bytes.h"
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

/*
 * Lends what most records are: one of the kernel's that is whole in the window, and nothing else to
 * be done before it. Returns 1, or 0 for all others.
 */
static inline int raw_at_hand(struct perfev_file *file, struct raw_record *raw)
{
	struct source *source = &file->source;
	size_t left = source->have - source->at, size;
	const unsigned char *bytes;

	if (file->pending > left || left - file->pending < RECORD_HEADER_BYTES || file->follows ||
	    file->unpacking.is_active || file->at_end)
		return 0;
	left -= (size_t)file->pending;
	bytes = source->window + (source->have - left);
	size = load16(bytes + 6, file->swapped);
	raw->type = load32(bytes, file->swapped);
	raw->offset = source->start + (source->have - left);
	if (raw->type >= PERFEV_RECORD_ATTR || size < RECORD_HEADER_BYTES || size > left ||
	    raw->offset + size > source->end)
		return 0;
	source->at = source->have - left;
	file->pending = 0;
	raw->bytes = bytes;
	raw->size = size;
	raw->follows = 0;
	raw->consumes = size;
	raw->unpacked = 0;
	return 1;
}

static inline int raw_next(struct perfev_file *file, struct raw_record *raw)
{
	return raw_at_hand(file, raw) ? 1 : perfev_file_raw_next(file, raw);
}

/* Decodes a record for the caller, and takes in what it says of the recording. */
static inline int give(struct perfev_file *file, struct perfev_record *record, const void *bytes,
		       size_t length, __u64 offset)
{
	struct event *event = NULL, *like = NULL;
	const struct perfev_layout *layout = &file->plain;
	__u32 type = load32(bytes, file->swapped);
	int result;

	file->last_offset = offset;
	if (type < PERFEV_RECORD_ATTR) {
		event = event_of(&file->events, bytes, length, &like);
		if (like)
			layout = &like->shown.layout;
	}
	file->last_event = event;
	result = perfev_record_decode(record, bytes, length, layout);
	if (result < 0)
		return perfev_file_damaged(
			file, offset, length, -EBADMSG, "a malformed %s, at byte %u: %s",
			perfev_record_name(type) ? perfev_record_name(type) : "record",
			record->bad_offset, record->bad_field ? record->bad_field : "its size");
	file->summary.records++;
	if (type == PERF_RECORD_SAMPLE)
		return 1;
	result = perfev_file_take_in(file, record);
	return result < 0 ? result : 1;
}

/* Finds the time of a record of the kernel's. Returns 1, or 0 where it has none. */
static int time_of(struct perfev_file *file, const struct raw_record *raw, __u64 *time)
{
	struct event *event;
	size_t words = raw->size / 8, at;

	if (raw->type >= PERFEV_RECORD_ATTR)
		return 0;
	event_of(&file->events, raw->bytes, raw->size, &event);
	if (!event)
		return 0;
	if (raw->type == PERF_RECORD_SAMPLE) {
		at = event->time_from_start;
		if (!at || at >= words)
			return 0;
		*time = load64(raw->bytes + 8 * at, file->swapped);
	} else {
		at = event->time_from_end;
		if (!at || at >= words)
			return 0;
		*time = load64(raw->bytes + raw->size - 8 * at, file->swapped);
	}
	/* As linux-perf has it: what a recorder writes itself was there before. */
	return *time != 0 && *time != ~(__u64)0;
}

/* Passes a record at the next call; it is in the window until then. */
static inline void pass_later(struct perfev_file *file, const struct raw_record *raw)
{
	__u64 *bytes = &file->summary.record_bytes;

	raw_done(file, raw);
	if (!raw->consumes)
		return;
	*bytes += raw->size;
	*bytes += raw->follows < ~(__u64)0 - *bytes ? raw->follows : 0;
}

static int give_raw(struct perfev_file *file, struct perfev_record *record,
		    const struct raw_record *raw)
{
	pass_later(file, raw);
	if (raw->size != RECORD_HEADER_BYTES || !raw->follows)
		return give(file, record, raw->bytes, raw->size, raw->offset);
	/* simpleperf's longest: only its header is lent, and its size does not fit into it. */
	memset(record, 0, sizeof(*record));
	record->type = raw->type;
	record->size = RECORD_HEADER_BYTES;
	record->bytes = raw->bytes;
	record->layout = &file->plain;
	file->last_offset = raw->offset;
	file->last_event = NULL;
	file->summary.records++;
	return 1;
}

static int next_by_file(struct perfev_file *file, struct perfev_record *record)
{
	struct raw_record raw;
	int result;

	do {
		if (raw_at_hand(file, &raw)) {
			pass_later(file, &raw);
			return give(file, record, raw.bytes, raw.size, raw.offset);
		}
		result = perfev_file_raw_next(file, &raw);
	} while (result == 0 && perfev_folder_next(file));
	return result <= 0 ? result : give_raw(file, record, &raw);
}

/* Gives a record that has waited. Returns 1, 0 when none may go yet, or a negative errno. */
static int next_waiting(struct perfev_file *file, struct perfev_record *record)
{
	const struct waiting *waiting;
	int result;

	if (!perfev_order_take(&file->order, &waiting))
		return 0;
	result =
		give(file, record, perfev_waiting_bytes(waiting), waiting->length, waiting->offset);
	if (waiting->time < file->last_time)
		file->summary.late++;
	else
		file->last_time = waiting->time;
	return result;
}

static int next_by_time(struct perfev_file *file, struct perfev_record *record)
{
	for (;;) {
		struct raw_record raw;
		int result = next_waiting(file, record);
		__u64 time;

		if (result)
			return result;
		result = raw_next(file, &raw);
		if (result < 0)
			return result;
		if (result == 0 && !file->order.all_ripe && perfev_folder_over(file))
			continue;
		if (result == 0 && file->order.all_ripe)
			return 0;
		if (result == 0) {
			file->order.all_ripe = 1;
			continue;
		}
		if (!time_of(file, &raw, &time)) {
			/* The files of a folder have no rounds in common. */
			if (raw.type == PERFEV_RECORD_FINISHED_ROUND && !file->folder)
				perfev_order_round(&file->order);
			return give_raw(file, record, &raw);
		}
		result = perfev_order_put(&file->order, time, raw.bytes, raw.size, raw.offset);
		if (result < 0)
			return result;
		pass_later(file, &raw);
		if (file->order.held_bytes > file->summary.held_bytes)
			file->summary.held_bytes = file->order.held_bytes;
		if (file->folder)
			perfev_folder_seen(file, time);
	}
}

int perfev_file_next(struct perfev_file *file, struct perfev_record *record)
{
	return file->options.by_time ? next_by_time(file, record) : next_by_file(file, record);
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
