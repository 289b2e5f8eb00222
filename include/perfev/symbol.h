/* SPDX-License-Identifier: MIT */
/*
 * perfev/symbol.h: addresses to names: which file, function, line and inlined functions an address
 * of a recording belongs to, and whole stacks, unwound where that is needed. In libperfev-symbol, a
 * library of its own, since it needs elfutils.
 *
 *     perfev_symbols_open(&s, NULL, &why);
 *     perfev_symbols_recording(s, file);
 *     while ((n = perfev_file_next(file, &r)) > 0) {      (by time)
 *             perfev_symbols_take(s, &r);
 *             if (r.type == PERF_RECORD_SAMPLE)
 *                     perfev_symbols_stack(s, &r, NULL, &stack);
 *     }
 *
 * Records build up which processes there are and what they have mapped, as of the record that was
 * taken last. Files are opened when an address in them is first asked for, once each, and what is
 * lent lives until the object is closed. What cannot be found is told, not guessed: the module says
 * why. An object belongs to one thread at a time, and none of these functions may be called in a
 * signal handler. See perfev_symbol(3).
 */
#ifndef PERFEV_SYMBOL_H
#define PERFEV_SYMBOL_H

#include <stddef.h>

#include <perfev/abi.h>
#include <perfev/explain.h>
#include <perfev/file.h>
#include <perfev/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where symbols are looked for; all zero for this machine's own files. */
struct perfev_symbols_options {
	size_t size;       /* sizeof(struct perfev_symbols_options) */
	const char *root;  /* files are looked for below this folder instead of "/" */
	const char *debug; /* folders of debug files, with ':' between; NULL: "/usr/lib/debug" */
	const char *
		kallsyms; /* /proc/kallsyms of the recorded kernel; NULL: this one's, if it is it */
	const char *vmlinux; /* the recorded kernel with its symbols; NULL: in the usual places */
	int keep_mangled;    /* names stay as they are in the file */
};

struct perfev_symbols;

/*
 * Begins with nothing known: it is taken for this machine. Options may be NULL. DEBUGINFOD_URLS in
 * the environment has files that are missing fetched from these servers; without it nothing is.
 * Returns 0, or a negative errno with *out NULL: -ENOMEM, -E2BIG (options from a newer caller).
 */
int perfev_symbols_open(struct perfev_symbols **out, const struct perfev_symbols_options *options,
			struct perfev_why *why);

/* Closes it, and all that it lent. NULL is fine. */
void perfev_symbols_close(struct perfev_symbols *symbols);

/*
 * Takes what a recording says of its machine, and the build-ids of its files. Call it once the file
 * is open; of a pipe, the records say so as they come.
 * Returns 0 or -ENOMEM.
 */
int perfev_symbols_recording(struct perfev_symbols *symbols, struct perfev_file *file);

/*
 * Takes a record: mappings, commands, forks, ends, the kernel's symbols that come and go,
 * build-ids. Records must come by time, samples among them: they say which time it is.
 * Returns 1 when it said something, 0 for all others, or -ENOMEM.
 */
int perfev_symbols_take(struct perfev_symbols *symbols, const struct perfev_record *record);

/* A thread under one of its names: exec gives it another one, and another task. */
struct perfev_task {
	__u32 pid, tid;
	const char *comm; /* ":TID" where nothing said it */
	__u32 number;     /* from 0, in the order of asking */
};

/* Lends the thread as it is now. Returns it, or NULL without memory. */
const struct perfev_task *perfev_symbols_task(struct perfev_symbols *symbols, __u32 pid, __u32 tid);

/* What code can be in. */
enum perfev_module_kind {
	PERFEV_MODULE_FILE = 0,          /* a file that was mapped */
	PERFEV_MODULE_KERNEL = 1,        /* the kernel */
	PERFEV_MODULE_KERNEL_MODULE = 2, /* a module of it */
	PERFEV_MODULE_VDSO = 3,          /* the kernel's code in processes */
	PERFEV_MODULE_JIT = 4,           /* memory of no file, with code made at run time */
	PERFEV_MODULE_KERNEL_JIT = 5,    /* BPF programs and trampolines */
};

/* What is known of a module's symbols. */
enum perfev_module_state {
	PERFEV_MODULE_UNREAD = 0,  /* nobody asked yet */
	PERFEV_MODULE_WHOLE = 1,   /* all of them: of the file itself, or its debug file */
	PERFEV_MODULE_EXPORTS = 2, /* only those that it exports: the file is stripped */
	PERFEV_MODULE_BARE = 3,    /* none: there are no symbols */
	PERFEV_MODULE_MISSING = 4, /* none: the file is not there */
	PERFEV_MODULE_CHANGED = 5, /* none: the file is not the one that ran */
	PERFEV_MODULE_REFUSED =
		6, /* none: they may not be read, or the kernel hides its addresses */
	PERFEV_MODULE_BROKEN = 7, /* none: the file is not as it has to be */
};

