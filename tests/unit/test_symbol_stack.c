/* SPDX-License-Identifier: MIT */
/* Stacks out of callchains, branches and what comes later, by records made and decoded. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "symbol_maker.h"

static const char kallsyms[] =
	"ffffffff81000000 T entry\n"
	"ffffffff81000100 T inner\n"
	"ffffffff81000200 T outer\n"
	"ffffffff81000300 T end\n";
static const char map[] = "10000 100 leaf\n10100 100 caller\n10200 100 main\n10300 100 other\n";

#define INNER 0xffffffff81000100
#define OUTER 0xffffffff81000200
#define LEAF 0x10000
#define CALLER 0x10100
#define MAIN 0x10200

/* A sample in the making: its attribute says what it has. */
struct made {
	struct perf_event_attr attr;
	struct perfev_layout layout;
	struct perfev_record record, decoded;
	__u64 chain[256];
	__u64 branches[64 * 3];
	unsigned char bytes[65536];
};

static void begin(struct machine *machine, struct made *made, __u64 sample_type, __u16 mode)
{
	machine_open(machine, kallsyms);
	machine_write(machine, "/tmp/perf-5.map", map, strlen(map));
	take(machine, said_mapping(5, 0x10000, 0x1000, 0, "//anon"));
	memset(made, 0, sizeof(*made));
	made->attr.size = sizeof(made->attr);
	made->attr.sample_type = sample_type | PERF_SAMPLE_TID;
	made->attr.branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_CALL_STACK;
	made->record.type = PERF_RECORD_SAMPLE;
	made->record.misc = mode;
	made->record.pid = made->record.tid = 5;
	made->record.sample.callchain.bytes = made->chain;
	made->record.sample.branches.bytes = made->branches;
}

/* Encodes and decodes it, so that it is as a ring or a file has it. */
static const struct perfev_record *finish(struct made *made)
{
	int size;

	perfev_layout_init(&made->layout, &made->attr, 0);
	size = perfev_record_encode(made->bytes, sizeof(made->bytes), &made->record, &made->layout);
	assert_true(size > 0);
	assert_int_equal(
		perfev_record_decode(&made->decoded, made->bytes, (size_t)size, &made->layout),
		size);
	return &made->decoded;
}

static void add(struct made *made, __u64 address)
{
	made->chain[made->record.sample.callchain.count++] = address;
}

static void add_branch(struct made *made, __u64 from, __u64 to)
{
	__u64 *branch = &made->branches[3 * made->record.sample.branches.count++];

	branch[0] = from;
	branch[1] = to;
}

/* Checks the names of all frames, the innermost first, with ' ' between; '?' has none. */
static struct perfev_frames check(struct machine *machine, struct made *made,
				  const struct perfev_record *deferred, const char *names)
{
	static struct perfev_frame list[300];
	struct perfev_frames frames = { .list = list, .room = 300 };
	char text[4096] = "";

	assert_int_equal(perfev_symbols_stack(machine->symbols, finish(made), deferred, &frames),
			 0);
	for (__u32 i = 0; i < frames.count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, list[i].symbol ? list[i].symbol->name : "?");
		assert_int_equal(list[i].is_caller, i > 0);
	}
	assert_string_equal(text, names);
	return frames;
}

#define IP PERF_SAMPLE_IP
#define CHAIN (PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN)

static void a_sample_without_a_chain_has_its_address(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, IP, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF;
	frames = check(&machine, &made, NULL, "leaf");
	assert_int_equal(frames.source, PERFEV_STACK_ADDRESS);
	assert_int_equal(frames.list[0].mode, PERF_RECORD_MISC_USER);
	assert_false(frames.is_cut);
	machine_close(&machine);
}

