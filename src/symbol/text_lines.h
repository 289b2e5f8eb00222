/* SPDX-License-Identifier: MIT */
/* Files of lines, read in large pieces, by whoever takes the lines apart. */
#ifndef PERFEV_SYMBOL_TEXT_LINES_H
#define PERFEV_SYMBOL_TEXT_LINES_H

#include <stddef.h>

#include <perfev/abi.h>

/* A longer line is passed over. */
#define LINE_MOST (32U << 10)

/* Takes a line, without its end. Returns 0, or a negative errno, which ends the reading. */
typedef int (*perfev_line_fn)(void *with, const char *text, size_t length);

/*
 * Reads all lines, from a place on where offset is not NULL: afterwards it is behind the last line
 * that had an end. A last one without is taken, too. Returns 0 or a negative errno.
 */
int perfev_lines_read(int fd, __u64 *offset, perfev_line_fn take, void *with);

#endif
