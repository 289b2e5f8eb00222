/* SPDX-License-Identifier: MIT */
/*
 * The two prctls, which stop and start all events that the calling thread has opened. What must
 * stay true: a test fails if its function sends the other request, or if it reaches an event that
 * another thread opened.
 */
#include "faults.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static void task_disable_and_enable_stop_and_start_all_events_of_the_thread(void **state)
{
	int first = open_faults((struct perf_event_attr)FAULTS(.disabled = 0));
	int second = open_faults((struct perf_event_attr)FAULTS(.disabled = 1));

	(void)state;
	assert_true(is_counting(first));
	assert_false(is_counting(second));
	assert_int_equal(perf_event_task_disable(), 0);
	assert_false(is_counting(first));
	assert_false(is_counting(second));
	assert_int_equal(perf_event_task_enable(), 0);
	assert_true(is_counting(first));
	assert_true(is_counting(second));
	close(second);
	close(first);
}

struct opened {
	pid_t target;
	int fd;
};

/* What another thread opens is that thread's, though it counts the thread target. */
static void *open_for_another_thread(void *argument)
{
	struct perf_event_attr attr = FAULTS(.disabled = 0);
	struct opened *opened = argument;

	opened->fd = perf_event_open(&attr, opened->target, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return NULL;
}

static void task_disable_leaves_alone_what_another_thread_opened(void **state)
{
	struct opened opened = { .target = (pid_t)syscall(SYS_gettid), .fd = -1 };
	int mine = open_faults((struct perf_event_attr)FAULTS(.disabled = 0));
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, open_for_another_thread, &opened), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(opened.fd >= 0);
	assert_int_equal(perf_event_task_disable(), 0);
	assert_false(is_counting(mine));
	assert_true(is_counting(opened.fd));
	assert_int_equal(perf_event_task_enable(), 0);
	close(opened.fd);
	close(mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(task_disable_and_enable_stop_and_start_all_events_of_the_thread),
		cmocka_unit_test(task_disable_leaves_alone_what_another_thread_opened),
	};

	return cmocka_run_group_tests_name("task_disable and task_enable", tests, NULL, NULL);
}
