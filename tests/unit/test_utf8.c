/* SPDX-License-Identifier: MIT */
/* Any bytes as UTF-8: what is text stays, every other byte becomes U+FFFD, nothing is lost. */
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

#define FFFD "\xef\xbf\xbd"

static void check(const char *bytes, const char *expected)
{
	char *text = utf8_mended(bytes);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void text_stays_as_it_is(void **state)
{
	(void)state;
	check("", "");
	check("plain", "plain");
	check("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80");
	check("\xf4\x8f\xbf\xbf\xed\x9f\xbf", "\xf4\x8f\xbf\xbf\xed\x9f\xbf");
}

static void other_bytes_are_replaced_one_by_one(void **state)
{
	(void)state;
	check("a\xff"
	      "b",
	      "a" FFFD "b");
	check("\xc3", FFFD);
	check("\xe2\x82", FFFD FFFD);
	check("\xf0\x9f\x98", FFFD FFFD FFFD);
	check("\xc0\xaf", FFFD FFFD);
	check("\xe0\x80\x80", FFFD FFFD FFFD);
	check("\xed\xa0\x80", FFFD FFFD FFFD);
	check("\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD);
	check("\xf5\x80\x80\x80", FFFD FFFD FFFD FFFD);
	check("\xc3(", FFFD "(");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_stays_as_it_is),
		cmocka_unit_test(other_bytes_are_replaced_one_by_one),
	};

	return cmocka_run_group_tests_name("UTF-8", tests, NULL, NULL);
}
