/* SPDX-License-Identifier: MIT */
/*
 * The AUX area, on the test PMU of tests/lab/pmu/ that writes a byte known beforehand at every
 * position. What must stay true: positions are those of the whole trace and never wrap; the place
 * in the area is the position modulo its size, which is a power of two.
 */
#include "pmu.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PMU "perfev_aux"

/* An event with its ring and its area. */
struct trace {
	int fd;
	struct test_ring ring;
	unsigned char *area;
	size_t bytes; /* of the area */
	__u64 config;
};

struct aux_record {
	struct perf_event_header header;
	__u64 offset;
	__u64 size;
	__u64 flags;
};

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static struct perf_event_attr aux_event(void)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(0, .disabled = 1, .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED);

	attr.type = test_pmu_or_skip(PMU, "test-aux");
	return attr;
}

/* Maps an area of so many pages behind the ring; read-only is what makes it a snapshot. */
static void *map_area(struct test_ring *ring, int fd, size_t pages, int protection)
{
	ring->page->aux_offset = ring->bytes;
	ring->page->aux_size = pages * page_bytes();
	return mmap(NULL, pages * page_bytes(), protection, MAP_SHARED, fd, (off_t)ring->bytes);
}

static void open_event(struct trace *trace, struct perf_event_attr attr, pid_t pid, int cpu)
{
	trace->fd = perf_event_open(&attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (trace->fd < 0)
		fail_msg("perf_event_open: %s", strerror(errno));
}

static void open_trace(struct trace *trace, struct perf_event_attr attr, size_t pages,
		       int protection)
{
	void *area;

	open_event(trace, attr, 0, -1);
	ring_map(&trace->ring, trace->fd, 1);
	area = map_area(&trace->ring, trace->fd, pages, protection);
	if (area == MAP_FAILED)
		fail_msg("mmap of the area: %s", strerror(errno));
	trace->area = area;
	trace->bytes = pages * page_bytes();
	trace->config = attr.config;
}

/* Before and after each test. The PMU allows one event: a test that fails must leave none. */
static int make_trace(void **state)
{
	static struct trace trace;

	memset(&trace, 0, sizeof(trace));
	trace.fd = -1;
	*state = &trace;
	return 0;
}

static int close_trace(void **state)
{
	struct trace *trace = *state;

	if (trace->area)
		munmap(trace->area, trace->bytes);
	if (trace->ring.page)
		ring_unmap(&trace->ring);
	if (trace->fd >= 0)
		close(trace->fd);
	return 0;
}

static void enable(const struct trace *trace)
{
	assert_int_equal(perf_event_ioc_enable(trace->fd, 0), 0);
}

static void disable(const struct trace *trace)
{
	assert_int_equal(perf_event_ioc_disable(trace->fd, 0), 0);
}

/* Compares the bytes of these positions with what the module writes there. */
static void check_bytes(const struct trace *trace, __u64 from, __u64 bytes)
{
	for (__u64 at = from; at < from + bytes; at++) {
		unsigned char expected = (unsigned char)(at * 31 + (at >> 8) * 17 + trace->config);

		if (trace->area[at % trace->bytes] != expected)
			fail_msg("at %llu there is %#x, not %#x", (unsigned long long)at,
				 trace->area[at % trace->bytes], expected);
	}
}

/* The next PERF_RECORD_AUX, past records of other types. Returns 0 when there is none. */
static int next_aux(struct trace *trace, struct aux_record *aux)
{
	static char record[1 << 16] __attribute__((aligned(8)));

	while (ring_next(&trace->ring, record)) {
		memcpy(aux, record, sizeof(*aux));
		if (aux->header.type == PERF_RECORD_AUX)
			return 1;
	}
	return 0;
}

/*
 * The next records must say that all from here to there was written, and it must be there. How many
 * there are is not said: one ends whenever the task is switched out. The last has these flags.
 */
static void check_aux(struct trace *trace, __u64 from, __u64 to, __u64 flags)
{
	struct aux_record aux = { .size = 0 };

	for (; from < to; from += aux.size) {
		if (!next_aux(trace, &aux))
			fail_msg("no record of what begins at %llu", (unsigned long long)from);
		assert_int_equal(aux.header.size, sizeof(aux));
		assert_int_equal(aux.offset, from);
		assert_true(aux.size > 0 && aux.size <= to - from);
		assert_int_equal(aux.flags, from + aux.size == to ? flags : 0);
		check_bytes(trace, from, aux.size);
	}
}

static void check_no_more(struct trace *trace)
{
	struct aux_record aux = { .size = 0 };

	if (next_aux(trace, &aux))
		fail_msg("one more: %llu bytes at %llu, flags %#llx", (unsigned long long)aux.size,
			 (unsigned long long)aux.offset, (unsigned long long)aux.flags);
}

static __u64 head_of(const struct trace *trace)
{
	return __atomic_load_n(&trace->ring.page->aux_head, __ATOMIC_ACQUIRE);
}

/* Says that everything was read. */
static void free_area(const struct trace *trace)
{
	__atomic_store_n(&trace->ring.page->aux_tail, head_of(trace), __ATOMIC_RELEASE);
}

/* The area is read and freed */

static void the_bytes_lie_where_the_record_says(void **state)
{
	struct trace *trace = *state;

	open_trace(trace, aux_event(), 4, PROT_READ | PROT_WRITE);
	enable(trace);
	hit(PMU, "1000");
	disable(trace);
	check_aux(trace, 0, 1000, 0);
	hit(PMU, "9"); /* of a stopped event there is no trace */
	enable(trace);
	hit(PMU, "500");
	disable(trace);
	check_aux(trace, 1000, 1500, 0);
	check_no_more(trace);
	assert_int_equal(head_of(trace), 1500);
}

static void the_config_changes_the_bytes(void **state)
{
	struct perf_event_attr attr = aux_event();
	struct trace *trace = *state;

	attr.config = 0xa7;
	open_trace(trace, attr, 1, PROT_READ | PROT_WRITE);
	enable(trace);
	hit(PMU, "700");
	disable(trace);
	check_aux(trace, 0, 700, 0);
	attr.config = 0x100;
	assert_int_equal(perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC), -1);
	assert_int_equal(errno, EINVAL);
}

