/* SPDX-License-Identifier: MIT */
/*
 * A profile in the formats of others. Each function writes all of one, and returns 0 or a negative
 * errno; what was written before an error stays.
 */
#ifndef PERFEV_CLI_EXPORT_H
#define PERFEV_CLI_EXPORT_H

#include <stdio.h>

#include "../profile/profile.h"

/* A line for each stack, "comm;outer;inner COUNT": what FlameGraph and its like read. */
int export_folded(const struct profile *profile, FILE *to);

/* pprof's protobuf, compressed by gzip, as go tool pprof reads it. */
int export_pprof(const struct profile *profile, FILE *to);

/* The Firefox Profiler's processed format. The profile must have kept its samples. */
int export_firefox(const struct profile *profile, FILE *to);

/* speedscope's format, a profile for each event and each whom. */
int export_speedscope(const struct profile *profile, FILE *to);

/* All of it as one JSON object, whose keys are stable. */
int export_json(const struct profile *profile, FILE *to);

/* One page with an interactive flame graph, which needs nothing else; -ENOTSUP without it. */
int export_html(const struct profile *profile, FILE *to);

/* Whether this build has that page. */
int export_html_is_there(void);

#endif
