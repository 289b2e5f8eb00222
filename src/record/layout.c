/* SPDX-License-Identifier: MIT */
/*
 * A layout: what an event's attribute says of its records, worked out once. The words that a sample
 * begins with have places in struct perfev_record, so that decoding them is a copy each.
 */
#include <string.h>

#include "bytes.h"
#include "fields.h"

static int is_word(const struct field *field)
{
	return field->shape == SHAPE_U64 || field->shape == SHAPE_PAIR;
}

/* What a sample is that is a copy of its words: see alike.h. */
static void lay_out_alike(struct perfev_layout *layout)
{
	const struct field *next = &perfev_sample_fields[layout->fields[layout->fixed]];

	if (layout->swapped)
		return;
	if (layout->fixed + 1 == layout->field_count && next->shape == SHAPE_WORDS)
		layout->array_at = next->at;
	else if (layout->fixed != layout->field_count)
		return;
	layout->alike_bytes = HEADER_BYTES + 8U * layout->field_count;
}

static void lay_out_sample(struct perfev_layout *layout)
{
	int words_only = 1;

	for (unsigned int i = 0; i < SAMPLE_FIELDS; i++) {
		const struct field *field = &perfev_sample_fields[i];

		if (!(layout->sample_type & field->bits))
			continue;
		/* The kernel refuses both, and would write one. */
		if (field->bits == PERF_SAMPLE_WEIGHT_STRUCT &&
		    layout->sample_type & PERF_SAMPLE_WEIGHT)
			continue;
		words_only &= is_word(field) &&
			      layout->fixed < sizeof(layout->at) / sizeof(layout->at[0]);
		if (words_only) {
			layout->at[layout->fixed++] = field->at;
			/* The identifier comes first, and is the same as the id behind it. */
			if (field->at == offsetof(struct perfev_record, id) &&
			    !layout->id_from_start)
				layout->id_from_start = layout->fixed;
		}
		layout->fields[layout->field_count++] = (__u8)i;
	}
	lay_out_alike(layout);
}

static void lay_out_trailer(struct perfev_layout *layout)
{
	for (unsigned int i = 0; i < TRAILER_FIELDS; i++)
		if (layout->sample_type & perfev_trailer_fields[i].bits)
			layout->trailer[layout->trailer_count++] = (__u8)i;
	layout->trailer_bytes = (__u8)(8 * layout->trailer_count);
	for (unsigned int i = 0; i < layout->trailer_count; i++)
		if (perfev_trailer_fields[layout->trailer[i]].at ==
		    offsetof(struct perfev_record, id))
			layout->id_from_end = (__u8)(layout->trailer_count - i);
}

void perfev_layout_init(struct perfev_layout *layout, const struct perf_event_attr *attr,
			unsigned int flags)
{
	memset(layout, 0, sizeof(*layout));
	layout->swapped = (flags & PERFEV_LAYOUT_SWAPPED) != 0;
	layout->big_endian = (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) != layout->swapped;
	if (!attr)
		return;
	layout->sample_type = attr->sample_type;
	layout->read_format = attr->read_format;
	layout->branch_sample_type = attr->branch_sample_type;
	layout->regs_user = attr->sample_regs_user;
	layout->regs_intr = attr->sample_regs_intr;
	layout->sample_id_all = attr->sample_id_all;
	lay_out_sample(layout);
	if (layout->sample_id_all)
		lay_out_trailer(layout);
}
