/* SPDX-License-Identifier: MIT */
/*
 * The symbols that a file has under one name, and the one of them that is meant.
 */
#ifndef PERFEV_SRC_EVENT_ELF_SYMBOLS_H
#define PERFEV_SRC_EVENT_ELF_SYMBOLS_H

#include "closest.h"
#include "elf_file.h"

/* How good a symbol is among those of the same name; the best one is taken. */
enum elf_rank {
	RANK_NONE,
	RANK_OLD_VERSION, /* what programs that were linked long ago call: "f@V" */
	RANK_LOCAL,
	RANK_GLOBAL,
};

struct elf_search {
	struct elf_file *file;
	const char *name; /* without a version, and not ended by a zero byte */
	size_t length;
	const char *version;     /* behind "@" or "@@", or NULL */
	struct closest *closest; /* where it is set, names are only collected */

	enum elf_rank rank; /* of the best symbol, and what it has */
	__u64 address;
	unsigned int other;
	unsigned int many : 1;        /* as good ones have another address */
	unsigned int chosen_late : 1; /* STT_GNU_IFUNC: its code only chooses the function */

	/* What else has the name. */
	unsigned int undefined : 1;
	unsigned int data : 1;
	unsigned int has_all : 1; /* there is a .symtab: the file is not stripped */
};

/*
 * Begins to look for a name in a file: "memcpy", or "memcpy@GLIBC_2.14" where one version is meant.
 * Both are lent.
 */
void perfev_elf_search_begin(struct elf_search *search, struct elf_file *file, const char *name);

/*
 * Goes through the file's symbols, and fills rank and all that stands behind it.
 * Returns 0 whether there is one or not, or -EBADMSG or another negative errno of a read.
 */
int perfev_elf_search(struct elf_search *search);

#endif
