/* SPDX-License-Identifier: MIT */
/* What an export writes, as text. */
#ifndef PERFEV_TESTS_EXPORTED_H
#define PERFEV_TESTS_EXPORTED_H

#include <stddef.h>
#include <stdio.h>

#include "profile_maker.h"

/* By an export that takes nothing else; to be freed. */
char *exported(const struct profile *profile, int (*export)(const struct profile *, FILE *),
	       size_t *length);

/* export_folded() likewise. */
char *exported_folded(const struct profile *profile, __u32 event, unsigned int flags);

#endif
