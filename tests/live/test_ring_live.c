/* SPDX-License-Identifier: MIT */
/*
 * Rings that the kernel fills, by the library: of page faults, and in the lab of the test PMUs,
 * whose samples and traces are known to the byte.
 */
#include "pmu.h"
#include "sampling.h"

#include <fcntl.h>

/* Opens an event and its ring. */
static struct perfev_ring *open_ring(int fd, unsigned int pages, unsigned int flags)
{
	struct perfev_ring *ring;
	struct perfev_why why;

	if (perfev_ring_open(&ring, fd, pages, flags, &why) < 0)
		fail_msg("%s", why.text);
	return ring;
}

/* Takes all there is in a ring of this process's faults. Returns how many samples that were. */
static unsigned int take_faults(struct perfev_ring *ring, const struct perfev_layout *layout)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int samples = 0;

	for (; perfev_ring_next(ring, &record, layout) > 0; samples++) {
		assert_int_equal(record.type, PERF_RECORD_SAMPLE);
		assert_int_equal(record.pid, getpid());
		assert_true(record.sample.addr);
	}
	assert_int_equal(perfev_ring_filled(ring), 0);
	return samples;
}

static void records_come_in_place_across_many_rounds_of_the_ring(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.sample_period = 1,
		       .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_TID);
	struct perfev_layout layout;
	struct perfev_losses losses;
	struct perfev_ring *ring;
	unsigned int samples = 0, turns = 0;
	int fd = open_faults(attr);

	(void)state;
	perfev_layout_init(&layout, &attr, 0);
	ring = open_ring(fd, 1, 0);
	assert_int_equal(perfev_ring_fd(ring), fd);
	/* What is used for the first time is faulted by the way: that round is not measured. */
	fault_pages(PAGES);
	take_faults(ring, &layout);
	/* 32 bytes each: what is 20 times round, record by record across the end. */
	for (; turns < 20 * perfev_ring_bytes(ring) / (32 * PAGES); turns++) {
		fault_pages(PAGES);
		samples += take_faults(ring, &layout);
	}
	assert_in_range(samples, turns * PAGES, turns * (PAGES + STRAY));
	perfev_ring_losses(ring, &losses);
	assert_int_equal(perfev_losses_records(&losses) + losses.torn + losses.overruns, 0);
	perfev_ring_close(ring);
	close(fd);
}

static void what_a_full_ring_lost_is_counted_by_its_event_and_told_by_a_record(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR,
		       .read_format = PERF_FORMAT_ID | PERF_FORMAT_LOST);
	const unsigned int fit = (unsigned int)(sysconf(_SC_PAGESIZE) - 1) / 24;
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	struct perfev_losses losses;
	struct perfev_ring *ring;
	int fd;

	(void)state;
	close(open_faults((struct perf_event_attr)FAULTS(.sample_period = 1)));
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		skip_without("format_lost", "this kernel does not know PERF_FORMAT_LOST");
	perfev_layout_init(&layout, &attr, 0);
	ring = open_ring(fd, 1, 0);
	fault_pages(PAGES);
	while (perfev_ring_next(ring, &record, &layout) > 0)
		;
	fault_pages(fit + PAGES);
	/* No record says so before there is room for one. */
	perfev_ring_losses(ring, &losses);
	assert_int_equal(losses.lost, 0);
	assert_int_equal(perfev_losses_count(&losses, fd, attr.read_format), 0);
	assert_in_range(perfev_losses_records(&losses), PAGES, PAGES + STRAY);
	while (perfev_ring_next(ring, &record, &layout) > 0)
		;
	fault_pages(1);
	while (perfev_ring_next(ring, &record, &layout) > 0)
		;
	perfev_ring_losses(ring, &losses);
	assert_in_range(losses.lost, PAGES, PAGES + STRAY);
	assert_int_equal(perfev_losses_count(&losses, fd, attr.read_format), 0);
	assert_int_equal(losses.counted, losses.lost);
	assert_int_equal(perfev_losses_records(&losses), losses.lost);
	perfev_ring_close(ring);
	close(fd);
}

static void a_ring_that_cannot_be_is_refused_in_words(void **state)
{
	struct perf_event_attr attr = FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP);
	int fd = open_faults(attr), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct perfev_ring *ring;
	struct perfev_aux *aux;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_ring_open(&ring, fd, 3, 0, &why), -EINVAL);
	assert_null(ring);
	assert_string_equal(why.field, "pages");
	assert_true(perfev_ring_open(&ring, null, 1, 0, &why) < 0);
	assert_null(ring);
	assert_true(why.text[0]);
	ring = open_ring(fd, 1, 0);
	/* No trace is written of page faults. */
	assert_int_equal(perfev_aux_open(&aux, ring, 1, 0, &why), -EOPNOTSUPP);
	assert_null(aux);
	assert_int_equal(why.cause, PERFEV_CAUSE_MACHINE);
	perfev_ring_close(ring);
	close(null);
	close(fd);
}

/* Samples of the test PMU */

static void samples_of_hardware_come_to_the_last_one(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		0, .config = 1, .sample_period = 10,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD);
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	struct perfev_ring *ring;
	unsigned int samples = 0;
	__u64 last = 0;
	int fd;

	(void)state;
	attr.type = test_pmu_or_skip("perfev_test", "test-pmu");
	fd = open_or_skip(&attr, "test-pmu");
	perfev_layout_init(&layout, &attr, 0);
	ring = open_ring(fd, 2, 0);
	hit("perfev_test", "1 1000");
	while (perfev_ring_next(ring, &record, &layout) > 0) {
		assert_int_equal(record.type, PERF_RECORD_SAMPLE);
		assert_int_equal(record.sample.period, 10);
		assert_true(record.time >= last);
		last = record.time;
		samples++;
	}
	assert_int_equal(samples, 100);
	perfev_ring_close(ring);
	close(fd);
}

