/* SPDX-License-Identifier: MIT */
/*
 * E2BIG: something is set that this kernel's attr does not have, or the size itself is wrong. The
 * kernel has by then written its own size over the caller's, so the struct is looked at as a whole.
 */
#include "size.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <perfev/sys.h>

__u32 perfev_kernel_attr_size(struct inquiry *inquiry)
{
	struct perf_event_attr attr = { .size = 1 };

	inquiry->tries++;
	if (perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) >= 0 || errno != E2BIG)
		return 0;
	return attr.size;
}

static void blame(struct inquiry *inquiry, enum perfev_cause cause, const char *field, __u64 value)
{
	perfev_why_begin(inquiry->why, cause, inquiry->error, field, value);
}

/* The first field past what the kernel knows that is set, or NULL. */
static const struct perfev_field *field_past(const struct perf_event_attr *attr, __u32 size)
{
	const struct perfev_field *field;

	for (unsigned int number = 0; (field = perfev_field_get(number)); number++)
		if (field->offset >= size && perfev_field_read(field, attr))
			return field;
	return NULL;
}

static int explain_field(struct inquiry *inquiry, const struct perfev_field *field,
			 const struct perf_event_attr *attr, __u32 size)
{
	struct perfev_why *why = inquiry->why;
	char release[16];

	perfev_release_format(release, sizeof(release), field->since);
	blame(inquiry, PERFEV_CAUSE_KERNEL, field->name, perfev_field_read(field, attr));
	perfev_why_reason(why, "attr.%s needs Linux %s, this is %s", field->name, release,
			  inquiry->machine.release_text);
	perfev_why_evidence(why, "the kernel's attr has %u bytes, and %s is at byte %u", size,
			    field->name, field->offset);
	perfev_why_remedy(why,
			  "attr.%s = 0; and set attr.size anew, which the kernel has overwritten",
			  field->name);
	return 1;
}

/* The first byte between size and the caller's own that is set, or 0. */
static __u32 byte_past(const struct perf_event_attr *attr, __u32 size, __u32 from)
{
	const unsigned char *bytes = (const unsigned char *)attr;

	if (size > 65536 || !perfev_is_readable(attr, size))
		return 0;
	for (__u32 at = from; at < size; at++)
		if (bytes[at])
			return at;
	return 0;
}

/* More members than one read can give: the kernel's limit is 16 KiB. */
static int explain_group_read(struct inquiry *inquiry)
{
	struct request alone = inquiry->asked;

	alone.group_fd = -1;
	if (inquiry->asked.group_fd == -1 || perfev_try(inquiry, &alone) != 0)
		return 0;
	blame(inquiry, PERFEV_CAUSE_GROUP_FULL, "group_fd", (__u64)inquiry->asked.group_fd);
	perfev_why_reason(inquiry->why,
			  "the group of group_fd %d is so large that a read or sample of all "
			  "of it would pass the kernel's 16 KiB or a record's 64 KiB",
			  inquiry->asked.group_fd);
	perfev_why_evidence(inquiry->why, "accepted without group_fd");
	perfev_why_remedy(inquiry->why, "group_fd = -1; and open further groups");
	return 1;
}

int perfev_explain_size(struct inquiry *inquiry, const struct perf_event_attr *attr)
{
	const __u32 known = perfev_kernel_attr_size(inquiry);
	const long page = sysconf(_SC_PAGESIZE);
	const struct perfev_field *field = known ? field_past(attr, known) : NULL;
	struct perfev_why *why = inquiry->why;
	__u32 byte = 0;

	if (field)
		return explain_field(inquiry, field, attr, known);
	if (explain_group_read(inquiry))
		return 1;
	if (attr->size > sizeof(*attr) && attr->size <= (unsigned long)page)
		byte = byte_past(attr, attr->size, sizeof(*attr));
	blame(inquiry, byte ? PERFEV_CAUSE_KERNEL : PERFEV_CAUSE_VALUE, "size", attr->size);
	if (byte)
		perfev_why_reason(why,
				  "byte %u of attr is set, but this kernel's attr has %u bytes",
				  byte, known);
	else if (attr->size && attr->size < PERF_ATTR_SIZE_VER0)
		perfev_why_reason(why,
				  "size is %u, but the smallest attr there ever was has %d bytes",
				  attr->size, PERF_ATTR_SIZE_VER0);
	else if (attr->size > (unsigned long)page)
		perfev_why_reason(why, "size is %u, but the kernel takes at most a page, %ld bytes",
				  attr->size, page);
	else
		perfev_why_reason(
			why,
			"size was less than %d, or more than a page, or reached over bytes "
			"that are set and that this kernel's attr does not have",
			PERF_ATTR_SIZE_VER0);
	perfev_why_evidence(why, "the kernel's own size is %u, and it writes that over attr.size",
			    known);
	perfev_why_remedy(why, "attr.size = sizeof(attr); with all that is not used zeroed");
	return 1;
}
