/* SPDX-License-Identifier: MIT */
/* A loop of known length and place, and hardware events to measure it with; see loop.h. */
#include "loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS (LOOP_INSTRUCTIONS / 2)

/* A section of its own, which the linker names both ends of. */
extern const char __start_perfev_loop[] __attribute__((visibility("hidden")));
extern const char __stop_perfev_loop[] __attribute__((visibility("hidden")));

__attribute__((noinline, section("perfev_loop"))) void loop_run(void)
{
	unsigned long left = ROUNDS;

#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
#elif defined(__aarch64__)
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(left) : : "cc");
#elif defined(__riscv)
	__asm__ volatile("1: addi %0, %0, -1\n\tbnez %0, 1b" : "+r"(left));
#elif defined(__powerpc__)
	__asm__ volatile("mtctr %0\n1: nop\n\tbdnz 1b" : : "r"(left) : "ctr");
#else
	/* About as long; counting_is_exact() is not said of such machines. */
	for (; left; left--)
		__asm__ volatile("" : "+r"(left));
#endif
}

int loop_holds(__u64 address)
{
	return address >= (uintptr_t)__start_perfev_loop && address < (uintptr_t)__stop_perfev_loop;
}

int counting_is_exact(void)
{
	const char *exact = getenv("PERFEV_EXACT");

	return exact && strcmp(exact, "1") == 0;
}

/* Whether the PMU takes the event for all modes, but not for some. */
static int cannot_exclude(const struct perf_event_attr *attr)
{
	struct perf_event_attr plain =
		PERFEV_ATTR_INIT(attr->type, .config = attr->config, .disabled = 1);
	int fd = perf_event_open(&plain, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return 0;
	close(fd);
	plain.exclude_user = attr->exclude_user;
	plain.exclude_kernel = attr->exclude_kernel;
	fd = perf_event_open(&plain, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EINVAL;
}

int open_counter_or_skip(struct perf_event_attr attr, const char *feature)
{
	if (cannot_exclude(&attr))
		skip_without("exclude", "this PMU counts user and kernel mode as one (EINVAL)");
	return open_or_skip(&attr, feature);
}

int open_sampler_or_skip(struct perf_event_attr attr)
{
	struct perf_event_attr plain = PERFEV_ATTR_INIT(
		attr.type, .config = attr.config, .disabled = 1, .exclude_kernel = 1);

	close(open_counter_or_skip(plain, "hardware"));
	return open_or_skip(&attr, "sampling");
}

void skip_where_counters_come_and_go(void)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[4096];
	int found = 0;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, "flags", 5) == 0 && strstr(line, " hypervisor");
	if (file)
		fclose(file);
	if (found)
		skip_without("steady-counters", "this hypervisor has fewer counters to give now "
						"than before");
}

struct reading read_times(int fd)
{
	struct reading reading = { 0, 0, 0 };

	assert_int_equal(read(fd, &reading, sizeof(reading)), sizeof(reading));
	assert_true(reading.running <= reading.enabled);
	return reading;
}

void run_counted(int fd, unsigned int rounds)
{
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	while (rounds--)
		loop_run();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
}

__u64 count_loops(int fd, unsigned int rounds)
{
	struct reading before = read_times(fd), after;

	run_counted(fd, rounds);
	after = read_times(fd);
	assert_true(after.enabled > before.enabled);
	if (after.running - before.running != after.enabled - before.enabled)
		skip_without("hardware", "other events hold the counters, this one ran in part");
	return after.value - before.value;
}

void assert_instructions(__u64 count, unsigned int rounds)
{
	const __u64 truth = (__u64)rounds * LOOP_INSTRUCTIONS;

	if (counting_is_exact())
		assert_in_range(count, truth, truth + (__u64)rounds * LOOP_SLACK);
	else
		assert_in_range(count, truth - truth / 10, 2 * truth);
}

void assert_cycles(__u64 count, unsigned int rounds)
{
	const __u64 truth = (__u64)rounds * LOOP_INSTRUCTIONS;

	if (counting_is_exact()) /* one instruction is one cycle there */
		assert_in_range(count, truth, truth + (__u64)rounds * LOOP_SLACK);
	else
		assert_in_range(count, truth / 16, 64 * truth);
}