static void head_and_tail_run_on_where_the_area_wraps(void **state)
{
	unsigned int step = (unsigned int)page_bytes() * 3 / 4;
	struct trace *trace = *state;

	open_trace(trace, aux_event(), 2, PROT_READ | PROT_WRITE);
	for (__u64 at = 0; at < 15 * (__u64)step; at += step) {
		enable(trace);
		hit(PMU, "%u", step);
		disable(trace);
		check_aux(trace, at, at + step, 0);
		assert_int_equal(head_of(trace), at + step);
		free_area(trace);
	}
	check_no_more(trace);
}

static void there_is_a_record_at_each_watermark_and_poll_wakes(void **state)
{
	struct perf_event_attr attr = aux_event();
	struct pollfd waiter;
	struct trace *trace = *state;

	attr.aux_watermark = 256;
	open_trace(trace, attr, 1, PROT_READ | PROT_WRITE);
	waiter = (struct pollfd){ .fd = trace->fd, .events = POLLIN };
	enable(trace);
	hit(PMU, "255");
	assert_int_equal(poll(&waiter, 1, 0), 0);
	hit(PMU, "1");
	assert_int_equal(poll(&waiter, 1, 0), 1);
	assert_int_equal(waiter.revents, POLLIN);
	assert_int_equal(head_of(trace), 256); /* while the event runs */
	hit(PMU, "600");
	disable(trace);
	check_aux(trace, 0, 256, 0);
	check_aux(trace, 256, 512, 0);
	check_aux(trace, 512, 768, 0);
	check_aux(trace, 768, 856, 0);
	check_no_more(trace);
}

/* Whether the event is enabled: whether time passes for it. */
static int is_enabled(const struct trace *trace)
{
	__u64 before[2], after[2]; /* count, time enabled */

	assert_int_equal(read(trace->fd, before, sizeof(before)), sizeof(before));
	assert_int_equal(read(trace->fd, after, sizeof(after)), sizeof(after));
	return after[1] > before[1];
}

