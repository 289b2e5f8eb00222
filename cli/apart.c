/* SPDX-License-Identifier: MIT */
/*
 * Subcommands in a program of their own. It lies beside this one where both were built, and in
 * libexec where both are installed.
 */
#include "apart.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

#define PROGRAM "perfev-report"

/* Executes it, in a folder beside that of this program. Returns only when that failed. */
static int execute(const char *self, const char *folder, char **argv)
{
	const char *slash = strrchr(self, '/');
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%.*s/%s" PROGRAM, (int)(slash - self), self, folder);
	execv(path, argv);
	return -errno;
}

int command_apart(int argc, char **argv)
{
	char self[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int result = -ENOENT;

	(void)argc;
	if (length > 0) {
		self[length] = '\0';
		result = execute(self, "", argv);
		if (result == -ENOENT)
			result = execute(self, "../" PERFEV_LIBEXEC "/", argv);
	}
	if (result == -ENOENT)
		fprintf(stderr,
			"perfev %s: this perfev was built without it: it needs elfutils "
			"(libdw-dev).\n",
			argv[0]);
	else
		fprintf(stderr, "perfev %s: cannot execute " PROGRAM ": %s.\n", argv[0],
			strerror(-result));
	return EXIT_PERFEV;
}
