/* SPDX-License-Identifier: MIT */
/*
 * perfev dump, between its arguments (options.c), the choice of records (filter.c), and what is
 * printed of them: the records themselves (lines.c), their numbers (stats.c), the file's header
 * (header.c).
 */
#ifndef PERFEV_CLI_DUMP_H
#define PERFEV_CLI_DUMP_H

#include <stdio.h>

#include <perfev.h>

#include "../choices.h"

/* simpleperf's records, which have places in the tables of types behind all others. */
#define DUMP_SIMPLEPERF 32768U
#define DUMP_SIMPLEPERF_AT 224U
#define DUMP_OTHERS_AT 255U

/* The place of a type in a table of 256. */
static inline unsigned int dump_place(__u32 type)
{
	if (type >= DUMP_SIMPLEPERF && type - DUMP_SIMPLEPERF < DUMP_OTHERS_AT - DUMP_SIMPLEPERF_AT)
		return type - DUMP_SIMPLEPERF + DUMP_SIMPLEPERF_AT;
	return type < DUMP_SIMPLEPERF_AT ? type : DUMP_OTHERS_AT;
}

struct dump_options {
	const char *path; /* "-": standard input */
	int json, stats, header, by_time;
	/* Which records: those that all of these choose that are set. */
	unsigned char types[256]; /* 1 for a type that is asked for */
	int has_types;
	char **events; /* globs of names, or numbers; ended by NULL */
	struct choices_numbers pids, tids;
	__u64 from_ns, to_ns; /* 0 and ~0: any time */
};

/* Reads the arguments. Returns -1 to go on, or an exit status. */
int dump_parse(int argc, char **argv, struct dump_options *options);

/* Whether a record, and the event that it belongs to (or NULL), are asked for. */
int dump_chooses(const struct dump_options *options, const struct perfev_record *record,
		 const struct perfev_file *file);

/* An event that is asked for and that the recording, read to its end, does not have; or NULL. */
const char *dump_strange_event(const struct dump_options *options, const struct perfev_file *file);

/* Lines that wait to be written, many with one system call. All zero at first. */
struct dump_lines {
	char *text;
	size_t length, size;
	int error; /* negative errno of the first write that failed */
};

/* Adds the line of the record that was read last. Returns 0, -ENOMEM, or lines->error. */
int dump_lines_add(struct dump_lines *lines, const struct dump_options *options,
		   const struct perfev_file *file, const struct perfev_record *record);
void dump_lines_flush(struct dump_lines *lines);

/* Counts of what was read. */
struct dump_stats {
	__u64 count[256],
		bytes[256];      /* by type; [255]: all types that have no place of their own */
	__u64 first_ns, last_ns; /* of records that have a time */
	struct dump_event_stats {
		__u64 samples, period;
	} *events;
	unsigned int event_count;
};

/* Adds a record. Returns 0 or -ENOMEM. */
int dump_stats_add(struct dump_stats *stats, const struct perfev_file *file,
		   const struct perfev_record *record);

void dump_stats_print(const struct dump_stats *stats, const struct perfev_file *file, int json);

/* Prints what the file's header says. Returns 0 or a negative errno. */
int dump_header_print(struct perfev_file *file, int json);

#endif
