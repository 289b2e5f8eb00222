/* SPDX-License-Identifier: MIT */
/*
 * Sets of names: every name of every set goes to its value and back, and what is written is always
 * read back as the same value.
 */
#include <perfev/names.h>
#include <perfev/regs.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#define LAST_SET PERFEV_SET_REGS_CSKY

static enum perfev_set nth(unsigned int number)
{
	return (enum perfev_set)number;
}

static void every_name_is_found_by_its_value_and_by_itself(void **state)
{
	unsigned int names = 0;

	(void)state;
	for (unsigned int set = 1; set <= LAST_SET; set++) {
		struct perfev_name name, found;
		unsigned int position = 0;

		while (perfev_set_next(nth(set), &position, &name) == 1) {
			names++;
			assert_int_equal(perfev_set_find_name(nth(set), name.name, &found), 1);
			assert_int_equal(found.value, name.value);
			assert_int_equal(perfev_set_find_name(nth(set), name.brief, &found), 1);
			assert_string_equal(found.name, name.name);
			assert_int_equal(perfev_set_find_value(nth(set), name.value, &found), 1);
			assert_int_equal(found.value, name.value);
			assert_true(name.since >= PERFEV_KERNEL(2, 6, 32));
			assert_true(name.since <= PERFEV_ABI_KERNEL);
		}
		assert_true(position > 0);
		assert_non_null(perfev_set_title(nth(set)));
	}
	assert_true(names > 500);
}

static void a_set_that_does_not_exist_is_refused(void **state)
{
	const unsigned int wrong[] = { PERFEV_SET_NONE, LAST_SET + 1, ~0U };
	struct perfev_name name;
	unsigned int position = 0;
	__u64 value;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		enum perfev_set set = nth(wrong[i]);

		assert_int_equal(perfev_set_kind(set), -EINVAL);
		assert_null(perfev_set_title(set));
		assert_int_equal(perfev_set_next(set, &position, &name), -EINVAL);
		assert_int_equal(perfev_set_find_value(set, 0, &name), -EINVAL);
		assert_int_equal(perfev_set_find_name(set, "IP", &name), -EINVAL);
		assert_null(perfev_set_name(set, 0));
		assert_null(perfev_set_brief(set, 0));
		assert_int_equal(perfev_set_format(NULL, 0, set, 0), -EINVAL);
		assert_int_equal(perfev_set_parse(set, "0", &value, NULL), -EINVAL);
	}
}

static void names_are_the_kernels(void **state)
{
	(void)state;
	assert_string_equal(perfev_set_name(PERFEV_SET_RECORD, PERF_RECORD_MMAP2),
			    "PERF_RECORD_MMAP2");
	assert_string_equal(perfev_set_brief(PERFEV_SET_SAMPLE_TYPE, PERF_SAMPLE_WEIGHT_STRUCT),
			    "WEIGHT_STRUCT");
	assert_string_equal(perfev_set_brief(PERFEV_SET_NAMESPACE, NET_NS_INDEX), "NET");
	assert_string_equal(perfev_set_brief(PERFEV_SET_CONTEXT, PERF_CONTEXT_KERNEL), "KERNEL");
	assert_string_equal(perfev_set_brief(PERFEV_SET_REGS_X86, PERF_REG_X86_XMM15), "XMM15");
	assert_string_equal(perfev_set_brief(PERFEV_SET_REGS_ARM64, PERF_REG_ARM64_VG), "VG");
	assert_string_equal(perfev_set_brief(PERFEV_SET_MEM_LVLNUM, PERF_MEM_LVLNUM_NA), "NA");
	assert_null(perfev_set_name(PERFEV_SET_RECORD, PERF_RECORD_MAX));
	assert_null(perfev_set_name(PERFEV_SET_RECORD, 0));
}

/* The text of a value, and that reading it gives the value again. */
static void check_text(enum perfev_set set, __u64 value, const char *expected)
{
	char text[2048];
	__u64 back = ~value;

	assert_int_equal(perfev_set_format(text, sizeof(text), set, value), strlen(expected));
	assert_string_equal(text, expected);
	assert_int_equal(perfev_set_parse(set, text, &back, NULL), 0);
	assert_int_equal(back, value);
}

static void values_are_written_as_names_and_what_has_none_as_a_number(void **state)
{
	(void)state;
	check_text(PERFEV_SET_SAMPLE_TYPE, PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN,
		   "IP|TID|CALLCHAIN");
	check_text(PERFEV_SET_SAMPLE_TYPE, 0, "0");
	check_text(PERFEV_SET_SAMPLE_TYPE, 1 | 1ULL << 26 | 1ULL << 63, "IP|0x8000000004000000");
	check_text(PERFEV_SET_RECORD, PERF_RECORD_SAMPLE, "SAMPLE");
	check_text(PERFEV_SET_RECORD, 4711, "4711");
	check_text(PERFEV_SET_BREAKPOINT_TYPE, HW_BREAKPOINT_RW, "RW");
	check_text(PERFEV_SET_BREAKPOINT_TYPE, HW_BREAKPOINT_R | HW_BREAKPOINT_X, "R|X");
	check_text(PERFEV_SET_REGS_X86, 1ULL << PERF_REG_X86_AX | 1ULL << PERF_REG_X86_IP, "AX|IP");
	check_text(PERFEV_SET_REGS_X86, 1ULL << 24, "0x1000000");
	check_text(PERFEV_SET_CONTEXT, PERF_CONTEXT_USER, "USER");
}

