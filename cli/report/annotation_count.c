/* SPDX-License-Identifier: MIT */
/* How much there is at each instruction; see annotation.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "annotation.h"

const struct profile_frame *annotation_frame(const struct profile *profile,
					     const struct profile_row *row)
{
	__u32 node = row->node;

	while (node && profile->frames[profile->nodes[node].frame].is_inlined &&
	       profile->nodes[node].parent)
		node = profile->nodes[node].parent;
	return node ? &profile->frames[profile->nodes[node].frame] : NULL;
}

/* The place of an address in the counts, or NULL: it is in no instruction. */
static __u64 *place_of(struct annotation *annotation, __u64 address)
{
	const struct annotate_instruction *found = annotate_code_find(&annotation->code, address);

	/* Without a disassembly each address stands for itself. */
	if (!found || (!found->text && found->address != address))
		return NULL;
	return annotation->weights + (size_t)(found - annotation->code.list) * annotation->events;
}

/* Room for the events, which do not become fewer. */
static int make_room(struct annotation *annotation, __u32 events)
{
	const size_t instructions = annotation->code.count;

	free(annotation->weights);
	free(annotation->totals);
	annotation->weights = calloc(instructions * events + 1, sizeof(__u64));
	annotation->totals = calloc(2 * (size_t)events + 1, sizeof(__u64));
	annotation->events = events;
	if (!annotation->weights || !annotation->totals)
		return -ENOMEM;
	annotation->elsewhere = annotation->totals + events;
	return 0;
}

int annotation_count(struct annotation *annotation, const struct profile *profile)
{
	if (make_room(annotation, profile->event_count) < 0)
		return -ENOMEM;
	annotation->samples = 0;
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		const struct profile_frame *frame = annotation_frame(profile, row);
		__u64 *place;

		if (!frame || profile->functions[frame->function].symbol != annotation->symbol)
			continue;
		place = place_of(annotation, frame->address);
		*(place ? place + row->event : annotation->elsewhere + row->event) += row->weight;
		annotation->totals[row->event] += row->weight;
		annotation->samples += row->samples;
	}
	return 0;
}
