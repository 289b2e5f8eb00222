/* SPDX-License-Identifier: MIT */
/* Compresses what is written, by zlib, as gzip does; no time stands in it. */
#ifndef PERFEV_CLI_EXPORT_PPROF_GZIP_H
#define PERFEV_CLI_EXPORT_PPROF_GZIP_H

#include <zlib.h>

#include "output.h"

struct gzip {
	z_stream stream;
	struct output output;
};

/* Returns 0 or -ENOMEM; then nothing is to be ended. */
int gzip_start(struct gzip *gzip, FILE *to);

void gzip_write(struct gzip *gzip, const void *bytes, size_t count);

/* Notes an error of the caller's, unless there was one before. */
void gzip_fail(struct gzip *gzip, int error);

/* Writes what is left and frees. Returns 0 or the first error. */
int gzip_end(struct gzip *gzip);

#endif
