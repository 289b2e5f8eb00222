/* SPDX-License-Identifier: MIT */
/* The screen of a perfev that was built without ncurses: there is none, which is said. */
#include <errno.h>
#include <stdio.h>

#include "screen.h"

int screen_check(char *reason, size_t size)
{
	snprintf(reason, size, "this perfev was built without ncurses, which draws the screen");
	return -ENOTSUP;
}

int screen_open(char *reason, size_t size)
{
	return screen_check(reason, size);
}

void screen_close(void)
{
}

void screen_leave(void)
{
}

void screen_return(void)
{
}

void screen_size(int *lines, int *columns)
{
	*lines = *columns = 0;
}

int screen_has_blocks(void)
{
	return 0;
}

void screen_begin(void)
{
}

void screen_end(void)
{
}

int screen_put(int line, int column, int columns, int style, const char *text)
{
	(void)line;
	(void)columns;
	(void)style;
	(void)text;
	return column;
}

int screen_key(void)
{
	return SCREEN_NO_KEY;
}

void screen_cursor(int line, int column)
{
	(void)line;
	(void)column;
}