static void a_chain_has_the_kernels_part_and_the_users(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_KERNEL);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_KERNEL);
	add(&made, INNER);
	/* It goes on where the next function begins: the call was the last of this one. */
	add(&made, OUTER + 0x100);
	add(&made, PERF_CONTEXT_USER);
	/* Interrupted at its first byte, not called from the byte before. */
	add(&made, CALLER);
	add(&made, MAIN + 0x100);
	add(&made, 0);
	frames = check(&machine, &made, NULL, "inner outer caller main");
	assert_int_equal(frames.source, PERFEV_STACK_CALLCHAIN);
	assert_int_equal(frames.list[1].address, OUTER + 0x100);
	assert_int_equal(frames.list[1].module_address, OUTER + 0xff);
	assert_int_equal(frames.list[1].mode, PERF_RECORD_MISC_KERNEL);
	assert_int_equal(frames.list[2].module_address, CALLER);
	assert_int_equal(frames.list[2].mode, PERF_RECORD_MISC_USER);
	assert_int_equal(frames.list[3].module_address, MAIN + 0xff);
	machine_close(&machine);
}

static void a_chain_that_leads_to_no_code_says_so(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF;
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF);
	add(&made, 0x7ffe00001234);
	add(&made, MAIN + 9);
	frames = check(&machine, &made, NULL, "leaf ? main");
	assert_true(frames.is_cut);
	assert_int_equal(frames.source, PERFEV_STACK_CALLCHAIN);
	assert_string_equal(frames.reason,
			    "a caller is no code, as where frame pointers are not kept");
	/* Of a process whose mappings were never told, nothing is known to be wrong. */
	made.record.pid = made.record.tid = 6;
	frames = check(&machine, &made, NULL, "? ? ?");
	assert_true(!frames.is_cut && !frames.reason);
	machine_close(&machine);
}

static void where_it_was_sampled_the_sample_says_most_exactly(void **state)
{
	struct machine machine;
	struct made made;

	(void)state;
	/* The processor knew better than the interrupt where it was. */
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF + 5;
	add(&made, PERF_CONTEXT_USER);
	add(&made, CALLER + 9);
	add(&made, MAIN + 9);
	check(&machine, &made, NULL, "leaf main");
	machine_close(&machine);
	/* Without the kernel's part, where it was in the kernel is still known. */
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_KERNEL);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF);
	add(&made, MAIN + 1);
	check(&machine, &made, NULL, "inner leaf main");
	machine_close(&machine);
	/* A chain of an event that has no address. */
	begin(&machine, &made, PERF_SAMPLE_CALLCHAIN, PERF_RECORD_MISC_USER);
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF);
	add(&made, CALLER + 1);
	check(&machine, &made, NULL, "leaf caller");
	machine_close(&machine);
}

static void marks_alone_are_no_frames(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF;
	add(&made, PERF_CONTEXT_KERNEL);
	add(&made, PERF_CONTEXT_USER);
	add(&made, 0);
	frames = check(&machine, &made, NULL, "leaf");
	assert_int_equal(frames.source, PERFEV_STACK_ADDRESS);
	machine_close(&machine);
	begin(&machine, &made, PERF_SAMPLE_CALLCHAIN, PERF_RECORD_MISC_USER);
	add(&made, PERF_CONTEXT_USER);
	frames.room = 1;
	assert_int_equal(perfev_symbols_stack(machine.symbols, finish(&made), NULL, &frames),
			 -ENOENT);
	made.decoded.type = PERF_RECORD_MMAP;
	assert_int_equal(perfev_symbols_stack(machine.symbols, &made.decoded, NULL, &frames),
			 -EINVAL);
	machine_close(&machine);
}

static void contexts_of_others_are_told_as_theirs(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_GUEST_KERNEL);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_GUEST_KERNEL);
	add(&made, INNER);
	add(&made, PERF_CONTEXT_GUEST_USER);
	add(&made, LEAF);
	add(&made, PERF_CONTEXT_HV);
	add(&made, 0x1000);
	add(&made, PERF_CONTEXT_GUEST);
	add(&made, INNER);
	/* One that is newer than this: the address tells the kernel's from the user's. */
	add(&made, (__u64)-4000);
	add(&made, OUTER);
	frames = check(&machine, &made, NULL, "? ? ? ? outer");
	assert_string_equal(frames.list[0].module->path, "[guest.kernel]");
	assert_string_equal(frames.list[1].module->path, "[guest.user]");
	assert_string_equal(frames.list[2].module->path, "[hypervisor]");
	assert_string_equal(frames.list[3].module->path, "[guest.kernel]");
	machine_close(&machine);
}

