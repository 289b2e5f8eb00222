/* SPDX-License-Identifier: MIT */
/* Probes of the kernel and of programs, read and written. */
#ifndef PERFEV_SRC_EVENT_PROBE_H
#define PERFEV_SRC_EVENT_PROBE_H

#include <stdint.h>

#include "parser.h"
#include "../text.h"

/* Whether a text begins as a probe does: "kprobe:", "uretprobe:". */
int perfev_probe_is(const char *text);

/*
 * Writes a probe. Returns 1, -EINVAL when it is one that no text stands for, or a negative errno.
 */
int perfev_probe_write(struct text *text, const struct pmu *pmu,
		       const struct perf_event_attr *attr);

#endif
