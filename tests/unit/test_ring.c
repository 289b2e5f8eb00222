/* SPDX-License-Identifier: MIT */
/*
 * Rings of memory: what they hand out, give back and count, wherever records lie and whatever the
 * bytes say. What must stay true: no test needs the kernel's help.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fake_ring.h"
#include "support.h"

#define SIZE 4096U
#define UNKNOWN 60U /* no kernel's type so far: a record of any length */

static const struct perf_event_attr plain = { .sample_type = PERF_SAMPLE_IP };

static int next_raw(struct fake_ring *fake, const void **bytes, size_t *size)
{
	return perfev_ring_next_raw(fake->ring, bytes, size);
}

static void assert_next(struct fake_ring *fake, size_t size, unsigned int number)
{
	const void *bytes = NULL;
	size_t length = 0;

	assert_int_equal(next_raw(fake, &bytes, &length), 1);
	assert_fake_record(bytes, length, UNKNOWN, size, number);
}

static void assert_none(struct fake_ring *fake)
{
	const void *bytes;
	size_t length;

	assert_int_equal(next_raw(fake, &bytes, &length), 0);
}

static struct perfev_losses losses_of(const struct fake_ring *fake)
{
	struct perfev_losses losses;

	perfev_ring_losses(fake->ring, &losses);
	return losses;
}

static void a_record_is_whole_wherever_it_crosses_the_end(void **state)
{
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	/* Every beginning, also those that no kernel has. */
	for (__u64 begin = 0; begin < SIZE; begin++) {
		fake_ring_begin(&fake, begin + SIZE * 7);
		fake_ring_put(&fake, UNKNOWN, 40, (unsigned int)begin);
		fake_ring_put(&fake, UNKNOWN, 8 + begin % 300, 1);
		assert_next(&fake, 40, (unsigned int)begin);
		assert_next(&fake, 8 + begin % 300, 1);
		assert_none(&fake);
		assert_int_equal(fake.page->data_tail, fake.page->data_head);
	}
	fake_ring_end(&fake);
}

static void records_of_every_size_come_in_their_order(void **state)
{
	struct fake_ring fake;
	unsigned int put = 0, got = 0;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	while (got < 5000) {
		while (fake.page->data_head - fake.page->data_tail + 8 + put % 1000 <= SIZE) {
			fake_ring_put(&fake, UNKNOWN, 8 + put % 1000, put);
			put++;
		}
		assert_true(put > got);
		assert_next(&fake, 8 + got % 1000, got);
		got++;
	}
	while (got < put) {
		assert_next(&fake, 8 + got % 1000, got);
		got++;
	}
	assert_none(&fake);
	fake_ring_end(&fake);
}

static void data_lies_where_the_page_says_in_pages_of_any_size(void **state)
{
	static const size_t pages[] = { 4096, 16384, 65536 };
	struct perfev_ring *ring;
	struct fake_ring fake;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t size = 8; size <= 4 * pages[i]; size *= 2) {
			fake_ring_make(&fake, pages[i], size, 0);
			assert_int_equal(perfev_ring_bytes(fake.ring), size);
			fake_ring_put(&fake, UNKNOWN, 8, 0);
			assert_next(&fake, 8, 0);
			fake_ring_end(&fake);
		}
	}
	/* Before Linux 4.1 it does not say, and data are behind the first page. */
	fake_ring_make(&fake, (size_t)sysconf(_SC_PAGESIZE), SIZE, 0);
	fake.page->data_offset = fake.page->data_size = 0;
	assert_int_equal(perfev_ring_open_memory(&ring, fake.memory, fake.bytes, 0, NULL), 0);
	assert_int_equal(perfev_ring_bytes(ring), SIZE);
	perfev_ring_close(ring);
	fake_ring_end(&fake);
}

static void a_page_that_lies_about_its_data_is_EINVAL(void **state)
{
	static const __u64 bad[][2] = { { SIZE, SIZE + 1 },   { SIZE, 3000 }, { SIZE, 2 * SIZE },
					{ 2 * SIZE + 8, 8 },  { 8, SIZE },    { ~0ULL, SIZE },
					{ SIZE, 1ULL << 63 }, { SIZE, 0 },    { SIZE + 8, SIZE },
					{ SIZE, 4 } };
	struct perfev_ring *ring;
	struct perfev_why why;
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake.page->data_offset = bad[i][0];
		fake.page->data_size = bad[i][1];
		assert_int_equal(perfev_ring_open_memory(&ring, fake.memory, fake.bytes, 0, &why),
				 -EINVAL);
		assert_null(ring);
		assert_int_equal(why.cause, PERFEV_CAUSE_ARGUMENT);
	}
	assert_int_equal(perfev_ring_open_memory(&ring, fake.memory, 64, 0, NULL), -EINVAL);
	assert_int_equal(perfev_ring_open_memory(&ring, fake.memory, fake.bytes, 64, NULL),
			 -EINVAL);
	fake_ring_end(&fake);
}

