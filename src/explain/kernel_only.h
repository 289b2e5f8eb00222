/* SPDX-License-Identifier: MIT */
/* Events that are the kernel's doing alone: with exclude_kernel they open, and stay at 0. */
#ifndef PERFEV_SRC_EXPLAIN_KERNEL_ONLY_H
#define PERFEV_SRC_EXPLAIN_KERNEL_ONLY_H

#include <perfev/abi.h>

static inline int happens_in_kernel(const struct perf_event_attr *attr)
{
	/* Tracepoints too, but for those of system calls, whose numbers say nothing of it. */
	if (attr->type == PERF_TYPE_TRACEPOINT)
		return 1;
	if (attr->type != PERF_TYPE_SOFTWARE)
		return 0;
	return attr->config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
	       attr->config == PERF_COUNT_SW_CPU_MIGRATIONS ||
	       attr->config == PERF_COUNT_SW_CGROUP_SWITCHES ||
	       attr->config == PERF_COUNT_SW_BPF_OUTPUT;
}

#endif
