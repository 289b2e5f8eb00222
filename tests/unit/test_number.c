/* SPDX-License-Identifier: MIT */
/* Numbers as the command prints them; a figure must never be rounded into another one. */
#include "number.h"

#include <string.h>

#include "support.h"

static void digits_stand_in_groups_of_three(void **state)
{
	char text[NUMBER_SIZE];

	(void)state;
	assert_string_equal(number_grouped(text, 0), "0");
	assert_string_equal(number_grouped(text, 999), "999");
	assert_string_equal(number_grouped(text, 1000), "1,000");
	assert_string_equal(number_grouped(text, 1234567), "1,234,567");
	assert_string_equal(number_grouped(text, ~0ULL), "18,446,744,073,709,551,615");
}

static void times_are_rounded_to_the_nearest(void **state)
{
	char text[NUMBER_SIZE];

	(void)state;
	assert_string_equal(number_ms(text, 0), "0.00");
	assert_string_equal(number_ms(text, 4999), "0.00");
	assert_string_equal(number_ms(text, 5000), "0.01");
	assert_string_equal(number_ms(text, 1234567890), "1,234.57");
	assert_string_equal(number_ms(text, 999995000), "1,000.00");
	assert_string_equal(number_seconds(text, 417499999), "0.417");
	assert_string_equal(number_seconds(text, 417500000), "0.418");
	assert_string_equal(number_seconds(text, 999999999), "1.000");
	assert_string_equal(number_seconds(text, ~0ULL), "18,446,744,073.710");
}

static void rates_have_three_digits_and_a_prefix(void **state)
{
	char text[NUMBER_SIZE];

	(void)state;
	assert_string_equal(number_rate(text, 0), "0 ");
	assert_string_equal(number_rate(text, 7.3), "7.30 ");
	assert_string_equal(number_rate(text, 9.996), "10.0 ");
	assert_string_equal(number_rate(text, 518), "518 ");
	assert_string_equal(number_rate(text, 999.6), "1.00 k");
	assert_string_equal(number_rate(text, 1480000000), "1.48 G");
	assert_string_equal(number_rate(text, 1e30), "1000000000000 E");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_stand_in_groups_of_three),
		cmocka_unit_test(times_are_rounded_to_the_nearest),
		cmocka_unit_test(rates_have_three_digits_and_a_prefix),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
