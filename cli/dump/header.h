/* SPDX-License-Identifier: MIT */
/*
 * What a recording's header says, as items of text or JSON: header.c, and its lists,
 * header_lists.c.
 */
#ifndef PERFEV_CLI_DUMP_HEADER_H
#define PERFEV_CLI_DUMP_HEADER_H

#include "dump.h"

/* Where items go: printed at once, or into an object. */
struct header_out {
	struct json_object *json; /* or NULL */
	int bad;
};

/* Each says nothing where there is nothing: NULL, "" or 0. */
void header_put_text(struct header_out *out, const char *name, const char *value);
void header_put_number(struct header_out *out, const char *name, __u64 value);

/* One item of a list: a line of its own, or an element of the array of that name. */
void header_put_item(struct header_out *out, const char *name, const char *value);

/* The sections that are lists, row by row. */
void header_put_lists(struct header_out *out, struct perfev_file *file);

#endif
