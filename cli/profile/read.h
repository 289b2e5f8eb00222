/* SPDX-License-Identifier: MIT */
/* A recording as a profile: read to its end, whatever in it cannot be. */
#ifndef PERFEV_CLI_PROFILE_READ_H
#define PERFEV_CLI_PROFILE_READ_H

#include "take.h"

struct profile_reading_options {
	struct profile_taking_options taking;
	struct profile_filter filter;
	struct perfev_symbols_options symbols;
	int keep_samples;  /* each of them, besides what they add up to */
	int show_progress; /* on a terminal */
};

/* What became of it. All of it is there until it is closed. */
struct profile_reading {
	struct profile profile; /* its events are those that have samples */
	struct perfev_symbols *symbols;
	struct perfev_file *file;
	struct perfev_file_summary summary;
	const char
		*strange; /* an event that was asked for, and is none of the recording's; or NULL */
};

/*
 * Reads it: a file, a folder, or "-" for standard input. What is damaged is left out:
 * perfev_file_damage() tells. Returns 0, or a negative errno with *why filled and nothing to close:
 * as perfev_file_open(), and any that perfev_file_next() has besides damage.
 */
int profile_read(struct profile_reading *out, const char *path,
		 const struct profile_reading_options *options, struct perfev_why *why);
void profile_reading_close(struct profile_reading *reading);

#endif
