/* SPDX-License-Identifier: MIT */
/*
 * What samples of tracepoints, breakpoints and hardware hold besides, decoded by perfev/record.h:
 * RAW, PHYS_ADDR, DATA_PAGE_SIZE, and what the test PMU of tests/lab/pmu/ says of each hit. What
 * must stay true: each is compared with what is known from elsewhere.
 */
#include "facts.h"
#include "pmu.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Reads the one sample of an event that something made happen. */
static void take_one(struct watch *watched, struct perfev_record *record)
{
	do
		assert_int_equal(perfev_ring_next(watched->ring, record, &watched->layout), 1);
	while (record->type != PERF_RECORD_SAMPLE);
}

static void raw_holds_the_fields_of_a_tracepoint(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_TRACEPOINT, .sample_period = 1, .sample_type = PERF_SAMPLE_RAW);
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct watch watched;
	__s32 pid;
	__u16 type;

	(void)state;
	attr.config = tracepoint_or_skip("syscalls", "sys_enter_getppid");
	watched = watch_with(attr, 0, -1, 4, "tracepoint");
	syscall(SYS_getppid);
	take_one(&watched, &record);
	/* What every tracepoint begins with: its number, flags, and the thread. */
	assert_in_range(record.sample.raw.length, 8, 200);
	memcpy(&type, record.sample.raw.bytes, sizeof(type));
	memcpy(&pid, (const char *)record.sample.raw.bytes + 4, sizeof(pid));
	assert_int_equal(type, attr.config);
	assert_int_equal(pid, getpid());
	end_watch(&watched);
	note("RAW");
}

/* What the kernel says of a page to root alone: its frame. */
static __u64 frame_of(const volatile void *address)
{
	long page = sysconf(_SC_PAGESIZE);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (fd >= 0 && pread(fd, &entry, sizeof(entry), (uintptr_t)address / page * 8) != 8)
		entry = 0;
	if (fd >= 0)
		close(fd);
	return entry & ((1ULL << 55) - 1);
}

/* A write to a variable whose page is there, told by a breakpoint. */
static void a_write_has_its_physical_address_and_page_size(void **state)
{
	static volatile __u64 variable;
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_8,
		.bp_addr = (uintptr_t)&variable, .sample_period = 1, .exclude_kernel = 1,
		.sample_type = PERF_SAMPLE_ADDR | PERF_SAMPLE_PHYS_ADDR);
	struct perfev_record record = PERFEV_RECORD_INIT;
	long page = sysconf(_SC_PAGESIZE);
	struct watch watched;
	__u64 count, frame;

	(void)state;
	variable = 1;
	frame = frame_of(&variable);
	watched = watch_with(attr, 0, -1, 4, "breakpoint");
	variable = 2;
	count = read_count(watched.fd);
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	take_one(&watched, &record);
	assert_int_equal(record.sample.addr, (uintptr_t)&variable);
	/* Without the right to frames, both say 0. */
	if (frame)
		assert_int_equal(record.sample.phys_addr,
				 frame * (__u64)page + (uintptr_t)&variable % (__u64)page);
	end_watch(&watched);
	if (frame)
		note("PHYS_ADDR");
	attr.sample_type = PERF_SAMPLE_ADDR | PERF_SAMPLE_DATA_PAGE_SIZE;
	watched.fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (watched.fd < 0)
		skip_without("page-sizes", "perf_event_open: %s", strerror(errno));
	close(watched.fd);
	watched = watch_with(attr, 0, -1, 4, "breakpoint");
	variable = 3;
	take_one(&watched, &record);
	assert_int_equal(record.sample.addr, (uintptr_t)&variable);
	assert_int_equal(record.sample.data_page_size, page);
	end_watch(&watched);
	note("DATA_PAGE_SIZE");
}

/* What the test PMU says of each hit is known: tests/lab/pmu/README.md. */
static void what_hardware_says_of_a_sample_is_handed_out(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		0, .config = 1, .config2 = 0x1234567890, .sample_period = 1,
		.sample_type = PERF_SAMPLE_ADDR | PERF_SAMPLE_WEIGHT | PERF_SAMPLE_DATA_SRC |
			       PERF_SAMPLE_TRANSACTION | PERF_SAMPLE_BRANCH_STACK,
		.branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_ANY |
				      PERF_SAMPLE_BRANCH_HW_INDEX);
	struct perfev_record record = PERFEV_RECORD_INIT;
	union perf_mem_data_src source;
	struct perfev_branch branch;
	struct watch watched;

	(void)state;
	attr.type = test_pmu_or_skip("perfev_test", "test-pmu");
	watched = watch_with(attr, 0, -1, 4, "test-pmu");
	hit("perfev_test", "1 1");
	take_one(&watched, &record);
	assert_int_equal(record.sample.addr, 0x1234567890);
	assert_int_equal(record.sample.weight, 0x0123456789abcdef);
	assert_int_equal(record.sample.transaction & PERF_TXN_ELISION, PERF_TXN_ELISION);
	assert_int_equal(record.sample.transaction >> PERF_TXN_ABORT_SHIFT, 0x5a);
	source.val = record.sample.data_src;
	assert_int_equal(source.mem_op, PERF_MEM_OP_LOAD);
	assert_int_equal(source.mem_lock, PERF_MEM_LOCK_LOCKED);
	assert_int_equal(record.sample.branches.hw_index, 5);
	assert_int_equal(record.sample.branches.count, 7);
	assert_int_equal(perfev_branches_get(&record.sample.branches, 1, &branch), 1);
	assert_int_equal(branch.from, 0x400120);
	assert_int_equal(branch.to, 0x400200);
	assert_int_equal(branch.mispred, 1);
	assert_int_equal(branch.cycles, 21);
	end_watch(&watched);
	note("WEIGHT");
	note("DATA_SRC");
	note("TRANSACTION");
	note("BRANCH_STACK");
}

static void which_fields_are_true_of_other_events(void **state)
{
	(void)state;
	print_noted(__func__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(raw_holds_the_fields_of_a_tracepoint),
		cmocka_unit_test(a_write_has_its_physical_address_and_page_size),
		cmocka_unit_test(what_hardware_says_of_a_sample_is_handed_out),
		cmocka_unit_test(which_fields_are_true_of_other_events),
	};

	return cmocka_run_group_tests_name("fields of other samples", tests, NULL, NULL);
}
