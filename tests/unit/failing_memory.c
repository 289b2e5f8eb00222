/* SPDX-License-Identifier: MIT */
/* Memory that runs out; see failing_memory.h. */
#include "failing_memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long allocations_left = -1;
long allocations_held;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *memory);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
void __wrap_free(void *memory);
int __wrap_vasprintf(char **out, const char *format, va_list arguments);
int __wrap_asprintf(char **out, const char *format, ...);
int __wrap___vasprintf_chk(char **out, int flag, const char *format, va_list arguments);
int __wrap___asprintf_chk(char **out, int flag, const char *format, ...);

/* Whether this allocation is the one that fails. */
static int fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

static void *held(void *memory)
{
	allocations_held += memory != NULL;
	return memory;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : held(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : held(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
	if (fails())
		return NULL;
	return memory ? __real_realloc(memory, size) : held(__real_realloc(NULL, size));
}

char *__wrap_strdup(const char *text)
{
	return fails() ? NULL : held(__real_strdup(text));
}

void __wrap_free(void *memory)
{
	allocations_held -= memory != NULL;
	__real_free(memory);
}

char *__wrap_strndup(const char *text, size_t length)
{
	size_t copied = strnlen(text, length);
	char *copy = __wrap_malloc(copied + 1);

	if (copy) {
		memcpy(copy, text, copied);
		copy[copied] = '\0';
	}
	return copy;
}

/* Without a look at whether the product is more than memory: nothing here asks for as much. */
void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return __wrap_realloc(memory, count * size);
}

/* The C library's own would not be counted, and what it gives is free(3)d. */
__attribute__((format(printf, 2, 0))) int __wrap_vasprintf(char **out, const char *format,
							   va_list arguments)
{
	va_list again;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	*out = __wrap_malloc((size_t)length + 1);
	return *out ? vsnprintf(*out, (size_t)length + 1, format, arguments) : -1;
}

__attribute__((format(printf, 2, 3))) int __wrap_asprintf(char **out, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = __wrap_vasprintf(out, format, arguments);
	va_end(arguments);
	return length;
}

/* What they are called where the compiler checks formats at run time. */
__attribute__((format(printf, 3, 0))) int __wrap___vasprintf_chk(
	char **out, int flag, const char *format, va_list arguments)
{
	(void)flag;
	return __wrap_vasprintf(out, format, arguments);
}

__attribute__((format(printf, 3, 4))) int __wrap___asprintf_chk(char **out, int flag,
								const char *format, ...)
{
	va_list arguments;
	int length;

	(void)flag;
	va_start(arguments, format);
	length = __wrap_vasprintf(out, format, arguments);
	va_end(arguments);
	return length;
}
