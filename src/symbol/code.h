/* SPDX-License-Identifier: MIT */
/*
 * Code that was made at run time, by address: what comes later takes the place of what was there.
 */
#ifndef PERFEV_SYMBOL_CODE_H
#define PERFEV_SYMBOL_CODE_H

#include <stddef.h>

#include "symbols.h"

/* A function that was made; parts of it may have been overwritten since. */
struct code {
	__u64 address, size;
	struct perfev_symbol *symbol; /* or NULL: nobody asked yet */
	struct module *module;
	__u32 pieces; /* that are left of it */
	char name[];
};

struct codes {
	void *root;         /* of tsearch(3): pieces */
	struct piece *last; /* that was found */
	__u64 begin, end;   /* all is within */
	__u32 count;        /* of pieces */
};

/* There are no more pieces of code than this in one place: what comes then is not taken. */
#define CODES_MOST (1U << 22)

/* Adds code. Returns 1, 0: it has no bytes or there is no room for more, or -ENOMEM. */
int perfev_codes_add(struct codes *codes, __u64 address, __u64 size, const char *name,
		     size_t length, struct module *module);

/* Takes away all that is within [begin, end). Returns 0 or -ENOMEM. */
int perfev_codes_remove(struct codes *codes, __u64 begin, __u64 end);

/* Lends the code at an address, or NULL. */
struct code *perfev_codes_search(struct codes *codes, __u64 address);
static inline struct code *perfev_codes_find(struct codes *codes, __u64 address)
{
	const int may_be = address - codes->begin < codes->end - codes->begin;

	return may_be ? perfev_codes_search(codes, address) : NULL;
}

void perfev_codes_free(struct codes *codes);

#endif
