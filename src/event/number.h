/* SPDX-License-Identifier: MIT */
/* Numbers, words and lists of CPUs as they stand in events and in sysfs, without locale. */
#ifndef PERFEV_SRC_EVENT_NUMBER_H
#define PERFEV_SRC_EVENT_NUMBER_H

#include <stddef.h>

#include <perfev/abi.h>

/*
 * Reads all length bytes as a decimal number, or a hexadecimal one with 0x.
 * Returns 0, -EINVAL for no number, -ERANGE for one of more than 64 bits.
 */
int perfev_number_read(const char *text, size_t length, __u64 *value);

/* Reads a raw event's code, "r1a2b" or "r0x1a2b". Returns 1, or 0 for another word. */
int perfev_number_read_raw(const char *text, size_t length, __u64 *value);

/* Reads a decimal fraction, "2.3283064365386962890625e-10". Returns 0 or -EINVAL. */
int perfev_number_read_scale(const char *text, double *value);

/*
 * Reads a list of CPUs, "0-3,5", into cpus, which has room for that many (NULL and 0: counts only).
 * Returns how many the list has, be that more than there is room for; -EINVAL for text that is no
 * list, or that has more than 65,536.
 */
int perfev_cpus_read(const char *text, int *cpus, unsigned int room);

/* Whether the length bytes at text are this word. */
int perfev_word_is(const char *text, size_t length, const char *word);

#endif
