/* SPDX-License-Identifier: MIT */
/* The subcommands that need symbols: each takes its own arguments and returns the exit status. */
#ifndef PERFEV_CLI_REPORT_PROGRAMS_H
#define PERFEV_CLI_REPORT_PROGRAMS_H

int program_report(int argc, char **argv);
int program_top(int argc, char **argv);

#endif
