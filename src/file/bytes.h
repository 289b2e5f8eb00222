/* SPDX-License-Identifier: MIT */
/* Bytes that are put together. A failure is kept until it is asked for: parts need no checks. */
#ifndef PERFEV_SRC_FILE_BYTES_H
#define PERFEV_SRC_FILE_BYTES_H

#include <stddef.h>

#include <perfev/abi.h>

struct bytes {
	unsigned char *bytes;
	size_t length, room;
	int error; /* 0 or -ENOMEM */
};

void perfev_bytes_add(struct bytes *bytes, const void *from, size_t length);
void perfev_bytes_add_zeros(struct bytes *bytes, size_t length);
void perfev_bytes_add_u32(struct bytes *bytes, __u32 value);
void perfev_bytes_add_u64(struct bytes *bytes, __u64 value);

/* A text as sections have it: its room, a multiple of 64, and it, padded with zeros. */
void perfev_bytes_add_text(struct bytes *bytes, const char *text);

void perfev_bytes_free(struct bytes *bytes);

#endif
