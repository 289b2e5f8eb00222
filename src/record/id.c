/* SPDX-License-Identifier: MIT */
/* The id in a record that is not decoded: a word from a sample's start, or the end of others. */
#include <errno.h>

#include "bytes.h"
#include "fields.h"

int perfev_record_id(const void *bytes, size_t length, const struct perfev_layout *layout,
		     __u64 *id)
{
	const unsigned char *at = bytes;
	unsigned int words;
	__u32 type;
	__u16 size;

	if (length < HEADER_BYTES)
		return -ENODATA;
	type = load32(at, layout->swapped);
	size = load16(at + 6, layout->swapped);
	if (size > length)
		return -ENODATA;
	if (size < HEADER_BYTES)
		return -EBADMSG;
	if (type >= FIRST_USER_KIND)
		return 0;
	words = type == PERF_RECORD_SAMPLE ? layout->id_from_start : layout->id_from_end;
	if (!words)
		return 0;
	if (size < HEADER_BYTES + 8 * words)
		return -EBADMSG;
	/* The header is a word, too. */
	at += type == PERF_RECORD_SAMPLE ? 8 * words : size - 8 * words;
	*id = load64(at, layout->swapped);
	return 1;
}
