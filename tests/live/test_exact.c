/* SPDX-License-Identifier: MIT */
/*
 * Hardware counters against a loop of known length: what is counted, in which mode, and when. What
 * must stay true: where the processor counts without error the numbers are held to within a hundred
 * instructions, and elsewhere to bounds that a wrong event, mode or switch still leaves.
 */
#include "loop.h"

#include <sys/syscall.h>
#include <unistd.h>

/* Enough entries into the kernel that its part outweighs every side effect of opening an event. */
#define CALLS 5000U

static void cycles_of_the_loop_are_counted(void **state)
{
	int fd = open_counter_or_skip((struct perf_event_attr)COUNTER(CPU_CYCLES, .pinned = 0),
				      "hardware");

	(void)state;
	assert_cycles(count_loops(fd, 1), 1);
	close(fd);
}

static int open_instructions(void)
{
	return open_counter_or_skip((struct perf_event_attr)COUNTER(INSTRUCTIONS, .pinned = 0),
				    "hardware");
}

static void instructions_of_the_loop_are_counted(void **state)
{
	int fd = open_instructions();

	(void)state;
	assert_instructions(count_loops(fd, 1), 1);
	close(fd);
}

static void twice_the_loop_is_twice_the_count(void **state)
{
	int fd = open_instructions();

	(void)state;
	assert_instructions(count_loops(fd, 2), 2);
	assert_instructions(count_loops(fd, 3), 3);
	close(fd);
}

static void only_what_lies_between_enable_and_disable_is_counted(void **state)
{
	int fd = open_instructions();
	__u64 first, second;

	(void)state;
	loop_run();
	assert_int_equal(read_times(fd).value, 0);
	first = count_loops(fd, 1);
	loop_run();
	assert_int_equal(read_times(fd).value, first);
	second = count_loops(fd, 1);
	loop_run();
	assert_int_equal(read_times(fd).value, first + second);
	assert_instructions(first, 1);
	assert_instructions(second, 1);
	close(fd);
}

static void the_same_loop_gives_the_same_count_again(void **state)
{
	int fd = open_instructions();
	int other = open_instructions();
	__u64 count;

	(void)state;
	if (!counting_is_exact())
		skip_without("exact", "on this processor two counts of the same may differ");
	count_loops(fd, 1); /* once before: all that it touches is in memory then */
	count_loops(other, 1);
	count = count_loops(fd, 1);
	assert_int_equal(count_loops(fd, 1), count);
	assert_int_equal(count_loops(other, 1), count);
	close(other);
	close(fd);
}

static void cycles_are_instructions_where_each_takes_one(void **state)
{
	int cycles = open_counter_or_skip((struct perf_event_attr)COUNTER(CPU_CYCLES, .pinned = 0),
					  "hardware");
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS,
				 .exclude_kernel = 1, .read_format = READ_TIMES);
	int instructions = open_at_or_skip(&attr, 0, -1, cycles, 0, "hardware");
	__u64 count;

	(void)state;
	count = count_loops(cycles, 1);
	assert_cycles(count, 1);
	assert_instructions(read_times(instructions).value, 1);
	/* Not so elsewhere, but then a processor does no more than so many at a time. */
	assert_in_range(read_times(instructions).value, counting_is_exact() ? count : 0,
			counting_is_exact() ? count : 16 * count);
	close(instructions);
	close(cycles);
}

/* Modes */

enum {
	USER,
	KERNEL,
	ALL,
	MODES
};

struct work {
	unsigned int loops;
	unsigned int calls; /* of a system call that does next to nothing */
};

static __u64 count_mode(int mode, struct work work)
{
	int fd = open_counter_or_skip(
		(struct perf_event_attr)PERFEV_ATTR_INIT(
			PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS,
			.exclude_kernel = mode == USER, .exclude_user = mode == KERNEL,
			.disabled = 1, .read_format = READ_TIMES),
		"hardware");
	struct reading reading;

	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	while (work.loops--)
		loop_run();
	while (work.calls--)
		syscall(SYS_getppid);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	reading = read_times(fd);
	close(fd);
	if (reading.running != reading.enabled)
		skip_without("hardware", "other events hold the counters, this one ran in part");
	return reading.value;
}

/*
 * Does the same work with one mode's event after the other. One at a time, because the emulated
 * riscv64 counts an event on one counter only, whatever else has it open. The emulated POWER opens
 * events of any mode, and counts all modes in each.
 */
static void count_modes(struct work work, __u64 counts[MODES])
{
	for (int mode = 0; mode < MODES; mode++)
		counts[mode] = count_mode(mode, work);
	if (counts[USER] + counts[KERNEL] > counts[ALL] + counts[ALL] / 2)
		skip_if_uncounted_in_an_emulator(0, "exclude");
}

static void exclude_user_leaves_the_loop_out(void **state)
{
	__u64 counts[MODES];

	(void)state;
	count_modes((struct work){ .loops = 5, .calls = 0 }, counts);
	assert_instructions(counts[USER], 5);
	assert_in_range(counts[KERNEL], 1, counts[USER] / 2);
	assert_true(counts[ALL] >= counts[USER]);
}

static void exclude_kernel_leaves_the_kernel_out(void **state)
{
	__u64 counts[MODES];

	(void)state;
	count_modes((struct work){ .loops = 0, .calls = CALLS }, counts);
	/* A call is a few instructions here, and a multiple of it in the kernel. */
	assert_in_range(counts[USER], 3 * CALLS, 60 * CALLS);
	assert_true(counts[KERNEL] > counts[USER]);
}

static void user_and_kernel_add_up_to_all(void **state)
{
	__u64 counts[MODES], sum;

	(void)state;
	count_modes((struct work){ .loops = 1, .calls = CALLS }, counts);
	sum = counts[USER] + counts[KERNEL];
	/* Near enough that none of the three can be another, and far enough for interrupts. */
	assert_in_range(counts[ALL], sum - sum / 5, sum + sum / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cycles_of_the_loop_are_counted),
		cmocka_unit_test(instructions_of_the_loop_are_counted),
		cmocka_unit_test(twice_the_loop_is_twice_the_count),
		cmocka_unit_test(only_what_lies_between_enable_and_disable_is_counted),
		cmocka_unit_test(the_same_loop_gives_the_same_count_again),
		cmocka_unit_test(cycles_are_instructions_where_each_takes_one),
		cmocka_unit_test(exclude_user_leaves_the_loop_out),
		cmocka_unit_test(exclude_kernel_leaves_the_kernel_out),
		cmocka_unit_test(user_and_kernel_add_up_to_all),
	};

	return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
