/* SPDX-License-Identifier: MIT */
/*
 * The errors of the ioctls that perfev/sys.h names, each provoked and seen as errno, and none of
 * them altered by the way. What must stay true: what is asserted is what the kernel does, exactly
 * one errno each.
 */
#include "attempt.h"

#include <errno.h>
#include <linux/bpf.h>
#include <time.h>
#include <unistd.h>

/* Every ioctl with arguments that do not matter, as the descriptor is refused first. */
static int try_enable(int fd)
{
	return perf_event_ioc_enable(fd, 0);
}

static int try_disable(int fd)
{
	return perf_event_ioc_disable(fd, 0);
}

static int try_reset(int fd)
{
	return perf_event_ioc_reset(fd, 0);
}

static int try_refresh(int fd)
{
	return perf_event_ioc_refresh(fd, 1);
}

static int try_period(int fd)
{
	return perf_event_ioc_period(fd, 1);
}

static int try_set_output(int fd)
{
	return perf_event_ioc_set_output(fd, -1);
}

static int try_set_filter(int fd)
{
	return perf_event_ioc_set_filter(fd, "");
}

static int try_id(int fd)
{
	__u64 id;

	return perf_event_ioc_id(fd, &id);
}

static int try_set_bpf(int fd)
{
	return perf_event_ioc_set_bpf(fd, -1);
}

static int try_pause_output(int fd)
{
	return perf_event_ioc_pause_output(fd, 0);
}

static int try_query_bpf(int fd)
{
	struct perf_event_query_bpf query = { .ids_len = 0 };

	return perf_event_ioc_query_bpf(fd, &query);
}

static int try_modify_attributes(int fd)
{
	struct perf_event_attr attr = DUMMY(.disabled = 1);

	return perf_event_ioc_modify_attributes(fd, &attr);
}

static int (*const every_ioctl[])(int fd) = {
	try_enable,  try_disable,      try_reset,      try_refresh,
	try_period,  try_set_output,   try_set_filter, try_id,
	try_set_bpf, try_pause_output, try_query_bpf,  try_modify_attributes,
};

static void ioctls_of_what_is_no_event_are_enotty_and_of_a_closed_one_ebadf(void **state)
{
	int no_event = open_no_event();

	(void)state;
	for (size_t i = 0; i < sizeof(every_ioctl) / sizeof(every_ioctl[0]); i++)
		assert_refused(every_ioctl[i](no_event), ENOTTY);
	close(no_event);
	for (size_t i = 0; i < sizeof(every_ioctl) / sizeof(every_ioctl[0]); i++)
		assert_refused(every_ioctl[i](no_event), EBADF);
}

static void refresh_of_what_does_not_sample_or_is_inherited_is_einval(void **state)
{
	int counts = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	int inherited = open_dummy((struct perf_event_attr)DUMMY(.sample_period = 1, .inherit = 1));

	(void)state;
	assert_refused(perf_event_ioc_refresh(counts, 1), EINVAL);
	assert_refused(perf_event_ioc_refresh(inherited, 1), EINVAL);
	close(inherited);
	close(counts);
}

static void period_of_what_does_not_sample_is_einval(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));

	(void)state;
	assert_refused(perf_event_ioc_period(fd, 1000), EINVAL);
	close(fd);
}

static void set_output_to_what_is_no_event_is_ebadf(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	int no_event = open_no_event();

	(void)state;
	assert_refused(perf_event_ioc_set_output(fd, no_event), EBADF);
	close(no_event);
	assert_refused(perf_event_ioc_set_output(fd, no_event), EBADF);
	assert_refused(perf_event_ioc_set_output(fd, -2), EBADF);
	close(fd);
}

static void set_output_to_a_ring_that_does_not_fit_is_einval(void **state)
{
	int target = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	struct perf_event_attr attr = DUMMY(.disabled = 1);
	int other_clock = open_dummy(
		(struct perf_event_attr)DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC));
	int other_direction = open_dummy((struct perf_event_attr)DUMMY(.write_backward = 1));
	int other_cpu = open_at_or_skip(&attr, 0, 0, -1, 0, "dummy");
	int fits = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	struct test_ring ring;

	(void)state;
	assert_refused(perf_event_ioc_set_output(fits, target), EINVAL);
	ring_map(&ring, target, 0);
	assert_int_equal(perf_event_ioc_set_output(fits, target), 0);
	assert_refused(perf_event_ioc_set_output(other_clock, target), EINVAL);
	assert_refused(perf_event_ioc_set_output(other_direction, target), EINVAL);
	assert_refused(perf_event_ioc_set_output(other_cpu, target), EINVAL);
	assert_refused(perf_event_ioc_set_output(target, target), EINVAL);
	ring_unmap(&ring);
	close(fits);
	close(other_cpu);
	close(other_direction);
	close(other_clock);
	close(target);
}

