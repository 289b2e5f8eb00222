/* SPDX-License-Identifier: MIT */
/*
 * Counters read in user space by the event's page alone, against read(2): on x86 (rdpmc), arm64 and
 * riscv64. What must stay true: the reader is the bare protocol, and is believed only when the page
 * gives a counter; a hardware event that is off its counter has the count in the page's offset.
 */
#include "loop.h"
#include "user_access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* config1 of arm64's PMU. */
#define ARM64_64_BITS 1ULL
#define ARM64_USER 2ULL

/* The counter behind page->index - 1, sign and width as they are. */

#if defined(__aarch64__)
#define EVENT_COUNTER(n)                                                                           \
	case n:                                                                                    \
		__asm__ volatile("mrs %0, pmevcntr" #n "_el0" : "=r"(value));                      \
		break;

static __u64 read_counter(__u32 counter)
{
	__u64 value = 0;

	/* The counter was made to count before; what follows the read may not come before it. */
	__asm__ volatile("isb" ::: "memory");
	switch (counter) {
		EVENT_COUNTER(0)
		EVENT_COUNTER(1)
		EVENT_COUNTER(2)
		EVENT_COUNTER(3)
		EVENT_COUNTER(4)
		EVENT_COUNTER(5)
		EVENT_COUNTER(6)
		EVENT_COUNTER(7)
		EVENT_COUNTER(8)
		EVENT_COUNTER(9)
		EVENT_COUNTER(10)
		EVENT_COUNTER(11)
		EVENT_COUNTER(12)
		EVENT_COUNTER(13)
		EVENT_COUNTER(14)
		EVENT_COUNTER(15)
		EVENT_COUNTER(16)
		EVENT_COUNTER(17)
		EVENT_COUNTER(18)
		EVENT_COUNTER(19)
		EVENT_COUNTER(20)
		EVENT_COUNTER(21)
		EVENT_COUNTER(22)
		EVENT_COUNTER(23)
		EVENT_COUNTER(24)
		EVENT_COUNTER(25)
		EVENT_COUNTER(26)
		EVENT_COUNTER(27)
		EVENT_COUNTER(28)
		EVENT_COUNTER(29)
		EVENT_COUNTER(30)
	case 31:
		__asm__ volatile("mrs %0, pmccntr_el0" : "=r"(value));
		break;
	default:
		fail_msg("index %u is no counter of arm64's", counter + 1);
	}
	return value;
}
#elif defined(__riscv) && __riscv_xlen == 64
#define CSR(n)                                                                                     \
	case n:                                                                                    \
		__asm__ volatile("csrr %0, %1" : "=r"(value) : "i"(0xc00 + (n)));                  \
		break;
#define FOUR_CSRS(n) CSR(n) CSR(n + 1) CSR(n + 2) CSR(n + 3)

static __u64 read_counter(__u32 counter)
{
	__u64 value = 0;

	switch (counter) {
		CSR(0) /* cycle */
		CSR(2) /* instret; 1 is the time, no event's */
		CSR(3) /* hpmcounter3, and so on */
		FOUR_CSRS(4)
		FOUR_CSRS(8)
		FOUR_CSRS(12)
		FOUR_CSRS(16)
		FOUR_CSRS(20)
		FOUR_CSRS(24)
		FOUR_CSRS(28)
	default:
		fail_msg("index %u is no counter of riscv's", counter + 1);
	}
	return value;
}
#elif defined(__x86_64__) || defined(__i386__)
static __u64 read_counter(__u32 counter)
{
	__u32 low, high;

	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
	return (__u64)high << 32 | low;
}
#else
static __u64 read_counter(__u32 counter)
{
	(void)counter;
	return 0;
}
#define NO_COUNTERS
#endif

struct page_event {
	int fd;
	const volatile struct perf_event_mmap_page *page;
};

/* Reads the count by the page's protocol. Returns 0 when the event is on no counter to be read. */
static int read_page(const volatile struct perf_event_mmap_page *page, __u64 *count)
{
	__u32 lock, index;

	do {
		lock = page->lock;
		__asm__ volatile("" ::: "memory"); /* only a compiler barrier: the same thread */
		index = page->cap_user_rdpmc ? page->index : 0;
		*count = (__u64)page->offset;
		if (index) {
			int spare = 64 - page->pmc_width;

			/* Left as unsigned, right as signed: that extends the sign. */
			*count += (__u64)((__s64)(read_counter(index - 1) << spare) >> spare);
		}
		__asm__ volatile("" ::: "memory");
	} while (page->lock != lock);
	return index != 0;
}

/* Mapped before anything reads it, while it is disabled: x86 has its offset right then. */
static struct page_event open_page(struct perf_event_attr attr, const char *feature)
{
	struct page_event event;

	event.fd = attr.type == PERF_TYPE_HARDWARE ? open_counter_or_skip(attr, feature) :
						     open_or_skip(&attr, feature);
	event.page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, event.fd, 0);
	assert_ptr_not_equal(event.page, MAP_FAILED);
	return event;
}

