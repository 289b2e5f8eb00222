/* SPDX-License-Identifier: MIT */
/*
 * The screen of perfev top; see screen.h. ncurses puts the terminal back when it is asked to; for
 * signals that end the process at once, what has to be written is made before.
 */
#include "screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* A key that begins with ESC comes at once: no one types behind it within this. */
#define ESCAPE_MS 25

static SCREEN *terminal;
static int is_left; /* given back for a while */

/* For a crash: what the terminal was like, and what makes it so again. */
static struct {
	volatile sig_atomic_t is_armed;
	struct termios before;
	char bytes[256];
	size_t length;
} rescue;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };

static void crash(int number)
{
	if (rescue.is_armed) {
		ssize_t written = write(STDOUT_FILENO, rescue.bytes, rescue.length);

		(void)written;
		tcsetattr(STDOUT_FILENO, TCSANOW, &rescue.before);
	}
	/* The handler is gone by now, so it ends the process. */
	raise(number);
}

static int add_byte(int byte)
{
	if (rescue.length < sizeof(rescue.bytes))
		rescue.bytes[rescue.length++] = (char)byte;
	return byte;
}

/* Makes what undoes all that ncurses may have done. */
static void arm_rescue(void)
{
	/* The cursor, the keypad, colours, and the screen that was before. */
	static const char *const names[] = { "cnorm", "rmkx", "sgr0", "op", "rmcup" };
	static char stack[1 << 16] __attribute__((aligned(16)));
	const stack_t alternative = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = crash,
				    .sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK };

	rescue.length = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *sequence = tigetstr(names[i]);

		if (sequence && sequence != (const char *)-1)
			tputs(sequence, 1, add_byte);
	}
	/* A stack that is full has no room for a handler. */
	sigaltstack(&alternative, NULL);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
	rescue.is_armed = 1;
}

static void disarm_rescue(void)
{
	rescue.is_armed = 0;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
}

static void open_colours(void)
{
	/* Colour pairs by style; -1 is what the terminal has. */
	static const short colours[SCREEN_STYLES] = {
		[SCREEN_PLAIN] = -1,
		[SCREEN_BOLD] = -1,
		[SCREEN_FAINT] = -1,
		[SCREEN_HOT] = COLOR_RED,
		[SCREEN_WARM] = COLOR_YELLOW,
		[SCREEN_MILD] = COLOR_GREEN,
		[SCREEN_KERNEL] = COLOR_MAGENTA,
		[SCREEN_USER] = COLOR_GREEN,
		[SCREEN_SOURCE] = COLOR_CYAN,
		[SCREEN_WARNING] = COLOR_RED,
		[SCREEN_TITLE] = -1,
	};
	const char *none = getenv("NO_COLOR");

	if ((none && *none) || !has_colors() || start_color() == ERR)
		return;
	use_default_colors();
	for (short i = 0; i < SCREEN_STYLES; i++)
		init_pair((short)(i + 1), colours[i], -1);
}

static attr_t attributes_of(int style)
{
	static const attr_t attributes[SCREEN_STYLES] = {
		[SCREEN_BOLD] = A_BOLD,    [SCREEN_FAINT] = A_DIM,     [SCREEN_HOT] = A_BOLD,
		[SCREEN_WARNING] = A_BOLD, [SCREEN_TITLE] = A_REVERSE,
	};
	const int look = style & ~SCREEN_CHOSEN;

	/* Reversed colours would be as many backgrounds as there are columns. */
	if (style & SCREEN_CHOSEN)
		return A_REVERSE | A_BOLD;
	return attributes[look] | COLOR_PAIR(look + 1);
}

int screen_check(char *reason, size_t size)
{
	const char *name = getenv("TERM");
	int error, has_screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(reason, size, "standard %s is no terminal",
			 isatty(STDOUT_FILENO) ? "input" : "output");
		return -ENOTTY;
	}
	/* initscr() would end the process. */
	if (!name || !*name || setupterm(name, STDOUT_FILENO, &error) == ERR) {
		snprintf(reason, size, "TERM is '%s', which is no terminal that is known here",
			 name ? name : "");
		return -ENOTTY;
	}
	has_screen = cursor_address && clear_screen;
	del_curterm(cur_term);
	if (has_screen)
		return 0;
	snprintf(reason, size, "the terminal '%s' has no screen that could be drawn on", name);
	return -ENOTTY;
}

