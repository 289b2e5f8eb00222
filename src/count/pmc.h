/* SPDX-License-Identifier: MIT */
/*
 * The instructions that read a counter and the clock in user space. What they give is raw: the
 * page's width and multiplier say what it means. PERFEV_PMC_READ may be defined before, so that a
 * test stands in for the processor.
 *
 * PERFEV_PMC_READ(counter) takes page->index - 1, which is below PERFEV_PMC_COUNTERS, in the type
 * PERFEV_PMC_NUMBER that costs no instruction for its width.
 */
#ifndef PERFEV_SRC_COUNT_PMC_H
#define PERFEV_SRC_COUNT_PMC_H

#include <perfev/abi.h>

#if defined(PERFEV_PMC_READ)
/* A test's own. */
#elif defined(__x86_64__) || defined(__i386__)
#define PERFEV_PMC_READ pmc_read
#define PERFEV_PMC_NUMBER __u32
#define PERFEV_PMC_COUNTERS 0x7fffffff /* bit 30 is set for the fixed ones, and more by kind */
#define PERFEV_CLOCK_READ clock_read

static inline __attribute__((always_inline)) __u64 pmc_read(__u32 counter)
{
	__u32 low, high;

	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
	return (__u64)high << 32 | low;
}

static inline __u64 clock_read(void)
{
	__u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (__u64)high << 32 | low;
}
#elif defined(__aarch64__)
#define PERFEV_PMC_READ pmc_read
#define PERFEV_PMC_NUMBER __u32
#define PERFEV_PMC_COUNTERS 33
#define PERFEV_CLOCK_READ clock_read

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define LANDING "hint #36\n\t" /* bti j: an indirect branch may lead here */
#define PADDING "nop\n\t"
#else
#define LANDING
#define PADDING "nop\n\tnop\n\t"
#endif

/*
 * A counter's number is part of the instruction, so there is one for each, sixteen bytes apart: 31
 * event counters, the cycle counter, and the instruction counter of PMUv3p9 (a system register that
 * older assemblers know by number only).
 */
static inline __attribute__((always_inline)) __u64 pmc_read(__u32 counter)
{
	__u64 value, place;

	__asm__ volatile("adr %1, 1f\n\t"
			 "add %1, %1, %w2, uxtw #4\n\t"
			 "br %1\n"
			 "1:\t"
			 ".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,"
			 "25,26,27,28,29,30\n\t" LANDING "mrs %0, pmevcntr\\n\\()_el0\n\t"
			 "b 2f\n\t" PADDING ".endr\n\t" LANDING "mrs %0, pmccntr_el0\n\t"
			 "b 2f\n\t" PADDING LANDING "mrs %0, s3_3_c9_c4_0\n"
			 "2:"
			 : "=r"(value), "=&r"(place)
			 : "r"(counter));
	return value;
}
#undef LANDING
#undef PADDING

static inline __u64 clock_read(void)
{
	__u64 value;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
	return value;
}
#elif defined(__riscv) && __riscv_xlen == 64
#define PERFEV_PMC_READ pmc_read
#define PERFEV_PMC_NUMBER __u64
#define PERFEV_PMC_COUNTERS 32
#define PERFEV_CLOCK_READ clock_read

/*
 * A counter's number is part of the instruction, so there is one for each, eight bytes apart:
 * cycle, time (no event's), instret, hpmcounter3 to 31.
 */
static inline __attribute__((always_inline)) __u64 pmc_read(__u64 counter)
{
	__u64 value, place;

	__asm__ volatile(
		".option push\n\t"
		".option norvc\n\t"
		"lla %1, 1f\n\t"
		"add %1, %1, %2\n\t"
		"jr %1\n"
		"1:\t"
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,"
		"25,26,27,28,29,30,31\n\t"
		"csrr %0, 0xc00 + \\n\n\t"
		"j 2f\n\t"
		".endr\n"
		"2:\t.option pop"
		: "=r"(value), "=&r"(place)
		: "r"(counter << 3));
	return value;
}

static inline __u64 clock_read(void)
{
	__u64 value;

	__asm__ volatile("csrr %0, time" : "=r"(value));
	return value;
}
#endif

#endif
