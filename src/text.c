/* SPDX-License-Identifier: MIT */
/*
 * Text written into the caller's buffer. The length always counts the whole text, and nothing is
 * ever written at or past buffer + size.
 */
#include "text.h"

void perfev_text_begin(struct text *text, char *buffer, size_t size)
{
	text->buffer = buffer;
	text->size = size;
	text->length = 0;
}

static void add_byte(struct text *text, char byte)
{
	if (text->length < text->size)
		text->buffer[text->length] = byte;
	text->length++;
}

void perfev_text_add(struct text *text, const char *string)
{
	while (*string)
		add_byte(text, *string++);
}

static void add_digits(struct text *text, __u64 value, unsigned int base)
{
	char digits[20]; /* 2^64 - 1 has as many decimal digits */
	unsigned int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (count)
		add_byte(text, digits[--count]);
}

void perfev_text_add_number(struct text *text, __u64 value)
{
	add_digits(text, value, 10);
}

void perfev_text_add_hex(struct text *text, __u64 value)
{
	perfev_text_add(text, "0x");
	add_digits(text, value, 16);
}

int perfev_text_end(struct text *text)
{
	if (text->size)
		text->buffer[text->length < text->size ? text->length : text->size - 1] = '\0';
	return (int)text->length;
}
