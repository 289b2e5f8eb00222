/* SPDX-License-Identifier: MIT */
/* What perfev top was asked for. */
#ifndef PERFEV_CLI_TOP_OPTIONS_H
#define PERFEV_CLI_TOP_OPTIONS_H

#include <perfev/ring.h>

#include "../profile/keys.h"
#include "../targets.h"

struct top_options {
	char *events; /* of -e; NULL: the default one */
	struct perfev_sample_options sample;
	__u32 pages_asked;      /* for each ring, which has a power of two of them */
	struct targets targets; /* none were given: all CPUs */
	int has_targets;        /* they were given */
	struct profile_keys keys;
	double delay_s, half_life_s;
	int zero; /* what was before the last refresh counts no more */
	int hide_kernel, hide_user;
	unsigned int rows; /* at most; 0: as many as there is room for */
	int once;
	const char *objdump; /* NULL: objdump of PATH */
};

/* Reads the arguments. Returns -1 to go on, or the exit status. */
int top_options_parse(int argc, char **argv, struct top_options *options);

void top_options_free(struct top_options *options);

#endif
