/* SPDX-License-Identifier: MIT */
/*
 * Hardware breakpoints of this thread on its own variables and functions. What must stay true: each
 * access of the kind that is watched counts one, and no other does. Each event is closed before the
 * next opens, since a processor has few of them (x86 four).
 */
#include "live.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HITS 50U

static volatile long watched;
static volatile long neighbour;
static volatile unsigned char bytes[16] __attribute__((aligned(16)));

/* Called by pointer only, so that the call passes the very address that C gives (see ppc64le). */
static __attribute__((noinline)) void stepped_on(void)
{
	__asm__ volatile("" ::: "memory");
}

static void (*volatile call_stepped_on)(void) = stepped_on;

static struct perf_event_attr breakpoint(__u32 kind, uintptr_t address, __u64 length)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_BREAKPOINT, .disabled = 1, .exclude_kernel = 1,
				 .bp_type = kind, .bp_addr = address, .bp_len = length);

	return attr;
}

static int open_breakpoint(__u32 kind, uintptr_t address)
{
	struct perf_event_attr attr = breakpoint(kind, address, sizeof(long));

	return open_or_skip(&attr, "breakpoint");
}

static void write_watched(void)
{
	watched = 1;
}

static void read_watched(void)
{
	(void)watched;
}

static void use_neighbour(void)
{
	neighbour = neighbour + 1;
}

static __u64 count_hits(int fd, void (*hit)(void), unsigned int times)
{
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	for (unsigned int i = 0; i < times; i++)
		hit();
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	return read_count(fd);
}

static void a_write_breakpoint_counts_every_write_and_no_read(void **state)
{
	int fd = open_breakpoint(HW_BREAKPOINT_W, (uintptr_t)&watched);
	__u64 count = count_hits(fd, write_watched, HITS);

	(void)state;
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, HITS);
	assert_int_equal(count_hits(fd, read_watched, HITS), 0);
	assert_int_equal(count_hits(fd, use_neighbour, HITS), 0);
	close(fd);
}

static void a_read_write_breakpoint_counts_every_access(void **state)
{
	int fd = open_breakpoint(HW_BREAKPOINT_RW, (uintptr_t)&watched);
	__u64 count = count_hits(fd, write_watched, HITS);

	(void)state;
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, HITS);
	assert_int_equal(count_hits(fd, read_watched, HITS), HITS);
	assert_int_equal(count_hits(fd, use_neighbour, HITS), 0);
	close(fd);
}

/* x86 cannot watch reads alone and says EINVAL, which the test takes for an answer only there. */
static void a_read_breakpoint_counts_reads_alone_or_is_refused(void **state)
{
	struct perf_event_attr attr =
		breakpoint(HW_BREAKPOINT_R, (uintptr_t)&watched, sizeof(long));
	__u64 count;
	int fd;

	(void)state;
#if defined(__x86_64__) || defined(__i386__)
	fd = open_breakpoint(HW_BREAKPOINT_RW, (uintptr_t)&watched); /* or skip */
	close(fd);
	assert_int_equal(perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC), -1);
	assert_int_equal(errno, EINVAL);
	(void)count;
#else
	fd = open_or_skip(&attr, "breakpoint");
	count = count_hits(fd, read_watched, HITS);
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, HITS);
	assert_int_equal(count_hits(fd, write_watched, HITS), 0);
	close(fd);
#endif
}

static void an_execute_breakpoint_counts_every_call(void **state)
{
	int fd = open_breakpoint(HW_BREAKPOINT_X, (uintptr_t)call_stepped_on);
	__u64 count = count_hits(fd, call_stepped_on, HITS);

	(void)state;
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, HITS);
	assert_int_equal(count_hits(fd, use_neighbour, HITS), 0);
	assert_int_equal(count_hits(fd, call_stepped_on, 1), 1);
	close(fd);
}

