/* SPDX-License-Identifier: MIT */
/*
 * Records written and read back: every type, each field of a sample alone, in pairs and with all
 * others, in all shapes, at every alignment and in both byte orders, are the same again.
 */
#include <errno.h>
#include <string.h>

#include "record_maker.h"
#include "support.h"

static struct perfev_layout layout;
static struct perf_event_attr attr;
static struct perfev_record record;

/* Lays the attribute out in both byte orders, and does what is to be done with each. */
static void in_both_orders(void (*call)(void))
{
	perfev_layout_init(&layout, &attr, 0);
	call();
	perfev_layout_init(&layout, &attr, PERFEV_LAYOUT_SWAPPED);
	call();
}

static void round_trip_sample(void)
{
	record_make(&record, PERF_RECORD_SAMPLE, &layout);
	assert_true(record_round_trip(&record, &layout, NULL) >= 8);
}

static void round_trip_type(__u32 type)
{
	for (int i = 0; i < 12; i++) {
		record_make(&record, type, &layout);
		assert_true(record_round_trip(&record, &layout, NULL) >= 8);
	}
}

static void round_trip_all_types(void)
{
	for_each_type(round_trip_type);
}

static void every_type_comes_back_as_it_was(void **state)
{
	(void)state;
	random_begin(1);
	attr = attr_with(ALL_SAMPLE_BITS);
	in_both_orders(round_trip_all_types);
	attr.sample_id_all = 0;
	in_both_orders(round_trip_all_types);
	attr.sample_type = 0;
	in_both_orders(round_trip_all_types);
}

static void each_bit_of_a_sample_works_alone_and_with_each_other(void **state)
{
	(void)state;
	random_begin(2);
	for (__u64 a = 1; a < PERF_SAMPLE_MAX; a <<= 1)
		for (__u64 b = a; b < PERF_SAMPLE_MAX; b <<= 1) {
			/* The kernel refuses the two that share a place. */
			if ((a | b) == PERF_SAMPLE_WEIGHT_TYPE)
				continue;
			attr = attr_with(a | b);
			in_both_orders(round_trip_sample);
		}
}

static void each_bit_of_a_sample_may_lack_among_all(void **state)
{
	(void)state;
	random_begin(3);
	for (__u64 bit = 1; bit < PERF_SAMPLE_MAX; bit <<= 1) {
		attr = attr_with(ALL_SAMPLE_BITS & ~bit);
		in_both_orders(round_trip_sample);
		attr.sample_type ^= PERF_SAMPLE_WEIGHT_TYPE;
		in_both_orders(round_trip_sample);
	}
}

static void both_weights_are_one_word(void **state)
{
	int size;

	(void)state;
	attr = attr_with(PERF_SAMPLE_WEIGHT);
	perfev_layout_init(&layout, &attr, 0);
	record_make(&record, PERF_RECORD_SAMPLE, &layout);
	size = record_round_trip(&record, &layout, NULL);
	attr = attr_with(PERF_SAMPLE_WEIGHT_STRUCT);
	perfev_layout_init(&layout, &attr, 0);
	assert_int_equal(record_round_trip(&record, &layout, NULL), size);
	attr = attr_with(PERF_SAMPLE_WEIGHT_TYPE);
	perfev_layout_init(&layout, &attr, 0);
	assert_int_equal(record_round_trip(&record, &layout, NULL), size);
}

static void round_trip_read(void)
{
	round_trip_sample();
	round_trip_type(PERF_RECORD_READ);
}

static void each_form_of_a_read_comes_back(void **state)
{
	(void)state;
	random_begin(4);
	attr = attr_with(PERF_SAMPLE_IP | PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN);
	for (attr.read_format = 0; attr.read_format < PERF_FORMAT_MAX; attr.read_format++)
		in_both_orders(round_trip_read);
}

