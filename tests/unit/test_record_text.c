/* SPDX-License-Identifier: MIT */
/*
 * Records as text: numbers of every length, and any room: what is written into too little of it is
 * the beginning of the whole, whose length is returned, and nothing is written behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record_maker.h"
#include "support.h"

static struct perfev_layout layout;
static struct perfev_record record;

static void check_number(__u64 value)
{
	char expected[128];

	record.sample.ip = record.time = value;
	snprintf(expected, sizeof(expected), "SAMPLE ip=%#llx time=%llu", (unsigned long long)value,
		 (unsigned long long)value);
	/* printf() has no prefix for 0. */
	if (!value)
		strcpy(expected, "SAMPLE ip=0x0 time=0");
	assert_string_equal(record_text(&record), expected);
}

static void numbers_of_every_length_are_written_whole(void **state)
{
	const struct perf_event_attr attr = attr_with(PERF_SAMPLE_IP | PERF_SAMPLE_TIME);

	(void)state;
	random_begin(1);
	perfev_layout_init(&layout, &attr, 0);
	record = (struct perfev_record)PERFEV_RECORD_INIT;
	record.type = PERF_RECORD_SAMPLE;
	record.layout = &layout;
	check_number(0);
	check_number(~0ULL);
	for (__u64 bit = 1; bit; bit <<= 1) {
		check_number(bit - 1);
		check_number(bit);
		check_number(bit | random_word() % bit);
	}
	for (__u64 ten = 10; ten <= ~0ULL / 10; ten *= 10) {
		check_number(ten - 1);
		check_number(ten);
	}
	/* Each hexadecimal digit in each place. */
	for (__u64 digit = 1; digit < 16; digit++)
		for (unsigned int shift = 0; shift < 64; shift += 4)
			check_number(digit << shift);
}

/* Where memory is checked, so is that nothing is written behind the room. */
static void check_room(int (*format)(char *, size_t, const struct perfev_record *),
		       const char *whole, size_t room)
{
	const size_t length = strlen(whole);
	const size_t kept = room > length ? length : room - 1;
	char *text = malloc(room + 1);

	assert_non_null(text);
	text[room] = '#';
	assert_int_equal(format(text, room, &record), length);
	assert_int_equal(text[room], '#');
	if (room) {
		assert_memory_equal(text, whole, kept);
		assert_int_equal(text[kept], '\0');
	}
	free(text);
	text = malloc(room ? room : 1);
	assert_non_null(text);
	assert_int_equal(format(text, room, &record), length);
	free(text);
}

static void check_rooms(__u32 type)
{
	const char *whole;

	do
		record_make(&record, type, &layout);
	while (perfev_record_format(NULL, 0, &record) > 4000);
	whole = record_text(&record);
	for (size_t room = 0; room < strlen(whole) + 40; room++)
		check_room(perfev_record_format, whole, room);
	whole = record_json(&record);
	for (size_t room = 0; room < strlen(whole) + 40; room++)
		check_room(perfev_record_format_json, whole, room);
}

static void a_text_is_cut_where_its_room_ends(void **state)
{
	const struct perf_event_attr attr =
		attr_with(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID |
			  PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN);

	(void)state;
	random_begin(2);
	perfev_layout_init(&layout, &attr, 0);
	for_each_type(check_rooms);
}

/* KERNEL and USER together are HYPERVISOR's number. */
static void the_mode_is_one_of_eight_numbers_and_no_set_of_flags(void **state)
{
	static const char *const modes[] = {
		"",
		" mode=KERNEL",
		" mode=USER",
		" mode=HYPERVISOR",
		" mode=GUEST_KERNEL",
		" mode=GUEST_USER",
		" mode=6",
		" mode=7"
	};
	const struct perf_event_attr attr = attr_with(PERF_SAMPLE_IP);
	struct perfev_record sample = { .type = PERF_RECORD_SAMPLE };

	(void)state;
	perfev_layout_init(&layout, &attr, 0);
	for (__u16 mode = 0; mode < 8; mode++) {
		unsigned char bytes[64];
		char expected[64];
		int size;

		sample.misc = mode;
		snprintf(expected, sizeof(expected), "SAMPLE%s ip=0x0", modes[mode]);
		size = perfev_record_encode(bytes, sizeof(bytes), &sample, &layout);
		assert_true(size > 0);
		assert_int_equal(perfev_record_decode(&record, bytes, (size_t)size, &layout), size);
		assert_string_equal(record_text(&record), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_every_length_are_written_whole),
		cmocka_unit_test(a_text_is_cut_where_its_room_ends),
		cmocka_unit_test(the_mode_is_one_of_eight_numbers_and_no_set_of_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
