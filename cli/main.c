/* SPDX-License-Identifier: MIT */
/* perfev: finds the subcommand and hands its arguments over. It knows nothing of what they do. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <perfev.h>

#include "apart.h"
#include "commands.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "doctor", command_doctor, "what works on this machine, what not, and why" },
	{ "dump", command_dump, "print the records of a recording" },
	{ "list", command_list, "list the events that this machine has" },
	{ "record", command_record, "sample a program into a file" },
	{ "report", command_apart, "show where the samples of a recording are" },
	{ "stat", command_stat, "count what a program costs" },
	{ "top", command_apart, "show where time goes now" },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: perfev COMMAND [OPTIONS] ...\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].what);
	fprintf(to,
		"\n'perfev COMMAND --help' explains one; 'perfev --version' prints the version.\n");
	return status;
}

/*
 * A standard file that the caller closed is filled, so that no other file takes its number and is
 * written to as standard error. Programs that perfev executes find it closed all the same.
 */
static void fill_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDWR | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	fill_standard_files();
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
		return usage(stdout, 0);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		printf("perfev %s (kernel interface of Linux %s)\n", PERFEV_VERSION,
		       PERFEV_ABI_RELEASE);
		return 0;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (!*word)
		return usage(stderr, EXIT_PERFEV);
	fprintf(stderr, "perfev: there is no command '%s'; 'perfev --help' lists them.\n", word);
	return EXIT_PERFEV;
}
