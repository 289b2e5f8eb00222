/* SPDX-License-Identifier: MIT */
/*
 * The names closest to one that was not found, of all that are offered: what a message suggests.
 * Nothing is allocated and nothing kept but copies, so that names may be lent.
 */
#ifndef PERFEV_SRC_EVENT_CLOSEST_H
#define PERFEV_SRC_EVENT_CLOSEST_H

#include <stddef.h>

/* Names of more than this many bytes are neither looked for nor suggested. */
#define CLOSEST_LENGTH 63
#define CLOSEST_COUNT 3

struct closest {
	const char *wanted;
	size_t length;
	unsigned int limit; /* a name further off is no typing error */
	unsigned int count;
	struct {
		char name[CLOSEST_LENGTH + 1];
		unsigned int distance;
	} best[CLOSEST_COUNT]; /* the closest first */
};

/* Begins without any. wanted is length bytes, which must stay until the last offer. */
void perfev_closest_begin(struct closest *closest, const char *wanted, size_t length);

/* Takes a name of length bytes into account, but none that is among the best already. */
void perfev_closest_offer(struct closest *closest, const char *name, size_t length);

/*
 * Writes "'read', 'pread' or 'readv'", cut to whole names where it does not fit, or "" when no name
 * was close. Returns how many names there are.
 */
unsigned int perfev_closest_format(const struct closest *closest, char *text, size_t size);

#endif
