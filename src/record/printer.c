/* SPDX-License-Identifier: MIT */
/* Items as text or JSON; see printer.h. */
#include "printer.h"

#include <string.h>

static void add_hex_digits(struct printer *printer, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;
	char chunk[256];

	while (length) {
		size_t now = length < sizeof(chunk) / 2 ? length : sizeof(chunk) / 2;

		for (size_t i = 0; i < now; i++) {
			chunk[2 * i] = digits[at[i] >> 4];
			chunk[2 * i + 1] = digits[at[i] & 15];
		}
		perfev_text_add_bytes(&printer->text, chunk, 2 * now);
		at += now;
		length -= now;
	}
}

/* What separates this item from the one before it. */
void perfev_print_separate(struct printer *printer)
{
	if (!printer->first)
		perfev_text_add_char(&printer->text, printer->json ? ',' : ' ');
	printer->first = 0;
}

void perfev_print_name(struct printer *printer, const char *text)
{
	perfev_print_separate(printer);
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
	perfev_text_add(&printer->text, text);
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
	perfev_text_add_char(&printer->text, printer->json ? ':' : '=');
}

void perfev_print_open(struct printer *printer, const char *bracket)
{
	perfev_text_add(&printer->text, bracket);
	printer->first = 1;
}

void perfev_print_close(struct printer *printer, const char *bracket)
{
	perfev_text_add(&printer->text, bracket);
	printer->first = 0;
}

void perfev_print_quoted(struct printer *printer, const char *text)
{
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
	perfev_text_add(&printer->text, text);
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
}

void perfev_print_hex(struct printer *printer, __u64 value)
{
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
	perfev_text_add_hex(&printer->text, value);
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
}

/* How many bytes of a text are one character of UTF-8; 0 where they are none. */
static size_t character(const unsigned char *at, size_t left)
{
	unsigned int length =
		at[0] < 0x80 ? 1 :
		at[0] < 0xc2 ? 0 :
		at[0] < 0xe0 ? 2 :
		at[0] < 0xf0 ? 3 :
		at[0] < 0xf5 ? 4 :
			       0;

	if (!length || length > left)
		return 0;
	for (unsigned int i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Neither longer than need be, nor a surrogate, nor past the last character. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

/* Whether a character is written as it is: no control character, quote or backslash. */
static int is_plain(const unsigned char *at)
{
	if (at[0] == 0xc2 && at[1] < 0xa0)
		return 0;
	return at[0] >= 0x20 && at[0] != 0x7f && at[0] != '"' && at[0] != '\\';
}

void perfev_print_text(struct printer *printer, const struct perfev_text *text)
{
	const unsigned char *at = (const unsigned char *)text->text;
	size_t left = text->length, plain = 0;

	perfev_text_add_char(&printer->text, '"');
	while (plain < left) {
		size_t length = character(at + plain, left - plain);

		if (length && is_plain(at + plain)) {
			plain += length;
			continue;
		}
		perfev_text_add_bytes(&printer->text, (const char *)at, plain);
		perfev_text_add(&printer->text, printer->json ? "\\u00" : "\\x");
		add_hex_digits(printer, at + plain, 1);
		at += plain + 1;
		left -= plain + 1;
		plain = 0;
	}
	perfev_text_add_bytes(&printer->text, (const char *)at, plain);
	perfev_text_add_char(&printer->text, '"');
}

void perfev_print_bytes(struct printer *printer, const void *at, __u64 length)
{
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
	/* What is in memory is no longer than memory. */
	add_hex_digits(printer, at, (size_t)length);
	if (printer->json)
		perfev_text_add_char(&printer->text, '"');
}

void perfev_print_named_number(struct printer *printer, const char *called, __u64 value)
{
	perfev_print_name(printer, called);
	perfev_text_add_number(&printer->text, value);
}

void perfev_print_named_hex(struct printer *printer, const char *called, __u64 value)
{
	perfev_print_name(printer, called);
	perfev_print_hex(printer, value);
}
