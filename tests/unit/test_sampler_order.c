/* SPDX-License-Identifier: MIT */
/*
 * The order in which a sampler hands records out, of rings that a test fills: by time across rings
 * and within each, whatever interrupts wrote before its turn; and each record once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <perfev/ring.h>

#include "fake_kernel.h"
#include "fake_machines.h"
#include "support.h"

#define RINGS 3U
#define UNKNOWN 60U /* no kernel's type so far: a record of any length */
#define RECORDS 20000U

static struct perfev_events *events;

static int set_up(void **state)
{
	fake_machines_begin(state);
	events = parse(&server, "faults:u");
	return 0;
}

static int tear_down(void **state)
{
	perfev_events_free(events);
	return fake_machines_end(state);
}

/* A sampler of so many rings of a page, which begin at a position. */
static struct perfev_sampler *open_rings(unsigned int count, __u64 position, int unordered)
{
	const struct perfev_sample_options options = {
		.size = sizeof(options), .pages = 1, .unordered = unordered != 0
	};
	struct perfev_target targets[RINGS];
	struct perfev_sampler *sampler;

	for (unsigned int i = 0; i < count; i++)
		targets[i] = perfev_thread(getpid());
	fake_maps_made = fake_waited = 0;
	fake_position = position;
	if (perfev_sampler_open_events(&sampler, events, targets, count, &options, &server.why) < 0)
		fail_msg("%s", server.why.text);
	assert_int_equal(perfev_sampler_ring_count(sampler), count);
	return sampler;
}

static int has_room(unsigned int ring, size_t bytes)
{
	const struct perf_event_mmap_page *page = fake_maps[ring];

	return page->data_head - page->data_tail + bytes <= (size_t)sysconf(_SC_PAGESIZE);
}

static void put_bytes(unsigned int ring, const void *bytes, size_t length)
{
	const size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct perf_event_mmap_page *page = fake_maps[ring];
	unsigned char *data = (unsigned char *)page + size;

	for (size_t i = 0; i < length; i++)
		data[(page->data_head + i) % size] = ((const unsigned char *)bytes)[i];
	page->data_head += length;
}

/* A sample whose address is number, and whose last word is last. */
static void put_sample(unsigned int ring, __u64 time, __u64 number, __u64 last)
{
	const struct perf_event_header header = { .type = PERF_RECORD_SAMPLE, .size = 48 };
	__u64 words[] = { 0, number, 1, time, ring, last };

	memcpy(words, &header, sizeof(header));
	put_bytes(ring, words, sizeof(words));
}

/* A record of so many words that is no sample: it ends with its thread, time and CPU. */
static void put_other(unsigned int ring, __u32 type, __u64 time, const __u64 *words, size_t count)
{
	const struct perf_event_header header = { .type = type, .size = (__u16)(32 + 8 * count) };
	const __u64 trailer[] = { 1, time, ring };

	put_bytes(ring, &header, sizeof(header));
	put_bytes(ring, words, 8 * count);
	put_bytes(ring, trailer, sizeof(trailer));
}

static struct perfev_losses losses_of(const struct perfev_sampler *sampler)
{
	struct perfev_losses losses;

	memset(&losses, 0, sizeof(losses));
	for (unsigned int i = 0; i < perfev_sampler_ring_count(sampler); i++) {
		struct perfev_losses one;

		perfev_ring_losses(perfev_sampler_ring(sampler, i), &one);
		perfev_losses_add(&losses, &one);
	}
	return losses;
}

/* Takes one whose time must be this. */
static void assert_time(struct perfev_sampler *sampler, __u64 time)
{
	struct perfev_record record = PERFEV_RECORD_INIT;

	assert_int_equal(perfev_sampler_next(sampler, &record, 0), 1);
	assert_int_equal(record.time, time);
}

static void assert_none(struct perfev_sampler *sampler)
{
	struct perfev_record record = PERFEV_RECORD_INIT;

	assert_int_equal(perfev_sampler_next(sampler, &record, 0), 0);
}

/* Writes times that count up into rings as they come, samples and others of all lengths. */
static unsigned int put_some(unsigned int rings, unsigned int from)
{
	static const __u64 filler[64];
	unsigned int number = from;

	for (; number < RECORDS; number++) {
		const unsigned int ring = (unsigned int)rand() % rings;
		const size_t words = (size_t)rand() % 64;

		if (!has_room(ring, 32 + 8 * words) || !has_room(ring, 48))
			break;
		if (rand() % 4)
			put_sample(ring, number + 1, number, 0);
		else
			put_other(ring, UNKNOWN, number + 1, filler, words);
	}
	return number;
}

