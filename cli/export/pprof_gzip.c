/* SPDX-License-Identifier: MIT */
/* Compresses what is written; see pprof_gzip.h. */
#include "pprof_gzip.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

int gzip_start(struct gzip *gzip, FILE *to)
{
	/* 16 asks for gzip's header; the lowest level is thrice as fast and a fifth larger. */
	memset(&gzip->stream, 0, sizeof(gzip->stream));
	if (deflateInit2(&gzip->stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	output_start(&gzip->output, to);
	return 0;
}

static void compress_more(struct gzip *gzip, int flush)
{
	unsigned char packed[16 << 10];

	do {
		gzip->stream.next_out = packed;
		gzip->stream.avail_out = sizeof(packed);
		deflate(&gzip->stream, flush);
		output_bytes(&gzip->output, packed, sizeof(packed) - gzip->stream.avail_out);
	} while (!gzip->stream.avail_out);
}

void gzip_write(struct gzip *gzip, const void *bytes, size_t count)
{
	const unsigned char *at = bytes;

	while (count) {
		const unsigned int part = count < INT_MAX ? (unsigned int)count : INT_MAX;

		/* zlib does not change it, but its header need not say so. */
		memcpy(&gzip->stream.next_in, &at, sizeof(at));
		gzip->stream.avail_in = part;
		compress_more(gzip, Z_NO_FLUSH);
		at += part;
		count -= part;
	}
}

void gzip_fail(struct gzip *gzip, int error)
{
	output_fail(&gzip->output, error);
}

int gzip_end(struct gzip *gzip)
{
	gzip->stream.next_in = NULL;
	gzip->stream.avail_in = 0;
	compress_more(gzip, Z_FINISH);
	deflateEnd(&gzip->stream);
	return output_end(&gzip->output);
}
