/* SPDX-License-Identifier: MIT */
/* What is made of counts: scaled, divided, added up. What was not counted is never a number. */
#include <math.h>

#include <perfev/count.h>

#include "support.h"

static struct perfev_reading reading(__u64 value, __u64 enabled_ns, __u64 running_ns)
{
	struct perfev_reading made = {
		.value = value, .enabled_ns = enabled_ns, .running_ns = running_ns
	};

	made.state = running_ns == 0 ? (enabled_ns ? PERFEV_READING_NEVER : PERFEV_READING_IDLE) :
		     running_ns < enabled_ns ? PERFEV_READING_SCALED :
					       PERFEV_READING_COUNTED;
	return made;
}

static __u64 scaled(struct perfev_reading of)
{
	__u64 value = 1;

	assert_int_equal(perfev_reading_scaled(&of, &value), 1);
	return value;
}

static void what_ran_all_the_time_is_as_it_was_counted(void **state)
{
	(void)state;
	assert_int_equal(scaled(reading(12345, 1000, 1000)), 12345);
	assert_int_equal(scaled(reading(0, 1000, 1000)), 0);
	/* Two boxes of an uncore PMU run twice as long as one of them was enabled. */
	assert_int_equal(scaled(reading(12345, 1000, 2000)), 12345);
}

static void what_ran_in_part_is_stretched_over_all_of_it(void **state)
{
	(void)state;
	assert_int_equal(scaled(reading(100, 4000, 1000)), 400);
	assert_int_equal(scaled(reading(10, 3, 2)), 15);
}

static void scaling_does_not_overflow_64_bits(void **state)
{
	(void)state;
	/* A day of cycles at 5 GHz, counted half of the time: the product has 96 bits. */
	assert_int_equal(scaled(reading(216000000000000ULL, 86400000000000ULL, 43200000000000ULL)),
			 432000000000000ULL);
	/* What would be more than 64 bits is the most there is, not what is left of it. */
	assert_true(scaled(reading(~0ULL, 1000, 1)) == ~0ULL);
	assert_true(scaled(reading(~0ULL - 1, 7, 7)) == ~0ULL - 1);
}

static void what_was_not_counted_has_no_value_and_no_ratio(void **state)
{
	static const enum perfev_reading_state without[] = {
		PERFEV_READING_IDLE,    PERFEV_READING_NEVER,  PERFEV_READING_ERROR,
		PERFEV_READING_MISSING, PERFEV_READING_FAILED,
	};
	struct perfev_reading good = reading(10, 100, 100);

	(void)state;
	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
		struct perfev_reading none = { .value = 99, .state = without[i] };
		__u64 value = 7;

		assert_int_equal(perfev_reading_scaled(&none, &value), 0);
		assert_int_equal(value, 0);
		assert_true(isnan(perfev_ratio(&none, &good)));
		assert_true(isnan(perfev_ratio(&good, &none)));
		assert_true(perfev_reading_coverage(&none) <= 0.0);
	}
}

static void a_ratio_is_of_the_scaled_values(void **state)
{
	struct perfev_reading a = reading(100, 4000, 1000), b = reading(800, 4000, 4000);
	struct perfev_reading zero = reading(0, 10, 10);

	(void)state;
	assert_true(fabs(perfev_ratio(&a, &b) - 0.5) < 1e-12);
	assert_true(isnan(perfev_ratio(&a, &zero)));
	assert_true(perfev_ratio(&zero, &a) <= 0.0);
	assert_true(fabs(perfev_reading_coverage(&a) - 0.25) < 1e-12);
	assert_true(fabs(perfev_reading_coverage(&b) - 1.0) < 1e-12);
}

static struct perfev_reading sum_of(const struct perfev_reading *readings, unsigned int count)
{
	struct perfev_reading sum = { .state = PERFEV_READING_IDLE };

	for (unsigned int i = 0; i < count; i++)
		perfev_reading_add(&sum, &readings[i]);
	return sum;
}