/* What follows a record that is none is not believed, and the reader goes on behind it. */
static void check_torn(size_t said, size_t there)
{
	const struct perf_event_header header = { .type = UNKNOWN, .size = (__u16)said };
	const void *bytes;
	struct fake_ring fake;
	size_t length;

	fake_ring_make(&fake, SIZE, SIZE, 0);
	fake_ring_put(&fake, UNKNOWN, 24, 5);
	fake_ring_write(&fake, fake.page->data_head, &header, sizeof(header));
	fake.page->data_head += there;
	assert_next(&fake, 24, 5);
	assert_int_equal(next_raw(&fake, &bytes, &length), -EBADMSG);
	assert_int_equal(losses_of(&fake).torn, 1);
	assert_int_equal(losses_of(&fake).torn_bytes, there);
	assert_none(&fake);
	assert_int_equal(fake.page->data_tail, fake.page->data_head);
	fake_ring_put(&fake, UNKNOWN, 32, 9);
	assert_next(&fake, 32, 9);
	assert_int_equal(perfev_losses_records(&(struct perfev_losses){ .torn = 1 }), 0);
	fake_ring_end(&fake);
}

static void a_size_of_0_or_past_the_head_is_torn_and_passed(void **state)
{
	(void)state;
	check_torn(0, 8);
	check_torn(0, 800);
	check_torn(7, 64);
	check_torn(65, 64);
	check_torn(65535, 64);
	check_torn(16, 8);
	check_torn(8, 4);
	check_torn(8, 1);
}

static void a_head_beyond_the_ring_is_an_overrun(void **state)
{
	const void *bytes;
	struct fake_ring fake;
	size_t length;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	fake.page->data_head = SIZE + 8;
	assert_int_equal(next_raw(&fake, &bytes, &length), -EOVERFLOW);
	assert_int_equal(losses_of(&fake).overruns, 1);
	assert_int_equal(losses_of(&fake).overrun_bytes, SIZE + 8);
	assert_int_equal(fake.page->data_tail, SIZE + 8);
	assert_none(&fake);
	/* One that went back, too. */
	fake.page->data_head = 8;
	assert_int_equal(next_raw(&fake, &bytes, &length), -EOVERFLOW);
	assert_int_equal(losses_of(&fake).overruns, 2);
	fake_ring_put(&fake, UNKNOWN, 16, 3);
	assert_next(&fake, 16, 3);
	fake_ring_end(&fake);
}

static void positions_are_of_64_bits_and_run_on(void **state)
{
	static const __u64 begins[] = { (1ULL << 31) - 16, (1ULL << 32) - 16, (1ULL << 63) - 16,
					~0ULL - 15 };
	struct perfev_span span;
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	for (size_t i = 0; i < 4; i++) {
		fake_ring_begin(&fake, begins[i]);
		for (unsigned int number = 0; number < 300; number++) {
			fake_ring_put(&fake, UNKNOWN, 48, number);
			assert_next(&fake, 48, number);
		}
		assert_none(&fake);
		assert_true(fake.page->data_tail == begins[i] + 300 * 48);
		/* Likewise as bytes, and no further than the ring is long. */
		fake_ring_begin(&fake, begins[i]);
		fake_ring_put(&fake, UNKNOWN, 48, 1);
		assert_int_equal(perfev_ring_filled(fake.ring), 48);
		assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 1);
		assert_int_equal(span.first_bytes + span.second_bytes, 48);
		fake.page->data_head += SIZE + 8;
		assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), -EOVERFLOW);
	}
	fake_ring_end(&fake);
}

