/* SPDX-License-Identifier: MIT */
/*
 * A machine to find symbols on: a folder of its own with the files that a test puts there, and
 * records of what its processes do.
 */
#ifndef PERFEV_TESTS_SYMBOL_MAKER_H
#define PERFEV_TESTS_SYMBOL_MAKER_H

#include <perfev/symbol.h>

struct machine {
	struct perfev_symbols *symbols;
	char root[64];
	char kallsyms[96]; /* its path, below root */
};

/* Begins; kallsyms is the text of that file, or NULL: there is none, and the kernel is unknown. */
void machine_open(struct machine *machine, const char *kallsyms);
void machine_close(struct machine *machine);

/* Writes a file below root; or adds to it. Folders are made. */
void machine_write(const struct machine *machine, const char *path, const void *bytes,
		   size_t length);
void machine_append(const struct machine *machine, const char *path, const void *bytes,
		    size_t length);

/* Records. */
struct perfev_record said_mapping(__u32 pid, __u64 address, __u64 length, __u64 offset,
				  const char *path);
struct perfev_record said_kernel_mapping(__u64 address, __u64 length, __u64 offset,
					 const char *path);
struct perfev_record said_comm(__u32 pid, __u32 tid, const char *comm, int is_exec);
struct perfev_record said_fork(__u32 pid, __u32 tid, __u32 ppid, __u32 ptid);
struct perfev_record said_exit(__u32 pid, __u32 tid);

/* Takes one, which must work. */
void take(const struct machine *machine, struct perfev_record record);

/* Finds a frame; its module must be known. */
struct perfev_frame find(const struct machine *machine, __u32 pid, __u16 mode, __u64 address);
/* The name of the symbol there, "" for none, or NULL where nothing is mapped. */
const char *name_at(const struct machine *machine, __u32 pid, __u16 mode, __u64 address);
/* The path of the module there, or NULL. */
const char *path_at(const struct machine *machine, __u32 pid, __u64 address);

#endif
