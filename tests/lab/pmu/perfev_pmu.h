/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the test PMU share. README.md says how each PMU behaves; what it says is what
 * tests/live/test_pmu.c and test_aux.c compare with, so the two change together.
 */
#ifndef PERFEV_PMU_H
#define PERFEV_PMU_H

#include <linux/perf_event.h>

/* Counters of perfev_test. An event of number PERFEV_EVENT_FIXED fits on counter 0 only. */
#define PERFEV_COUNTERS 4
#define PERFEV_EVENT_LAST 4
#define PERFEV_EVENT_FIXED 3

/* The fields of attr.config, as format/ says. */
#define PERFEV_CONFIG_EVENT(config) ((u32)((config) & 0xff))
#define PERFEV_CONFIG_UMASK(config) ((u32)((config) >> 8 & 0xff))
#define PERFEV_CONFIG_TAG(config) ((u32)(((config) >> 16 & 0xf) | ((config) >> 28 & 0xf0)))
#define PERFEV_CONFIG_MASK 0x0000000f000fffffULL
#define PERFEV_CONFIG1_MASK 0xffffULL

/* The number of entries in the branch stack of a sample that asks for all of them. */
#define PERFEV_BRANCHES 8

extern struct pmu perfev_test_pmu;
extern struct pmu perfev_uncore_pmu;
extern struct pmu perfev_aux_pmu;

extern const struct attribute_group *perfev_test_groups[];

/* The kernel's perf_event_overflow(), which it does not export to modules. */
extern int (*perfev_event_overflow)(struct perf_event *event, struct perf_sample_data *data,
				    struct pt_regs *regs);

/* What a write to the file hit of perfev_test said. */
struct perfev_hit {
	u32 event;
	u32 umask;
	u32 tag;
	bool kernel;
};

/* Counts one hit in all events of this processor's counters that select it. Interrupts are off. */
void perfev_test_hit(const struct perfev_hit *hit, struct pt_regs *regs);

/* Whether samples of the event can have the branches that it asks for. */
bool perfev_branches_supported(const struct perf_event *event);

/* Writes a sample, and stops the event when the kernel asks for that. Interrupts are off. */
void perfev_sample(struct perf_event *event, struct pt_regs *regs);

#endif
