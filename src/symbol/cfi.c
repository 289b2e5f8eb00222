/* SPDX-License-Identifier: MIT */
/*
 * Rows of call frame information, which libdw reads for an address, in a form that is quick to
 * apply; each is made once. What a row says of a register is an expression to libdw always; those
 * that compilers write are recognised, and the others evaluated when they are needed.
 */
#include "cfi.h"

#include <dwarf.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NO_ROW 1U /* a place that says: there is none */
#define MOST_EXPRESSIONS 60000

static size_t hash_of(const struct cfi *cfi, __u64 address)
{
	return (size_t)(address * 0x9e3779b97f4a7c15ULL >> 32) & (cfi->room - 1);
}

/* The place of an address in the table, which has one that is free. */
static size_t slot_of(const struct cfi *cfi, __u64 address)
{
	size_t slot = hash_of(cfi, address);

	while (cfi->places[slot] && cfi->addresses[slot] != address)
		slot = (slot + 1) & (cfi->room - 1);
	return slot;
}

static int grow_table(struct cfi *cfi)
{
	struct cfi bigger = { .room = cfi->room ? 2 * cfi->room : 256 };

	bigger.addresses = malloc(bigger.room * sizeof(*bigger.addresses));
	bigger.places = calloc(bigger.room, sizeof(*bigger.places));
	if (!bigger.addresses || !bigger.places) {
		free(bigger.addresses);
		free(bigger.places);
		return -ENOMEM;
	}
	for (__u32 i = 0; i < cfi->room; i++) {
		size_t slot;

		if (!cfi->places[i])
			continue;
		slot = slot_of(&bigger, cfi->addresses[i]);
		bigger.addresses[slot] = cfi->addresses[i];
		bigger.places[slot] = cfi->places[i];
	}
	free(cfi->addresses);
	free(cfi->places);
	cfi->addresses = bigger.addresses;
	cfi->places = bigger.places;
	cfi->room = bigger.room;
	return 0;
}

/* Keeps an expression. Returns its number, or a negative errno: -ENOBUFS: there are too many. */
static int add_expression(struct cfi *cfi, const Dwarf_Op *list, size_t count)
{
	for (__u16 i = 0; i < cfi->expression_count; i++)
		if (cfi->expressions[i].list == list && cfi->expressions[i].count == count)
			return i;
	if (cfi->expression_count == MOST_EXPRESSIONS)
		return -ENOBUFS;
	if (cfi->expression_count == cfi->expression_room) {
		unsigned int room = cfi->expression_room ? 2U * cfi->expression_room : 16;
		struct cfi_expression *more =
			realloc(cfi->expressions, room * sizeof(*cfi->expressions));

		if (!more)
			return -ENOMEM;
		cfi->expressions = more;
		cfi->expression_room = (__u16)(room < UINT16_MAX ? room : UINT16_MAX);
	}
	cfi->expressions[cfi->expression_count] = (struct cfi_expression){ list, count };
	return cfi->expression_count++;
}

/* The bytes from the frame's address that an expression stands for. Returns 1, or 0: none. */
static int offset_of(const Dwarf_Op *list, size_t count, __s32 *offset)
{
	*offset = 0;
	if (count < 1 || count > 2 || list[0].atom != DW_OP_call_frame_cfa)
		return 0;
	if (count == 2) {
		if (list[1].atom != DW_OP_plus_uconst ||
		    (Dwarf_Sword)list[1].number != (__s32)list[1].number)
			return 0;
		*offset = (__s32)list[1].number;
	}
	return 1;
}

