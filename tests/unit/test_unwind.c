/* SPDX-License-Identifier: MIT */
/*
 * What unwinding is made of, one by one: expressions, registers of processors, code without call
 * frame information, and stacks that lead nowhere, in circles or out of what was recorded.
 */
#include <dwarf.h>
#include <elf.h>
#include <string.h>

#include <perfev/regs.h>

#include "../../src/symbol/cfi.h"
#include "support.h"
#include "symbol_maker.h"

#define CODE 0x10000ULL
#define OTHER_CODE 0x20000ULL
#define STACK 0x7f0000000000ULL
#define WORDS 64

static int read_some(void *with, __u64 address, unsigned int width, __u64 *value)
{
	(void)with;
	*value = address + width;
	return address != 0xbad;
}

/* Evaluates operations: each where it would be if all were three bytes long. */
static int evaluate(const Dwarf_Op *list, size_t count, __u64 *value)
{
	struct cfi_expression expression = { .list = list, .count = count };
	struct cfi cfi = { .expressions = &expression, .expression_count = 1 };
	struct cfi_state state = { .cfa = 0x1000, .read = read_some, .word = 8 };

	state.registers[7] = 0x7000;
	state.known = 1ULL << 7;
	return perfev_cfi_eval(&cfi, 0, &state,
			       perfev_unwind_machine(EM_X86_64, PERF_SAMPLE_REGS_ABI_64), value);
}

#define OP(...) { .atom = DW_OP_##__VA_ARGS__ }
#define EVALUATES(expected, ...)                                                                   \
	do {                                                                                       \
		const Dwarf_Op list_[] = { __VA_ARGS__ };                                          \
		__u64 got_ = 0;                                                                    \
		assert_int_equal(evaluate(list_, sizeof(list_) / sizeof(list_[0]), &got_), 1);     \
		assert_int_equal(got_, expected);                                                  \
	} while (0)
#define CANNOT(...)                                                                                \
	do {                                                                                       \
		const Dwarf_Op list_[] = { __VA_ARGS__ };                                          \
		__u64 got_;                                                                        \
		assert_int_equal(evaluate(list_, sizeof(list_) / sizeof(list_[0]), &got_), 0);     \
	} while (0)

static void expressions_are_evaluated(void **state)
{
	(void)state;
	EVALUATES(0x1000, OP(call_frame_cfa));
	EVALUATES(0x6ff8, OP(breg7, .number = (Dwarf_Word)-8));
	EVALUATES(0x7010, OP(bregx, .number = 7, .number2 = 0x10));
	EVALUATES(12, OP(lit5), OP(lit7), OP(plus));
	EVALUATES((__u64)-2, OP(lit5), OP(lit7), OP(minus));
	EVALUATES(7, OP(lit5), OP(lit7), OP(swap), OP(drop));
	EVALUATES(5, OP(lit5), OP(lit7), OP(over), OP(swap), OP(drop));
	EVALUATES(1, OP(lit1), OP(lit2), OP(lit3), OP(pick, .number = 2));
	EVALUATES(321, OP(lit1), OP(lit2), OP(lit3), OP(rot), OP(const1u, .number = 10), OP(mul),
		  OP(plus), OP(swap), OP(const2u, .number = 100), OP(mul), OP(plus));
	EVALUATES(0x18, OP(lit16), OP(deref));
	EVALUATES(0x14, OP(lit16), OP(deref_size, .number = 4));
	EVALUATES(3, OP(const1s, .number = (Dwarf_Word)-3), OP(abs));
	EVALUATES((__u64)-4, OP(lit3), OP(not));
	EVALUATES((__u64)-2, OP(const1s, .number = (Dwarf_Word)-8), OP(lit2), OP(shra));
	EVALUATES(1, OP(const1s, .number = (Dwarf_Word)-8), OP(lit2), OP(lt));
	EVALUATES((__u64)-4, OP(const1s, .number = (Dwarf_Word)-8), OP(lit2), OP(div));
	/* That of a linkage table's entries: by how far it got in it. */
	EVALUATES(0x7008 + 8, OP(breg7, .number = 8), OP(lit12), OP(lit15), OP(and), OP(lit11),
		  OP(ge), OP(lit3), OP(shl), OP(plus));
}