/* A file, the kernel, or what else code was in. */
struct perfev_module {
	const char *path; /* as it was mapped: "/usr/bin/cc1", "[kernel.kallsyms]", "[vdso]" */
	const char *name; /* the last part of it */
	enum perfev_module_kind kind;
	enum perfev_module_state state;
	const char *file;   /* that is read for its code, or NULL */
	const char *origin; /* where the symbols are from: that file, a debug file; or NULL */
	const char *reason; /* why there are none or not all, one line; or NULL */
	const char *remedy; /* what would mend it, one line; or NULL */
	struct perfev_build_id build_id; /* as recorded, or size 0 */
	__u32 symbol_count;
	__u32 number; /* from 0 */
};

/* Returns how many modules there are, and lends one of them, or NULL past the last. */
unsigned int perfev_symbols_module_count(const struct perfev_symbols *symbols);
const struct perfev_module *perfev_symbols_module(const struct perfev_symbols *symbols,
						  unsigned int number);

/* A function, or what else the code of a module has a name for. */
struct perfev_symbol {
	const char *name;         /* for people: C++ and Rust demangled, "puts@plt" */
	const char *linkage_name; /* as in the file */
	const struct perfev_module *module;
	__u64 address, size; /* in the module's own addresses, as nm(1) has them */
	__u32 number;        /* from 0, in the order of finding */
};

/* Returns how many symbols were found so far: their numbers are less. */
__u32 perfev_symbols_count(const struct perfev_symbols *symbols);

/* Where code was. What is not known is NULL. */
struct perfev_frame {
	__u64 address; /* as sampled; of a caller, where it goes on (by branches: the call) */
	__u64 module_address; /* as nm(1) and addr2line(1) have it, of the instruction itself */
	const struct perfev_module *module;
	const struct perfev_symbol *symbol;
	__u16 mode;     /* PERF_RECORD_MISC_USER, _KERNEL, _GUEST_USER, ... */
	__u8 is_caller; /* not where it was sampled */
};

/*
 * Finds what is at an address of a process now. mode is of PERF_RECORD_MISC_CPUMODE_MASK.
 * Returns 1 with its module, 0 where nothing was mapped, or -ENOMEM; *out is filled in any case.
 */
int perfev_symbols_find(struct perfev_symbols *symbols, __u32 pid, __u16 mode, __u64 address,
			struct perfev_frame *out);

/* Where the frames of a stack are from. */
enum perfev_stack_source {
	PERFEV_STACK_ADDRESS = 0,   /* the sample has but its address */
	PERFEV_STACK_CALLCHAIN = 1, /* the kernel's, by frame pointers */
	PERFEV_STACK_BRANCHES = 2,  /* the processor's record of calls (LBR) */
	PERFEV_STACK_UNWOUND = 3,   /* the user's part unwound from registers and stack */
};

/* Memory of the caller's for a stack: list and room; the rest is filled in. */
struct perfev_frames {
	struct perfev_frame *list; /* the innermost first */
	__u32 room;
	__u32 count;
	enum perfev_stack_source source;
	__u8 is_cut;      /* callers are missing: no room, or none that can be right */
	__u8 is_deferred; /* the user's part comes by a CALLCHAIN_DEFERRED of this cookie */
	__u64 cookie;
	const char *reason; /* why, for the program's callers, or NULL; lent until the next call */
};

/*
 * Makes a sample's stack: the kernel's callchain, the processor's calls, or unwound from the user's
 * registers and stack, whichever it has. deferred is the callchain that came later, or NULL.
 * Returns 0 with at least one frame, -ENOENT for a sample without an address, -EINVAL for what is
 * no sample, or -ENOMEM.
 */
int perfev_symbols_stack(struct perfev_symbols *symbols, const struct perfev_record *sample,
			 const struct perfev_record *deferred, struct perfev_frames *out);

/* A line of a source, and the function that it is in, where that was inlined. */
struct perfev_line {
	const char *file;     /* with its folder, as the compiler had it */
	__u32 line, column;   /* or 0 */
	const char *function; /* demangled; of the outermost, the symbol's own */
	__u8 is_inlined;      /* the next one is what it was inlined into */
};

/*
 * Finds the lines of an address of a module: of inlined functions the innermost first, then of the
 * function that they are in.
 * Returns how many there are, of which room at most are filled in, 0: none is known, or -ENOMEM.
 */
int perfev_symbols_lines(struct perfev_symbols *symbols, const struct perfev_module *module,
			 __u64 module_address, struct perfev_line *lines, unsigned int room);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_SYMBOL_H */
