/* SPDX-License-Identifier: MIT */
/*
 * One record after the other, as bytes. A record's size leads to the next one, so a size that is a
 * lie ends the reading: everything behind is counted as not read.
 */
#include <errno.h>

#include "../record/bytes.h"
#include "file.h"

/* simpleperf's own records begin here, and may be longer: misc is the upper half of their size. */
#define FIRST_SIMPLEPERF 32768U
#define LAST_SIMPLEPERF 33023U

/* How much of the file is left from here, where that is known. */
static __u64 left_from(const struct perfev_file *file, __u64 offset)
{
	const struct source *source = &file->source;
	__u64 end = source->end < source->size ? source->end : source->size;

	if (end == ~(__u64)0 || offset > end)
		return source->seekable ? 0 : source->have - source->at;
	return end - offset;
}

static int end_here(struct perfev_file *file, __u64 offset, int error, const char *what)
{
	file->at_end = 1;
	return perfev_file_damaged(file, offset, left_from(file, offset), error, "%s", what);
}

/* What belongs to a record and stands behind it. */
static __u64 follows(const struct perfev_file *file, const struct raw_record *raw)
{
	if (raw->type == PERFEV_RECORD_AUXTRACE && raw->size >= 16)
		return load64(raw->bytes + 8, file->swapped);
	if (raw->type == PERFEV_RECORD_TRACING_DATA && raw->size >= 12) {
		__u64 size = load32(raw->bytes + 8, file->swapped);

		/* simpleperf has it within the record. */
		return raw->size >= 12 + size && size ? 0 : (size + 7) & ~(__u64)7;
	}
	return 0;
}

/* Fills in what a record's header says. Returns 0, or -EBADMSG. */
static int look(const struct perfev_file *file, struct raw_record *raw)
{
	__u64 size = load16(raw->bytes + 6, file->swapped);

	raw->type = load32(raw->bytes, file->swapped);
	raw->follows = 0;
	if (raw->type >= FIRST_SIMPLEPERF && raw->type <= LAST_SIMPLEPERF) {
		__u64 upper = load16(raw->bytes + 4, file->swapped);

		if (upper) {
			raw->size = RECORD_HEADER_BYTES;
			size |= upper << 16;
			raw->follows = size - RECORD_HEADER_BYTES;
			return 0;
		}
	}
	raw->size = (size_t)size;
	return size < RECORD_HEADER_BYTES ? -EBADMSG : 0;
}

static int file_next(struct perfev_file *file, struct raw_record *raw)
{
	struct source *source = &file->source;
	long have = source_fill(source, RECORD_HEADER_BYTES);

	if (have < 0)
		return (int)have;
	raw->offset = source_offset(source);
	if (have == 0) {
		file->at_end = 1;
		if (source->end != ~(__u64)0 && raw->offset < source->end)
			return perfev_file_damaged(file, raw->offset, 0, -ENODATA,
						   "the file ends %llu bytes too early",
						   (unsigned long long)(source->end - raw->offset));
		return 0;
	}
	if (have < (long)RECORD_HEADER_BYTES)
		return end_here(file, raw->offset, -ENODATA, "the file ends within a record");
	raw->bytes = source_bytes(source);
	if (look(file, raw) < 0)
		return end_here(file, raw->offset, -EBADMSG, "a record of fewer than 8 bytes");
	if (have < (long)raw->size) {
		have = source_fill(source, raw->size);
		if (have < 0)
			return (int)have;
		if (have < (long)raw->size)
			return end_here(file, raw->offset, -ENODATA,
					"the file ends within a record");
		raw->bytes = source_bytes(source);
	}
	if (raw->type == PERFEV_RECORD_AUXTRACE || raw->type == PERFEV_RECORD_TRACING_DATA)
		raw->follows = follows(file, raw);
	raw->consumes = raw->size;
	raw->unpacked = 0;
	return 1;
}

/* Passes what was given before. */
static int pass(struct perfev_file *file)
{
	int result;

	if (file->follows && !file->source.seekable && file->pending == 0)
		result = perfev_source_skip(&file->source, &file->follows);
	else {
		__u64 length = file->pending + file->follows;

		if (length < file->pending)
			length = ~(__u64)0;
		result = perfev_source_skip(&file->source, &length);
		if (result == -EAGAIN) {
			/* The record itself lies in the window and is passed first. */
			file->pending = 0;
			file->follows = length;
		}
	}
	if (result == -EAGAIN)
		return result;
	file->pending = file->follows = 0;
	if (result == -ENODATA) {
		file->at_end = 1;
		return perfev_file_damaged(
			file, file->payload_offset, 0, -ENODATA,
			"the file ends within the %llu bytes that follow a record",
			(unsigned long long)file->payload_length);
	}
	return result;
}

int perfev_file_raw_next(struct perfev_file *file, struct raw_record *raw)
{
	int result;

	file->source.ready = 0;
	for (;;) {
		if (file->pending || file->follows) {
			result = pass(file);
			if (result < 0)
				return result;
		}
		if (file->unpacking.is_active) {
			result = perfev_file_unpack_next(file, raw);
			if (result)
				return result;
			continue;
		}
		if (file->at_end)
			return perfev_file_unpack_left(file);
		result = file_next(file, raw);
		if (result == 0)
			continue;
		if (result < 0)
			return result;
		if (raw->type != PERFEV_RECORD_COMPRESSED &&
		    raw->type != PERFEV_RECORD_COMPRESSED2) {
			if (!raw->follows)
				file->source.ready = source_readable(&file->source);
			return 1;
		}
		result = perfev_file_unpack_begin(file, raw);
		if (result)
			return result;
	}
}

int perfev_file_payload(struct perfev_file *file, struct perfev_bytes *piece)
{
	struct source *source = &file->source;
	long have;

	piece->bytes = NULL;
	piece->length = 0;
	if (file->pending) {
		__u64 length = file->pending;

		perfev_source_skip(source, &length);
		file->pending = 0;
	}
	if (!file->follows)
		return 0;
	have = perfev_source_fill(
		source, file->follows < SOURCE_ROOM / 2 ? (size_t)file->follows : SOURCE_ROOM / 2);
	if (have < 0)
		return (int)have;
	if (have == 0) {
		file->follows = 0;
		file->at_end = 1;
		return perfev_file_damaged(
			file, file->payload_offset, 0, -ENODATA,
			"the file ends within the %llu bytes that follow a record",
			(unsigned long long)file->payload_length);
	}
	if ((__u64)have > file->follows)
		have = (long)file->follows;
	piece->bytes = source_bytes(source);
	piece->length = (__u64)have;
	file->follows -= (__u64)have;
	file->pending = (__u64)have;
	return 1;
}

int perfev_file_payload_place(const struct perfev_file *file, __u64 *offset, __u64 *length)
{
	if (!file->payload_length)
		return 0;
	*offset = file->payload_offset;
	*length = file->payload_length;
	return 1;
}
