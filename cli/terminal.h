/* SPDX-License-Identifier: MIT */
/* What is known of where output goes: how wide it is, and whether it takes colours. */
#ifndef PERFEV_CLI_TERMINAL_H
#define PERFEV_CLI_TERMINAL_H

#include <stdio.h>

/* The columns of a line: as COLUMNS says, else the terminal, else 80. */
int terminal_columns(FILE *to);

/* The lines of a terminal, or 0 where it is none. */
int terminal_lines(FILE *to);

/* Whether colours are welcome: on a terminal that has them, unless NO_COLOR is set. */
int terminal_has_colours(FILE *to);

#endif
