/* SPDX-License-Identifier: MIT */
/*
 * The symbols of one module: collected, then sorted once, then found by address. Names are kept
 * once, as they are in the file; what people read is made of them when a symbol is first found.
 */
#ifndef PERFEV_SYMBOL_SYMTAB_H
#define PERFEV_SYMBOL_SYMTAB_H

#include <stddef.h>

#include <perfev/symbol.h>

/*
 * Ranks: of several symbols at one address one with a size is kept, then the highest rank, then the
 * one with fewer underscores in front, then the longer name. Linux-perf differs in one thing: it
 * takes a local symbol before a weak one, and so __GI___readlink for what programs call readlink.
 */
#define SYMTAB_FUNCTION 1U /* said to be code; without it a label, which may stand in a function */
#define SYMTAB_LOCAL (1U << 1)
#define SYMTAB_WEAK (2U << 1)
#define SYMTAB_GLOBAL (3U << 1)

struct symtab_entry {
	__u64 address, size; /* size 0 while adding: up to the next one */
	__u32 name;          /* its place in names */
	__u32 rank;
};

struct symtab {
	struct symtab_entry *entries;
	struct perfev_symbol **found; /* beside entries: those that were lent; made when sorted */
	__u32 *outer; /* beside entries, where some lie in others: what may reach further */
	char *names;
	__u64 *borders; /* where no symbol without a size goes on: ends of sections */
	__u32 count, room, border_count, border_room;
	size_t names_bytes, names_room;
	int is_sorted;
};

/* Adds a symbol; the name need not end with a zero byte. Returns 0 or -ENOMEM. */
int perfev_symtab_add(struct symtab *symtab, __u64 address, __u64 size, const char *name,
		      size_t length, __u32 rank);

/*
 * Adds a table of names at once, and says where it begins in symtab->names: symbols are then added
 * by the places of their names, which are not copied again. names may be NULL, to be filled in by
 * the caller. Returns 0 or -ENOMEM.
 */
int perfev_symtab_add_names(struct symtab *symtab, const char *names, size_t length, __u32 *base);
int perfev_symtab_add_at(struct symtab *symtab, __u64 address, __u64 size, __u32 name, __u32 rank);

/* Says that a symbol without a size ends here at the latest. Returns 0 or -ENOMEM. */
int perfev_symtab_add_border(struct symtab *symtab, __u64 address);

/*
 * Sorts it, keeps one of those at the same address, drops labels without a size in functions that
 * have one, and gives the others without a size the room up to the next, a border, or end. More may
 * be added afterwards, and it sorted again, until one was lent. Returns 0 or -ENOMEM.
 */
int perfev_symtab_sort(struct symtab *symtab, __u64 end);

/* Returns the number of the symbol that covers an address, of several the innermost, or -1. */
long perfev_symtab_find(const struct symtab *symtab, __u64 address);

/* Lends the name of a symbol as it is in the file. */
const char *perfev_symtab_name(const struct symtab *symtab, __u32 number);

void perfev_symtab_free(struct symtab *symtab);

#endif
