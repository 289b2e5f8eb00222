/* SPDX-License-Identifier: MIT */
/*
 * The debug information of a file by address: which unit of compilation an address is in, and which
 * function of it. Units are listed once, functions of a unit when an address in it is first asked
 * for. Addresses are those of the debug information.
 */
#ifndef PERFEV_SYMBOL_UNITS_H
#define PERFEV_SYMBOL_UNITS_H

#include <elfutils/libdw.h>

#include "elf_module.h"

/* Addresses of a unit or a function, and its number. */
struct range {
	__u64 begin, end;
	__u64 number;
};

struct ranges {
	struct range *list; /* by begin, once sorted */
	size_t count, room;
};

struct unit {
	Dwarf_Die die;       /* has the lines */
	Dwarf_Die functions; /* has the functions: the same, or what is in a file of its own */
	struct ranges ranges;
	Dwarf_Die *list; /* functions by number */
	size_t count, room;
	Dwarf_Files *files;
	__u8 is_read, is_read_deep;
};

/* What was made of a name in the debug information. */
struct shown_name {
	const char *name;
	char *shown;
};

struct units {
	Dwarf *dwarf;    /* of libdwfl; NULL: the file has no debug information */
	Dwarf_Addr bias; /* of the file's addresses less those of the debug information */
	struct unit *list;
	size_t count, room;
	struct ranges ranges;
	struct shown_name *names; /* by a hash of the pointer */
	size_t name_count, name_room;
};

/* Gets the units of a file, read when that is first asked for. Returns 0 or -ENOMEM. */
int perfev_units_get(struct elf_module *elf, struct units **out);

/* Finds the unit of an address. Returns 1, 0: it is in none; or -ENOMEM. */
int perfev_units_find(struct units *units, __u64 address, struct unit **out);

/* Finds the function of an address. Returns 1 with *out lent, 0 or -ENOMEM. */
int perfev_unit_function(const struct elf_module *elf, struct unit *unit, __u64 address,
			 Dwarf_Die **out);

#endif
