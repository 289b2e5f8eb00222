/* SPDX-License-Identifier: MIT */
/* Memory that runs out; see failing_memory.h. */
#include "failing_memory.h"

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
void __wrap_free(void *memory);

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
