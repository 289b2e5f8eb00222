/* SPDX-License-Identifier: MIT */
/* Several runs of the same program, as one result. */
#ifndef PERFEV_CLI_STAT_REPEAT_H
#define PERFEV_CLI_STAT_REPEAT_H

#include "spread.h"
#include "stat.h"

/* What is known of several runs. All zero to begin with. */
struct repeat {
	struct stat_result last; /* the newest run's; its readings are sums over all runs */
	struct spread *rows;     /* of each row's value */
	struct spread wall, user, system;
};

/* Adds a run, which it takes over. Returns 0 or -ENOMEM. */
int repeat_add(struct repeat *repeat, struct stat_result *run);

/* Makes the mean of them, in place of the last. */
void repeat_finish(struct repeat *repeat);

void repeat_free(struct repeat *repeat);

#endif
