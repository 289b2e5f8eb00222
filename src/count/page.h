/* SPDX-License-Identifier: MIT */
/*
 * A counter's value from its mapped page, inline, since it is read millions of times a second; and
 * what must be asked for at open so that the page serves. page.c says how it works.
 */
#ifndef PERFEV_SRC_COUNT_PAGE_H
#define PERFEV_SRC_COUNT_PAGE_H

#include <perfev/count.h>

#include "pmc.h"

#ifdef PERFEV_PMC_READ
#define PERFEV_CAN_READ_USER 1

/*
 * The page changes at any time, but only while this thread is interrupted on its CPU: the compiler
 * alone must be kept from moving what is read, not the processor.
 */
#define READ_ONCE(place) (*(const volatile __typeof__(place) *)&(place))
#define COMPILER_BARRIER() __asm__ volatile("" ::: "memory")

/* The counter's own bits, extended by their sign to 64. width is 1 to 64. */
static inline __u64 extend_sign(__u64 count, __u64 width)
{
	__u64 spare = -width & 63;

	/* Left as unsigned, right as signed: that copies the highest bit down. */
	return (__u64)((__s64)(count << spare) >> spare);
}

/*
 * Reads the page: 1 with *value set, or 0. Without may_be_foreign the page was looked at before,
 * and said that its counters may be read: that never changes, only index does.
 */
static inline __attribute__((always_inline)) int perfev_page_value(
	const struct perf_event_mmap_page *page, __u64 *value, int may_be_foreign)
{
	__u64 count, width;
	PERFEV_PMC_NUMBER counter;
	__s32 lock; /* signed, as processors extend what they load for nothing */

again:
	lock = (__s32)READ_ONCE(page->lock);
	COMPILER_BARRIER();
	/* An index of 0, not on a counter now, wraps to what no counter has. */
	counter = (PERFEV_PMC_NUMBER)((__s32)READ_ONCE(page->index) - 1);
	if (counter >= PERFEV_PMC_COUNTERS || (may_be_foreign && !page->cap_user_rdpmc))
		return 0;
	count = (__u64)READ_ONCE(page->offset);
	width = page->pmc_width;
	count += extend_sign(PERFEV_PMC_READ(counter), width);
	COMPILER_BARRIER();
	if (__builtin_expect((__s32)READ_ONCE(page->lock) != lock, 0))
		goto again;
	/*
	 * A page written while a counter stood past its middle (a reset, or a mapping, of a
	 * running event) gives a count that is 2^width too low until its next overflow: seen by
	 * its sign, as no true count has one. The barrier keeps this a branch that is not taken.
	 */
	if (__builtin_expect((__s64)count < 0, 0)) {
		COMPILER_BARRIER();
		count += (__u64)1 << (width & 63);
	}
	*value = count;
	return 1;
}
#else
#define PERFEV_CAN_READ_USER 0

static inline int perfev_page_value(const struct perf_event_mmap_page *page, __u64 *value,
				    int may_be_foreign)
{
	(void)page;
	(void)value;
	(void)may_be_foreign;
	return 0;
}
#endif

/* Asks for user access where the PMU wants to be asked: on arm64, if the system allows it. */
void perfev_ask_user_read(struct perf_event_attr *attr, const struct perfev_count_options *options);

#endif
