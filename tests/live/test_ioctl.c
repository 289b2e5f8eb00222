/* SPDX-License-Identifier: MIT */
/*
 * The ioctls that start, stop, reset and pace an event or tell its id, each seen by what it does
 * to counts and records. What must stay true: a test fails if its function sends another request,
 * a value for a pointer or a pointer for a value, or fewer bits than the kernel takes.
 */
#include "attempt.h"
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A leader and a sibling that count page faults, both of them disabled. */
struct pair {
	int leader;
	int sibling;
};

static struct pair open_pair(void)
{
	struct perf_event_attr attr = FAULTS(.disabled = 1);
	struct pair pair;

	pair.leader = open_or_skip(&attr, "page-faults");
	pair.sibling = open_at_or_skip(&attr, 0, -1, pair.leader, 0, "page-faults");
	return pair;
}

static void close_pair(struct pair pair)
{
	close(pair.sibling);
	close(pair.leader);
}

static void enable_starts_the_one_event_and_with_the_group_flag_all(void **state)
{
	struct pair pair = open_pair();

	(void)state;
	assert_false(is_counting(pair.leader));
	assert_int_equal(perf_event_ioc_enable(pair.leader, 0), 0);
	assert_true(is_counting(pair.leader));
	assert_int_equal(read_count(pair.sibling), 0);
	assert_int_equal(perf_event_ioc_enable(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	assert_true(is_counting(pair.leader));
	assert_true(is_counting(pair.sibling));
	close_pair(pair);
}

static void disable_stops_the_one_event_and_with_the_group_flag_all(void **state)
{
	struct pair pair = open_pair();

	(void)state;
	assert_int_equal(perf_event_ioc_enable(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	assert_int_equal(perf_event_ioc_disable(pair.sibling, 0), 0);
	assert_true(is_counting(pair.leader));
	assert_false(is_counting(pair.sibling));
	assert_int_equal(perf_event_ioc_enable(pair.sibling, 0), 0);
	/* Siblings stand still with their leader: only starting it again tells who was stopped. */
	assert_int_equal(perf_event_ioc_disable(pair.leader, 0), 0);
	assert_false(is_counting(pair.leader));
	assert_int_equal(perf_event_ioc_enable(pair.leader, 0), 0);
	assert_true(is_counting(pair.sibling));
	assert_int_equal(perf_event_ioc_disable(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	assert_int_equal(perf_event_ioc_enable(pair.leader, 0), 0);
	assert_true(is_counting(pair.leader));
	assert_false(is_counting(pair.sibling));
	close_pair(pair);
}

static void disable_keeps_the_count(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.disabled = 0));
	__u64 count;

	(void)state;
	assert_true(is_counting(fd));
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	count = read_count(fd);
	assert_true(count >= PAGES);
	assert_false(is_counting(fd));
	assert_int_equal(read_count(fd), count);
	close(fd);
}

static void reset_zeroes_the_one_count_and_with_the_group_flag_all(void **state)
{
	struct pair pair = open_pair();

	(void)state;
	assert_int_equal(perf_event_ioc_enable(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_disable(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	assert_true(read_count(pair.leader) >= PAGES);
	assert_int_equal(perf_event_ioc_reset(pair.leader, 0), 0);
	assert_int_equal(read_count(pair.leader), 0);
	assert_true(read_count(pair.sibling) >= PAGES);
	assert_int_equal(perf_event_ioc_reset(pair.leader, PERF_IOC_FLAG_GROUP), 0);
	assert_int_equal(read_count(pair.sibling), 0);
	close_pair(pair);
}

static void reset_leaves_the_times_as_they_are(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
							      PERF_FORMAT_TOTAL_TIME_RUNNING));
	struct {
		__u64 count;
		__u64 enabled;
		__u64 running;
	} before, after;

	(void)state;
	fault_pages(PAGES);
	spin_ns(A_WHILE_NS);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_int_equal(read(fd, &before, sizeof(before)), sizeof(before));
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	assert_int_equal(read(fd, &after, sizeof(after)), sizeof(after));
	assert_int_equal(after.count, 0);
	assert_true(before.running > 0);
	assert_int_equal(after.enabled, before.enabled);
	assert_int_equal(after.running, before.running);
	close(fd);
}

static void refresh_lets_that_many_overflows_happen_and_then_disables(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 4, .sample_type = PERF_SAMPLE_IP,
					       .disabled = 1));
	struct test_ring ring;

	(void)state;
	ring_map(&ring, fd, 3);
	assert_int_equal(samples_of_faults(&ring), 0);
	assert_int_equal(perf_event_ioc_refresh(fd, 3), 0);
	assert_int_equal(samples_of_faults(&ring), 3);
	assert_false(is_counting(fd));
	assert_int_equal(perf_event_ioc_refresh(fd, 2), 0);
	assert_int_equal(samples_of_faults(&ring), 2);
	ring_unmap(&ring);
	close(fd);
}

/* Has the event send this signal to the calling thread, which keeps it blocked until it waits. */
static void send_overflows_as(int fd, int number, sigset_t *set)
{
	struct f_owner_ex thread = { F_OWNER_TID, (pid_t)syscall(SYS_gettid) };

	sigemptyset(set);
	sigaddset(set, number);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, set, NULL), 0);
	assert_int_equal(fcntl(fd, F_SETOWN_EX, &thread), 0);
	assert_int_equal(fcntl(fd, F_SETSIG, number), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_ASYNC), 0);
}

