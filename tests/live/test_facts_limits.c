/* SPDX-License-Identifier: MIT */
/*
 * Facts about what the kernel takes: bits one by one, clocks, sizes, filters. What must stay true:
 * each test is named by its question, and prints the answer (see facts.h); only what every kernel
 * since 5.10 takes is asserted.
 */
#include "attempt.h"
#include "facts.h"
#include "faults.h"

#include <perfev/names.h>

#include <string.h>
#include <sys/syscall.h>
#include <time.h>

/* A list of names that grows, with what the kernel said where that was no. */
struct list {
	char text[1200];
	size_t length;
};

static void add(struct list *list, const char *name, int error)
{
	int added = snprintf(list->text + list->length, sizeof(list->text) - list->length,
			     error ? "%s%s (%s)" : "%s%s", list->length ? " " : "", name,
			     error_name(error));

	assert_true(added > 0 && list->length + (size_t)added < sizeof(list->text));
	list->length += (size_t)added;
}

static const char *or_none(const struct list *list)
{
	return list->length ? list->text : "none";
}

/* A dummy with everything that some bit asks for besides itself. */
static struct attempt with_all_that_bits_need(void)
{
	struct attempt attempt = {
		DUMMY(.sample_period = 1, .sample_stack_user = 8,
		      .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER,
		      .sample_regs_user = 1, .sample_regs_intr = 1),
		0, -1, -1, 0
	};

	return attempt;
}

/* Sets each bit of a 64-bit field by itself, and lists what is taken and what is not. */
static __u64 try_bits(enum perfev_set set, size_t offset, struct list *taken, struct list *refused)
{
	__u64 mask = 0;

	for (unsigned int bit = 0; bit < 64; bit++) {
		struct attempt attempt = with_all_that_bits_need();
		const __u64 value = 1ULL << bit;
		const char *brief = perfev_set_brief(set, value);
		char number[24];
		int error;

		memcpy((char *)&attempt.attr + offset, &value, sizeof(value));
		error = error_of(&attempt);
		snprintf(number, sizeof(number), "bit-%u", bit);
		if (!error) {
			add(taken, brief ? brief : number, 0);
			mask |= value;
		} else if (brief || error != EINVAL) {
			add(refused, brief ? brief : number, error);
		}
	}
	return mask;
}

static void which_sample_bits_does_this_kernel_accept_one_by_one(void **state)
{
	/* PHYS_ADDR, REGS and CGROUP depend on rights, architecture and configuration. */
	const __u64 always =
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |
		PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_ID | PERF_SAMPLE_CPU |
		PERF_SAMPLE_PERIOD | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_RAW | PERF_SAMPLE_WEIGHT |
		PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TRANSACTION;
	struct list taken = { "", 0 }, refused = { "", 0 };
	__u64 mask;

	(void)state;
	close(open_dummy((struct perf_event_attr)DUMMY(.disabled = 1)));
	mask = try_bits(PERFEV_SET_SAMPLE_TYPE, offsetof(struct perf_event_attr, sample_type),
			&taken, &refused);
	assert_int_equal(mask & always, always);
	assert_int_equal(mask >> 62, 0);
	fact("%s; not: %s", or_none(&taken), or_none(&refused));
}

static void which_read_format_bits_does_this_kernel_accept_one_by_one(void **state)
{
	const __u64 always = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING |
			     PERF_FORMAT_ID | PERF_FORMAT_GROUP;
	struct list taken = { "", 0 }, refused = { "", 0 };
	__u64 mask;

	(void)state;
	close(open_dummy((struct perf_event_attr)DUMMY(.disabled = 1)));
	mask = try_bits(PERFEV_SET_READ_FORMAT, offsetof(struct perf_event_attr, read_format),
			&taken, &refused);
	assert_int_equal(mask & always, always);
	assert_int_equal(mask >> 62, 0);
	fact("%s; not: %s", or_none(&taken), or_none(&refused));
}

/* The bits of attr that came after 5.10, and those that are not for every event. */
static const char *const later_bits[] = {
	"build_id",     "inherit_thread", "remove_on_exec",   "sigtrap",   "defer_callchain",
	"defer_output", "aux_output",     "aux_start_paused", "aux_pause", "aux_resume",
};

static int came_later(const char *name)
{
	for (size_t i = 0; i < sizeof(later_bits) / sizeof(later_bits[0]); i++)
		if (strcmp(later_bits[i], name) == 0)
			return 1;
	return 0;
}