static void a_chain_that_is_as_long_as_may_be_is_cut(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;
	struct perfev_frame few[3];

	(void)state;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF;
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF);
	while (made.record.sample.callchain.count < PERF_MAX_STACK_DEPTH)
		add(&made, MAIN + 1);
	frames.list = few;
	frames.room = 3;
	assert_int_equal(perfev_symbols_stack(machine.symbols, finish(&made), NULL, &frames), 0);
	/* Here it is the caller's room. */
	assert_int_equal(frames.count, 3);
	assert_true(frames.is_cut);
	frames.list = calloc(200, sizeof(*few));
	assert_non_null(frames.list);
	frames.room = 200;
	assert_int_equal(perfev_symbols_stack(machine.symbols, finish(&made), NULL, &frames), 0);
	assert_int_equal(frames.count, PERF_MAX_STACK_DEPTH - 1);
	assert_false(frames.is_cut);
	add(&made, MAIN + 1);
	assert_int_equal(perfev_symbols_stack(machine.symbols, finish(&made), NULL, &frames), 0);
	assert_int_equal(frames.count, PERF_MAX_STACK_DEPTH);
	assert_true(frames.is_cut);
	free(frames.list);
	machine_close(&machine);
}

static void calls_that_the_processor_recorded_are_the_users_part(void **state)
{
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN | PERF_SAMPLE_BRANCH_STACK, PERF_RECORD_MISC_KERNEL);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_KERNEL);
	add(&made, INNER);
	add(&made, OUTER + 1);
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF + 4);
	add(&made, 0x10310);
	/* The call is at the last byte of one and the first of the other. */
	add_branch(&made, CALLER + 0xff, LEAF);
	add_branch(&made, MAIN, CALLER);
	frames = check(&machine, &made, NULL, "inner outer leaf caller main");
	assert_int_equal(frames.source, PERFEV_STACK_BRANCHES);
	assert_int_equal(frames.list[2].module_address, LEAF + 4);
	assert_int_equal(frames.list[3].module_address, CALLER + 0xff);
	assert_int_equal(frames.list[4].module_address, MAIN);
	/* Branches of another kind are no stack. */
	made.attr.branch_sample_type = PERF_SAMPLE_BRANCH_ANY;
	frames = check(&machine, &made, NULL, "inner outer leaf other");
	assert_int_equal(frames.source, PERFEV_STACK_CALLCHAIN);
	machine_close(&machine);
	begin(&machine, &made, IP | PERF_SAMPLE_BRANCH_STACK, PERF_RECORD_MISC_KERNEL);
	made.record.sample.ip = INNER;
	add_branch(&made, CALLER + 1, LEAF);
	check(&machine, &made, NULL, "inner leaf caller");
	made.record.misc = PERF_RECORD_MISC_USER;
	made.record.sample.ip = LEAF + 3;
	frames = check(&machine, &made, NULL, "leaf caller");
	assert_false(frames.is_cut);
	/* The processor has room for so many. */
	while (made.record.sample.branches.count < 32)
		add_branch(&made, MAIN + 1, MAIN);
	assert_int_equal(perfev_symbols_stack(machine.symbols, finish(&made), NULL, &frames), 0);
	assert_int_equal(frames.count, 33);
	assert_true(frames.is_cut);
	machine_close(&machine);
}

