/* SPDX-License-Identifier: MIT */
/* Losses: added up, and as one number. Every field is a __u64, which adding relies on. */
#include "ring.h"

#include <errno.h>
#include <unistd.h>

#include "../record/fields.h"

/* The kernel makes no group whose counts take more than 16 KiB. */
#define READ_WORDS 2048

__u64 perfev_losses_records(const struct perfev_losses *losses)
{
	/* Events count what no record could tell of yet; older kernels' events count nothing. */
	return (losses->lost > losses->counted ? losses->lost : losses->counted) +
	       losses->lost_samples;
}

void perfev_losses_add(struct perfev_losses *sum, const struct perfev_losses *losses)
{
	const __u64 *from = (const __u64 *)losses;
	__u64 *to = (__u64 *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

int perfev_losses_count(struct perfev_losses *losses, int fd, __u64 read_format)
{
	const size_t each = perfev_value_bytes(read_format) / 8;
	size_t times = 0, first = each - 1;
	__u64 words[READ_WORDS];
	ssize_t length;

	if (!(read_format & PERF_FORMAT_LOST))
		return 0;
	length = read(fd, words, sizeof(words));
	if (length < 0)
		return -errno;
	times += (read_format & PERF_FORMAT_TOTAL_TIME_ENABLED) != 0;
	times += (read_format & PERF_FORMAT_TOTAL_TIME_RUNNING) != 0;
	/*
	 * The last word of each value: the times stand behind a group's number, or behind a value.
	 */
	first += read_format & PERF_FORMAT_GROUP ? 1 + times : times;
	for (size_t at = first; at < (size_t)length / 8; at += each)
		losses->counted += words[at];
	return 0;
}
