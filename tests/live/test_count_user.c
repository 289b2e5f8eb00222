/* SPDX-License-Identifier: MIT */
/*
 * Counters read without a system call: that they say what read(2) says, that no other thread and
 * no other target is read so, and what a read costs in instructions.
 */
#include "counting.h"

#include <pthread.h>
#include <string.h>

#include "facts.h"
#include "loop.h"
#include "user_access.h"

/* What the documents promise, from the call's first instruction to its return. */
#define MOST_INSTRUCTIONS 30

/* Opens an event that this thread may read without a system call, started, or skips the test. */
static struct perfev_counter *user_counter_or_skip(const char *event)
{
	struct perfev_counter *counter = counter_or_skip(event, perfev_self(), NULL, "hardware");
	__u64 value;

	assert_int_equal(perfev_counter_start(counter), 0);
	if (perfev_counter_read_value(counter, &value) == 1)
		return counter;
	perfev_counter_close(counter);
	skip_without("user-read", "the page of '%s' says to use read(2)", event);
}

static void a_user_read_lies_between_two_system_calls(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	struct perfev_reading before, after;
	unsigned int without = 0;
	__u64 value;

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		int how;

		assert_int_equal(perfev_counter_read(counter, &before), 0);
		how = perfev_counter_read_value(counter, &value);
		assert_int_equal(perfev_counter_read(counter, &after), 0);
		assert_in_range(how, 0, 1);
		assert_true(before.value <= value && value <= after.value);
		without += how == 1;
	}
	/* Off its counter now and then, for others' sake; but not as a rule. */
	assert_true(without > 1000);
	perfev_counter_close(counter);
}

static void a_user_read_of_the_loop_is_as_exact_as_the_counter(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	__u64 before = 0, after = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(perfev_counter_read_value(counter, &before) >= 0);
		loop_run();
		assert_true(perfev_counter_read_value(counter, &after) >= 0);
		assert_instructions(after - before, 1);
	}
	perfev_counter_close(counter);
}

static void a_reset_while_it_runs_does_not_wrap_it(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	__u64 value;

	(void)state;
	loop_run();
	assert_int_equal(perfev_counter_reset(counter), 0);
	assert_true(perfev_counter_read_value(counter, &value) >= 0);
	assert_in_range(value, 0, LOOP_INSTRUCTIONS / 2);
	loop_run();
	assert_true(perfev_counter_read_value(counter, &value) >= 0);
	assert_in_range(value, LOOP_INSTRUCTIONS, 2 * LOOP_INSTRUCTIONS);
	perfev_counter_close(counter);
}

static void a_stopped_counter_is_read_by_the_kernel(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	struct perfev_reading reading;
	__u64 value;

	(void)state;
	loop_run();
	assert_int_equal(perfev_counter_stop(counter), 0);
	assert_int_equal(perfev_counter_read(counter, &reading), 0);
	assert_int_equal(perfev_counter_read_value(counter, &value), 0);
	assert_int_equal(value, reading.value);
	perfev_counter_close(counter);
}

static void the_times_of_a_user_read_lie_between_two_system_calls(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	struct perfev_reading before, user, after;
	unsigned int without = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int how;

		assert_int_equal(perfev_counter_read(counter, &before), 0);
		how = perfev_counter_read_user(counter, &user);
		assert_int_equal(perfev_counter_read(counter, &after), 0);
		assert_in_range(how, 0, 1);
		without += how == 1;
		assert_true(before.value <= user.value && user.value <= after.value);
		/* The page's clock and the kernel's are the same but for their rounding. */
		assert_true(before.enabled_ns <= user.enabled_ns + 1000);
		assert_true(user.enabled_ns <= after.enabled_ns + 1000);
		assert_true(before.running_ns <= user.running_ns + 1000);
		assert_true(user.running_ns <= after.running_ns + 1000);
	}
	perfev_counter_close(counter);
	if (!without)
		skip_without("user-time", "the page gives no time");
}

struct shared {
	struct perfev_counter *counter;
	unsigned int by_page, wrong;
	int is_done; /* atomic */
};

static void *read_there(void *argument)
{
	struct shared *shared = argument;
	__u64 value, last = 0;

	/* A page would be this CPU's counter, or none: the value of another event. */
	for (int i = 0; i < 2000; i++) {
		shared->by_page += perfev_counter_read_value(shared->counter, &value) != 0;
		shared->wrong += value < last;
		last = value;
	}
	__atomic_store_n(&shared->is_done, 1, __ATOMIC_RELEASE); /* behind what was counted */
	return NULL;
}

