/* SPDX-License-Identifier: MIT */
/*
 * What each level of perf_event_paranoid lets an unprivileged user have. What must stay true: each
 * level is tried whole, with what is granted as well as what is not.
 */
#include "attempt.h"
#include "facts.h"
#include "level.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define LOWEST (-1L)
#define HIGHEST 4L

/* More than the largest ring that is tried: what a machine of many processors would take. */
#define RING_LIMIT (256UL << 20)

/* What a user may want. Of tracepoints: an ordinary one, and one of his own system calls. */
enum wish {
	USER_EVENT,
	KERNEL_EVENT,
	SYSTEM_WIDE,
	SYSTEM_WIDE_KERNEL,
	LARGE_RING,
	TRACEPOINT,
	TRACEPOINT_KERNEL,
	TRACEPOINT_FIELDS,
	SYSCALL_FIELDS,
};

/*
 * The errno of each wish at the levels -1, 0, 1, 2, and 0 for what is granted. Above 2 a kernel is
 * as at 2, or grants nothing (EACCES): that is what the patches of Debian (3) and Ubuntu (4) do.
 */
static const struct row {
	enum wish wish;
	const char *name;
	int errors[4];
} table[] = {
	{ USER_EVENT, "its own, user mode", { 0, 0, 0, 0 } },
	{ KERNEL_EVENT, "its own, kernel too", { 0, 0, 0, EACCES } },
	{ SYSTEM_WIDE, "all tasks of a CPU, user mode", { 0, 0, EACCES, EACCES } },
	{ SYSTEM_WIDE_KERNEL, "all tasks of a CPU, kernel too", { 0, 0, EACCES, EACCES } },
	{ LARGE_RING, "a ring above perf_event_mlock_kb", { 0, EPERM, EPERM, EPERM } },
	{ TRACEPOINT, "a tracepoint's count, user mode", { 0, 0, 0, 0 } },
	{ TRACEPOINT_KERNEL, "a tracepoint's count, kernel too", { 0, 0, 0, EACCES } },
	{ TRACEPOINT_FIELDS, "a tracepoint's fields", { 0, EPERM, EPERM, EPERM } },
	{ SYSCALL_FIELDS, "the fields of its own system calls", { 0, 0, 0, 0 } },
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static int error_of_row(const struct row *row, long level)
{
	return row->errors[(level > 2 ? 2 : level) - LOWEST];
}

struct large_ring {
	struct attempt attempt;
	size_t bytes;
};

/* Opens an event and maps its ring, with the locked memory that the setting gives. */
static int error_of_ring(void *argument)
{
	const struct rlimit none = { 0, 0 };
	struct large_ring *ring = argument;
	int fd = perf_event_open(&ring->attempt.attr, 0, -1, -1, 0);

	if (fd < 0)
		return errno;
	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0)
		return CHILD_FAILED;
	if (mmap(NULL, ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		return errno;
	return 0;
}

/* The setting is per processor, and rings are powers of two. Returns 0 for what is too much. */
static size_t large_ring_bytes(void)
{
	size_t limit = (size_t)kernel_setting_or_skip("perf_event_mlock_kb") * 1024 *
		       (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = page;

	while (bytes + page <= limit)
		bytes *= 2;
	return bytes > RING_LIMIT ? 0 : bytes + page;
}

static int try_event(enum wish wish)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, -1, -1, 0 };

	attempt.attr.exclude_kernel = wish == USER_EVENT || wish == SYSTEM_WIDE;
	if (wish == SYSTEM_WIDE || wish == SYSTEM_WIDE_KERNEL) {
		attempt.pid = -1;
		attempt.cpu = 0;
	}
	return as_nobody(error_of, &attempt);
}

static int try_ring(void)
{
	struct large_ring ring = { { DUMMY(.disabled = 1), 0, -1, -1, 0 }, large_ring_bytes() };

	if (!ring.bytes)
		skip_without("memory", "a ring above perf_event_mlock_kb would be too large");
	return as_nobody(error_of_ring, &ring);
}

static int try_tracepoint(enum wish wish, __u64 ordinary, __u64 syscall_enter)
{
	struct attempt attempt = {
		PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .disabled = 1, .exclude_kernel = 1), 0, -1,
		-1, 0
	};

	attempt.attr.config = wish == SYSCALL_FIELDS ? syscall_enter : ordinary;
	attempt.attr.exclude_kernel = wish != TRACEPOINT_KERNEL;
	if (wish == TRACEPOINT_FIELDS || wish == SYSCALL_FIELDS) {
		attempt.attr.sample_period = 1;
		attempt.attr.sample_type = PERF_SAMPLE_RAW;
	}
	return as_nobody(error_of, &attempt);
}

