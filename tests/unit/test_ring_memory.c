/* SPDX-License-Identifier: MIT */
/*
 * Rings and samplers for which memory runs out: the Nth allocation fails, for every N until none
 * does. The error comes out as -ENOMEM, nothing leaks and no file stays open.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <perfev/ring.h>

#include "failing_memory.h"
#include "fake_kernel.h"
#include "fake_machines.h"
#include "support.h"

static int next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static int open_and_close(const char *text, struct perfev_target target)
{
	const struct perfev_sample_options options = { .size = sizeof(options),
						       .names = &server.options };
	struct perfev_sampler *sampler;
	int result = perfev_sampler_open(&sampler, text, target, &options, &server.why);

	assert_true((sampler != NULL) == (result == 0));
	if (sampler) {
		assert_true(perfev_sampler_ring_count(sampler) > 0);
		assert_int_equal(perfev_sampler_fd(sampler, 99, 0), -1);
		assert_int_equal(perfev_sampler_id(sampler, 0, 999999), 0);
		assert_int_equal(
			perfev_sampler_id(sampler, 0, perfev_sampler_instance_count(sampler)), 0);
		assert_int_equal(
			perfev_sampler_find(sampler, perfev_sampler_id(sampler, 0, 0), NULL, NULL),
			1);
		assert_int_equal(perfev_sampler_find(sampler, fake_last_id + 1, NULL, NULL), 0);
		assert_null(perfev_sampler_ring(sampler, 999999));
		assert_null(perfev_sampler_event(sampler, 99));
		assert_null(perfev_sampler_instance(sampler, 999999));
	}
	perfev_sampler_close(sampler);
	return result;
}

static void fail_each(const char *text, struct perfev_target target)
{
	long before = allocations_held, n;
	int fd = next_fd(), result = -ENOMEM;

	for (n = 0; result < 0; n++) {
		allocations_left = n;
		result = open_and_close(text, target);
		/* It was not reached, so that the last round is one in which none failed. */
		if (result == 0 && allocations_left < 0)
			result = -EAGAIN;
		allocations_left = -1;
		if (result < 0 && result != -EAGAIN &&
		    (result != -ENOMEM || server.why.cause != PERFEV_CAUSE_MEMORY))
			fail_msg("%s, allocation %ld: %d: %s", text, n, result, server.why.text);
		assert_int_equal(allocations_held, before);
		assert_int_equal(fake_maps_held, 0);
		assert_int_equal(next_fd(), fd);
		assert_true(n < 1000);
	}
	assert_true(n > 10);
}

static void a_sampler_without_memory_is_ENOMEM(void **state)
{
	(void)state;
	fail_each("cycles:u", perfev_self());
	fail_each("cycles,{instructions,faults}:S,sched:sched_switch", perfev_process(getpid()));
	fail_each("cycles,faults", perfev_all_cpus());
}

static void a_ring_without_memory_is_ENOMEM(void **state)
{
	static unsigned char memory[8192 + 65536] __attribute__((aligned(4096)));
	long before = allocations_held;
	struct perf_event_mmap_page *page = (struct perf_event_mmap_page *)memory;
	struct perfev_ring *ring;
	struct perfev_aux *aux;
	struct perfev_why why;

	(void)state;
	page->data_offset = 4096;
	page->data_size = 4096;
	for (long n = 0; n < 2; n++) {
		allocations_left = n;
		assert_int_equal(perfev_ring_open_memory(&ring, memory, sizeof(memory), 0, &why),
				 -ENOMEM);
		assert_null(ring);
		assert_int_equal(why.cause, PERFEV_CAUSE_MEMORY);
		assert_int_equal(allocations_held, before);
	}
	allocations_left = -1;
	assert_int_equal(perfev_ring_open_memory(&ring, memory, sizeof(memory), 0, &why), 0);
	allocations_left = 0;
	assert_int_equal(perfev_aux_open_memory(&aux, ring, memory, 4096, 0, &why), -ENOMEM);
	assert_int_equal(perfev_aux_open(&aux, ring, 1, 0, NULL), -EINVAL);
	allocations_left = -1;
	perfev_ring_close(ring);
	assert_int_equal(allocations_held, before);
}

static size_t bytes_after(unsigned int flags, unsigned int refused, int error)
{
	struct perfev_ring *ring;
	size_t bytes;
	int result;

	fake_maps_refused = refused;
	fake_map_error = error;
	result = perfev_ring_open(&ring, 0, 8, flags, NULL);
	fake_maps_refused = 0;
	if (result < 0)
		return 0;
	bytes = perfev_ring_bytes(ring);
	perfev_ring_close(ring);
	return bytes;
}

static void a_ring_shrinks_on_request_and_for_want_of_memory_alone(void **state)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	assert_int_equal(bytes_after(0, 0, 0), 8 * page);
	assert_int_equal(bytes_after(0, 1, EPERM), 0);
	assert_int_equal(bytes_after(PERFEV_RING_SHRINK, 1, EPERM), 4 * page);
	assert_int_equal(bytes_after(PERFEV_RING_SHRINK, 3, ENOMEM), page);
	assert_int_equal(bytes_after(PERFEV_RING_SHRINK, 4, ENOMEM), 0);
	assert_int_equal(bytes_after(PERFEV_RING_SHRINK, 1, EINVAL), 0);
	assert_int_equal(fake_maps_held, 0);
}

/* How an event is sampled whose text and options say nothing of it. */
static void check_rate(const char *text, int freq)
{
	const struct perfev_sample_options options = { .size = sizeof(options),
						       .names = &server.options };
	const struct perf_event_attr *attr;
	struct perfev_sampler *sampler;

	assert_int_equal(perfev_sampler_open(&sampler, text, perfev_self(), &options, NULL), 0);
	attr = perfev_sampler_attr(sampler, 0);
	assert_int_equal(attr->freq, freq);
	if (freq)
		assert_in_range(attr->sample_freq, 2, 4000);
	else
		assert_int_equal(attr->sample_period, 1);
	perfev_sampler_close(sampler);
}

static void what_is_frequent_is_sampled_by_a_rate_and_the_rest_each_time(void **state)
{
	(void)state;
	check_rate("cycles", 1);
	check_rate("cpu-clock", 1);
	check_rate("page-faults", 0);
	check_rate("sched:sched_switch", 0);
	check_rate("mem:0x1000:w", 0);
	check_rate("kprobe:do_exit", 0);
}

static void options_of_a_newer_library_are_E2BIG(void **state)
{
	struct {
		struct perfev_sample_options options;
		long more;
	} newer = { .options = { .size = sizeof(newer), .names = &server.options }, .more = 1 };
	struct perfev_sampler *sampler;

	(void)state;
	assert_int_equal(
		perfev_sampler_open(&sampler, "cycles", perfev_self(), &newer.options, &server.why),
		-E2BIG);
	assert_null(sampler);
	newer.more = 0;
	assert_int_equal(
		perfev_sampler_open(&sampler, "cycles", perfev_self(), &newer.options, &server.why),
		0);
	perfev_sampler_close(sampler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sampler_without_memory_is_ENOMEM),
		cmocka_unit_test(a_ring_without_memory_is_ENOMEM),
		cmocka_unit_test(a_ring_shrinks_on_request_and_for_want_of_memory_alone),
		cmocka_unit_test(what_is_frequent_is_sampled_by_a_rate_and_the_rest_each_time),
		cmocka_unit_test(options_of_a_newer_library_are_E2BIG),
	};

	return cmocka_run_group_tests_name("rings without memory", tests, fake_machines_begin,
					   fake_machines_end);
}
