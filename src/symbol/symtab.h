/* SPDX-License-Identifier: MIT */
/*
 * The symbols of one module: collected, then sorted once, then found by address. Names are kept
 * once, as they are in the file; what people read is made of them when a symbol is first found.
 */
#ifndef PERFEV_SYMBOL_SYMTAB_H
#define PERFEV_SYMBOL_SYMTAB_H

#include <stddef.h>

#include <perfev/symbol.h>

struct symtab_entry {
	__u64 address, size; /* size 0 while adding: up to the next one */
	__u32 name;          /* its place in names */
	__u32 rank;          /* of several at one address the highest is kept */
};

struct symtab {
	struct symtab_entry *entries;
	struct perfev_symbol **found; /* beside entries: those that were lent */
	char *names;
	__u32 count, room;
	size_t names_bytes, names_room;
	int is_sorted;
};

/* Adds a symbol; the name need not end with a zero byte. Returns 0 or -ENOMEM. */
int perfev_symtab_add(struct symtab *symtab, __u64 address, __u64 size, const char *name,
		      size_t length, __u32 rank);

/*
 * Sorts it, keeps one of those at the same address, and gives those without a size the room up to
 * the next, or up to end. More may be added afterwards, and it sorted again, until one was lent.
 */
int perfev_symtab_sort(struct symtab *symtab, __u64 end);

/* Returns the number of the symbol that covers an address, or -1. */
long perfev_symtab_find(const struct symtab *symtab, __u64 address);

void perfev_symtab_free(struct symtab *symtab);

#endif
