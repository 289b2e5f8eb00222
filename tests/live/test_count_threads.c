/* SPDX-License-Identifier: MIT */
/*
 * Counters and groups used by several threads at once: read, started, stopped, reset. Built with
 * the thread sanitizer too, it shows that the library needs no locks; here, that no reading is
 * torn.
 */
#include "counting.h"

#include <errno.h>
#include <pthread.h>

#include "faults.h"

#define THREADS 4
#define ROUNDS 500

struct shared {
	struct perfev_counter *counter;
	struct perfev_group *group;
	unsigned int torn;
};

/* Notes what went wrong first; a line's number tells which. */
#define NOTE_TORN(shared) __atomic_store_n(&(shared)->torn, __LINE__, __ATOMIC_RELAXED)

/*
 * Both events of the group are one, and are enabled at the very same times. Their counts may differ
 * by a fault each time that another CPU interrupts the kernel between counting it by one and by the
 * other, to stop them: never by what happens in a round.
 */
static void *read_all(void *argument)
{
	struct shared *shared = argument;

	for (int i = 0; i < ROUNDS; i++) {
		struct perfev_reading readings[2], reading;
		__u64 value;

		if (perfev_group_read(shared->group, readings, 2) != 2)
			NOTE_TORN(shared);
		if (readings[0].value + ROUNDS - readings[1].value > 2 * ROUNDS ||
		    readings[0].enabled_ns != readings[1].enabled_ns)
			NOTE_TORN(shared);
		if (perfev_counter_read(shared->counter, &reading) < 0)
			NOTE_TORN(shared);
		if (reading.running_ns > reading.enabled_ns)
			NOTE_TORN(shared);
		if (perfev_counter_read_value(shared->counter, &value) < 0)
			NOTE_TORN(shared);
		if (perfev_counter_read_user(shared->counter, &reading) < 0)
			NOTE_TORN(shared);
	}
	return NULL;
}

static void *switch_all(void *argument)
{
	struct shared *shared = argument;

	for (int i = 0; i < ROUNDS; i++) {
		if (perfev_group_stop(shared->group) < 0 ||
		    perfev_counter_stop(shared->counter) < 0 ||
		    (i % 16 == 0 && perfev_counter_reset(shared->counter) < 0) ||
		    perfev_counter_start(shared->counter) < 0 ||
		    perfev_group_start(shared->group) < 0)
			NOTE_TORN(shared);
	}
	return NULL;
}

static void any_thread_reads_starts_and_stops(void **state)
{
	struct shared shared = { 0 };
	pthread_t threads[THREADS];

	(void)state;
	shared.counter = counter_or_skip("page-faults:u", perfev_self(), NULL, "page-faults");
	shared.group =
		group_or_skip("page-faults:u,page-faults:u", perfev_self(), NULL, "page-faults");
	assert_int_equal(perfev_counter_start(shared.counter), 0);
	assert_int_equal(perfev_group_start(shared.group), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, i ? read_all : switch_all, &shared), 0);
	for (int i = 0; i < 20; i++)
		fault_pages(PAGES);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared.torn, 0);
	perfev_group_close(shared.group);
	perfev_counter_close(shared.counter);
}

static void *open_and_close(void *argument)
{
	struct shared *shared = argument;

	for (int i = 0; i < 50; i++) {
		struct perfev_group *group;
		struct perfev_why why;

		if (perfev_group_open(&group, "page-faults:u,task-clock", perfev_self(), &why) <
			    0 ||
		    perfev_group_start(group) < 0)
			NOTE_TORN(shared);
		else
			perfev_group_close(group);
		/* A refusal is explained in each thread by itself. */
		if (perfev_group_open(&group, "page-faults:uppp,nonsense", perfev_self(), &why) !=
		    -ENOENT)
			NOTE_TORN(shared);
	}
	return NULL;
}

static void different_objects_need_no_lock(void **state)
{
	struct shared shared = { 0 };
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &shared), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared.torn, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_thread_reads_starts_and_stops),
		cmocka_unit_test(different_objects_need_no_lock),
	};

	return cmocka_run_group_tests_name("counters and threads", tests, NULL, NULL);
}
