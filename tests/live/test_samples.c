/* SPDX-License-Identifier: MIT */
/*
 * Samples of cycles and of a software clock: how many come, what period each stands for, and where
 * they say that the thread was. What must stay true: where the processor counts without error,
 * every sample is accounted for; elsewhere half may be missing (throttled, or lost in a skid).
 */
#include "loop.h"

#include <unistd.h>

/* The last sample falls well before the end of the loop, so how it ends does not matter. */
#define PERIOD 19900U
#define SAMPLES (LOOP_INSTRUCTIONS / PERIOD)

/* Nothing shorter for the clocks: they can keep a machine busy with their own interrupts. */
#define CLOCK_PERIOD 1000000U

/* What the samples of one event say. */
struct summary {
	unsigned int samples;
	unsigned int in_loop;
	unsigned int uneven; /* whose period is not the one before them */
	__u64 periods;       /* their sum */
	__u64 steps_off;     /* the most that the count in them grew by, less the period */
	__u64 last;          /* the count in the last one */
};

struct sample {
	struct perf_event_header header;
	__u64 ip;
	__u64 period;
	struct reading counted;
};

#define SAMPLE_TYPE (PERF_SAMPLE_IP | PERF_SAMPLE_PERIOD | PERF_SAMPLE_READ)

static __u64 distance(__u64 a, __u64 b)
{
	return a > b ? a - b : b - a;
}

static void add_sample(struct summary *summary, const struct sample *sample, __u64 *period)
{
	__u64 off = distance(sample->counted.value - summary->last, sample->period);

	assert_int_equal(sample->header.size, sizeof(*sample));
	assert_true(sample->period > 0);
	assert_true(sample->counted.value >= summary->last);
	summary->uneven += summary->samples && sample->period != *period;
	*period = sample->period;
	summary->samples++;
	summary->in_loop += loop_holds(sample->ip) != 0;
	summary->periods += sample->period;
	summary->last = sample->counted.value;
	if (off > summary->steps_off)
		summary->steps_off = off;
}

/* Reads all records; those that tell of throttling and loss are not samples. */
static struct summary summarize(struct test_ring *ring)
{
	static union {
		struct sample sample;
		char bytes[1 << 16];
	} record;
	struct summary summary = { 0, 0, 0, 0, 0, 0 };
	__u64 period = 0;

	while (ring_next(ring, &record))
		if (record.sample.header.type == PERF_RECORD_SAMPLE)
			add_sample(&summary, &record.sample, &period);
	return summary;
}

static struct summary sample_loops(int fd, unsigned int loops, __u64 *count)
{
	struct summary summary;
	struct test_ring ring;

	ring_map(&ring, fd, 4);
	*count = count_loops(fd, loops);
	summary = summarize(&ring);
	ring_unmap(&ring);
	close(fd);
	return summary;
}

static struct summary sample_cycles(__u64 *count)
{
	int fd = open_sampler_or_skip((struct perf_event_attr)COUNTER(
		CPU_CYCLES, .sample_period = PERIOD, .sample_type = SAMPLE_TYPE));

	return sample_loops(fd, 1, count);
}

/* Cycles by a period */

static void every_period_of_cycles_gives_a_sample(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_cycles(&count);
	assert_cycles(count, 1);
	if (counting_is_exact())
		assert_int_equal(summary.samples, SAMPLES);
	else
		assert_in_range(summary.samples, count / PERIOD / 2, count / PERIOD + 1);
}

static void each_sample_stands_for_its_period_and_all_for_the_count(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_cycles(&count);
	assert_true(summary.samples > 0);
	assert_int_equal(summary.uneven, 0);
	assert_int_equal(summary.periods, (__u64)summary.samples * PERIOD);
	assert_true(summary.periods <= count + PERIOD);
	if (counting_is_exact())
		assert_true(count - summary.periods < PERIOD);
	else
		assert_true(summary.periods >= count / 2 - PERIOD);
}

static void the_count_in_a_sample_has_grown_by_its_period(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_cycles(&count);
	assert_true(summary.samples > 0);
	assert_true(summary.last >= summary.periods - PERIOD && summary.last <= count);
	if (counting_is_exact())
		assert_in_range(summary.steps_off, 0, LOOP_SLACK);
}

static void samples_of_user_mode_lie_in_the_loop(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_cycles(&count);
	assert_true(summary.samples > 0);
	assert_in_range(summary.in_loop,
			counting_is_exact() ? summary.samples : summary.samples / 2 + 1,
			summary.samples);
}

