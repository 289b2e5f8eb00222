/* SPDX-License-Identifier: MIT */
/*
 * Counters for which memory runs out: the Nth allocation fails, for every N until none does. The
 * error comes out as -ENOMEM, nothing leaks and no file stays open. The kernel is not asked: the
 * linker puts a function of this file in the place of syscall(2), which opens /dev/null.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <perfev/count.h>

#include "failing_memory.h"
#include "fake_machines.h"
#include "support.h"

static unsigned int opened;

long __wrap_syscall(long number, ...);

long __wrap_syscall(long number, ...)
{
	(void)number;
	opened++;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* The lowest number that a new descriptor gets: it grows when one is left open. */
static int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

/* What is opened, and by which function. */
enum kind {
	A_COUNTER,
	A_GROUP,
	A_SET,
};

static int open_and_close(enum kind kind, const char *text, struct perfev_target target)
{
	const struct perfev_count_options options = { .size = sizeof(options),
						      .names = &server.options };
	struct perfev_counter *counter = NULL;
	struct perfev_group *group = NULL;
	struct perfev_counters *set = NULL;
	int result = 0;

	switch (kind) {
	case A_COUNTER:
		result = perfev_counter_open(&counter, text, target, &options, &server.why);
		assert_true((counter != NULL) == (result == 0));
		break;
	case A_GROUP:
		result = perfev_group_open_with(&group, text, target, &options, &server.why);
		assert_true((group != NULL) == (result == 0));
		break;
	case A_SET:
		result = perfev_counters_open(&set, text, &target, 1, &options, &server.why);
		assert_true((set != NULL) == (result == 0));
		break;
	}
	perfev_counter_close(counter);
	perfev_group_close(group);
	perfev_counters_close(set);
	return result;
}

static void fail_each(enum kind kind, const char *text, struct perfev_target target)
{
	long before = allocations_held, n;
	int fd = next_fd(), result = -ENOMEM;

	opened = 0;
	for (n = 0; result < 0; n++) {
		allocations_left = n;
		result = open_and_close(kind, text, target);
		/* It was not reached, so that the last round is one in which none failed. */
		if (result == 0 && allocations_left < 0)
			result = -EAGAIN;
		allocations_left = -1;
		if (result < 0 && result != -EAGAIN &&
		    (result != -ENOMEM || server.why.cause != PERFEV_CAUSE_MEMORY))
			fail_msg("%s, allocation %ld: %d: %s", text, n, result, server.why.text);
		assert_int_equal(allocations_held, before);
		assert_int_equal(next_fd(), fd);
		assert_true(n < 1000);
	}
	assert_true(n > 2);
	assert_true(opened > 0);
}

static void a_counter_without_memory_is_ENOMEM(void **state)
{
	(void)state;
	fail_each(A_COUNTER, "cycles:u", perfev_self());
	fail_each(A_COUNTER, "sched:sched_switch", perfev_thread(getpid()));
}

static void a_group_without_memory_is_ENOMEM(void **state)
{
	(void)state;
	fail_each(A_GROUP, "task-clock,faults", perfev_self());
	fail_each(A_GROUP, "cycles,instructions,faults", perfev_process(getpid()));
}

static void a_set_without_memory_is_ENOMEM(void **state)
{
	(void)state;
	fail_each(A_SET, "cycles,{instructions,faults}:W,cs", perfev_all_cpus());
	fail_each(A_SET, "cycles,cycles,{r1,r2,r3}:W", perfev_process(getpid()));
	fail_each(A_SET, "cycles,imc/data_reads/", perfev_cpu(0));
	fail_each(A_SET, "cs", perfev_cgroup("/proc/self"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_without_memory_is_ENOMEM),
		cmocka_unit_test(a_group_without_memory_is_ENOMEM),
		cmocka_unit_test(a_set_without_memory_is_ENOMEM),
	};

	return cmocka_run_group_tests_name("counters without memory", tests, fake_machines_begin,
					   fake_machines_end);
}
