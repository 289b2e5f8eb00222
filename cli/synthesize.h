/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells of only when it happens, as records read from /proc: where the kernel and
 * its modules are, which processes run already, and what they have mapped. What ends meanwhile is
 * left out.
 */
#ifndef PERFEV_CLI_SYNTHESIZE_H
#define PERFEV_CLI_SYNTHESIZE_H

#include <perfev/record.h>

#include "targets.h"

/* Whom they are for. */
struct synthesize {
	/* Takes a record, which lives until it returns: 0, or an errno below 0, which ends it. */
	int (*take)(void *taker, const struct perfev_record *record);
	void *taker;
	int data; /* mappings of data, too */
};

/*
 * Tells of the kernel, and of the processes that these targets may be: of CPUs and cgroups, of all
 * that run. Returns 0, or what take() returned.
 */
int synthesize(const struct synthesize *to, const struct targets *targets);

/* Likewise of one process, with its threads; of one that has ended there is nothing. */
int synthesize_process(const struct synthesize *to, pid_t pid);

#endif