static void another_thread_reads_by_the_kernel_while_this_one_runs(void **state)
{
	struct shared shared = { user_counter_or_skip("instructions:u"), 0, 0, 0 };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, read_there, &shared), 0);
	/* Running, so that where there are two CPUs the page says that there is a counter. */
	while (!__atomic_load_n(&shared.is_done, __ATOMIC_ACQUIRE))
		loop_run();
	pthread_join(thread, NULL);
	assert_int_equal(shared.by_page, 0);
	assert_int_equal(shared.wrong, 0);
	perfev_counter_close(shared.counter);
}

static void what_is_not_the_callers_own_is_never_read_from_a_page(void **state)
{
	struct perfev_counter *own = user_counter_or_skip("instructions:u");
	struct perfev_counter *inherited =
		counter_or_skip("instructions:u", perfev_self(), OPTIONS(.inherit = 1), "hardware");
	struct perfev_counter *forbidden = counter_or_skip(
		"instructions:u", perfev_self(), OPTIONS(.no_user_read = 1), "hardware");
	struct perfev_counter *software =
		counter_or_skip("page-faults:u", perfev_self(), NULL, "page-faults");
	__u64 value;

	(void)state;
	perfev_counter_start(inherited);
	perfev_counter_start(forbidden);
	perfev_counter_start(software);
	assert_non_null(perfev_counter_page(own));
	assert_null(perfev_counter_page(inherited));
	assert_null(perfev_counter_page(forbidden));
	assert_int_equal(perfev_counter_read_value(inherited, &value), 0);
	assert_int_equal(perfev_counter_read_value(forbidden, &value), 0);
	assert_int_equal(perfev_counter_read_value(software, &value), 0);
	perfev_counter_close(own);
	perfev_counter_close(inherited);
	perfev_counter_close(forbidden);
	perfev_counter_close(software);
}

/* What is measured against: a function of two instructions. */
#define INSTRUCTIONS_OF_NOTHING 2

__attribute__((noinline)) static int read_nothing(struct perfev_counter *counter, __u64 *value)
{
	__asm__ volatile("" ::"r"(counter), "r"(value));
	return 1;
}

/* How many instructions so many calls take, with the loop around them. */
static __u64 instructions_of(struct perfev_counter *counter,
			     int (*volatile read_it)(struct perfev_counter *counter, __u64 *value),
			     unsigned int calls)
{
	__u64 before = 0, after = 0, value = 0;

	assert_int_equal(perfev_counter_read_value(counter, &before), 1);
	for (unsigned int i = 0; i < calls; i++)
		if (read_it(counter, &value) != 1)
			return ~0ULL;
	assert_int_equal(perfev_counter_read_value(counter, &after), 1);
	return after - before;
}

static void a_user_read_takes_few_instructions(void **state)
{
	struct perfev_counter *counter = user_counter_or_skip("instructions:u");
	__u64 reads = ~0ULL, nothing = ~0ULL;
	__u64 least;

	(void)state;
	/* An interrupt may take the event off its counter: the undisturbed round counts. */
	for (int i = 0; i < 20; i++) {
		__u64 taken = instructions_of(counter, perfev_counter_read_value, 1000);

		reads = taken < reads ? taken : reads;
		taken = instructions_of(counter, read_nothing, 1000);
		nothing = taken < nothing ? taken : nothing;
	}
	perfev_counter_close(counter);
	least = (reads - nothing + 500) / 1000 + INSTRUCTIONS_OF_NOTHING;
	print_fact("how_many_instructions_is_a_read_without_a_system_call", "%llu",
		   (unsigned long long)least);
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
	if (counting_is_exact())
		assert_true(least <= MOST_INSTRUCTIONS);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_read_lies_between_two_system_calls),
		cmocka_unit_test(a_user_read_of_the_loop_is_as_exact_as_the_counter),
		cmocka_unit_test(a_reset_while_it_runs_does_not_wrap_it),
		cmocka_unit_test(a_stopped_counter_is_read_by_the_kernel),
		cmocka_unit_test(the_times_of_a_user_read_lie_between_two_system_calls),
		cmocka_unit_test(another_thread_reads_by_the_kernel_while_this_one_runs),
		cmocka_unit_test(what_is_not_the_callers_own_is_never_read_from_a_page),
		cmocka_unit_test(a_user_read_takes_few_instructions),
	};

	return cmocka_run_group_tests_name("counters read without a system call", tests,
					   allow_user_access, put_user_access_back);
}
