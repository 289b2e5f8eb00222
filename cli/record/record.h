/* SPDX-License-Identifier: MIT */
/*
 * perfev record, between its arguments (options.c), the command (record.c), the run (run.c) and
 * the files that are written (output.c).
 */
#ifndef PERFEV_CLI_RECORD_H
#define PERFEV_CLI_RECORD_H

#include "../child.h"
#include "options.h"

/* The file that is written now. */
struct record_output {
	struct perfev_writer *writer;
	char path[4096];
	unsigned int files; /* that were finished, of --switch-output */
	__u64 begin_ns;     /* of CLOCK_MONOTONIC */
	__u64 bytes;        /* of the files before */
	int error;          /* negative errno of what could not be written; 0: none */
};

struct record {
	struct record_options options;
	int argc; /* of the command, for the file's header */
	char **argv;
	struct perfev_events *events;
	struct perfev_sampler *sampler;
	struct record_output output;
	struct child child;
	__u64 begin_ns, end_ns; /* of CLOCK_MONOTONIC */
	__u64 samples;
	int is_full; /* what --max-size allows is written */
	struct perfev_losses losses;
};

/*
 * Opens the sampler: events as they were asked for, or cycles, or cpu-clock where there are none.
 * Returns -1 to go on, or an exit status, having said why.
 */
int record_open(struct record *record);

/*
 * Has signals end the recording, and switch its output, from now on: before it begins, they end it
 * at once. A program has Ctrl-C for itself, see child.h.
 */
void record_catch_signals(const struct record *record);

/* Samples until the program, the targets or the user end it. Returns 0, or a negative errno. */
int record_run(struct record *record);

/* Begins a file, with its header and what is told of before. Returns 0, or a negative errno. */
int record_output_begin(struct record *record);

/* Writes all that the rings have, and ends a round. Returns 0, or a negative errno. */
int record_output_drain(struct record *record);

/* Writes what overwritten rings hold, the oldest first. Returns 0, or a negative errno. */
int record_output_snapshot(struct record *record);

/* Finishes the file; the next one begins with record_output_begin(). Likewise. */
int record_output_end(struct record *record, int is_last);

/* Returns how many bytes were written to this file so far. */
__u64 record_output_bytes(const struct record *record);

#endif
