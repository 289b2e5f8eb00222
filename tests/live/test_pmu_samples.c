/* SPDX-License-Identifier: MIT */
/*
 * Samples and branch stacks of the test PMU of tests/lab/pmu/: how many there are is known exactly,
 * and every value in them. What must stay true: what is compared stands in the module's README.
 */
#include "pmu.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PMU "perfev_test"
#define HITS 0x1ULL

static struct perf_event_attr sampled(__u64 period, __u64 sample_type)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		0, .config = HITS, .sample_period = period, .sample_type = sample_type);

	attr.type = test_pmu_or_skip(PMU, "test-pmu");
	return attr;
}

static int open_event(struct perf_event_attr attr)
{
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		fail_msg("perf_event_open: %s", strerror(errno));
	return fd;
}

/* The next record, which must be a sample, with its values one by one. */
static const __u64 *next_sample(struct test_ring *ring)
{
	static char record[1 << 16] __attribute__((aligned(8)));
	struct perf_event_header *header = (struct perf_event_header *)record;

	assert_int_equal(ring_next(ring, record), 1);
	assert_int_equal(header->type, PERF_RECORD_SAMPLE);
	return (const __u64 *)(header + 1);
}

/* How many samples */

static void a_period_of_ten_gives_a_sample_every_ten_hits(void **state)
{
	struct perf_event_attr attr = sampled(10, PERF_SAMPLE_PERIOD | PERF_SAMPLE_READ);
	struct test_ring ring;
	int fd;

	(void)state;
	fd = open_event(attr);
	ring_map(&ring, fd, 1);
	hit(PMU, "1 1009");
	for (unsigned int i = 1; i <= 100; i++) {
		const __u64 *value = next_sample(&ring);

		assert_int_equal(value[0], 10);     /* the period */
		assert_int_equal(value[1], 10 * i); /* the count */
	}
	assert_int_equal(ring_count(&ring, 0), 0);
	hit(PMU, "1 1"); /* the nine before it were not forgotten */
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 1);
	assert_int_equal(read_count(fd), 1010);
	ring_unmap(&ring);
	close(fd);
}

static void a_new_period_begins_at_once_and_anew(void **state)
{
	struct perf_event_attr attr = sampled(100, PERF_SAMPLE_PERIOD);
	struct test_ring ring;
	int fd;

	(void)state;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 99");
	assert_int_equal(perf_event_ioc_period(fd, 7), 0);
	hit(PMU, "1 6");
	assert_int_equal(ring_count(&ring, 0), 0);
	hit(PMU, "1 1");
	assert_int_equal(next_sample(&ring)[0], 7);
	hit(PMU, "1 14");
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 2);
	/* And while it is off its counter. */
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_int_equal(perf_event_ioc_period(fd, 3), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	hit(PMU, "1 9");
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 3);
	ring_unmap(&ring);
	close(fd);
}

static void a_step_over_several_periods_gives_as_many_samples(void **state)
{
	struct perf_event_attr attr = sampled(3, PERF_SAMPLE_READ);
	struct test_ring ring;
	int fd;

	(void)state;
	attr.config1 = 10;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1"); /* 10: past 3, 6 and 9 */
	for (int i = 0; i < 3; i++)
		assert_int_equal(next_sample(&ring)[0], 10);
	assert_int_equal(ring_count(&ring, 0), 0);
	hit(PMU, "1 2"); /* 20: past 12, 15, 18; 30: past 21, 24, 27 and on 30 */
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 7);
	ring_unmap(&ring);
	close(fd);
}

static void after_REFRESH_of_three_the_third_sample_stops_the_count(void **state)
{
	struct perf_event_attr attr = sampled(10, PERF_SAMPLE_IP);
	struct test_ring ring;
	int fd;

	(void)state;
	attr.disabled = 1;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	assert_int_equal(perf_event_ioc_refresh(fd, 3), 0);
	hit(PMU, "1 1000");
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 3);
	assert_int_equal(read_count(fd), 30);
	assert_int_equal(perf_event_ioc_refresh(fd, 1), 0);
	hit(PMU, "1 1000");
	assert_int_equal(ring_count(&ring, PERF_RECORD_SAMPLE), 1);
	assert_int_equal(read_count(fd), 40);
	ring_unmap(&ring);
	close(fd);
}

/* What is in a sample */

#define WEIGHT 0x0123456789abcdefULL