static void close_page(struct page_event event)
{
	munmap((void *)(uintptr_t)event.page, (size_t)sysconf(_SC_PAGESIZE));
	close(event.fd);
}

static struct perf_event_attr user_counter(__u64 config)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = config, .exclude_kernel = 1,
				 .disabled = 1, .read_format = READ_TIMES);

#ifdef __aarch64__
	attr.config1 = ARM64_USER;
#endif
	return attr;
}

/* Opens and enables a counter that user space may read, or skips the test. */
static struct page_event open_user_counter(struct perf_event_attr attr)
{
	struct page_event event;
	__u64 count;

#ifdef NO_COUNTERS
	skip_without("user-read", "no instruction for it is known on this architecture");
#endif
#ifdef __aarch64__
	if (access(SETTING, R_OK) < 0)
		skip_without("user-read", "%s: %s", SETTING, strerror(errno));
	if (kernel_setting_or_skip("perf_user_access") != 1)
		skip_without("user-read", "perf_user_access is not 1");
#endif
	event = open_page(attr, "hardware");
	assert_int_equal(perf_event_ioc_enable(event.fd, 0), 0);
	if (read_page(event.page, &count))
		return event;
	close_page(event);
	skip_without("user-read", "the page gives no counter (cap_user_rdpmc, index)");
}

/* How often the page's count lay between two of read(2). Exactly: all within a few instructions. */
static void check_against_read(const struct page_event *event)
{
	unsigned int done = 0;

	for (unsigned int i = 0; i < 1000; i++) {
		__u64 before = read_times(event->fd).value, count = 0, after;
		int counted = read_page(event->page, &count);

		after = read_times(event->fd).value;
		if (!counted) /* shares the PMU just now: read() is the answer then */
			continue;
		assert_in_range(count, before, after);
		if (counting_is_exact())
			assert_in_range(after - before, 1, 2 * LOOP_SLACK);
		done++;
	}
	assert_true(done > 0);
}

/* The loop as measured by two reads in user space. Skips if the event was off in between. */
static __u64 measure_loop(const struct page_event *event)
{
	struct reading first = read_times(event->fd), last;
	__u64 before = 0, after = 0;
	int counted = read_page(event->page, &before);

	loop_run();
	counted &= read_page(event->page, &after);
	last = read_times(event->fd);
	if (!counted || last.enabled - first.enabled != last.running - first.running)
		skip_without("hardware", "other events hold the counters, this one ran in part");
	return after - before;
}

static void cycles_read_in_user_space_are_those_of_read(void **state)
{
	struct page_event event = open_user_counter(user_counter(PERF_COUNT_HW_CPU_CYCLES));

	(void)state;
	check_against_read(&event);
	assert_cycles(measure_loop(&event), 1);
	close_page(event);
}

static void instructions_read_in_user_space_are_those_of_read(void **state)
{
	struct page_event event = open_user_counter(user_counter(PERF_COUNT_HW_INSTRUCTIONS));

	(void)state;
	check_against_read(&event);
	assert_instructions(measure_loop(&event), 1);
	close_page(event);
}

