/* SPDX-License-Identifier: MIT */
/*
 * Lists what debug information there is by address. .debug_aranges is not asked, since clang leaves
 * it out and files are often of several compilers; the units themselves say where they are.
 */
#include "units.h"

#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>

/* What overlaps is looked through for so many entries: linkers fold functions, attackers more. */
#define MOST_BACK 64
#define MOST_DEPTH 64

static int reserve(void **list, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : 32;
	void *more;

	if (count < *room)
		return 0;
	more = reallocarray(*list, wanted, size);
	if (!more)
		return -ENOMEM;
	*list = more;
	*room = wanted;
	return 0;
}

/* Functions that a linker left out still have debug information, with addresses of nothing. */
static int is_code(const struct elf_module *elf, __u64 address)
{
	for (size_t i = 0; i < elf->load_count; i++)
		if (elf->loads[i].is_code && address >= elf->loads[i].address &&
		    address - elf->loads[i].address < elf->loads[i].in_memory)
			return 1;
	return 0;
}

/* Adds all addresses of a unit or function. Returns 0 or -ENOMEM. */
static int add_ranges(const struct elf_module *elf, struct ranges *ranges, Dwarf_Die *die,
		      size_t number)
{
	Dwarf_Addr base, begin, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &begin, &end)) > 0) {
		void *list = ranges->list;

		if (begin >= end || !is_code(elf, begin + elf->units->bias))
			continue;
		if (reserve(&list, ranges->count, &ranges->room, sizeof(*ranges->list)) < 0)
			return -ENOMEM;
		ranges->list = list;
		ranges->list[ranges->count++] = (struct range){ begin, end, number };
	}
	return 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *left = a, *right = b;

	if (left->begin != right->begin)
		return left->begin < right->begin ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

static void sort_ranges(struct ranges *ranges)
{
	if (ranges->count)
		qsort(ranges->list, ranges->count, sizeof(*ranges->list), compare_ranges);
}

/* The range that an address is in and that begins last, or NULL. */
static const struct range *find_range(const struct ranges *ranges, __u64 address)
{
	size_t first = 0, left = ranges->count;

	while (left) {
		size_t half = left / 2;

		if (ranges->list[first + half].begin <= address) {
			first += half + 1;
			left -= half + 1;
		} else {
			left = half;
		}
	}
	for (size_t back = 0; first && back < MOST_BACK; back++) {
		first--;
		if (address < ranges->list[first].end)
			return &ranges->list[first];
	}
	return NULL;
}

static int add_units(struct elf_module *elf, struct units *units)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	int result = 0;

	while (!result && dwarf_get_units(units->dwarf, cu, &cu, NULL, NULL, &die, NULL) == 0) {
		void *list = units->list;

		if (dwarf_tag(&die) != DW_TAG_compile_unit &&
		    dwarf_tag(&die) != DW_TAG_skeleton_unit)
			continue;
		if (reserve(&list, units->count, &units->room, sizeof(*units->list)) < 0)
			return -ENOMEM;
		units->list = list;
		units->list[units->count] = (struct unit){ .die = die };
		result = add_ranges(elf, &units->ranges, &die, units->count++);
	}
	sort_ranges(&units->ranges);
	return result;
}

int perfev_units_get(struct elf_module *elf, struct units **out)
{
	int result = 0;

	*out = elf->units;
	if (elf->units)
		return 0;
	*out = elf->units = calloc(1, sizeof(*elf->units));
	if (!elf->units)
		return -ENOMEM;
	elf->units->dwarf = dwfl_module_getdwarf(elf->dwfl_module, &elf->units->bias);
	if (elf->is_out_of_memory)
		return -ENOMEM;
	if (elf->units->dwarf)
		result = add_units(elf, elf->units);
	return result;
}

int perfev_units_find(struct units *units, __u64 address, struct unit **out)
{
	const struct range *range = find_range(&units->ranges, address);

	*out = range ? &units->list[range->number] : NULL;
	return range != NULL;
}

static int add_function(const struct elf_module *elf, struct unit *unit, Dwarf_Die *die)
{
	size_t before = unit->ranges.count;
	void *list = unit->list;
	int result = add_ranges(elf, &unit->ranges, die, unit->count);

	if (result < 0 || unit->ranges.count == before)
		return result;
	if (reserve(&list, unit->count, &unit->room, sizeof(*unit->list)) < 0)
		return -ENOMEM;
	unit->list = list;
	unit->list[unit->count++] = *die;
	return 0;
}

/* What functions can be in: of functions and blocks, only when nothing was found without. */
static int may_have_functions(int tag, int deep)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		return 1;
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
		return deep;
	}
	return 0;
}

static int add_functions(const struct elf_module *elf, struct unit *unit, Dwarf_Die *parent,
			 int deep, int depth)
{
	Dwarf_Die die;
	int result = 0, more = dwarf_child(parent, &die);

	while (more == 0 && !result) {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_subprogram)
			result = add_function(elf, unit, &die);
		if (!result && depth < MOST_DEPTH && may_have_functions(tag, deep))
			result = add_functions(elf, unit, &die, deep, depth + 1);
		more = dwarf_siblingof(&die, &die);
	}
	return result;
}

/* Lists the functions of a unit, which may be in a file of its own that libdw finds. */
static int read_functions(const struct elf_module *elf, struct unit *unit, int deep)
{
	Dwarf_Die split = { 0 };
	uint8_t kind;
	int result;

	unit->ranges.count = unit->count = 0;
	unit->functions = unit->die;
	if (dwarf_cu_info(unit->die.cu, NULL, &kind, NULL, &split, NULL, NULL, NULL) == 0 &&
	    kind == DW_UT_skeleton && split.addr)
		unit->functions = split;
	result = add_functions(elf, unit, &unit->functions, deep, 0);
	sort_ranges(&unit->ranges);
	unit->is_read = 1;
	unit->is_read_deep = deep != 0;
	return result;
}

int perfev_unit_function(const struct elf_module *elf, struct unit *unit, __u64 address,
			 Dwarf_Die **out)
{
	const struct range *range;
	int result = unit->is_read ? 0 : read_functions(elf, unit, 0);

	range = find_range(&unit->ranges, address);
	if (!result && !range && !unit->is_read_deep) {
		result = read_functions(elf, unit, 1);
		range = find_range(&unit->ranges, address);
	}
	if (result < 0)
		return result;
	*out = range ? &unit->list[range->number] : NULL;
	return range != NULL;
}

void perfev_units_free(struct units *units)
{
	if (!units)
		return;
	for (size_t i = 0; i < units->count; i++) {
		free(units->list[i].ranges.list);
		free(units->list[i].list);
	}
	for (size_t i = 0; i < units->name_room; i++)
		free(units->names[i].shown);
	free(units->names);
	free(units->list);
	free(units->ranges.list);
	free(units);
}
