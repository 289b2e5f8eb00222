/* SPDX-License-Identifier: MIT */
/*
 * A request of perf_event_open(2) as a value that can be changed and tried, and what an inquiry
 * into its refusal carries along. What must stay true: every request of an inquiry goes through
 * perfev_try(), so that none is enabled, none stays open, and their number is bounded.
 */
#ifndef PERFEV_SRC_EXPLAIN_REQUEST_H
#define PERFEV_SRC_EXPLAIN_REQUEST_H

#include <sys/types.h>

#include "machine.h"
#include "why.h"

struct request {
	struct perf_event_attr attr;
	pid_t pid;
	int cpu;
	int group_fd;
	unsigned long flags;
};

struct inquiry {
	struct request asked; /* with as much of attr as the kernel was told to read */
	int error;            /* what is explained: what the kernel says to it now */
	int is_probe;         /* a kprobe or uprobe: never tried as such */
	unsigned int tries;
	struct machine machine;
	struct pmu pmu; /* of asked.attr.type; its name is "" when there is none */
	struct perfev_why *why;
};

/* perfev_try(): no more tries may be made. No errno. */
#define TRIES_USED_UP (-1)

/*
 * Makes a request and undoes it at once. Returns 0 when the kernel accepts it, its errno when not,
 * or TRIES_USED_UP. A probe is not made, since it might be placed: it counts as refused.
 */
int perfev_try(struct inquiry *inquiry, const struct request *request);

/*
 * An event that counts nothing, of the calling thread: what every kernel grants whom it grants any.
 */
struct request perfev_request_dummy(void);

/* The same request for an event that counts nothing, with all that is not the PMU's own affair. */
struct request perfev_request_as_dummy(const struct request *request);

/* Makes it the event again that was asked for, with all else as it is. */
void perfev_request_restore_event(struct request *request, const struct request *asked);

/* Whether all bytes from address on can be read. */
int perfev_is_readable(const void *address, size_t bytes);

/* Whether a descriptor is open, and whether it is an event's. */
int perfev_is_open(int fd);
int perfev_is_event(int fd);

/* What a descriptor is that is not what it should be: a path, or "no open descriptor". */
void perfev_fd_describe(int fd, char text[80]);

/* The name of an errno, "EINVAL"; "error 999" goes into text when it has none. */
const char *perfev_error_name(int error, char text[24]);

#endif
