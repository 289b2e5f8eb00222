/* SPDX-License-Identifier: MIT */
/* A recording, written: opened, filled through one buffer, and closed. */
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../explain/why.h"
#include "../record/bytes.h"
#include "file.h"

#define BUFFER_BYTES (256UL << 10)

/* From so many bytes on, a call of the kernel costs less than copying them to the buffer does. */
#define AT_ONCE_BYTES (32UL << 10)

static int keep(struct perfev_writer *writer, int result)
{
	if (result < 0 && !writer->error)
		writer->error = result;
	return result;
}

int perfev_writer_put_at(struct perfev_writer *writer, __u64 offset, const void *bytes,
			 size_t length)
{
	const char *from = bytes;

	while (length) {
		ssize_t count = writer->is_pipe ? write(writer->fd, from, length) :
						  pwrite(writer->fd, from, length, (off_t)offset);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN) {
			struct pollfd file = { .fd = writer->fd, .events = POLLOUT };

			poll(&file, 1, -1);
			continue;
		}
		if (count < 0)
			return keep(writer, -errno);
		from += count;
		offset += (__u64)count;
		length -= (size_t)count;
	}
	return 0;
}

int perfev_writer_put(struct perfev_writer *writer, const void *bytes, size_t length)
{
	int result = perfev_writer_put_at(writer, writer->data_offset + writer->data_size, bytes,
					  length);

	if (result == 0)
		writer->data_size += length;
	return result;
}

static int take_options(struct perfev_writer *writer, const struct perfev_writer_options *options)
{
	const unsigned char *bytes = (const unsigned char *)options;

	if (options) {
		size_t size = options->size;

		for (size_t i = sizeof(*options); i < size; i++)
			if (bytes[i])
				return -E2BIG;
		memcpy(&writer->options, options,
		       size < sizeof(*options) ? size : sizeof(*options));
	}
	writer->room = writer->options.buffer_bytes ? writer->options.buffer_bytes : BUFFER_BYTES;
	/* The longest record must fit. */
	if (writer->room < 2 * LONGEST_RECORD)
		writer->room = 2 * LONGEST_RECORD;
	return 0;
}

static int set_up(struct perfev_writer *writer, int as_pipe,
		  const struct perfev_writer_options *options)
{
	int result = take_options(writer, options);
	struct stat status;

	if (result < 0)
		return result;
	if (fstat(writer->fd, &status) < 0)
		return -errno;
	writer->is_pipe = as_pipe || writer->options.pipe || !S_ISREG(status.st_mode);
	if (!writer->is_pipe && ftruncate(writer->fd, 0) < 0)
		return -errno;
	writer->first_time = ~(__u64)0;
	writer->buffer = malloc(writer->room);
	if (!writer->buffer)
		return -ENOMEM;
	if (!writer->options.codec)
		return 0;
	writer->packed = malloc(LONGEST_RECORD);
	if (!writer->packed)
		return -ENOMEM;
	return writer->options.codec->pack_open(&writer->packing, writer->options.level);
}

static void release(struct perfev_writer *writer)
{
	if (writer->packing)
		writer->options.codec->pack_close(writer->packing);
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++)
		perfev_bytes_free(&writer->sections[i]);
	perfev_bytes_free(&writer->traces);
	perfev_bytes_free(&writer->build_ids);
	perfev_bytes_free(&writer->groups);
	perfev_writer_forget_files(writer);
	perfev_recorded_clear(&writer->events);
	free(writer->packed);
	free(writer->buffer);
	free(writer);
}

static int open_on(struct perfev_writer **out, int fd, int own_fd, int as_pipe,
		   const struct perfev_writer_options *options, struct perfev_why *why)
{
	struct perfev_writer *writer = calloc(1, sizeof(*writer));
	int result;

	if (!writer)
		return perfev_why_no_memory(why, "a recording");
	writer->fd = fd;
	writer->own_fd = own_fd;
	result = set_up(writer, as_pipe, options);
	if (result == 0) {
		*out = writer;
		return 0;
	}
	release(writer);
	if (result == -ENOMEM)
		return perfev_why_no_memory(why, "a recording");
	perfev_why_begin(why, result == -E2BIG ? PERFEV_CAUSE_ARGUMENT : PERFEV_CAUSE_FILE, -result,
			 result == -E2BIG ? "options.size" : "", 0);
	perfev_why_reason(why, "a recording cannot be begun: %s", strerror(-result));
	return result;
}

