/* SPDX-License-Identifier: GPL-2.0-only */
/* All that differs between the kernels that the test PMU is built for, 6.1 and newer. */
#ifndef PERFEV_PMU_COMPAT_H
#define PERFEV_PMU_COMPAT_H

#include <linux/perf_event.h>
#include <linux/version.h>

/*
 * Before Linux 6.2 only one PMU may count in the hardware context, or all that say this of
 * themselves, as those of arm64 do. Only in that context are events multiplexed.
 */
#ifdef PERF_PMU_CAP_HETEROGENEOUS_CPUS
#define PERFEV_CAP_SHARES_CONTEXT PERF_PMU_CAP_HETEROGENEOUS_CPUS
#else
#define PERFEV_CAP_SHARES_CONTEXT 0
#endif

static inline void perfev_save_branches(struct perf_sample_data *data, struct perf_event *event,
					struct perf_branch_stack *branches)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	perf_sample_save_brstack(data, event, branches, NULL);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	perf_sample_save_brstack(data, event, branches);
#else
	data->br_stack = branches;
	data->sample_flags |= PERF_SAMPLE_BRANCH_STACK;
#endif
}

#endif
