/* SPDX-License-Identifier: MIT */
/*
 * What names the code that a process made at run time: a perf map file, or a jitdump. They lie
 * where anybody may write: only those of the process's user, of root and of the reader are trusted.
 */
#ifndef PERFEV_SYMBOL_JIT_H
#define PERFEV_SYMBOL_JIT_H

#include "mapped.h"

/* Longer names are cut, and of longer files no more is read. */
#define JIT_NAME_MOST 4096U
#define JIT_FILE_MOST (1ULL << 30)

struct jit {
	struct codes codes;
	struct module *module;  /* that its code is of */
	char *path;             /* of the file that names it, or NULL: there is none yet */
	__u64 device, inode;    /* of that file */
	__u64 offset;           /* of a map, as far as it was read */
	struct jitdump *dump;   /* of a jitdump, or NULL */
	const char *dump_path;  /* that the process had mapped when this was made */
	__u32 misses, patience; /* addresses without a name; after so many it is looked again */
};

/* ---- jit_file.c ---- */

/*
 * Opens a file of a process, by its path in the recorded machine or in the process's own mounts;
 * path NULL: its perf map file. Returns a descriptor with *found set, to be freed, or a negative
 * errno: -ENOENT, -EPERM: it is not trusted, with *excuse set, -ENOMEM, or as open(2).
 */
int perfev_jit_open(struct perfev_symbols *symbols, __u32 pid, const char *path, char **found,
		    struct excuse *excuse);

/* Reads on in a perf map file. Returns 1: there was more, 0, or -ENOMEM. */
int perfev_jit_read_map(struct jit *jit, int fd);

/* ---- jitdump.c ---- */

/* Begins with a file. Returns 0, or a negative errno: -EBADMSG, -ENOMEM. */
int perfev_jitdump_open(struct jit *jit, int fd);
/* Reads on. Returns 1: there was more, 0, or -ENOMEM. */
int perfev_jitdump_read(struct perfev_symbols *symbols, struct jit *jit, int fd);
/* Has the code of the time until now. Returns 0 or -ENOMEM. */
int perfev_jitdump_advance(struct jit *jit, __u64 now);
/* Whether the recording says how its times and those of records belong together. */
int perfev_jitdump_has_times(const struct jitdump *dump);
void perfev_jitdump_free(struct jitdump *dump);

#endif
