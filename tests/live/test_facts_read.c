/* SPDX-License-Identifier: MIT */
/*
 * Facts about reading events: groups, times, ids and buffers that are too small. What must stay
 * true: each test is named by its question, and prints the answer (see facts.h).
 */
#include "attempt.h"
#include "facts.h"
#include "faults.h"
#include "worker.h"

#include <string.h>
#include <sys/mman.h>

struct times {
	__u64 count;
	__u64 enabled;
	__u64 running;
};

#define TIMES (PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING)

static struct times read_times(int fd)
{
	struct times times;

	assert_int_equal(read(fd, &times, sizeof(times)), sizeof(times));
	return times;
}

static int open_sibling(struct perf_event_attr attr, int leader)
{
	return open_at_or_skip(&attr, 0, -1, leader, 0, "page-faults");
}

static void does_a_read_of_a_disabled_event_give_its_last_count(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.read_format = TIMES));
	struct times first, second;

	(void)state;
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	first = read_times(fd);
	fault_pages(PAGES);
	second = read_times(fd);
	assert_in_range(first.count, PAGES, PAGES + STRAY);
	assert_memory_equal(&second, &first, sizeof(first));
	close(fd);
	fact("yes, and its last times");
}

static void does_the_time_enabled_go_on_while_disabled(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.read_format = TIMES, .disabled = 1));
	struct times before = read_times(fd), after;

	(void)state;
	assert_int_equal(before.enabled, 0);
	assert_int_equal(before.running, 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	fault_pages(PAGES);
	spin_ns(A_WHILE_NS);
	after = read_times(fd);
	assert_true(after.enabled > 0);
	assert_int_equal(after.running, after.enabled);
	close(fd);
	fact("no");
}

static void does_reset_zero_the_times(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.read_format = TIMES));
	struct times before, after;

	(void)state;
	fault_pages(PAGES);
	before = read_times(fd);
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	spin_ns(A_WHILE_NS);
	after = read_times(fd);
	assert_true(after.count < before.count);
	assert_true(after.enabled > before.enabled);
	assert_true(after.running > before.running);
	close(fd);
	fact("no, the count alone");
}

static void what_does_reading_less_than_needed_do(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.read_format = TIMES));
	unsigned char values[64];

	(void)state;
	for (size_t size = 0; size < sizeof(struct times); size++) {
		memset(values, 0xa5, sizeof(values));
		assert_refused(read(fd, values, size), ENOSPC);
		for (size_t i = 0; i < sizeof(values); i++)
			assert_int_equal(values[i], 0xa5);
	}
	for (size_t size = sizeof(struct times); size <= sizeof(values); size++)
		assert_int_equal(read(fd, values, size), sizeof(struct times));
	close(fd);
	fact("ENOSPC, and nothing is written; reading more gives what there is");
}

static void does_PERF_FORMAT_LOST_exist(void **state)
{
	struct perf_event_attr attr = FAULTS(.read_format = PERF_FORMAT_LOST);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	__u64 values[3];

	(void)state;
	if (fd < 0) {
		assert_int_equal(errno, EINVAL);
		attr.read_format = 0;
		close(open_faults(attr)); /* and that was all that it minded */
		fact("no (EINVAL)");
		return;
	}
	fault_pages(PAGES);
	assert_int_equal(read(fd, values, sizeof(values)), 2 * sizeof(__u64));
	assert_in_range(values[0], PAGES, PAGES + STRAY);
	assert_int_equal(values[1], 0);
	close(fd);
	fact("yes");
}

/* What a group of two says: how many, then count and id of each. */
struct pair_values {
	__u64 nr;
	struct {
		__u64 count;
		__u64 id;
	} of[2];
};

