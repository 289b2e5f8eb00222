/* SPDX-License-Identifier: MIT */
/*
 * How large a ring must be. Every part of it is the worst that attr allows, so that the advice errs
 * on the side of memory: what is not lost is what it is asked for.
 */
#include "ring.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LATENCY_MS 100
#define MOST_PAGES (1ULL << 30)

/* A frequency is aimed at, and overshot while the kernel finds the period for it. */
#define OVERSHOOT 2U

/* What is not known beforehand: fields of a tracepoint, a callchain without a limit. */
#define RAW_BYTES 256U
#define FRAMES 127U
#define CONTEXTS 8U
#define BRANCHES 32U

static __u64 read_bytes(const struct perf_event_attr *attr)
{
	const __u64 format = attr->read_format;
	__u64 each =
		8U + (format & PERF_FORMAT_ID ? 8U : 0U) + (format & PERF_FORMAT_LOST ? 8U : 0U);

	/* Of a group, as many as a processor has counters. */
	if (format & PERF_FORMAT_GROUP)
		each = 8 + 8 * each;
	return each + (format & PERF_FORMAT_TOTAL_TIME_ENABLED ? 8U : 0U) +
	       (format & PERF_FORMAT_TOTAL_TIME_RUNNING ? 8U : 0U);
}

static __u64 registers_bytes(__u64 mask)
{
	return 8 + 8 * (__u64)__builtin_popcountll(mask);
}

static __u64 record_bytes(const struct perf_event_attr *attr)
{
	const __u64 words =
		PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
		PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |
		PERF_SAMPLE_PERIOD | PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT |
		PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_PHYS_ADDR |
		PERF_SAMPLE_CGROUP | PERF_SAMPLE_DATA_PAGE_SIZE | PERF_SAMPLE_CODE_PAGE_SIZE;
	const __u64 type = attr->sample_type;
	const __u64 frames = attr->sample_max_stack ? attr->sample_max_stack : FRAMES;
	__u64 bytes = HEADER_BYTES + 8 * (__u64)__builtin_popcountll(type & words);

	if (type & PERF_SAMPLE_READ)
		bytes += read_bytes(attr);
	if (type & PERF_SAMPLE_CALLCHAIN)
		bytes += 8 + 8 * (frames + CONTEXTS);
	if (type & PERF_SAMPLE_RAW)
		bytes += RAW_BYTES;
	if (type & PERF_SAMPLE_BRANCH_STACK)
		bytes += 16 + BRANCHES * (sizeof(struct perf_branch_entry) + 8);
	if (type & PERF_SAMPLE_REGS_USER)
		bytes += registers_bytes(attr->sample_regs_user);
	if (type & PERF_SAMPLE_REGS_INTR)
		bytes += registers_bytes(attr->sample_regs_intr);
	if (type & PERF_SAMPLE_STACK_USER)
		bytes += 16 + attr->sample_stack_user;
	if (type & PERF_SAMPLE_AUX)
		bytes += 8 + attr->aux_sample_size;
	return bytes < RECORD_MOST ? bytes : RECORD_MOST - 8;
}

int perfev_ring_advise(const struct perf_event_attr *attr, __u64 frequency_hz, unsigned int events,
		       unsigned int latency_ms, struct perfev_ring_advice *out)
{
	const __u64 page = (__u64)sysconf(_SC_PAGESIZE);
	__u64 records, bytes;

	if (!attr || !out || !frequency_hz || !events)
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	out->record_bytes = record_bytes(attr);
	if (__builtin_mul_overflow(frequency_hz, OVERSHOOT * (__u64)events, &records))
		return -E2BIG;
	out->records_per_ms = records / 1000 + (records % 1000 != 0);
	/* What comes until the reader does, and one more, behind a quarter that wakes it. */
	if (__builtin_mul_overflow(out->records_per_ms, latency_ms ? latency_ms : LATENCY_MS,
				   &records) ||
	    __builtin_mul_overflow(records + 1, out->record_bytes, &bytes) ||
	    bytes > MOST_PAGES * page / 2)
		return -E2BIG;
	out->bytes = bytes + bytes / 3;
	for (out->pages = 1; out->pages * page < out->bytes; out->pages *= 2)
		;
	return 0;
}
