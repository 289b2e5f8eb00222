/* SPDX-License-Identifier: MIT */
/*
 * Names as people read them: C++, Rust, what stands behind them, and names that are made to stand
 * for more than anybody can hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/symbol/symbols.h"
#include "support.h"

/* Whether libiberty was there when the library was built. */
static void need_demangler(void)
{
	char *shown = perfev_demangle("_Z1fv");

	free(shown);
	if (!shown)
		skip_without("libiberty", "libperfev-symbol was built without");
}

static void assert_shown(const char *name, const char *expected)
{
	char *shown = perfev_demangle(name);

	if (!shown)
		fail_msg("%s is no mangled name", name);
	assert_string_equal(shown, expected);
	free(shown);
}

static void assert_as_it_is(const char *name)
{
	char *shown = perfev_demangle(name);

	if (shown)
		fail_msg("%.40s became %.40s", name, shown);
}

static void names_of_both_languages_are_shown_without_parameters(void **state)
{
	(void)state;
	need_demangler();
	assert_shown("_ZNSt6vectorIiSaIiEE9push_backERKi",
		     "std::vector<int, std::allocator<int> >::push_back");
	assert_shown("_ZN5placeplERKNS_3BigES2_", "place::operator+");
	assert_shown("_ZTV3Big", "vtable for Big");
	assert_shown("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	assert_shown("_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$"
		     "3fmt17h0123456789abcdefE",
		     "<alloc::string::String as core::fmt::Display>::fmt");
	assert_shown("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
	assert_shown("_RNvC6_123foo3bar", "123foo::bar");
}

static void what_stands_behind_a_name_stays(void **state)
{
	(void)state;
	need_demangler();
	assert_shown("_ZNSt6vectorIiSaIiEED1Ev@plt",
		     "std::vector<int, std::allocator<int> >::~vector@plt");
	assert_shown("_Znwm@@GLIBCXX_3.4", "operator new@@GLIBCXX_3.4");
	assert_shown("_RNvNtCs1234_7mycrate3foo3bar@plt", "mycrate::foo::bar@plt");
}

static void other_names_are_left_as_they_are(void **state)
{
	static const char *const names[] = {
		"",
		"main",
		"_start",
		"_Z",
		"_Zzz",
		"puts@plt",
		"@",
		"_",
		"_R",
		"_ZN",
		"__libc_start_main@@GLIBC_2.34",
		"Z1fv"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_as_it_is(names[i]);
}

/* Each of the arguments is a pair of the one before, twice: in the end 2 to the power of count. */
static char *doubling_name(unsigned int count)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *name = calloc(1, 64 + 16 * (size_t)count), *at = name;

	assert_non_null(name);
	at += sprintf(at, "_Z1fI1aIiiE");
	for (unsigned int i = 1; i <= count; i++)
		at += sprintf(at, "S0_IS%c_S%c_E", digits[i], digits[i]);
	sprintf(at, "Ev");
	return name;
}

static void names_that_stand_for_too_much_are_left(void **state)
{
	char *name;

	(void)state;
	need_demangler();
	name = doubling_name(2);
	assert_shown(name, "f<a<int, int>, a<a<int, int>, a<int, int> >, "
			   "a<a<a<int, int>, a<int, int> >, a<a<int, int>, a<int, int> > > >");
	free(name);
	name = doubling_name(34);
	assert_as_it_is(name);
	free(name);
	/* Rust: tuples of tuples, by what was there before. */
	assert_shown("_RINvC1a1bTTTTuuEBc_EBb_EBa_EE", "a::b::<(((((), ()), ()), ()), ((), ()))>");
	assert_as_it_is("_RINvC1a1bTTTTTTTTTTTTuuEBc_EBb_EBa_EB9_EB8_EB7_EB6_EB5_EB4_EB3_EB2_EE");
}

static void long_names_end(void **state)
{
	static const char *const pieces[] = { "P", "F", "N1a", "IJ", "S_", "T", "X", "1a" };
	const size_t length = 100000;
	char *name = malloc(length + 1);

	(void)state;
	assert_non_null(name);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (size_t shorter = 100; shorter <= length; shorter *= 10) {
			size_t at = (size_t)sprintf(name, "_Z1f");

			while (at + strlen(pieces[i]) < shorter) {
				memcpy(name + at, pieces[i], strlen(pieces[i]));
				at += strlen(pieces[i]);
			}
			name[at] = '\0';
			free(perfev_demangle(name));
			memcpy(name, "_RNv", 4);
			free(perfev_demangle(name));
		}
	}
	free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_both_languages_are_shown_without_parameters),
		cmocka_unit_test(what_stands_behind_a_name_stays),
		cmocka_unit_test(other_names_are_left_as_they_are),
		cmocka_unit_test(names_that_stand_for_too_much_are_left),
		cmocka_unit_test(long_names_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
