/* SPDX-License-Identifier: MIT */
/*
 * Wrong ioctls and mappings, one for each cause, and what perfev_explain_ioctl() and
 * perfev_explain_mmap() have to say of each. What must stay true: the caller's event is left as it
 * was, and so is errno.
 */
#include "attempt.h"

#include <perfev/explain.h>

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define KEPT 4242

static int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Checks what was found out, whatever about. */
static void check(const struct perfev_why *why, int answer, enum perfev_cause cause,
		  const char *field, int error)
{
	print_message("# explained: errno %d | %s | %s\n", error, why->field, why->text);
	assert_int_equal(errno, KEPT);
	if (why->cause != cause || strcmp(why->field, field) != 0)
		fail_msg("%s of %s, wanted %s of %s: %s", perfev_cause_name(why->cause), why->field,
			 perfev_cause_name(cause), field, why->text);
	assert_int_equal(answer, 1);
	assert_int_equal(why->error, error);
	assert_in_range(why->tries, 0, PERFEV_EXPLAIN_TRIES);
	assert_in_range(strlen(why->reason), 1, sizeof(why->reason) - 2);
	assert_in_range(strlen(why->evidence), 0, sizeof(why->evidence) - 2);
	assert_in_range(strlen(why->remedy), 0, sizeof(why->remedy) - 2);
}

/* Makes an ioctl that has to be refused, and checks what is said of it. */
static void refused(int fd, const struct perf_event_attr *attr, unsigned long request,
		    unsigned long argument, enum perfev_cause cause, const char *field)
{
	struct perfev_why why;
	int before = count_descriptors();
	int error = PERFEV_IOCTL(fd, request, argument) < 0 ? errno : 0;
	int answer;

	if (!error)
		fail_msg("ioctl %#lx was accepted", request);
	errno = KEPT;
	answer = perfev_explain_ioctl(fd, attr, request, argument, error, &why);
	check(&why, answer, cause, field, error);
	assert_int_equal(count_descriptors(), before);
}

static struct perf_event_attr dummy(void)
{
	return (struct perf_event_attr)DUMMY(.disabled = 1);
}

static unsigned long address(const void *pointer)
{
	return (unsigned long)(uintptr_t)pointer;
}

static void descriptors_that_are_no_events(void **state)
{
	int no_event = open_no_event();

	(void)state;
	refused(no_event, NULL, PERF_EVENT_IOC_ENABLE, 0, PERFEV_CAUSE_DESCRIPTOR, "fd");
	close(no_event);
	refused(no_event, NULL, PERF_EVENT_IOC_ENABLE, 0, PERFEV_CAUSE_DESCRIPTOR, "fd");
	refused(-1, NULL, PERF_EVENT_IOC_ENABLE, 0, PERFEV_CAUSE_DESCRIPTOR, "fd");
}

static void numbers_that_are_no_ioctl(void **state)
{
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);

	(void)state;
	refused(fd, &attr, _IO('$', 99), 0, PERFEV_CAUSE_VALUE, "request");
	close(fd);
}

static void pointers_that_lead_nowhere(void **state)
{
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);
	void *page = forbidden_page();

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_ID, address(page), PERFEV_CAUSE_POINTER, "argument");
	refused(fd, &attr, PERF_EVENT_IOC_PERIOD, address(page), PERFEV_CAUSE_POINTER, "argument");
	refused(fd, &attr, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, address(page), PERFEV_CAUSE_POINTER,
		"argument");
	unmap_page(page);
	close(fd);
}

static void refreshes(void **state)
{
	struct perf_event_attr counts = dummy();
	struct perf_event_attr inherited = DUMMY(.sample_period = 1, .inherit = 1);
	int fd = open_dummy(counts);

	(void)state;
	refused(fd, &counts, PERF_EVENT_IOC_REFRESH, 1, PERFEV_CAUSE_CONFLICT, "sample_period");
	close(fd);
	fd = open_dummy(inherited);
	refused(fd, &inherited, PERF_EVENT_IOC_REFRESH, 1, PERFEV_CAUSE_CONFLICT, "inherit");
	close(fd);
}

