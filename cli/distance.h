/* SPDX-License-Identifier: MIT */
/* How much two words differ, to tell what someone may have meant. */
#ifndef PERFEV_CLI_DISTANCE_H
#define PERFEV_CLI_DISTANCE_H

#include <stddef.h>

/* Longer words are no typing errors of each other: they must not be asked about. */
#define DISTANCE_MOST 40

/* How many letters to add, drop, replace or swap make one word the other, in capitals or not. */
unsigned int distance_of(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