/* Makes a rule of what libdw says of a register. Returns 1, 0: it stays as it is; or -errno. */
static int make_rule(struct cfi *cfi, const struct unwind_machine *machine, Dwarf_Frame *frame,
		     int number, struct cfi_rule *rule)
{
	Dwarf_Op memory[3], *list;
	int is_value, expression;
	size_t count;

	if (dwarf_frame_register(frame, number, memory, &list, &count) < 0)
		return -EBADMSG;
	if (!count) {
		rule->how = CFI_UNDEFINED;
		return list != NULL;
	}
	if (count == 1 && (list[0].atom == DW_OP_regx ||
			   (list[0].atom >= DW_OP_reg0 && list[0].atom <= DW_OP_reg31))) {
		rule->how = CFI_REGISTER;
		rule->offset =
			perfev_cfi_register(machine, list[0].atom == DW_OP_regx ?
							     list[0].number :
							     (Dwarf_Word)list[0].atom - DW_OP_reg0);
		return rule->offset == NO_REGISTER ? -EBADMSG : 1;
	}
	is_value = list[count - 1].atom == DW_OP_stack_value;
	rule->how = is_value ? CFI_VALUE : CFI_OFFSET;
	if (offset_of(list, count - (size_t)is_value, &rule->offset))
		return 1;
	/* Only what libdw keeps may be kept here. */
	if (list == memory)
		return -EBADMSG;
	expression = add_expression(cfi, list, count - (size_t)is_value);
	if (expression < 0)
		return expression;
	rule->how = is_value ? CFI_VALUE_EXPRESSION : CFI_MEMORY_EXPRESSION;
	rule->expression = (__u16)expression;
	return 1;
}

/* How the frame's address is got. Returns 0 or a negative errno. */
static int make_cfa(struct cfi *cfi, const struct unwind_machine *machine, Dwarf_Frame *frame,
		    struct cfi_row *row)
{
	Dwarf_Op *list;
	size_t count;
	int expression;

	if (dwarf_frame_cfa(frame, &list, &count) < 0 || !count)
		return -EBADMSG;
	if (count == 1 && list[0].atom == DW_OP_bregx) {
		row->cfa_how = CFI_VALUE;
		row->cfa_reg = perfev_cfi_register(machine, list[0].number);
		row->cfa_offset = (__s32)list[0].number2;
		return row->cfa_reg == NO_REGISTER ||
				       (Dwarf_Sword)list[0].number2 != row->cfa_offset ?
			       -EBADMSG :
			       0;
	}
	expression = add_expression(cfi, list, count);
	row->cfa_how = CFI_VALUE_EXPRESSION;
	row->cfa_expression = (__u16)expression;
	return expression < 0 ? expression : 0;
}

/* Makes a row of what libdw has found. Returns 0 or a negative errno. */
static int make_row(struct cfi *cfi, const struct unwind_machine *machine, Dwarf_Frame *frame,
		    struct cfi_row *row)
{
	bool is_signal;
	int ra = dwarf_frame_info(frame, NULL, NULL, &is_signal);
	int result = ra < 0 ? -EBADMSG : make_cfa(cfi, machine, frame, row);

	row->is_signal = is_signal;
	row->is_plain = 1;
	row->ra = perfev_cfi_register(machine, (__u64)ra);
	if (row->ra == NO_REGISTER)
		return -EBADMSG;
	for (int i = 0; i <= MOST_REGISTERS && result >= 0; i++) {
		int number = i < MOST_REGISTERS ? i : machine->high;
		struct cfi_rule *rule = &row->rules[row->count];

		if (i == MOST_REGISTERS && !machine->high)
			break;
		if (machine->high && i == machine->high_as)
			continue;
		memset(rule, 0, sizeof(*rule));
		result = make_rule(cfi, machine, frame, number, rule);
		rule->reg = perfev_cfi_register(machine, (__u64)number);
		if (!result)
			row->same |= 1ULL << rule->reg;
		/* That others are lost needs no rule: they are not the same. */
		else if (rule->how != CFI_UNDEFINED)
			row->count++;
		if (result > 0 && rule->how > CFI_VALUE)
			row->is_plain = 0;
	}
	return result < 0 ? result : 0;
}

static int has_section(Elf *file, const char *wanted)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(file, &names) < 0)
		return 0;
	while ((section = elf_nextscn(file, section))) {
		const char *name = gelf_getshdr(section, &header) ?
					   elf_strptr(file, names, header.sh_name) :
					   NULL;

		if (name && !strcmp(name, wanted))
			return 1;
	}
	return 0;
}