static void periods(void **state)
{
	struct perf_event_attr counts = dummy();
	struct perf_event_attr samples = DUMMY(.sample_period = 1);
	struct perf_event_attr frequent = DUMMY(.freq = 1, .sample_freq = 1);
	const __u64 one = 1, none = 0, negative = 1ULL << 63, often = 1ULL << 40;
	int fd = open_dummy(counts);

	(void)state;
	refused(fd, &counts, PERF_EVENT_IOC_PERIOD, address(&one), PERFEV_CAUSE_CONFLICT,
		"sample_period");
	close(fd);
	fd = open_dummy(samples);
	refused(fd, &samples, PERF_EVENT_IOC_PERIOD, address(&none), PERFEV_CAUSE_VALUE,
		"argument");
	refused(fd, NULL, PERF_EVENT_IOC_PERIOD, address(&negative), PERFEV_CAUSE_VALUE,
		"argument");
	close(fd);
	fd = open_dummy(frequent);
	refused(fd, &frequent, PERF_EVENT_IOC_PERIOD, address(&often), PERFEV_CAUSE_RATE,
		"argument");
	close(fd);
}

static void outputs_that_are_no_events(void **state)
{
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);
	int no_event = open_no_event();

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)no_event,
		PERFEV_CAUSE_DESCRIPTOR, "argument");
	close(no_event);
	refused(fd, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)no_event,
		PERFEV_CAUSE_DESCRIPTOR, "argument");
	close(fd);
}

static void outputs_that_do_not_fit(void **state)
{
	struct perf_event_attr attr = dummy();
	struct perf_event_attr clocked = DUMMY(.use_clockid = 1, .clockid = CLOCK_MONOTONIC);
	struct perf_event_attr backward = DUMMY(.write_backward = 1);
	int target = open_dummy(attr);
	int other_clock = open_dummy(clocked);
	int other_direction = open_dummy(backward);
	int other_cpu = open_at_or_skip(&attr, 0, 0, -1, 0, "dummy");
	int fits = open_dummy(attr);
	struct test_ring ring, its_own;

	(void)state;
	refused(fits, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target,
		PERFEV_CAUSE_CONFLICT, "argument");
	ring_map(&ring, target, 0);
	refused(target, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target, PERFEV_CAUSE_VALUE,
		"argument");
	refused(other_clock, &clocked, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target,
		PERFEV_CAUSE_CONFLICT, "use_clockid");
	refused(other_direction, &backward, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target,
		PERFEV_CAUSE_CONFLICT, "write_backward");
	refused(other_cpu, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target,
		PERFEV_CAUSE_CONFLICT, "cpu");
	ring_map(&its_own, fits, 0);
	refused(fits, &attr, PERF_EVENT_IOC_SET_OUTPUT, (unsigned long)target,
		PERFEV_CAUSE_CONFLICT, "fd");
	/* Nothing of all this gave the event an output, or took its ring. */
	ring_unmap(&its_own);
	assert_int_equal(perf_event_ioc_set_output(fits, target), 0);
	ring_unmap(&ring);
	close(fits);
	close(other_cpu);
	close(other_direction);
	close(other_clock);
	close(target);
}

static void pauses_without_a_ring(void **state)
{
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_PAUSE_OUTPUT, 1, PERFEV_CAUSE_CONFLICT, "fd");
	close(fd);
}

static void filters(void **state)
{
	struct perf_event_attr attr = dummy();
	struct perf_event_attr tracepoint = PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .disabled = 1);
	int fd = open_dummy(attr);

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_SET_FILTER, address("a == 1"), PERFEV_CAUSE_CONFLICT,
		"type");
	close(fd);
	tracepoint.config = tracepoint_or_skip("syscalls", "sys_enter_sched_get_priority_min");
	fd = open_or_skip(&tracepoint, "tracepoint");
	refused(fd, &tracepoint, PERF_EVENT_IOC_SET_FILTER, address("no_such_field == 1"),
		PERFEV_CAUSE_SYNTAX, "argument");
	assert_int_equal(perf_event_ioc_set_filter(fd, "common_pid == 0"), 0);
	refused(fd, &tracepoint, PERF_EVENT_IOC_SET_FILTER, address("common_pid == 0"),
		PERFEV_CAUSE_CONFLICT, "fd");
	close(fd);
}

