/* SPDX-License-Identifier: MIT */
/*
 * What subcommands have in common in reading their arguments. Each says to standard error what is
 * wrong, in the name of the subcommand, and returns the exit status, or -1 to go on.
 */
#ifndef PERFEV_CLI_ARGUMENTS_H
#define PERFEV_CLI_ARGUMENTS_H

#include "targets.h"

/* After the line that says what is wrong: where the options are explained. */
int arguments_refused(const char *command);

/* Says that an option's argument is not what it has to be. */
int arguments_wrong(const char *command, const char *option, const char *argument,
		    const char *expected);

/* Says what does not go together, or is missing. */
int arguments_conflict(const char *command, const char *what);

/* Adds to a list of events, which the caller frees: given by several options, they are one. */
int arguments_add_events(char **events, const char *command, const char *more);

/* Likewise targets, of one of the options that targets_add() knows. */
int arguments_add_targets(struct targets *targets, const char *command, int option, char *argument);

/* Makes one thing of them, when all options are read: targets_settle(). */
int arguments_settle_targets(struct targets *targets, const char *command);

#endif
