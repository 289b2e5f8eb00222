/* SPDX-License-Identifier: MIT */
/*
 * An ELF file that was opened for a module, and what elfutils knows of it. Addresses are those of
 * the file itself everywhere, as nm(1) has them: nothing is relocated.
 */
#ifndef PERFEV_SYMBOL_ELF_MODULE_H
#define PERFEV_SYMBOL_ELF_MODULE_H

#include <elfutils/libdwfl.h>
#include <gelf.h>

#include "symbols.h"

struct cfi;   /* cfi.h: how its functions' frames are undone */
struct units; /* units.h: its debug information, by address */

/* What of the file is in memory, and where. */
struct load {
	__u64 offset, in_file; /* of the file */
	__u64 address, in_memory;
	int is_code;
};

struct elf_module {
	const char *path;                      /* as it was mapped */
	char *file, *origin, *reason, *remedy; /* of struct perfev_module, which lends them */

	/* The file; all that follows is 0 where none was opened. */
	Elf *elf;
	Dwfl *dwfl;
	Dwfl_Module *dwfl_module;
	Dwfl_Callbacks callbacks;
	char *debug_folders; /* where libdwfl looks; callbacks has its address */
	char *debug_file;    /* that was found, or NULL */
	void *image;         /* of a file that is none, or NULL */
	struct load *loads;
	size_t load_count;
	__u64 begin, end; /* of what is in memory */
	__u64 first;      /* where libdwfl takes it to begin */
	__u64 inode;
	__u16 machine;
	__u8 is_wide, is_swapped; /* 64 bits; not in this machine's byte order */
	__u8 is_relocatable;      /* a kernel's module: without addresses of its own */
	__u8 is_debug_only;       /* without its code */
	__u8 is_out_of_memory;    /* while libdwfl was asked, which does not tell */

	struct cfi *cfi; /* NULL: nobody asked yet */
	struct units *units;
};

/* What perfev_elf_open() may take. */
#define ELF_MAY_BE_PACKED 1U /* with gzip, xz or zstd, as the kernel's modules are */

/*
 * Opens a file, or takes it from an image of that many bytes, which is free(3)d with it, or in case
 * of failure. Returns 0 or a negative errno: open(2)'s; -EBADMSG: it is no ELF file, or a broken
 * one; -ENOMEM.
 */
int perfev_elf_open(struct elf_module *elf, const struct perfev_symbols *symbols, const char *path,
		    unsigned int flags);
int perfev_elf_open_image(struct elf_module *elf, const struct perfev_symbols *symbols, void *image,
			  size_t size);
/* Undoes that; the texts stay. */
void perfev_elf_forget(struct elf_module *elf);

/* Reads a file's build-id; size 0: it has none. NULL has none. */
void perfev_elf_read_build_id(Elf *elf, struct perfev_build_id *out);

/* Says whether elfutils may read it: a file that is made to unpack to more than memory is not. */
int perfev_elf_is_bounded(Elf *elf);

/* debug.c: makes what libdwfl takes for a list of folders. Returns it, to be freed, or NULL. */
char *perfev_debug_folders(const struct perfev_symbols *symbols);

/* What libdwfl calls to find the debug file of a module, whose userdata is its elf_module. */
int perfev_debug_find(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		      const char *file, const char *link, GElf_Word crc, char **found);

/*
 * Tries every place where a file may be of which no more than its build-id is known, those first
 * that have its code, until try returns something else than 0. Returns that, 0, or -ENOMEM.
 */
typedef int (*perfev_debug_try)(void *with, const char *path, int is_debug_only);
int perfev_debug_each(const struct perfev_symbols *symbols, const struct perfev_build_id *id,
		      perfev_debug_try try, void *with);

/*
 * Asks the servers of DEBUGINFOD_URLS for a file; without that variable, nobody. Returns its path,
 * to be freed, or NULL.
 */
char *perfev_debuginfod_find(const struct perfev_build_id *id, int is_debug_only);

/* What symbols a file has, by where they come from. */
enum collected {
	COLLECTED_NONE,
	COLLECTED_EXPORTS,
	COLLECTED_ALL
};

/* Adds a file's symbols and sorts them. Returns which there were (enum collected), or -ENOMEM. */
int perfev_elf_collect(struct elf_module *elf, struct symtab *symtab);

/* A table of symbols in this machine's byte order, and its names, which need not end. */
struct elf_table {
	const void *symbols; /* Elf64_Sym or Elf32_Sym */
	size_t count;
	const char *names;
	size_t names_size;
};

/* Finds the table of a file without headers of sections. Returns 1, or 0: there is none. */
int perfev_elf_dynamic(const struct elf_module *elf, struct elf_table *out);

/* Adds entries of the procedure linkage table, "name@plt". Returns 0 or -ENOMEM. */
int perfev_elf_collect_plt(struct elf_module *elf, struct symtab *symtab);

void perfev_cfi_free(struct cfi *cfi);
void perfev_units_free(struct units *units);

#endif
