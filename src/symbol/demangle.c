/* SPDX-License-Identifier: MIT */
/*
 * What people read of a linker's name, by libiberty: C++, and Rust's two ways; without parameters,
 * as linux-perf has it. A name may be anybody's: a short one can stand for one longer than memory,
 * so libiberty is left as soon as it has written more than is of use to anyone.
 */
#define _GNU_SOURCE /* strchrnul() */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_DEMANGLER
#include <libiberty/demangle.h>
#endif

#include "symbols.h"

#ifdef HAVE_DEMANGLER

#define MOST_BYTES 16384 /* of a name; those over 1024 are not C++'s to libiberty either */
#define MOST_SHOWN 65536

struct text {
	jmp_buf too_long;
	char *bytes;
	size_t length, room;
};

/* Takes the next piece. libiberty has nothing allocated when it calls this, but for Punycode. */
static void append(const char *piece, size_t length, void *opaque)
{
	struct text *text = opaque;

	if (!length)
		return;
	if (length >= text->room - text->length) {
		size_t room = 2 * (text->length + length + 64);
		char *more = room <= MOST_SHOWN ? realloc(text->bytes, room) : NULL;

		if (!more)
			longjmp(text->too_long, 1);
		text->bytes = more;
		text->room = room;
	}
	memcpy(text->bytes + text->length, piece, length);
	text->length += length;
}

/* Returns 1, or 0: it is no such name, or stands for too long a one. */
static int demangle_to(struct text *text, const char *name, const char *suffix)
{
	if (setjmp(text->too_long))
		return 0;
	if (!rust_demangle_callback(name, DMGL_NO_OPTS, append, text)) {
		text->length = 0;
		if (strncmp(name, "_Z", 2) != 0 ||
		    !cplus_demangle_v3_callback(name, DMGL_NO_OPTS, append, text))
			return 0;
	}
	append(suffix, strlen(suffix) + 1, text);
	return 1;
}

char *perfev_demangle(const char *name)
{
	/* What stands behind is the version of a dynamic symbol, or "@plt". */
	const char *suffix = strchrnul(name, '@');
	size_t length = (size_t)(suffix - name);
	struct text *text;
	char *mangled, *result = NULL;

	if (name[0] != '_' || length > MOST_BYTES)
		return NULL;
	mangled = strndup(name, length);
	text = calloc(1, sizeof(*text));
	if (mangled && text && demangle_to(text, mangled, suffix)) {
		result = text->bytes;
		text->bytes = NULL;
	}
	if (text)
		free(text->bytes);
	free(text);
	free(mangled);
	return result;
}

#else

char *perfev_demangle(const char *name)
{
	(void)name;
	return NULL;
}

#endif
