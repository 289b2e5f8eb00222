/* SPDX-License-Identifier: MIT */
/*
 * What unwinding a stack is made of: the registers of a machine, how a function's frame is undone
 * (cfi.c), and expressions in that (cfi_eval.c). elfutils reads the tables; what they say of an
 * address is kept, so that undoing a frame at the same address again is a few loads.
 */
#ifndef PERFEV_SYMBOL_UNWIND_H
#define PERFEV_SYMBOL_UNWIND_H

#include "elf_module.h"

/* Registers that are followed, by DWARF's numbers; what has a higher one is given one below. */
#define MOST_REGISTERS 64
#define NO_REGISTER 0xff

struct unwind_machine {
	__u16 elf; /* EM_* of its files */
	__u8 word; /* in bytes */
	__u8 pc;   /* by the kernel's number; all others by DWARF's */
	__u8 sp, fp;
	__s8 fp_to_frame, fp_to_return; /* from where fp points, in words; 0, 0: no such habit */
	__u8 high, high_as; /* a number of DWARF's over 63, and what is used instead; or 0, 0 */
	__u8 pointer_bits;  /* of an address of a user's; above may be a signature; 0: all */
	__u8 count;         /* of the kernel's registers that are in the list */
	const __u8 *dwarf;  /* by the kernel's number, or NO_REGISTER */
};

/* Finds the machine of a sample's registers, or NULL: it is not known. */
const struct unwind_machine *perfev_unwind_machine(__u16 elf_machine, __u64 abi);

/* How a register of the caller's is got. */
enum cfi_how {
	CFI_UNDEFINED, /* it is lost */
	CFI_OFFSET,    /* from memory, at so many bytes from the frame's address */
	CFI_VALUE,     /* it is so many bytes from the frame's address */
	CFI_REGISTER,  /* from another register */
	CFI_MEMORY_EXPRESSION,
	CFI_VALUE_EXPRESSION,
};

struct cfi_rule {
	__u8 reg, how;
	__u16 expression; /* its number */
	__s32 offset;     /* or a register */
};

/* How a frame is undone. */
struct cfi_row {
	__u64 same; /* registers that are the caller's already */
	__u16 count, cfa_expression;
	__s32 cfa_offset;
	__u8 cfa_how, cfa_reg; /* CFI_VALUE, or CFI_VALUE_EXPRESSION */
	__u8 ra;
	__u8 is_signal : 1;
	__u8 is_plain : 1; /* all rules are of CFI_OFFSET and CFI_VALUE */
	struct cfi_rule rules[];
};

/* Lends, until the next call, the row of an address. Returns 1, 0: there is none; or -ENOMEM. */
int perfev_cfi_row(struct elf_module *elf, const struct unwind_machine *machine, __u64 address,
		   const struct cfi_row **out);

/* Reads a word of the process's memory. Returns 1, or 0: it is not at hand. */
typedef int (*cfi_read_fn)(void *with, __u64 address, unsigned int bytes, __u64 *value);

/* What an expression is about. */
struct cfi_state {
	__u64 registers[MOST_REGISTERS], known; /* known: a bit for each */
	__u64 cfa;
	cfi_read_fn read;
	void *with;
	unsigned int word;
};

/* Evaluates an expression by its number. Returns 1, or 0: it cannot be. */
int perfev_cfi_eval(const struct cfi *cfi, __u16 expression, const struct cfi_state *state,
		    const struct unwind_machine *machine, __u64 *value);

/* A register as it is followed, or NO_REGISTER. */
static inline __u8 perfev_cfi_register(const struct unwind_machine *machine, __u64 number)
{
	if (machine->high && number == machine->high)
		return machine->high_as;
	return number < MOST_REGISTERS ? (__u8)number : NO_REGISTER;
}

#endif
