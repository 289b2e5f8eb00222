/* SPDX-License-Identifier: MIT */
/* What perfev stat was asked for. */
#ifndef PERFEV_CLI_STAT_OPTIONS_H
#define PERFEV_CLI_STAT_OPTIONS_H

#include <perfev.h>

#include "../targets.h"

/* For what there is a row: everything together, or each of something. */
enum stat_scope {
	STAT_SCOPE_ALL,
	STAT_SCOPE_CPU,
	STAT_SCOPE_CORE,
	STAT_SCOPE_SOCKET,
	STAT_SCOPE_THREAD,
	STAT_SCOPE_CGROUP,
};

enum stat_format {
	STAT_TABLE,
	STAT_CSV,
	STAT_JSON
};

struct stat_options {
	char *events;        /* of -e and -M; NULL: the default ones */
	unsigned int detail; /* how many -d */
	int metrics;         /* -M was given: their meaning is what is asked for */
	enum stat_format format;
	enum stat_scope scope;
	const char *separator;    /* of STAT_CSV */
	const char *output;       /* NULL: standard error */
	unsigned int interval_ms; /* 0: none */
	unsigned int repeat;      /* 0: once */
	const char *versus;       /* the other program, or NULL */
	struct targets targets;   /* none: the program */
	char **argv;              /* the program, or NULL */
};

/* Reads the arguments. Returns -1 to go on, or the exit status. */
int stat_options_parse(int argc, char **argv, struct stat_options *options);

void stat_options_free(struct stat_options *options);

#endif
