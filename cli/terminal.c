/* SPDX-License-Identifier: MIT */
/* Terminals. Nothing is written to them here, and what is no terminal looks always the same. */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEAST_COLUMNS 20
#define USUAL_COLUMNS 80
#define MOST_COLUMNS 10000

int terminal_columns(FILE *to)
{
	const char *variable = getenv("COLUMNS");
	struct winsize size = { .ws_col = 0 };
	long columns = variable ? strtol(variable, NULL, 10) : 0;

	if (columns <= 0 && ioctl(fileno(to), TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	if (columns <= 0)
		return USUAL_COLUMNS;
	if (columns < LEAST_COLUMNS)
		return LEAST_COLUMNS;
	return columns > MOST_COLUMNS ? MOST_COLUMNS : (int)columns;
}

int terminal_lines(FILE *to)
{
	struct winsize size = { .ws_row = 0 };

	return isatty(fileno(to)) && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

int terminal_has_colours(FILE *to)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(to)) && !(none && *none) && term && *term && strcmp(term, "dumb") != 0;
}
