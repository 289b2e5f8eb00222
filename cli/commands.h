/* SPDX-License-Identifier: MIT */
/* The subcommands of perfev: each takes its own arguments and returns the exit status. */
#ifndef PERFEV_CLI_COMMANDS_H
#define PERFEV_CLI_COMMANDS_H

/* The exit status for a failure of perfev itself, as env(1) and timeout(1) have it. */
#define EXIT_PERFEV 125

int command_doctor(int argc, char **argv);
int command_dump(int argc, char **argv);
int command_list(int argc, char **argv);
int command_record(int argc, char **argv);
int command_stat(int argc, char **argv);

#endif
