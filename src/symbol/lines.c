/* SPDX-License-Identifier: MIT */
/*
 * The lines of an address, by libdw: where its instruction is from, and which calls were inlined
 * on the way there. All texts live as long as the file is open.
 */
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

#define MOST_INLINED 128
#define MOST_DEPTH 256

/* The inlined calls that an address is in, the outermost first. */
struct chain {
	Dwarf_Die list[MOST_INLINED];
	unsigned int count;
};

static int is_block(int tag)
{
	return tag == DW_TAG_lexical_block || tag == DW_TAG_try_block || tag == DW_TAG_catch_block;
}

/* Looks for the inlined calls with an address in them. Returns whether there was any. */
static int find_inlined(Dwarf_Die *parent, __u64 address, struct chain *chain, int depth)
{
	Dwarf_Die die;

	if (depth == MOST_DEPTH)
		return 0;
	for (int more = dwarf_child(parent, &die); more == 0; more = dwarf_siblingof(&die, &die)) {
		int tag = dwarf_tag(&die), has;

		if (tag != DW_TAG_inlined_subroutine && !is_block(tag))
			continue;
		has = dwarf_haspc(&die, address) > 0;
		if (tag == DW_TAG_inlined_subroutine && has && chain->count < MOST_INLINED) {
			chain->list[chain->count++] = die;
			find_inlined(&die, address, chain, depth + 1);
			return 1;
		}
		/* Blocks may be without addresses of their own. */
		if (is_block(tag) &&
		    (has ||
		     (!dwarf_hasattr(&die, DW_AT_ranges) && !dwarf_hasattr(&die, DW_AT_low_pc))) &&
		    find_inlined(&die, address, chain, depth + 1))
			return 1;
	}
	return 0;
}

/* The place of a name in a table that is a power of two large. */
static size_t place_of(const struct units *units, const char *name)
{
	size_t place = ((size_t)name * 0x9e3779b97f4a7c15ULL >> 20) & (units->name_room - 1);

	while (units->names[place].name && units->names[place].name != name)
		place = (place + 1) & (units->name_room - 1);
	return place;
}

static int grow_names(struct units *units)
{
	struct units bigger = { .name_room = units->name_room ? 2 * units->name_room : 64 };

	bigger.names = calloc(bigger.name_room, sizeof(*bigger.names));
	if (!bigger.names)
		return -ENOMEM;
	for (size_t i = 0; i < units->name_room; i++)
		if (units->names[i].name)
			bigger.names[place_of(&bigger, units->names[i].name)] = units->names[i];
	free(units->names);
	units->names = bigger.names;
	units->name_room = bigger.name_room;
	return 0;
}

/* What people read of a name, made once for each. Returns NULL without memory. */
static const char *shown_name(struct units *units, const char *name)
{
	struct shown_name *place;

	if (2 * units->name_count >= units->name_room && grow_names(units) < 0)
		return NULL;
	place = &units->names[place_of(units, name)];
	if (!place->name) {
		place->name = name;
		place->shown = perfev_demangle(name);
		units->name_count++;
	}
	return place->shown ? place->shown : name;
}

/* The name of a function, which may be where it was declared, or what it is an instance of. */
static const char *name_of(const struct perfev_symbols *symbols, struct units *units,
			   Dwarf_Die *function)
{
	static const unsigned int attributes[] = { DW_AT_linkage_name, DW_AT_MIPS_linkage_name,
						   DW_AT_name };

	for (unsigned int i = 0; i < 3; i++) {
		Dwarf_Attribute attribute;
		const char *name = NULL;

		if (dwarf_attr_integrate(function, attributes[i], &attribute))
			name = dwarf_formstring(&attribute);
		if (name)
			return symbols->options.keep_mangled ? name : shown_name(units, name);
	}
	return NULL;
}

static __u32 number_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0 ||
	    value > UINT32_MAX)
		return 0;
	return (__u32)value;
}

/* Where an inlined call stands. */
static void fill_call(struct unit *unit, Dwarf_Die *call, struct perfev_line *line)
{
	size_t count;

	if (!unit->files && dwarf_getsrcfiles(&unit->functions, &unit->files, &count) != 0)
		unit->files = NULL;
	line->file =
		unit->files ?
			dwarf_filesrc(unit->files, number_of(call, DW_AT_call_file), NULL, NULL) :
			NULL;
	line->line = number_of(call, DW_AT_call_line);
	line->column = number_of(call, DW_AT_call_column);
}

/* Where an instruction is from. Returns whether that is known. */
static int fill_instruction(struct unit *unit, __u64 address, struct perfev_line *line)
{
	Dwarf_Line *found = dwarf_getsrc_die(&unit->die, address);
	int number;

	if (!found)
		return 0;
	line->file = dwarf_linesrc(found, NULL, NULL);
	if (dwarf_lineno(found, &number) == 0 && number > 0)
		line->line = (__u32)number;
	if (dwarf_linecol(found, &number) == 0 && number > 0)
		line->column = (__u32)number;
	return 1;
}

int perfev_elf_lines(struct perfev_symbols *symbols, struct module *module, __u64 address,
		     struct perfev_line *lines, unsigned int room)
{
	struct elf_module *elf = module->elf;
	struct chain chain = { .count = 0 };
	struct perfev_line line;
	struct units *units;
	Dwarf_Die *function;
	struct unit *unit;
	int result, has_line;

	if (!elf || !elf->dwfl_module)
		return 0;
	result = perfev_units_get(elf, &units);
	if (!result)
		result = perfev_units_find(units, address - units->bias, &unit);
	if (result <= 0)
		return result;
	address -= units->bias;
	result = perfev_unit_function(elf, unit, address, &function);
	if (result < 0)
		return result;
	if (function)
		find_inlined(function, address, &chain, 0);
	memset(&line, 0, sizeof(line));
	has_line = fill_instruction(unit, address, &line);
	if (!has_line && !function)
		return 0;
	for (unsigned int i = 0; i <= chain.count; i++) {
		Dwarf_Die *inner = i < chain.count ? &chain.list[chain.count - 1 - i] : function;

		line.function = inner ? name_of(symbols, units, inner) : NULL;
		line.is_inlined = i < chain.count;
		if (i < room)
			lines[i] = line;
		memset(&line, 0, sizeof(line));
		if (i < chain.count)
			fill_call(unit, inner, &line);
	}
	return (int)chain.count + 1;
}
