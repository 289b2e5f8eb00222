/* SPDX-License-Identifier: MIT */
/* Two programs compared: run in turn, and what can be said of the difference. */
#ifndef PERFEV_CLI_STAT_VERSUS_H
#define PERFEV_CLI_STAT_VERSUS_H

#include "stat.h"

/* Runs stat's program and options.versus. Returns the exit status. */
int stat_versus(struct stat *stat);

#endif