static void two_counters_are_told_apart_by_their_index(void **state)
{
	struct page_event cycles = open_user_counter(user_counter(PERF_COUNT_HW_CPU_CYCLES));
	struct page_event instructions =
		open_user_counter(user_counter(PERF_COUNT_HW_INSTRUCTIONS));

	(void)state;
	/* The first has counted a loop that the second has not. */
	loop_run();
	assert_int_equal(perf_event_ioc_reset(instructions.fd, 0), 0);
	assert_int_not_equal(cycles.page->index, instructions.page->index);
	assert_true(cycles.page->pmc_width >= 32 && cycles.page->pmc_width <= 64);
	check_against_read(&cycles);
	close_page(instructions);
	close_page(cycles);
}

static void a_disabled_event_has_no_index_and_its_count_in_offset(void **state)
{
	struct page_event event = open_user_counter(user_counter(PERF_COUNT_HW_INSTRUCTIONS));
	__u64 count = 0;

	(void)state;
	loop_run();
	assert_int_equal(perf_event_ioc_disable(event.fd, 0), 0);
	assert_int_equal(read_page(event.page, &count), 0);
	assert_int_equal(event.page->index, 0);
	assert_true(count > 0);
	assert_int_equal(count, read_times(event.fd).value);
	close_page(event);
}

/* Its offset is what it was when the page was last written, not the count: index 0 means read(). */
static void a_software_event_has_no_index_and_only_read_knows_its_count(void **state)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
				 .exclude_kernel = 1, .disabled = 1, .read_format = READ_TIMES);
	struct page_event event = open_page(attr, "page-faults");
	__u64 count = 0;

	(void)state;
	assert_int_equal(perf_event_ioc_enable(event.fd, 0), 0);
	fault_pages(3);
	assert_int_equal(event.page->index, 0);
	assert_int_equal(event.page->cap_user_rdpmc, 0);
	assert_int_equal(read_page(event.page, &count), 0);
	assert_true(read_times(event.fd).value >= 3);
	assert_true(count <= read_times(event.fd).value);
	close_page(event);
}

/* What only arm64 asks for */

static void arm64_or_skip(void)
{
#ifndef __aarch64__
	skip_without("user-read", "only arm64 wants to be asked for it by config1");
#endif
}

static void on_arm64_the_cycles_have_index_32_and_64_bits_if_asked(void **state)
{
	struct perf_event_attr attr = user_counter(PERF_COUNT_HW_CPU_CYCLES);
	struct page_event event;

	(void)state;
	arm64_or_skip();
	attr.config1 = ARM64_USER | ARM64_64_BITS;
	event = open_user_counter(attr);
	assert_int_equal(event.page->index, 32);
	assert_int_equal(event.page->pmc_width, 64);
	check_against_read(&event);
	assert_cycles(measure_loop(&event), 1);
	close_page(event);
}

static void on_arm64_who_does_not_ask_may_not_read(void **state)
{
	struct perf_event_attr attr = user_counter(PERF_COUNT_HW_INSTRUCTIONS);
	struct page_event event;

	(void)state;
	arm64_or_skip();
	close_page(open_user_counter(attr)); /* who does, may */
	attr.config1 = 0;
	event = open_page(attr, "hardware");
	assert_int_equal(perf_event_ioc_enable(event.fd, 0), 0);
	assert_int_equal(event.page->cap_user_rdpmc, 0);
	close_page(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles_read_in_user_space_are_those_of_read),
		cmocka_unit_test(instructions_read_in_user_space_are_those_of_read),
		cmocka_unit_test(two_counters_are_told_apart_by_their_index),
		cmocka_unit_test(a_disabled_event_has_no_index_and_its_count_in_offset),
		cmocka_unit_test(a_software_event_has_no_index_and_only_read_knows_its_count),
		cmocka_unit_test(on_arm64_the_cycles_have_index_32_and_64_bits_if_asked),
		cmocka_unit_test(on_arm64_who_does_not_ask_may_not_read),
	};

	return cmocka_run_group_tests_name("user_read", tests, allow_user_access,
					   put_user_access_back);
}
