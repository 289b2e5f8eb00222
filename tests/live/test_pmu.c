/* SPDX-License-Identifier: MIT */
/*
 * Counting on the test PMU of tests/lab/pmu/, where every count is known beforehand: what hardware
 * does that no machine of ours has. What must stay true: counts are compared for equality, and what
 * the PMU does is what its README says.
 */
#include "pmu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PMU "perfev_test"
#define UNCORE "perfev_uncore_0"

/* Counters of the PMU, and events that compete for them. */
#define COUNTERS 4
#define COMPETITORS 8

/* Event numbers. */
#define HITS 0x1ULL
#define BYTES 0x2ULL
#define FIXED 0x3ULL
#define OTHER 0x4ULL

static struct perf_event_attr on_pmu(__u64 config)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(0, .config = config);

	attr.type = test_pmu_or_skip(PMU, "test-pmu");
	return attr;
}

static int open_event(struct perf_event_attr attr, int group)
{
	int fd = perf_event_open(&attr, 0, -1, group, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		fail_msg("config %#llx: %s", (unsigned long long)attr.config, strerror(errno));
	return fd;
}

static void check_refused(struct perf_event_attr attr, int group, int error)
{
	int fd = perf_event_open(&attr, 0, -1, group, PERF_FLAG_FD_CLOEXEC);

	assert_int_equal(fd, -1);
	assert_int_equal(errno, error);
}

/* After each test: one that failed left events open; they would take the next one's counters. */
static int close_all(void **state)
{
	(void)state;
	for (int fd = 3; fd < 32; fd++)
		close(fd);
	return 0;
}

/* Counts */

static void each_hit_is_counted_once_and_by_its_event_alone(void **state)
{
	int hits = open_event(on_pmu(HITS), -1), other = open_event(on_pmu(OTHER), -1);

	(void)state;
	hit(PMU, "1 1000");
	hit(PMU, "4 77");
	hit(PMU, "2 5");
	assert_int_equal(read_count(hits), 1000);
	assert_int_equal(read_count(other), 77);
	assert_int_equal(perf_event_ioc_disable(hits, 0), 0);
	hit(PMU, "1 10");
	assert_int_equal(read_count(hits), 1000);
	assert_int_equal(perf_event_ioc_enable(hits, 0), 0);
	hit(PMU, "1 10");
	assert_int_equal(read_count(hits), 1010);
	assert_int_equal(perf_event_ioc_reset(hits, 0), 0);
	hit(PMU, "1 3");
	assert_int_equal(read_count(hits), 3);
	close(other);
	close(hits);
}

static void a_umask_counts_hits_that_share_a_bit_with_it(void **state)
{
	int any = open_event(on_pmu(BYTES), -1), low = open_event(on_pmu(BYTES | 0x3 << 8), -1);
	int high = open_event(on_pmu(BYTES | 0x80 << 8), -1);

	(void)state;
	hit(PMU, "2 10 0x1");
	hit(PMU, "2 20 0x82");
	hit(PMU, "2 40 0x4");
	assert_int_equal(read_count(any), 70);
	assert_int_equal(read_count(low), 30);
	assert_int_equal(read_count(high), 20);
	close(high);
	close(low);
	close(any);
}

/* format/tag is config:16-19,32-35: 0xa5 has its 5 at 16 and its a at 32. */
static void a_field_split_in_two_is_put_together_low_bits_first(void **state)
{
	int fd = open_event(on_pmu(HITS | 0x5ULL << 16 | 0xaULL << 32), -1);

	(void)state;
	hit(PMU, "1 3 0 0xa5");
	hit(PMU, "1 5 0 0x5a");
	hit(PMU, "1 7 0 0x05");
	hit(PMU, "1 11 0 0xa0");
	assert_int_equal(read_count(fd), 3);
	close(fd);
}

static void config1_is_the_step_of_the_count(void **state)
{
	struct perf_event_attr attr = on_pmu(HITS);
	int fd;

	(void)state;
	attr.config1 = 0xffff;
	fd = open_event(attr, -1);
	hit(PMU, "1 100");
	assert_int_equal(read_count(fd), 100 * 0xffff);
	close(fd);
}

static void exclude_bits_leave_out_whose_hits_they_name(void **state)
{
	struct perf_event_attr attr = on_pmu(HITS);
	int user, kernel, both;

	(void)state;
	both = open_event(attr, -1);
	attr.exclude_kernel = 1;
	user = open_event(attr, -1);
	attr.exclude_kernel = 0;
	attr.exclude_user = 1;
	kernel = open_event(attr, -1);
	hit(PMU, "1 30 0 0 u");
	hit(PMU, "1 12 0 0 k");
	assert_int_equal(read_count(both), 42);
	assert_int_equal(read_count(user), 30);
	assert_int_equal(read_count(kernel), 12);
	close(kernel);
	close(user);
	close(both);
}

static void hits_of_a_child_count_only_where_inherited(void **state)
{
	struct perf_event_attr attr = on_pmu(HITS);
	int alone = open_event(attr, -1), both, status;
	pid_t child;

	(void)state;
	attr.inherit = 1;
	both = open_event(attr, -1);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		hit(PMU, "1 500");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	hit(PMU, "1 3");
	assert_int_equal(read_count(alone), 3);
	assert_int_equal(read_count(both), 503);
	close(both);
	close(alone);
}

/* Groups, and more events than counters */

static void a_group_has_room_for_as_many_events_as_there_are_counters(void **state)
{
	struct perf_event_attr attr = on_pmu(HITS);
	__u64 values[1 + COUNTERS];
	int fds[COUNTERS];

	(void)state;
	attr.read_format = PERF_FORMAT_GROUP;
	for (int i = 0; i < COUNTERS; i++) {
		attr.config1 = (__u64)i + 1;
		fds[i] = open_event(attr, i ? fds[0] : -1);
	}
	check_refused(attr, fds[0], EINVAL);
	hit(PMU, "1 100");
	assert_int_equal(read(fds[0], values, sizeof(values)), sizeof(values));
	assert_int_equal(values[0], COUNTERS);
	for (int i = 0; i < COUNTERS; i++)
		assert_int_equal(values[1 + i], 100 * (i + 1));
	/* Events of software need no counter. */
	attr = (struct perf_event_attr)PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
		.read_format = PERF_FORMAT_GROUP);
	close(open_event(attr, fds[0]));
	for (int i = COUNTERS - 1; i >= 0; i--)
		close(fds[i]);
}