/* Traces of the test PMU, which writes a byte known beforehand at every position */

struct trace {
	int fd;
	struct perfev_ring *ring;
	struct perfev_aux *aux;
	struct perfev_layout layout;
	size_t bytes;
};

static struct trace open_trace(unsigned int flags)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(0, .disabled = 1);
	struct perfev_why why;
	struct trace trace;

	attr.type = test_pmu_or_skip("perfev_aux", "test-aux");
	trace.fd = open_or_skip(&attr, "test-aux");
	perfev_layout_init(&trace.layout, &attr, 0);
	trace.ring = open_ring(trace.fd, 2, 0);
	if (perfev_aux_open(&trace.aux, trace.ring, 2, flags, &why) < 0)
		fail_msg("%s", why.text);
	perfev_aux_area(trace.aux, &trace.bytes);
	assert_int_equal(trace.bytes, 2 * (size_t)sysconf(_SC_PAGESIZE));
	return trace;
}

static void close_trace(struct trace *trace)
{
	perfev_aux_close(trace->aux);
	perfev_ring_close(trace->ring);
	close(trace->fd);
}

static void run_trace(const struct trace *trace, unsigned long long bytes)
{
	assert_int_equal(perf_event_ioc_enable(trace->fd, 0), 0);
	hit("perfev_aux", "%llu", bytes);
	assert_int_equal(perf_event_ioc_disable(trace->fd, 0), 0);
}

static void check_bytes(const struct perfev_aux_piece *piece)
{
	for (__u64 i = 0; i < piece->size; i++) {
		const __u64 at = piece->offset + i;
		const unsigned char *byte =
			i < piece->span.first_bytes ?
				(const unsigned char *)piece->span.first + i :
				(const unsigned char *)piece->span.second + i -
					piece->span.first_bytes;

		assert_int_equal(*byte, (unsigned char)(at * 31 + (at >> 8) * 17));
	}
}

static void records_of_a_trace_are_matched_to_their_bytes_as_it_runs_on(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_aux_piece piece;
	struct perfev_losses losses;
	struct trace trace = open_trace(0);
	__u64 traced = 0;

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		run_trace(&trace, trace.bytes * 3 / 4);
		while (perfev_ring_next(trace.ring, &record, &trace.layout) > 0) {
			if (record.type != PERF_RECORD_AUX)
				continue;
			assert_int_equal(perfev_aux_get(trace.aux, &record.aux, &piece), 1);
			assert_int_equal(piece.offset, traced);
			assert_int_equal(piece.gap, 0);
			check_bytes(&piece);
			traced += piece.size;
			perfev_aux_release(trace.aux, traced);
		}
		assert_int_equal(traced, (i + 1) * (trace.bytes * 3 / 4));
	}
	perfev_aux_losses(trace.aux, &losses);
	assert_int_equal(losses.aux_truncated + losses.aux_gaps + losses.torn, 0);
	close_trace(&trace);
}

static void a_full_area_is_told_of(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_aux_piece piece;
	struct perfev_losses losses;
	struct trace trace = open_trace(0);
	__u64 traced = 0;

	(void)state;
	run_trace(&trace, 3 * trace.bytes);
	while (perfev_ring_next(trace.ring, &record, &trace.layout) > 0) {
		if (record.type != PERF_RECORD_AUX)
			continue;
		assert_int_equal(perfev_aux_get(trace.aux, &record.aux, &piece), 1);
		check_bytes(&piece);
		traced += piece.size;
	}
	/* The kernel keeps a byte free. */
	assert_int_equal(traced, trace.bytes - 1);
	perfev_aux_losses(trace.aux, &losses);
	assert_int_equal(losses.aux_truncated, 1);
	close_trace(&trace);
}

static void a_snapshot_has_the_last_bytes(void **state)
{
	struct trace trace = open_trace(PERFEV_AUX_SNAPSHOT);
	struct perfev_aux_piece piece;

	(void)state;
	assert_int_equal(perfev_aux_snapshot(trace.aux, &piece), 0);
	run_trace(&trace, 1000);
	assert_int_equal(perfev_aux_snapshot(trace.aux, &piece), 1);
	assert_int_equal(piece.size, 1000);
	check_bytes(&piece);
	run_trace(&trace, 5 * trace.bytes / 2);
	assert_int_equal(perfev_aux_snapshot(trace.aux, &piece), 1);
	assert_int_equal(piece.size, trace.bytes);
	assert_int_equal(piece.offset, 1000 + 3 * trace.bytes / 2);
	check_bytes(&piece);
	close_trace(&trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_place_across_many_rounds_of_the_ring),
		cmocka_unit_test(
			what_a_full_ring_lost_is_counted_by_its_event_and_told_by_a_record),
		cmocka_unit_test(a_ring_that_cannot_be_is_refused_in_words),
		cmocka_unit_test(samples_of_hardware_come_to_the_last_one),
		cmocka_unit_test(records_of_a_trace_are_matched_to_their_bytes_as_it_runs_on),
		cmocka_unit_test(a_full_area_is_told_of),
		cmocka_unit_test(a_snapshot_has_the_last_bytes),
	};

	return cmocka_run_group_tests_name("live rings", tests, NULL, NULL);
}
