/* SPDX-License-Identifier: MIT */
/*
 * Reading a counter from its mapped page, without a system call: the kernel's protocol, as the
 * comment of struct perf_event_mmap_page has it. The page is believed only when its lock did not
 * move meanwhile; on a machine without the instruction nothing is believed. Neither instruction is
 * ordered with those around it: a fence is the caller's, where single instructions matter.
 */
#include "page.h"

#include <fcntl.h>
#include <unistd.h>

int perfev_page_read(const struct perf_event_mmap_page *page, __u64 *value)
{
	return perfev_page_value(page, value, 1);
}

#if PERFEV_CAN_READ_USER
/* The nanoseconds from the last update of the page's times until now; cap_user_time is set. */
static __u64 time_since(const struct perf_event_mmap_page *page, __u64 cycles)
{
	__u64 quotient, remainder;

	/* A clock of less than 64 bits: only how far it is from time_cycles means something. */
	if (page->cap_user_time_short)
		cycles = page->time_cycles + ((cycles - page->time_cycles) & page->time_mask);
	quotient = cycles >> page->time_shift;
	remainder = cycles & (((__u64)1 << page->time_shift) - 1);
	return page->time_offset + quotient * page->time_mult +
	       ((remainder * page->time_mult) >> page->time_shift);
}

int perfev_page_read_times(const struct perf_event_mmap_page *page, struct perfev_reading *out)
{
	__u64 since, enabled, running;
	__u32 lock;

	/* The value has a loop of its own in this one: the lock holds them together. */
	do {
		lock = READ_ONCE(page->lock);
		COMPILER_BARRIER();
		if (!page->cap_user_time)
			return 0;
		enabled = READ_ONCE(page->time_enabled);
		running = READ_ONCE(page->time_running);
		since = time_since(page, PERFEV_CLOCK_READ());
		if (!perfev_page_value(page, &out->value, 1))
			return 0;
		COMPILER_BARRIER();
	} while (READ_ONCE(page->lock) != lock);
	out->enabled_ns = enabled + since;
	out->running_ns = running + since;
	return 1;
}
#else
int perfev_page_read_times(const struct perf_event_mmap_page *page, struct perfev_reading *out)
{
	(void)page;
	(void)out;
	return 0;
}
#endif

#ifdef __aarch64__
#define ARM64_USER_ACCESS 2ULL /* config1 of an arm64 PMU's event: to be read in user space */

void perfev_ask_user_read(struct perf_event_attr *attr, const struct perfev_count_options *options)
{
	char allowed = '0';
	int fd;

	if (options->no_user_read || attr->config1 ||
	    (attr->type != PERF_TYPE_HARDWARE && attr->type != PERF_TYPE_HW_CACHE &&
	     attr->type != PERF_TYPE_RAW))
		return;
	fd = open("/proc/sys/kernel/perf_user_access", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, &allowed, 1) == 1 && allowed == '1')
		attr->config1 = ARM64_USER_ACCESS;
	close(fd);
}
#else
void perfev_ask_user_read(struct perf_event_attr *attr, const struct perfev_count_options *options)
{
	(void)attr;
	(void)options;
}
#endif