int perfev_writer_open_fd(struct perfev_writer **out, int fd,
			  const struct perfev_writer_options *options, struct perfev_why *why)
{
	*out = NULL;
	perfev_why_clear(why);
	return open_on(out, fd, -1, 0, options, why);
}

int perfev_writer_open(struct perfev_writer **out, const char *path,
		       const struct perfev_writer_options *options, struct perfev_why *why)
{
	int fd, result;

	*out = NULL;
	perfev_why_clear(why);
	if (strcmp(path, "-") == 0)
		/* Somebody else may have written to it, and may go on behind us. */
		return open_on(out, STDOUT_FILENO, -1, 1, options, why);
	/* What a recording tells of a machine is its owner's. */
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		result = -errno;
		perfev_why_begin(why, PERFEV_CAUSE_FILE, -result, "", 0);
		perfev_why_reason(why, "%s: %s", path, strerror(-result));
		return result;
	}
	result = open_on(out, fd, fd, 0, options, why);
	if (result < 0)
		close(fd);
	return result;
}

int perfev_writer_event(struct perfev_writer *writer, const struct perf_event_attr *attr,
			const char *name, const __u64 *ids, __u32 id_count)
{
	struct event *event;
	int result;
	size_t bytes;

	if (writer->is_started)
		return -EBUSY;
	result = perfev_recorded_add(&writer->events, attr, 0, &event);
	if (result < 0)
		return result;
	/* Of a pipe, linux-perf takes as many bytes as it knows, whatever the attribute says. */
	bytes = writer->is_pipe ? sizeof(*attr) : perfev_writer_attr_bytes(attr);
	if (bytes > writer->attr_bytes)
		writer->attr_bytes = bytes;
	if (name) {
		result = perfev_recorded_set_text(&event->name, name, strlen(name));
		if (result < 0)
			return keep(writer, result);
		event->shown.name = event->name;
	}
	for (__u32 i = 0; i < id_count && result == 0; i++)
		result = perfev_recorded_add_id(&writer->events, event, ids[i]);
	return keep(writer, result);
}

/* Writes those of the records that are whole. Returns their bytes, or a negative errno. */
static long put_whole(struct perfev_writer *writer, const unsigned char *from, size_t length)
{
	long whole;
	int result = writer->is_started ? 0 : perfev_writer_start(writer);

	if (result < 0)
		return keep(writer, result);
	whole = perfev_writer_walk(writer, from, length);
	if (whole <= 0)
		return keep(writer, (int)whole);
	result = writer->packing ? perfev_writer_pack(writer, from, (size_t)whole) :
				   perfev_writer_put(writer, from, (size_t)whole);
	if (result == 0)
		result = perfev_writer_count(writer);
	return result < 0 ? keep(writer, result) : whole;
}

int perfev_writer_flush(struct perfev_writer *writer)
{
	long whole;

	if (writer->error)
		return writer->error;
	whole = put_whole(writer, writer->buffer, writer->have);
	if (whole <= 0)
		return (int)whole;
	writer->have -= (size_t)whole;
	memmove(writer->buffer, writer->buffer + whole, writer->have);
	return 0;
}

/* How many bytes the record needs that the buffer begins with, and has not whole. */
static size_t missing(const struct perfev_writer *writer)
{
	if (writer->have < RECORD_HEADER_BYTES)
		return RECORD_HEADER_BYTES - writer->have;
	return load16(writer->buffer + 6, 0) - writer->have;
}

/*
 * Many records are written from where they lie. What the buffer has is written before; of a record
 * that it has not whole, the rest goes there. Returns how many bytes were taken, or 0.
 */