static void a_group_has_room_for_one_event_of_the_only_counter_that_can(void **state)
{
	int leader = open_event(on_pmu(HITS), -1), second = open_event(on_pmu(HITS), leader);
	int fixed = open_event(on_pmu(FIXED), leader);

	(void)state;
	check_refused(on_pmu(FIXED), leader, EINVAL);
	hit(PMU, "1 6");
	hit(PMU, "3 4");
	assert_int_equal(read_count(leader), 6);
	assert_int_equal(read_count(second), 6);
	assert_int_equal(read_count(fixed), 4);
	close(fixed);
	close(second);
	close(leader);
}

struct timed {
	__u64 value;
	__u64 enabled;
	__u64 running;
};

static void read_timed(int fd, struct timed *timed)
{
	assert_int_equal(read(fd, timed, sizeof(*timed)), sizeof(*timed));
}

/* Whether each has been on a counter for a tenth of the time at least, after some turns. */
static int all_had_turns(const int fds[COMPETITORS])
{
	for (int i = 0; i < COMPETITORS; i++) {
		struct timed timed;

		read_timed(fds[i], &timed);
		if (timed.enabled < 200000000 || timed.running < timed.enabled / 10)
			return 0;
	}
	return 1;
}

static void open_competitors(int fds[COMPETITORS], __u64 config)
{
	struct perf_event_attr attr = on_pmu(config);

	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
	for (int i = 0; i < COMPETITORS; i++)
		fds[i] = open_event(attr, -1);
}

/*
 * Whichever four are on the counters when there is a hit count it. So all counts make up exactly
 * four times the hits, and each, scaled by its times, says about how many there were.
 */
static void more_events_than_counters_take_turns_and_scale(void **state)
{
	int fds[COMPETITORS];
	__u64 made = 0, sum = 0;

	(void)state;
	open_competitors(fds, HITS);
	for (int tries = 0; tries < 400000 && (tries % 256 || !all_had_turns(fds)); tries++) {
		hit(PMU, "1 5");
		made += 5;
	}
	for (int i = 0; i < COMPETITORS; i++) {
		struct timed timed;
		double estimate;

		assert_int_equal(perf_event_ioc_disable(fds[i], 0), 0);
		read_timed(fds[i], &timed);
		assert_true(timed.running > 0 && timed.running < timed.enabled);
		estimate = (double)timed.value * (double)timed.enabled / (double)timed.running;
		print_message("# %llu of %llu hits, %.0f %% of the time: %.0f\n",
			      (unsigned long long)timed.value, (unsigned long long)made,
			      100.0 * (double)timed.running / (double)timed.enabled, estimate);
		assert_true(estimate > 0.5 * (double)made && estimate < 2.0 * (double)made);
		sum += timed.value;
		close(fds[i]);
	}
	assert_int_equal(sum, COUNTERS * made);
}

/* A pinned event is never taken off; when it finds no counter, it is in error and read() is 0. */
static void a_pinned_event_without_a_counter_reads_as_end_of_file(void **state)
{
	struct perf_event_attr attr = on_pmu(FIXED);
	int first, second;
	__u64 count;

	(void)state;
	attr.pinned = 1;
	first = open_event(attr, -1);
	second = open_event(attr, -1);
	hit(PMU, "3 20");
	assert_int_equal(read_count(first), 20);
	assert_int_equal(read(second, &count, sizeof(count)), 0);
	close(second);
	close(first);
}

/* Files */

