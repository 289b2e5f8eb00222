/* SPDX-License-Identifier: MIT */
/* Breakpoints. */
#ifndef PERFEV_SRC_EVENT_BREAKPOINT_H
#define PERFEV_SRC_EVENT_BREAKPOINT_H

#include <perfev/abi.h>

/* Returns how long a breakpoint is when its text does not say. */
__u64 perfev_breakpoint_length(__u32 type);

#endif
