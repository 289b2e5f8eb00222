/* SPDX-License-Identifier: MIT */
/* What is left of a section of the header, and taking from it: nothing that is not there. */
#ifndef PERFEV_SRC_FILE_PARTS_H
#define PERFEV_SRC_FILE_PARTS_H

#include "../record/cursor.h"
#include "file.h"

/*
 * Begins or goes on with a section that is a list. Returns 1 with the cursor where the listing is,
 * or as perfev_file_feature().
 */
int perfev_part_begin(struct perfev_file *file, unsigned int feature,
		      const struct perfev_feature_at *at, struct cursor *cursor);

/* Ends a step of a listing: result is 1 or an error, after which nothing more comes. */
int perfev_part_end(struct perfev_feature_at *at, const struct cursor *begin,
		    const struct cursor *cursor, int result);

/* Takes a text, which must have its zero byte. Returns 0 or -EBADMSG. */
int perfev_part_text(struct cursor *cursor, const char **out);

/* Returns for how many CPUs sections have rows. */
__u32 perfev_part_cpus(struct perfev_file *file);

#endif