static void its_files_in_sysfs_say_what_the_fields_and_events_are(void **state)
{
	static const struct {
		const char *path, *text;
	} files[] = {
		{ PMU "/format/event", "config:0-7" },
		{ PMU "/format/umask", "config:8-15" },
		{ PMU "/format/tag", "config:16-19,32-35" },
		{ PMU "/format/step", "config1:0-15" },
		{ PMU "/format/address", "config2:0-63" },
		{ PMU "/events/hits", "event=0x1" },
		{ PMU "/events/bytes", "event=0x2,umask=0x3" },
		{ PMU "/events/bytes.scale", "64" },
		{ PMU "/events/bytes.unit", "Bytes" },
		{ PMU "/events/fixed", "event=0x3" },
		{ PMU "/events/tagged", "event=0x1,tag=?" },
		{ PMU "/events/sampled", "event=0x4,period=0x64" },
		{ PMU "/caps/branches", "8" },
		{ PMU "/caps/counters", "4" },
		{ UNCORE "/cpumask", "0" },
		{ UNCORE "/format/event", "config:0-7" },
		{ UNCORE "/events/lines", "event=0x1" },
		{ UNCORE "/events/lines.scale", "6.103515625e-5" },
		{ UNCORE "/events/lines.unit", "MiB" },
		{ UNCORE "/events/lines.per-pkg", "1" },
	};
	char text[256];

	(void)state;
	test_pmu_or_skip(PMU, "test-pmu");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		read_pmu_file(files[i].path, text);
		assert_string_equal(text, files[i].text);
	}
}

/* Refusals */

static void what_its_format_does_not_know_is_EINVAL(void **state)
{
	static const __u64 configs[] = {
		0, 5, 0xff, HITS | 1ULL << 20, HITS | 1ULL << 36, HITS | 1ULL << 63
	};
	struct perf_event_attr attr = on_pmu(HITS);

	(void)state;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++)
		check_refused(on_pmu(configs[i]), -1, EINVAL);
	attr.config1 = 0x10000;
	check_refused(attr, -1, EINVAL);
}

/* System-wide PMU */

static int open_uncore(struct perf_event_attr attr, pid_t pid, int cpu)
{
	attr.type = test_pmu_or_skip(UNCORE, "test-pmu");
	return perf_event_open(&attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static void a_system_wide_PMU_counts_for_whoever_hits(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(0, .config = 1);
	int first = open_uncore(attr, -1, 0), second, status;
	pid_t child;

	(void)state;
	assert_true(first >= 0);
	hit(UNCORE, "1000");
	second = open_uncore(attr, -1, 0);
	assert_true(second >= 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		hit(UNCORE, "234");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(read_count(first), 1234);
	assert_int_equal(read_count(second), 234);
	assert_int_equal(perf_event_ioc_disable(first, 0), 0);
	hit(UNCORE, "1");
	assert_int_equal(read_count(first), 1234);
	assert_int_equal(read_count(second), 235);
	close(second);
	close(first);
}

static void a_system_wide_PMU_refuses_tasks_privileges_and_samples(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(0, .config = 1);

	(void)state;
	assert_int_equal(open_uncore(attr, 0, -1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(open_uncore(attr, 0, 0), -1);
	assert_int_equal(errno, EINVAL);
	attr.config = 2;
	assert_int_equal(open_uncore(attr, -1, 0), -1);
	assert_int_equal(errno, EINVAL);
	attr.config = 1;
	attr.exclude_kernel = 1; /* it cannot tell whose hits are whose (PERF_PMU_CAP_NO_EXCLUDE) */
	assert_int_equal(open_uncore(attr, -1, 0), -1);
	assert_int_equal(errno, EINVAL);
	attr.exclude_kernel = 0;
	attr.sample_period = 100; /* nor interrupt (PERF_PMU_CAP_NO_INTERRUPT) */
	assert_int_equal(open_uncore(attr, -1, 0), -1);
	assert_int_equal(errno, EOPNOTSUPP);
}

#define PMU_TEST(test) cmocka_unit_test_teardown(test, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PMU_TEST(each_hit_is_counted_once_and_by_its_event_alone),
		PMU_TEST(a_umask_counts_hits_that_share_a_bit_with_it),
		PMU_TEST(a_field_split_in_two_is_put_together_low_bits_first),
		PMU_TEST(config1_is_the_step_of_the_count),
		PMU_TEST(exclude_bits_leave_out_whose_hits_they_name),
		PMU_TEST(hits_of_a_child_count_only_where_inherited),
		PMU_TEST(a_group_has_room_for_as_many_events_as_there_are_counters),
		PMU_TEST(a_group_has_room_for_one_event_of_the_only_counter_that_can),
		PMU_TEST(more_events_than_counters_take_turns_and_scale),
		PMU_TEST(a_pinned_event_without_a_counter_reads_as_end_of_file),
		PMU_TEST(its_files_in_sysfs_say_what_the_fields_and_events_are),
		PMU_TEST(what_its_format_does_not_know_is_EINVAL),
		PMU_TEST(a_system_wide_PMU_counts_for_whoever_hits),
		PMU_TEST(a_system_wide_PMU_refuses_tasks_privileges_and_samples),
	};

	return cmocka_run_group_tests_name("pmu", tests, NULL, NULL);
}
