/* SPDX-License-Identifier: MIT */
/*
 * A call on an event that was opened, an ioctl or mmap(), and what its explanation carries along.
 */
#ifndef PERFEV_SRC_EXPLAIN_IOCTL_H
#define PERFEV_SRC_EXPLAIN_IOCTL_H

#include "request.h"

struct call {
	int fd;
	const struct perf_event_attr *attr; /* as it was opened, or NULL */
	unsigned long request;
	unsigned long argument;
	struct inquiry inquiry;
};

int perfev_ioctl_blame(struct call *call, enum perfev_cause cause, const char *field, __u64 value);

/* Explains a descriptor that is no event's. Returns 1, or 0 when it is one. */
int perfev_explain_fd(struct inquiry *inquiry, int fd);

/* Explains PERF_EVENT_IOC_SET_OUTPUT. Returns 1, or 0 when it has nothing to say of the errno. */
int perfev_explain_output(struct call *call);

#endif
