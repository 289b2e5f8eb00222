/* SPDX-License-Identifier: MIT */
/* Patterns of names, without the recursion and the locale of fnmatch(3). */
#ifndef PERFEV_SRC_EVENT_GLOB_H
#define PERFEV_SRC_EVENT_GLOB_H

#include <stddef.h>

/* Whether a text of length bytes is a pattern: it has one of '*', '?' and '['. */
int perfev_glob_is(const char *pattern, size_t length);

/*
 * Whether a name matches a pattern: '*' is any bytes, '?' any one, "[a-f0]" one of these, "[!a]"
 * one that is not. Takes no longer than the product of both lengths.
 */
int perfev_glob_match(const char *pattern, size_t length, const char *name);

#endif
