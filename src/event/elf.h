/* SPDX-License-Identifier: MIT */
/* Where a function lies in a program or library: what a uprobe is placed by. */
#ifndef PERFEV_SRC_EVENT_ELF_H
#define PERFEV_SRC_EVENT_ELF_H

#include <perfev/explain.h>

/*
 * Finds a function's code: *offset is that of its first instruction in the file, not its address.
 * symbol is a name of .symtab or .dynsym, with its version or without ("memcpy@GLIBC_2.14"; without
 * one, the version that a program linked today gets). path is opened as it is, no PATH is searched.
 * Returns 0, or a negative errno with why (which may be NULL) filled:
 *   -ENOENT   no such file, or no function of that name whose code is in it
 *   -EINVAL   several functions have that name
 *   -EBADMSG  not an ELF file, or a malformed one
 *   others    as open(2) and pread(2)
 */
int perfev_elf_symbol(const char *path, const char *symbol, __u64 *offset, struct perfev_why *why);

#endif