int screen_open(char *reason, size_t size)
{
	const int result = screen_check(reason, size);

	if (result < 0)
		return result;
	if (tcgetattr(STDOUT_FILENO, &rescue.before) < 0) {
		snprintf(reason, size, "the terminal: %s", strerror(errno));
		return -EIO;
	}
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal) {
		snprintf(reason, size, "ncurses cannot use the terminal '%s'", getenv("TERM"));
		return -ENOTTY;
	}
	set_term(terminal);
	/* Ctrl-C and Ctrl-Z stay signals. */
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	open_colours();
	arm_rescue();
	return 0;
}

void screen_close(void)
{
	if (!terminal)
		return;
	disarm_rescue();
	if (!is_left)
		endwin();
	delscreen(terminal);
	terminal = NULL;
}

void screen_leave(void)
{
	endwin();
	rescue.is_armed = 0;
	is_left = 1;
}

void screen_return(void)
{
	is_left = 0;
	rescue.is_armed = 1;
	/* Whoever had the terminal meanwhile may have left anything there. */
	clearok(curscr, TRUE);
	refresh();
	curs_set(0);
}

void screen_size(int *height, int *width)
{
	getmaxyx(stdscr, *height, *width);
}

int screen_has_blocks(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

void screen_begin(void)
{
	erase();
}

void screen_end(void)
{
	refresh();
}

/* Steps to the next character. Returns the columns that it takes; what is none becomes '?'. */
static int next_character(const char **text, wchar_t *character, mbstate_t *state)
{
	const size_t length = mbrtowc(character, *text, strlen(*text), state);
	int width;

	if (length == (size_t)-1 || length == (size_t)-2) {
		memset(state, 0, sizeof(*state));
		*character = L'?';
		/* The other bytes of this one are left out, too. */
		for ((*text)++; ((unsigned char)**text & 0xc0) == 0x80; (*text)++)
			;
		return 1;
	}
	*text += length;
	width = wcwidth(*character);
	if (width < 0)
		*character = L'?';
	return width < 0 ? 1 : width;
}

int screen_put(int line, int column, int room, int style, const char *text)
{
	int height, most, end;
	mbstate_t state = { 0 };

	getmaxyx(stdscr, height, most);
	end = room < most - column ? column + room : most;
	if (line < 0 || line >= height || column < 0 || column >= end)
		return column;
	attrset(attributes_of(style));
	move(line, column);
	while (*text) {
		wchar_t character[2] = { 0 };
		const int width = next_character(&text, character, &state);

		if (column + width > end)
			break;
		addnwstr(character, 1);
		column += width;
	}
	attrset(A_NORMAL);
	return column;
}

void screen_cursor(int line, int column)
{
	curs_set(line >= 0);
	if (line >= 0)
		move(line, column);
}

static int special_key(wint_t code)
{
	switch (code) {
	case KEY_UP:
		return SCREEN_UP;
	case KEY_DOWN:
		return SCREEN_DOWN;
	case KEY_LEFT:
		return SCREEN_LEFT;
	case KEY_RIGHT:
		return SCREEN_RIGHT;
	case KEY_PPAGE:
		return SCREEN_PAGE_UP;
	case KEY_NPAGE:
		return SCREEN_PAGE_DOWN;
	case KEY_HOME:
		return SCREEN_HOME;
	case KEY_END:
		return SCREEN_END;
	case KEY_ENTER:
		return SCREEN_ENTER;
	case KEY_BTAB:
		return SCREEN_BACK_TAB;
	case KEY_BACKSPACE:
	case KEY_DC:
		return SCREEN_BACKSPACE;
	case KEY_RESIZE:
		return SCREEN_RESIZED;
	default:
		return SCREEN_STRANGE;
	}
}

int screen_key(void)
{
	wint_t code;
	const int kind = get_wch(&code);

	if (kind == ERR)
		return SCREEN_NO_KEY;
	if (kind == KEY_CODE_YES)
		return special_key(code);
	switch (code) {
	case '\r':
	case '\n':
		return SCREEN_ENTER;
	case '\t':
		return SCREEN_TAB;
	case 27:
		return SCREEN_ESCAPE;
	case 8:
	case 127:
		return SCREEN_BACKSPACE;
	default:
		return code < ' ' ? SCREEN_STRANGE : (int)code;
	}
}
