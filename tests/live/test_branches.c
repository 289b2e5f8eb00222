/* SPDX-License-Identifier: MIT */
/*
 * Branch stacks: the last branches taken before a sample, against loops whose branches are known.
 * What must stay true: every entry is checked against the code that was run, and the order of the
 * entries against a cycle of three branches, in which backwards is not forwards.
 */
#include "loop.h"

#include <errno.h>
#include <unistd.h>

#define PERIOD 20000U
#define MOST_ENTRIES 512U

struct stack_sample {
	struct perf_event_header header;
	__u64 ip;
	__u64 nr;
	struct perf_branch_entry entries[MOST_ENTRIES];
};

extern const char __start_perfev_zigzag[] __attribute__((visibility("hidden")));
extern const char __stop_perfev_zigzag[] __attribute__((visibility("hidden")));

/* Runs the blocks 1, 3, 2 and again from 1, a branch from each to the next, a million times. */
__attribute__((noinline, section("perfev_zigzag"))) static void zigzag(void)
{
	unsigned long left = 1000000;

#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("1: jmp 3f\n2: dec %0\n\tjnz 1b\n\tjmp 4f\n3: jmp 2b\n4:"
			 : "+r"(left)
			 :
			 : "cc");
#elif defined(__aarch64__)
	__asm__ volatile("1: b 3f\n2: subs %0, %0, #1\n\tb.ne 1b\n\tb 4f\n3: b 2b\n4:"
			 : "+r"(left)
			 :
			 : "cc");
#elif defined(__riscv)
	__asm__ volatile("1: j 3f\n2: addi %0, %0, -1\n\tbnez %0, 1b\n\tj 4f\n3: j 2b\n4:"
			 : "+r"(left));
#elif defined(__powerpc__)
	__asm__ volatile("mtctr %0\n1: b 3f\n2: bdnz 1b\n\tb 4f\n3: b 2b\n4:"
			 :
			 : "r"(left)
			 : "ctr");
#else
	for (; left; left--)
		__asm__ volatile("" : "+r"(left));
#endif
}

static int zigzag_holds(__u64 address)
{
	return address >= (uintptr_t)__start_perfev_zigzag &&
	       address < (uintptr_t)__stop_perfev_zigzag;
}

/* Of branches if cycles cannot have a branch stack: AMD's Zen 3 is so. */
static int open_stacks(void)
{
	struct perf_event_attr attr =
		COUNTER(CPU_CYCLES, .sample_period = PERIOD,
			.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_BRANCH_STACK,
			.branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER);
	int fd;

	close(open_counter_or_skip((struct perf_event_attr)COUNTER(CPU_CYCLES, .pinned = 0),
				   "hardware"));
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd >= 0)
		return fd;
	attr.config = PERF_COUNT_HW_BRANCH_INSTRUCTIONS;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && errno == EINVAL)
		skip_without("branch-stack", "neither cycles nor branches take one (EINVAL)");
	return fd >= 0 ? fd : open_or_skip(&attr, "branch-stack");
}

/* The next sample with a stack. Returns 0 when there is none. */
static int next_stack(struct test_ring *ring, struct stack_sample *sample)
{
	static union {
		struct stack_sample sample;
		char bytes[1 << 16];
	} record;

	while (ring_next(ring, &record)) {
		if (record.sample.header.type != PERF_RECORD_SAMPLE)
			continue;
		assert_true(record.sample.nr <= MOST_ENTRIES);
		assert_int_equal(record.sample.header.size,
				 sizeof(record.sample) - sizeof(record.sample.entries) +
					 record.sample.nr * sizeof(record.sample.entries[0]));
		*sample = record.sample;
		return 1;
	}
	return 0;
}

/* Runs a loop with a branch stack in every sample, and hands each of them to check(). */
static unsigned int check_stacks(void (*loop)(void),
				 unsigned int (*check)(const struct stack_sample *sample))
{
	static struct stack_sample sample;
	int fd = open_stacks();
	unsigned int samples = 0, checked = 0;
	struct test_ring ring;

	ring_map(&ring, fd, 6);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	loop();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	/* The first may still hold branches of what came before the loop. */
	while (next_stack(&ring, &sample))
		if (samples++)
			checked += check(&sample);
	ring_unmap(&ring);
	close(fd);
	assert_true(samples > 1);
	return checked;
}

static unsigned int branches_of_the_loop(const struct stack_sample *sample)
{
	if (!loop_holds(sample->ip)) /* by the way out of it */
		return 0;
	for (__u64 i = 0; i < sample->nr; i++) {
		assert_true(loop_holds(sample->entries[i].from));
		assert_true(loop_holds(sample->entries[i].to));
		/* There is one branch in the loop, and it goes back. */
		assert_true(sample->entries[i].to <= sample->entries[i].from);
		assert_true(sample->entries[i].from == sample->entries[0].from);
		assert_true(sample->entries[i].to == sample->entries[0].to);
	}
	return sample->nr > 0;
}

static void every_entry_is_the_branch_of_the_loop(void **state)
{
	(void)state;
	assert_true(check_stacks(loop_run, branches_of_the_loop) > 1);
}

static unsigned int branches_of_the_zigzag(const struct stack_sample *sample)
{
	const struct perf_branch_entry *entries = sample->entries;

	if (!zigzag_holds(sample->ip))
		return 0;
	for (__u64 i = 0; i < sample->nr; i++) {
		assert_true(zigzag_holds(entries[i].from));
		assert_true(zigzag_holds(entries[i].to));
		/* From the older branch straight on to the newer: one instruction or two. */
		if (i + 1 < sample->nr)
			assert_in_range(entries[i].from, entries[i + 1].to, entries[i + 1].to + 4);
	}
	return sample->nr > 3;
}

static void entries_are_in_order_newest_first(void **state)
{
	(void)state;
	assert_true(check_stacks(zigzag, branches_of_the_zigzag) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_is_the_branch_of_the_loop),
		cmocka_unit_test(entries_are_in_order_newest_first),
	};

	return cmocka_run_group_tests_name("branches", tests, NULL, NULL);
}