static void programs(void **state)
{
	struct perf_event_attr attr = DUMMY(.sample_period = 1);
	int of_tracepoints = bpf_program_or_skip(BPF_PROG_TYPE_TRACEPOINT, 1);
	int of_overflows = bpf_program_or_skip(BPF_PROG_TYPE_PERF_EVENT, 1);
	int fd = open_dummy(attr);
	int no_event = open_no_event();

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_SET_BPF, (unsigned long)no_event, PERFEV_CAUSE_DESCRIPTOR,
		"argument");
	close(no_event);
	refused(fd, &attr, PERF_EVENT_IOC_SET_BPF, (unsigned long)no_event, PERFEV_CAUSE_DESCRIPTOR,
		"argument");
	refused(fd, &attr, PERF_EVENT_IOC_SET_BPF, (unsigned long)of_tracepoints,
		PERFEV_CAUSE_CONFLICT, "argument");
	assert_int_equal(perf_event_ioc_set_bpf(fd, of_overflows), 0);
	refused(fd, &attr, PERF_EVENT_IOC_SET_BPF, (unsigned long)of_overflows,
		PERFEV_CAUSE_CONFLICT, "argument");
	close(fd);
	close(of_overflows);
	close(of_tracepoints);
}

static void queries(void **state)
{
	struct perf_event_query_bpf query = { .ids_len = 65 };
	struct perf_event_attr attr = dummy();
	struct perf_event_attr tracepoint = PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .disabled = 1);
	int fd = open_dummy(attr);

	(void)state;
	root_or_skip();
	refused(fd, &attr, PERF_EVENT_IOC_QUERY_BPF, address(&query), PERFEV_CAUSE_CONFLICT,
		"type");
	close(fd);
	tracepoint.config = tracepoint_or_skip("syscalls", "sys_enter_sched_get_priority_min");
	fd = open_or_skip(&tracepoint, "tracepoint");
	refused(fd, &tracepoint, PERF_EVENT_IOC_QUERY_BPF, address(&query), PERFEV_CAUSE_VALUE,
		"ids_len");
	close(fd);
}

static volatile __u32 watched;

static void modifications(void **state)
{
	struct perf_event_attr attr = dummy();
	struct perf_event_attr breakpoint = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_4,
		.bp_addr = (__u64)(uintptr_t)&watched, .exclude_kernel = 1, .disabled = 1);
	struct perf_event_attr changed = attr;
	int fd = open_dummy(attr);

	(void)state;
	refused(fd, &attr, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, address(&changed),
		PERFEV_CAUSE_CONFLICT, "type");
	close(fd);
	fd = open_or_skip(&breakpoint, "breakpoint");
	changed = breakpoint;
	changed.sample_period = 2;
	refused(fd, &breakpoint, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, address(&changed),
		PERFEV_CAUSE_CONFLICT, "sample_period");
	changed = breakpoint;
	changed.bp_type = HW_BREAKPOINT_EMPTY;
	refused(fd, &breakpoint, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, address(&changed),
		PERFEV_CAUSE_VALUE, "bp_type");
	changed = breakpoint;
	changed.size = 1;
	refused(fd, &breakpoint, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, address(&changed),
		PERFEV_CAUSE_VALUE, "size");
	close(fd);
}

/* Makes a mapping that has to be refused, and checks what is said of it. */
static void unmappable(int fd, const struct perf_event_attr *attr, size_t bytes, off_t offset,
		       enum perfev_cause cause, const char *field)
{
	struct perfev_why why;
	int before = count_descriptors();
	void *ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	int error = errno;
	int answer;

	if (ring != MAP_FAILED)
		fail_msg("a mapping of %zu bytes at %lld was accepted", bytes, (long long)offset);
	errno = KEPT;
	answer = perfev_explain_mmap(fd, attr, bytes, PROT_READ | PROT_WRITE, offset, error, &why);
	check(&why, answer, cause, field, error);
	assert_int_equal(count_descriptors(), before);
}

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static void rings_of_wrong_sizes(void **state)
{
	const size_t page = page_bytes();
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);
	struct test_ring ring;

	(void)state;
	unmappable(fd, &attr, 4 * page, 0, PERFEV_CAUSE_VALUE, "bytes");
	unmappable(fd, &attr, 7 * page, 0, PERFEV_CAUSE_VALUE, "bytes");
	/* None of this has given the event a ring of another size. */
	ring_map(&ring, fd, 1);
	unmappable(fd, &attr, 5 * page, 0, PERFEV_CAUSE_CONFLICT, "fd");
	ring_unmap(&ring);
	close(fd);
}