static void a_period_twice_as_long_gives_half_the_samples(void **state)
{
	int fd = open_sampler_or_skip((struct perf_event_attr)COUNTER(
		CPU_CYCLES, .sample_period = PERIOD, .sample_type = SAMPLE_TYPE));
	struct summary summary;
	__u64 count;

	(void)state;
	assert_int_equal(perf_event_ioc_period(fd, 2 * PERIOD), 0);
	summary = sample_loops(fd, 1, &count);
	/* On powerpc the first sample still tells the old period. */
	assert_true(summary.samples > 1);
	assert_in_range(summary.periods, (2 * (__u64)summary.samples - 1) * PERIOD,
			2 * (__u64)summary.samples * PERIOD);
	if (counting_is_exact())
		assert_int_equal(summary.samples, SAMPLES / 2);
	else
		assert_in_range(summary.samples, count / PERIOD / 4, count / PERIOD / 2 + 1);
}

/* Cycles by a frequency */

static void by_frequency_the_kernel_finds_a_period(void **state)
{
	int fd = open_sampler_or_skip((struct perf_event_attr)COUNTER(
		CPU_CYCLES, .freq = 1, .sample_freq = 1000, .sample_type = SAMPLE_TYPE));
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_loops(fd, 20, &count);
	assert_cycles(count, 20);
	/* It begins with 1 and must get from there to something that suits the frequency. */
	assert_true(summary.samples >= 4);
	assert_true(summary.uneven >= 2);
	assert_true(count / summary.samples > 1000);
	assert_true(summary.periods <= count + count / 10);
	assert_true(summary.periods >= count / 4);
}

/* The clock of the CPU, in nanoseconds */

static struct summary sample_clock(struct perf_event_attr attr, __u64 *count)
{
	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_CPU_CLOCK;
	attr.sample_type = SAMPLE_TYPE;
	return sample_loops(open_or_skip(&attr, "cpu-clock"), 40, count);
}

static void check_clock(const struct summary *summary, __u64 count)
{
	/* A period that passes in the kernel, or while another thread runs, has no sample. */
	assert_in_range(summary->samples, 2, count / CLOCK_PERIOD + 1);
	assert_int_equal(summary->periods, (__u64)summary->samples * CLOCK_PERIOD);
	assert_true(summary->last <= count);
	assert_true(summary->in_loop > summary->samples / 2);
}

static void the_clock_gives_a_sample_for_every_period_in_user_mode(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_clock(
		(struct perf_event_attr)COUNTER(CPU_CYCLES, .sample_period = CLOCK_PERIOD), &count);
	check_clock(&summary, count);
}

static void the_clock_makes_a_period_of_its_frequency(void **state)
{
	struct summary summary;
	__u64 count;

	(void)state;
	summary = sample_clock(
		(struct perf_event_attr)COUNTER(CPU_CYCLES, .freq = 1,
						.sample_freq = 1000000000 / CLOCK_PERIOD),
		&count);
	check_clock(&summary, count);
}

/*
 * QEMU's riscv64 swallows overflows of a counter that counted without sampling before, in whatever
 * program, until it has sampled for a while. Once it has, it is exact; so let it.
 */
static int let_the_emulator_settle(void **state)
{
	struct perf_event_attr attr =
		COUNTER(CPU_CYCLES, .sample_period = PERIOD, .sample_type = SAMPLE_TYPE);
	unsigned int samples = 0;

	(void)state;
	for (unsigned int i = 0; counting_is_exact() && samples < SAMPLES && i < 64; i++) {
		int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		struct test_ring ring;

		if (fd < 0)
			break;
		ring_map(&ring, fd, 4);
		run_counted(fd, 1);
		samples = summarize(&ring).samples;
		ring_unmap(&ring);
		close(fd);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_period_of_cycles_gives_a_sample),
		cmocka_unit_test(each_sample_stands_for_its_period_and_all_for_the_count),
		cmocka_unit_test(the_count_in_a_sample_has_grown_by_its_period),
		cmocka_unit_test(samples_of_user_mode_lie_in_the_loop),
		cmocka_unit_test(a_period_twice_as_long_gives_half_the_samples),
		cmocka_unit_test(by_frequency_the_kernel_finds_a_period),
		cmocka_unit_test(the_clock_gives_a_sample_for_every_period_in_user_mode),
		cmocka_unit_test(the_clock_makes_a_period_of_its_frequency),
	};

	return cmocka_run_group_tests_name("samples", tests, let_the_emulator_settle, NULL);
}
