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
		cmocka_unit_test(options_of_a_newer_library_are_E2BIG),
	};

	return cmocka_run_group_tests_name("rings without memory", tests, fake_machines_begin,
					   fake_machines_end);
}