static void a_sum_over_threads_adds_values_and_times(void **state)
{
	struct perfev_reading threads[] = { reading(10, 100, 100), reading(20, 300, 300),
					    reading(0, 0, 0) };
	struct perfev_reading sum;

	(void)state;
	threads[0].lost = 2;
	threads[1].lost = 3;
	threads[1].id = 77;
	sum = sum_of(threads, 3);
	assert_int_equal(sum.value, 30);
	assert_int_equal(sum.enabled_ns, 400);
	assert_int_equal(sum.lost, 5);
	assert_int_equal(sum.id, 0);
	assert_int_equal(sum.state, PERFEV_READING_COUNTED);
}

static void a_sum_with_a_place_that_had_no_counter_is_scaled(void **state)
{
	struct perfev_reading places[] = { reading(100, 1000, 1000), reading(0, 1000, 0) };
	struct perfev_reading none[] = { reading(0, 10, 0), reading(0, 0, 0), reading(0, 20, 0) };
	struct perfev_reading sum = sum_of(places, 2);

	(void)state;
	assert_int_equal(sum.state, PERFEV_READING_SCALED);
	assert_int_equal(scaled(sum), 200);
	assert_int_equal(sum_of(none, 3).state, PERFEV_READING_NEVER);
	assert_int_equal(sum_of(none, 0).state, PERFEV_READING_IDLE);
}

static void a_sum_does_not_hide_a_failure(void **state)
{
	struct perfev_reading places[] = { reading(100, 1000, 1000),
					   { .state = PERFEV_READING_FAILED, .error = 5 },
					   reading(100, 1000, 1000) };
	struct perfev_reading sum = sum_of(places, 3);
	__u64 value;

	(void)state;
	assert_int_equal(sum.state, PERFEV_READING_FAILED);
	assert_int_equal(sum.error, 5);
	assert_int_equal(perfev_reading_scaled(&sum, &value), 0);
	places[1].state = PERFEV_READING_MISSING;
	assert_int_equal(sum_of(places, 3).state, PERFEV_READING_MISSING);
	places[1].state = PERFEV_READING_ERROR;
	assert_int_equal(sum_of(places, 3).state, PERFEV_READING_ERROR);
}

static void the_two_kinds_of_core_of_a_hybrid_share_the_enabled_time(void **state)
{
	struct perfev_reading sum = reading(600, 1000, 600), other = reading(100, 1000, 400);
	struct perfev_reading none = reading(0, 1000, 0), all = reading(700, 1000, 1000);

	(void)state;
	perfev_reading_join(&sum, &other);
	assert_int_equal(sum.value, 700);
	assert_int_equal(sum.enabled_ns, 1000);
	assert_int_equal(sum.running_ns, 1000);
	assert_int_equal(sum.state, PERFEV_READING_COUNTED);
	/* A thread that never saw the other kind was counted all the same. */
	perfev_reading_join(&all, &none);
	assert_int_equal(all.state, PERFEV_READING_COUNTED);
	assert_int_equal(scaled(all), 700);
	perfev_reading_join(&none, &none);
	assert_int_equal(none.state, PERFEV_READING_NEVER);
}

static void every_state_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(perfev_reading_state_name(PERFEV_READING_NEVER), "not counted");
	for (int i = PERFEV_READING_COUNTED; i <= PERFEV_READING_FAILED; i++)
		assert_non_null(perfev_reading_state_name((enum perfev_reading_state)i));
	assert_null(perfev_reading_state_name((enum perfev_reading_state)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ran_all_the_time_is_as_it_was_counted),
		cmocka_unit_test(what_ran_in_part_is_stretched_over_all_of_it),
		cmocka_unit_test(scaling_does_not_overflow_64_bits),
		cmocka_unit_test(what_was_not_counted_has_no_value_and_no_ratio),
		cmocka_unit_test(a_ratio_is_of_the_scaled_values),
		cmocka_unit_test(a_sum_over_threads_adds_values_and_times),
		cmocka_unit_test(a_sum_with_a_place_that_had_no_counter_is_scaled),
		cmocka_unit_test(a_sum_does_not_hide_a_failure),
		cmocka_unit_test(the_two_kinds_of_core_of_a_hybrid_share_the_enabled_time),
		cmocka_unit_test(every_state_has_a_name),
	};

	return cmocka_run_group_tests_name("readings", tests, NULL, NULL);
}
