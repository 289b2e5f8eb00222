/* SPDX-License-Identifier: MIT */
/* The names in a folder that match a pattern, in order: folders themselves have none. */
#ifndef PERFEV_SRC_EVENT_LISTING_H
#define PERFEV_SRC_EVENT_LISTING_H

#include "sysfs.h"

struct listing {
	char **names;
	unsigned int count;
	unsigned int room;
};

typedef int (*listing_match_fn)(const char *pattern, size_t length, const char *name);

/*
 * Fills an empty listing. Returns 0, or a negative errno with nothing to be freed: -ENOENT when
 * there is no such folder.
 */
int perfev_listing_read(struct listing *listing, const struct tree *tree, const char *folder,
			listing_match_fn match, const char *pattern, size_t length);

/* Likewise, of a folder that is open at its beginning, and stays open. */
int perfev_listing_read_at(struct listing *listing, int folder, listing_match_fn match,
			   const char *pattern, size_t length);

void perfev_listing_free(struct listing *listing);

#endif