static void a_sample_holds_address_weight_source_and_transaction(void **state)
{
	struct perf_event_attr attr =
		sampled(1, PERF_SAMPLE_TID | PERF_SAMPLE_ADDR | PERF_SAMPLE_WEIGHT |
				   PERF_SAMPLE_DATA_SRC | PERF_SAMPLE_TRANSACTION);
	union perf_mem_data_src source;
	struct test_ring ring;
	const __u64 *value;
	int fd;

	(void)state;
	attr.config2 = 0xfedcba9876543210;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1");
	value = next_sample(&ring);
	assert_int_equal(value[0] & 0xffffffff, (unsigned int)getpid());
	assert_int_equal(value[0] >> 32, (unsigned int)syscall(SYS_gettid));
	assert_int_equal(value[1], 0xfedcba9876543210);
	assert_int_equal(value[2], WEIGHT);
	source.val = value[3];
	assert_int_equal(source.mem_op, PERF_MEM_OP_LOAD);
	assert_int_equal(source.mem_lvl, PERF_MEM_LVL_HIT | PERF_MEM_LVL_L2);
	assert_int_equal(source.mem_snoop, PERF_MEM_SNOOP_NONE);
	assert_int_equal(source.mem_lock, PERF_MEM_LOCK_LOCKED);
	assert_int_equal(source.mem_dtlb, PERF_MEM_TLB_HIT | PERF_MEM_TLB_L1);
	assert_int_equal(value[4],
			 PERF_TXN_ELISION | PERF_TXN_CONFLICT | 0x5aULL << PERF_TXN_ABORT_SHIFT);
	ring_unmap(&ring);
	close(fd);
}

static void a_weight_in_parts_is_the_weight_cut_in_three(void **state)
{
	struct perf_event_attr attr = sampled(1, PERF_SAMPLE_WEIGHT_STRUCT);
	union perf_sample_weight weight;
	struct test_ring ring;
	int fd;

	(void)state;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1");
	weight.full = next_sample(&ring)[0];
	assert_int_equal(weight.var1_dw, 0x89abcdef);
	assert_int_equal(weight.var2_w, 0x4567);
	assert_int_equal(weight.var3_w, 0x0123);
	ring_unmap(&ring);
	close(fd);
}

static void a_sample_says_whether_user_space_or_the_kernel_was_hit(void **state)
{
	struct perf_event_attr attr = sampled(1, PERF_SAMPLE_IP);
	struct test_ring ring;
	char record[256];
	struct perf_event_header *header = (struct perf_event_header *)record;
	__u64 ip;
	int fd;

	(void)state;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1 0 0 u");
	hit(PMU, "1 1 0 0 k");
	for (int kernel = 0; kernel < 2; kernel++) {
		assert_int_equal(ring_next(&ring, record), 1);
		assert_int_equal(header->misc & PERF_RECORD_MISC_CPUMODE_MASK,
				 kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER);
		memcpy(&ip, header + 1, sizeof(ip));
		assert_int_equal(ip >> 63, kernel);
		assert_true(ip != 0);
	}
	ring_unmap(&ring);
	close(fd);
}

/* Branch stacks */

#define KERNEL 0xffff800000000000ULL
#define PRIV_USER 1
#define PRIV_KERNEL 2

struct branch {
	__u64 from, to;
	unsigned int mispred, predicted, in_tx, abort, cycles, type, priv;
};

/* All that the PMU knows, the newest first. */
static const struct branch all_branches[] = {
	{ 0x400010, 0x400100, 0, 1, 0, 0, 10, PERF_BR_COND, PRIV_USER },
	{ 0x400120, 0x400200, 1, 0, 0, 0, 21, PERF_BR_COND, PRIV_USER },
	{ 0x400230, 0x400300, 0, 1, 0, 0, 32, PERF_BR_CALL, PRIV_USER },
	{ 0x400340, 0x400400, 1, 0, 0, 0, 43, PERF_BR_IND_CALL, PRIV_USER },
	{ 0x400450, 0x400500, 0, 1, 0, 0, 54, PERF_BR_RET, PRIV_USER },
	{ 0x400560, 0x400600, 0, 1, 1, 0, 65, PERF_BR_IND, PRIV_USER },
	{ 0x400670, 0x400700, 0, 1, 1, 1, 65535, PERF_BR_UNCOND, PRIV_USER },
	{ KERNEL + 0x80, KERNEL + 0x800, 0, 1, 0, 0, 0, PERF_BR_CALL, PRIV_KERNEL },
};

#define BRANCHES (sizeof(all_branches) / sizeof(all_branches[0]))

static void check_branch(const struct perf_branch_entry *got, const struct branch *expected,
			 __u64 asked)
{
	int flags = !(asked & PERF_SAMPLE_BRANCH_NO_FLAGS);
	int cycles = !(asked & PERF_SAMPLE_BRANCH_NO_CYCLES);

	assert_int_equal(got->from, expected->from);
	assert_int_equal(got->to, expected->to);
	assert_int_equal(got->mispred, flags ? expected->mispred : 0);
	assert_int_equal(got->predicted, flags ? expected->predicted : 0);
	assert_int_equal(got->in_tx, flags ? expected->in_tx : 0);
	assert_int_equal(got->abort, flags ? expected->abort : 0);
	assert_int_equal(got->cycles, cycles ? expected->cycles : 0);
	assert_int_equal(got->type, asked & PERF_SAMPLE_BRANCH_TYPE_SAVE ? expected->type : 0);
	assert_int_equal(got->priv, asked & PERF_SAMPLE_BRANCH_PRIV_SAVE ? expected->priv : 0);
	assert_int_equal(got->reserved, 0);
}