/*
 * What is for debuggers. To look whether a debug file has it is to unpack all of that file: where
 * the file has what is for exceptions, which compilers leave out of the other, it is not done.
 */
static void look_for_debug(struct elf_module *elf)
{
	struct cfi *cfi = elf->cfi;

	cfi->has_looked_for_debug = 1;
	if (!cfi->exceptions || has_section(elf->elf, ".debug_frame"))
		cfi->debug = dwfl_module_dwarf_cfi(elf->dwfl_module, &cfi->debug_bias);
}

/* Has libdw read it: what is for exceptions first, since that is in memory always. */
static Dwarf_Frame *read_frame(struct elf_module *elf, __u64 address)
{
	struct cfi *cfi = elf->cfi;
	Dwarf_Frame *frame = NULL;

	if (cfi->exceptions &&
	    dwarf_cfi_addrframe(cfi->exceptions, address - cfi->exceptions_bias, &frame) == 0)
		return frame;
	if (!cfi->has_looked_for_debug)
		look_for_debug(elf);
	if (cfi->debug && dwarf_cfi_addrframe(cfi->debug, address - cfi->debug_bias, &frame) == 0)
		return frame;
	return NULL;
}

/* Keeps a row. Returns its place among the words, or 0 without memory. */
static __u32 keep_row(struct cfi *cfi, const struct cfi_row *row)
{
	size_t bytes = sizeof(*row) + row->count * sizeof(*row->rules);
	__u32 place = cfi->word_count, words = (__u32)((bytes + 7) / 8);

	if (cfi->word_count + words > cfi->word_room) {
		__u32 room = cfi->word_room ? 2 * cfi->word_room : 512;
		__u64 *more =
			room > cfi->word_room ? realloc(cfi->words, room * sizeof(*more)) : NULL;

		if (!more)
			return 0;
		cfi->words = more;
		cfi->word_room = room;
	}
	memcpy(cfi->words + place, row, bytes);
	cfi->word_count += words;
	return place;
}

static struct cfi *begin(struct elf_module *elf)
{
	struct cfi *cfi = calloc(1, sizeof(*cfi));

	if (!cfi)
		return NULL;
	cfi->word_count = NO_ROW + 1;
	cfi->exceptions = dwfl_module_eh_cfi(elf->dwfl_module, &cfi->exceptions_bias);
	return cfi;
}

int perfev_cfi_row(struct elf_module *elf, const struct unwind_machine *machine, __u64 address,
		   const struct cfi_row **out)
{
	/* A row with as many rules as there may be, and one more that is being made. */
	union {
		struct cfi_row row;
		char bytes[sizeof(struct cfi_row) + (MOST_REGISTERS + 2) * sizeof(struct cfi_rule)];
	} made;
	Dwarf_Frame *frame;
	__u32 place = NO_ROW;
	struct cfi *cfi;
	size_t slot;
	int result;

	if (!elf->dwfl_module)
		return 0;
	if (!elf->cfi)
		elf->cfi = begin(elf);
	cfi = elf->cfi;
	if (!cfi || (2 * cfi->count >= cfi->room && grow_table(cfi) < 0))
		return -ENOMEM;
	slot = slot_of(cfi, address);
	if (!cfi->places[slot]) {
		frame = read_frame(elf, address);
		memset(&made, 0, sizeof(made));
		result = frame ? make_row(cfi, machine, frame, &made.row) : -EBADMSG;
		free(frame);
		if (result == 0)
			place = keep_row(cfi, &made.row);
		if (result == -ENOMEM || !place)
			return -ENOMEM;
		cfi->addresses[slot] = address;
		cfi->places[slot] = place;
		cfi->count++;
	}
	place = cfi->places[slot];
	*out = place == NO_ROW ? NULL : (const void *)(cfi->words + place);
	return place != NO_ROW;
}

void perfev_cfi_free(struct cfi *cfi)
{
	if (!cfi)
		return;
	free(cfi->addresses);
	free(cfi->places);
	free(cfi->words);
	free(cfi->expressions);
	free(cfi);
}
