/* SPDX-License-Identifier: MIT */
/*
 * What the parts of export_pprof() share. The file is written as many messages with a few members
 * each, which are read as one, so that it never is in memory as a whole.
 */
#ifndef PERFEV_CLI_EXPORT_PPROF_H
#define PERFEV_CLI_EXPORT_PPROF_H

#include "../profile/profile.h"
#include "pprof_gzip.h"
#include "intern.h"
#include "profile.pb-c.h"

struct pprof {
	const struct profile *profile;
	struct gzip gzip;
	struct intern texts;
	struct profile places;  /* nodes: a frame on top of the one that it is inlined into */
	unsigned char *is_used; /* a place, by samples */
	void *packed;
	size_t packed_room;
};

/* Writes a part. */
void pprof_put(struct pprof *pprof, const Perfev__Pprof__Profile *part);

/* The number of a text. */
int64_t pprof_text(struct pprof *pprof, const char *text);

/* The format's numbers have a sign. */
static inline int64_t pprof_value(__u64 value)
{
	return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

/* Samples; and then the files, the functions and the places that they used. 0 or -ENOMEM. */
int pprof_put_samples(struct pprof *pprof);
int pprof_put_tables(struct pprof *pprof);

#endif
