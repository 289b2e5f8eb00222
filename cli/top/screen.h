/* SPDX-License-Identifier: MIT */
/*
 * The screen of perfev top, by ncurses: text in places, and keys. The terminal is as it was before
 * whenever perfev ends or stops, by whatever signal.
 */
#ifndef PERFEV_CLI_TOP_SCREEN_H
#define PERFEV_CLI_TOP_SCREEN_H

#include <stddef.h>

/* How text looks. */
enum screen_style {
	SCREEN_PLAIN,
	SCREEN_BOLD,
	SCREEN_FAINT,
	SCREEN_HOT,
	SCREEN_WARM,
	SCREEN_MILD,
	SCREEN_KERNEL,
	SCREEN_USER,
	SCREEN_SOURCE,
	SCREEN_WARNING,
	SCREEN_TITLE,
	SCREEN_STYLES
};

/* Besides: the row that is chosen. */
#define SCREEN_CHOSEN 64

/* Keys besides characters, which are their code points. */
enum screen_key {
	SCREEN_NO_KEY = 0,
	SCREEN_UP = 0x110000,
	SCREEN_DOWN,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_ENTER,
	SCREEN_ESCAPE,
	SCREEN_TAB,
	SCREEN_BACK_TAB,
	SCREEN_BACKSPACE,
	SCREEN_RESIZED,
	SCREEN_STRANGE, /* some other key */
};

/* Whether there is a terminal that it can be on. Returns 0, or a negative errno, and why. */
int screen_check(char *reason, size_t size);

/* Takes the terminal. Likewise. */
int screen_open(char *reason, size_t size);
void screen_close(void);

/* Gives it back for a while, as Ctrl-Z wants, and takes it again. */
void screen_leave(void);
void screen_return(void);

void screen_size(int *lines, int *columns);

/* Whether blocks and lines can be drawn, or letters alone. */
int screen_has_blocks(void);

/* A picture: all is empty, then text is put, then all of it is shown. */
void screen_begin(void);
void screen_end(void);

/*
 * Puts a text, at most so many columns of it. What is off the screen is left out. Returns the
 * column behind it.
 */
int screen_put(int line, int column, int columns, int style, const char *text);

/* The next key that was pressed, or SCREEN_NO_KEY: it does not wait. */
int screen_key(void);

/* Shows where text is typed, or does not: line below 0. */
void screen_cursor(int line, int column);

#endif
