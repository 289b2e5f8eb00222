/* SPDX-License-Identifier: MIT */
/* Whether a text is one whole value of JSON in well-formed UTF-8. Values may nest 64 deep. */
#include "json.h"

#include <string.h>

struct reader {
	const unsigned char *at, *end;
};

static int is_next(struct reader *reader, char wanted)
{
	if (reader->at == reader->end || *reader->at != (unsigned char)wanted)
		return 0;
	reader->at++;
	return 1;
}

static int digits(struct reader *reader)
{
	const unsigned char *first = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
	return reader->at > first;
}

static int number(struct reader *reader)
{
	is_next(reader, '-');
	if (!is_next(reader, '0') && !digits(reader))
		return 0;
	if (is_next(reader, '.') && !digits(reader))
		return 0;
	if (is_next(reader, 'e') || is_next(reader, 'E')) {
		if (!is_next(reader, '+'))
			is_next(reader, '-');
		return digits(reader);
	}
	return 1;
}

static int escape(struct reader *reader)
{
	if (reader->at == reader->end)
		return 0;
	if (*reader->at != 'u')
		return strchr("\"\\/bfnrt", *reader->at++) != NULL;
	reader->at++;
	for (int i = 0; i < 4; i++, reader->at++)
		if (reader->at == reader->end || !strchr("0123456789abcdefABCDEF", *reader->at) ||
		    !*reader->at)
			return 0;
	return 1;
}

/* A character of several bytes, by decoding it: neither too long, a surrogate nor too large. */
static int wide(struct reader *reader)
{
	const unsigned char first = *reader->at++;
	const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
	static const unsigned int least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned int value = first & (0x3fU >> more);

	if (first < 0xc0 || first >= 0xf8)
		return 0;
	for (int i = 0; i < more; i++, reader->at++) {
		if (reader->at == reader->end || *reader->at >> 6 != 2)
			return 0;
		value = value << 6 | (*reader->at & 0x3fU);
	}
	return value >= least[more] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

static int string(struct reader *reader)
{
	while (reader->at < reader->end) {
		if (is_next(reader, '"'))
			return 1;
		if (*reader->at < 0x20)
			return 0;
		if (is_next(reader, '\\')) {
			if (!escape(reader))
				return 0;
		} else if (*reader->at < 0x80) {
			reader->at++;
		} else if (!wide(reader)) {
			return 0;
		}
	}
	return 0;
}

static int value(struct reader *reader, int depth);

static int members(struct reader *reader, int depth, char close)
{
	if (is_next(reader, close))
		return 1;
	do {
		if (close == '}' &&
		    (!is_next(reader, '"') || !string(reader) || !is_next(reader, ':')))
			return 0;
		if (!value(reader, depth + 1))
			return 0;
	} while (is_next(reader, ','));
	return is_next(reader, close);
}

static int value(struct reader *reader, int depth)
{
	static const char *const words[] = { "true", "false", "null" };

	if (depth > 64)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		size_t length = strlen(words[i]);

		if ((size_t)(reader->end - reader->at) < length ||
		    memcmp(reader->at, words[i], length) != 0)
			continue;
		reader->at += length;
		return 1;
	}
	if (is_next(reader, '{'))
		return members(reader, depth, '}');
	if (is_next(reader, '['))
		return members(reader, depth, ']');
	return is_next(reader, '"') ? string(reader) : number(reader);
}

int json_is_valid(const char *text, size_t length)
{
	struct reader reader = { (const unsigned char *)text,
				 (const unsigned char *)text + length };

	return value(&reader, 0) && reader.at == reader.end;
}