/* Takes a sample with these branches asked for, and compares it with those of this mask. */
static void check_branches(__u64 asked, unsigned int mask)
{
	struct perf_event_attr attr = sampled(1, PERF_SAMPLE_BRANCH_STACK);
	const struct perf_branch_entry *entry;
	struct test_ring ring;
	const __u64 *value;
	int fd;

	attr.branch_sample_type = asked;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1");
	value = next_sample(&ring);
	assert_int_equal(*value++, __builtin_popcount(mask));
	if (asked & PERF_SAMPLE_BRANCH_HW_INDEX)
		assert_int_equal(*value++, 5);
	entry = (const struct perf_branch_entry *)value;
	for (unsigned int i = 0; i < BRANCHES; i++)
		if (mask >> i & 1)
			check_branch(entry++, &all_branches[i], asked);
	ring_unmap(&ring);
	close(fd);
}

#define USER PERF_SAMPLE_BRANCH_USER
#define ANY PERF_SAMPLE_BRANCH_ANY
#define SAVE_ALL                                                                                   \
	(PERF_SAMPLE_BRANCH_TYPE_SAVE | PERF_SAMPLE_BRANCH_PRIV_SAVE | PERF_SAMPLE_BRANCH_HW_INDEX)

static void a_branch_stack_arrives_whole_newest_first(void **state)
{
	(void)state;
	check_branches(USER | PERF_SAMPLE_BRANCH_KERNEL | ANY | SAVE_ALL, 0xff);
	check_branches(USER | PERF_SAMPLE_BRANCH_KERNEL | ANY, 0xff);
}

static void branches_are_chosen_by_kind_and_by_whose_they_are(void **state)
{
	(void)state;
	check_branches(USER | ANY | SAVE_ALL, 0x7f);
	check_branches(PERF_SAMPLE_BRANCH_KERNEL | ANY | SAVE_ALL, 0x80);
	check_branches(USER | PERF_SAMPLE_BRANCH_COND, 0x03);
	check_branches(USER | PERF_SAMPLE_BRANCH_ANY_CALL, 0x0c);
	check_branches(USER | PERF_SAMPLE_BRANCH_CALL, 0x04);
	check_branches(USER | PERF_SAMPLE_BRANCH_IND_CALL, 0x08);
	check_branches(USER | PERF_SAMPLE_BRANCH_ANY_RETURN, 0x10);
	check_branches(USER | PERF_SAMPLE_BRANCH_IND_JUMP, 0x20);
	check_branches(USER | PERF_SAMPLE_BRANCH_ANY_RETURN | PERF_SAMPLE_BRANCH_COND, 0x13);
	check_branches(PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_COND, 0);
}

static void NO_FLAGS_and_NO_CYCLES_take_these_from_every_branch(void **state)
{
	(void)state;
	check_branches(USER | ANY | PERF_SAMPLE_BRANCH_NO_FLAGS, 0x7f);
	check_branches(USER | ANY | PERF_SAMPLE_BRANCH_NO_CYCLES, 0x7f);
}

/* Without a word on whose branches, they are those of the levels that the event itself counts. */
static void whose_branches_is_taken_from_the_event_where_not_said(void **state)
{
	struct perf_event_attr attr = sampled(1, PERF_SAMPLE_BRANCH_STACK);
	struct test_ring ring;
	int fd;

	(void)state;
	attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY;
	attr.exclude_kernel = 1;
	fd = open_event(attr);
	ring_map(&ring, fd, 0);
	hit(PMU, "1 1");
	assert_int_equal(next_sample(&ring)[0], 7);
	ring_unmap(&ring);
	close(fd);
}

static void a_call_stack_of_branches_is_EOPNOTSUPP(void **state)
{
	struct perf_event_attr attr = sampled(1, PERF_SAMPLE_BRANCH_STACK);

	(void)state;
	attr.branch_sample_type = USER | PERF_SAMPLE_BRANCH_CALL_STACK;
	assert_int_equal(perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC), -1);
	assert_int_equal(errno, EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_period_of_ten_gives_a_sample_every_ten_hits),
		cmocka_unit_test(a_new_period_begins_at_once_and_anew),
		cmocka_unit_test(a_step_over_several_periods_gives_as_many_samples),
		cmocka_unit_test(after_REFRESH_of_three_the_third_sample_stops_the_count),
		cmocka_unit_test(a_sample_holds_address_weight_source_and_transaction),
		cmocka_unit_test(a_weight_in_parts_is_the_weight_cut_in_three),
		cmocka_unit_test(a_sample_says_whether_user_space_or_the_kernel_was_hit),
		cmocka_unit_test(a_branch_stack_arrives_whole_newest_first),
		cmocka_unit_test(branches_are_chosen_by_kind_and_by_whose_they_are),
		cmocka_unit_test(NO_FLAGS_and_NO_CYCLES_take_these_from_every_branch),
		cmocka_unit_test(whose_branches_is_taken_from_the_event_where_not_said),
		cmocka_unit_test(a_call_stack_of_branches_is_EOPNOTSUPP),
	};

	return cmocka_run_group_tests_name("pmu_samples", tests, NULL, NULL);
}