/* What stands behind the branches tells whether there is an index where there are no branches. */
static void round_trip_branches(void)
{
	for (__u32 count = 0; count < 3; count++)
		for (__u8 index = 0; index < 2; index++) {
			const int has =
				(layout.branch_sample_type & PERF_SAMPLE_BRANCH_HW_INDEX) != 0;

			record_make(&record, PERF_RECORD_SAMPLE, &layout);
			if (index > has || (count && index != has))
				continue;
			while (record.sample.branches.count < count)
				record_make(&record, PERF_RECORD_SAMPLE, &layout);
			record.sample.branches.count = count;
			record.sample.branches.has_hw_index = index;
			record.sample.branches.hw_index = index ? 0x1234 : 0;
			assert_true(record_round_trip(&record, &layout, NULL) >= 8);
		}
}

static void branch_stacks_come_back_in_every_form(void **state)
{
	const __u64 behind[] = {
		0,
		PERF_SAMPLE_REGS_USER,
		PERF_SAMPLE_STACK_USER,
		PERF_SAMPLE_WEIGHT,
		PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_AUX,
	};

	(void)state;
	random_begin(5);
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		for (unsigned int form = 0; form < 4; form++) {
			attr = attr_with(PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_TIME | behind[i]);
			attr.branch_sample_type = PERF_SAMPLE_BRANCH_USER;
			if (form & 1)
				attr.branch_sample_type |= PERF_SAMPLE_BRANCH_HW_INDEX;
			if (form & 2)
				attr.branch_sample_type |= PERF_SAMPLE_BRANCH_COUNTERS;
			in_both_orders(round_trip_branches);
		}
}

static void round_trip_registers(void)
{
	const __u64 abis[] = { PERF_SAMPLE_REGS_ABI_NONE, PERF_SAMPLE_REGS_ABI_32,
			       PERF_SAMPLE_REGS_ABI_64 };

	for (int i = 0; i < 3; i++) {
		do
			record_make(&record, PERF_RECORD_SAMPLE, &layout);
		while (record.sample.user_regs.abi != abis[i]);
		assert_true(record_round_trip(&record, &layout, NULL) >= 8);
	}
}

static void registers_come_back_for_every_abi_and_mask(void **state)
{
	const __u64 masks[] = { 0, 1, 0x8000000000000000ULL, 0xff0fff, ~0ULL };

	(void)state;
	random_begin(6);
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		attr = attr_with(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_REGS_INTR);
		attr.sample_regs_user = masks[i];
		attr.sample_regs_intr = masks[(i + 1) % 5];
		in_both_orders(round_trip_registers);
	}
}

static void round_trip_stacks(void)
{
	static const unsigned char bytes[65312];
	const size_t lengths[] = { 0, 8, 4096, sizeof(bytes) };

	for (size_t i = 0; i < 4; i++) {
		record_make(&record, PERF_RECORD_SAMPLE, &layout);
		record.sample.user_stack.bytes.bytes = bytes;
		record.sample.user_stack.bytes.length = lengths[i];
		record.sample.user_stack.size = lengths[i] / 2;
		assert_int_equal(record_round_trip(&record, &layout, NULL),
				 16 + lengths[i] + (lengths[i] ? 8 : 0));
	}
}

static void stacks_come_back_up_to_the_largest(void **state)
{
	(void)state;
	attr = attr_with(PERF_SAMPLE_STACK_USER);
	in_both_orders(round_trip_stacks);
}

static void round_trip_raw(void)
{
	for (__u64 length = 0; length < 20; length++) {
		record_make(&record, PERF_RECORD_SAMPLE, &layout);
		record.sample.raw.bytes = "abcdefghijklmnopqrstuvwxyz";
		record.sample.raw.length = length;
		assert_int_equal(record_round_trip(&record, &layout, NULL), 16 + 4 + length + 8);
	}
}

static void raw_bytes_of_any_number_come_back(void **state)
{
	(void)state;
	attr = attr_with(PERF_SAMPLE_TIME | PERF_SAMPLE_RAW | PERF_SAMPLE_WEIGHT);
	in_both_orders(round_trip_raw);
}

static void round_trip_mmap(void)
{
	record_make(&record, PERF_RECORD_MMAP2, &layout);
	assert_true(record_round_trip(&record, &layout, NULL) >= 8);
	round_trip_type(PERF_RECORD_LOST);
}

static void trailers_come_back_in_every_combination(void **state)
{
	(void)state;
	random_begin(7);
	for (__u64 bits = 0; bits <= ALL_TRAILER_BITS; bits++)
		if (!(bits & ~(__u64)ALL_TRAILER_BITS)) {
			attr = attr_with(bits);
			in_both_orders(round_trip_mmap);
		}
}

