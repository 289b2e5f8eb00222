/* SPDX-License-Identifier: MIT */
/*
 * Sets of names: looking a value or a name up, writing a value as text and reading it back.
 * What is written is always taken back: a value without a name is written as a number.
 */
#include <errno.h>
#include <string.h>

#include "tables.h"
#include "../text.h"

static const struct set_row *row_of(enum perfev_set set)
{
	unsigned int number = (unsigned int)set;

	if (number == PERFEV_SET_NONE || number > perfev_set_count)
		return NULL;
	return &perfev_set_rows[number - 1];
}

static void fill(struct perfev_name *out, const struct name_row *row)
{
	out->name = perfev_names_text + row->name;
	out->brief = perfev_names_text + row->brief;
	out->value = row->value;
	out->since = row->since;
}

int perfev_set_kind(enum perfev_set set)
{
	const struct set_row *row = row_of(set);

	return row ? row->kind : -EINVAL;
}

const char *perfev_set_title(enum perfev_set set)
{
	const struct set_row *row = row_of(set);

	return row ? perfev_names_text + row->title : NULL;
}

int perfev_set_next(enum perfev_set set, unsigned int *position, struct perfev_name *out)
{
	const struct set_row *row = row_of(set);

	if (!row)
		return -EINVAL;
	if (*position >= row->count)
		return 0;
	fill(out, &perfev_name_rows[row->first + (*position)++]);
	return 1;
}

static const struct name_row *find_value(const struct set_row *row, __u64 value)
{
	const struct name_row *names = &perfev_name_rows[row->first];

	/* Most enumerations count from 0: then the value is its name's place. */
	if (value < row->count && names[value].value == value)
		return &names[value];
	for (unsigned int i = 0; i < row->count; i++)
		if (names[i].value == value)
			return &names[i];
	return NULL;
}

int perfev_set_find_value(enum perfev_set set, __u64 value, struct perfev_name *out)
{
	const struct set_row *row = row_of(set);
	const struct name_row *found;

	if (!row)
		return -EINVAL;
	found = find_value(row, value);
	if (!found)
		return 0;
	fill(out, found);
	return 1;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether a name of the table is the length bytes at text, in capitals or not. */
static int same(const char *name, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!name[i] || lower(name[i]) != lower(text[i]))
			return 0;
	return !name[length];
}

static const struct name_row *find_name(const struct set_row *row, const char *text, size_t length)
{
	for (unsigned int i = 0; i < row->count; i++) {
		const struct name_row *name = &perfev_name_rows[row->first + i];

		if (same(perfev_names_text + name->name, text, length) ||
		    same(perfev_names_text + name->brief, text, length))
			return name;
	}
	return NULL;
}

int perfev_set_find_name(enum perfev_set set, const char *name, struct perfev_name *out)
{
	const struct set_row *row = row_of(set);
	const struct name_row *found;

	if (!row)
		return -EINVAL;
	found = find_name(row, name, strlen(name));
	if (!found)
		return 0;
	fill(out, found);
	return 1;
}

const char *perfev_set_name(enum perfev_set set, __u64 value)
{
	struct perfev_name found;

	return perfev_set_find_value(set, value, &found) == 1 ? found.name : NULL;
}

const char *perfev_set_brief(enum perfev_set set, __u64 value)
{
	struct perfev_name found;

	return perfev_set_find_value(set, value, &found) == 1 ? found.brief : NULL;
}

/* Adds the name of every bit of value, and returns the bits that have none. */
static __u64 format_bits(struct text *text, const struct set_row *row, __u64 value)
{
	__u64 nameless = 0;
	int bits = row->kind == PERFEV_SET_KIND_BITS;

	for (unsigned int bit = 0; bit < 64; bit++) {
		__u64 flag = (__u64)1 << bit;
		const struct name_row *name;

		if (!(value & flag))
			continue;
		name = find_value(row, bits ? bit : flag);
		if (!name) {
			nameless |= flag;
			continue;
		}
		if (text->length)
			perfev_text_add(text, "|");
		perfev_text_add(text, perfev_names_text + name->brief);
	}
	return nameless;
}

int perfev_set_format(char *buffer, size_t size, enum perfev_set set, __u64 value)
{
	const struct set_row *row = row_of(set);
	const struct name_row *whole;
	__u64 nameless;
	struct text text;

	if (!row)
		return -EINVAL;
	perfev_text_begin(&text, buffer, size);
	whole = row->kind == PERFEV_SET_KIND_BITS ? NULL : find_value(row, value);
	if (whole) {
		perfev_text_add(&text, perfev_names_text + whole->brief);
	} else if (row->kind == PERFEV_SET_KIND_ENUM) {
		perfev_text_add_number(&text, value);
	} else {
		nameless = format_bits(&text, row, value);
		if (nameless && text.length)
			perfev_text_add(&text, "|");
		if (nameless)
			perfev_text_add_hex(&text, nameless);
		if (!text.length)
			perfev_text_add(&text, "0");
	}
	return perfev_text_end(&text);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Reads a number of all length bytes. Returns 0, -EINVAL or -ERANGE. */
static int parse_number(const char *text, size_t length, __u64 *value)
{
	int base = length > 2 && text[0] == '0' && lower(text[1]) == 'x' ? 16 : 10;
	size_t i = base == 16 ? 2 : 0;

	if (i == length)
		return -EINVAL;
	for (*value = 0; i < length; i++) {
		int digit = digit_value(text[i]);

		if (digit >= base)
			return -EINVAL;
		if (*value > (~(__u64)0 - (__u64)digit) / (__u64)base)
			return -ERANGE;
		*value = *value * (__u64)base + (__u64)digit;
	}
	return 0;
}

/* Reads one name or number of all length bytes. Returns 0, -EINVAL or -ERANGE. */
static int parse_word(const struct set_row *row, const char *text, size_t length, __u64 *value)
{
	const struct name_row *name = find_name(row, text, length);

	if (!name)
		return parse_number(text, length, value);
	*value = row->kind == PERFEV_SET_KIND_BITS ? (__u64)1 << name->value : name->value;
	return 0;
}

static int is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int perfev_set_parse(enum perfev_set set, const char *text, __u64 *value, size_t *wrong)
{
	const struct set_row *row = row_of(set);
	const char *at = text;
	__u64 sum = 0, word;
	int result = -EINVAL;

	while (row) {
		const char *end;

		while (is_space(*at))
			at++;
		for (end = at; *end && *end != '|' && !is_space(*end);)
			end++;
		result = parse_word(row, at, (size_t)(end - at), &word);
		if (result < 0)
			break;
		sum |= word;
		for (at = end; is_space(*at);)
			at++;
		if (!*at) {
			*value = sum;
			return 0;
		}
		if (*at != '|' || row->kind == PERFEV_SET_KIND_ENUM) {
			result = -EINVAL;
			break;
		}
		at++;
	}
	if (wrong)
		*wrong = (size_t)(at - text);
	return result;
}
