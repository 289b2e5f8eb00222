/* SPDX-License-Identifier: MIT */
/*
 * perfev-report: the subcommands that need symbols, in a program of their own, so that perfev
 * itself starts without the libraries that they take. perfev executes it, under the subcommand's
 * name.
 */
#include <stdio.h>
#include <string.h>

#include "../commands.h"
#include "programs.h"

static const struct program {
	const char *name;
	int (*run)(int argc, char **argv);
} programs[] = {
	{ "report", program_report },
	{ "top", program_top },
};

int main(int argc, char **argv)
{
	const char *name = argc ? argv[0] : "";
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strcmp(name, programs[i].name) == 0)
			return programs[i].run(argc, argv);
	fputs("perfev-report: it is a part of perfev: 'perfev report' runs it.\n", stderr);
	return EXIT_PERFEV;
}