/* A record's id: where the kernel puts it, whatever stands around it. */
static void find_id(void)
{
	const unsigned char *bytes;
	const __u64 ids = PERF_SAMPLE_ID | PERF_SAMPLE_IDENTIFIER;
	int size, found;
	__u64 id = 0;

	record_make(&record, PERF_RECORD_SAMPLE, &layout);
	size = record_round_trip(&record, &layout, &bytes);
	found = perfev_record_id(bytes, (size_t)size, &layout, &id);
	assert_int_equal(found, (attr.sample_type & ids) != 0);
	if (found)
		assert_int_equal(id, record.id);
	record_make(&record, PERF_RECORD_COMM, &layout);
	size = record_round_trip(&record, &layout, &bytes);
	found = perfev_record_id(bytes, (size_t)size, &layout, &id);
	assert_int_equal(found, (attr.sample_type & ids) != 0 && attr.sample_id_all);
	if (found)
		assert_int_equal(id, record.id);
	assert_int_equal(perfev_record_id(bytes, 7, &layout, &id), -ENODATA);
	assert_int_equal(perfev_record_id(bytes, (size_t)size - 1, &layout, &id), -ENODATA);
	record_make(&record, PERFEV_RECORD_STAT, &layout);
	size = record_round_trip(&record, &layout, &bytes);
	assert_int_equal(perfev_record_id(bytes, (size_t)size, &layout, &id), 0);
}

static void the_id_is_found_wherever_it_stands(void **state)
{
	(void)state;
	random_begin(8);
	for (__u64 bits = 0; bits < 1 << 17; bits++) {
		if (bits & ~(__u64)(ALL_TRAILER_BITS | PERF_SAMPLE_IP | PERF_SAMPLE_ADDR))
			continue;
		attr = attr_with(bits | PERF_SAMPLE_CALLCHAIN);
		in_both_orders(find_id);
		attr.sample_id_all = 0;
		in_both_orders(find_id);
	}
}

static void names_of_types_lead_back_to_them(__u32 type)
{
	char lower[64];
	__u32 found;

	assert_int_equal(perfev_record_find_name(perfev_record_name(type), &found), 1);
	assert_int_equal(found, type);
	strcpy(lower, perfev_record_name(type));
	for (char *at = lower; *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	assert_int_equal(perfev_record_find_name(lower, &found), 1);
	assert_int_equal(found, type);
}

static void every_type_has_a_name_of_its_own(void **state)
{
	__u32 type;

	(void)state;
	for_each_type(names_of_types_lead_back_to_them);
	for (type = 1; type < PERF_RECORD_MAX; type++)
		assert_non_null(perfev_record_name(type));
	for (type = 64; type <= PERFEV_RECORD_SCHEDSTAT_DOMAIN; type++)
		assert_non_null(perfev_record_name(type));
	assert_null(perfev_record_name(0));
	assert_null(perfev_record_name(PERF_RECORD_MAX));
	for (type = 32769; type <= 32778; type++)
		assert_non_null(perfev_record_name(type));
	assert_null(perfev_record_name(87));
	assert_null(perfev_record_name(32768));
	assert_null(perfev_record_name(32779));
	assert_null(perfev_record_name(~0U));
	assert_int_equal(perfev_record_find_name("MMAP3", &type), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_comes_back_as_it_was),
		cmocka_unit_test(each_bit_of_a_sample_works_alone_and_with_each_other),
		cmocka_unit_test(each_bit_of_a_sample_may_lack_among_all),
		cmocka_unit_test(both_weights_are_one_word),
		cmocka_unit_test(each_form_of_a_read_comes_back),
		cmocka_unit_test(branch_stacks_come_back_in_every_form),
		cmocka_unit_test(registers_come_back_for_every_abi_and_mask),
		cmocka_unit_test(stacks_come_back_up_to_the_largest),
		cmocka_unit_test(raw_bytes_of_any_number_come_back),
		cmocka_unit_test(trailers_come_back_in_every_combination),
		cmocka_unit_test(the_id_is_found_wherever_it_stands),
		cmocka_unit_test(every_type_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
