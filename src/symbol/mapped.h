/* SPDX-License-Identifier: MIT */
/*
 * What the parts share that say what is mapped: names, threads, the kernel, and code that was made
 * at run time. Those that read files see symbols.h alone.
 */
#ifndef PERFEV_SYMBOL_MAPPED_H
#define PERFEV_SYMBOL_MAPPED_H

#include <perfev/file.h>

#include "code.h"
#include "maps.h"
#include "symbols.h"
#include "table.h"

/* A text that recordings say again and again, of a path or a command, kept once. */
struct name {
	__u32 hash; /* first: it is found by it */
	__u32 length;
	struct name *next;               /* of the same hash */
	struct module *modules;          /* of this path */
	struct perfev_build_id build_id; /* of the file of this path; size 0: not said */
	char text[];
};

struct thread {
	__u32 tid; /* first: it is found by it */
	__u32 pid;
	const struct name *comm;        /* or NULL: nothing said it */
	const struct perfev_task *task; /* that was lent last, while it is still right */
	__u32 death;                    /* the number of its end, or 0: it goes on */
};

/* Threads that ended are kept until so many others have: samples of them may still come. */
#define DEAD_KEPT 256U

struct dead {
	__u32 tid, death;
};

/* The kernel: its code is in the maps of a process that has no pid. */
struct kernel {
	struct process process;
	struct module *module; /* the kernel itself */
	/* Of which symbol the recording says the address, "_text"; at 0: it says none. */
	char reference[8];
	__u64 reference_address;
	__u64 text_end;     /* of its code, as the recording says, or 0 */
	struct maps *told;  /* where kallsyms has modules of which no record says anything */
	struct codes codes; /* BPF programs and trampolines, as records say */
	struct module *bpf, *trampolines;
	__u64 shift; /* how much further up it is than its symbols say */
	__u8 is_read;
};

struct registry {
	struct table names, threads, processes;
	struct arena arena; /* what lives until all is closed */
	struct process *last_process;
	struct thread *last_thread;
	struct dead dead[DEAD_KEPT];
	__u32 deaths, tasks;
	struct kernel kernel;
	struct module *memory;    /* what is mapped and no file */
	struct module *others[3]; /* code of guests and hypervisors */
	char *hostname;           /* that was recorded, or NULL */
	__u64 now;        /* of the record that was taken last, or 0: records have no times */
	__u64 chain_most; /* addresses in a callchain */
	struct perfev_record_time_conv clock; /* from the processor's clock to that of records */
	__u8 has_clock;
	__u8 is_monotonic;     /* the records' times are CLOCK_MONOTONIC's */
	__u8 is_recorded;      /* a recording was told: it need not be this machine's */
	__u8 is_release_known; /* of its kernel */
};

/* Keeps a text. Returns its name, or NULL without memory. */
struct name *perfev_name_get(struct registry *registry, const char *text, size_t length);

/* ---- modules.c ---- */

/* What tells one file of a path from another. */
struct identity {
	const struct perfev_build_id *build_id; /* or NULL */
	__u32 major, minor;
	__u64 inode; /* 0: not said */
};

/*
 * Finds the module of a path, or makes it. path is how it is found; identity may be NULL. Returns
 * it, or NULL without memory.
 */
struct module *perfev_module_get(struct perfev_symbols *symbols, enum perfev_module_kind kind,
				 struct name *path, const struct identity *identity);
struct module *perfev_module_named(struct perfev_symbols *symbols, enum perfev_module_kind kind,
				   const char *path);

/* Sets what is known of a module; reason and remedy may be NULL, and are kept as they are. */
void perfev_module_state(struct module *module, enum perfev_module_state state, const char *reason,
			 const char *remedy);

/* Makes a text that lives until all is closed, or one as printf(3) does; NULL without memory. */
const char *perfev_keep(struct perfev_symbols *symbols, const char *text, size_t length);
__attribute__((format(printf, 2, 3))) const char *perfev_lasting(struct perfev_symbols *symbols,
								 const char *format, ...);

/*
 * Makes a symbol. The name has to live until all is closed. Returns it, or NULL without memory.
 */
struct perfev_symbol *perfev_symbol_make(struct perfev_symbols *symbols, struct module *module,
					 const char *name, __u64 address, __u64 size);

/* ---- tasks.c ---- */