static void the_room_is_given_back_by_and_by(void **state)
{
	unsigned int updates = 0;
	struct fake_ring fake;
	__u64 tail = 0;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	for (unsigned int i = 0; i < SIZE / 32; i++)
		fake_ring_put(&fake, UNKNOWN, 32, i);
	for (unsigned int i = 0; i < SIZE / 32; i++) {
		assert_next(&fake, 32, i);
		/* What is lent is not given back. */
		assert_true(fake.page->data_tail <= i * 32);
		updates += fake.page->data_tail != tail;
		tail = fake.page->data_tail;
	}
	assert_in_range(updates, 2, 8);
	perfev_ring_release(fake.ring);
	assert_int_equal(fake.page->data_tail, SIZE);
	fake_ring_end(&fake);
}

static void bytes_are_lent_in_two_pieces_at_most(void **state)
{
	struct perfev_span span;
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	fake_ring_begin(&fake, SIZE - 100 * 8);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 0);
	for (unsigned int i = 0; i < 50; i++)
		fake_ring_put(&fake, UNKNOWN, 24, i);
	assert_int_equal(perfev_ring_filled(fake.ring), 1200);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 1);
	assert_int_equal(span.first_bytes, 800);
	assert_int_equal(span.second_bytes, 400);
	assert_fake_record(span.first, 24, UNKNOWN, 24, 0);
	assert_fake_record((const char *)span.second + 400 - 24, 24, UNKNOWN, 24, 49);
	assert_int_equal(fake.page->data_tail, SIZE - 800);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 0);
	assert_int_equal(fake.page->data_tail, fake.page->data_head);
	/* What is whole comes before what is torn. */
	fake_ring_put(&fake, UNKNOWN, 24, 7);
	fake_ring_put_words(&fake, UNKNOWN, NULL, 0);
	memset(fake.data + (fake.page->data_head - 8) % SIZE, 0, 8);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 1);
	assert_int_equal(span.first_bytes, 24);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), -EBADMSG);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 0);
	fake_ring_end(&fake);
}

static void put_losses(struct fake_ring *fake)
{
	const __u64 lost[] = { 77, 1000 }, samples[] = { 30 }, throttle[] = { 1, 77, 78 };

	fake_ring_put_words(fake, PERF_RECORD_LOST, lost, 2);
	fake_ring_put_words(fake, PERF_RECORD_LOST, lost, 2);
	fake_ring_put_words(fake, PERF_RECORD_LOST_SAMPLES, samples, 1);
	fake_ring_put_words(fake, PERF_RECORD_THROTTLE, throttle, 3);
	fake_ring_put_words(fake, PERF_RECORD_UNTHROTTLE, throttle, 3);
}

static void assert_losses(const struct fake_ring *fake, __u64 times)
{
	const struct perfev_losses losses = losses_of(fake);

	assert_int_equal(losses.lost, 2000 * times);
	assert_int_equal(losses.lost_samples, 30 * times);
	assert_int_equal(losses.throttled, times);
	assert_int_equal(losses.unthrottled, times);
	assert_int_equal(perfev_losses_records(&losses), 2030 * times);
}

static void what_records_say_is_missing_adds_up_however_they_are_read(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	struct perfev_span span;
	struct fake_ring fake;
	const void *bytes;
	size_t length;

	(void)state;
	perfev_layout_init(&layout, &plain, 0);
	fake_ring_make(&fake, SIZE, SIZE, 0);
	put_losses(&fake);
	assert_losses(&fake, 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(perfev_ring_next(fake.ring, &record, &layout), 1);
	assert_losses(&fake, 1);
	put_losses(&fake);
	while (next_raw(&fake, &bytes, &length) > 0)
		;
	assert_losses(&fake, 2);
	put_losses(&fake);
	assert_int_equal(perfev_ring_next_bytes(fake.ring, &span), 1);
	assert_losses(&fake, 3);
	fake_ring_end(&fake);
}

static void a_sum_of_losses_has_every_field_of_both(void **state)
{
	struct perfev_losses sum, one;
	const __u64 *words = (const __u64 *)&sum;

	(void)state;
	for (size_t i = 0; i < sizeof(one) / 8; i++)
		((__u64 *)&one)[i] = i + 1;
	memset(&sum, 0, sizeof(sum));
	perfev_losses_add(&sum, &one);
	perfev_losses_add(&sum, &one);
	for (size_t i = 0; i < sizeof(one) / 8; i++)
		assert_int_equal(words[i], 2 * (i + 1));
	/* Which of both sources knows of more. */
	assert_int_equal(perfev_losses_records(&(struct perfev_losses){ .lost = 3, .counted = 5 }),
			 5);
	assert_int_equal(perfev_losses_records(&(struct perfev_losses){
				 .lost = 5, .counted = 3, .lost_samples = 2 }),
			 7);
}

/* Reads these words as if they were an event's, or a group's, and returns what is counted. */
static __u64 counted_in(const __u64 *words, size_t bytes, __u64 format)
{
	struct perfev_losses losses = { .lost = 3, .counted = 1000 };
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], words, bytes), bytes);
	close(ends[1]);
	assert_int_equal(perfev_losses_count(&losses, ends[0], format), 0);
	close(ends[0]);
	assert_int_equal(losses.lost, 3);
	return losses.counted - 1000;
}

