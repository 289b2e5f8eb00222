/* SPDX-License-Identifier: MIT */
/* Events of a cgroup, and what records say of cgroups. */
#include "attempt.h"
#include "cgroups.h"
#include "faults.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Opens an event of all tasks of a group on one processor. */
static int open_of_group(struct perf_event_attr attr, const char *group, int cpu)
{
	int folder = open_folder(group);
	int fd = open_at_or_skip(&attr, folder, cpu, -1, PERF_FLAG_PID_CGROUP, "cgroup");

	close(folder); /* the event holds the group by itself */
	return fd;
}

/* How many faults the event counts while the worker makes its own. */
static __u64 faults_seen(int fd, struct worker worker)
{
	__u64 before = read_count(fd);

	make_fault(worker);
	return read_count(fd) - before;
}

static void assert_all_seen(int fd, struct worker worker)
{
	assert_in_range(faults_seen(fd, worker), WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
}

static void an_event_of_a_group_counts_its_tasks_and_no_others(void **state)
{
	struct worker inside, outside;
	int cpu, fd;

	(void)state;
	cgroup_or_skip();
	cpu = allowed_cpu(0);
	fd = open_of_group((struct perf_event_attr)FAULTS(.disabled = 0), cgroups.group, cpu);
	inside = start_worker_on(cpu);
	outside = start_worker_on(cpu);
	assert_int_equal(read_count(fd), 0);
	move_into(cgroups.group, inside);
	assert_all_seen(fd, inside);
	assert_int_equal(faults_seen(fd, outside), 0);
	assert_all_seen(fd, inside);
	stop_worker(outside);
	stop_worker(inside);
	close(fd);
}

static void a_task_is_counted_from_when_it_joins_until_it_leaves(void **state)
{
	struct worker worker;
	int cpu, fd;

	(void)state;
	cgroup_or_skip();
	cpu = allowed_cpu(0);
	fd = open_of_group((struct perf_event_attr)FAULTS(.disabled = 0), cgroups.group, cpu);
	worker = start_worker_on(cpu);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(faults_seen(fd, worker), 0);
		move_into(cgroups.group, worker);
		assert_all_seen(fd, worker);
		move_into(cgroups.root, worker);
	}
	stop_worker(worker);
	close(fd);
}

static void the_tasks_of_a_group_below_are_counted_too(void **state)
{
	struct worker worker;
	char below[200];
	int cpu, fd;

	(void)state;
	cgroup_or_skip();
	cpu = allowed_cpu(0);
	snprintf(below, sizeof(below), "%s/" BELOW, cgroups.group);
	assert_int_equal(mkdir(below, 0755), 0);
	fd = open_of_group((struct perf_event_attr)FAULTS(.disabled = 0), cgroups.group, cpu);
	worker = start_worker_on(cpu);
	move_into(below, worker);
	assert_all_seen(fd, worker);
	stop_worker(worker);
	close(fd);
	assert_int_equal(rmdir(below), 0);
}

static void an_event_of_a_group_counts_on_its_processor_alone(void **state)
{
	int cpu = allowed_cpu(0), other = allowed_cpu(1), here, there;
	struct worker worker;

	(void)state;
	cgroup_or_skip();
	if (other < 0)
		skip_without("two-processors", "there is but one");
	here = open_of_group((struct perf_event_attr)FAULTS(.disabled = 0), cgroups.group, cpu);
	there = open_of_group((struct perf_event_attr)FAULTS(.disabled = 0), cgroups.group, other);
	worker = start_worker_on(cpu);
	move_into(cgroups.group, worker);
	assert_all_seen(here, worker);
	assert_int_equal(read_count(there), 0);
	pin(worker.pid, other);
	assert_int_equal(faults_seen(here, worker), 0);
	assert_in_range(read_count(there), WORKER_PAGES, WORKER_PAGES + WORKER_STRAY);
	stop_worker(worker);
	close(there);
	close(here);
}

static void the_clock_of_a_group_stands_still_while_none_of_its_tasks_runs(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .exclude_kernel = 1);
	struct worker inside, outside;
	__u64 before;
	int cpu, fd;

	(void)state;
	cgroup_or_skip();
	cpu = allowed_cpu(0);
	inside = start_worker_on(cpu);
	outside = start_worker_on(cpu);
	fd = open_of_group(attr, cgroups.group, cpu);
	make_fault(outside);
	assert_int_equal(read_count(fd), 0);
	move_into(cgroups.group, inside);
	make_fault(inside);
	stop_worker(inside);
	make_fault(outside); /* so that its processor has left the other one for good */
	before = read_count(fd);
	assert_true(before > 0);
	make_fault(outside);
	assert_int_equal(read_count(fd), before);
	stop_worker(outside);
	close(fd);
}