static void which_attr_bits_does_this_kernel_accept_one_by_one(void **state)
{
	struct list taken = { "", 0 }, refused = { "", 0 };
	const struct perfev_field *field;
	unsigned int bits = 0;

	(void)state;
	close(open_dummy((struct perf_event_attr)DUMMY(.disabled = 1)));
	for (unsigned int i = 0; (field = perfev_field_get(i)) != NULL; i++) {
		struct attempt attempt = { DUMMY(.sample_period = 1), 0, -1, -1, 0 };
		int error;

		if (field->width != 1)
			continue;
		attempt.attr.remove_on_exec = strcmp(field->name, "sigtrap") == 0;
		attempt.attr.inherit = strcmp(field->name, "inherit_thread") == 0;
		assert_int_equal(perfev_field_write(field, &attempt.attr, 1), 0);
		error = error_of(&attempt);
		/* namespaces is for those with a capability; the others are everybody's. */
		if (error && !came_later(field->name) &&
		    !(error == EACCES && strcmp(field->name, "namespaces") == 0))
			fail_msg("%s: %s", field->name, error_name(error));
		add(error ? &refused : &taken, field->name, error);
		bits++;
	}
	assert_true(bits >= 38);
	fact("%s; not: %s", or_none(&taken), or_none(&refused));
}

static __u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

/* A sample's time is of the clock that was asked for. */
static void check_clock(int fd, clockid_t clock)
{
	static struct record record;
	struct test_ring ring;
	__u64 before, after;

	ring_map(&ring, fd, 0);
	ring_count(&ring, 0);
	before = clock_ns(clock);
	fault_pages(1);
	after = clock_ns(clock);
	assert_int_equal(ring_next(&ring, &record), 1);
	assert_int_equal(record.header.type, PERF_RECORD_SAMPLE);
	assert_in_range(record.words[0], before, after);
	ring_unmap(&ring);
}

static void which_clocks_does_clockid_take(void **state)
{
	static const char *const names[] = {
		[CLOCK_REALTIME] = "REALTIME",
		[CLOCK_MONOTONIC] = "MONOTONIC",
		[CLOCK_MONOTONIC_RAW] = "MONOTONIC_RAW",
		[CLOCK_BOOTTIME] = "BOOTTIME",
		[CLOCK_TAI] = "TAI",
	};
	struct list taken = { "", 0 };

	(void)state;
	close(open_faults((struct perf_event_attr)FAULTS(.disabled = 1)));
	for (int clock = -2; clock < 64; clock++) {
		struct perf_event_attr attr =
			FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_TIME,
			       .use_clockid = 1, .clockid = clock);
		int is_known = clock >= 0 && clock <= CLOCK_TAI && names[clock];
		int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

		if (!is_known) {
			assert_int_equal(fd, -1);
			assert_int_equal(errno, EINVAL);
			continue;
		}
		assert_true(fd >= 0);
		check_clock(fd, clock);
		close(fd);
		add(&taken, names[clock], 0);
	}
	fact("%s", taken.text);
}

/* What a sample holds of the stack when this much was asked for. */
static __u64 stack_in_a_sample(int fd)
{
	static struct record record;
	struct test_ring ring;
	unsigned int order = 0;

	while ((size_t)sysconf(_SC_PAGESIZE) << order < 2 << 16)
		order++;
	ring_map(&ring, fd, order);
	fault_pages(1);
	assert_int_equal(ring_next(&ring, &record), 1);
	assert_int_equal(record.header.type, PERF_RECORD_SAMPLE);
	/* The size, the bytes, and how many of them mean anything. */
	assert_int_equal(record.header.size, sizeof(record.header) + 8 + record.words[0] + 8);
	assert_true(record.words[record.words[0] / 8 + 1] <= record.words[0]);
	ring_unmap(&ring);
	return record.words[0];
}

static void how_large_may_sample_stack_user_be(void **state)
{
	struct perf_event_attr attr =
		FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_STACK_USER);
	__u32 largest = 0;
	__u64 of_largest;
	int fd;

	(void)state;
	attr.sample_stack_user = 64;
	fd = open_faults(attr);
	assert_int_equal(stack_in_a_sample(fd), 64);
	close(fd);
	/* Every size about the limit, and some on the way to it. */
	for (__u32 size = 8; size < 1 << 17; size += size < 65000 || size > 66000 ? 1000 : 8) {
		struct attempt attempt = { attr, 0, -1, -1, 0 };
		int error;

		attempt.attr.sample_stack_user = size;
		error = error_of(&attempt);
		assert_int_equal(error, size < 65535 ? 0 : EINVAL);
		if (!error)
			largest = size;
	}
	assert_int_equal(largest, 65528);
	attr.sample_stack_user = largest;
	fd = open_faults(attr);
	of_largest = stack_in_a_sample(fd);
	close(fd);
	assert_true(of_largest > 65000 && of_largest <= largest);
	fact("%u, in steps of 8; a record has no more than 65535 bytes, so of these %llu came",
	     largest, (unsigned long long)of_largest);
}

