/* SPDX-License-Identifier: MIT */
/*
 * A user's stack, from the registers and the piece of stack that a sample has: each frame is undone
 * by what its file's call frame information says. Code without any is tried by its frame pointer,
 * and believed only where that leads on along the stack to code that is mapped.
 */
#include "unwind.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../record/bytes.h"

#define MOST_SIGNALS 64 /* of those that one may interrupt the other */
#define REASON_BYTES 512
/* How far above its beginning an address may be that is still said to be of the stack. */
#define MOST_STACK (1ULL << 30)

struct unwinder {
	char reason[REASON_BYTES];
};

/* While a stack is unwound. */
struct walk {
	struct perfev_symbols *symbols;
	struct process *process;
	const struct unwind_machine *machine;
	struct cfi_state state;
	__u64 pc, sp;
	const unsigned char *stack;
	__u64 stack_begin, stack_size;
	__u64 mask; /* of addresses: 32 bits, or all */
	__u64 lost; /* registers that were saved where the recorded stack has ended */
	int is_swapped, is_big;
	int is_exact; /* pc is not behind a call, but of the instruction itself */
	int signals;
	int ran_out; /* an expression wanted more of the stack than was recorded */
	char *reason;
};

/* Says why it goes no further. Returns 0. */
__attribute__((format(printf, 2, 3))) static int stop(struct walk *walk, const char *reason, ...)
{
	va_list list;

	va_start(list, reason);
	vsnprintf(walk->reason, REASON_BYTES, reason, list);
	va_end(list);
	return 0;
}

static __u64 read_number(const struct walk *walk, const unsigned char *bytes, unsigned int width)
{
	__u64 value = 0;

	if (width == 8)
		return load64(bytes, walk->is_swapped);
	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | bytes[walk->is_big ? i : width - 1 - i];
	return value;
}

/* Most of unwinding is this: it is part of the loop that it is in. */
static inline __attribute__((always_inline)) int read_stack(const struct walk *walk, __u64 address,
							    unsigned int width, __u64 *value)
{
	__u64 into = address - walk->stack_begin;

	if (into >= walk->stack_size || walk->stack_size - into < width)
		return 0;
	*value = read_number(walk, walk->stack + into, width);
	return 1;
}

/* What lies in a file, unless it is written to, is in memory as well. */
static int read_file(const struct walk *walk, __u64 address, unsigned int width, __u64 *value)
{
	const struct mapping *mapping = perfev_maps_find(walk->symbols, walk->process, address);
	const struct elf_module *elf = mapping && mapping->is_placed ? mapping->module->elf : NULL;
	const unsigned char *file;
	size_t size;

	if (!elf || !elf->elf || elf->is_debug_only)
		return 0;
	address -= mapping->bias;
	file = (const unsigned char *)elf_rawfile(elf->elf, &size);
	for (size_t i = 0; file && i < elf->load_count; i++) {
		const struct load *load = &elf->loads[i];
		__u64 into = address - load->address, at = load->offset + into;

		if (address >= load->address && into < load->in_file &&
		    load->in_file - into >= width && at < size && size - at >= width) {
			*value = read_number(walk, file + at, width);
			return 1;
		}
	}
	return 0;
}

static int is_behind_stack(const struct walk *walk, __u64 address)
{
	__u64 into = address - walk->stack_begin;

	return into < MOST_STACK && into + walk->machine->word > walk->stack_size;
}

/* What expressions read. */
static int read_memory(void *with, __u64 address, unsigned int width, __u64 *value)
{
	struct walk *walk = with;

	if (read_stack(walk, address, width, value) || read_file(walk, address, width, value))
		return 1;
	walk->ran_out |= is_behind_stack(walk, address);
	return 0;
}

static int stack_ends(struct walk *walk)
{
	return stop(walk, "the %llu bytes of stack that were recorded end there",
		    (unsigned long long)walk->stack_size);
}

static int no_memory(struct walk *walk, __u64 address)
{
	if (is_behind_stack(walk, address))
		return stack_ends(walk);
	return stop(walk, "its frame is at 0x%llx, where nothing was recorded",
		    (unsigned long long)address);
}

