/* SPDX-License-Identifier: MIT */
/* Threads under their names, as they start, are renamed, end, and their numbers come again. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "../../src/symbol/mapped.h"
#include "record_maker.h"
#include "support.h"
#include "symbol_maker.h"

static const struct perfev_task *task_of(const struct machine *machine, __u32 pid, __u32 tid)
{
	const struct perfev_task *task = perfev_symbols_task(machine->symbols, pid, tid);

	assert_non_null(task);
	assert_int_equal(task->pid, pid);
	assert_int_equal(task->tid, tid);
	assert_ptr_equal(task, perfev_symbols_task(machine->symbols, pid, tid));
	return task;
}

static void check_comm(const struct machine *machine, __u32 pid, __u32 tid, const char *comm)
{
	assert_string_equal(task_of(machine, pid, tid)->comm, comm);
}

static void a_thread_has_the_name_that_was_said_last(void **state)
{
	const struct perfev_task *before, *after;
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	check_comm(&machine, 10, 11, ":11");
	check_comm(&machine, (__u32)-1, (__u32)-1, ":-1");
	check_comm(&machine, 0, 0, "swapper");
	take(&machine, said_comm(10, 11, "worker", 0));
	before = task_of(&machine, 10, 11);
	assert_string_equal(before->comm, "worker");
	take(&machine, said_comm(10, 11, "worker", 0));
	assert_ptr_equal(task_of(&machine, 10, 11), before);
	take(&machine, said_comm(10, 11, "cc1", 1));
	after = task_of(&machine, 10, 11);
	assert_string_equal(after->comm, "cc1");
	assert_int_not_equal(after->number, before->number);
	/* What was lent stays. */
	assert_string_equal(before->comm, "worker");
	machine_close(&machine);
}

static void tasks_are_numbered_in_the_order_of_asking(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	for (__u32 i = 0; i < 1000; i++)
		assert_int_equal(task_of(&machine, 1, 100 + i)->number, i);
	for (__u32 i = 0; i < 1000; i++)
		assert_int_equal(task_of(&machine, 1, 100 + i)->number, i);
	machine_close(&machine);
}

static void who_is_forked_has_its_parents_name(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_comm(10, 10, "make", 1));
	take(&machine, said_fork(11, 11, 10, 10));
	check_comm(&machine, 11, 11, "make");
	take(&machine, said_fork(11, 12, 11, 11));
	check_comm(&machine, 11, 12, "make");
	take(&machine, said_comm(11, 12, "thread", 0));
	check_comm(&machine, 11, 11, "make");
	/* A child of the thread that has a name of its own. */
	take(&machine, said_fork(13, 13, 11, 12));
	check_comm(&machine, 13, 13, "thread");
	take(&machine, said_fork(14, 14, 99, 99));
	check_comm(&machine, 14, 14, ":14");
	machine_close(&machine);
}

static void samples_of_who_has_just_ended_are_still_told(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_comm(10, 10, "short", 1));
	take(&machine, said_mapping(10, 0x1000, 0x1000, 0, "/bin/short"));
	take(&machine, said_exit(10, 10));
	check_comm(&machine, 10, 10, "short");
	assert_string_equal(path_at(&machine, 10, 0x1000), "/bin/short");
	/* Later nobody asks any more. */
	for (__u32 i = 0; i <= DEAD_KEPT; i++) {
		take(&machine, said_fork(1000 + i, 1000 + i, 1, 1));
		take(&machine, said_exit(1000 + i, 1000 + i));
	}
	assert_null(path_at(&machine, 10, 0x1000));
	check_comm(&machine, 10, 10, ":10");
	machine_close(&machine);
}

static void a_number_that_comes_again_is_another_process(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_comm(1, 1, "init", 1));
	take(&machine, said_mapping(1, 0x5000, 0x1000, 0, "/bin/init"));
	for (int round = 0; round < 3 * (int)DEAD_KEPT; round++) {
		take(&machine, said_fork(20, 20, 1, 1));
		check_comm(&machine, 20, 20, "init");
		assert_null(path_at(&machine, 20, 0x1000));
		assert_string_equal(path_at(&machine, 20, 0x5000), "/bin/init");
		take(&machine, said_comm(20, 20, "cc1", 1));
		take(&machine, said_mapping(20, 0x1000, 0x1000, 0, "/bin/cc1"));
		take(&machine, said_exit(20, 20));
		assert_string_equal(path_at(&machine, 20, 0x1000), "/bin/cc1");
	}
	/* It is there again, and not freed when its former ends are forgotten. */
	take(&machine, said_fork(20, 20, 1, 1));
	for (__u32 i = 0; i <= DEAD_KEPT; i++) {
		take(&machine, said_fork(1000 + i, 1000 + i, 1, 1));
		take(&machine, said_exit(1000 + i, 1000 + i));
	}
	assert_string_equal(path_at(&machine, 20, 0x5000), "/bin/init");
	check_comm(&machine, 20, 20, "init");
	machine_close(&machine);
}