static size_t write_at_once(struct perfev_writer *writer, const char *from, size_t length)
{
	long whole;

	if (length < AT_ONCE_BYTES || perfev_writer_flush(writer) < 0)
		return 0;
	if (!writer->have) {
		whole = put_whole(writer, (const unsigned char *)from, length);
		return whole > 0 ? (size_t)whole : 0;
	}
	if (missing(writer) > length)
		return 0;
	length = missing(writer);
	memcpy(writer->buffer + writer->have, from, length);
	writer->have += length;
	return length;
}

int perfev_writer_write(struct perfev_writer *writer, const void *bytes, size_t length)
{
	const char *from = bytes;

	while (length && !writer->error) {
		size_t count = write_at_once(writer, from, length);

		from += count;
		length -= count;
		if (count || writer->error)
			continue;
		count = writer->room - writer->have;
		if (count > length)
			count = length;
		memcpy(writer->buffer + writer->have, from, count);
		writer->have += count;
		from += count;
		length -= count;
		if (writer->have == writer->room)
			perfev_writer_flush(writer);
	}
	return writer->error;
}

int perfev_writer_record(struct perfev_writer *writer, const struct perfev_record *record,
			 const struct perfev_layout *layout)
{
	struct perfev_layout plain;
	int size;

	if (writer->error)
		return writer->error;
	if (!layout) {
		perfev_layout_init(&plain, NULL, 0);
		layout = &plain;
	}
	if (writer->room - writer->have < LONGEST_RECORD) {
		int result = perfev_writer_flush(writer);

		if (result < 0)
			return result;
	}
	size = perfev_record_encode(writer->buffer + writer->have, writer->room - writer->have,
				    record, layout);
	if (size < 0)
		return size;
	writer->have += (size_t)size;
	return 0;
}

int perfev_writer_round(struct perfev_writer *writer)
{
	struct perfev_record round = { .type = PERFEV_RECORD_FINISHED_ROUND };
	int result = perfev_writer_record(writer, &round, NULL);

	return result < 0 ? result : perfev_writer_flush(writer);
}

int perfev_writer_auxtrace(struct perfev_writer *writer,
			   const struct perfev_record_auxtrace *auxtrace,
			   const struct perfev_bytes *pieces, unsigned int count)
{
	struct perfev_record record = { .type = PERFEV_RECORD_AUXTRACE, .auxtrace = *auxtrace };
	static const char zeros[8];
	unsigned char bytes[48];
	struct perfev_layout plain;
	__u64 length = 0;
	int result = perfev_writer_flush(writer);

	if (result < 0)
		return result;
	for (unsigned int i = 0; i < count; i++)
		length += pieces[i].length;
	record.auxtrace.size = (length + 7) & ~(__u64)7;
	perfev_bytes_add_u64(&writer->traces, writer->data_offset + writer->data_size);
	perfev_bytes_add_u64(&writer->traces, sizeof(bytes) + record.auxtrace.size);
	perfev_layout_init(&plain, NULL, 0);
	perfev_record_encode(bytes, sizeof(bytes), &record, &plain);
	result = perfev_writer_put(writer, bytes, sizeof(bytes));
	for (unsigned int i = 0; i < count && result == 0; i++)
		result = perfev_writer_put(writer, pieces[i].bytes, (size_t)pieces[i].length);
	if (result == 0)
		result = perfev_writer_put(writer, zeros, (size_t)(record.auxtrace.size - length));
	return result < 0 ? result : keep(writer, perfev_writer_count(writer));
}

__u64 perfev_writer_bytes(const struct perfev_writer *writer)
{
	return writer->data_size;
}

int perfev_writer_close(struct perfev_writer *writer)
{
	int result;

	if (!writer)
		return 0;
	perfev_writer_flush(writer);
	/* A record that never came whole is not written. */
	if (!writer->error && writer->have)
		keep(writer, -EBADMSG);
	if (!writer->error || writer->error == -EBADMSG)
		keep(writer, perfev_writer_finish(writer));
	result = writer->error;
	if (writer->own_fd >= 0 && close(writer->own_fd) < 0 && result == 0)
		result = -errno;
	release(writer);
	return result;
}