static void check_order(unsigned int rings, __u64 position)
{
	struct perfev_sampler *sampler = open_rings(rings, position, 0);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int put = 0, got = 0;

	while (got < RECORDS) {
		put = put_some(rings, put);
		assert_true(put > got);
		while (perfev_sampler_next(sampler, &record, 0) > 0) {
			assert_int_equal(record.time, ++got);
			if (record.type == PERF_RECORD_SAMPLE)
				assert_int_equal(record.sample.ip, got - 1);
			else
				assert_int_equal(record.tail.length, record.size - 32);
		}
		assert_int_equal(got, put);
		for (unsigned int i = 0; i < rings; i++)
			assert_true(fake_maps[i]->data_tail == fake_maps[i]->data_head);
	}
	perfev_sampler_close(sampler);
}

static void records_come_in_the_order_of_time_across_rings(void **state)
{
	(void)state;
	check_order(1, 0);
	check_order(2, 24);
	check_order(RINGS, 0);
	/* Positions are of 64 bits, and go round. */
	check_order(RINGS, (1ULL << 32) - 4096);
	check_order(RINGS, ~0ULL - 4095);
}

static void what_interrupts_wrote_before_its_turn_is_handed_out_at_its_turn(void **state)
{
	(void)state;
	for (unsigned int rings = 1; rings <= RINGS; rings++) {
		struct perfev_sampler *sampler = open_rings(rings, 8, 0);
		struct perfev_losses losses;
		unsigned int time = 1, next = 1;

		/* The outermost of up to eight that are nested is written last. */
		while (time < RECORDS) {
			const unsigned int ring = (unsigned int)rand() % rings;
			const unsigned int nested = (unsigned int)rand() % 8;

			/* Until the sampler has given back what it handed out, and no more. */
			while (!has_room(ring, 8 * 48))
				assert_time(sampler, next++);
			for (unsigned int i = nested + 1; i-- > 0;)
				put_sample(ring, time + i, 0, 0);
			time += nested + 1;
		}
		while (next < time)
			assert_time(sampler, next++);
		assert_none(sampler);
		assert_int_equal(perfev_sampler_losses(sampler, &losses), 0);
		assert_int_equal(losses.late, 0);
		perfev_sampler_close(sampler);
	}
}

static void what_comes_later_than_that_is_handed_out_late_and_counted(void **state)
{
	struct perfev_sampler *sampler = open_rings(2, 0, 0);
	struct perfev_losses losses;

	(void)state;
	for (unsigned int i = 0; i < 40; i++)
		put_sample(0, 100 + i, 0, 0);
	put_sample(0, 50, 0, 0);
	put_sample(1, 120, 0, 0);
	for (unsigned int i = 0, late = 0; i < 42; i++) {
		struct perfev_record record = PERFEV_RECORD_INIT;

		assert_int_equal(perfev_sampler_next(sampler, &record, 0), 1);
		late += record.time == 50;
		assert_true(i < 41 || late == 1);
	}
	assert_none(sampler);
	assert_int_equal(perfev_sampler_losses(sampler, &losses), 0);
	assert_int_equal(losses.late, 1);
	perfev_sampler_close(sampler);
}

/* Either way. */
static void check_losses(int unordered)
{
	const __u64 lost[] = { 77, 1000 }, throttle[] = { 1, 77, 78 };
	struct perfev_sampler *sampler = open_rings(2, 0, unordered);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int count = 0;

	for (unsigned int ring = 0; ring < 2; ring++) {
		put_sample(ring, 10, 0, 0);
		put_other(ring, PERF_RECORD_LOST, 20, lost, 2);
		put_other(ring, PERF_RECORD_LOST_SAMPLES, 30, lost, 1);
		put_other(ring, PERF_RECORD_THROTTLE, 40, throttle, 3);
		put_other(ring, PERF_RECORD_UNTHROTTLE, 50, throttle, 3);
		put_sample(ring, 60, 0, 0);
	}
	while (perfev_sampler_next(sampler, &record, 0) > 0)
		count++;
	assert_int_equal(count, 12);
	assert_int_equal(losses_of(sampler).lost, 2000);
	assert_int_equal(losses_of(sampler).lost_samples, 2 * 77);
	assert_int_equal(losses_of(sampler).throttled, 2);
	assert_int_equal(losses_of(sampler).unthrottled, 2);
	perfev_sampler_close(sampler);
}

