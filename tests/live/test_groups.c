/* SPDX-License-Identifier: MIT */
/*
 * Groups of hardware events and too many of them: how large a group the kernel takes, how large a
 * one runs, and what is said of events that had to share the counters or never got one. What must
 * stay true: each limit is found by trying and no event's number is believed without its times.
 */
#include "faults.h"
#include "loop.h"

#include <errno.h>
#include <unistd.h>

/* More than any PMU has counters for one event. */
#define MANY 64U

struct group {
	int fds[MANY];
	unsigned int size;
};

static struct perf_event_attr instructions(unsigned int leads, unsigned int pinned)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1,
		.disabled = leads & 1, .pinned = leads & pinned & 1, .read_format = READ_TIMES);

	return attr;
}

/* Opens a group of so many instruction counters, or of as many as the kernel takes in one. */
static struct group open_group(unsigned int size, unsigned int pinned)
{
	struct group group;

	group.fds[0] = open_counter_or_skip(instructions(1, pinned), "hardware");
	for (group.size = 1; group.size < size; group.size++) {
		struct perf_event_attr attr = instructions(0, 0);
		int fd = perf_event_open(&attr, 0, -1, group.fds[0], PERF_FLAG_FD_CLOEXEC);

		if (fd < 0)
			break;
		group.fds[group.size] = fd;
	}
	return group;
}

/* The leader last: without it the others would count on, each by itself. */
static void close_group(struct group *group)
{
	while (group->size)
		close(group->fds[--group->size]);
}

/* Whether the group, pinned, gets the counters that it wants: it is at end of file if not. */
static int runs(const struct group *group)
{
	struct reading reading;
	ssize_t bytes;

	run_counted(group->fds[0], 1);
	bytes = read(group->fds[0], &reading, sizeof(reading));
	if (bytes == 0)
		return 0;
	assert_int_equal(bytes, sizeof(reading));
	return 1;
}

/*
 * The largest pinned group that runs, disabled again. While it is enabled it holds every counter
 * that can count instructions. What opens is no proof that it runs: arm64 lets the cycle counter
 * pass for one that counts anything, and other events may hold counters.
 */
static struct group open_largest(void)
{
	struct group group = open_group(MANY, 1);
	unsigned int size = group.size;

	while (!runs(&group)) {
		close_group(&group);
		if (--size == 0)
			skip_without("hardware", "not even one pinned event gets a counter");
		group = open_group(size, 1);
	}
	return group;
}

/* Whether two counters of one event both count. On the emulated riscv64 only one does. */
static int counts_one_event_twice(void)
{
	struct group group = open_group(2, 0);
	__u64 second;

	run_counted(group.fds[0], 1);
	second = group.size == 2 ? read_times(group.fds[1]).value : 0;
	close_group(&group);
	return second > 0;
}

/* The limit of a group */

static void a_group_too_large_is_EINVAL(void **state)
{
	struct perf_event_attr attr = instructions(0, 0);
	struct group group = open_group(MANY, 0);
	unsigned int size = group.size;

	(void)state;
	if (size == MANY) {
		close_group(&group);
		skip_without("group-limit", "a group of %u is taken", MANY);
	}
	print_message("# group limit: %u\n", size);
	errno = 0;
	assert_int_equal(perf_event_open(&attr, 0, -1, group.fds[0], 0), -1);
	assert_int_equal(errno, EINVAL);
	/* It is the size: in place of one that goes, one may come. */
	close(group.fds[--group.size]);
	group.fds[group.size] = perf_event_open(&attr, 0, -1, group.fds[0], PERF_FLAG_FD_CLOEXEC);
	assert_true(group.fds[group.size] >= 0);
	group.size++;
	close_group(&group);
}

