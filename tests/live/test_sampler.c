/* SPDX-License-Identifier: MIT */
/*
 * Samplers of this thread: what they hand out, in which order, what they say is missing, and how
 * they wait. What must stay true: the faults are the test's own, so that their number is known.
 */
#include "sampling.h"

#include <poll.h>
#include <time.h>

static void every_fault_is_handed_out_once(void **state)
{
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_self(), NULL, "page-faults");
	struct perfev_losses losses;
	struct tally tally;

	(void)state;
	warm_up(sampler);
	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, getpid()), 0);
	assert_in_range(tally.samples, PAGES, PAGES + STRAY);
	assert_int_equal(tally.of_self, tally.samples);
	assert_int_equal(tally.backwards, 0);
	losses = sampler_losses(sampler);
	assert_int_equal(perfev_losses_records(&losses), 0);
	assert_int_equal(perfev_sampler_ended(sampler), 0);
	perfev_sampler_close(sampler);
}

static void what_is_under_it_is_reachable(void **state)
{
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u,minor-faults:u", perfev_self(), NULL, "page-faults");
	unsigned int event, instance;
	struct tally tally;

	(void)state;
	assert_int_equal(perfev_sampler_event_count(sampler), 2);
	assert_int_equal(perfev_sampler_instance_count(sampler), 1);
	assert_int_equal(perfev_sampler_ring_count(sampler), 1);
	assert_int_equal(perfev_sampler_instance(sampler, 0)->pid, getpid());
	assert_int_equal(perfev_sampler_ring_instance(sampler, 0)->cpu, -1);
	assert_int_equal(perfev_ring_fd(perfev_sampler_ring(sampler, 0)),
			 perfev_sampler_fd(sampler, 0, 0));
	for (unsigned int i = 0; i < 2; i++) {
		assert_true(perfev_sampler_fd(sampler, i, 0) >= 0);
		assert_int_equal(perfev_sampler_find(sampler, perfev_sampler_id(sampler, i, 0),
						     &event, &instance),
				 1);
		assert_int_equal(event, i);
		assert_int_equal(instance, 0);
		assert_true(perfev_sampler_attr(sampler, i)->sample_type & PERF_SAMPLE_IDENTIFIER);
		assert_true(perfev_sampler_layout(sampler, i)->sample_type ==
			    perfev_sampler_attr(sampler, i)->sample_type);
	}
	assert_null(perfev_sampler_attr(sampler, 2));
	/* Several events on one ring, told apart by their ids. */
	warm_up(sampler);
	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	assert_in_range(tally.of_event[0], PAGES, PAGES + STRAY);
	assert_in_range(tally.of_event[1], PAGES, PAGES + STRAY);
	perfev_sampler_close(sampler);
}

/* Takes all, and counts samples by event; last is the leader's count in the sample before. */
static void take_layouts(struct perfev_sampler *sampler, unsigned int of[3], __u64 *last)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_value value;
	unsigned int event;

	memset(of, 0, 3 * sizeof(*of));
	while (perfev_sampler_next(sampler, &record, 0) > 0) {
		assert_int_equal(perfev_sampler_find(sampler, record.id, &event, NULL), 1);
		of[event]++;
		if (event)
			continue;
		/* The leader's samples have the group's counts: its own goes up one by one. */
		assert_int_equal(record.sample.read.count, 2);
		assert_int_equal(perfev_values_get(&record.sample.read, 0, &value), 1);
		assert_int_equal(value.value, *last + 1);
		assert_int_equal(value.id, record.id);
		*last = value.value;
	}
}

static void events_of_different_layouts_share_a_ring(void **state)
{
	struct perfev_sampler *sampler =
		sampler_or_skip("{page-faults:u,task-clock:u}:S,minor-faults:u", perfev_self(),
				NULL, "page-faults");
	unsigned int of[3];
	__u64 last = 0;

	(void)state;
	/* As in warm_up(). */
	for (int round = 0; round < 2; round++) {
		fault_pages(PAGES);
		take_layouts(sampler, of, &last);
	}
	assert_in_range(of[0], PAGES, PAGES + STRAY);
	assert_int_equal(of[1], 0);
	assert_in_range(of[2], PAGES, PAGES + STRAY);
	perfev_sampler_close(sampler);
}

