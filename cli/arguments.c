/* SPDX-License-Identifier: MIT */
/* What subcommands have in common in reading their arguments; see arguments.h. */
#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"

int arguments_refused(const char *command)
{
	fprintf(stderr, "'perfev %s --help' explains its options.\n", command);
	return EXIT_PERFEV;
}

int arguments_wrong(const char *command, const char *option, const char *argument,
		    const char *expected)
{
	fprintf(stderr, "perfev %s: %s '%s': expected %s.\n", command, option, argument, expected);
	return arguments_refused(command);
}

int arguments_conflict(const char *command, const char *what)
{
	fprintf(stderr, "perfev %s: %s\n", command, what);
	return arguments_refused(command);
}

int arguments_add_events(char **events, const char *command, const char *more)
{
	char *text = NULL;

	if (asprintf(&text, "%s%s%s", *events ? *events : "", *events ? "," : "", more) < 0) {
		fprintf(stderr, "perfev %s: no memory for the events.\n", command);
		return EXIT_PERFEV;
	}
	free(*events);
	*events = text;
	return -1;
}

int arguments_add_targets(struct targets *targets, const char *command, int option, char *argument)
{
	int result = targets_add(targets, command, option, argument);

	if (result == 0)
		return -1;
	return result == -EINVAL ? arguments_refused(command) : EXIT_PERFEV;
}

int arguments_settle_targets(struct targets *targets, const char *command)
{
	int result = targets_settle(targets, command);

	if (result == 0)
		return -1;
	return result == -EINVAL ? arguments_refused(command) : EXIT_PERFEV;
}
