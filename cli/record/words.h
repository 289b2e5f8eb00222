/* SPDX-License-Identifier: MIT */
/* The words of perfev record's arguments: sizes, times, branch filters, registers, clocks. */
#ifndef PERFEV_CLI_RECORD_WORDS_H
#define PERFEV_CLI_RECORD_WORDS_H

#include <perfev/abi.h>
#include <stdio.h>

/* Each reads all of a text. They return 0, or -EINVAL. */

/* A number with a unit of bytes: 100, 64K, 8M, 1G. */
int words_bytes(const char *text, __u64 *bytes);

/* A number with a unit of time: 30s, 5m, 1h, 1d. */
int words_time(const char *text, __u64 *ns);

/* Kinds of branches with commas: any,u or call,cond. What is wrong is in *wrong. */
int words_branches(char *list, __u64 *branch_type, const char **wrong);

/* Registers of this machine with commas: ip,sp,bp; all of them for NULL. Likewise. */
int words_registers(char *list, __u64 *mask, const char **wrong);

/* Writes a line with the names of this machine's registers. */
void words_list_registers(FILE *file);

/* A clock: mono, raw, boot, tai, realtime, or its number. */
int words_clock(const char *text, __s32 *clockid);

/* All registers that unwinding needs. */
__u64 words_unwinding_registers(void);

#endif