/* A return address as the processor takes it: not its signature, nor the sign of Thumb code. */
static __u64 plain_address(const struct walk *walk, __u64 address)
{
	unsigned int bits = walk->machine->pointer_bits;

	if (bits)
		address &= (1ULL << bits) - 1;
	return walk->machine->elf == EM_ARM ? address & ~1ULL : address;
}

/* The value of one register of the caller's. Returns 1, or 0: it is lost. */
static int apply_rule(struct walk *walk, const struct cfi *cfi, const struct cfi_rule *rule,
		      __u64 *value)
{
	const struct cfi_state *state = &walk->state;
	__u64 address = walk->mask & (state->cfa + (__u64)rule->offset);

	switch (rule->how) {
	case CFI_OFFSET:
		return read_stack(walk, address, walk->machine->word, value);
	case CFI_VALUE:
		*value = address;
		return 1;
	case CFI_REGISTER:
		*value = state->registers[rule->offset];
		return (int)(state->known >> rule->offset & 1);
	case CFI_MEMORY_EXPRESSION:
		return perfev_cfi_eval(cfi, rule->expression, state, walk->machine, &address) &&
		       read_stack(walk, walk->mask & address, walk->machine->word, value);
	case CFI_VALUE_EXPRESSION:
		return perfev_cfi_eval(cfi, rule->expression, state, walk->machine, value);
	}
	return 0;
}

/* Where the frame is. Returns 1, or 0 with a reason. */
static int find_cfa(struct walk *walk, const struct cfi *cfi, const struct cfi_row *row)
{
	struct cfi_state *state = &walk->state;
	__u64 cfa;

	if (row->cfa_how == CFI_VALUE) {
		if (walk->lost & ~state->known & 1ULL << row->cfa_reg)
			return stack_ends(walk);
		if (!(state->known >> row->cfa_reg & 1))
			return stop(walk, "a register that its frame is found by was not saved");
		cfa = state->registers[row->cfa_reg] + (__u64)row->cfa_offset;
	} else if (!perfev_cfi_eval(cfi, row->cfa_expression, state, walk->machine, &cfa)) {
		return walk->ran_out ?
			       stack_ends(walk) :
			       stop(walk, "where its frame is depends on what was not recorded");
	}
	state->cfa = walk->mask & cfa;
	return 1;
}

/*
 * Gets the caller's registers where each of them is in memory or said by the frame's address, which
 * is nearly always so. Returns the return address's rule where it could not be read, or NULL. What
 * is said to be saved below the stack pointer was restored from there just now: clang leaves that
 * unsaid at the end of functions.
 */
static const struct cfi_rule *apply_plain(struct walk *walk, const struct cfi_row *row)
{
	struct cfi_state *state = &walk->state;
	const struct cfi_rule *lost = NULL;
	__u64 known = state->known & row->same, *registers = state->registers;
	unsigned int word = walk->machine->word;

	for (unsigned int i = 0; i < row->count; i++) {
		const struct cfi_rule *rule = &row->rules[i];
		__u64 address = walk->mask & (state->cfa + (__u64)rule->offset);

		if (rule->how == CFI_VALUE)
			registers[rule->reg] = address;
		else if (!read_stack(walk, address, word, &registers[rule->reg])) {
			lost = rule->reg == row->ra ? rule : lost;
			if (is_behind_stack(walk, address))
				walk->lost |= 1ULL << rule->reg;
			if (address < walk->sp)
				known |= state->known & 1ULL << rule->reg;
			continue;
		}
		known |= 1ULL << rule->reg;
	}
	state->known = known;
	return lost;
}

/* Likewise, whatever the rules are: all of them are about the registers of this frame. */
static const struct cfi_rule *apply_any(struct walk *walk, const struct cfi *cfi,
					const struct cfi_row *row)
{
	struct cfi_state *state = &walk->state;
	const struct cfi_rule *lost = NULL;
	__u64 values[MOST_REGISTERS], got = 0;

	for (unsigned int i = 0; i < row->count; i++) {
		const struct cfi_rule *rule = &row->rules[i];

		if (apply_rule(walk, cfi, rule, &values[i]))
			got |= 1ULL << i;
		else if (rule->reg == row->ra)
			lost = rule;
	}
	state->known &= row->same;
	for (unsigned int i = 0; i < row->count; i++) {
		if (!(got >> i & 1))
			continue;
		state->registers[row->rules[i].reg] = walk->mask & values[i];
		state->known |= 1ULL << row->rules[i].reg;
	}
	return lost;
}

