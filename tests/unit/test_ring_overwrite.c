/* SPDX-License-Identifier: MIT */
/*
 * Rings that are written over, and AUX areas, of memory. What must stay true: an overwritten ring
 * is mapped to be read only, so that a tail written into it is a fault.
 */
#include <errno.h>
#include <string.h>

#include "fake_ring.h"
#include "support.h"

#define SIZE 4096U
#define UNKNOWN 60U

static void assert_next(struct fake_ring *fake, size_t size, unsigned int number)
{
	const void *bytes = NULL;
	size_t length = 0;

	assert_int_equal(perfev_ring_next_raw(fake->ring, &bytes, &length), 1);
	assert_fake_record(bytes, length, UNKNOWN, size, number);
}

static void assert_none(struct fake_ring *fake)
{
	const void *bytes;
	size_t length;

	assert_int_equal(perfev_ring_next_raw(fake->ring, &bytes, &length), 0);
}

static void assert_nothing_is_missing(const struct fake_ring *fake)
{
	const struct perfev_losses none = { 0 };
	struct perfev_losses losses;

	perfev_ring_losses(fake->ring, &losses);
	assert_memory_equal(&losses, &none, sizeof(none));
}

static void a_backward_ring_gives_the_newest_first_while_it_is_paused(void **state)
{
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, PERFEV_RING_BACKWARD);
	for (unsigned int i = 0; i < 10; i++)
		fake_ring_put_backward(&fake, UNKNOWN, 16 + 8 * i, i);
	assert_none(&fake);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	for (unsigned int i = 10; i-- > 0;)
		assert_next(&fake, 16 + 8 * i, i);
	assert_none(&fake);
	assert_int_equal(perfev_ring_resume(fake.ring), 0);
	/* The next pause gives what came since. */
	fake_ring_put_backward(&fake, UNKNOWN, 48, 20);
	assert_none(&fake);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	assert_next(&fake, 48, 20);
	assert_none(&fake);
	assert_nothing_is_missing(&fake);
	fake_ring_end(&fake);
}

static void a_backward_ring_ends_where_its_oldest_record_is_cut(void **state)
{
	(void)state;
	/* Of 1 to 300 bytes more than fit, so that the cut goes everywhere through a record. */
	for (size_t more = 8; more <= 304; more += 8) {
		struct fake_ring fake;
		unsigned int number = 0;
		size_t written, read = 0;
		const void *bytes;
		size_t length;

		fake_ring_make(&fake, SIZE, SIZE, PERFEV_RING_BACKWARD);
		for (written = 0; written < 3 * SIZE; written += 296)
			fake_ring_put_backward(&fake, UNKNOWN, 296, number++);
		fake_ring_put_backward(&fake, UNKNOWN, more, number);
		assert_int_equal(perfev_ring_pause(fake.ring), 0);
		assert_next(&fake, more, number);
		while (perfev_ring_next_raw(fake.ring, &bytes, &length) > 0) {
			assert_fake_record(bytes, length, UNKNOWN, 296, --number);
			read += length;
		}
		assert_in_range(read, SIZE - more - 296 + 1, SIZE - more);
		assert_nothing_is_missing(&fake);
		fake_ring_end(&fake);
	}
}

static void a_forward_ring_that_is_written_over_tells_so(void **state)
{
	struct perfev_losses losses;
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, PERFEV_RING_OVERWRITE);
	fake_ring_put(&fake, UNKNOWN, 64, 1);
	assert_none(&fake);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	assert_next(&fake, 64, 1);
	assert_none(&fake);
	assert_int_equal(perfev_ring_resume(fake.ring), 0);
	for (unsigned int i = 0; i < SIZE / 64 + 1; i++)
		fake_ring_put(&fake, UNKNOWN, 64, i);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	assert_none(&fake);
	perfev_ring_losses(fake.ring, &losses);
	assert_int_equal(losses.overruns, 1);
	assert_int_equal(losses.overrun_bytes, SIZE + 64);
	assert_int_equal(perfev_ring_resume(fake.ring), 0);
	fake_ring_put(&fake, UNKNOWN, 64, 3);
	assert_int_equal(perfev_ring_pause(fake.ring), 0);
	assert_next(&fake, 64, 3);
	fake_ring_end(&fake);
}

/* AUX areas */

static unsigned char area[SIZE];

static void write_area(struct fake_ring *fake, __u64 from, __u64 to)
{
	for (; from < to; from++)
		area[from % SIZE] = (unsigned char)(from * 31 + (from >> 8));
	fake->page->aux_head = to;
}

