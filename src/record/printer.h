/* SPDX-License-Identifier: MIT */
/*
 * Items, names, numbers and texts written into the caller's buffer, as readable text or as JSON.
 */
#ifndef PERFEV_SRC_RECORD_PRINTER_H
#define PERFEV_SRC_RECORD_PRINTER_H

#include <perfev/record.h>

#include "../text.h"

struct printer {
	struct text text;
	int json;
	int first; /* nothing stands before the next item */
};

/* Writes what separates this item from the one before it. */
void perfev_print_separate(struct printer *printer);

/* Begins a field: its name and what stands between it and its value. */
void perfev_print_name(struct printer *printer, const char *text);

/* Opens and closes what holds items: brackets or braces. */
void perfev_print_open(struct printer *printer, const char *bracket);
void perfev_print_close(struct printer *printer, const char *bracket);

/* Writes a word: in quotes in JSON. */
void perfev_print_quoted(struct printer *printer, const char *text);

/* Writes a number as hexadecimal: a string in JSON, so that no reader rounds it. */
void perfev_print_hex(struct printer *printer, __u64 value);

/* Writes a text in quotes; what is no character of UTF-8 as its bytes. */
void perfev_print_text(struct printer *printer, const struct perfev_text *text);

/* Writes bytes as hexadecimal digits. */
void perfev_print_bytes(struct printer *printer, const void *at, __u64 length);

/* A field that is a number. */
void perfev_print_named_number(struct printer *printer, const char *called, __u64 value);
void perfev_print_named_hex(struct printer *printer, const char *called, __u64 value);

#endif