static void what_events_count_as_lost_is_added_whatever_else_they_are_asked_for(void **state)
{
	const __u64 lost = PERF_FORMAT_LOST, group = PERF_FORMAT_GROUP | lost,
		    enabled = PERF_FORMAT_TOTAL_TIME_ENABLED,
		    running = PERF_FORMAT_TOTAL_TIME_RUNNING, id = PERF_FORMAT_ID;
	static const __u64 words[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256 };
	struct perfev_losses losses = { .lost = 0 };

	(void)state;
	assert_int_equal(counted_in(words, 16, lost), 2);
	assert_int_equal(counted_in(words, 24, lost | id), 4);
	assert_int_equal(counted_in(words, 24, lost | enabled), 4);
	assert_int_equal(counted_in(words, 32, lost | enabled | running), 8);
	assert_int_equal(counted_in(words, 40, lost | enabled | running | id), 16);
	/* The number of them, the times, and of each its value, id and losses. */
	assert_int_equal(counted_in(words, 24, group), 4);
	assert_int_equal(counted_in(words, 72, group), 4 | 16 | 64 | 256);
	assert_int_equal(counted_in(words, 64, group | running), 8 | 32 | 128);
	assert_int_equal(counted_in(words, 72, group | enabled | running | id), 32 | 256);
	/* Of an event that could not be scheduled nothing is read. */
	assert_int_equal(counted_in(words, 0, group | enabled), 0);
	assert_int_equal(counted_in(words, 72, enabled | running | id), 0);
	assert_int_equal(perfev_losses_count(&losses, -1, lost), -EBADF);
	assert_int_equal(perfev_losses_count(&losses, -1, 0), 0);
	assert_int_equal(losses.counted, 0);
}

static void a_record_of_bad_fields_is_an_error_and_the_next_one_comes(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	const __u64 ip = 0x1234;
	struct fake_ring fake;

	(void)state;
	perfev_layout_init(&layout, &plain, 0);
	fake_ring_make(&fake, SIZE, SIZE, 0);
	fake_ring_put_words(&fake, PERF_RECORD_SAMPLE, NULL, 0);
	fake_ring_put_words(&fake, PERF_RECORD_SAMPLE, &ip, 1);
	assert_int_equal(perfev_ring_next(fake.ring, &record, &layout), -EBADMSG);
	assert_string_equal(record.bad_field, "ip");
	assert_int_equal(perfev_ring_next(fake.ring, &record, &layout), 1);
	assert_int_equal(record.sample.ip, ip);
	fake_ring_end(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_is_whole_wherever_it_crosses_the_end),
		cmocka_unit_test(records_of_every_size_come_in_their_order),
		cmocka_unit_test(data_lies_where_the_page_says_in_pages_of_any_size),
		cmocka_unit_test(a_page_that_lies_about_its_data_is_EINVAL),
		cmocka_unit_test(a_size_of_0_or_past_the_head_is_torn_and_passed),
		cmocka_unit_test(a_head_beyond_the_ring_is_an_overrun),
		cmocka_unit_test(positions_are_of_64_bits_and_run_on),
		cmocka_unit_test(the_room_is_given_back_by_and_by),
		cmocka_unit_test(bytes_are_lent_in_two_pieces_at_most),
		cmocka_unit_test(what_records_say_is_missing_adds_up_however_they_are_read),
		cmocka_unit_test(a_sum_of_losses_has_every_field_of_both),
		cmocka_unit_test(
			what_events_count_as_lost_is_added_whatever_else_they_are_asked_for),
		cmocka_unit_test(a_record_of_bad_fields_is_an_error_and_the_next_one_comes),
	};

	return cmocka_run_group_tests_name("rings", tests, NULL, NULL);
}