static void a_group_works_after_one_too_many_was_refused(void **state)
{
	struct perf_event_attr attr = instructions(0, 0);
	int all_count = counts_one_event_twice();
	struct group group = open_largest();
	unsigned int moving = 0;

	(void)state;
	print_message("# largest group that runs: %u\n", group.size);
	for (unsigned int i = 0; i < MANY; i++) {
		int fd = perf_event_open(&attr, 0, -1, group.fds[0], PERF_FLAG_FD_CLOEXEC);

		if (fd < 0)
			assert_int_equal(errno, EINVAL);
		else
			close(fd);
	}
	assert_int_equal(perf_event_ioc_reset(group.fds[0], PERF_IOC_FLAG_GROUP), 0);
	assert_true(runs(&group));
	for (unsigned int i = 0; i < group.size; i++) {
		struct reading reading = read_times(group.fds[i]);

		assert_true(reading.running > 0 && reading.running == reading.enabled);
		moving += reading.value > 0;
		if (counting_is_exact() ? all_count || i == 0 : reading.value > 0)
			assert_instructions(reading.value, 1);
	}
	/* A hypervisor may hand out a counter that stands still: one of six on some hosts. */
	assert_true(2 * moving >= group.size || !all_count);
	close_group(&group);
}

/* Sharing */

#define SHARING 24U /* events or groups, more than any PMU has counters */
#define GROUP_SIZE 3U
#define STRETCH 100U /* loops: enough for the kernel to rotate the events many times */
#define STRETCHES 10U

/*
 * Runs until the first of these events or leaders has had a counter for a part of the time only.
 * Returns how many loops that took.
 */
static unsigned int run_until_shared(const int fds[SHARING])
{
	unsigned int stretches = 0;
	struct reading first;

	do {
		for (unsigned int i = 0; i < SHARING; i++)
			assert_int_equal(perf_event_ioc_enable(fds[i], 0), 0);
		for (unsigned int i = 0; i < STRETCH; i++)
			loop_run();
		for (unsigned int i = 0; i < SHARING; i++)
			assert_int_equal(perf_event_ioc_disable(fds[i], 0), 0);
		stretches++;
		first = read_times(fds[0]);
	} while (stretches < STRETCHES && !(first.running && first.running < first.enabled));
	return stretches * STRETCH;
}

static void all_of_a_group_have_run_for_the_same_time(void **state)
{
	struct group groups[SHARING];
	unsigned int shared = 0;
	int leaders[SHARING];

	(void)state;
	for (unsigned int i = 0; i < SHARING; i++) {
		groups[i] = open_group(GROUP_SIZE, 0);
		leaders[i] = groups[i].fds[0];
	}
	run_until_shared(leaders);
	for (unsigned int i = 0; i < SHARING; i++) {
		struct reading leader = read_times(leaders[i]);

		shared += leader.running && leader.running < leader.enabled;
		for (unsigned int j = 1; j < groups[i].size; j++) {
			struct reading sibling = read_times(groups[i].fds[j]);

			assert_int_equal(sibling.running, leader.running);
			assert_int_equal(sibling.enabled, leader.enabled);
		}
	}
	assert_true(shared > 0);
	for (unsigned int i = 0; i < SHARING; i++)
		close_group(&groups[i]);
}

/* value * enabled / running: the first product does not fit into 64 bits after some seconds. */
static __u64 scaled(struct reading reading)
{
	__extension__ typedef unsigned __int128 wide;

	return (__u64)((wide)reading.value * reading.enabled / reading.running);
}

static void events_beyond_the_counters_share_them(void **state)
{
	unsigned int loops, ran = 0, shared = 0;
	int all_count = counts_one_event_twice();
	int fds[SHARING];
	__u64 truth;

	(void)state;
	for (unsigned int i = 0; i < SHARING; i++)
		fds[i] = open_counter_or_skip(instructions(1, 0), "hardware");
	loops = run_until_shared(fds);
	truth = (__u64)loops * LOOP_INSTRUCTIONS;
	for (unsigned int i = 0; i < SHARING; i++) {
		struct reading reading = read_times(fds[i]);

		close(fds[i]);
		shared += reading.running < reading.enabled;
		if (!reading.running) {
			assert_int_equal(reading.value, 0);
			continue;
		}
		ran++;
		/* What ran for a moment only says too little of the rest. */
		if (reading.running < reading.enabled / 20)
			continue;
		assert_true(reading.value <= truth + LOOP_SLACK || !counting_is_exact());
		assert_true(scaled(reading) <= 2 * truth);
		if (all_count && counting_is_exact())
			assert_in_range(scaled(reading), truth - truth / 10, truth + truth / 10);
	}
	assert_true(ran > 0);
	assert_true(shared > 0);
}

