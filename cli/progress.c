/* SPDX-License-Identifier: MIT */
/* How far a long run is, on standard error where that is a terminal. */
#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* Back to the start of the line, and what stands there taken away. */
#define ANEW "\r\033[K"

static int is_shown;

void progress_show(const char *format, ...)
{
	va_list arguments;

	if (!isatty(STDERR_FILENO))
		return;
	is_shown = 1;
	va_start(arguments, format);
	fputs(ANEW, stderr);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
}

int progress_is_apart(void)
{
	struct termios settings;

	/* Neither a prompt without echo nor a screen that takes each key is written over. */
	return !isatty(STDOUT_FILENO) && tcgetattr(STDERR_FILENO, &settings) == 0 &&
	       (settings.c_lflag & ECHO) && (settings.c_lflag & ICANON) &&
	       tcgetpgrp(STDERR_FILENO) == getpgrp();
}

void progress_clear(void)
{
	if (!is_shown)
		return;
	is_shown = 0;
	fputs(ANEW, stderr);
	fflush(stderr);
}
