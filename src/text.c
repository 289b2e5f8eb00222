/* SPDX-License-Identifier: MIT */
/*
 * Text written into the caller's buffer. The length always counts the whole text, and nothing is
 * ever written at or past buffer + size.
 */
#include "text.h"

#include <string.h>

void perfev_text_begin(struct text *text, char *buffer, size_t size)
{
	text->buffer = buffer;
	text->size = size;
	text->length = 0;
}

void perfev_text_add_bytes(struct text *text, const char *bytes, size_t length)
{
	size_t room = text->length < text->size ? text->size - text->length : 0;

	if (room && length)
		memcpy(text->buffer + text->length, bytes, length < room ? length : room);
	text->length += length;
}

void perfev_text_add(struct text *text, const char *string)
{
	perfev_text_add_bytes(text, string, strlen(string));
}

void perfev_text_add_number(struct text *text, __u64 value)
{
	static const char pairs[] =
		"0001020304050607080910111213141516171819"
		"2021222324252627282930313233343536373839"
		"4041424344454647484950515253545556575859"
		"6061626364656667686970717273747576777879"
		"8081828384858687888990919293949596979899";
	char digits[20]; /* 2^64 - 1 has as many */
	char *at = digits + sizeof(digits);

	while (value >= 100) {
		at -= 2;
		memcpy(at, &pairs[value % 100 * 2], 2);
		value /= 100;
	}
	if (value >= 10) {
		at -= 2;
		memcpy(at, &pairs[value * 2], 2);
	} else {
		*--at = (char)('0' + value);
	}
	perfev_text_add_bytes(text, at, (size_t)(digits + sizeof(digits) - at));
}

void perfev_text_add_hex(struct text *text, __u64 value)
{
	char digits[18];
	char *at = digits + sizeof(digits);

	do {
		*--at = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	*--at = 'x';
	*--at = '0';
	perfev_text_add_bytes(text, at, (size_t)(digits + sizeof(digits) - at));
}

int perfev_text_end(struct text *text)
{
	if (text->size)
		text->buffer[text->length < text->size ? text->length : text->size - 1] = '\0';
	return (int)text->length;
}
