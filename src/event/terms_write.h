/* SPDX-License-Identifier: MIT */
/* What stands between a PMU's slashes, written from attr.config and its fellows. */
#ifndef PERFEV_SRC_EVENT_TERMS_WRITE_H
#define PERFEV_SRC_EVENT_TERMS_WRITE_H

#include "pmu.h"
#include "../text.h"

/* Writes "cpu/event=0xc0,umask=0x1/". Returns 0 or a negative errno. */
int perfev_terms_write(struct text *text, const struct pmu *pmu,
		       const struct perf_event_attr *attr);

#endif
