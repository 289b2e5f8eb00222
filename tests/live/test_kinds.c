/* SPDX-License-Identifier: MIT */
/*
 * Every kind of event that needs no place in code is opened by the raw layer alone, and counts:
 * software, hardware, cache, raw and MSR counters, and processor traces with an AUX area. What must
 * stay true: a test skips only when the machine lacks the thing, and asserts numbers.
 */

#include "live.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPINS 1000000U
#define DEVICES "/sys/bus/event_source/devices"

/* At least SPINS instructions and branches, and no system call. */
static void spin(void)
{
	for (unsigned int i = 0; i < SPINS; i++)
		__asm__ volatile("" : "+r"(i));
}

/* Software counters */

static int open_software(__u64 config)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = config, .disabled = 1, .exclude_kernel = 1);

	return open_or_skip(&attr, "software");
}

static __u64 count_faults(int fd, unsigned int pages)
{
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	if (pages)
		fault_pages(pages);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	return read_count(fd);
}

static void page_faults_are_counted_exactly(void **state)
{
	static const unsigned int pages[] = { 0, 1, 37 };
	int fd = open_software(PERF_COUNT_SW_PAGE_FAULTS);

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		__u64 least = ~0ULL;

		/* The first times the code, or later the kernel, may fault pages by the way. */
		for (int attempt = 0; attempt < 10 && least != pages[i]; attempt++) {
			__u64 count = count_faults(fd, pages[i]);

			assert_true(count >= pages[i]);
			least = count < least ? count : least;
		}
		assert_int_equal(least, pages[i]);
	}
	close(fd);
}