/* A breakpoint of a length counts a write to its last byte, and none to the byte behind it. */
static void check_length(int fd, size_t length)
{
	__u64 inside;

	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	for (unsigned int i = 0; i < HITS; i++)
		bytes[length - 1] = 1;
	inside = read_count(fd);
	for (unsigned int i = 0; i < HITS; i++)
		bytes[length] = 1;
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	skip_if_uncounted_in_an_emulator(inside, "breakpoint");
	assert_int_equal(inside, HITS);
	assert_int_equal(read_count(fd), HITS);
}

static void a_breakpoint_watches_just_its_length(void **state)
{
	static const size_t lengths[] = { 1, 2, 4, 8 };
	unsigned int taken = 0;

	(void)state;
	close(open_breakpoint(HW_BREAKPOINT_W, (uintptr_t)bytes)); /* or skip */
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct perf_event_attr attr =
			breakpoint(HW_BREAKPOINT_W, (uintptr_t)bytes, lengths[i]);
		int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

		if (fd < 0) {
			assert_int_equal(errno, EINVAL); /* a length that this processor lacks */
			continue;
		}
		check_length(fd, lengths[i]);
		close(fd);
		taken++;
	}
#if defined(__x86_64__)
	assert_int_equal(taken, 4);
#else
	assert_true(taken > 0);
#endif
}

static void a_breakpoint_moves_to_another_address(void **state)
{
	struct perf_event_attr attr =
		breakpoint(HW_BREAKPOINT_W, (uintptr_t)&neighbour, sizeof(long));
	int fd = open_or_skip(&attr, "breakpoint");
	__u64 count = count_hits(fd, use_neighbour, HITS);

	(void)state;
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, HITS);
	attr.bp_addr = (uintptr_t)&watched;
	assert_int_equal(perf_event_ioc_modify_attributes(fd, &attr), 0);
	assert_int_equal(count_hits(fd, use_neighbour, HITS), 0);
	assert_int_equal(count_hits(fd, write_watched, HITS), HITS);
	close(fd);
}

/* The sample names the writer: the instruction after the write on x86, else the write itself. */
static void a_sample_of_a_breakpoint_points_into_the_writer(void **state)
{
	struct perf_event_attr attr =
		breakpoint(HW_BREAKPOINT_W, (uintptr_t)&watched, sizeof(long));
	struct {
		struct perf_event_header header;
		__u64 ip;
		__u64 addr;
	} sample;
	static char record[1 << 16] __attribute__((aligned(8)));
	struct test_ring ring;
	__u64 count;
	int fd;

	(void)state;
	attr.sample_period = 1;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR;
	fd = open_or_skip(&attr, "breakpoint");
	ring_map(&ring, fd, 0);
	count = count_hits(fd, write_watched, 1);
	if (!count)
		ring_unmap(&ring); /* a mapping keeps the event alive */
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, 1);
	assert_int_equal(ring_next(&ring, record), 1);
	memcpy(&sample, record, sizeof(sample));
	assert_int_equal(sample.header.type, PERF_RECORD_SAMPLE);
	assert_int_equal(sample.header.size, sizeof(sample));
	assert_int_equal(sample.header.misc & PERF_RECORD_MISC_CPUMODE_MASK, PERF_RECORD_MISC_USER);
	assert_int_equal(sample.addr, (uintptr_t)&watched);
	/* Where the writer was inlined it is this program still, some kilobytes off at most. */
	assert_in_range(sample.ip, (uintptr_t)write_watched - 65536,
			(uintptr_t)write_watched + 65536);
	assert_int_equal(ring_next(&ring, record), 0);
	ring_unmap(&ring);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_breakpoint_counts_every_write_and_no_read),
		cmocka_unit_test(a_read_write_breakpoint_counts_every_access),
		cmocka_unit_test(a_read_breakpoint_counts_reads_alone_or_is_refused),
		cmocka_unit_test(an_execute_breakpoint_counts_every_call),
		cmocka_unit_test(a_breakpoint_watches_just_its_length),
		cmocka_unit_test(a_breakpoint_moves_to_another_address),
		cmocka_unit_test(a_sample_of_a_breakpoint_points_into_the_writer),
	};

	return cmocka_run_group_tests_name("breakpoints", tests, NULL, NULL);
}