static void a_full_ring_loses_and_both_sources_say_how_much(void **state)
{
	struct perfev_sampler *sampler =
		sampler_or_skip("page-faults:u", perfev_self(), OPTIONS(.pages = 1), "page-faults");
	const unsigned int pages = (unsigned int)sysconf(_SC_PAGESIZE) / 48 + 1000;
	struct perfev_losses losses;
	struct tally tally, rest;

	(void)state;
	assert_null(perfev_sampler_shrunk(sampler));
	warm_up(sampler);
	fault_pages(pages);
	/* Events know of it before a record says so, which comes with the next one that fits. */
	losses = sampler_losses(sampler);
	if (perfev_sampler_attr(sampler, 0)->read_format & PERF_FORMAT_LOST)
		assert_in_range(losses.counted, 1000, 1000 + STRAY);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	fault_pages(1);
	assert_int_equal(take_all(sampler, &rest, 0, 0), 0);
	losses = sampler_losses(sampler);
	assert_in_range(losses.lost, 1000, 1000 + STRAY);
	assert_int_equal(perfev_losses_records(&losses), losses.lost);
	assert_in_range(tally.samples + losses.lost, pages, pages + STRAY);
	if (perfev_sampler_attr(sampler, 0)->read_format & PERF_FORMAT_LOST)
		assert_int_equal(losses.counted, losses.lost);
	perfev_sampler_close(sampler);
}

static void the_advised_ring_loses_nothing_and_a_small_one_does(void **state)
{
	const unsigned int hz = 20000, latency_ms = 100, faults = hz * latency_ms / 1000;
	struct perfev_sampler *sampler = sampler_or_skip(
		"page-faults:u", perfev_self(), OPTIONS(.stopped = 1, .pages = 1), "page-faults");
	struct perfev_ring_advice advice;
	struct perfev_losses losses;
	struct tally tally;

	(void)state;
	assert_int_equal(
		perfev_ring_advise(perfev_sampler_attr(sampler, 0), hz, 1, latency_ms, &advice), 0);
	perfev_sampler_close(sampler);
	if (advice.pages < 16)
		skip_without("small-pages", "one page has room for all of it");
	for (int is_small = 0; is_small < 2; is_small++) {
		sampler = sampler_or_skip(
			"page-faults:u", perfev_self(),
			OPTIONS(.pages = is_small ? advice.pages / 16 : advice.pages),
			"page-faults");
		/* All of the reader's latency long, nobody reads. */
		fault_pages(faults);
		assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
		fault_pages(1);
		assert_int_equal(take_all(sampler, &(struct tally){ 0 }, 0, 0), 0);
		losses = sampler_losses(sampler);
		assert_int_equal(perfev_losses_records(&losses) > 0, is_small);
		perfev_sampler_close(sampler);
	}
}

static void an_overwriting_sampler_keeps_the_newest(void **state)
{
	const unsigned int pages = 3 * (unsigned int)sysconf(_SC_PAGESIZE) / 48;
	struct perfev_sampler *sampler = sampler_or_skip(
		"page-faults:u", perfev_self(), OPTIONS(.pages = 1, .overwrite = 1), "page-faults");
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int samples = 0;
	__u64 last = ~0ULL;

	(void)state;
	fault_pages(pages);
	assert_int_equal(perfev_sampler_next(sampler, &record, 0), 0);
	assert_int_equal(perfev_sampler_pause(sampler), 0);
	while (perfev_sampler_next(sampler, &record, 0) > 0) {
		assert_true(record.time <= last);
		last = record.time;
		samples += record.type == PERF_RECORD_SAMPLE;
	}
	assert_in_range(samples, pages / 3 - 2, pages / 3);
	assert_int_equal(perfev_sampler_resume(sampler), 0);
	fault_pages(5);
	assert_int_equal(perfev_sampler_pause(sampler), 0);
	for (samples = 0; perfev_sampler_next(sampler, &record, 0) > 0; samples++)
		;
	assert_in_range(samples, 5, 5 + STRAY);
	perfev_sampler_close(sampler);
}