static void assert_piece(const struct perfev_aux_piece *piece, __u64 offset, __u64 size, __u64 gap)
{
	assert_int_equal(piece->offset, offset);
	assert_int_equal(piece->size, size);
	assert_int_equal(piece->gap, gap);
	assert_int_equal(piece->span.first_bytes + piece->span.second_bytes, size);
	for (__u64 i = 0; i < size; i++) {
		const unsigned char *byte = (const unsigned char *)piece->span.first + i;

		if (i >= piece->span.first_bytes)
			byte = (const unsigned char *)piece->span.second + i -
			       piece->span.first_bytes;
		assert_int_equal(*byte, (unsigned char)((offset + i) * 31 + ((offset + i) >> 8)));
	}
}

static int get(struct perfev_aux *aux, __u64 offset, __u64 size, __u64 flags,
	       struct perfev_aux_piece *piece)
{
	const struct perfev_record_aux record = { offset, size, flags };

	return perfev_aux_get(aux, &record, piece);
}

static struct perfev_aux *open_area(struct fake_ring *fake, unsigned int flags)
{
	struct perfev_aux *aux;

	fake_ring_make(fake, SIZE, SIZE, 0);
	memset(area, 0, sizeof(area));
	assert_int_equal(perfev_aux_open_memory(&aux, fake->ring, area, SIZE, flags, NULL), 0);
	return aux;
}

static void bytes_of_a_trace_are_matched_to_records_and_the_tail_runs_on(void **state)
{
	struct perfev_aux_piece piece;
	struct fake_ring fake;
	struct perfev_aux *aux = open_area(&fake, 0);
	__u64 at = 0;

	(void)state;
	for (unsigned int i = 1; i < 200; at += 7 * i, i++) {
		write_area(&fake, at, at + 7 * i);
		assert_int_equal(get(aux, at, 7 * i, 0, &piece), 1);
		assert_piece(&piece, at, 7 * i, 0);
		perfev_aux_release(aux, at + 7 * i);
		assert_int_equal(fake.page->aux_tail, at + 7 * i);
	}
	assert_true(at > 10 * SIZE);
	/* Back, or to where nothing was written, it does not go. */
	perfev_aux_release(aux, 8);
	perfev_aux_release(aux, at + 1);
	assert_int_equal(fake.page->aux_tail, at);
	perfev_aux_close(aux);
	fake_ring_end(&fake);
}

static void gaps_and_what_is_cut_off_are_told_and_counted(void **state)
{
	struct perfev_aux_piece piece;
	struct perfev_losses losses;
	struct fake_ring fake;
	struct perfev_aux *aux = open_area(&fake, 0);

	(void)state;
	write_area(&fake, 0, 300);
	assert_int_equal(get(aux, 0, 100, PERF_AUX_FLAG_TRUNCATED, &piece), 1);
	assert_piece(&piece, 0, 100, 0);
	assert_int_equal(piece.flags, PERF_AUX_FLAG_TRUNCATED);
	assert_int_equal(get(aux, 200, 100, PERF_AUX_FLAG_PARTIAL, &piece), 1);
	assert_piece(&piece, 200, 100, 100);
	assert_int_equal(get(aux, 300, 0, PERF_AUX_FLAG_COLLISION, &piece), 0);
	/* Nobody wrote there. */
	assert_int_equal(get(aux, 300, 1, 0, &piece), -EBADMSG);
	assert_int_equal(get(aux, ~0ULL - 4, 8, 0, &piece), -EBADMSG);
	/* Written over: the first of 5000 bytes are gone, and then all. */
	write_area(&fake, 300, 5300);
	assert_int_equal(get(aux, 300, 5000, 0, &piece), 1);
	assert_piece(&piece, 5300 - SIZE, SIZE, 5000 - SIZE);
	write_area(&fake, 5300, 5300 + 3 * SIZE);
	assert_int_equal(get(aux, 5300, 100, 0, &piece), -EOVERFLOW);
	perfev_aux_losses(aux, &losses);
	assert_int_equal(losses.aux_truncated, 1);
	assert_int_equal(losses.aux_partial, 1);
	assert_int_equal(losses.aux_collided, 1);
	assert_int_equal(losses.aux_gaps, 3);
	assert_int_equal(losses.aux_gap_bytes, 100 + 5000 - SIZE + 100);
	assert_int_equal(losses.torn, 2);
	assert_int_equal(perfev_aux_snapshot(aux, &piece), -EINVAL);
	perfev_aux_close(aux);
	fake_ring_end(&fake);
}

static void what_was_given_back_before_it_was_asked_for_is_a_gap(void **state)
{
	struct perfev_aux_piece piece;
	struct perfev_losses losses;
	struct fake_ring fake;
	struct perfev_aux *aux = open_area(&fake, 0);

	(void)state;
	write_area(&fake, 0, 300);
	perfev_aux_release(aux, 120);
	assert_int_equal(get(aux, 0, 100, 0, &piece), -EOVERFLOW);
	assert_int_equal(get(aux, 100, 200, 0, &piece), 1);
	assert_piece(&piece, 120, 180, 20);
	perfev_aux_losses(aux, &losses);
	assert_int_equal(losses.aux_gaps, 2);
	assert_int_equal(losses.aux_gap_bytes, 120);
	perfev_aux_close(aux);
	fake_ring_end(&fake);
}