/*
 * The kernel keeps one byte of the area free: so full is told from empty. It means to disable the
 * event then, but not all do: 7.2 does, 6.1 and 6.12 forget to. So what goes on everywhere is an
 * event that is disabled first, and then enabled.
 */
static void a_full_area_is_TRUNCATED_until_it_is_read_and_enabled_again(void **state)
{
	struct trace *trace = *state;
	__u64 half, full;

	open_trace(trace, aux_event(), 2, PROT_READ | PROT_WRITE);
	half = trace->bytes / 2; /* the watermark, when nothing is said */
	full = trace->bytes - 1;
	enable(trace);
	hit(PMU, "%zu", 3 * trace->bytes);
	check_aux(trace, 0, half, 0);
	check_aux(trace, half, full, PERF_AUX_FLAG_TRUNCATED);
	assert_int_equal(head_of(trace), full);
	hit(PMU, "100");
	check_no_more(trace);
	free_area(trace);
	print_message("# fact: the kernel has%s disabled the event\n",
		      is_enabled(trace) ? " not" : "");
	disable(trace);
	enable(trace);
	hit(PMU, "100");
	disable(trace);
	/* A watermark lay one byte further on. */
	check_aux(trace, full, full + 1, 0);
	check_aux(trace, full + 1, full + 100, 0);
	check_no_more(trace);
}

static void switched_out_and_in_again_a_record_ends_and_another_begins(void **state)
{
	const struct timespec nap = { 0, 1000000 };
	struct trace *trace = *state;

	open_trace(trace, aux_event(), 1, PROT_READ | PROT_WRITE);
	enable(trace);
	hit(PMU, "10");
	assert_int_equal(nanosleep(&nap, NULL), 0);
	hit(PMU, "20");
	assert_int_equal(nanosleep(&nap, NULL), 0);
	disable(trace);
	check_aux(trace, 0, 10, 0);
	check_aux(trace, 10, 30, 0);
	check_no_more(trace);
}

/* The area is written over, and looked at when the event has stopped */

/* The records must say that so much was written. Here an offset is where it ends, not begins. */
static void check_overwritten(struct trace *trace, __u64 from, __u64 to)
{
	struct aux_record aux = { .size = 0 };

	while (from < to) {
		if (!next_aux(trace, &aux))
			fail_msg("no record of what begins at %llu", (unsigned long long)from);
		assert_true(aux.size > 0 && aux.size <= to - from);
		from += aux.size;
		assert_int_equal(aux.offset, from);
		assert_int_equal(aux.flags, PERF_AUX_FLAG_OVERWRITE);
	}
	check_no_more(trace);
	assert_int_equal(head_of(trace), to);
	check_bytes(trace, to - trace->bytes, trace->bytes);
}

static void a_read_only_area_keeps_the_last_bytes(void **state)
{
	struct trace *trace = *state;
	__u64 written;

	open_trace(trace, aux_event(), 2, PROT_READ);
	written = 5 * trace->bytes / 2 + 100;
	enable(trace);
	hit(PMU, "%llu", (unsigned long long)written);
	disable(trace);
	check_overwritten(trace, 0, written);
	enable(trace);
	hit(PMU, "50");
	disable(trace);
	check_overwritten(trace, written, written + 50);
}

/* Records */

static void ITRACE_START_says_once_whose_trace_it_is(void **state)
{
	struct {
		struct perf_event_header header;
		__u32 pid, tid;
	} start;
	static char record[1 << 16] __attribute__((aligned(8)));
	struct trace *trace = *state;

	open_trace(trace, aux_event(), 1, PROT_READ | PROT_WRITE);
	enable(trace);
	assert_int_equal(ring_next(&trace->ring, record), 1); /* before anything is traced */
	memcpy(&start, record, sizeof(start));
	assert_int_equal(start.header.type, PERF_RECORD_ITRACE_START);
	assert_int_equal(start.header.size, sizeof(start));
	assert_int_equal(start.pid, getpid());
	assert_int_equal(start.tid, syscall(SYS_gettid));
	for (int i = 0; i < 3; i++) {
		hit(PMU, "1");
		disable(trace);
		enable(trace);
	}
	assert_int_equal(ring_count(&trace->ring, 0), 3); /* and all of them PERF_RECORD_AUX: */
	disable(trace);
	assert_int_equal(head_of(trace), 3);
}

