/* SPDX-License-Identifier: MIT */
/* Trying out whether events fit the processor's counters together. */
#ifndef PERFEV_SRC_COUNT_TRIAL_H
#define PERFEV_SRC_COUNT_TRIAL_H

#include <perfev/event.h>

/* Whether the event takes a counter of the processor's, of which there are few. */
int perfev_event_takes_counter(const struct perfev_event *event);

/* How many events can be tried at a time. */
#define PERFEV_TRIAL_MOST 64

/*
 * Says how many of these events, from the first, run together: opened as a pinned group on the
 * calling thread, which the kernel puts on counters at once or gives up. Returns that number, or 0
 * when it cannot be tried out here.
 */
unsigned int perfev_trial(const struct perfev_event *const *events, unsigned int count);

/*
 * Says how many of the processor's counters count, of so many that are wanted at a time, where at
 * least one of them stands still. Returns 0 where none was found that does, or nothing found out.
 */
unsigned int perfev_trial_counters(unsigned int wanted);

/* Lends the event that counters are tried out with: any counter counts it, and it is never 0. */
const struct perfev_event *perfev_trial_event(void);

#endif
