/* SPDX-License-Identifier: MIT */
/*
 * The instructions of a function, by objdump(1): each with its address, and where a jump goes. Only
 * the function's own bytes are disassembled.
 */
#ifndef PERFEV_CLI_ANNOTATE_CODE_H
#define PERFEV_CLI_ANNOTATE_CODE_H

#include <stddef.h>

#include <perfev/abi.h>

struct annotate_instruction {
	__u64 address;
	__u64 target;  /* where it goes, within the function, or 0 */
	char *text;    /* without its target where that has a label; NULL: not known */
	char *behind;  /* where the target begins in the text */
	__u32 label;   /* from 1: something in the function goes here; 0: nothing does */
	__u32 goes_to; /* the label of its target, or 0 */
};

struct annotate_code {
	struct annotate_instruction *list; /* by address */
	size_t count, room;
	char *text; /* what objdump printed; the instructions' are in it */
};

/* Which code: [begin, end) of a file, by the addresses that are in it. */
struct annotate_range {
	const char *file;
	__u64 begin, end;
	int has_symbols; /* all of its own, so that what is in the middle of one is in that one */
};

/*
 * Has objdump (NULL: that of PATH) disassemble it. Returns 0 with one instruction at least, or a
 * negative errno, and why in one line.
 */
int annotate_code_read(struct annotate_code *code, const char *objdump,
		       const struct annotate_range *range, char *reason, size_t size);

/*
 * Reads what objdump printed, which has to come from malloc(3) and becomes the code's own, whatever
 * is returned: 0 or -ENOMEM.
 */
int annotate_code_parse(struct annotate_code *code, char *printed,
			const struct annotate_range *range);

void annotate_code_free(struct annotate_code *code);

/* Finds the instruction that has this address in it: the last one that begins there or before. */
const struct annotate_instruction *annotate_code_find(const struct annotate_code *code,
						      __u64 address);

#endif
