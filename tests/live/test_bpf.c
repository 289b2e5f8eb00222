/* SPDX-License-Identifier: MIT */
/*
 * The ioctls that let a filter or a BPF program decide what an event counts and samples, and the
 * one that lists such programs: set_filter, set_bpf, query_bpf. What must stay true: each is seen
 * by exact numbers, of events that happen as often with it as without.
 */
#include "attempt.h"
#include "faults.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Opens a tracepoint of a system call, counting what this thread does. */
static int open_syscall_tracepoint(const char *name)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_TRACEPOINT, .config = tracepoint_or_skip("syscalls", name));

	return open_or_skip(&attr, "tracepoint");
}

/* How far the event counts while getpriority(2) is called once each for who 0 to 7. */
static __u64 count_of_getpriority(int fd)
{
	__u64 before = read_count(fd);

	for (unsigned int who = 0; who < 8; who++)
		getpriority(PRIO_PROCESS, who);
	return read_count(fd) - before;
}

/* How many of those calls an event with this filter counts; it takes a new one for each filter. */
static __u64 count_with_filter(const char *filter)
{
	int fd = open_syscall_tracepoint("sys_enter_getpriority");
	__u64 count;

	assert_int_equal(count_of_getpriority(fd), 8);
	assert_int_equal(perf_event_ioc_set_filter(fd, filter), 0);
	count = count_of_getpriority(fd);
	close(fd);
	return count;
}

static void set_filter_lets_only_matching_tracepoints_count(void **state)
{
	(void)state;
	assert_int_equal(count_with_filter("who == 3"), 1);
	assert_int_equal(count_with_filter("who >= 2 && who != 5"), 5);
	assert_int_equal(count_with_filter("who == 8"), 0);
}

static void set_filter_refuses_a_text_that_does_not_parse(void **state)
{
	int fd = open_syscall_tracepoint("sys_enter_getpriority");

	(void)state;
	assert_refused(perf_event_ioc_set_filter(fd, "who =="), EINVAL);
	assert_refused(perf_event_ioc_set_filter(fd, "no_such_field == 1"), EINVAL);
	assert_int_equal(count_of_getpriority(fd), 8);
	close(fd);
}

/* How many samples of PAGES faults there are with a program that returns result attached. */
static unsigned int samples_with_program(int result)
{
	int program = bpf_program_or_skip(BPF_PROG_TYPE_PERF_EVENT, result);
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct test_ring ring;
	unsigned int samples;

	ring_map(&ring, fd, 3);
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	assert_int_equal(perf_event_ioc_set_bpf(fd, program), 0);
	samples = samples_of_faults(&ring);
	ring_unmap(&ring);
	close(fd);
	close(program);
	return samples;
}

static void set_bpf_of_an_overflow_handler_drops_the_samples_it_returns_0_for(void **state)
{
	(void)state;
	assert_in_range(samples_with_program(1), PAGES, PAGES + STRAY);
	assert_int_equal(samples_with_program(0), 0);
}

/* Counts 8 calls of a system call by its tracepoint, with such a program attached to it. */
static __u64 count_with_program(int result)
{
	int fd = open_syscall_tracepoint("sys_enter_getpriority");
	int program = bpf_program_or_skip(BPF_PROG_TYPE_TRACEPOINT, result);
	__u64 count;

	assert_int_equal(count_of_getpriority(fd), 8);
	assert_int_equal(perf_event_ioc_set_bpf(fd, program), 0);
	count = count_of_getpriority(fd);
	close(fd);
	close(program);
	return count;
}

static void set_bpf_of_a_tracepoint_hides_what_the_program_returns_0_for(void **state)
{
	(void)state;
	assert_int_equal(count_with_program(1), 8);
	assert_int_equal(count_with_program(0), 0);
}

static __u32 id_of_program(int program)
{
	struct bpf_prog_info info;
	union bpf_attr get;

	memset(&info, 0, sizeof(info));
	memset(&get, 0, sizeof(get));
	get.info.bpf_fd = (__u32)program;
	get.info.info_len = sizeof(info);
	get.info.info = (__u64)(uintptr_t)&info;
	assert_int_equal(syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &get, sizeof(get)), 0);
	return info.id;
}

