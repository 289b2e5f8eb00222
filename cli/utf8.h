/* SPDX-License-Identifier: MIT */
/* Any bytes as UTF-8, for output that must be text. */
#ifndef PERFEV_CLI_UTF8_H
#define PERFEV_CLI_UTF8_H

/*
 * Copies a string, with U+FFFD in place of each byte that is no part of a UTF-8 character.
 * Returns it, to be freed by the caller, or NULL without memory.
 */
char *utf8_mended(const char *bytes);

#endif
