/* SPDX-License-Identifier: MIT */
/* What perfev record was asked for. */
#ifndef PERFEV_CLI_RECORD_OPTIONS_H
#define PERFEV_CLI_RECORD_OPTIONS_H

#include <perfev.h>

#include "../targets.h"

struct record_options {
	char *events; /* of -e; NULL: the default one */
	struct perfev_sample_options sample;
	struct targets targets; /* none: the program */
	char **argv;            /* the program, or NULL */
	const char *output;     /* "-": standard output */
	int no_build_ids;
	__u32 pages_asked; /* for each ring, which has a power of two of them */
	int compress;      /* level; -1: not */
	int quiet;
	__u64 max_bytes;      /* the recording ends when it has so many; 0: never */
	__u64 switch_bytes;   /* a new file begins after so many; 0: never */
	__u64 switch_ns;      /* likewise, after so much time */
	int switch_on_signal; /* likewise, at SIGUSR2 */
};

/* Reads the arguments. Returns -1 to go on, or the exit status. */
int record_options_parse(int argc, char **argv, struct record_options *options);

void record_options_free(struct record_options *options);

#endif