static void a_stopped_sampler_starts_and_stops(void **state)
{
	struct perfev_sampler *sampler = sampler_or_skip(
		"page-faults:u", perfev_self(), OPTIONS(.stopped = 1), "page-faults");
	struct tally tally;

	(void)state;
	fault_pages(PAGES);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	assert_int_equal(tally.samples, 0);
	/* As in warm_up(). */
	for (int round = 0; round < 2; round++) {
		assert_int_equal(perfev_sampler_start(sampler), 0);
		fault_pages(PAGES);
		assert_int_equal(perfev_sampler_stop(sampler), 0);
		fault_pages(PAGES);
		assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	}
	assert_in_range(tally.samples, PAGES, PAGES + STRAY);
	perfev_sampler_close(sampler);
}

static __u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1000ULL * (__u64)now.tv_sec + (__u64)now.tv_nsec / 1000000;
}

static void it_waits_as_long_as_it_was_told(void **state)
{
	struct perfev_sampler *sampler = sampler_or_skip(
		"page-faults:u", perfev_self(), OPTIONS(.stopped = 1), "page-faults");
	struct perfev_record record = PERFEV_RECORD_INIT;
	__u64 begin = now_ms();

	(void)state;
	assert_int_equal(perfev_sampler_next(sampler, &record, 30), 0);
	assert_int_equal(perfev_sampler_wait(sampler, 30), 0);
	assert_true(now_ms() - begin >= 58);
	perfev_sampler_close(sampler);
}

static void its_descriptor_is_readable_when_the_watermark_is_reached(void **state)
{
	struct perfev_sampler *sampler = sampler_or_skip(
		"page-faults:u", perfev_self(), OPTIONS(.wakeup_events = 4), "page-faults");
	struct pollfd poll_fd = { .fd = perfev_sampler_poll_fd(sampler), .events = POLLIN };
	struct tally tally;

	(void)state;
	fault_pages(4);
	assert_int_equal(poll(&poll_fd, 1, 10000), 1);
	assert_int_equal(poll_fd.revents, POLLIN);
	assert_int_equal(perfev_sampler_wait(sampler, 0), 1);
	assert_int_equal(take_all(sampler, &tally, 0, 0), 0);
	assert_in_range(tally.samples, 4, 4 + STRAY);
	perfev_sampler_close(sampler);
}

static void an_unknown_event_is_said_in_words(void **state)
{
	struct perfev_sampler *sampler;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_sampler_open(&sampler, "page-fault", perfev_self(), NULL, &why),
			 -ENOENT);
	assert_null(sampler);
	assert_int_equal(
		perfev_sampler_open(&sampler, "dummy", perfev_thread(0x7ffffff0), NULL, &why),
		-ESRCH);
	assert_null(sampler);
	assert_int_equal(
		perfev_sampler_open(&sampler, "dummy", perfev_self(), OPTIONS(.pages = 3), &why),
		-EINVAL);
	assert_null(sampler);
	assert_string_equal(why.field, "pages");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_is_handed_out_once),
		cmocka_unit_test(what_is_under_it_is_reachable),
		cmocka_unit_test(events_of_different_layouts_share_a_ring),
		cmocka_unit_test(a_full_ring_loses_and_both_sources_say_how_much),
		cmocka_unit_test(the_advised_ring_loses_nothing_and_a_small_one_does),
		cmocka_unit_test(an_overwriting_sampler_keeps_the_newest),
		cmocka_unit_test(a_stopped_sampler_starts_and_stops),
		cmocka_unit_test(it_waits_as_long_as_it_was_told),
		cmocka_unit_test(its_descriptor_is_readable_when_the_watermark_is_reached),
		cmocka_unit_test(an_unknown_event_is_said_in_words),
	};

	return cmocka_run_group_tests_name("samplers", tests, NULL, NULL);
}
