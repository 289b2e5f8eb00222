/* SPDX-License-Identifier: MIT */
/*
 * Wrong requests: values of attr that no kernel takes, and fields that exclude or need each other.
 */
#include "wrong.h"

#define TOP_BIT (1ULL << 63)

static void above_the_rate(struct attempt *attempt)
{
	attempt->attr.sample_freq = (__u64)kernel_setting_or_skip("perf_event_max_sample_rate") + 1;
}

static void above_the_stack(struct attempt *attempt)
{
	long limit = kernel_setting_or_skip("perf_event_max_stack");

	if (limit >= 65535)
		skip_without("max-stack", "perf_event_max_stack is %ld", limit);
	attempt->attr.sample_max_stack = (__u16)(limit + 1);
}

/* Since Linux 6.12. Before that it is inherit that is at fault, which is the next request. */
static void where_tid_helps(struct attempt *attempt)
{
	struct attempt with_tid = *attempt;

	with_tid.attr.sample_type |= PERF_SAMPLE_TID;
	if (error_of(&with_tid))
		skip_without("inherited-read", "not even with PERF_SAMPLE_TID");
}

const struct wrong wrong_values[] = {
	{ "the first reserved bits are set",
	  { DUMMY(.__reserved_1 = 1 << 23), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "__reserved_1" } } },
	{ "the second reserved field is set",
	  { DUMMY(.__reserved_2 = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "__reserved_2" } } },
	{ "the third reserved field is set",
	  { DUMMY(.__reserved_3 = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "__reserved_3" } } },
	{ "sample_type has a bit of no meaning",
	  { DUMMY(.sample_type = PERF_SAMPLE_IP | 1ULL << 62), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_type" } } },
	{ "read_format has a bit of no meaning",
	  { DUMMY(.read_format = PERF_FORMAT_ID | 1ULL << 62), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "read_format" } } },
	{ "sample_period has its top bit set",
	  { DUMMY(.sample_period = TOP_BIT), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_period" } } },
	{ "the frequency is one above the limit",
	  { DUMMY(.freq = 1), 0, -1, -1, 0 },
	  .make = above_the_rate,
	  .expected = { { PERFEV_CAUSE_RATE, "sample_freq" } } },
	{ "the frequency is beyond all limits",
	  { DUMMY(.freq = 1, .sample_freq = ~0ULL), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_RATE, "sample_freq" } } },
	{ "user registers are asked for and none is chosen",
	  { DUMMY(.sample_type = PERF_SAMPLE_REGS_USER), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "sample_regs_user" } } },
	{ "registers at the interrupt are asked for and none is chosen",
	  { DUMMY(.sample_type = PERF_SAMPLE_REGS_INTR), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "sample_regs_intr" } } },
	{ "a user register is chosen that no processor has",
	  { DUMMY(.sample_type = PERF_SAMPLE_REGS_USER, .sample_regs_user = 1 | TOP_BIT), 0, -1, -1,
	    0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_regs_user" },
			{ PERFEV_CAUSE_MACHINE, "sample_regs_user" } } },
	{ "the user stack is no multiple of 8 bytes",
	  { DUMMY(.sample_type = PERF_SAMPLE_STACK_USER, .sample_stack_user = 1001), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_stack_user" } } },
	{ "the user stack is larger than a record",
	  { DUMMY(.sample_type = PERF_SAMPLE_STACK_USER, .sample_stack_user = 1 << 20), 0, -1, -1,
	    0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_stack_user" } } },
	{ "clockid is no clock",
	  { DUMMY(.use_clockid = 1, .clockid = 12345), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "clockid" } } },
	{ "clockid is a process's clock",
	  { DUMMY(.use_clockid = 1, .clockid = 2), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "clockid" } } },
	{ "clockid is negative",
	  { DUMMY(.use_clockid = 1, .clockid = -6), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "clockid" } } },
	{ "a callchain is one frame longer than the limit",
	  { DUMMY(.sample_period = 1, .sample_type = PERF_SAMPLE_CALLCHAIN), 0, -1, -1, 0 },
	  .make = above_the_stack,
	  .expected = { { PERFEV_CAUSE_STACK, "sample_max_stack" } } },
	{ "branches are asked for and no kind of them is chosen",
	  { DUMMY(.sample_type = PERF_SAMPLE_BRANCH_STACK, .sample_period = 1,
		  .branch_sample_type = PERF_SAMPLE_BRANCH_USER),
	    0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "branch_sample_type" },
			{ PERFEV_CAUSE_MACHINE, "sample_type" } } },
	{ "branch_sample_type has a bit of no meaning",
	  { DUMMY(.sample_type = PERF_SAMPLE_BRANCH_STACK, .sample_period = 1,
		  .branch_sample_type =
			  PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER | 1ULL << 60),
	    0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "branch_sample_type" } } },
	{ "a software event is asked for branches",
	  { DUMMY(.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_BRANCH_STACK, .sample_period = 1,
		  .branch_sample_type = PERF_SAMPLE_BRANCH_ANY | PERF_SAMPLE_BRANCH_USER),
	    0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_MACHINE, "sample_type" } } },
	{ "sigtrap is set without remove_on_exec",
	  { DUMMY(.sigtrap = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "remove_on_exec" },
			{ PERFEV_CAUSE_KERNEL, "sigtrap" } } },
	{ "sigtrap is set for all threads of a CPU",
	  { DUMMY(.sigtrap = 1, .remove_on_exec = 1), -1, 0, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "sigtrap" },
			{ PERFEV_CAUSE_KERNEL, "sigtrap" } } },
	{ "inherit_thread is set without inherit",
	  { DUMMY(.inherit_thread = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "inherit" },
			{ PERFEV_CAUSE_KERNEL, "inherit_thread" } } },
	{ "exec is to start the event and to remove it",
	  { DUMMY(.enable_on_exec = 1, .remove_on_exec = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "remove_on_exec" },
			{ PERFEV_CAUSE_KERNEL, "remove_on_exec" } } },
	{ "exec is to start the event, to remove it, and it sends signals",
	  { DUMMY(.enable_on_exec = 1, .remove_on_exec = 1, .sigtrap = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "enable_on_exec" },
			{ PERFEV_CAUSE_KERNEL, "sigtrap" },
			{ PERFEV_CAUSE_KERNEL, "remove_on_exec" } } },
	{ "both kinds of weight are asked for",
	  { DUMMY(.sample_period = 1,
		  .sample_type = PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT),
	    0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "sample_type" },
			{ PERFEV_CAUSE_KERNEL, "sample_type" } } },
	{ "inherited counts are to be in samples that do not say whose",
	  { DUMMY(.sample_period = 1, .inherit = 1, .sample_type = PERF_SAMPLE_READ), 0, -1, -1,
	    0 },
	  .make = where_tid_helps,
	  .says = "TID",
	  .expected = { { PERFEV_CAUSE_CONFLICT, "sample_type" } } },
	{ "inherited counts are to be in samples",
	  { DUMMY(.sample_period = 1, .inherit = 1,
		  .sample_type = PERF_SAMPLE_READ | PERF_SAMPLE_TID),
	    0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_CONFLICT, "inherit" } } },
	{ "an AUX sample is asked for without an AUX event",
	  { DUMMY(.sample_period = 1, .sample_type = PERF_SAMPLE_AUX, .aux_sample_size = 4096), 0,
	    -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_GROUP, "aux_sample_size" } } },
	{ "aux_output is set on a software event",
	  { DUMMY(.sample_period = 1, .aux_output = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_MACHINE, "aux_output" },
			{ PERFEV_CAUSE_GROUP, "aux_output" } } },
	{ "a software event is to pause an AUX area",
	  { DUMMY(.sample_period = 1, .aux_pause = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "aux_pause" },
			{ PERFEV_CAUSE_MACHINE, "aux_pause" },
			{ PERFEV_CAUSE_KERNEL, "aux_pause" } } },
	{ "a software event's AUX area is to start paused",
	  { DUMMY(.aux_start_paused = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_MACHINE, "aux_start_paused" },
			{ PERFEV_CAUSE_KERNEL, "aux_start_paused" } } },
	{ "callchains are deferred on a kernel that has no such thing",
	  { DUMMY(.sample_period = 1, .defer_callchain = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_KERNEL, "defer_callchain" } } },
	{ "data page sizes are asked of a kernel that has no such thing",
	  { DUMMY(.sample_period = 1, .sample_type = PERF_SAMPLE_DATA_PAGE_SIZE), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_KERNEL, "sample_type" } } },
	{ "build-ids are asked of a kernel that has no such thing",
	  { DUMMY(.mmap = 1, .mmap2 = 1, .build_id = 1), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_KERNEL, "build_id" } } },
	{ "two things are wrong at once",
	  { DUMMY(.sample_period = TOP_BIT, .use_clockid = 1, .clockid = 99), 0, -1, -1, 0 },
	  .expected = { { PERFEV_CAUSE_VALUE, "sample_period" },
			{ PERFEV_CAUSE_VALUE, "clockid" } } },
	{ .title = NULL },
};
