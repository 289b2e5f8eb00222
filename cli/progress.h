/* SPDX-License-Identifier: MIT */
/* How far a long run is: one line on a terminal that is written over, and nothing elsewhere. */
#ifndef PERFEV_CLI_PROGRESS_H
#define PERFEV_CLI_PROGRESS_H

/* Shows a line in place of the one before. */
__attribute__((format(printf, 1, 2))) void progress_show(const char *format, ...);

/* Takes it away, before anything else is printed. */
void progress_clear(void);

#endif