static void a_chain_that_comes_later_is_joined_by_its_cookie(void **state)
{
	__u64 later[] = { PERF_CONTEXT_USER, LEAF, CALLER + 1, MAIN + 1 };
	struct perfev_record deferred = { .type = PERF_RECORD_CALLCHAIN_DEFERRED };
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	deferred.callchain_deferred.cookie = 77;
	deferred.callchain_deferred.ips.bytes = later;
	deferred.callchain_deferred.ips.count = 4;
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_KERNEL);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_KERNEL);
	add(&made, INNER);
	add(&made, PERF_CONTEXT_USER_DEFERRED);
	add(&made, 77);
	frames = check(&machine, &made, NULL, "inner");
	assert_true(frames.is_deferred);
	assert_int_equal(frames.cookie, 77);
	frames = check(&machine, &made, &deferred, "inner leaf caller main");
	assert_false(frames.is_deferred);
	deferred.callchain_deferred.cookie = 78;
	frames = check(&machine, &made, &deferred, "inner");
	assert_true(frames.is_deferred);
	machine_close(&machine);
	/* In user mode there is nothing before it. */
	begin(&machine, &made, CHAIN, PERF_RECORD_MISC_USER);
	made.record.sample.ip = LEAF + 1;
	add(&made, PERF_CONTEXT_USER_DEFERRED);
	add(&made, 78);
	check(&machine, &made, NULL, "leaf");
	check(&machine, &made, &deferred, "leaf caller main");
	/* The cookie is cut off. */
	made.record.sample.callchain.count = 1;
	frames = check(&machine, &made, &deferred, "leaf");
	assert_int_equal(frames.cookie, 0);
	machine_close(&machine);
}

static void where_unwinding_goes_no_further_the_chain_is_taken(void **state)
{
	static unsigned char stack[64];
	__u64 values[64] = { 0 };
	struct perfev_frames frames;
	struct machine machine;
	struct made made;

	(void)state;
	begin(&machine, &made, CHAIN | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER,
	      PERF_RECORD_MISC_KERNEL);
	made.attr.sample_regs_user = 0x1ff;
	made.attr.sample_stack_user = sizeof(stack);
	made.record.sample.user_regs.abi = PERF_SAMPLE_REGS_ABI_64;
	made.record.sample.user_regs.mask = 0x1ff;
	made.record.sample.user_regs.values.bytes = values;
	made.record.sample.user_regs.values.count = 9;
	made.record.sample.user_stack.bytes.bytes = stack;
	made.record.sample.user_stack.bytes.length = sizeof(stack);
	made.record.sample.user_stack.size = sizeof(stack);
	made.record.sample.ip = INNER;
	add(&made, PERF_CONTEXT_KERNEL);
	add(&made, INNER);
	add(&made, OUTER + 1);
	add(&made, PERF_CONTEXT_USER);
	add(&made, LEAF);
	add(&made, MAIN + 1);
	frames = check(&machine, &made, NULL, "inner outer leaf main");
	assert_int_equal(frames.source, PERFEV_STACK_CALLCHAIN);
	/* A process of which nothing is known. */
	made.record.pid = 99;
	frames = check(&machine, &made, NULL, "inner outer ? ?");
	assert_null(frames.list[2].module);
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sample_without_a_chain_has_its_address),
		cmocka_unit_test(a_chain_has_the_kernels_part_and_the_users),
		cmocka_unit_test(a_chain_that_leads_to_no_code_says_so),
		cmocka_unit_test(where_it_was_sampled_the_sample_says_most_exactly),
		cmocka_unit_test(marks_alone_are_no_frames),
		cmocka_unit_test(contexts_of_others_are_told_as_theirs),
		cmocka_unit_test(a_chain_that_is_as_long_as_may_be_is_cut),
		cmocka_unit_test(calls_that_the_processor_recorded_are_the_users_part),
		cmocka_unit_test(a_chain_that_comes_later_is_joined_by_its_cookie),
		cmocka_unit_test(where_unwinding_goes_no_further_the_chain_is_taken),
	};

	return cmocka_run_group_tests_name("stacks of samples", tests, NULL, NULL);
}
