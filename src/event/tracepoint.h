/* SPDX-License-Identifier: MIT */
/* Tracepoints by their number. */
#ifndef PERFEV_SRC_EVENT_TRACEPOINT_H
#define PERFEV_SRC_EVENT_TRACEPOINT_H

#include "sysfs.h"
#include "../text.h"

/*
 * Writes the name of a tracepoint by a walk of all of them. Returns 1, 0 when none that the caller
 * may see has that number, or a negative errno.
 */
int perfev_tracepoint_write(struct text *text, const struct machine *machine, __u64 id);

#endif
