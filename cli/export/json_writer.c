/* SPDX-License-Identifier: MIT */
/* Writes JSON as it comes; see json_writer.h. */
#include "json_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../profile/profile.h"
#include "../utf8.h"

void json_start(struct json *json, FILE *to)
{
	output_start(&json->output, to);
	json->follows = 0;
}

int json_end(struct json *json)
{
	output_text(&json->output, "\n");
	return output_end(&json->output);
}

/* What must be escaped: RFC 8259, section 7. */
static int is_plain(unsigned char c)
{
	return c >= ' ' && c != '"' && c != '\\';
}

static void put_escaped(struct output *output, unsigned char c)
{
	char code[] = "\\u00..";

	if (c == '"' || c == '\\') {
		output_bytes(output, (const char[]){ '\\', (char)c }, 2);
		return;
	}
	code[4] = (char)('0' + (c >> 4));
	code[5] = "0123456789abcdef"[c & 15];
	output_text(output, code);
}

static void put_valid(struct output *output, const char *text)
{
	while (*text) {
		size_t plain = 0;

		while (text[plain] && is_plain((unsigned char)text[plain]))
			plain++;
		output_bytes(output, text, plain);
		text += plain;
		if (*text)
			put_escaped(output, (unsigned char)*text++);
	}
}

void json_text_add(struct json *json, const char *part)
{
	char *mended;

	for (const char *at = part; !((unsigned char)*at & 0x80); at++)
		if (!*at) {
			put_valid(&json->output, part);
			return;
		}
	mended = utf8_mended(part);
	if (mended)
		put_valid(&json->output, mended);
	else
		output_fail(&json->output, -ENOMEM);
	free(mended);
}

static void put_key(struct json *json, const char *key)
{
	if (json->follows)
		output_text(&json->output, ",");
	json->follows = 1;
	if (!key)
		return;
	output_text(&json->output, "\"");
	put_valid(&json->output, key);
	output_text(&json->output, "\":");
}

void json_open(struct json *json, const char *key, char bracket)
{
	put_key(json, key);
	output_bytes(&json->output, &bracket, 1);
	json->follows = 0;
}

void json_close(struct json *json, char bracket)
{
	output_bytes(&json->output, &bracket, 1);
	json->follows = 1;
}

void json_text_begin(struct json *json, const char *key)
{
	put_key(json, key);
	output_text(&json->output, "\"");
}

void json_text_end(struct json *json)
{
	output_text(&json->output, "\"");
}

void json_text(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	json_text_begin(json, key);
	json_text_add(json, text);
	json_text_end(json);
}

void json_number(struct json *json, const char *key, __u64 number)
{
	put_key(json, key);
	output_number(&json->output, number);
}

void json_signed(struct json *json, const char *key, long long number)
{
	put_key(json, key);
	if (number < 0)
		output_text(&json->output, "-");
	output_number(&json->output, number < 0 ? 0 - (__u64)number : (__u64)number);
}

void json_bool(struct json *json, const char *key, int value)
{
	put_key(json, key);
	output_text(&json->output, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	put_key(json, key);
	output_text(&json->output, "null");
}

void json_ms(struct json *json, const char *key, __u64 ns)
{
	__u64 rest = ns % 1000000;

	json_number(json, key, ns / 1000000);
	if (!rest)
		return;
	output_text(&json->output, ".");
	for (__u64 digit = 100000; rest; digit /= 10) {
		output_number(&json->output, rest / digit);
		rest %= digit;
	}
}

void json_optional(struct json *json, const char *key, __u32 number)
{
	if (number == PROFILE_NONE)
		json_null(json, key);
	else
		json_number(json, key, number);
}