static void set_output_of_an_event_with_a_ring_of_its_own_is_einval(void **state)
{
	int target = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	struct test_ring its_own;
	struct test_ring ring;

	(void)state;
	ring_map(&ring, target, 0);
	ring_map(&its_own, fd, 0);
	assert_refused(perf_event_ioc_set_output(fd, target), EINVAL);
	ring_unmap(&its_own);
	assert_int_equal(perf_event_ioc_set_output(fd, target), 0);
	ring_unmap(&ring);
	close(fd);
	close(target);
}

static void set_filter_of_a_software_event_is_einval(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));

	(void)state;
	assert_refused(perf_event_ioc_set_filter(fd, "common_pid == 0"), EINVAL);
	close(fd);
}

/* One tracepoint's event, of a system call that the tests beside this one leave alone. */
static int open_tracepoint(void)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_TRACEPOINT,
		.config = tracepoint_or_skip("syscalls", "sys_enter_sched_get_priority_min"));

	return open_or_skip(&attr, "tracepoint");
}

static void set_filter_that_cannot_be_read_is_efault(void **state)
{
	int fd = open_tracepoint();
	void *page = forbidden_page();

	(void)state;
	assert_refused(perf_event_ioc_set_filter(fd, page), EFAULT);
	unmap_page(page);
	close(fd);
}

static void set_filter_of_an_event_that_has_one_is_eexist(void **state)
{
	int fd = open_tracepoint();

	(void)state;
	assert_int_equal(perf_event_ioc_set_filter(fd, "common_pid == 0"), 0);
	assert_refused(perf_event_ioc_set_filter(fd, "common_pid == 0"), EEXIST);
	close(fd);
}

static void id_that_cannot_be_written_is_efault(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));
	void *page = forbidden_page();

	(void)state;
	assert_refused(perf_event_ioc_id(fd, page), EFAULT);
	unmap_page(page);
	close(fd);
}

static void pause_output_without_a_ring_is_einval(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));

	(void)state;
	assert_refused(perf_event_ioc_pause_output(fd, 1), EINVAL);
	close(fd);
}

static void set_bpf_of_what_is_no_program_is_einval_and_of_a_closed_one_ebadf(void **state)
{
	int program = bpf_program_or_skip(BPF_PROG_TYPE_PERF_EVENT, 1);
	int fd = open_dummy((struct perf_event_attr)DUMMY(.sample_period = 1));
	int no_event = open_no_event();

	(void)state;
	assert_refused(perf_event_ioc_set_bpf(fd, no_event), EINVAL);
	close(no_event);
	assert_refused(perf_event_ioc_set_bpf(fd, no_event), EBADF);
	assert_refused(perf_event_ioc_set_bpf(fd, -1), EBADF);
	close(fd);
	close(program);
}

static void set_bpf_of_another_kind_is_einval_and_a_second_one_eexist(void **state)
{
	int of_tracepoints = bpf_program_or_skip(BPF_PROG_TYPE_TRACEPOINT, 1);
	int of_overflows = bpf_program_or_skip(BPF_PROG_TYPE_PERF_EVENT, 1);
	int fd = open_dummy((struct perf_event_attr)DUMMY(.sample_period = 1));

	(void)state;
	assert_refused(perf_event_ioc_set_bpf(fd, of_tracepoints), EINVAL);
	assert_int_equal(perf_event_ioc_set_bpf(fd, of_overflows), 0);
	assert_refused(perf_event_ioc_set_bpf(fd, of_overflows), EEXIST);
	close(fd);
	close(of_overflows);
	close(of_tracepoints);
}

/* How many programs one tracepoint takes, BPF_TRACE_MAX_PROGS of the kernel. */
#define PROGRAMS 64

static void set_bpf_of_more_programs_than_a_tracepoint_takes_is_e2big(void **state)
{
	int fds[PROGRAMS + 1];
	int programs[PROGRAMS + 1];

	(void)state;
	for (int i = 0; i <= PROGRAMS; i++) {
		fds[i] = open_tracepoint();
		programs[i] = bpf_program_or_skip(BPF_PROG_TYPE_TRACEPOINT, 1);
		if (i < PROGRAMS)
			assert_int_equal(perf_event_ioc_set_bpf(fds[i], programs[i]), 0);
	}
	assert_refused(perf_event_ioc_set_bpf(fds[PROGRAMS], programs[PROGRAMS]), E2BIG);
	for (int i = 0; i <= PROGRAMS; i++) {
		close(fds[i]);
		close(programs[i]);
	}
}

