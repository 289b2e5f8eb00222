/* SPDX-License-Identifier: MIT */
/* Wrong requests: events that no PMU has, what a PMU cannot do, and breakpoints. */
#include "wrong.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EVENT(type, ...) PERFEV_ATTR_INIT(type, .exclude_kernel = 1, __VA_ARGS__)

#define WATCH(kind, length, offset)                                                                \
	EVENT(PERF_TYPE_BREAKPOINT, .bp_type = (kind), .bp_len = (length), .bp_addr = (offset))

/* The address of something, plus what the table says. */
static void in_memory(struct attempt *attempt)
{
	static __u64 watched[2];
	struct perf_event_attr fits =
		WATCH(HW_BREAKPOINT_W, HW_BREAKPOINT_LEN_4, (__u64)(uintptr_t)watched);
	struct attempt there = { fits, 0, -1, -1, 0 };
	int error = error_of(&there);

	if (error)
		skip_without("breakpoint", "%s", strerror(error));
	attempt->attr.bp_addr += (__u64)(uintptr_t)watched;
}

/* Where code can be watched at all, it is its length that is wrong. */
static void in_code(struct attempt *attempt)
{
	struct attempt there = *attempt;

	in_memory(attempt);
	there.attr.bp_addr = attempt->attr.bp_addr;
	there.attr.bp_len = sizeof(long);
	if (error_of(&there))
		skip_without("execute", "code cannot be watched");
}

static volatile __u32 watched_often;

/* Takes all registers of the processor that watch data. */
static void all_taken(struct attempt *attempt)
{
	attempt->attr.bp_addr = (__u64)(uintptr_t)&watched_often;
	open_or_skip(&attempt->attr, "breakpoint");
	for (int i = 0; i < 256; i++)
		if (perf_event_open(&attempt->attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) < 0)
			return;
	skip_without("slots", "there are more than 256 registers for breakpoints");
}

/*
 * Skips the test unless cycles can be counted, with the kernel's where they cannot be told apart.
 */
static void with_cycles(struct attempt *attempt)
{
	struct attempt cycles = { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES), 0,
				  -1, -1, 0 };
	int error = error_of(&cycles);

	if (error == EINVAL) {
		cycles.attr.exclude_kernel = attempt->attr.exclude_kernel = 0;
		error = error_of(&cycles);
	}
	if (error)
		skip_without("hardware", "cycles: %s", strerror(error));
}

static void where_the_kernel_counts(struct attempt *attempt)
{
	struct attempt cycles = *attempt;

	with_cycles(&cycles);
	if (cycles.attr.exclude_kernel)
		skip_without("exclude-refused", "the PMU counts the kernel's cycles apart");
}

static void without_pmu(struct attempt *attempt)
{
	int error = error_of(attempt);

	if (error != ENOENT)
		skip_without("no-pmu", "cycles: %s", error ? strerror(error) : "there are some");
}

static void of_msr(struct attempt *attempt)
{
	root_or_skip();
	attempt->attr.type = pmu_type_or_skip("msr");
}

static void on_exclusive_pmu(struct attempt *attempt)
{
	static const char *const pmus[] = { "perfev_aux", "intel_pt", "intel_bts", "cs_etm" };
	char path[128];

	for (size_t i = 0; i < sizeof(pmus) / sizeof(pmus[0]); i++) {
		snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", pmus[i]);
		if (access(path, F_OK) == 0) {
			attempt->attr.type = pmu_type_or_skip(pmus[i]);
			open_or_skip(&attempt->attr, "exclusive-pmu");
			return;
		}
	}
	skip_without("exclusive-pmu", "there is no PMU of one event");
}

/* Events of the lab's test PMU (tests/lab/pmu/), which says what it takes. */
static void of_the_test_pmu(struct attempt *attempt)
{
	attempt->attr.type = pmu_type_or_skip("perfev_test");
}

static void of_the_test_uncore(struct attempt *attempt)
{
	attempt->attr.type = pmu_type_or_skip("perfev_uncore_0");
}