static void an_event_that_never_ran_has_a_time_of_0_and_no_count(void **state)
{
	struct group holder = open_largest();
	struct reading reading;
	int fd;

	(void)state;
	fd = open_counter_or_skip(instructions(1, 0), "hardware");
	assert_int_equal(perf_event_ioc_enable(holder.fds[0], 0), 0);
	run_counted(fd, 5);
	assert_int_equal(perf_event_ioc_disable(holder.fds[0], 0), 0);
	reading = read_times(fd);
	assert_true(reading.enabled > 0);
	assert_int_equal(reading.running, 0);
	assert_int_equal(reading.value, 0);
	/* Nothing was wrong with it. */
	assert_instructions(count_loops(fd, 1), 1);
	close(fd);
	close_group(&holder);
}

static void a_pinned_event_that_cannot_run_reads_as_end_of_file(void **state)
{
	struct group holder = open_largest();
	struct reading reading;
	int fd;

	(void)state;
	fd = open_counter_or_skip(instructions(1, 1), "hardware");
	assert_int_equal(perf_event_ioc_enable(holder.fds[0], 0), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	loop_run();
	assert_int_equal(read(fd, &reading, sizeof(reading)), 0);
	assert_int_equal(perf_event_ioc_disable(holder.fds[0], 0), 0);
	/* A counter that is free again does not bring it back; to enable it does. */
	loop_run();
	assert_int_equal(read(fd, &reading, sizeof(reading)), 0);
	run_counted(fd, 1);
	assert_int_equal(read(fd, &reading, sizeof(reading)), sizeof(reading));
	assert_instructions(reading.value, 1);
	close(fd);
	close_group(&holder);
}

/* Software and hardware in one group */

static struct perf_event_attr faults(unsigned int leads)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS, .exclude_kernel = 1,
		.disabled = leads & 1, .read_format = READ_TIMES);

	return attr;
}

/* Counts a loop and some page faults with both, whichever leads, and closes. */
static void check_mixed_group(int leader, int sibling, int counter, int fault_counter)
{
	struct reading counted, faulted;

	assert_int_equal(perf_event_ioc_enable(leader, 0), 0);
	loop_run();
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_disable(leader, 0), 0);
	loop_run();
	fault_pages(PAGES);
	counted = read_times(counter);
	faulted = read_times(fault_counter);
	close(sibling);
	close(leader);
	assert_int_equal(counted.enabled, faulted.enabled);
	assert_int_equal(counted.running, faulted.running);
	if (counted.running != counted.enabled)
		skip_without("hardware", "other events hold the counters, this one ran in part");
	assert_in_range(faulted.value, PAGES, PAGES + STRAY);
	/* The loop, and what it takes to touch pages: much less than another loop. */
	assert_in_range(counted.value, LOOP_INSTRUCTIONS - LOOP_INSTRUCTIONS / 10,
			LOOP_INSTRUCTIONS + LOOP_INSTRUCTIONS / 2);
}

static void a_software_event_joins_a_hardware_group(void **state)
{
	int leader = open_counter_or_skip(instructions(1, 0), "hardware");
	struct perf_event_attr attr = faults(0);
	int sibling = open_at_or_skip(&attr, 0, -1, leader, 0, "page-faults");

	(void)state;
	check_mixed_group(leader, sibling, leader, sibling);
}

static void a_hardware_event_joins_a_software_group(void **state)
{
	struct perf_event_attr lead = faults(1), attr = instructions(0, 0);
	int leader, sibling;

	(void)state;
	close(open_counter_or_skip(attr, "hardware"));
	leader = open_or_skip(&lead, "page-faults");
	sibling = open_at_or_skip(&attr, 0, -1, leader, 0, "hardware");
	check_mixed_group(leader, sibling, sibling, leader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_too_large_is_EINVAL),
		cmocka_unit_test(a_group_works_after_one_too_many_was_refused),
		cmocka_unit_test(all_of_a_group_have_run_for_the_same_time),
		cmocka_unit_test(events_beyond_the_counters_share_them),
		cmocka_unit_test(an_event_that_never_ran_has_a_time_of_0_and_no_count),
		cmocka_unit_test(a_pinned_event_that_cannot_run_reads_as_end_of_file),
		cmocka_unit_test(a_software_event_joins_a_hardware_group),
		cmocka_unit_test(a_hardware_event_joins_a_software_group),
	};

	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