/* Refusals */

static void check_busy(struct perf_event_attr attr, pid_t pid, int cpu)
{
	assert_int_equal(perf_event_open(&attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC), -1);
	assert_int_equal(errno, EBUSY);
}

static void a_second_event_of_the_same_task_is_EBUSY(void **state)
{
	struct perf_event_attr attr = aux_event();
	struct trace *trace = *state;

	open_event(trace, attr, 0, -1);
	check_busy(attr, 0, -1);
	check_busy(attr, -1, 0);
	close(trace->fd);
	open_event(trace, attr, 0, -1);
}

static void while_a_processor_is_traced_a_task_is_EBUSY(void **state)
{
	struct perf_event_attr attr = aux_event();
	struct trace *trace = *state;

	open_event(trace, attr, -1, 0);
	check_busy(attr, 0, -1);
}

static void check_area_refused(struct test_ring *ring, int fd, size_t pages, int error)
{
	assert_ptr_equal(map_area(ring, fd, pages, PROT_READ | PROT_WRITE), MAP_FAILED);
	assert_int_equal(errno, error);
}

static void an_area_that_does_not_fit_is_EINVAL(void **state)
{
	struct trace *trace = *state;
	size_t page = page_bytes();
	void *area;

	open_event(trace, aux_event(), 0, -1);
	/* There is no ring yet. */
	area = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, trace->fd, (off_t)(3 * page));
	assert_ptr_equal(area, MAP_FAILED);
	assert_int_equal(errno, EINVAL);
	ring_map(&trace->ring, trace->fd, 1);
	check_area_refused(&trace->ring, trace->fd, 3, EINVAL); /* no power of two */
	trace->ring.page->aux_offset = page;                    /* inside the ring */
	trace->ring.page->aux_size = page;
	area = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, trace->fd, (off_t)page);
	assert_ptr_equal(area, MAP_FAILED);
	assert_int_equal(errno, EINVAL);
	trace->area = map_area(&trace->ring, trace->fd, 2, PROT_READ | PROT_WRITE);
	assert_ptr_not_equal(trace->area, MAP_FAILED);
	trace->bytes = 2 * page;
	check_area_refused(&trace->ring, trace->fd, 4, EINVAL); /* it has one of another size */
}

static void a_PMU_without_an_area_is_EOPNOTSUPP(void **state)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY);
	struct test_ring ring;
	int fd;

	(void)state;
	aux_event();
	fd = open_or_skip(&attr, "software");
	ring_map(&ring, fd, 1);
	check_area_refused(&ring, fd, 2, EOPNOTSUPP);
	ring_unmap(&ring);
	close(fd);
}

#define TRACE_TEST(test) cmocka_unit_test_setup_teardown(test, make_trace, close_trace)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRACE_TEST(the_bytes_lie_where_the_record_says),
		TRACE_TEST(the_config_changes_the_bytes),
		TRACE_TEST(head_and_tail_run_on_where_the_area_wraps),
		TRACE_TEST(there_is_a_record_at_each_watermark_and_poll_wakes),
		TRACE_TEST(a_full_area_is_TRUNCATED_until_it_is_read_and_enabled_again),
		TRACE_TEST(switched_out_and_in_again_a_record_ends_and_another_begins),
		TRACE_TEST(a_read_only_area_keeps_the_last_bytes),
		TRACE_TEST(ITRACE_START_says_once_whose_trace_it_is),
		TRACE_TEST(a_second_event_of_the_same_task_is_EBUSY),
		TRACE_TEST(while_a_processor_is_traced_a_task_is_EBUSY),
		TRACE_TEST(an_area_that_does_not_fit_is_EINVAL),
		TRACE_TEST(a_PMU_without_an_area_is_EOPNOTSUPP),
	};

	return cmocka_run_group_tests_name("aux", tests, NULL, NULL);
}
