/* SPDX-License-Identifier: MIT */
/* The size of the kernel's own perf_event_attr, and what goes past it. */
#ifndef PERFEV_SRC_EXPLAIN_SIZE_H
#define PERFEV_SRC_EXPLAIN_SIZE_H

#include "request.h"

/* Returns the size of attr that the kernel knows, or 0 when it does not tell. */
__u32 perfev_kernel_attr_size(struct inquiry *inquiry);

/* Explains E2BIG; attr is the caller's, whole. Returns 1. */
int perfev_explain_size(struct inquiry *inquiry, const struct perf_event_attr *attr);

#endif