static void what_is_no_group_of_this_hierarchy_is_ebadf(void **state)
{
	struct attempt attempt = { DUMMY(.disabled = 1), 0, allowed_cpu(0), -1,
				   PERF_FLAG_PID_CGROUP };

	(void)state;
	cgroup_or_skip();
	attempt.pid = open_no_event();
	assert_int_equal(error_of(&attempt), EBADF);
	close(attempt.pid);
	assert_int_equal(error_of(&attempt), EBADF);
	attempt.pid = open_folder("/");
	assert_int_equal(error_of(&attempt), EBADF);
	close(attempt.pid);
	/* And it is of one processor, always. */
	attempt.pid = open_folder(cgroups.group);
	assert_int_equal(error_of(&attempt), 0);
	attempt.cpu = -1;
	assert_int_equal(error_of(&attempt), EINVAL);
	close(attempt.pid);
}

/* The number by which the kernel names a group in its records. */
static __u64 group_id(const char *group)
{
	struct stat status;

	assert_int_equal(stat(group, &status), 0);
	return status.st_ino;
}

/* Opens it, or skips the test where the kernel is too old for what attr asks of cgroups. */
static int open_new_or_skip(struct perf_event_attr attr, pid_t pid)
{
	int fd = perf_event_open(&attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0 && errno == EINVAL)
		skip_without("cgroup-records", "this kernel does not know them");
	return fd < 0 ? open_at_or_skip(&attr, pid, -1, -1, 0, "cgroup-records") : fd;
}

static void a_sample_carries_the_id_of_the_group_that_its_task_is_in(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.sample_period = 256, .sample_type = PERF_SAMPLE_CGROUP);
	struct record record;
	struct worker worker;
	struct test_ring ring;
	unsigned int samples = 0;
	__u64 id;
	int fd;

	(void)state;
	cgroup_or_skip();
	close(open_new_or_skip(attr, 0));
	id = group_id(cgroups.group);
	worker = start_worker();
	move_into(cgroups.group, worker);
	fd = open_new_or_skip(attr, worker.pid);
	ring_map(&ring, fd, 1);
	make_fault(worker);
	while (ring_next(&ring, &record)) {
		if (record.header.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(record.header.size, sizeof(record.header) + sizeof(__u64));
		assert_int_equal(record.words[0], id);
		samples++;
	}
	assert_in_range(samples, WORKER_PAGES / 256, (WORKER_PAGES + WORKER_STRAY) / 256);
	/* Elsewhere it is another's. */
	move_into(cgroups.root, worker);
	make_fault(worker);
	assert_int_equal(ring_next(&ring, &record), 1);
	assert_int_equal(record.words[0], group_id(cgroups.root));
	stop_worker(worker);
	ring_unmap(&ring);
	close(fd);
}

static __u64 make_and_remove(const char *group)
{
	struct stat status;
	int failed;

	assert_int_equal(mkdir(group, 0755), 0);
	failed = stat(group, &status);
	assert_int_equal(rmdir(group), 0);
	assert_int_equal(failed, 0);
	return status.st_ino;
}

static void a_group_that_is_made_is_told_with_its_id_and_path(void **state)
{
	struct perf_event_attr attr = DUMMY(.cgroup = 1);
	struct record record;
	struct test_ring ring;
	char group[200], expected[200];
	unsigned int found = 0;
	__u64 id;
	int fd;

	(void)state;
	cgroup_or_skip();
	fd = open_new_or_skip(attr, 0);
	ring_map(&ring, fd, 1);
	snprintf(group, sizeof(group), "%s/" NAME "-%d-new", cgroups.root, getpid());
	snprintf(expected, sizeof(expected), "/" NAME "-%d-new", getpid());
	id = make_and_remove(group);
	while (ring_next(&ring, &record)) {
		if (record.header.type != PERF_RECORD_CGROUP || record.words[0] != id)
			continue;
		assert_int_equal(record.header.size % 8, 0);
		assert_string_equal((const char *)&record.words[1], expected);
		found++;
	}
	assert_int_equal(found, 1);
	ring_unmap(&ring);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_of_a_group_counts_its_tasks_and_no_others),
		cmocka_unit_test(a_task_is_counted_from_when_it_joins_until_it_leaves),
		cmocka_unit_test(the_tasks_of_a_group_below_are_counted_too),
		cmocka_unit_test(an_event_of_a_group_counts_on_its_processor_alone),
		cmocka_unit_test(the_clock_of_a_group_stands_still_while_none_of_its_tasks_runs),
		cmocka_unit_test(what_is_no_group_of_this_hierarchy_is_ebadf),
		cmocka_unit_test(a_sample_carries_the_id_of_the_group_that_its_task_is_in),
		cmocka_unit_test(a_group_that_is_made_is_told_with_its_id_and_path),
	};

	return cmocka_run_group_tests_name("events of cgroups", tests, make_group, take_all_back);
}
