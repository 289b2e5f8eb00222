/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as UTF-8. Overlong forms, surrogates and what lies past U+10FFFF are no characters
 * (RFC 3629), so each of their bytes is replaced.
 */
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* The length of the character that begins here, or 0 when none does. */
static size_t character(const unsigned char *at)
{
	unsigned int low = 0x80, high = 0xbf; /* what the second byte may be */
	size_t length;

	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xc2 && at[0] <= 0xdf)
		length = 2;
	else if (at[0] >= 0xe0 && at[0] <= 0xef)
		length = 3;
	else if (at[0] >= 0xf0 && at[0] <= 0xf4)
		length = 4;
	else
		return 0;
	if (at[0] == 0xe0)
		low = 0xa0;
	if (at[0] == 0xed)
		high = 0x9f;
	if (at[0] == 0xf0)
		low = 0x90;
	if (at[0] == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

char *utf8_mended(const char *bytes)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *at = (const unsigned char *)bytes;
	char *text = malloc(3 * strlen(bytes) + 1), *out = text;

	while (text && *at) {
		size_t length = character(at);

		if (length) {
			memcpy(out, at, length);
			out += length;
			at += length;
		} else {
			memcpy(out, replacement, 3);
			out += 3;
			at++;
		}
	}
	if (text)
		*out = '\0';
	return text;
}
