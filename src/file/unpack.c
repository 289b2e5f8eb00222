/* SPDX-License-Identifier: MIT */
/*
 * Compressed records: one stream over all of them, out of which records come as they went in, cut
 * wherever the compressed ones ended. What one of them unpacks to is taken window by window, so
 * that no small one can unpack to more memory than that.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../record/bytes.h"
#include "file.h"

#define WINDOW_BYTES (192UL << 10)

static int open_stream(struct perfev_file *file)
{
	struct unpacking *u = &file->unpacking;

	if (!u->window)
		u->window = malloc(WINDOW_BYTES);
	if (!u->window)
		return -ENOMEM;
	return u->state ? 0 : file->options.codec->unpack_open(&u->state);
}

int perfev_file_unpack_begin(struct perfev_file *file, const struct raw_record *raw)
{
	struct unpacking *u = &file->unpacking;
	int result;

	if (!file->options.codec && !u->is_told) {
		u->is_told = 1;
		return perfev_file_damaged(
			file, raw->offset, 0, -ENOTSUP,
			"compressed records from here on, and nothing to unpack them");
	}
	if (!file->options.codec || u->is_broken) {
		file->summary.unread_bytes += raw->size;
		return 1;
	}
	result = open_stream(file);
	if (result < 0)
		return result;
	/* Only their own length tells compressed bytes from the padding behind them. */
	result = perfev_record_decode(&file->scratch, raw->bytes, raw->size, &file->plain);
	if (result < 0) {
		u->is_broken = 1;
		file->pending = raw->consumes;
		return perfev_file_damaged(file, raw->offset, raw->size, -EBADMSG,
					   "a compressed record that is longer than itself");
	}
	u->in = file->scratch.compressed.data.bytes;
	u->in_length = (size_t)file->scratch.compressed.data.length;
	u->offset = raw->offset;
	u->consumes = raw->consumes;
	u->is_active = 1;
	return 0;
}

/* The compressed record is used up, or of no use. */
static void finish(struct perfev_file *file)
{
	struct unpacking *u = &file->unpacking;

	u->is_active = 0;
	u->in_length = 0;
	file->pending = u->consumes;
}

static int break_off(struct perfev_file *file, int error, const char *what)
{
	struct unpacking *u = &file->unpacking;
	__u64 bytes = u->in_length;

	u->is_broken = 1;
	u->at = u->have = 0;
	finish(file);
	if (error == -ENOMEM)
		return error;
	return perfev_file_damaged(file, u->offset, bytes, -EBADMSG, "%s", what);
}

/* Unpacks more. Returns 1, 0 when the compressed record is used up, or a negative errno. */
static int unpack_more(struct perfev_file *file)
{
	struct unpacking *u = &file->unpacking;
	long count;

	if (u->at) {
		memmove(u->window, u->window + u->at, u->have - u->at);
		u->have -= u->at;
		u->at = 0;
	}
	count = file->options.codec->unpack(u->state, &u->in, &u->in_length, u->window + u->have,
					    WINDOW_BYTES - u->have);
	if (count < 0)
		return break_off(file, (int)count, "compressed bytes that cannot be unpacked");
	if (count == 0) {
		finish(file);
		file->summary.unpacked++;
		return 0;
	}
	u->have += (size_t)count;
	return 1;
}

int perfev_file_unpack_next(struct perfev_file *file, struct raw_record *raw)
{
	struct unpacking *u = &file->unpacking;
	int result;

	for (;;) {
		size_t have = u->have - u->at, size = RECORD_HEADER_BYTES;

		if (have >= RECORD_HEADER_BYTES) {
			size = load16(u->window + u->at + 6, file->swapped);
			if (size < RECORD_HEADER_BYTES)
				return break_off(file, -EBADMSG,
						 "an unpacked record of fewer than 8 bytes");
		}
		if (have >= size) {
			raw->bytes = u->window + u->at;
			raw->type = load32(raw->bytes, file->swapped);
			raw->size = size;
			raw->offset = u->offset;
			raw->follows = raw->consumes = 0;
			raw->unpacked = size;
			return 1;
		}
		result = unpack_more(file);
		if (result <= 0)
			return result;
	}
}

int perfev_file_unpack_left(struct perfev_file *file)
{
	struct unpacking *u = &file->unpacking;

	if (u->have == u->at)
		return 0;
	u->have = u->at = 0;
	return perfev_file_damaged(file, u->offset, 0, -ENODATA,
				   "what was compressed ends within a record");
}

void perfev_file_unpack_end(struct perfev_file *file)
{
	struct unpacking *u = &file->unpacking;

	if (u->state)
		file->options.codec->unpack_close(u->state);
	free(u->window);
}