static void jumps_go_where_they_say(void **state)
{
	(void)state;
	EVALUATES(2, OP(lit1, .offset = 0), OP(bra, .number = 1, .offset = 1),
		  OP(lit9, .offset = 4), OP(lit2, .offset = 5));
	EVALUATES(9, OP(lit0, .offset = 0), OP(bra, .number = 4, .offset = 1),
		  OP(lit9, .offset = 4), OP(skip, .number = 1, .offset = 5), OP(lit2, .offset = 8),
		  OP(nop, .offset = 9));
	CANNOT(OP(lit1), OP(skip, .number = 100, .offset = 1), OP(lit2, .offset = 4), OP(drop),
	       OP(drop));
}

static void what_cannot_be_evaluated_ends(void **state)
{
	Dwarf_Op many[100];
	__u64 value;

	(void)state;
	CANNOT(OP(nop));
	CANNOT(OP(plus));
	CANNOT(OP(lit1), OP(swap));
	CANNOT(OP(lit1), OP(lit0), OP(div));
	CANNOT(OP(lit1), OP(lit0), OP(mod));
	CANNOT(OP(const8u, .number = 1ULL << 63), OP(const1s, .number = (Dwarf_Word)-1), OP(div));
	CANNOT(OP(breg6));
	CANNOT(OP(bregx, .number = 1000));
	CANNOT(OP(const2u, .number = 0xbad), OP(deref));
	CANNOT(OP(lit1), OP(deref_size, .number = 9));
	CANNOT(OP(addr));
	CANNOT(OP(lit1), OP(pick, .number = 1));
	CANNOT(OP(skip, .number = (Dwarf_Word)-3, .offset = 0));
	for (size_t i = 0; i < 100; i++)
		many[i] = (Dwarf_Op)OP(lit1);
	assert_int_equal(evaluate(many, 100, &value), 0);
	assert_int_equal(evaluate(many, 0, &value), 0);
}

static void processors_have_each_register_once(void **state)
{
	static const __u16 all[] = { EM_X86_64, EM_386,   EM_AARCH64, EM_ARM,
				     EM_RISCV,  EM_PPC64, EM_S390,    EM_LOONGARCH };

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct unwind_machine *machine =
			perfev_unwind_machine(all[i], PERF_SAMPLE_REGS_ABI_64);
		__u64 seen = 0;

		assert_non_null(machine);
		for (unsigned int j = 0; j < machine->count; j++) {
			if (machine->dwarf[j] == NO_REGISTER)
				continue;
			assert_true(machine->dwarf[j] < MOST_REGISTERS);
			assert_false(seen >> machine->dwarf[j] & 1);
			seen |= 1ULL << machine->dwarf[j];
		}
		assert_true(seen >> machine->sp & 1);
		assert_true(seen >> machine->fp & 1);
	}
	assert_int_equal(perfev_unwind_machine(EM_X86_64, PERF_SAMPLE_REGS_ABI_32)->elf, EM_386);
	assert_int_equal(perfev_unwind_machine(EM_AARCH64, PERF_SAMPLE_REGS_ABI_32)->elf, EM_ARM);
	assert_null(perfev_unwind_machine(EM_S390, PERF_SAMPLE_REGS_ABI_32));
	assert_null(perfev_unwind_machine(EM_MIPS, PERF_SAMPLE_REGS_ABI_64));
	assert_null(perfev_unwind_machine(EM_NONE, PERF_SAMPLE_REGS_ABI_64));
}

/* A sample of a process with code of no file, which says nothing of its frames. */
struct made_sample {
	struct machine machine;
	struct perfev_record record;
	__u64 registers[9], words[WORDS];
};