static void what_does_a_size_larger_than_a_page_give(void **state)
{
	static union {
		struct perf_event_attr attr;
		unsigned char bytes[(1 << 16) + 8];
	} large = { .attr = DUMMY(.disabled = 1) };
	__u32 page = (__u32)sysconf(_SC_PAGESIZE);
	int fd;

	(void)state;
	assert_true(page <= 1 << 16);
	large.attr.size = page;
	close(open_dummy((struct perf_event_attr)DUMMY(.disabled = 1)));
	fd = perf_event_open(&large.attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	assert_true(fd >= 0);
	close(fd);
	for (__u32 size = page + 1; size <= page + 8; size++) {
		large.attr.size = size;
		assert_refused(perf_event_open(&large.attr, 0, -1, -1, 0), E2BIG);
		assert_true(large.attr.size >= PERF_ATTR_SIZE_VER5 && large.attr.size < page);
	}
	large.attr.size = ~0U;
	assert_refused(perf_event_open(&large.attr, 0, -1, -1, 0), E2BIG);
	fact("E2BIG, though all behind it is zero; a page (%u here) is taken", page);
}

static void is_period_0_refused_by_IOC_PERIOD(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	struct attempt attempt = { FAULTS(.sample_period = 0, .sample_type = PERF_SAMPLE_IP), 0, -1,
				   -1, 0 };
	struct test_ring ring;

	(void)state;
	assert_refused(perf_event_ioc_period(fd, 0), EINVAL);
	ring_map(&ring, fd, 3);
	samples_of_faults(&ring); /* unmeasured: code and ring are touched for the first time */
	assert_in_range(samples_of_faults(&ring), PAGES, PAGES + STRAY);
	assert_int_equal(error_of(&attempt), 0);
	ring_unmap(&ring);
	close(fd);
	fact("yes (EINVAL), and the old one stays; at open 0 means that it counts only");
}

/* Counts the event while this thread makes that many system calls, with switches between them. */
static __u64 count_of_calls(__u64 id, unsigned int excludes_kernel, const char *filter, int *fd)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(PERF_TYPE_TRACEPOINT, .config = id);
	const struct timespec moment = { 0, 1000000 };

	attr.exclude_kernel = excludes_kernel & 1;
	*fd = open_or_skip(&attr, "tracepoint");
	if (filter)
		assert_int_equal(perf_event_ioc_set_filter(*fd, filter), 0);
	for (int i = 0; i < 10; i++) {
		syscall(SYS_getppid);
		nanosleep(&moment, NULL);
	}
	return read_count(*fd);
}

static void does_a_tracepoint_count_with_exclude_kernel(void **state)
{
	__u64 call = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	__u64 other = tracepoint_or_skip("sched", "sched_switch");
	int fds[4];

	(void)state;
	assert_int_equal(count_of_calls(call, 0, NULL, &fds[0]), 10);
	assert_int_equal(count_of_calls(call, 1, NULL, &fds[1]), 10);
	assert_true(count_of_calls(other, 0, NULL, &fds[2]) >= 10);
	assert_int_equal(count_of_calls(other, 1, NULL, &fds[3]), 0);
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	fact("no (0), except for those of system calls");
}

static void does_the_second_filter_on_a_tracepoint_give_EEXIST(void **state)
{
	__u64 call = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	__u64 before;
	int fd;

	(void)state;
	before = count_of_calls(call, 0, "common_pid == 0", &fd);
	assert_int_equal(before, 0);
	assert_refused(perf_event_ioc_set_filter(fd, "common_pid != 0"), EEXIST);
	syscall(SYS_getppid);
	assert_int_equal(read_count(fd), 0);
	close(fd);
	fact("yes, and the first one stays in force");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_sample_bits_does_this_kernel_accept_one_by_one),
		cmocka_unit_test(which_read_format_bits_does_this_kernel_accept_one_by_one),
		cmocka_unit_test(which_attr_bits_does_this_kernel_accept_one_by_one),
		cmocka_unit_test(which_clocks_does_clockid_take),
		cmocka_unit_test(how_large_may_sample_stack_user_be),
		cmocka_unit_test(what_does_a_size_larger_than_a_page_give),
		cmocka_unit_test(is_period_0_refused_by_IOC_PERIOD),
		cmocka_unit_test(does_a_tracepoint_count_with_exclude_kernel),
		cmocka_unit_test(does_the_second_filter_on_a_tracepoint_give_EEXIST),
	};

	return cmocka_run_group_tests_name("facts of what is taken", tests, NULL, NULL);
}
