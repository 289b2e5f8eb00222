/* SPDX-License-Identifier: MIT */
/* What is asked of the table of records: a type's kind and name, and when a field is there. */
#include <strings.h>

#include "fields.h"

const struct kind *perfev_kind(__u32 type)
{
	const struct kind *kind = NULL;

	if (type < KERNEL_KINDS)
		kind = &perfev_kernel_kinds[type];
	else if (type >= FIRST_USER_KIND && type - FIRST_USER_KIND < USER_KINDS)
		kind = &perfev_user_kinds[type - FIRST_USER_KIND];
	return kind && kind->name ? kind : NULL;
}

/* simpleperf's records, from FIRST_SIMPLEPERF_KIND: they have names, and bytes. */
static const char *const simpleperf_names[] = {
	NULL,
	"SIMPLEPERF_KERNEL_SYMBOL",
	"SIMPLEPERF_DSO",
	"SIMPLEPERF_SYMBOL",
	"SIMPLEPERF_SPLIT",
	"SIMPLEPERF_SPLIT_END",
	"SIMPLEPERF_EVENT_ID",
	"SIMPLEPERF_CALLCHAIN",
	"SIMPLEPERF_UNWINDING_RESULT",
	"SIMPLEPERF_TRACING_DATA",
	"SIMPLEPERF_DEBUG",
};

#define FIRST_SIMPLEPERF_KIND 32768U
#define SIMPLEPERF_KINDS (sizeof(simpleperf_names) / sizeof(simpleperf_names[0]))

const char *perfev_record_name(__u32 type)
{
	const struct kind *kind = perfev_kind(type);

	if (type >= FIRST_SIMPLEPERF_KIND && type - FIRST_SIMPLEPERF_KIND < SIMPLEPERF_KINDS)
		return simpleperf_names[type - FIRST_SIMPLEPERF_KIND];
	return kind ? kind->name : NULL;
}

int perfev_record_find_name(const char *name, __u32 *type)
{
	for (__u32 number = 0; number < FIRST_USER_KIND + USER_KINDS; number++) {
		const struct kind *kind = perfev_kind(number);

		if (!kind || strcasecmp(kind->name, name) != 0)
			continue;
		*type = number;
		return 1;
	}
	for (__u32 i = 1; i < SIMPLEPERF_KINDS; i++) {
		if (strcasecmp(simpleperf_names[i], name) != 0)
			continue;
		*type = FIRST_SIMPLEPERF_KIND + i;
		return 1;
	}
	return 0;
}

int perfev_field_is_there(const struct field *field, const struct perfev_record *record,
			  const struct perfev_layout *layout, size_t left)
{
	switch (field->when) {
	case WHEN_ALWAYS:
		return 1;
	case WHEN_SAMPLE_TYPE:
		return (layout->sample_type & field->bits) != 0;
	case WHEN_MISC:
		return (record->misc & field->bits) != 0;
	case WHEN_NO_MISC:
		return (record->misc & field->bits) == 0;
	case WHEN_ROOM:
		return left != 0;
	case WHEN_ERROR_TIMED:
		return record->auxtrace_error.fmt != 0;
	case WHEN_ERROR_GUEST:
		return record->auxtrace_error.fmt >= 2;
	}
	return 0;
}

__u64 perfev_field_mask(const struct field *field, const struct perfev_layout *layout)
{
	return field->bits == PERF_SAMPLE_REGS_INTR ? layout->regs_intr : layout->regs_user;
}

unsigned int perfev_value_bytes(__u64 read_format)
{
	return 8U + (read_format & PERF_FORMAT_ID ? 8U : 0U) +
	       (read_format & PERF_FORMAT_LOST ? 8U : 0U);
}