static void query_bpf_of_what_is_no_tracepoint_is_einval(void **state)
{
	int fd = open_dummy((struct perf_event_attr)DUMMY(.disabled = 1));

	(void)state;
	root_or_skip();
	assert_refused(try_query_bpf(fd), EINVAL);
	close(fd);
}

static void query_bpf_with_room_for_too_many_is_e2big_and_unwritable_efault(void **state)
{
	struct perf_event_query_bpf query = { .ids_len = PROGRAMS + 1 };
	int fd = open_tracepoint();
	void *page = forbidden_page();

	(void)state;
	assert_refused(perf_event_ioc_query_bpf(fd, &query), E2BIG);
	assert_refused(perf_event_ioc_query_bpf(fd, page), EFAULT);
	unmap_page(page);
	close(fd);
}

static int error_of_query(void *fd)
{
	return try_query_bpf(*(int *)fd) < 0 ? errno : 0;
}

static void query_bpf_is_eperm_for_an_unprivileged_user(void **state)
{
	int fd = open_tracepoint();

	(void)state;
	assert_int_equal(error_of_query(&fd), 0);
	assert_int_equal(as_nobody(error_of_query, &fd), EPERM);
	close(fd);
}

static volatile __u32 watched;

static void modify_attributes_of_anything_else_is_einval(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_4,
		.bp_addr = (__u64)(uintptr_t)&watched, .exclude_kernel = 1, .disabled = 1);
	int fd = open_or_skip(&attr, "breakpoint");
	struct perf_event_attr changed = attr;

	(void)state;
	assert_int_equal(perf_event_ioc_modify_attributes(fd, &changed), 0);
	changed.sample_period = 2;
	assert_refused(perf_event_ioc_modify_attributes(fd, &changed), EINVAL);
	changed = attr;
	changed.bp_type = HW_BREAKPOINT_EMPTY;
	assert_refused(perf_event_ioc_modify_attributes(fd, &changed), EINVAL);
	changed = (struct perf_event_attr)DUMMY(.disabled = 1);
	assert_refused(perf_event_ioc_modify_attributes(fd, &changed), EINVAL);
	close(fd);
}

static void modify_attributes_reads_attr_as_an_open_does(void **state)
{
	struct perf_event_attr attr = DUMMY(.disabled = 1);
	int fd = open_or_skip(&attr, "dummy");
	void *page = forbidden_page();

	(void)state;
	assert_refused(perf_event_ioc_modify_attributes(fd, page), EFAULT);
	attr.size = 1;
	assert_refused(perf_event_ioc_modify_attributes(fd, &attr), E2BIG);
	assert_true(attr.size >= PERF_ATTR_SIZE_VER5);
	unmap_page(page);
	close(fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(ioctls_of_what_is_no_event_are_enotty_and_of_a_closed_one_ebadf),
	cmocka_unit_test(refresh_of_what_does_not_sample_or_is_inherited_is_einval),
	cmocka_unit_test(period_of_what_does_not_sample_is_einval),
	cmocka_unit_test(set_output_to_what_is_no_event_is_ebadf),
	cmocka_unit_test(set_output_to_a_ring_that_does_not_fit_is_einval),
	cmocka_unit_test(set_output_of_an_event_with_a_ring_of_its_own_is_einval),
	cmocka_unit_test(set_filter_of_a_software_event_is_einval),
	cmocka_unit_test(set_filter_that_cannot_be_read_is_efault),
	cmocka_unit_test(set_filter_of_an_event_that_has_one_is_eexist),
	cmocka_unit_test(id_that_cannot_be_written_is_efault),
	cmocka_unit_test(pause_output_without_a_ring_is_einval),
	cmocka_unit_test(set_bpf_of_what_is_no_program_is_einval_and_of_a_closed_one_ebadf),
	cmocka_unit_test(set_bpf_of_another_kind_is_einval_and_a_second_one_eexist),
	cmocka_unit_test(set_bpf_of_more_programs_than_a_tracepoint_takes_is_e2big),
	cmocka_unit_test(query_bpf_of_what_is_no_tracepoint_is_einval),
	cmocka_unit_test(query_bpf_with_room_for_too_many_is_e2big_and_unwritable_efault),
	cmocka_unit_test(query_bpf_is_eperm_for_an_unprivileged_user),
	cmocka_unit_test(modify_attributes_of_anything_else_is_einval),
	cmocka_unit_test(modify_attributes_reads_attr_as_an_open_does),
};

int main(void)
{
	return cmocka_run_group_tests_name("errors of the ioctls", tests, NULL, NULL);
}
