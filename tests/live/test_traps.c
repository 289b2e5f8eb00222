/* SPDX-License-Identifier: MIT */
/*
 * Facts on which other bindings went wrong: what a fresh attr holds, what a refused open leaves
 * behind in it, which events an executed program gets, how long an execute breakpoint is.
 *
 * What must stay true: each trap is sprung for real, by the kernel or a child, not described.
 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DUMMY(...)                                                                                 \
	PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .exclude_kernel = 1,   \
			 __VA_ARGS__)

/* Leaves bytes that are not zero on the stack, for an attr that is initialized in part to show. */
__attribute__((noinline)) static void soil_the_stack(void)
{
	volatile unsigned char dirt[4096];

	for (size_t i = 0; i < sizeof(dirt); i++)
		dirt[i] = 0xa5;
}

static struct perf_event_attr fresh_attr(__u32 type)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(type, .config = 7);

	return attr;
}

static void fresh_attr_has_its_size_set_and_all_else_zero(void **state)
{
	struct perf_event_attr expected;
	struct perf_event_attr attr;

	(void)state;
	soil_the_stack();
	attr = fresh_attr(5);
	memset(&expected, 0, sizeof(expected));
	expected.type = 5;
	expected.size = sizeof(struct perf_event_attr);
	expected.config = 7;
	assert_memory_equal(&attr, &expected, sizeof(attr));
}

static void fresh_attr_is_one_that_the_kernel_takes_as_it_is(void **state)
{
	struct perf_event_attr attr = DUMMY(.config1 = 0);
	int fd = open_or_skip(&attr, "dummy");

	(void)state;
	assert_int_equal(attr.size, sizeof(attr));
	close(fd);
}

static void attr_without_a_size_is_read_as_the_first_64_bytes_only(void **state)
{
	struct perf_event_attr attr = DUMMY(.config1 = 0);
	int fd;

	(void)state;
	/* Refused if it were read, which is why to forget the size is to lose fields silently. */
	attr.__reserved_2 = 1;
	attr.size = 0;
	fd = open_or_skip(&attr, "dummy");
	assert_true(fd >= 0);
	close(fd);
	attr.size = PERF_ATTR_SIZE_VER5;
	errno = 0;
	assert_int_equal(perf_event_open(&attr, 0, -1, -1, 0), -1);
	assert_int_equal(errno, EINVAL);
}

/* An attr with room behind it for the fields of kernels to come. */
union large_attr {
	struct perf_event_attr attr;
	unsigned char bytes[4096];
};

static void refused_attr_can_be_opened_with_the_size_that_the_kernel_wrote(void **state)
{
	union large_attr large;
	__u32 size;
	int fd;

	(void)state;
	memset(&large, 0, sizeof(large));
	large.attr = (struct perf_event_attr)DUMMY(.disabled = 1);
	large.attr.size = sizeof(large);
	large.bytes[sizeof(large) - 1] = 1;
	errno = 0;
	assert_int_equal(perf_event_open(&large.attr, 0, -1, -1, 0), -1);
	assert_int_equal(errno, E2BIG);
	size = large.attr.size;
	assert_in_range(size, PERF_ATTR_SIZE_VER5, sizeof(large) - 1);
	fd = open_or_skip(&large.attr, "dummy");
	assert_true(fd >= 0);
	assert_int_equal(large.attr.size, size);
	close(fd);
	/* And it is exactly the kernel's: one word more is a field that it does not know. */
	memset(large.bytes + size, 1, 8);
	large.attr.size = size + 8;
	assert_int_equal(perf_event_open(&large.attr, 0, -1, -1, 0), -1);
	assert_int_equal(errno, E2BIG);
	assert_int_equal(large.attr.size, size);
}

/* The argument that makes this program, executed again, tell what a descriptor is. */
#define TELL "--tell-descriptor"

/* What the executed program answers by its exit status. */
enum {
	IS_CLOSED = 10,
	IS_EVENT = 11,
	IS_SOMETHING_ELSE = 12,
};

/* Runs in the executed program: it has only what exec left it. */
static int tell_descriptor(const char *number)
{
	char path[64];
	char target[64] = "";

	if (fcntl(atoi(number), F_GETFD) < 0)
		return errno == EBADF ? IS_CLOSED : IS_SOMETHING_ELSE;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", atoi(number));
	if (readlink(path, target, sizeof(target) - 1) < 0)
		return IS_SOMETHING_ELSE;
	return strstr(target, "perf_event") ? IS_EVENT : IS_SOMETHING_ELSE;
}

/* What a descriptor of ours is to a program that is executed. */
static int descriptor_after_exec(int fd)
{
	char number[16];
	int status;
	pid_t child;

	snprintf(number, sizeof(number), "%d", fd);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		execl("/proc/self/exe", "test_traps", TELL, number, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void executed_program_gets_no_event_that_was_opened_with_cloexec(void **state)
{
	struct perf_event_attr attr = DUMMY(.disabled = 1);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(descriptor_after_exec(fd), IS_CLOSED);
	close(fd);
}

static void executed_program_gets_every_event_that_was_opened_without_cloexec(void **state)
{
	struct perf_event_attr attr = DUMMY(.disabled = 1);
	int fd = perf_event_open(&attr, 0, -1, -1, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(descriptor_after_exec(fd), IS_EVENT);
	close(fd);
}

__attribute__((noinline)) static int stepped_on(int value)
{
	/* Keeps the compiler from making a copy of the function or none at all. */
	__asm__ volatile("" : "+r"(value));
	return value;
}

static void execute_breakpoint_as_long_as_a_long_counts_calls(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_X, .bp_len = sizeof(long),
		.bp_addr = (__u64)(uintptr_t)stepped_on, .exclude_kernel = 1);
	int fd;

	(void)state;
#ifdef __powerpc__
	skip_without("execute-breakpoint", "powerpc has breakpoints on data only");
#endif
	fd = open_or_skip(&attr, "breakpoint");
	for (int i = 0; i < 5; i++)
		assert_int_equal(stepped_on(i), i);
	skip_if_uncounted_in_an_emulator(read_count(fd), "breakpoint");
	assert_int_equal(read_count(fd), 5);
	close(fd);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh_attr_has_its_size_set_and_all_else_zero),
		cmocka_unit_test(fresh_attr_is_one_that_the_kernel_takes_as_it_is),
		cmocka_unit_test(attr_without_a_size_is_read_as_the_first_64_bytes_only),
		cmocka_unit_test(refused_attr_can_be_opened_with_the_size_that_the_kernel_wrote),
		cmocka_unit_test(executed_program_gets_no_event_that_was_opened_with_cloexec),
		cmocka_unit_test(executed_program_gets_every_event_that_was_opened_without_cloexec),
		cmocka_unit_test(execute_breakpoint_as_long_as_a_long_counts_calls),
	};

	if (argc == 3 && strcmp(argv[1], TELL) == 0)
		return tell_descriptor(argv[2]);
	return cmocka_run_group_tests_name("traps of perf_event_open(2)", tests, NULL, NULL);
}