static void a_process_ends_with_its_last_thread(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_fork(10, 10, 1, 1));
	take(&machine, said_fork(10, 11, 10, 10));
	take(&machine, said_mapping(10, 0x1000, 0x1000, 0, "/bin/threads"));
	take(&machine, said_exit(10, 10));
	for (__u32 i = 0; i <= DEAD_KEPT; i++) {
		take(&machine, said_fork(1000 + i, 1000 + i, 1, 1));
		take(&machine, said_exit(1000 + i, 1000 + i));
	}
	assert_string_equal(path_at(&machine, 10, 0x1000), "/bin/threads");
	take(&machine, said_exit(10, 11));
	for (__u32 i = 0; i <= DEAD_KEPT; i++) {
		take(&machine, said_fork(1000 + i, 1000 + i, 1, 1));
		take(&machine, said_exit(1000 + i, 1000 + i));
	}
	assert_null(path_at(&machine, 10, 0x1000));
	machine_close(&machine);
}

/* How many processes and threads are kept. */
static void check_kept(const struct machine *machine, __u32 most)
{
	const struct registry *registry = machine->symbols->registry;

	assert_true(registry->processes.count <= most);
	assert_true(registry->threads.count <= most);
}

static void ten_thousand_short_processes_leave_nothing(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_comm(1, 1, "make", 1));
	for (__u32 i = 0; i < 10000; i++) {
		const __u32 pid = 100 + i % 5000;

		take(&machine, said_fork(pid, pid, 1, 1));
		take(&machine, said_fork(pid, pid + 100000, pid, pid));
		take(&machine, said_comm(pid, pid, "cc1", 1));
		take(&machine, said_mapping(pid, 0x1000, 0x1000, 0, "/bin/cc1"));
		take(&machine, said_exit(pid, pid + 100000));
		take(&machine, said_exit(pid, pid));
		check_kept(&machine, 2 * DEAD_KEPT + 2);
	}
	assert_int_equal(perfev_symbols_module_count(machine.symbols), 3);
	machine_close(&machine);
}

static void any_order_of_any_numbers_does_no_harm(void **state)
{
	struct machine machine;

	(void)state;
	for (unsigned int seed = 0; seed < 20; seed++) {
		machine_open(&machine, NULL);
		random_begin(seed);
		for (int i = 0; i < 3000; i++) {
			const __u32 some = 8, a = random_below(some) - 1,
				    b = random_below(some) - 1, c = random_below(some) - 1,
				    d = random_below(some) - 1;

			switch (random_below(6)) {
			case 0:
				take(&machine, said_fork(a, b, c, d));
				break;
			case 1:
				take(&machine, said_exit(a, b));
				break;
			case 2:
				take(&machine, said_comm(a, b, "x", (int)random_below(2)));
				break;
			case 3:
				take(&machine, said_mapping(a, 0x1000 * b, 0x1000, 0, "/x"));
				break;
			case 4:
				task_of(&machine, a, b);
				break;
			default:
				path_at(&machine, a, 0x1000 * b);
			}
		}
		machine_close(&machine);
	}
}

static void numbers_are_found_whatever_was_added_and_removed(void **state)
{
	static __u32 items[1000];
	static char is_in[1000];
	struct table table;

	(void)state;
	random_begin(1);
	perfev_table_init(&table, 0x1234567);
	assert_null(perfev_table_find(&table, 0));
	perfev_table_remove(&table, 0);
	for (__u32 i = 0; i < 1000; i++)
		items[i] = i * 0x1000 - 5;
	for (int step = 0; step < 200000; step++) {
		const __u32 i = random_below(1000);

		assert_ptr_equal(perfev_table_find(&table, items[i]), is_in[i] ? &items[i] : NULL);
		if (is_in[i])
			perfev_table_remove(&table, items[i]);
		else
			assert_int_equal(perfev_table_add(&table, &items[i]), 0);
		is_in[i] = !is_in[i];
	}
	perfev_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_has_the_name_that_was_said_last),
		cmocka_unit_test(tasks_are_numbered_in_the_order_of_asking),
		cmocka_unit_test(who_is_forked_has_its_parents_name),
		cmocka_unit_test(samples_of_who_has_just_ended_are_still_told),
		cmocka_unit_test(a_number_that_comes_again_is_another_process),
		cmocka_unit_test(a_process_ends_with_its_last_thread),
		cmocka_unit_test(ten_thousand_short_processes_leave_nothing),
		cmocka_unit_test(any_order_of_any_numbers_does_no_harm),
		cmocka_unit_test(numbers_are_found_whatever_was_added_and_removed),
	};

	return cmocka_run_group_tests_name("processes and threads", tests, NULL, NULL);
}