static void a_snapshot_has_the_oldest_byte_first(void **state)
{
	struct perfev_aux_piece piece;
	struct fake_ring fake;
	struct perfev_aux *aux = open_area(&fake, PERFEV_AUX_SNAPSHOT);

	(void)state;
	assert_int_equal(perfev_aux_snapshot(aux, &piece), 0);
	write_area(&fake, 0, 1000);
	assert_int_equal(perfev_aux_snapshot(aux, &piece), 1);
	assert_piece(&piece, 0, 1000, 0);
	write_area(&fake, 1000, 2 * SIZE + 77);
	assert_int_equal(perfev_aux_snapshot(aux, &piece), 1);
	assert_piece(&piece, SIZE + 77, SIZE, 0);
	assert_int_equal(get(aux, 0, 8, 0, &piece), -EINVAL);
	perfev_aux_release(aux, SIZE);
	assert_int_equal(fake.page->aux_tail, 0);
	/* A PMU that brings its head back: what lies behind it was written a round before. */
	fake.page->aux_head = 100;
	assert_int_equal(perfev_aux_snapshot(aux, &piece), 1);
	assert_int_equal(piece.size, SIZE);
	assert_ptr_equal(piece.span.first, area + 100);
	perfev_aux_close(aux);
	fake_ring_end(&fake);
}

static void an_area_that_cannot_be_is_EINVAL(void **state)
{
	struct perfev_aux *aux;
	struct fake_ring fake;

	(void)state;
	fake_ring_make(&fake, SIZE, SIZE, 0);
	assert_int_equal(perfev_aux_open_memory(&aux, fake.ring, area, 3000, 0, NULL), -EINVAL);
	assert_null(aux);
	assert_int_equal(perfev_aux_open_memory(&aux, fake.ring, area, SIZE, 8, NULL), -EINVAL);
	assert_int_equal(perfev_aux_open(&aux, fake.ring, 1, 0, NULL), -EINVAL);
	fake_ring_end(&fake);
}

/* Advice */

static void advice_grows_with_all_that_it_comes_from(void **state)
{
	struct perf_event_attr attr = { .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME };
	struct perfev_ring_advice small, large;

	(void)state;
	assert_int_equal(perfev_ring_advise(&attr, 1000, 1, 0, &small), 0);
	assert_int_equal(small.record_bytes, 24);
	assert_int_equal(small.records_per_ms, 2);
	assert_true(small.pages && !(small.pages & (small.pages - 1)));
	assert_int_equal(perfev_ring_advise(&attr, 64000, 1, 0, &large), 0);
	assert_true(large.bytes > 60 * small.bytes && large.pages > small.pages);
	assert_int_equal(perfev_ring_advise(&attr, 1000, 64, 0, &large), 0);
	assert_true(large.bytes > 60 * small.bytes);
	assert_int_equal(perfev_ring_advise(&attr, 1000, 1, 6400, &large), 0);
	assert_true(large.bytes > 60 * small.bytes);
	attr.sample_type |= PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_STACK_USER;
	attr.sample_stack_user = 65528;
	assert_int_equal(perfev_ring_advise(&attr, 1000, 1, 0, &large), 0);
	/* No record is longer. */
	assert_int_equal(large.record_bytes, 65528);
	assert_int_equal(perfev_ring_advise(NULL, 1, 1, 0, &large), -EINVAL);
	assert_int_equal(perfev_ring_advise(&attr, 0, 1, 0, &large), -EINVAL);
	assert_int_equal(perfev_ring_advise(&attr, 1, 0, 0, &large), -EINVAL);
	assert_int_equal(perfev_ring_advise(&attr, ~0ULL, ~0U, ~0U, &large), -E2BIG);
	assert_int_equal(perfev_ring_advise(&attr, 1ULL << 40, 1, ~0U, &large), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backward_ring_gives_the_newest_first_while_it_is_paused),
		cmocka_unit_test(a_backward_ring_ends_where_its_oldest_record_is_cut),
		cmocka_unit_test(a_forward_ring_that_is_written_over_tells_so),
		cmocka_unit_test(bytes_of_a_trace_are_matched_to_records_and_the_tail_runs_on),
		cmocka_unit_test(gaps_and_what_is_cut_off_are_told_and_counted),
		cmocka_unit_test(what_was_given_back_before_it_was_asked_for_is_a_gap),
		cmocka_unit_test(a_snapshot_has_the_oldest_byte_first),
		cmocka_unit_test(an_area_that_cannot_be_is_EINVAL),
		cmocka_unit_test(advice_grows_with_all_that_it_comes_from),
	};

	return cmocka_run_group_tests_name("rings written over, and areas", tests, NULL, NULL);
}