/* Two events of one tracepoint: each may have one program, and both list both. */
struct programs {
	int event[2];
	int program[2];
	__u32 id[2];
};

static void open_programs(struct programs *programs)
{
	/* Not the tracepoint of the other tests: all programs of one are listed together. */
	for (int i = 0; i < 2; i++) {
		programs->event[i] = open_syscall_tracepoint("sys_enter_sched_get_priority_max");
		programs->program[i] = bpf_program_or_skip(BPF_PROG_TYPE_TRACEPOINT, 1);
		programs->id[i] = id_of_program(programs->program[i]);
	}
}

static void close_programs(struct programs *programs)
{
	for (int i = 0; i < 2; i++) {
		close(programs->event[i]);
		close(programs->program[i]);
	}
}

/* A query with room for so many ids, the room after the header filled with what is no id. */
static struct perf_event_query_bpf *new_query(__u32 room)
{
	struct perf_event_query_bpf *query = malloc(sizeof(*query) + 8 * sizeof(query->ids[0]));

	assert_non_null(query);
	memset(query, 0xff, sizeof(*query) + 8 * sizeof(query->ids[0]));
	query->ids_len = room;
	return query;
}

static void query_bpf_lists_exactly_the_programs_that_are_attached(void **state)
{
	struct perf_event_query_bpf *query;
	struct programs programs;

	(void)state;
	open_programs(&programs);
	query = new_query(4);
	assert_int_equal(perf_event_ioc_query_bpf(programs.event[0], query), 0);
	assert_int_equal(query->prog_cnt, 0);
	assert_int_equal(perf_event_ioc_set_bpf(programs.event[0], programs.program[0]), 0);
	assert_int_equal(perf_event_ioc_query_bpf(programs.event[0], query), 0);
	assert_int_equal(query->prog_cnt, 1);
	assert_int_equal(query->ids[0], programs.id[0]);
	assert_int_equal(perf_event_ioc_set_bpf(programs.event[1], programs.program[1]), 0);
	assert_int_equal(perf_event_ioc_query_bpf(programs.event[0], query), 0);
	assert_int_equal(query->prog_cnt, 2);
	assert_int_equal(query->ids[0], programs.id[0]);
	assert_int_equal(query->ids[1], programs.id[1]);
	close_programs(&programs);
	free(query);
}

static void query_bpf_without_enough_room_is_enospc_and_gives_what_fits(void **state)
{
	struct perf_event_query_bpf *query;
	struct programs programs;

	(void)state;
	open_programs(&programs);
	query = new_query(1);
	for (int i = 0; i < 2; i++)
		assert_int_equal(perf_event_ioc_set_bpf(programs.event[i], programs.program[i]), 0);
	assert_refused(perf_event_ioc_query_bpf(programs.event[1], query), ENOSPC);
	assert_int_equal(query->prog_cnt, 2);
	assert_int_equal(query->ids[0], programs.id[0]);
	assert_int_equal(query->ids[1], 0xffffffff);
	/* No room at all is no mistake: it is how to ask for the number alone. */
	query->ids_len = 0;
	query->prog_cnt = 0;
	assert_int_equal(perf_event_ioc_query_bpf(programs.event[1], query), 0);
	assert_int_equal(query->prog_cnt, 2);
	close_programs(&programs);
	free(query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_filter_lets_only_matching_tracepoints_count),
		cmocka_unit_test(set_filter_refuses_a_text_that_does_not_parse),
		cmocka_unit_test(set_bpf_of_an_overflow_handler_drops_the_samples_it_returns_0_for),
		cmocka_unit_test(set_bpf_of_a_tracepoint_hides_what_the_program_returns_0_for),
		cmocka_unit_test(query_bpf_lists_exactly_the_programs_that_are_attached),
		cmocka_unit_test(query_bpf_without_enough_room_is_enospc_and_gives_what_fits),
	};

	return cmocka_run_group_tests_name("set_filter, set_bpf and query_bpf", tests, NULL, NULL);
}