static void no_tracepoint(struct attempt *attempt)
{
	root_or_skip();
	pmu_type_or_skip("tracepoint");
	attempt->attr.config = 0x7ffffff0;
}

const struct wrong wrong_events[] = {
	{ "there is no PMU with that number",
	  { EVENT(0x7ffffff0, .config = 0), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_MACHINE, "type" } } },
	{ "there is no PMU with that number, and the frequency is too high",
	  { EVENT(0x7ffffff0, .freq = 1, .sample_freq = ~0ULL), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_RATE, "sample_freq" } } },
	{ "there is no such software event",
	  { EVENT(PERF_TYPE_SOFTWARE, .config = 0x7ffffff0), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "config" } } },
	{ "there is no such hardware event",
	  { EVENT(PERF_TYPE_HARDWARE, .config = 1000), 0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_VALUE, "config" } } },
	{ "there is no such cache",
	  { EVENT(PERF_TYPE_HW_CACHE, .config = 0xff), 0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "config" } } },
	{ "there is no such tracepoint",
	  { EVENT(PERF_TYPE_TRACEPOINT, .config = 0), 0, -1, -1, 0 },
	  .make = no_tracepoint,
	  .expected = { { PERFEV_CAUSE_NAME, "config" } } },
	{ "there are no hardware counters",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES), 0, -1, -1, 0 },
	  .make = without_pmu,
	  .expected = { { PERFEV_CAUSE_NO_PMU, "type" } } },
	{ "cycles are asked to be more precise than the processor is",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .sample_period = 1 << 20,
		  .precise_ip = 3),
	    0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "precise_ip" },
			{ PERFEV_CAUSE_MACHINE, "sample_period" } } },
	{ "branches are asked of a processor that keeps none",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .sample_period = 1 << 20,
		  .sample_type = PERF_SAMPLE_BRANCH_STACK,
		  .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER),
	    0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "sample_type" },
			{ PERFEV_CAUSE_MACHINE, "sample_period" },
			{ PERFEV_CAUSE_MACHINE, "branch_sample_type" } } },
	{ "a clock is asked for that cannot be read in an interrupt of the PMU",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .use_clockid = 1,
		  .clockid = 0),
	    0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "clockid" } } },
	{ "exclude_kernel is set where the PMU cannot tell the kernel's part",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES), 0, -1, -1, 0 },
	  .make = where_the_kernel_counts,
	  .expected = { { PERFEV_CAUSE_MACHINE, "exclude_kernel" } } },
	{ "exclude_idle is set where the PMU knows no idling",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .exclude_idle = 1), 0, -1,
	    -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "exclude_idle" } } },
	{ "exclude_host is set where the PMU knows no guests",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .exclude_host = 1), 0, -1,
	    -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "exclude_host" } } },
	{ "cycles are to be sampled where the PMU cannot interrupt",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .sample_period = 1 << 20),
	    0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "sample_period" } } },
	{ "cycles are to be sampled by frequency where the PMU cannot interrupt",
	  { EVENT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES, .freq = 1,
		  .sample_freq = 100),
	    0, -1, -1, 0 },
	  .make = with_cycles,
	  .expected = { { PERFEV_CAUSE_MACHINE, "sample_freq" } } },
	{ "a PMU that counts for the machine is asked to leave out the kernel",
	  { EVENT(0, .config = 0), 0, -1, -1, 0 },
	  .make = of_msr,
	  .expected = { { PERFEV_CAUSE_MACHINE, "exclude_kernel" } } },
	{ "a PMU that counts for the machine is asked to leave out both kernel and user",
	  { EVENT(0, .config = 0, .exclude_user = 1), 0, -1, -1, 0 },
	  .make = of_msr,
	  .expected = { { PERFEV_CAUSE_MACHINE, "exclude_user" } } },
	{ "a PMU that counts for the machine is asked to sample",
	  { PERFEV_ATTR_INIT(0, .config = 0, .sample_period = 1000), 0, -1, -1, 0 },
	  .make = of_msr,
	  .expected = { { PERFEV_CAUSE_MACHINE, "sample_period" } } },
	{ "a PMU of one event has one",
	  { PERFEV_ATTR_INIT(0, .disabled = 1), 0, -1, -1, 0 },
	  .make = on_exclusive_pmu,
	  .expected = { { PERFEV_CAUSE_BUSY, "type" } } },
	{ "the lab's PMU is asked for branches that it does not keep",
	  { PERFEV_ATTR_INIT(
		    0, .config = 1, .sample_period = 1000, .sample_type = PERF_SAMPLE_BRANCH_STACK,
		    .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_IN_TX),
	    0, -1, -1, 0 },
	  .make = of_the_test_pmu,
	  .expected = { { PERFEV_CAUSE_MACHINE, "branch_sample_type" } } },
	{ "the lab's PMU is asked for an event that it does not have",
	  { PERFEV_ATTR_INIT(0, .config = 9), 0, -1, -1, 0 },
	  .make = of_the_test_pmu,
	  .expected = { { PERFEV_CAUSE_MACHINE, "config" } } },
	{ "the lab's PMU is given a config1 that it does not have",
	  { PERFEV_ATTR_INIT(0, .config = 1, .config1 = 1 << 20), 0, -1, -1, 0 },
	  .make = of_the_test_pmu,
	  .expected = { { PERFEV_CAUSE_MACHINE, "config1" } } },
	{ "an event of a part that all CPUs share is opened for a thread",
	  { PERFEV_ATTR_INIT(0, .config = 1), 0, -1, -1, 0 },
	  .make = of_the_test_uncore,
	  .expected = { { PERFEV_CAUSE_CONFLICT, "pid" } } },
	{ "a breakpoint watches nothing",
	  { WATCH(HW_BREAKPOINT_EMPTY, 4, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_type" } } },
	{ "a breakpoint watches execution and data",
	  { WATCH(HW_BREAKPOINT_INVALID, 4, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_type" } } },
	{ "a breakpoint watches no bytes",
	  { WATCH(HW_BREAKPOINT_W, 0, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_len" } } },
	{ "a breakpoint watches three bytes",
	  { WATCH(HW_BREAKPOINT_W, 3, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_len" } } },
	{ "a breakpoint watches sixteen bytes",
	  { WATCH(HW_BREAKPOINT_W, 16, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_len" } } },
	{ "a breakpoint's address is not aligned",
	  { WATCH(HW_BREAKPOINT_W, 4, 1), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_CONFLICT, "bp_addr" } } },
	{ "a breakpoint on execution watches one byte",
	  { WATCH(HW_BREAKPOINT_X, 1, 0), 0, -1, -1, 0 },
	  .make = in_code,
	  .expected = { { PERFEV_CAUSE_VALUE, "bp_len" } } },
	{ "a breakpoint watches reads alone",
	  { WATCH(HW_BREAKPOINT_R, 4, 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_MACHINE, "bp_type" } } },
	{ "a breakpoint on execution is asked of a processor without them",
	  { WATCH(HW_BREAKPOINT_X, sizeof(long), 0), 0, -1, -1, 0 },
	  .make = in_memory,
	  .expected = { { PERFEV_CAUSE_MACHINE, "bp_type" } } },
	{ "a breakpoint of user space is in the kernel",
	  { WATCH(HW_BREAKPOINT_W, 4, 0xffffffffff000000), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "exclude_kernel" },
			{ PERFEV_CAUSE_CONFLICT, "pid" },
			{ PERFEV_CAUSE_MACHINE, "type" } } },
	{ "all registers for breakpoints are taken",
	  { WATCH(HW_BREAKPOINT_W, 4, 0), 0, -1, -1, 0 },
	  .make = all_taken,
	  .expected = { { PERFEV_CAUSE_SLOTS, "type" } } },
	{ .title = NULL },
};
