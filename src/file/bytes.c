/* SPDX-License-Identifier: MIT */
/* Bytes that are put together. */
#include "bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void perfev_bytes_add(struct bytes *bytes, const void *from, size_t length)
{
	if (bytes->error)
		return;
	if (length > bytes->room - bytes->length) {
		size_t room = bytes->room ? 2 * bytes->room : 256;
		unsigned char *more;

		while (room - bytes->length < length)
			room *= 2;
		more = realloc(bytes->bytes, room);
		if (!more) {
			bytes->error = -ENOMEM;
			return;
		}
		bytes->bytes = more;
		bytes->room = room;
	}
	if (from)
		memcpy(bytes->bytes + bytes->length, from, length);
	else
		memset(bytes->bytes + bytes->length, 0, length);
	bytes->length += length;
}

void perfev_bytes_add_zeros(struct bytes *bytes, size_t length)
{
	perfev_bytes_add(bytes, NULL, length);
}

void perfev_bytes_add_u32(struct bytes *bytes, __u32 value)
{
	perfev_bytes_add(bytes, &value, sizeof(value));
}

void perfev_bytes_add_u64(struct bytes *bytes, __u64 value)
{
	perfev_bytes_add(bytes, &value, sizeof(value));
}

void perfev_bytes_add_text(struct bytes *bytes, const char *text)
{
	size_t length = strlen(text), room = (length + 64) & ~(size_t)63;

	perfev_bytes_add_u32(bytes, (__u32)room);
	perfev_bytes_add(bytes, text, length);
	perfev_bytes_add_zeros(bytes, room - length);
}

void perfev_bytes_free(struct bytes *bytes)
{
	free(bytes->bytes);
	memset(bytes, 0, sizeof(*bytes));
}
