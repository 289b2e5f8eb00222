/* SPDX-License-Identifier: MIT */
/* How far a long run is, on standard error where that is a terminal. */
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Back to the start of the line, and what stands there taken away. */
#define ANEW "\r\033[K"

void progress_show(const char *format, ...)
{
	va_list arguments;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(arguments, format);
	fputs(ANEW, stderr);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
}

void progress_clear(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	fputs(ANEW, stderr);
	fflush(stderr);
}
