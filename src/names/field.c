/* SPDX-License-Identifier: MIT */
/*
 * Fields of perf_event_attr by name. A field is read and written through the integer that holds it,
 * by the shift that its bits have on this machine.
 */
#include <errno.h>
#include <string.h>

#include "tables.h"

const struct perfev_field *perfev_field_get(unsigned int number)
{
	return number < perfev_field_count ? &perfev_fields[number] : NULL;
}

const struct perfev_field *perfev_field_find(const char *name)
{
	for (unsigned int i = 0; i < perfev_field_count; i++)
		if (strcmp(perfev_fields[i].name, name) == 0)
			return &perfev_fields[i];
	return NULL;
}

static __u64 width_mask(const struct perfev_field *field)
{
	return ~(__u64)0 >> (64 - field->width);
}

static __u64 unit_read(const struct perfev_field *field, const struct perf_event_attr *attr)
{
	const char *at = (const char *)attr + field->offset;
	__u64 word;
	__u32 half;
	__u16 quarter;

	switch (field->size) {
	case sizeof(word):
		memcpy(&word, at, sizeof(word));
		return word;
	case sizeof(half):
		memcpy(&half, at, sizeof(half));
		return half;
	default:
		memcpy(&quarter, at, sizeof(quarter));
		return quarter;
	}
}

static void unit_write(const struct perfev_field *field, struct perf_event_attr *attr, __u64 unit)
{
	char *at = (char *)attr + field->offset;
	__u32 half = (__u32)unit;
	__u16 quarter = (__u16)unit;

	switch (field->size) {
	case sizeof(unit):
		memcpy(at, &unit, sizeof(unit));
		break;
	case sizeof(half):
		memcpy(at, &half, sizeof(half));
		break;
	default:
		memcpy(at, &quarter, sizeof(quarter));
	}
}

__u64 perfev_field_read(const struct perfev_field *field, const struct perf_event_attr *attr)
{
	__u64 value = unit_read(field, attr) >> field->shift & width_mask(field);

	if (field->is_signed && value >> (field->width - 1))
		value |= ~width_mask(field);
	return value;
}

int perfev_field_write(const struct perfev_field *field, struct perf_event_attr *attr, __u64 value)
{
	__u64 mask = width_mask(field);
	__u64 unit = unit_read(field, attr);
	__u64 kept = value & mask;

	if (field->is_signed && kept >> (field->width - 1))
		kept |= ~mask;
	if (kept != value)
		return -ERANGE;
	unit &= ~(mask << field->shift);
	unit |= (value & mask) << field->shift;
	unit_write(field, attr, unit);
	return 0;
}
