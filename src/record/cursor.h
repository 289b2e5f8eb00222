/* SPDX-License-Identifier: MIT */
/*
 * What is left of a record's bytes, and taking from it. Nothing is taken that is not there: then
 * -EBADMSG comes back, and the cursor stands where the bytes ended.
 */
#ifndef PERFEV_SRC_RECORD_CURSOR_H
#define PERFEV_SRC_RECORD_CURSOR_H

#include <errno.h>
#include <string.h>

#include <perfev/record.h>

#include "bytes.h"

/* What is left of a record. */
struct cursor {
	const unsigned char *at, *end;
	int swapped;
};

static inline size_t left_in(const struct cursor *cursor)
{
	return (size_t)(cursor->end - cursor->at);
}

/* Lends the next bytes, or NULL where there are fewer. */
static inline const unsigned char *take(struct cursor *cursor, __u64 length)
{
	const unsigned char *at = cursor->at;

	if (length > left_in(cursor))
		return NULL;
	cursor->at += length;
	return at;
}

/* A word into a field of 8 bytes: one number, or a pair of them, each turned in its place. */
static inline int take_word(struct cursor *cursor, int pair, void *to)
{
	const unsigned char *at = take(cursor, 8);
	__u64 word;

	if (!at)
		return -EBADMSG;
	word = load64(at, cursor->swapped);
	if (pair && cursor->swapped)
		word = word << 32 | word >> 32;
	memcpy(to, &word, sizeof(word));
	return 0;
}

static inline int take64(struct cursor *cursor, __u64 *value)
{
	const unsigned char *at = take(cursor, 8);

	if (!at)
		return -EBADMSG;
	*value = load64(at, cursor->swapped);
	return 0;
}

static inline int take32(struct cursor *cursor, __u32 *value)
{
	const unsigned char *at = take(cursor, 4);

	if (!at)
		return -EBADMSG;
	*value = load32(at, cursor->swapped);
	return 0;
}

static inline int take16(struct cursor *cursor, __u16 *value)
{
	const unsigned char *at = take(cursor, 2);

	if (!at)
		return -EBADMSG;
	*value = load16(at, cursor->swapped);
	return 0;
}

static inline int take_blob(struct cursor *cursor, size_t length, void *to)
{
	const unsigned char *at = take(cursor, length);

	if (!at)
		return -EBADMSG;
	memcpy(to, at, length);
	return 0;
}

static inline int take_text(struct cursor *cursor, size_t room, struct perfev_text *text)
{
	const unsigned char *at = take(cursor, room);

	if (!at)
		return -EBADMSG;
	text->text = (const char *)at;
	text->length = (__u32)strnlen((const char *)at, room);
	text->room = (__u32)room;
	return 0;
}

static inline int take_bytes(struct cursor *cursor, __u64 length, struct perfev_bytes *bytes)
{
	bytes->bytes = take(cursor, length);
	bytes->length = bytes->bytes ? length : 0;
	return bytes->bytes ? 0 : -EBADMSG;
}

static inline int take_words(struct cursor *cursor, __u64 count, struct perfev_words *words)
{
	if (count > left_in(cursor) / 8)
		return -EBADMSG;
	words->bytes = take(cursor, 8 * count);
	words->count = (__u32)count;
	words->swapped = (__u32)cursor->swapped;
	return 0;
}

/* Likewise, of as many as the word before them says. */
static inline int take_counted_words(struct cursor *cursor, struct perfev_words *words)
{
	__u64 count;

	return take64(cursor, &count) < 0 ? -EBADMSG : take_words(cursor, count, words);
}

static inline int take_rows(struct cursor *cursor, __u64 count, unsigned int stride,
			    struct perfev_rows *rows)
{
	if (count > left_in(cursor) / stride)
		return -EBADMSG;
	rows->bytes = take(cursor, stride * count);
	rows->count = (__u32)count;
	rows->stride = (__u16)stride;
	rows->swapped = (__u16)cursor->swapped;
	return 0;
}

static inline int take_sized(struct cursor *cursor, struct perfev_bytes *bytes)
{
	__u64 length;

	return take64(cursor, &length) < 0 ? -EBADMSG : take_bytes(cursor, length, bytes);
}

static inline int take_raw(struct cursor *cursor, struct perfev_bytes *bytes)
{
	__u32 length;

	return take32(cursor, &length) < 0 ? -EBADMSG : take_bytes(cursor, length, bytes);
}

#endif
