/* SPDX-License-Identifier: MIT */
/*
 * Attributes as files hold them: of any size, and of machines of the other byte order, where a
 * bit-field begins at the other end of its word as well.
 */
#include <errno.h>
#include <string.h>

#include <perfev/names.h>
#include <perfev/record.h>

#include "bytes.h"

static __u64 load(const unsigned char *at, unsigned int size)
{
	switch (size) {
	case 8:
		return load64(at, 1);
	case 4:
		return load32(at, 1);
	default:
		return load16(at, 1);
	}
}

static void store(unsigned char *at, unsigned int size, __u64 value)
{
	switch (size) {
	case 8:
		store64(at, value, 1);
		break;
	case 4:
		store32(at, (__u32)value, 1);
		break;
	default:
		store16(at, (__u16)value, 1);
	}
}

/* Where a field's bits begin on a machine of the other byte order. */
static unsigned int other_shift(const struct perfev_field *field)
{
	return 8U * field->size - field->shift - field->width;
}

static __u64 mask_of(const struct perfev_field *field)
{
	return ~(__u64)0 >> (64 - field->width);
}

int perfev_attr_decode(struct perf_event_attr *out, const void *bytes, size_t length,
		       unsigned int flags)
{
	const unsigned int swapped = flags & PERFEV_LAYOUT_SWAPPED;
	const struct perfev_field *field;
	const unsigned char *at = bytes;
	__u32 size;

	memset(out, 0, sizeof(*out));
	if (length < PERF_ATTR_SIZE_VER0)
		return -EBADMSG;
	size = load32(at + offsetof(struct perf_event_attr, size), (int)swapped);
	/* The first kernels left it at 0. */
	if (size == 0)
		size = PERF_ATTR_SIZE_VER0;
	if (size < PERF_ATTR_SIZE_VER0 || size > length || size > 0xffff)
		return -EBADMSG;
	if (!swapped)
		memcpy(out, at, size < sizeof(*out) ? size : sizeof(*out));
	for (unsigned int i = 0; swapped && (field = perfev_field_get(i)); i++) {
		__u64 unit;

		if ((size_t)field->offset + field->size > size)
			continue;
		unit = load(at + field->offset, field->size);
		unit = unit >> other_shift(field) & mask_of(field);
		/* What is signed is written with its sign. */
		if (field->is_signed && unit >> (field->width - 1))
			unit |= ~mask_of(field);
		perfev_field_write(field, out, unit);
	}
	out->size = size;
	return (int)size;
}

int perfev_attr_encode(void *bytes, size_t length, const struct perf_event_attr *attr,
		       unsigned int flags)
{
	const struct perfev_field *field;
	struct perf_event_attr whole;
	unsigned char *at = bytes;

	if (length < sizeof(*attr))
		return sizeof(*attr);
	memcpy(&whole, attr, sizeof(whole));
	/* One that was read may be of another size; what is written has this one. */
	whole.size = sizeof(whole);
	memcpy(at, &whole, sizeof(whole));
	if (flags & PERFEV_LAYOUT_SWAPPED)
		memset(at, 0, sizeof(*attr));
	for (unsigned int i = 0; flags & PERFEV_LAYOUT_SWAPPED && (field = perfev_field_get(i));
	     i++) {
		__u64 value = perfev_field_read(field, &whole) & mask_of(field);
		__u64 unit = load(at + field->offset, field->size);

		unit &= ~(mask_of(field) << other_shift(field));
		store(at + field->offset, field->size, unit | value << other_shift(field));
	}
	return sizeof(*attr);
}
