/* SPDX-License-Identifier: MIT */
/* Suggestions: the nearest names come first, what is no slip of the fingers not at all. */
#include "../../src/event/closest.h"

#include <stdio.h>
#include <string.h>

#include "support.h"

/* What is suggested for wanted, of the names in a list that ends with NULL. */
static const char *suggested(const char *wanted, const char *const *names)
{
	static char text[256];
	struct closest closest;

	perfev_closest_begin(&closest, wanted, strlen(wanted));
	for (; *names; names++)
		perfev_closest_offer(&closest, *names, strlen(*names));
	perfev_closest_format(&closest, text, sizeof(text));
	return text;
}

#define AMONG(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void the_nearest_come_first(void **state)
{
	(void)state;
	assert_string_equal(suggested("raed", AMONG("write", "readv", "read")),
			    "'read' or 'readv'");
	assert_string_equal(suggested("cycle", AMONG("cycle0", "cycles", "bicycle", "cyclic")),
			    "'cycle0', 'cycles' or 'bicycle'");
}

static void a_late_name_pushes_out_the_furthest(void **state)
{
	(void)state;
	assert_string_equal(
		suggested("abcdefgh", AMONG("abcdefxy", "abcdexgh", "abcdefg", "abcdefhg")),
		"'abcdexgh', 'abcdefg' or 'abcdefhg'");
}

static void one_name_offered_twice_comes_once(void **state)
{
	(void)state;
	assert_string_equal(suggested("opem", AMONG("open", "open")), "'open'");
}

static void what_is_far_off_is_not_suggested(void **state)
{
	(void)state;
	assert_string_equal(suggested("readline", AMONG("malloc", "main", "")), "");
	assert_string_equal(suggested("x", AMONG("yy", "zzz")), "");
}

static void names_too_long_are_left_out(void **state)
{
	char most[CLOSEST_LENGTH + 1], more[CLOSEST_LENGTH + 2], expected[CLOSEST_LENGTH + 3];

	(void)state;
	memset(most, 'a', CLOSEST_LENGTH);
	most[CLOSEST_LENGTH] = '\0';
	memset(more, 'a', CLOSEST_LENGTH + 1);
	more[CLOSEST_LENGTH + 1] = '\0';
	snprintf(expected, sizeof(expected), "'%s'", most);
	assert_string_equal(suggested(most + 1, AMONG(most)), expected);
	assert_string_equal(suggested(most, AMONG(more)), "");
	assert_string_equal(suggested(more, AMONG(most)), "");
}

static void text_is_cut_to_whole_names(void **state)
{
	const char whole[] = "'abc' or 'abd'";
	struct closest closest;
	char text[sizeof(whole)];

	(void)state;
	perfev_closest_begin(&closest, "abe", 3);
	perfev_closest_offer(&closest, "abc", 3);
	perfev_closest_offer(&closest, "abd", 3);
	assert_int_equal(perfev_closest_format(&closest, NULL, 0), 2);
	for (size_t size = 1; size <= sizeof(whole); size++) {
		assert_int_equal(perfev_closest_format(&closest, text, size), 2);
		assert_string_equal(text, size == sizeof(whole) ? whole : size > 5 ? "'abc'" : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_come_first),
		cmocka_unit_test(a_late_name_pushes_out_the_furthest),
		cmocka_unit_test(one_name_offered_twice_comes_once),
		cmocka_unit_test(what_is_far_off_is_not_suggested),
		cmocka_unit_test(names_too_long_are_left_out),
		cmocka_unit_test(text_is_cut_to_whole_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