/* Both clocks of the kernel: they grow while the thread works, and stand still while disabled. */
static void a_clock_moves_only_while_enabled(__u64 config)
{
	int fd = open_software(config);
	__u64 before, after;

	assert_int_equal(read_count(fd), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	before = read_count(fd);
	spin_ns(A_WHILE_NS);
	after = read_count(fd);
	assert_true(after > before);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	before = read_count(fd);
	assert_true(before >= after);
	spin_ns(A_WHILE_NS);
	assert_int_equal(read_count(fd), before);
	close(fd);
}

static void the_task_clock_moves_only_while_enabled(void **state)
{
	(void)state;
	a_clock_moves_only_while_enabled(PERF_COUNT_SW_TASK_CLOCK);
}

static void the_cpu_clock_moves_only_while_enabled(void **state)
{
	(void)state;
	a_clock_moves_only_while_enabled(PERF_COUNT_SW_CPU_CLOCK);
}

/* Sends a byte to a child and back, as often as told. On one CPU each round is a switch or more. */
static void switch_tasks(unsigned int rounds)
{
	int there[2], back[2], status;
	char byte = 0;
	pid_t child;

	assert_int_equal(pipe(there), 0);
	assert_int_equal(pipe(back), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			if (write(back[1], &byte, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(there[0]);
	close(back[1]);
	for (unsigned int i = 0; i < rounds; i++) {
		assert_int_equal(write(there[1], &byte, 1), 1);
		assert_int_equal(read(back[0], &byte, 1), 1);
	}
	close(there[1]);
	close(back[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void context_switches_count_in_the_kernel_and_not_in_user_space(void **state)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CONTEXT_SWITCHES);
	int all = open_or_skip(&attr, "software");
	cpu_set_t before, one;
	int user;

	(void)state;
	attr.exclude_kernel = 1;
	user = open_or_skip(&attr, "software");
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	switch_tasks(20);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	assert_true(read_count(all) >= 20);
	assert_int_equal(read_count(user), 0);
	close(user);
	close(all);
}

static void the_dummy_is_there_and_counts_nothing(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .exclude_kernel = 1,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);
	__u64 values[3] = { 1, 0, 0 };
	int fd = open_or_skip(&attr, "software");

	(void)state;
	fault_pages(3);
	spin();
	assert_int_equal(read(fd, values, sizeof(values)), sizeof(values));
	assert_int_equal(values[0], 0);
	/* It did run: 0 is its count, not the lack of one. */
	assert_true(values[1] > 0);
	assert_int_equal(values[2], values[1]);
	close(fd);
}

/* Hardware counters */

struct reading {
	__u64 value;
	__u64 enabled;
	__u64 running;
};

/* Opens a counter of user space, disabled if it leads. */
static int open_hardware(__u32 type, __u64 config, int group_fd, const char *feature)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		type, .config = config, .disabled = group_fd < 0, .exclude_kernel = 1,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING);
	int fd = perf_event_open(&attr, 0, -1, group_fd, PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == EINVAL) /* a PMU that cannot tell modes apart: riscv64 without Sscofpmf */
		attr.exclude_kernel = 0;
	return open_at_or_skip(&attr, 0, -1, group_fd, 0, feature);
}

static void spin_counted(int fd)
{
	assert_int_equal(perf_event_ioc_enable(fd, PERF_IOC_FLAG_GROUP), 0);
	spin();
	assert_int_equal(perf_event_ioc_disable(fd, PERF_IOC_FLAG_GROUP), 0);
}

/* Reads and closes. A counter that never ran says nothing, which is a skip: the PMU is taken. */
static struct reading finish(int fd, const char *feature)
{
	struct reading reading = { 0, 0, 0 };

	assert_int_equal(read(fd, &reading, sizeof(reading)), sizeof(reading));
	close(fd);
	assert_true(reading.enabled > 0 && reading.running <= reading.enabled);
	if (!reading.running)
		skip_without(feature, "the event opens, but never got a counter");
	return reading;
}

static void cycles_are_counted(void **state)
{
	int fd = open_hardware(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, -1, "hardware");

	(void)state;
	spin_counted(fd);
	assert_true(finish(fd, "hardware").value > 0);
}

static void instructions_are_at_least_those_of_the_loop(void **state)
{
	int fd = open_hardware(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, -1, "hardware");
	struct reading reading;

	(void)state;
	spin_counted(fd);
	reading = finish(fd, "hardware");
	assert_true(reading.value > 0);
	if (reading.running == reading.enabled)
		assert_in_range(reading.value, 2 * SPINS, 100 * SPINS);
}

/* Reads of each line of 64 pages and more that nobody touched before: accesses, and misses too. */
static void read_memory(void)
{
	static volatile char memory[1 << 18];

	for (size_t i = 0; i < sizeof(memory); i += 16)
		(void)memory[i];
}

static void a_cache_event_counts_reads(void **state)
{
	static const __u64 caches[] = { PERF_COUNT_HW_CACHE_L1D, PERF_COUNT_HW_CACHE_DTLB };
	__u64 config = 0;
	int fd = -1;

	(void)state;
	for (size_t i = 0; i < 4 && fd < 0; i++) {
		struct perf_event_attr attr =
			PERFEV_ATTR_INIT(PERF_TYPE_HW_CACHE, .exclude_kernel = 1);

		/* Accesses first: few processors count all four, most of them one. */
		config = caches[i % 2] | PERF_COUNT_HW_CACHE_OP_READ << 8 |
			 (i < 2 ? PERF_COUNT_HW_CACHE_RESULT_ACCESS :
				  PERF_COUNT_HW_CACHE_RESULT_MISS)
				 << 16;
		attr.config = config;
		fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	}
	if (fd >= 0)
		close(fd);
	fd = open_hardware(PERF_TYPE_HW_CACHE, config, -1, "cache");
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	read_memory();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	config = finish(fd, "cache").value;
	skip_if_uncounted_in_an_emulator(config, "cache");
	assert_true(config > 0);
}

/* The processor's own number of "instructions retired", where one is known for the architecture. */
static void a_raw_event_counts_what_its_generic_name_does(void **state)
{
#if defined(__x86_64__) || defined(__i386__)
	const __u64 instructions = 0x00c0; /* event 0xc0, umask 0: Intel's and AMD's alike */
#elif defined(__aarch64__)
	const __u64 instructions = 0x0008; /* INST_RETIRED of PMUv3 */
#else
	const __u64 instructions = 0;
#endif
	int leader, raw;
	struct reading generic, own;

	(void)state;
	if (!instructions)
		skip_without("raw", "no code of instructions is known for this architecture");
	leader = open_hardware(PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, -1, "raw");
	/* In one group they count the same stretch, however often they share the PMU. */
	raw = open_hardware(PERF_TYPE_RAW, instructions, leader, "raw");
	spin_counted(leader);
	own = finish(raw, "raw");
	generic = finish(leader, "raw");
	assert_true(generic.value > 0);
	assert_in_range(own.value, generic.value - generic.value / 10,
			generic.value + generic.value / 10);
}

/* MSR counters */

/* The config of an event of the msr PMU; the files say "event=0x00". */
static int msr_event(const char *name, __u64 *config)
{
	char path[512];
	unsigned long long number;
	FILE *file;
	int found;

	snprintf(path, sizeof(path), DEVICES "/msr/events/%s", name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	found = fscanf(file, "event=%llx", &number) == 1;
	fclose(file);
	*config = found ? number : 0;
	return found;
}

static void an_msr_counter_moves(void **state)
{
	static const char *const names[] = { "tsc", "aperf", "mperf" };
	struct perf_event_attr attr = PERFEV_ATTR_INIT(pmu_type_or_skip("msr"), .config = 0);
	__u64 config = 0, before, after;
	size_t i = 0;
	int fd;

	(void)state;
	while (i < 3 && !msr_event(names[i], &config))
		i++;
	if (i == 3)
		skip_without("msr", "neither tsc nor aperf nor mperf is in its folder of events");
	attr.config = config;
	fd = open_or_skip(&attr, "msr");
	before = read_count(fd);
	spin();
	after = read_count(fd);
	assert_true(after > before);
	close(fd);
}

/* Processor traces */

/* Traces the loop into an AUX area: bytes arrive, and a record in the ring says so. */
static void a_trace_fills_its_area(const char *pmu, const char *feature, __u64 period)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(0, .disabled = 1, .exclude_kernel = 1, .sample_period = period);
	size_t bytes = 16 * (size_t)sysconf(_SC_PAGESIZE);
	struct test_ring ring;
	char path[256];
	void *area;
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/type", pmu);
	if (access(path, R_OK) < 0)
		skip_without(feature, "%s: %s", path, strerror(errno));
	attr.type = pmu_type_or_skip(pmu);
	fd = open_or_skip(&attr, feature);
	ring_map(&ring, fd, 1);
	/* The kernel takes the place from the page: set it, then map just there. */
	ring.page->aux_offset = ring.bytes;
	ring.page->aux_size = bytes;
	area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)ring.bytes);
	if (area == MAP_FAILED)
		fail_msg("mmap of an AUX area of %zu bytes: %s", bytes, strerror(errno));
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	spin();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	/* Acquire: the trace was written before the kernel moved the head. */
	assert_true(__atomic_load_n(&ring.page->aux_head, __ATOMIC_ACQUIRE) > 0);
	assert_true(ring_count(&ring, PERF_RECORD_AUX) > 0);
	assert_int_equal(munmap(area, bytes), 0);
	ring_unmap(&ring);
	close(fd);
}

