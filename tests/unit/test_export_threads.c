/* SPDX-License-Identifier: MIT */
/* Samples by event and by whom, in the order of time. */
#include <stdlib.h>

#include "../../cli/export/threads.h"
#include "profile_maker.h"
#include "support.h"

static void check(const struct profile *profile, const struct export_thread *thread, __u32 event,
		  __u32 tid, const char *comm, const __u64 *times, size_t count)
{
	assert_int_equal(thread->event, event);
	assert_int_equal(thread->pid, 10);
	assert_int_equal(thread->tid, tid);
	assert_string_equal(profile->whos[thread->who].comm, comm);
	assert_int_equal(thread->sample_count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(thread->samples[i]->time_ns, MADE_START_NS + times[i]);
}

static void a_thread_keeps_its_samples_when_its_name_changes(void **state)
{
	static const __u64 first[] = { 0, 1500000, 3000000, 6000000, 8000000 };
	static const __u64 worker[] = { 2000000, 7000000 };
	static const __u64 faults[] = { 500001, 3000000 }, fault[] = { 9000000 };
	struct export_threads threads;
	struct profile profile;

	(void)state;
	profile_make(&profile, 2, 1);
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_THREAD), 0);
	assert_int_equal(threads.count, 4);
	check(&profile, &threads.threads[0], 0, 10, "program", first, 5);
	check(&profile, &threads.threads[1], 0, 11, "worker;2", worker, 2);
	check(&profile, &threads.threads[2], 1, 10, "my program", faults, 2);
	check(&profile, &threads.threads[3], 1, 11, "worker;2", fault, 1);
	export_threads_free(&threads);
	profile_free(&profile);
}

static void by_whom_each_name_stands_for_itself(void **state)
{
	static const __u64 before[] = { 0, 1500000, 3000000, 6000000 }, after[] = { 8000000 };
	struct export_threads threads;
	struct profile profile;

	(void)state;
	profile_make(&profile, 1, 1);
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_WHO), 0);
	assert_int_equal(threads.count, 3);
	check(&profile, &threads.threads[0], 0, 10, "my program", before, 4);
	check(&profile, &threads.threads[1], 0, 10, "program", after, 1);
	export_threads_free(&threads);
	profile_free(&profile);
}

static void what_samples_add_up_to_stands_in_where_they_were_not_kept(void **state)
{
	struct export_threads threads;
	struct profile profile;

	(void)state;
	profile_make(&profile, 1, 0);
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_THREAD), 0);
	assert_int_equal(threads.count, 2);
	assert_int_equal(threads.threads[0].sample_count, 4);
	assert_int_equal(threads.threads[0].samples[0]->weight, 2000001);
	assert_int_equal(threads.threads[0].samples[3]->weight, 1000000);
	assert_int_equal(threads.threads[1].sample_count, 2);
	export_threads_free(&threads);
	profile_free(&profile);
}

static void add(struct profile *profile, __u32 pid, __u32 tid, __u32 cpu, const char *comm)
{
	const struct profile_who who = { pid, tid, cpu, ~0ULL, comm, "" };
	__u32 number;

	if (!profile->event_count)
		assert_int_equal(profile_add_event(profile, "cycles", &number), 0);
	assert_int_equal(profile_who(profile, &who, &number), 0);
	assert_int_equal(profile_add(profile, 0, number, 0, 1, 1), 0);
}

static void threads_stand_by_process_and_its_main_thread_first(void **state)
{
	static const __u32 tids[] = { 7, 5, 6, 8 };
	struct export_threads threads;
	struct profile profile = { .keeps_samples = 1 };

	(void)state;
	add(&profile, 8, 8, 0, "late");
	add(&profile, 7, 6, 0, "worker");
	add(&profile, 7, 7, 0, "main");
	/* On another CPU it is the same thread. */
	add(&profile, 7, 6, 1, "worker");
	add(&profile, 7, 5, 1, "worker");
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_THREAD), 0);
	assert_int_equal(threads.count, 4);
	for (__u32 i = 0; i < 4; i++)
		assert_int_equal(threads.threads[i].tid, tids[i]);
	assert_int_equal(threads.threads[2].sample_count, 2);
	export_threads_free(&threads);
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_WHO), 0);
	assert_int_equal(threads.count, 5);
	export_threads_free(&threads);
	profile_free(&profile);
}

static void threads_that_are_not_told_apart_have_their_names(void **state)
{
	struct export_threads threads;
	struct profile profile = { .keeps_samples = 1 };

	(void)state;
	add(&profile, PROFILE_NONE, PROFILE_NONE, 0, "a");
	add(&profile, PROFILE_NONE, PROFILE_NONE, 0, "b");
	add(&profile, PROFILE_NONE, PROFILE_NONE, 1, "a");
	assert_int_equal(export_threads(&threads, &profile, EXPORT_BY_THREAD), 0);
	assert_int_equal(threads.count, 2);
	assert_int_equal(threads.threads[0].sample_count, 2);
	export_threads_free(&threads);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_keeps_its_samples_when_its_name_changes),
		cmocka_unit_test(by_whom_each_name_stands_for_itself),
		cmocka_unit_test(what_samples_add_up_to_stands_in_where_they_were_not_kept),
		cmocka_unit_test(threads_stand_by_process_and_its_main_thread_first),
		cmocka_unit_test(threads_that_are_not_told_apart_have_their_names),
	};

	return cmocka_run_group_tests_name("samples by thread", tests, NULL, NULL);
}