static void does_inherit_allow_PERF_FORMAT_GROUP(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.inherit = 1, .read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID);
	int leader = open_faults(attr), sibling = open_sibling(attr, leader);
	struct worker worker = start_worker();
	struct pair_values before, after;
	__u64 ids[2];

	(void)state;
	assert_int_equal(perf_event_ioc_id(leader, &ids[0]), 0);
	assert_int_equal(perf_event_ioc_id(sibling, &ids[1]), 0);
	assert_int_equal(read(leader, &before, sizeof(before)), sizeof(before));
	make_fault(worker);
	assert_int_equal(read(leader, &after, sizeof(after)), sizeof(after));
	assert_int_equal(after.nr, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(after.of[i].id, ids[i]);
		assert_in_range(after.of[i].count - before.of[i].count, WORKER_PAGES,
				WORKER_PAGES + WORKER_STRAY);
	}
	stop_worker(worker);
	/* Of a child that has ended the counts stay. */
	assert_int_equal(read(leader, &before, sizeof(before)), sizeof(before));
	for (int i = 0; i < 2; i++)
		assert_in_range(before.of[i].count, after.of[i].count,
				after.of[i].count + WORKER_STRAY);
	close(sibling);
	close(leader);
	fact("yes, with the counts of children in it");
}

/* A period that never ends, so that what is opened does not sample. */
#define NEVER (1ULL << 62)

static void does_inherit_allow_PERF_SAMPLE_READ(void **state)
{
	struct attempt attempt = { FAULTS(.inherit = 1, .sample_period = NEVER), 0, -1, -1, 0 };
	int plain, with_tid;

	(void)state;
	close(open_faults(attempt.attr));
	attempt.attr.sample_type = PERF_SAMPLE_READ;
	plain = error_of(&attempt);
	attempt.attr.sample_type = PERF_SAMPLE_READ | PERF_SAMPLE_TID;
	with_tid = error_of(&attempt);
	assert_int_equal(plain, EINVAL);
	assert_true(with_tid == 0 || with_tid == EINVAL);
	attempt.attr.inherit = 0;
	assert_int_equal(error_of(&attempt), 0);
	fact("%s", with_tid ? "no (EINVAL)" : "with PERF_SAMPLE_TID only (else EINVAL)");
}

static void does_closing_a_leader_keep_siblings_counting(void **state)
{
	int leader = open_faults((struct perf_event_attr)FAULTS(.disabled = 0));
	int first = open_sibling((struct perf_event_attr)FAULTS(.disabled = 0), leader);
	int second = open_sibling((struct perf_event_attr)FAULTS(.disabled = 0), leader);

	(void)state;
	assert_true(is_counting(first));
	close(leader);
	assert_true(is_counting(first));
	assert_true(is_counting(second));
	/* Each stands alone from then on. */
	assert_int_equal(perf_event_ioc_disable(first, PERF_IOC_FLAG_GROUP), 0);
	assert_false(is_counting(first));
	assert_true(is_counting(second));
	close(second);
	close(first);
	fact("yes, each for itself");
}

static void are_siblings_of_a_disabled_leader_counting(void **state)
{
	int leader = open_faults((struct perf_event_attr)FAULTS(.disabled = 1));
	int sibling = open_sibling((struct perf_event_attr)FAULTS(.disabled = 0), leader);

	(void)state;
	assert_false(is_counting(sibling));
	assert_int_equal(perf_event_ioc_enable(sibling, 0), 0);
	assert_false(is_counting(sibling));
	assert_int_equal(perf_event_ioc_enable(leader, 0), 0);
	assert_true(is_counting(sibling));
	close(sibling);
	close(leader);
	fact("no, until it is enabled");
}

static void does_the_leader_count_on_when_a_sibling_is_closed(void **state)
{
	struct perf_event_attr attr = FAULTS(.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID);
	int leader = open_faults(attr), sibling = open_sibling(attr, leader);
	struct pair_values values;

	(void)state;
	assert_int_equal(read(leader, &values, sizeof(values)), sizeof(values));
	assert_int_equal(values.nr, 2);
	close(sibling);
	fault_pages(PAGES);
	assert_int_equal(read(leader, &values, sizeof(values)), 3 * sizeof(__u64));
	assert_int_equal(values.nr, 1);
	assert_in_range(values.of[0].count, PAGES, PAGES + 2 * STRAY);
	close(leader);
	fact("yes, and its reads are shorter");
}

