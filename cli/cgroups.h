/* SPDX-License-Identifier: MIT */
/*
 * Cgroups as linux-perf's -G has them: one name is of all events; of several the first is the first
 * event's, and so on, and an empty name or none lets an event see all tasks.
 */
#ifndef PERFEV_CLI_CGROUPS_H
#define PERFEV_CLI_CGROUPS_H

#include <perfev/event.h>

#include "targets.h"

/*
 * Gives each event its cgroup, where targets->is_paired had -G read so. What is wrong is said to
 * standard error. Returns 0, or a negative errno: -EINVAL or -ENOMEM.
 */
int cgroups_pair(struct targets *targets, const struct perfev_events *events, const char *command);

#endif
