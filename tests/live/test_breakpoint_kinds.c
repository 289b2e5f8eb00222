/* SPDX-License-Identifier: MIT */
/*
 * Every kind of breakpoint (R, W, RW, X) in every length from 1 to 8: which of them this processor
 * takes, and that each one taken counts its own accesses and no others. What must stay true: which
 * are taken is printed, and asserted only where the architecture decides it.
 */
#include "facts.h"
#include "live.h"

#include <errno.h>
#include <unistd.h>

#define TIMES 20U
#define LENGTHS 8U
#define MANY_SLOTS 64U

static const struct kind {
	const char *name;
	__u32 type;
	int reads; /* whether it counts them */
	int writes;
} kinds[] = {
	{ "R", HW_BREAKPOINT_R, 1, 0 },
	{ "W", HW_BREAKPOINT_W, 0, 1 },
	{ "RW", HW_BREAKPOINT_RW, 1, 1 },
	{ "X", HW_BREAKPOINT_X, 0, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define EXECUTE (KINDS - 1)

/* What is watched begins at 8, so that there is something on both sides of it. */
static volatile unsigned char memory[32] __attribute__((aligned(32)));
static volatile unsigned char *const watched = memory + 8;

/* Called by pointer only, so that the call passes the very address that C gives (see ppc64le). */
static __attribute__((noinline)) void stepped_on(void)
{
	__asm__ volatile("" ::: "memory");
}

static void (*volatile call_stepped_on)(void) = stepped_on;

/* Opens a breakpoint and returns its descriptor, or -1 with errno set. */
static int open_kind(__u32 type, uintptr_t address, __u64 length)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_BREAKPOINT, .exclude_kernel = 1, .bp_type = type,
				 .bp_addr = address, .bp_len = length);

	return perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Opens the one kind that every processor with breakpoints takes, and skips where there is none. */
static int open_write_or_skip(const volatile void *address)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .exclude_kernel = 1, .bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)address, .bp_len = sizeof(long));

	return open_or_skip(&attr, "breakpoint");
}

static int open_watched(size_t kind, __u64 length)
{
	uintptr_t address = kind == EXECUTE ? (uintptr_t)call_stepped_on : (uintptr_t)watched;

	return open_kind(kinds[kind].type, address, length);
}

/* The lengths that are taken of a kind, length 1 in bit 1. */
static unsigned int lengths_taken(size_t kind)
{
	unsigned int taken = 0;

	for (unsigned int length = 1; length <= LENGTHS; length++) {
		int fd = open_watched(kind, length);

		if (fd < 0) {
			assert_true(errno == EINVAL || errno == EOPNOTSUPP);
			continue;
		}
		close(fd);
		taken |= 1U << length;
	}
	return taken;
}

static void which_kinds_and_lengths_there_are(void **state)
{
	unsigned int taken[KINDS];
	char text[200];
	int used = 0;

	(void)state;
	close(open_write_or_skip(watched));
	for (size_t kind = 0; kind < KINDS; kind++) {
		taken[kind] = lengths_taken(kind);
		used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%s", kind ? "; " : "",
				 kinds[kind].name);
		for (unsigned int length = 1; length <= LENGTHS; length++)
			if (taken[kind] & 1U << length)
				used += snprintf(text + used, sizeof(text) - (size_t)used, " %u",
						 length);
		if (!taken[kind])
			used += snprintf(text + used, sizeof(text) - (size_t)used, " none");
	}
	print_message("# breakpoints: %s\n", text);
	assert_true(taken[1] & 1U << sizeof(long));
	assert_int_equal(taken[1], taken[2]); /* no processor minds what W and RW differ in */
	if (taken[EXECUTE])
		assert_true(taken[EXECUTE] & 1U << sizeof(long));
#ifdef __x86_64__
	assert_int_equal(taken[0], 0);
	assert_int_equal(taken[1], 1 << 1 | 1 << 2 | 1 << 4 | 1 << 8);
	assert_int_equal(taken[EXECUTE], 1 << sizeof(long));
#endif
}

/* What is done TIMES over to one byte of the memory. */
static void read_byte(volatile unsigned char *byte)
{
	for (unsigned int i = 0; i < TIMES; i++)
		(void)*byte;
}

static void write_byte(volatile unsigned char *byte)
{
	for (unsigned int i = 0; i < TIMES; i++)
		*byte = 1;
}

/* What the event counts more, when that is done. */
static __u64 count_of(int fd, void (*access)(volatile unsigned char *), volatile unsigned char *at)
{
	__u64 before = read_count(fd);

	access(at);
	return read_count(fd) - before;
}