static void what_does_a_read_of_a_sibling_give(void **state)
{
	struct perf_event_attr attr = FAULTS(.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID);
	int leader = open_faults(attr), sibling = open_sibling(attr, leader);
	struct pair_values values;
	__u64 id;

	(void)state;
	assert_int_equal(perf_event_ioc_id(sibling, &id), 0);
	memset(&values, 0, sizeof(values));
	fault_pages(PAGES);
	assert_int_equal(read(sibling, &values, sizeof(values)), 5 * sizeof(__u64));
	assert_int_equal(values.nr, 2);
	assert_int_equal(values.of[1].id, id);
	close(sibling);
	close(leader);
	fact("the whole group, leader first");
}

/* The next sample of this thread, which may wait behind others. */
static int next_sample_of(struct test_ring *ring, pid_t pid, struct record *record)
{
	while (ring_next(ring, record))
		if (record->header.type == PERF_RECORD_SAMPLE &&
		    (pid_t)(record->words[0] & 0xffffffff) == pid)
			return 1;
	return 0;
}

/*
 * On one processor, since what is inherited has a ring on one processor only. The kernel may swap
 * the events of parent and child at a switch between them, so STREAM_ID tells nothing.
 */
static void does_PERF_EVENT_IOC_ID_equal_the_read_id_after_inherit(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.inherit = 1, .sample_period = 128, .read_format = PERF_FORMAT_ID,
		       .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID);
	int cpu = allowed_cpu(0);
	int fd = open_at_or_skip(&attr, 0, cpu, -1, 0, "page-faults");
	static struct record record;
	struct test_ring ring;
	struct worker worker;
	__u64 values[2], id;

	(void)state;
	ring_map(&ring, fd, 2);
	assert_int_equal(perf_event_ioc_id(fd, &id), 0);
	worker = start_worker();
	pin(worker.pid, cpu);
	make_fault(worker);
	assert_int_equal(read(fd, values, sizeof(values)), sizeof(values));
	assert_true(values[0] >= WORKER_PAGES);
	assert_int_equal(values[1], id);
	assert_int_equal(next_sample_of(&ring, worker.pid, &record), 1);
	assert_int_equal(record.words[1], id);
	stop_worker(worker);
	ring_unmap(&ring);
	close(fd);
	fact("yes, and so does the ID of a child's samples; their STREAM_ID may be another");
}

static void may_an_inherited_event_of_any_cpu_have_a_ring(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.inherit = 1, .sample_period = NEVER));
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)state;
	errno = 0;
	assert_ptr_equal(mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
			 MAP_FAILED);
	assert_int_equal(errno, EINVAL);
	close(fd);
	fact("no (EINVAL at mmap): one event for each CPU");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_a_read_of_a_disabled_event_give_its_last_count),
		cmocka_unit_test(does_the_time_enabled_go_on_while_disabled),
		cmocka_unit_test(does_reset_zero_the_times),
		cmocka_unit_test(what_does_reading_less_than_needed_do),
		cmocka_unit_test(does_PERF_FORMAT_LOST_exist),
		cmocka_unit_test(does_inherit_allow_PERF_FORMAT_GROUP),
		cmocka_unit_test(does_inherit_allow_PERF_SAMPLE_READ),
		cmocka_unit_test(does_closing_a_leader_keep_siblings_counting),
		cmocka_unit_test(are_siblings_of_a_disabled_leader_counting),
		cmocka_unit_test(does_the_leader_count_on_when_a_sibling_is_closed),
		cmocka_unit_test(what_does_a_read_of_a_sibling_give),
		cmocka_unit_test(does_PERF_EVENT_IOC_ID_equal_the_read_id_after_inherit),
		cmocka_unit_test(may_an_inherited_event_of_any_cpu_have_a_ring),
	};

	return cmocka_run_group_tests_name("facts of reads", tests, NULL, NULL);
}