struct process *perfev_process_find(struct perfev_symbols *symbols, __u32 pid);
int perfev_tasks_comm(struct perfev_symbols *symbols, const struct perfev_record *record);
int perfev_tasks_fork(struct perfev_symbols *symbols, const struct perfev_record *record);
int perfev_tasks_exit(struct perfev_symbols *symbols, const struct perfev_record *record);
/* Finds the process, or makes it. Returns NULL without memory. */
struct process *perfev_process_get(struct perfev_symbols *symbols, __u32 pid);
void perfev_tasks_free(struct perfev_symbols *symbols);

/* ---- recording.c ---- */

void perfev_recording_init(struct perfev_symbols *symbols);
/* A section of a pipe's header, and what it says of a file's build-id or of an event. */
int perfev_recording_feature(struct perfev_symbols *symbols, const struct perfev_record *record);
int perfev_recording_build_id(struct perfev_symbols *symbols, __u16 misc,
			      const struct perfev_text *path,
			      const struct perfev_build_id *build_id);
void perfev_recording_event(struct perfev_symbols *symbols, const struct perf_event_attr *attr);

/* ---- kernel.c, kernel_find.c, kallsyms.c ---- */

int perfev_kernel_mmap(struct perfev_symbols *symbols, const struct perfev_record_mmap *mmap);
int perfev_kernel_symbol(struct perfev_symbols *symbols, const struct perfev_record_ksymbol *said);
/* Lends the symbol of code in a frame. Returns 1 or -ENOMEM. */
int perfev_code_symbol(struct perfev_symbols *symbols, struct code *code,
		       struct perfev_frame *frame);
int perfev_kernel_find(struct perfev_symbols *symbols, __u64 address, struct perfev_frame *out);
/* Reads what there is of the kernel's symbols, once. Returns 0 or -ENOMEM. */
int perfev_kernel_load(struct perfev_symbols *symbols);
/* Finds the module of the kernel's that a name in brackets stands for, "[ext4]", or makes it. */
struct module *perfev_kernel_module(struct perfev_symbols *symbols, const char *name,
				    size_t length);
void perfev_kernel_free(struct perfev_symbols *symbols);

/* Why there are no symbols: the one that says most of those that were found on the way. */
struct excuse {
	enum perfev_module_state state;
	const char *reason, *remedy;
};

/* In the place of a file's number, for "[vdso]". */
#define VDSO_OF_32_BITS 32
#define VDSO_OF_64_BITS 64

/* How a file of the form of /proc/kallsyms was read. */
struct kallsyms {
	__u64 reference; /* the address of kernel.reference in it, or 0 */
	__u64 text_end;  /* of "_etext", or 0 */
	__u32 count;     /* of the symbols that were taken */
	int error;       /* as of open(2), positive: it cannot be read */
	int is_hidden;   /* all addresses are 0 */
};

/* Adds a file's symbols to the kernel and its modules. Returns 0, whatever it is, or -ENOMEM. */
int perfev_kallsyms_read(struct perfev_symbols *symbols, const char *path, struct kallsyms *out);

/* ---- vmlinux.c ---- */

/*
 * Adds the symbols of the kernel's own file, wherever one is that is the recorded kernel's, or of
 * options.vmlinux. Returns 1, 0: there is none, with *excuse set, or -ENOMEM.
 */
int perfev_vmlinux_load(struct perfev_symbols *symbols, struct excuse *excuse);

/* Likewise the file of a module of the kernel's, where it was mapped from one. 0 or -ENOMEM. */
int perfev_ko_load(struct perfev_symbols *symbols, struct module *module);

/* ---- jit.c ---- */

/*
 * Finds code that was made at run time. Returns 1 with the frame's module and symbol set, 0 with
 * the module alone: nothing names it, or -ENOMEM.
 */
int perfev_jit_find(struct perfev_symbols *symbols, struct process *process, __u64 address,
		    struct perfev_frame *frame);
void perfev_jit_free(struct jit *jit);

/* ---- symbols.c ---- */

/*
 * Finds what is at an address, or so many bytes before it: of callers, the call. mode is one of
 * PERF_RECORD_MISC_*, process may be NULL. As perfev_symbols_find().
 */
int perfev_frame_find(struct perfev_symbols *symbols, struct process *process, __u16 mode,
		      __u64 address, unsigned int before, struct perfev_frame *out);

#endif
