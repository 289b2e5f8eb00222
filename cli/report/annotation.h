/* SPDX-License-Identifier: MIT */
/*
 * A function as it is shown with its samples: its instructions, the source lines that they are of,
 * and how much there is of each event at each instruction. The shares of a function add up to all
 * of it: what is at no instruction that is known is told apart.
 */
#ifndef PERFEV_CLI_ANNOTATION_H
#define PERFEV_CLI_ANNOTATION_H

#include <perfev/symbol.h>

#include "../profile/profile.h"
#include "annotate_code.h"
#include "annotate_source.h"

enum annotation_kind {
	ANNOTATION_FILE,   /* the source that the next lines are of */
	ANNOTATION_SOURCE, /* a line of it */
	ANNOTATION_CODE,   /* an instruction */
};

struct annotation_line {
	enum annotation_kind kind;
	__u32 number;     /* of a source's line, or of an instruction in the code's list */
	const char *text; /* of a file or a source's line; NULL: it cannot be read */
	const char
		*function; /* of a source's line: the function that it was inlined from, or NULL */
};

struct annotation {
	const struct perfev_symbol *symbol;
	struct annotate_code code; /* without objdump: where there were samples, without a text */
	struct annotation_line *lines;
	__u32 line_count, line_room, events;
	__u64 *weights;   /* by instruction * events + event */
	__u64 *elsewhere; /* by event: at no instruction */
	__u64 *totals;    /* by event: all of the function's */
	__u64 samples;    /* of all events */
	char note[640];   /* what is missing and why, or "" */
};

/*
 * Makes one of a symbol that has samples, and counts them. Sources are kept in *sources, which has
 * to live longer; objdump may be NULL. Returns 0 or -ENOMEM.
 */
int annotation_make(struct annotation *annotation, const struct profile *profile,
		    struct perfev_symbols *symbols, const struct perfev_symbol *symbol,
		    struct annotate_sources *sources, const char *objdump);

/* Counts anew, of a profile that has changed, or of its successor. Returns 0 or -ENOMEM. */
int annotation_count(struct annotation *annotation, const struct profile *profile);

void annotation_free(struct annotation *annotation);

/* Returns the frame that a sample was in: of what was inlined, the function that has the code. */
const struct profile_frame *annotation_frame(const struct profile *profile,
					     const struct profile_row *row);

/* How much of the function's samples an instruction has, from 0 to 1. */
static inline double annotation_share(const struct annotation *annotation, __u32 instruction,
				      __u32 event)
{
	const __u64 total = annotation->totals[event];

	return total ? (double)annotation
				       ->weights[(__u64)instruction * annotation->events + event] /
			       (double)total :
		       0;
}

#endif