static void check_data(const struct kind *kind, int fd, unsigned int length)
{
	__u64 first = count_of(fd, kind->writes ? write_byte : read_byte, watched);

	if (first == 0)
		close(fd);
	skip_if_uncounted_in_an_emulator(first, "breakpoint");
	assert_int_equal(first, TIMES);
	for (unsigned int i = 0; i < length; i++) {
		assert_int_equal(count_of(fd, write_byte, watched + i), kind->writes ? TIMES : 0);
		assert_int_equal(count_of(fd, read_byte, watched + i), kind->reads ? TIMES : 0);
	}
	assert_int_equal(count_of(fd, write_byte, watched - 1), 0);
	assert_int_equal(count_of(fd, read_byte, watched - 1), 0);
	assert_int_equal(count_of(fd, write_byte, watched + length), 0);
	assert_int_equal(count_of(fd, read_byte, watched + length), 0);
}

static void each_that_is_taken_counts_its_kind_of_access_to_each_of_its_bytes_alone(void **state)
{
	(void)state;
	close(open_write_or_skip(watched));
	for (size_t kind = 0; kind < EXECUTE; kind++) {
		for (unsigned int length = 1; length <= LENGTHS; length++) {
			int fd = open_watched(kind, length);

			if (fd < 0)
				continue;
			check_data(&kinds[kind], fd, length);
			close(fd);
		}
	}
}

/* Reads the code, which is no execution of it. By a pointer, as it is a function's. */
static void read_code(volatile unsigned char *code)
{
	read_byte(code);
}

static void call_code(volatile unsigned char *code)
{
	(void)code;
	for (unsigned int i = 0; i < TIMES; i++)
		call_stepped_on();
}

static void each_execute_breakpoint_that_is_taken_counts_calls_and_no_reads(void **state)
{
	volatile unsigned char *code = (volatile unsigned char *)(uintptr_t)call_stepped_on;
	unsigned int taken = 0;

	(void)state;
	close(open_write_or_skip(watched));
	for (unsigned int length = 1; length <= LENGTHS; length++) {
		int fd = open_watched(EXECUTE, length);
		__u64 count;

		if (fd < 0)
			continue;
		count = count_of(fd, call_code, code);
		if (count == 0)
			close(fd);
		skip_if_uncounted_in_an_emulator(count, "breakpoint");
		assert_int_equal(count, TIMES);
		assert_int_equal(count_of(fd, read_code, code), 0);
		assert_int_equal(count_of(fd, write_byte, watched), 0);
		close(fd);
		taken++;
	}
	if (!taken)
		skip_without("execute-breakpoint", "this processor has none of any length");
}

/* Opens breakpoints of one kind until there is no slot left. Returns how many there were. */
static unsigned int open_slots(size_t kind, int fds[MANY_SLOTS], volatile long *variables)
{
	unsigned int opened = 0;

	for (; opened < MANY_SLOTS; opened++) {
		uintptr_t address =
			variables ? (uintptr_t)&variables[opened] : (uintptr_t)call_stepped_on;

		fds[opened] = open_kind(kinds[kind].type, address, sizeof(long));
		if (fds[opened] < 0)
			break;
	}
	if (opened < MANY_SLOTS)
		assert_true(errno == ENOSPC || opened == 0);
	return opened;
}

static void close_slots(const int fds[MANY_SLOTS], unsigned int slots)
{
	while (slots--)
		close(fds[slots]);
}

static void every_slot_watches_a_variable_of_its_own_at_once(void **state)
{
	static volatile long variables[MANY_SLOTS];
	int fds[MANY_SLOTS], execute_fds[MANY_SLOTS];
	unsigned int slots, beside, execute;
	__u64 counts[MANY_SLOTS];

	(void)state;
	close(open_write_or_skip(watched));
	slots = open_slots(1, fds, variables);
	beside = open_slots(EXECUTE, execute_fds, NULL);
	close_slots(execute_fds, beside);
	for (unsigned int i = 0; i < slots; i++)
		for (unsigned int times = 0; times <= i; times++)
			variables[i] = 1;
	for (unsigned int i = 0; i < slots; i++)
		counts[i] = read_count(fds[i]);
	close_slots(fds, slots);
	execute = open_slots(EXECUTE, execute_fds, NULL);
	close_slots(execute_fds, execute);
	print_message("# breakpoint slots: %u\n", slots);
	print_message(
		"# breakpoint slots for execute: %u, %u of them while all for data are used\n",
		execute, beside);
	assert_in_range(slots, 1, MANY_SLOTS - 1);
	assert_true(beside <= execute);
	skip_if_uncounted_in_an_emulator(counts[0], "breakpoint");
	for (unsigned int i = 0; i < slots; i++)
		assert_int_equal(counts[i], i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_kinds_and_lengths_there_are),
		cmocka_unit_test(
			each_that_is_taken_counts_its_kind_of_access_to_each_of_its_bytes_alone),
		cmocka_unit_test(each_execute_breakpoint_that_is_taken_counts_calls_and_no_reads),
		cmocka_unit_test(every_slot_watches_a_variable_of_its_own_at_once),
	};

	return cmocka_run_group_tests_name("kinds of breakpoints", tests, NULL, NULL);
}
