/* SPDX-License-Identifier: MIT */
/*
 * A profile in the formats of others. Each function writes all of one and flushes it, and returns 0
 * or a negative errno: that of the write that failed, or -ENOMEM. What was written before an error
 * stays. Memory does not grow with what is written.
 */
#ifndef PERFEV_CLI_EXPORT_H
#define PERFEV_CLI_EXPORT_H

#include <stdio.h>

#include "../profile/profile.h"

enum export_folded_flags {
	EXPORT_WEIGHTS = 1 << 0,       /* sums of periods, not numbers of samples */
	EXPORT_KERNEL_SUFFIX = 1 << 1, /* "_[k]" behind the kernel's functions */
};

/*
 * A line for each distinct stack of one event, "comm;outer;inner COUNT", in the order in which they
 * were first seen: what FlameGraph and its like read. One event, since those sum up all that they
 * read. The count is of samples, as inferno has it; stackcollapse-perf takes periods where its
 * input shows them. The suffix is for who colors by it: it makes another name of a function, which
 * then is not found by its own and differs from other files', so it is written only on request.
 */
int export_folded(const struct profile *profile, __u32 event, unsigned int flags, FILE *to);

/*
 * pprof's protobuf, compressed by gzip, as go tool pprof reads it: for each event the samples and
 * the events that they stand for. -ENOTSUP where perfev was built without protobuf-c or zlib.
 */
int export_pprof(const struct profile *profile, FILE *to);

/* Whether this build has it. */
int export_has_pprof(void);

/*
 * The Firefox Profiler's processed format: a track for each thread and event. -EINVAL unless the
 * profile has kept its samples.
 */
int export_firefox(const struct profile *profile, FILE *to);

/*
 * speedscope's format: a profile for each event and each whom, in the order of time where the
 * profile has kept its samples.
 */
int export_speedscope(const struct profile *profile, FILE *to);

/* All of it as one JSON object, whose keys are stable: see perfev-report(1). */
int export_json(const struct profile *profile, FILE *to);

/* One page with an interactive flame graph, which needs nothing else; -ENOTSUP without it. */
int export_html(const struct profile *profile, FILE *to);

/* Whether this build has that page. */
int export_html_is_there(void);

#endif