static void what_is_missing_is_counted_once_in_either_order(void **state)
{
	(void)state;
	check_losses(0);
	check_losses(1);
}

static void check_torn(int unordered)
{
	struct perfev_sampler *sampler = open_rings(2, 0, unordered);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int count = 0, errors = 0;
	const __u64 zero = 0;
	int result;

	for (unsigned int i = 0; i < 20; i++)
		put_sample(i % 2, 100 + i, 0, 0);
	put_bytes(0, &zero, sizeof(zero));
	put_sample(0, 200, 0, 0);
	while ((result = perfev_sampler_next(sampler, &record, 0)) != 0) {
		assert_true(result == 1 || result == -EBADMSG);
		count += result == 1;
		errors += result < 0;
	}
	assert_int_equal(count, 20);
	assert_int_equal(errors, 1);
	assert_int_equal(losses_of(sampler).torn, 1);
	assert_int_equal(losses_of(sampler).torn_bytes, 8 + 48);
	put_sample(0, 300, 0, 0);
	assert_time(sampler, 300);
	perfev_sampler_close(sampler);
}

static void a_torn_ring_costs_what_is_torn_and_nothing_else(void **state)
{
	(void)state;
	check_torn(0);
	check_torn(1);
}

static void a_record_too_short_for_a_time_has_none(void **state)
{
	const struct perf_event_header header = { .type = UNKNOWN, .size = 8 };
	struct perfev_sampler *sampler = open_rings(1, 0, 0);
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_losses losses;

	(void)state;
	/* The word before it must not be taken for its time. */
	put_sample(0, 100, 0, 1000);
	put_bytes(0, &header, sizeof(header));
	put_sample(0, 200, 0, 0);
	assert_int_equal(perfev_sampler_next(sampler, &record, 0), -EBADMSG);
	assert_time(sampler, 100);
	assert_time(sampler, 200);
	assert_int_equal(perfev_sampler_losses(sampler, &losses), 0);
	assert_int_equal(losses.late, 0);
	perfev_sampler_close(sampler);
}

static void bytes_and_the_end_may_be_told_of_together(void **state)
{
	(void)state;
	for (int unordered = 0; unordered < 2; unordered++) {
		struct perfev_sampler *sampler = open_rings(2, 0, unordered);

		put_sample(0, 1, 0, 0);
		put_sample(1, 2, 0, 0);
		assert_int_equal(perfev_sampler_ended(sampler), 0);
		fake_ready = EPOLLIN | EPOLLHUP;
		assert_time(sampler, 1);
		assert_time(sampler, 2);
		assert_none(sampler);
		assert_int_equal(perfev_sampler_ended(sampler), 1);
		assert_none(sampler);
		fake_ready = 0;
		perfev_sampler_close(sampler);
	}
}

static void unordered_each_record_comes_once(void **state)
{
	struct perfev_sampler *sampler = open_rings(RINGS, 24, 1);
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int put = 0, got = 0;
	static unsigned char seen[RECORDS + 1];

	(void)state;
	while (got < RECORDS) {
		put = put_some(RINGS, put);
		for (; perfev_sampler_next(sampler, &record, 0) > 0; got++)
			assert_int_equal(seen[record.time]++, 0);
		assert_int_equal(got, put);
	}
	perfev_sampler_close(sampler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_the_order_of_time_across_rings),
		cmocka_unit_test(what_interrupts_wrote_before_its_turn_is_handed_out_at_its_turn),
		cmocka_unit_test(what_comes_later_than_that_is_handed_out_late_and_counted),
		cmocka_unit_test(what_is_missing_is_counted_once_in_either_order),
		cmocka_unit_test(a_torn_ring_costs_what_is_torn_and_nothing_else),
		cmocka_unit_test(a_record_too_short_for_a_time_has_none),
		cmocka_unit_test(bytes_and_the_end_may_be_told_of_together),
		cmocka_unit_test(unordered_each_record_comes_once),
	};

	return cmocka_run_group_tests_name("samplers' order", tests, set_up, tear_down);
}
