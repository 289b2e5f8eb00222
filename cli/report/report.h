/* SPDX-License-Identifier: MIT */
/*
 * perfev report, between its arguments (options.c), the recording that is read (reading.c), and
 * what is shown of it: tables (table.c), trees (tree.c), two recordings compared (diff.c), what is
 * missing (losses.c), the formats of others (exports.c), and one function (annotate.c).
 */
#ifndef PERFEV_CLI_REPORT_H
#define PERFEV_CLI_REPORT_H

#include <stdio.h>

#include "../choices.h"
#include "../profile/read.h"
#include "../profile/totals.h"

/* What the exit status says besides success and failure: something could not be read or shown. */
#define EXIT_INCOMPLETE 1

enum report_format {
	REPORT_JSON,
	REPORT_FOLDED,
	REPORT_PPROF,
	REPORT_FIREFOX,
	REPORT_SPEEDSCOPE,
	REPORT_HTML,
	REPORT_FORMATS
};

enum report_tree {
	REPORT_NO_TREE,
	REPORT_CALLER, /* down, to what was called */
	REPORT_CALLEE, /* up, to the callers */
};

struct report_options {
	const char *path; /* "-": standard input */
	const char *old;  /* what it is compared with, or NULL */
	struct profile_keys keys;
	int has_keys; /* they were asked for */
	enum report_tree tree;
	int no_children, by_children, is_apart;
	double percent_limit;              /* below 0: not said */
	long most_rows;                    /* below 0: not said; 0: all */
	const char *annotate, *objdump;    /* a function; a program, or NULL */
	char **dsos, **symbols;            /* which rows; NULL: all */
	const char *files[REPORT_FORMATS]; /* where to, "-": standard output, or NULL */
	struct profile_reading_options reading;
};

/* Reads the arguments. Returns -1 to go on, or an exit status. */
int report_parse(int argc, char **argv, struct report_options *options);
void report_options_free(struct report_options *options);

/* Reads a recording as the options have it. Returns -1 to go on, or an exit status. */
int report_read(struct profile_reading *reading, const struct report_options *options,
		const char *path);

/* What is printed, and how wide it may be. */
struct report_page {
	const struct report_options *options;
	FILE *to;
	int columns;                             /* of a line; 0: as many as it takes */
	int lines;                               /* of a screen; 0: it is none */
	const char *bold, *faint, *warn, *plain; /* empty where there are no colours */
};

/* Each prints to the page. Returns 0 or -ENOMEM. */
int report_table(const struct report_page *page, const struct profile *profile);
int report_tree(const struct report_page *page, const struct profile *profile);
int report_diff(const struct report_page *page, struct profile *old, struct profile *new);

/* Prints what an event is, above what is shown of it. */
void report_heading(const struct report_page *page, const struct profile *profile, __u32 event);

/* Prints what is missing, and why. Returns 0 or -ENOMEM. */
int report_losses(const struct report_page *page, const struct profile_reading *reading);

/* Whether this build has a format. */
int report_has_format(enum report_format format);

/* Writes the formats that are asked for. Returns 0 or an exit status. */
int report_exports(const struct report_options *options, const struct profile *profile);

/* Whether any is, and what they need of the profile is added to the options. */
int report_wants_exports(struct report_options *options);

#endif
