/* SPDX-License-Identifier: MIT */
/*
 * Text written into the caller's buffer, as snprintf() does: cut where the buffer ends, but counted
 * whole. Without stdio and locale, so that it may run in a signal handler.
 */
#ifndef PERFEV_SRC_TEXT_H
#define PERFEV_SRC_TEXT_H

#include <stddef.h>

#include <perfev/abi.h>

struct text {
	char *buffer;
	size_t size;   /* of the buffer, with the final zero byte */
	size_t length; /* of the whole text, without it */
};

void perfev_text_begin(struct text *text, char *buffer, size_t size);
void perfev_text_add(struct text *text, const char *string);
void perfev_text_add_bytes(struct text *text, const char *bytes, size_t length);
void perfev_text_add_number(struct text *text, __u64 value);
void perfev_text_add_hex(struct text *text, __u64 value);

static inline void perfev_text_add_char(struct text *text, char c)
{
	if (text->length < text->size)
		text->buffer[text->length] = c;
	text->length++;
}

/* Ends the text with its zero byte. Returns its whole length. */
int perfev_text_end(struct text *text);

#endif
