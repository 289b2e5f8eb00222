/* SPDX-License-Identifier: MIT */
/* Likewise as failing_memory.c, for what else the C library allocates in the caller's name. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failing_memory.h"

int __real_vasprintf(char **out, const char *format, va_list list);
char *__real_strndup(const char *text, size_t length);
void *__real_reallocarray(void *memory, size_t count, size_t size);

int __wrap_vasprintf(char **out, const char *format, va_list list);
int __wrap_asprintf(char **out, const char *format, ...);
char *__wrap_strndup(const char *text, size_t length);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);

static int fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

int __wrap_vasprintf(char **out, const char *format, va_list list)
{
	int result = fails() ? -1 : __real_vasprintf(out, format, list);

	allocations_held += result >= 0;
	return result;
}

int __wrap_asprintf(char **out, const char *format, ...)
{
	va_list list;
	int result;

	va_start(list, format);
	result = __wrap_vasprintf(out, format, list);
	va_end(list);
	return result;
}

char *__wrap_strndup(const char *text, size_t length)
{
	char *copy = fails() ? NULL : __real_strndup(text, length);

	allocations_held += copy != NULL;
	return copy;
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	void *more;

	if (fails())
		return NULL;
	more = __real_reallocarray(memory, count, size);
	allocations_held += more && !memory;
	return more;
}
