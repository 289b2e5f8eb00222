/* SPDX-License-Identifier: MIT */
/*
 * Fields of perf_event_attr by name: each is where the compiler puts it, whatever the byte order,
 * and writing one changes no other.
 */
#include <perfev/names.h>

#include <errno.h>
#include <string.h>

#include "support.h"

/* What the compiler writes for a field, against what the table reads there. */
#define CHECK_FIELD(field, wanted)                                                                 \
	do {                                                                                       \
		struct perf_event_attr attr;                                                       \
		const struct perfev_field *found = perfev_field_find(#field);                      \
		assert_non_null(found);                                                            \
		memset(&attr, 0, sizeof(attr));                                                    \
		attr.field = (wanted);                                                             \
		assert_int_equal(perfev_field_read(found, &attr), (__u64)attr.field);              \
		assert_int_equal(perfev_field_read(found, &attr), (__u64)(wanted));                \
	} while (0)

static void fields_are_read_where_the_compiler_writes_them(void **state)
{
	(void)state;
	CHECK_FIELD(type, 5);
	CHECK_FIELD(size, 144);
	CHECK_FIELD(config, 0x123456789abcdef0);
	CHECK_FIELD(sample_freq, 999);
	CHECK_FIELD(disabled, 1);
	CHECK_FIELD(exclude_hv, 1);
	CHECK_FIELD(precise_ip, 2);
	CHECK_FIELD(sigtrap, 1);
	CHECK_FIELD(defer_output, 1);
	CHECK_FIELD(wakeup_watermark, 4096);
	CHECK_FIELD(bp_type, HW_BREAKPOINT_RW);
	CHECK_FIELD(bp_len, 8);
	CHECK_FIELD(sample_max_stack, 127);
	CHECK_FIELD(aux_pause, 1);
	CHECK_FIELD(aux_resume, 1);
	CHECK_FIELD(config4, ~0ULL);
}

static void the_clock_is_signed(void **state)
{
	struct perf_event_attr attr = { .clockid = -3 };

	(void)state;
	assert_int_equal((__s64)perfev_field_read(perfev_field_find("clockid"), &attr), -3);
	assert_int_equal(perfev_field_write(perfev_field_find("clockid"), &attr, (__u64)-7), 0);
	assert_int_equal(attr.clockid, -7);
	assert_int_equal(perfev_field_write(perfev_field_find("clockid"), &attr, 1ULL << 31),
			 -ERANGE);
}

static void every_bit_of_the_struct_belongs_to_a_field(void **state)
{
	struct perf_event_attr all;
	const struct perfev_field *field;
	const unsigned char *bytes = (const unsigned char *)&all;

	(void)state;
	memset(&all, 0, sizeof(all));
	for (unsigned int i = 0; (field = perfev_field_get(i)); i++) {
		__u64 every = field->is_signed ? ~0ULL : ~0ULL >> (64 - field->width);

		assert_int_equal(perfev_field_write(field, &all, every), 0);
	}
	for (size_t i = 0; i < sizeof(all); i++)
		assert_int_equal(bytes[i], 0xff);
}

static void writing_a_field_changes_no_other_bit(void **state)
{
	const struct perfev_field *field;

	(void)state;
	for (unsigned int i = 0; (field = perfev_field_get(i)); i++) {
		struct perf_event_attr attr, before;
		__u64 most = ~0ULL >> (64 - field->width);

		memset(&attr, 0x5a, sizeof(attr));
		before = attr;
		if (field->width < 64 && !field->is_signed)
			assert_int_equal(perfev_field_write(field, &attr, most + 1), -ERANGE);
		assert_memory_equal(&attr, &before, sizeof(attr));
		assert_int_equal(perfev_field_write(field, &attr, 1), 0);
		assert_int_equal(perfev_field_read(field, &attr), 1);
		assert_int_equal(
			perfev_field_write(field, &attr, perfev_field_read(field, &before)), 0);
		assert_memory_equal(&attr, &before, sizeof(attr));
	}
}

static void fields_say_where_they_are_and_since_when(void **state)
{
	const struct perfev_field *sigtrap = perfev_field_find("sigtrap");
	const struct perfev_field *config3 = perfev_field_find("config3");

	(void)state;
	assert_int_equal(sigtrap->offset, 40);
	assert_int_equal(sigtrap->size, 8);
	assert_int_equal(sigtrap->width, 1);
	assert_int_equal(sigtrap->since, PERFEV_KERNEL(5, 13, 0));
	assert_int_equal(config3->offset, 128);
	assert_int_equal(config3->width, 64);
	assert_int_equal(perfev_field_find("sample_type")->set, PERFEV_SET_SAMPLE_TYPE);
	assert_int_equal(perfev_field_find("bp_type")->set, PERFEV_SET_BREAKPOINT_TYPE);
	assert_int_equal(perfev_field_find("bp_len")->set, PERFEV_SET_NONE);
	assert_null(perfev_field_find("no_such_field"));
	assert_null(perfev_field_find(""));
	assert_null(perfev_field_get(100000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_read_where_the_compiler_writes_them),
		cmocka_unit_test(the_clock_is_signed),
		cmocka_unit_test(every_bit_of_the_struct_belongs_to_a_field),
		cmocka_unit_test(writing_a_field_changes_no_other_bit),
		cmocka_unit_test(fields_say_where_they_are_and_since_when),
	};

	return cmocka_run_group_tests_name("fields of perf_event_attr", tests, NULL, NULL);
}