/* The codes of the signals that wait, up to the first POLL_HUP: how many, and whether it came. */
static int signals_until_hup(const sigset_t *set, unsigned int *others)
{
	const struct timespec patience = { 10, 0 };
	siginfo_t info;

	for (*others = 0; *others < PAGES; ++*others) {
		if (sigtimedwait(set, &info, &patience) < 0)
			return 0;
		if (info.si_code == POLL_HUP)
			return 1;
		assert_int_equal(info.si_code, POLL_IN);
	}
	return 0;
}

static void refresh_signals_the_last_overflow_as_a_hangup(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 4, .sample_type = PERF_SAMPLE_IP,
					       .disabled = 1, .wakeup_events = 1));
	const struct timespec at_once = { 0, 0 };
	struct test_ring ring;
	unsigned int others;
	siginfo_t info;
	sigset_t set;

	(void)state;
	ring_map(&ring, fd, 3);
	send_overflows_as(fd, SIGRTMIN + 1, &set);
	assert_int_equal(perf_event_ioc_refresh(fd, 3), 0);
	fault_pages(PAGES);
	assert_true(signals_until_hup(&set, &others));
	assert_in_range(others, 1, 2);
	assert_refused(sigtimedwait(&set, &info, &at_once), EAGAIN);
	ring_unmap(&ring);
	close(fd);
}

static void period_changes_how_often_samples_are_taken(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct test_ring ring;

	(void)state;
	ring_map(&ring, fd, 3);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	assert_int_equal(perf_event_ioc_period(fd, PAGES / 4), 0);
	assert_in_range(samples_of_faults(&ring), 3, 8);
	assert_int_equal(perf_event_ioc_period(fd, 1), 0);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	ring_unmap(&ring);
	close(fd);
}

static void period_takes_all_64_bits(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct test_ring ring;

	(void)state;
	ring_map(&ring, fd, 3);
	/* The low half alone would be the period of 1 that gives a sample for every fault. */
	assert_int_equal(perf_event_ioc_period(fd, (1ULL << 40) + 1), 0);
	assert_in_range(samples_of_faults(&ring), 0, STRAY);
	ring_unmap(&ring);
	close(fd);
}

static void period_refuses_zero_and_the_top_bit(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.sample_period = 1, .disabled = 1));

	(void)state;
	assert_refused(perf_event_ioc_period(fd, 0), EINVAL);
	assert_refused(perf_event_ioc_period(fd, 1ULL << 63), EINVAL);
	assert_int_equal(perf_event_ioc_period(fd, (1ULL << 63) - 1), 0);
	close(fd);
}

static void period_of_a_frequency_event_obeys_the_limit_of_samples(void **state)
{
	__u64 limit = (__u64)kernel_setting_or_skip("perf_event_max_sample_rate");
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_freq = 1, .freq = 1, .disabled = 1));

	(void)state;
	assert_refused(perf_event_ioc_period(fd, limit + 1), EINVAL);
	assert_refused(perf_event_ioc_period(fd, 0), EINVAL);
	assert_refused(perf_event_ioc_period(fd, 1ULL << 63), EINVAL);
	assert_refused(perf_event_ioc_period(fd, (1ULL << 32) + 1), EINVAL);
	assert_int_equal(perf_event_ioc_period(fd, 1), 0);
	close(fd);
}

static void id_is_the_one_in_reads_and_in_samples(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_ID,
					       .read_format = PERF_FORMAT_ID));
	static struct record record;
	struct test_ring ring;
	/* All ones, so that an id which is written in part only shows. */
	__u64 id = ~0ULL;
	__u64 counted[2];

	(void)state;
	ring_map(&ring, fd, 3);
	assert_int_equal(perf_event_ioc_id(fd, &id), 0);
	assert_int_equal(read(fd, counted, sizeof(counted)), sizeof(counted));
	assert_int_equal(id, counted[1]);
	fault_pages(1);
	assert_int_equal(ring_next(&ring, &record), 1);
	assert_int_equal(record.header.type, PERF_RECORD_SAMPLE);
	assert_int_equal(record.words[0], id);
	ring_unmap(&ring);
	close(fd);
}

static void id_of_two_events_is_not_the_same(void **state)
{
	struct pair pair = open_pair();
	__u64 leader = 0;
	__u64 sibling = 0;

	(void)state;
	assert_int_equal(perf_event_ioc_id(pair.leader, &leader), 0);
	assert_int_equal(perf_event_ioc_id(pair.sibling, &sibling), 0);
	assert_int_not_equal(leader, sibling);
	close_pair(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enable_starts_the_one_event_and_with_the_group_flag_all),
		cmocka_unit_test(disable_stops_the_one_event_and_with_the_group_flag_all),
		cmocka_unit_test(disable_keeps_the_count),
		cmocka_unit_test(reset_zeroes_the_one_count_and_with_the_group_flag_all),
		cmocka_unit_test(reset_leaves_the_times_as_they_are),
		cmocka_unit_test(refresh_lets_that_many_overflows_happen_and_then_disables),
		cmocka_unit_test(refresh_signals_the_last_overflow_as_a_hangup),
		cmocka_unit_test(period_changes_how_often_samples_are_taken),
		cmocka_unit_test(period_takes_all_64_bits),
		cmocka_unit_test(period_refuses_zero_and_the_top_bit),
		cmocka_unit_test(period_of_a_frequency_event_obeys_the_limit_of_samples),
		cmocka_unit_test(id_is_the_one_in_reads_and_in_samples),
		cmocka_unit_test(id_of_two_events_is_not_the_same),
	};

	return cmocka_run_group_tests_name("enable, disable, reset, refresh, period, id", tests,
					   NULL, NULL);
}
