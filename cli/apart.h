/* SPDX-License-Identifier: MIT */
/*
 * Subcommands that are in a program of their own, perfev-report, since what they need would cost
 * each start of perfev: it is executed in perfev's place.
 */
#ifndef PERFEV_CLI_APART_H
#define PERFEV_CLI_APART_H

/* Runs the subcommand argv[0]. Returns the exit status where that cannot be. */
int command_apart(int argc, char **argv);

#endif
