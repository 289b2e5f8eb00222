/* SPDX-License-Identifier: MIT */
/* A build without protobuf-c or zlib: it says that it has no pprof. */
#include <errno.h>

#include "export.h"

int export_has_pprof(void)
{
	return 0;
}

int export_pprof(const struct profile *profile, FILE *to)
{
	(void)profile;
	(void)to;
	return -ENOTSUP;
}