static void intel_bts_traces_into_an_aux_area(void **state)
{
	(void)state;
	a_trace_fills_its_area("intel_bts", "bts", 0);
}

static void intel_pt_traces_into_an_aux_area(void **state)
{
	(void)state;
	a_trace_fills_its_area("intel_pt", "pt", 0);
}

static void arm_spe_traces_into_an_aux_area(void **state)
{
	(void)state;
	a_trace_fills_its_area("arm_spe_0", "spe", 4096); /* one operation in so many */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_faults_are_counted_exactly),
		cmocka_unit_test(the_task_clock_moves_only_while_enabled),
		cmocka_unit_test(the_cpu_clock_moves_only_while_enabled),
		cmocka_unit_test(context_switches_count_in_the_kernel_and_not_in_user_space),
		cmocka_unit_test(the_dummy_is_there_and_counts_nothing),
		cmocka_unit_test(cycles_are_counted),
		cmocka_unit_test(instructions_are_at_least_those_of_the_loop),
		cmocka_unit_test(a_cache_event_counts_reads),
		cmocka_unit_test(a_raw_event_counts_what_its_generic_name_does),
		cmocka_unit_test(an_msr_counter_moves),
		cmocka_unit_test(intel_bts_traces_into_an_aux_area),
		cmocka_unit_test(intel_pt_traces_into_an_aux_area),
		cmocka_unit_test(arm_spe_traces_into_an_aux_area),
	};

	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