static void rings_of_what_has_none(void **state)
{
	const size_t page = page_bytes();
	struct perf_event_attr inherited = DUMMY(.inherit = 1);
	int fd = open_dummy(inherited);

	(void)state;
	unmappable(fd, &inherited, 2 * page, 0, PERFEV_CAUSE_CONFLICT, "inherit");
	close(fd);
	unmappable(fd, NULL, 2 * page, 0, PERFEV_CAUSE_DESCRIPTOR, "fd");
}

static void areas(void **state)
{
	const size_t page = page_bytes();
	struct perf_event_attr attr = dummy();
	int fd = open_dummy(attr);
	struct test_ring ring;

	(void)state;
	unmappable(fd, &attr, page, (off_t)(16 * page), PERFEV_CAUSE_CONFLICT, "offset");
	ring_map(&ring, fd, 0);
	unmappable(fd, &attr, page, (off_t)(16 * page), PERFEV_CAUSE_CONFLICT, "offset");
	ring.page->aux_offset = 16 * page;
	ring.page->aux_size = page;
	unmappable(fd, &attr, page, (off_t)(16 * page), PERFEV_CAUSE_MACHINE, "offset");
	ring_unmap(&ring);
	close(fd);
}

/*
 * As a user without CAP_IPC_LOCK, and without memory that may be locked. Returns 0 when explained.
 */
static int map_too_much(void *argument)
{
	const struct rlimit none = { 0, 0 };
	struct perf_event_attr attr = dummy();
	const size_t bytes = (1 + 16384) * page_bytes();
	struct perfev_why *why = argument;
	void *ring;
	int error;
	int fd;

	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0)
		return 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return 2;
	ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	error = errno;
	if (ring != MAP_FAILED)
		return 3;
	if (perfev_explain_mmap(fd, &attr, bytes, PROT_READ | PROT_WRITE, 0, error, why) != 1)
		return 4;
	return error == EPERM ? 0 : 5;
}

static void rings_above_the_limit(void **state)
{
	struct perfev_why *why =
		mmap(NULL, sizeof(*why), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long paranoid = kernel_setting_or_skip("perf_event_paranoid");
	int answer;

	(void)state;
	if (paranoid < 0 || paranoid > 2)
		skip_without("paranoid", "perf_event_paranoid is %ld", paranoid);
	assert_ptr_not_equal(why, MAP_FAILED);
	answer = as_nobody(map_too_much, why);
	if (answer == 3 || answer == 5)
		skip_without("mlock-limit", "a ring of 64 MiB is not refused for its size");
	assert_int_equal(answer, 0);
	errno = KEPT;
	check(why, 1, PERFEV_CAUSE_MLOCK, "bytes", EPERM);
	munmap(why, sizeof(*why));
}

static void nothing_is_said_of_what_did_not_fail(void **state)
{
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_explain_ioctl(-1, NULL, PERF_EVENT_IOC_ENABLE, 0, 0, &why), 0);
	assert_int_equal(why.cause, PERFEV_CAUSE_NONE);
	assert_int_equal(perfev_explain_ioctl(-1, NULL, PERF_EVENT_IOC_ENABLE, 0, EBADF, NULL),
			 -EINVAL);
	assert_int_equal(perfev_explain_mmap(-1, NULL, 4096, PROT_READ, 0, 0, &why), 0);
	assert_int_equal(perfev_explain_mmap(-1, NULL, 4096, PROT_READ, 0, EBADF, NULL), -EINVAL);
	assert_int_equal(perfev_explain_mmap(-1, NULL, 4096, PROT_READ, 0, -1, &why), -EINVAL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(descriptors_that_are_no_events),
	cmocka_unit_test(numbers_that_are_no_ioctl),
	cmocka_unit_test(pointers_that_lead_nowhere),
	cmocka_unit_test(refreshes),
	cmocka_unit_test(periods),
	cmocka_unit_test(outputs_that_are_no_events),
	cmocka_unit_test(outputs_that_do_not_fit),
	cmocka_unit_test(pauses_without_a_ring),
	cmocka_unit_test(filters),
	cmocka_unit_test(programs),
	cmocka_unit_test(queries),
	cmocka_unit_test(modifications),
	cmocka_unit_test(rings_of_wrong_sizes),
	cmocka_unit_test(rings_of_what_has_none),
	cmocka_unit_test(areas),
	cmocka_unit_test(rings_above_the_limit),
	cmocka_unit_test(nothing_is_said_of_what_did_not_fail),
};

int main(void)
{
	return cmocka_run_group_tests_name("explanations of ioctls and mappings", tests, NULL,
					   NULL);
}