/* Undoes a frame by its row. Returns 1; or 0: it is the last one, or there is a reason. */
static int apply_row(struct walk *walk, const struct cfi *cfi, const struct cfi_row *row)
{
	struct cfi_state *state = &walk->state;
	const struct cfi_rule *lost;
	__u8 sp = walk->machine->sp;

	if (!find_cfa(walk, cfi, row))
		return 0;
	lost = row->is_plain ? apply_plain(walk, row) : apply_any(walk, cfi, row);
	if (row->same >> sp & 1 || !(state->known >> sp & 1)) {
		state->registers[sp] = state->cfa;
		state->known |= 1ULL << sp;
	}
	if (lost && lost->how == CFI_OFFSET)
		return no_memory(walk, state->cfa + (__u64)lost->offset);
	if (lost && walk->ran_out)
		return stack_ends(walk);
	if (lost || (row->same & ~state->known) >> row->ra & 1)
		return stop(walk, "where it returns to depends on what was not recorded");
	if (!(state->known >> row->ra & 1))
		return 0;
	walk->pc = plain_address(walk, state->registers[row->ra]);
	walk->is_exact = row->is_signal;
	walk->signals += row->is_signal;
	return 1;
}

/* Undoes a frame of code that nothing is known of, by the habit of frame pointers. */
static int try_frame_pointer(struct walk *walk)
{
	const struct unwind_machine *machine = walk->machine;
	struct cfi_state *state = &walk->state;
	__u64 fp = state->registers[machine->fp], next, pc;
	__u64 frame = fp + (__u64)(machine->fp_to_frame * machine->word);
	__u64 back = fp + (__u64)(machine->fp_to_return * machine->word);

	if (!machine->fp_to_return || !(state->known >> machine->fp & 1) || fp < walk->sp ||
	    fp % machine->word)
		return 0;
	if (!read_stack(walk, walk->mask & frame, machine->word, &next) ||
	    !read_stack(walk, walk->mask & back, machine->word, &pc))
		return 0;
	pc = plain_address(walk, pc);
	if ((next && next <= fp) || !pc || !perfev_maps_find(walk->symbols, walk->process, pc - 1))
		return 0;
	state->cfa = walk->mask & (back + machine->word);
	state->registers[machine->fp] = next;
	state->registers[machine->sp] = state->cfa;
	state->known = 1ULL << machine->fp | 1ULL << machine->sp;
	walk->pc = pc;
	walk->is_exact = 0;
	return 1;
}

static int no_row(struct walk *walk, const struct mapping *mapping, __u64 address)
{
	const struct perfev_module *shown = &mapping->module->shown;

	if (try_frame_pointer(walk))
		return 1;
	if (!mapping->module->elf || !mapping->module->elf->elf)
		return stop(walk, "%s cannot be unwound: %s", shown->path,
			    shown->reason ? shown->reason : "it is in no file");
	return stop(walk, "%s has no unwind information for 0x%llx", shown->path,
		    (unsigned long long)(address - mapping->bias));
}

/*
 * Frames go one way only, and no further than the stack was recorded: so there is an end, whatever
 * files say. A signal may have a stack of its own, from which it goes back anywhere.
 */
static int goes_on(struct walk *walk, __u64 before, int is_first)
{
	__u64 sp = walk->state.registers[walk->machine->sp];

	walk->sp = sp;
	if (walk->is_exact && walk->signals <= MOST_SIGNALS)
		return 1;
	if (sp - walk->stack_begin > walk->stack_size)
		return stack_ends(walk);
	if (sp < before || (sp == before && !is_first))
		return stop(walk, "its frames do not go on along the stack");
	return 1;
}

