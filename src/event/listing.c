/* SPDX-License-Identifier: MIT */
/* Listings, in the order of people: imc_2 before imc_10. */
#define _GNU_SOURCE /* strverscmp() */
#include "listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct listing *listing, const char *name)
{
	if (listing->count == listing->room) {
		unsigned int room = listing->room ? 2 * listing->room : 16;
		char **names = realloc(listing->names, room * sizeof(*names));

		if (!names)
			return -ENOMEM;
		listing->names = names;
		listing->room = room;
	}
	listing->names[listing->count] = strdup(name);
	if (!listing->names[listing->count])
		return -ENOMEM;
	listing->count++;
	return 0;
}

/* Fills the listing, and closes the folder. */
static int read_names(struct listing *listing, DIR *open_folder, listing_match_fn match,
		      const char *pattern, size_t length)
{
	const char *name;
	int result = 0;

	while (result == 0 && (name = perfev_tree_next(open_folder)))
		if (match(pattern, length, name))
			result = add(listing, name);
	if (result == 0)
		result = -errno; /* of what was not read to its end */
	closedir(open_folder);
	if (result < 0)
		perfev_listing_free(listing);
	else if (listing->count)
		qsort(listing->names, listing->count, sizeof(*listing->names), compare);
	return result;
}

int perfev_listing_read(struct listing *listing, const struct tree *tree, const char *folder,
			listing_match_fn match, const char *pattern, size_t length)
{
	DIR *open_folder;
	int result;

	memset(listing, 0, sizeof(*listing));
	result = perfev_tree_list(tree, &open_folder, "%s", folder);
	return result < 0 ? result : read_names(listing, open_folder, match, pattern, length);
}

int perfev_listing_read_at(struct listing *listing, int folder, listing_match_fn match,
			   const char *pattern, size_t length)
{
	/* closedir(3) takes its descriptor along, and the caller's is to stay. */
	int copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *open_folder;

	memset(listing, 0, sizeof(*listing));
	if (copy < 0)
		return -errno;
	open_folder = fdopendir(copy);
	if (!open_folder) {
		close(copy);
		return -ENOMEM;
	}
	return read_names(listing, open_folder, match, pattern, length);
}

void perfev_listing_free(struct listing *listing)
{
	for (unsigned int i = 0; i < listing->count; i++)
		free(listing->names[i]);
	free(listing->names);
	memset(listing, 0, sizeof(*listing));
}
