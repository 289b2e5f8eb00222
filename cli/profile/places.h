/* SPDX-License-Identifier: MIT */
/* Where code was, as frames of a profile: a function's, or an address's with what is inlined. */
#ifndef PERFEV_CLI_PROFILE_PLACES_H
#define PERFEV_CLI_PROFILE_PLACES_H

#include <perfev/symbol.h>

#include "take.h"

struct profile_places;

/* Returns 0 or -ENOMEM. */
int profile_places_open(struct profile_places **out, struct profile *profile,
			struct perfev_symbols *symbols,
			const struct profile_taking_options *options);
void profile_places_close(struct profile_places *places);

/*
 * Finds or adds the frames of a place: one, or several where functions are inlined in it, the
 * innermost first, lent until the next call. Returns how many there are, or -ENOMEM.
 */
long profile_places_find(struct profile_places *places, const struct perfev_frame *frame,
			 const __u32 **frames);

#endif
