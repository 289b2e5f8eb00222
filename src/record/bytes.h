/* SPDX-License-Identifier: MIT */
/* Numbers in bytes of any alignment and either order. */
#ifndef PERFEV_SRC_RECORD_BYTES_H
#define PERFEV_SRC_RECORD_BYTES_H

#include <string.h>

#include <perfev/abi.h>

/* Of struct perf_event_header, with which each record begins. */
#define HEADER_BYTES 8U

static inline __u64 load64(const void *bytes, int swapped)
{
	__u64 value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap64(value) : value;
}

static inline __u32 load32(const void *bytes, int swapped)
{
	__u32 value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap32(value) : value;
}

static inline __u16 load16(const void *bytes, int swapped)
{
	__u16 value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap16(value) : value;
}

static inline void store64(void *bytes, __u64 value, int swapped)
{
	value = swapped ? __builtin_bswap64(value) : value;
	memcpy(bytes, &value, sizeof(value));
}

static inline void store32(void *bytes, __u32 value, int swapped)
{
	value = swapped ? __builtin_bswap32(value) : value;
	memcpy(bytes, &value, sizeof(value));
}

static inline void store16(void *bytes, __u16 value, int swapped)
{
	value = swapped ? __builtin_bswap16(value) : value;
	memcpy(bytes, &value, sizeof(value));
}

#endif
