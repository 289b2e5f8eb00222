/* SPDX-License-Identifier: MIT */
/*
 * Text written into the caller's buffer. The length always counts the whole text, and nothing is
 * ever written at or past buffer + size.
 */
#include "text.h"

#include <endian.h>
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

/* By hand: most are names of a few letters, for which calls of the C library cost more. */
void perfev_text_add(struct text *text, const char *string)
{
	char *const buffer = text->buffer;
	size_t at = text->length;

	for (; *string; at++, string++)
		if (at < text->size)
			buffer[at] = *string;
	text->length = at;
}

/* Where most bytes may be written at once: behind the text, or in spare without such room. */
static char *lend(const struct text *text, char *spare, size_t most)
{
	return text->length + most <= text->size ? text->buffer + text->length : spare;
}

/* Takes what was written there into the text. */
static void take(struct text *text, const char *lent, const char *spare, size_t length)
{
	if (lent == spare)
		perfev_text_add_bytes(text, spare, length);
	else
		text->length += length;
}

static unsigned int count_digits(__u64 value)
{
	unsigned int digits = 1;

	for (; value >= 10000; value /= 10000)
		digits += 4;
	return digits + (value >= 10) + (value >= 100) + (value >= 1000);
}

void perfev_text_add_number(struct text *text, __u64 value)
{
	static const char pairs[] =
		"0001020304050607080910111213141516171819"
		"2021222324252627282930313233343536373839"
		"4041424344454647484950515253545556575859"
		"6061626364656667686970717273747576777879"
		"8081828384858687888990919293949596979899";
	const unsigned int length = count_digits(value);
	char spare[20]; /* 2^64 - 1 has as many */
	char *lent = lend(text, spare, sizeof(spare));
	char *at = lent + length;

	while (value >= 100) {
		at -= 2;
		memcpy(at, &pairs[value % 100 * 2], 2);
		value /= 100;
	}
	if (value >= 10)
		memcpy(at - 2, &pairs[value * 2], 2);
	else
		at[-1] = (char)('0' + value);
	take(text, lent, spare, length);
}

/*
 * Writes the eight digits of a number, all at once: each half byte is moved to a byte of its own,
 * to which '0' is added, and to those above 9 what is between '9' and 'a' as well.
 */
static void put_eight_digits(char *to, __u64 value)
{
	__u64 digits, above;

	digits = (value | value << 16) & 0x0000ffff0000ffffULL;
	digits = (digits | digits << 8) & 0x00ff00ff00ff00ffULL;
	digits = (digits | digits << 4) & 0x0f0f0f0f0f0f0f0fULL;
	above = ((digits + 0x0606060606060606ULL) >> 4) & 0x0101010101010101ULL;
	digits += 0x3030303030303030ULL + above * ('a' - '9' - 1);
	digits = htobe64(digits);
	memcpy(to, &digits, 8);
}

void perfev_text_add_hex(struct text *text, __u64 value)
{
	const unsigned int length = value ? (67 - (unsigned int)__builtin_clzll(value)) / 4 : 1;
	char spare[18];
	char *lent = lend(text, spare, sizeof(spare));

	/* The first digit comes first, and what is written behind the last is not taken. */
	value <<= 64 - 4 * length;
	lent[0] = '0';
	lent[1] = 'x';
	put_eight_digits(lent + 2, value >> 32);
	put_eight_digits(lent + 10, value & 0xffffffff);
	take(text, lent, spare, 2 + length);
}

int perfev_text_end(struct text *text)
{
	if (text->size)
		text->buffer[text->length < text->size ? text->length : text->size - 1] = '\0';
	return (int)text->length;
}