/* Whether this level grants nothing at all, as patched kernels do above 2. */
static int grants_nothing(long level)
{
	int error = try_event(USER_EVENT);

	if (level <= 2) {
		assert_int_equal(error, 0);
		return 0;
	}
	assert_true(error == 0 || error == EACCES);
	print_message("# perf_event_paranoid %ld: %s\n", level,
		      error ? "grants nothing" : "is as 2");
	return error != 0;
}

static void check_row(const struct row *row, long level, int is_closed, int error)
{
	int expected = is_closed ? EACCES : error_of_row(row, level);

	if (error != expected)
		fail_msg("level %ld, %s: %s instead of %s", level, row->name, error_name(error),
			 error_name(expected));
}

static void check_events(long level)
{
	int is_closed;

	level_or_skip(level);
	is_closed = grants_nothing(level);
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].wish < LARGE_RING)
			check_row(&table[i], level, is_closed, try_event(table[i].wish));
		else if (table[i].wish == LARGE_RING)
			check_row(&table[i], level, is_closed, try_ring());
}

static void check_tracepoints(long level)
{
	__u64 ordinary = tracepoint_or_skip("sched", "sched_switch");
	__u64 syscall_enter = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	int is_closed;

	level_or_skip(level);
	is_closed = grants_nothing(level);
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].wish > LARGE_RING)
			check_row(&table[i], level, is_closed,
				  try_tracepoint(table[i].wish, ordinary, syscall_enter));
}

/* Two tests for each level, since a skip is for one reason at a time. */
#define LEVEL(level, name)                                                                         \
	static void level_##name##_opens_and_maps_just_this(void **state)                          \
	{                                                                                          \
		(void)state;                                                                       \
		check_events(level);                                                               \
	}                                                                                          \
	static void level_##name##_gives_just_this_of_tracepoints(void **state)                    \
	{                                                                                          \
		(void)state;                                                                       \
		check_tracepoints(level);                                                          \
	}

LEVEL(4, 4)
LEVEL(3, 3)
LEVEL(2, 2)
LEVEL(1, 1)
LEVEL(0, 0)
LEVEL(-1, minus_1)

static void the_level_of_this_machine_is_one_that_is_tested(void **state)
{
	long level = kernel_setting_or_skip("perf_event_paranoid");

	(void)state;
	print_message("# perf_event_paranoid of this machine: %ld\n", level);
	assert_true(level >= LOWEST);
	assert_true(level <= HIGHEST);
}

#define LEVEL_TEST(test) cmocka_unit_test_teardown(test, put_level_back)
#define LEVEL_TESTS(name)                                                                          \
	LEVEL_TEST(level_##name##_opens_and_maps_just_this),                                       \
		LEVEL_TEST(level_##name##_gives_just_this_of_tracepoints)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_level_of_this_machine_is_one_that_is_tested),
		LEVEL_TESTS(4),
		LEVEL_TESTS(3),
		LEVEL_TESTS(2),
		LEVEL_TESTS(1),
		LEVEL_TESTS(0),
		LEVEL_TESTS(minus_1),
	};

	return cmocka_run_group_tests_name("levels of perf_event_paranoid", tests, remember_level,
					   put_level_back);
}
