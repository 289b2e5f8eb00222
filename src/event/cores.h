/* SPDX-License-Identifier: MIT */
/*
 * The PMUs of the processor's cores: one, or on a hybrid processor one for each kind of core, to
 * whose events the kernel then wants its number beside a generic name.
 */
#ifndef PERFEV_SRC_EVENT_CORES_H
#define PERFEV_SRC_EVENT_CORES_H

#include "pmu.h"

#define MOST_CORES 8

struct cores {
	int found;                   /* perfev_cores_find() has filled this */
	int hybrid;                  /* each generic event is one for each of these */
	unsigned int count;          /* 0: there is none, or none that sysfs shows */
	struct pmu list[MOST_CORES]; /* where not hybrid, the type is that of raw events */
};

/*
 * Finds them: one look where there is a PMU "cpu", which is all but hybrid and Arm processors.
 * Returns 0 or a negative errno.
 */
int perfev_cores_find(struct cores *cores, const struct machine *machine);

#endif