/* Undoes a frame. Returns 1; 0: it is the last one, or there is a reason; or -ENOMEM. */
static int undo_frame(struct walk *walk)
{
	/* Behind a call that never returns another function may begin. */
	__u64 address = walk->is_exact ? walk->pc : walk->pc - 1;
	struct mapping *mapping = perfev_maps_find(walk->symbols, walk->process, address);
	int is_first = walk->state.cfa == 0, result;
	const struct cfi_row *row;
	struct elf_module *elf;
	__u64 before = walk->sp;

	if (!mapping)
		return stop(walk, "nothing is mapped at 0x%llx", (unsigned long long)address);
	elf = mapping->module->elf;
	result = elf && mapping->is_placed && elf->machine == walk->machine->elf ?
			 perfev_cfi_row(elf, walk->machine, address - mapping->bias, &row) :
			 0;
	if (result < 0)
		return result;
	result = result ? apply_row(walk, elf->cfi, row) : no_row(walk, mapping, address);
	return result > 0 && walk->pc ? goes_on(walk, before, is_first) : 0;
}

/* Takes a sample's registers. Returns 1, or 0 with a reason. */
static int begin(struct walk *walk, const struct perfev_sample *sample)
{
	const struct perfev_registers *registers = &sample->user_regs;
	__u16 machine = walk->symbols->elf_machine;
	__u32 place = 0;
	int has_pc = 0;

	if (registers->abi == PERF_SAMPLE_REGS_ABI_NONE)
		return stop(walk, "its registers were not recorded");
	walk->machine = perfev_unwind_machine(machine, registers->abi);
	if (!walk->machine)
		return stop(walk, "stacks of this processor (%u) are not unwound here", machine);
	walk->mask = walk->machine->word == 4 ? 0xffffffff : ~0ULL;
	for (__u64 left = registers->mask; left; left &= left - 1, place++) {
		unsigned int number = (unsigned int)__builtin_ctzll(left);
		__u64 value = walk->mask & perfev_words_get(&registers->values, place);

		if (number == walk->machine->pc) {
			walk->pc = value;
			has_pc = 1;
		}
		if (number >= walk->machine->count || walk->machine->dwarf[number] == NO_REGISTER)
			continue;
		walk->state.registers[walk->machine->dwarf[number]] = value;
		walk->state.known |= 1ULL << walk->machine->dwarf[number];
	}
	if (!has_pc || !(walk->state.known >> walk->machine->sp & 1))
		return stop(walk, "its program counter or stack pointer was not recorded");
	walk->sp = walk->stack_begin = walk->state.registers[walk->machine->sp];
	walk->stack = sample->user_stack.bytes.bytes;
	walk->stack_size = sample->user_stack.size;
	if (walk->stack_size > sample->user_stack.bytes.length)
		walk->stack_size = sample->user_stack.bytes.length;
	walk->is_swapped = registers->values.swapped != 0;
	walk->is_big = walk->is_swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	walk->is_exact = 1;
	walk->state.read = read_memory;
	walk->state.with = walk;
	walk->state.word = walk->machine->word;
	return 1;
}

long perfev_unwind(struct perfev_symbols *symbols, struct process *process,
		   const struct perfev_record *sample, struct unwound *list, size_t room,
		   const char **reason)
{
	struct walk walk;
	long count = 0;
	int result;

	*reason = NULL;
	if (!symbols->unwinder)
		symbols->unwinder = malloc(sizeof(*symbols->unwinder));
	if (!symbols->unwinder)
		return -ENOMEM;
	memset(&walk, 0, sizeof(walk));
	walk.symbols = symbols;
	walk.process = process;
	walk.reason = symbols->unwinder->reason;
	walk.reason[0] = '\0';
	result = begin(&walk, &sample->sample);
	while (result > 0) {
		if ((size_t)count < room)
			list[count] = (struct unwound){ walk.pc, (__u8)walk.is_exact };
		count++;
		result = undo_frame(&walk);
	}
	if (walk.reason[0])
		*reason = walk.reason;
	return result < 0 ? result : count;
}

void perfev_unwinder_free(struct unwinder *unwinder)
{
	free(unwinder);
}
