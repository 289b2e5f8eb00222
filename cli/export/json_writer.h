/* SPDX-License-Identifier: MIT */
/*
 * Writes JSON as it comes, without a tree of it in memory. What is written is valid whatever the
 * texts hold: bytes that are no UTF-8 become U+FFFD. A key is NULL within an array. Errors are kept
 * until json_end().
 */
#ifndef PERFEV_CLI_EXPORT_JSON_WRITER_H
#define PERFEV_CLI_EXPORT_JSON_WRITER_H

#include "output.h"

struct json {
	struct output output;
	int follows; /* something stands before on this level */
};

void json_start(struct json *json, FILE *to);

/* Ends the line. Returns 0 or the first error. */
int json_end(struct json *json);

/* The bracket is one of { [ } ]. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* Without a text: null. */
void json_text(struct json *json, const char *key, const char *text);

/* Likewise, in parts. */
void json_text_begin(struct json *json, const char *key);
void json_text_add(struct json *json, const char *part);
void json_text_end(struct json *json);

void json_number(struct json *json, const char *key, __u64 number);

void json_signed(struct json *json, const char *key, long long number);

void json_bool(struct json *json, const char *key, int value);

void json_null(struct json *json, const char *key);

/* Nanoseconds as milliseconds, exactly. */
void json_ms(struct json *json, const char *key, __u64 ns);

/* A number, or null for PROFILE_NONE. */
void json_optional(struct json *json, const char *key, __u32 number);

#endif
