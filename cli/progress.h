/* SPDX-License-Identifier: MIT */
/* How far a long run is: one line on a terminal that is written over, and nothing elsewhere. */
#ifndef PERFEV_CLI_PROGRESS_H
#define PERFEV_CLI_PROGRESS_H

/* Shows a line in place of the one before. */
__attribute__((format(printf, 1, 2))) void progress_show(const char *format, ...);

/*
 * Whether a line may be shown beside a program, which has the same standard error: only where that
 * is a terminal and standard output, to which programs print, is none. What a program does to the
 * terminal may end that for a while: it asks for a password, or takes all of the screen.
 */
int progress_is_apart(void);

/* Takes it away, before anything else is printed. */
void progress_clear(void);

#endif