static void begin_sample(struct made_sample *made)
{
	memset(made, 0, sizeof(*made));
	machine_open(&made->machine, NULL);
	take(&made->machine, said_mapping(5, CODE, 0x1000, 0, "//anon"));
	take(&made->machine, said_mapping(5, OTHER_CODE, 0x1000, 0, "/nowhere/there"));
	made->record.type = PERF_RECORD_SAMPLE;
	made->record.misc = PERF_RECORD_MISC_USER;
	made->record.have =
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	made->record.pid = made->record.tid = 5;
	made->record.sample.ip = made->registers[PERF_REG_X86_IP] = CODE + 0x10;
	made->registers[PERF_REG_X86_SP] = STACK;
	made->registers[PERF_REG_X86_BP] = STACK + 0x20;
	made->record.sample.user_regs.abi = PERF_SAMPLE_REGS_ABI_64;
	made->record.sample.user_regs.mask = (1ULL << 9) - 1;
	made->record.sample.user_regs.values.bytes = made->registers;
	made->record.sample.user_regs.values.count = 9;
	made->record.sample.user_stack.bytes.bytes = made->words;
	made->record.sample.user_stack.bytes.length = sizeof(made->words);
	made->record.sample.user_stack.size = sizeof(made->words);
	/* Two frames, and the last one. */
	made->words[4] = STACK + 0x60;
	made->words[5] = CODE + 0x110;
	made->words[12] = STACK + 0xa0;
	made->words[13] = OTHER_CODE + 0x20;
	made->words[20] = 0;
	made->words[21] = CODE + 0x210;
}

static struct perfev_frames unwound(struct made_sample *made, struct perfev_frame list[8])
{
	struct perfev_frames frames = { .list = list, .room = 8 };

	assert_int_equal(perfev_symbols_stack(made->machine.symbols, &made->record, NULL, &frames),
			 0);
	return frames;
}

#define ADDRESSES(frames, ...)                                                                     \
	do {                                                                                       \
		const __u64 expected[] = { __VA_ARGS__ };                                          \
		assert_int_equal((frames).count, sizeof(expected) / sizeof(expected[0]));          \
		for (unsigned int i_ = 0; i_ < (frames).count; i_++)                               \
			assert_int_equal((frames).list[i_].address, expected[i_]);                 \
	} while (0)

static void need_x86(const struct made_sample *made)
{
	(void)made;
#if !defined(__x86_64__)
	skip_without("x86-64", "the registers here are that processor's");
#endif
}

static void code_that_says_nothing_goes_by_frame_pointers(void **state)
{
	struct perfev_frame list[8];
	struct perfev_frames frames;
	struct made_sample made;

	(void)state;
	need_x86(&made);
	begin_sample(&made);
	frames = unwound(&made, list);
	ADDRESSES(frames, CODE + 0x10, CODE + 0x110, OTHER_CODE + 0x20, CODE + 0x210);
	assert_int_equal(frames.source, PERFEV_STACK_UNWOUND);
	assert_int_equal(frames.is_cut, 1);
	machine_close(&made.machine);
}

static void pointers_that_do_not_lead_on_are_not_believed(void **state)
{
	static const struct {
		unsigned int word;
		__u64 value;
	} wrong[] = {
		{ 13, 0x999000 },     /* to where nothing is mapped */
		{ 13, 0 },            /* to nowhere */
		{ 12, STACK + 0x40 }, /* back down the stack */
		{ 12, STACK + 0x60 }, /* in a circle */
	};
	struct perfev_frame list[8];
	struct perfev_frames frames;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct made_sample made;

		need_x86(&made);
		begin_sample(&made);
		made.words[wrong[i].word] = wrong[i].value;
		frames = unwound(&made, list);
		ADDRESSES(frames, CODE + 0x10, CODE + 0x110);
		assert_int_equal(frames.is_cut, 1);
		assert_non_null(frames.reason);
		machine_close(&made.machine);
	}
}

static void why_it_goes_no_further_is_said(void **state)
{
	struct perfev_frame list[8];
	struct perfev_frames frames;
	struct made_sample made;

	(void)state;
	need_x86(&made);
	begin_sample(&made);
	made.words[13] = 0;
	made.words[5] = OTHER_CODE + 0x20;
	frames = unwound(&made, list);
	assert_non_null(strstr(frames.reason, "/nowhere/there cannot be unwound: there is no /"));
	made.record.sample.user_regs.abi = PERF_SAMPLE_REGS_ABI_NONE;
	frames = unwound(&made, list);
	ADDRESSES(frames, CODE + 0x10);
	machine_close(&made.machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_evaluated),
		cmocka_unit_test(jumps_go_where_they_say),
		cmocka_unit_test(what_cannot_be_evaluated_ends),
		cmocka_unit_test(processors_have_each_register_once),
		cmocka_unit_test(code_that_says_nothing_goes_by_frame_pointers),
		cmocka_unit_test(pointers_that_do_not_lead_on_are_not_believed),
		cmocka_unit_test(why_it_goes_no_further_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