static void every_value_of_every_set_survives_text_and_back(void **state)
{
	const __u64 odd[] = { 0, 1, 2, 3, 0xff, 0x100, 0xffffffff, 1ULL << 32, ~0ULL, ~0ULL >> 1 };
	char text[2048];

	(void)state;
	srandom(1);
	for (unsigned int set = 1; set <= LAST_SET; set++) {
		for (unsigned int i = 0; i < 300; i++) {
			__u64 random_bits =
				(__u64)random() << 40 ^ (__u64)random() << 20 ^ (__u64)random();
			__u64 value = i < 10 ? odd[i] : i < 74 ? 1ULL << (i - 10) : random_bits;
			__u64 back = ~value;

			assert_true(perfev_set_format(text, sizeof(text), nth(set), value) <
				    (int)sizeof(text));
			assert_int_equal(perfev_set_parse(nth(set), text, &back, NULL), 0);
			assert_int_equal(back, value);
		}
	}
}

static void text_is_cut_to_fit_and_counted_whole(void **state)
{
	const char whole[] = "IP|TID|TIME";
	const __u64 value = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;

	(void)state;
	assert_int_equal(perfev_set_format(NULL, 0, PERFEV_SET_SAMPLE_TYPE, value), strlen(whole));
	for (size_t size = 1; size <= sizeof(whole); size++) {
		/* Of exactly that size, so that valgrind sees a byte too many. */
		char *text = malloc(size);

		assert_non_null(text);
		assert_int_equal(perfev_set_format(text, size, PERFEV_SET_SAMPLE_TYPE, value),
				 strlen(whole));
		assert_int_equal(strlen(text), size - 1);
		assert_memory_equal(text, whole, size - 1);
		free(text);
	}
}

static void text_is_read_in_any_form_that_people_write(void **state)
{
	static const char *const same[] = {
		"IP|TID", "ip|tid", " PERF_SAMPLE_IP | Tid\t", "0x1|2", "3", "0x3", "tid|ip|ip",
	};
	__u64 value;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		value = 0;
		assert_int_equal(perfev_set_parse(PERFEV_SET_SAMPLE_TYPE, same[i], &value, NULL),
				 0);
		assert_int_equal(value, PERF_SAMPLE_IP | PERF_SAMPLE_TID);
	}
	assert_int_equal(
		perfev_set_parse(PERFEV_SET_SAMPLE_TYPE, "18446744073709551615", &value, NULL), 0);
	assert_int_equal(value, ~0ULL);
}

static void wrong_text_is_refused_at_its_first_wrong_byte(void **state)
{
	static const struct {
		const char *text;
		enum perfev_set set;
		int error;
		size_t wrong;
	} cases[] = {
		{ "", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "  ", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 2 },
		{ "IP|", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 3 },
		{ "|IP", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "IP||TID", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 3 },
		{ "IP|NOTHING", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 3 },
		{ "IP TID", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 3 },
		{ "I", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "IPX", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "0x", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "0xg", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "-1", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "1f", PERFEV_SET_SAMPLE_TYPE, -EINVAL, 0 },
		{ "IP|18446744073709551616", PERFEV_SET_SAMPLE_TYPE, -ERANGE, 3 },
		{ "0x10000000000000000", PERFEV_SET_SAMPLE_TYPE, -ERANGE, 0 },
		{ "MMAP|COMM", PERFEV_SET_RECORD, -EINVAL, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		__u64 value = 42;
		size_t wrong = 99;

		assert_int_equal(perfev_set_parse(cases[i].set, cases[i].text, &value, &wrong),
				 cases[i].error);
		assert_int_equal(wrong, cases[i].wrong);
		assert_int_equal(value, 42);
		assert_int_equal(perfev_set_parse(cases[i].set, cases[i].text, &value, NULL),
				 cases[i].error);
	}
}

static void the_numbers_of_the_sets_stay(void **state)
{
	(void)state;
	/* Programs have these compiled in. */
	assert_int_equal(PERFEV_SET_TYPE, 1);
	assert_int_equal(PERFEV_SET_SAMPLE_TYPE, 7);
	assert_int_equal(PERFEV_SET_RECORD, 20);
	assert_int_equal(PERFEV_SET_REGS_CSKY, 57);
	assert_string_equal(perfev_set_title(PERFEV_SET_SAMPLE_TYPE), "sample_type");
	assert_int_equal(perfev_set_kind(PERFEV_SET_TYPE), PERFEV_SET_KIND_ENUM);
	assert_int_equal(perfev_set_kind(PERFEV_SET_SAMPLE_TYPE), PERFEV_SET_KIND_FLAGS);
	assert_int_equal(perfev_set_kind(PERFEV_SET_REGS_CSKY), PERFEV_SET_KIND_BITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_found_by_its_value_and_by_itself),
		cmocka_unit_test(a_set_that_does_not_exist_is_refused),
		cmocka_unit_test(names_are_the_kernels),
		cmocka_unit_test(values_are_written_as_names_and_what_has_none_as_a_number),
		cmocka_unit_test(every_value_of_every_set_survives_text_and_back),
		cmocka_unit_test(text_is_cut_to_fit_and_counted_whole),
		cmocka_unit_test(text_is_read_in_any_form_that_people_write),
		cmocka_unit_test(wrong_text_is_refused_at_its_first_wrong_byte),
		cmocka_unit_test(the_numbers_of_the_sets_stay),
	};

	return cmocka_run_group_tests_name("sets of names", tests, NULL, NULL);
}
