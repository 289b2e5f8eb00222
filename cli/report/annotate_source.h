/* SPDX-License-Identifier: MIT */
/* Lines of sources: each file is read once, when its first line is asked for. */
#ifndef PERFEV_CLI_ANNOTATE_SOURCE_H
#define PERFEV_CLI_ANNOTATE_SOURCE_H

#include <stddef.h>
#include <time.h>

#include <perfev/abi.h>

struct annotate_source {
	char *path;
	char *text;   /* lines, each with a zero behind it; NULL: it cannot be read */
	char **lines; /* from line 1 on */
	__u32 count;
	int error;      /* why not: an errno */
	time_t changed; /* when it was written last */
	struct annotate_source *next;
};

/* All zero at first. */
struct annotate_sources {
	struct annotate_source *list;
};

/* Finds a source by its path, as the compiler had it. Returns NULL without memory. */
const struct annotate_source *annotate_source_get(struct annotate_sources *sources,
						  const char *path);

/* Returns a line, with spaces for tabs and without what a terminal would obey, or NULL. */
const char *annotate_source_line(const struct annotate_source *source, __u32 line);

void annotate_sources_free(struct annotate_sources *sources);

#endif
