/* SPDX-License-Identifier: MIT */
/*
 * What the parts of libperfev-symbol share: the object, its modules, and its processes with what
 * they have mapped. Public structs are the first member of ours, so that what is lent leads back.
 */
#ifndef PERFEV_SYMBOL_SYMBOLS_H
#define PERFEV_SYMBOL_SYMBOLS_H

#include <stddef.h>

#include <perfev/symbol.h>

#include "symtab.h"

struct elf_module; /* elf_module.h: an ELF file that was opened, and what elfutils knows of it */
struct unwinder;   /* unwind.h: what is kept from one unwound stack to the next */

struct module {
	struct perfev_module shown;
	struct symtab symtab;
	struct elf_module *elf; /* FILE, VDSO, and the kernel's where its file was found */
	/* As the mapping had it, to tell whether a file is still the one that ran. */
	__u32 device_major, device_minor;
	__u64 inode;
	__u64 pid; /* of a process that had it mapped: its files may be its own (containers) */
	struct module_index *index; /* of the table; or NULL: not yet made, or not possible */
	__u8 has_no_index;
	struct module *next; /* of the same path, yet another file */
};

/* Consecutive addresses of a process, [begin, end), and where in a module they are. */
struct mapping {
	__u64 begin, end;
	__u64 offset; /* in the file, of begin */
	struct module *module;
	__u64 bias;   /* a module's address is the process's less this; unset until is_placed */
	__u32 serial; /* maps->generation when it came */
	__u8 is_placed;
};

/* What is mapped, by address; shared by the processes that fork(2) made of one, until one maps. */
struct maps {
	struct mapping *list;
	__u32 count, room, users;
	__u32 generation; /* goes up whenever the list changes */
	__u32 last;       /* the one that was found last: mostly it is found again */
};

struct process {
	__u32 pid;            /* first: it is found by it */
	struct maps *maps;    /* or NULL: nothing is mapped */
	struct jit *jit;      /* or NULL: nobody asked for what was made at run time */
	const char *jit_dump; /* the file that says it, as it was mapped, or NULL */
	__u32 ancestor;       /* that it was forked from, since its last exec; or 0 */
	__u32 threads;        /* that are known; those that ended, too, for a while */
	__u8 has_ended;       /* its first thread has */
};

struct perfev_symbols {
	struct perfev_symbols_options options; /* texts copied */
	struct module **modules;
	__u32 module_count, module_room;
	struct perfev_symbol **symbols; /* that were found, by number */
	__u32 symbol_count, symbol_room;
	/* The machine that was recorded: of what the file says, or this one. */
	__u16 elf_machine; /* EM_*; 0: not known */
	__u8 is_swapped, is_this_machine, is_this_kernel;
	char os_release[80];
	struct registry *registry; /* symbols.c, modules.c, tasks.c: tables of what there is */
	struct unwinder *unwinder; /* or NULL: nothing was unwound yet */
};

/* ---- modules of files: file.c, debug.c, plt.c, lines.c, unwind.c (branch "files") ---- */

/*
 * Opens the file of a module, finds out whether it is the one that ran, and reads its symbols:
 * its own, its debug file's, those of MiniDebugInfo, PLT entries. Sets shown.state, .file, .origin,
 * .reason and .remedy. Called once, at the first address that is asked for.
 * Returns 0, whatever was found, or -ENOMEM.
 */
int perfev_elf_load(struct perfev_symbols *symbols, struct module *module);
void perfev_elf_close(struct module *module);

/*
 * Says which address of the module is at an offset of its file. length is that of the mapping which
 * begins there: where only a debug file is left, that alone tells which part it is. 0: not known.
 * Returns 1, or 0: in none.
 */
int perfev_elf_address(const struct module *module, __u64 offset, __u64 length, __u64 *address);

/*
 * Opens a file of the caller's choice for a module, vmlinux or a kernel's module, and reads its
 * symbols; .file and .origin are set, .state, .reason and .remedy are left to the caller. A kernel
 * module's addresses count from the beginning of its code, as it lies in memory.
 * Returns 0, -ENOMEM, -ESTALE: it has another build-id than was recorded; -EBADMSG: it is no whole
 * ELF file; or what open(2) failed with. perfev_elf_load() is then not called for the module.
 */
int perfev_elf_symbols(struct perfev_symbols *symbols, struct module *module, const char *path);

/*
 * Fills in the lines of an address, as perfev_symbols_lines(). The function of the outermost is
 * that of the debug information, or NULL: the caller puts in the symbol's own name.
 */
int perfev_elf_lines(struct perfev_symbols *symbols, struct module *module, __u64 address,
		     struct perfev_line *lines, unsigned int room);

/* A frame that was unwound: its address, which is behind a call, unless it is the instruction's. */
struct unwound {
	__u64 address;
	__u8 is_exact; /* where it was sampled, or interrupted by a signal */
};

/*
 * Unwinds a sample's user stack. Fills in the addresses as they are in the process, the innermost
 * first: of callers where they go on. *reason says why it went no further, or is NULL at the end
 * of the stack. Returns how many, of which room at most are filled in, or -ENOMEM.
 */
long perfev_unwind(struct perfev_symbols *symbols, struct process *process,
		   const struct perfev_record *sample, struct unwound *list, size_t room,
		   const char **reason);
void perfev_unwinder_free(struct unwinder *unwinder);

/* Makes what people read of a name: C++, Rust; NULL: it is no mangled one. free(3) it. */
char *perfev_demangle(const char *name);

/* ---- what is mapped: symbols.c, modules.c, maps.c, tasks.c, stack.c, kernel.c, jit.c ---- */

/* Reads a module's symbols if that was not done yet, whatever its kind. Returns 0 or -ENOMEM. */
int perfev_module_load(struct perfev_symbols *symbols, struct module *module);

/* Lends the symbol at an address of a module, or NULL. *result is -ENOMEM, or left alone. */
const struct perfev_symbol *perfev_module_find(struct perfev_symbols *symbols,
					       struct module *module, __u64 address, int *result);

/* Finds what a process has at an address. Returns it with bias set, or NULL. */
struct mapping *perfev_maps_find(struct perfev_symbols *symbols, struct process *process,
				 __u64 address);

#endif
