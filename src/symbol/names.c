/* SPDX-License-Identifier: MIT */
/*
 * Texts kept once. A path is mapped by thousands of processes and a command run by hundreds: after
 * the first time that costs no memory, and two are the same when their places are.
 */
#include "mapped.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A polynomial in the table's secret factor: who makes a recording cannot have texts collide. */
static __u32 hash_of(const struct table *table, const char *text, size_t length)
{
	__u64 hash = length;
	__u32 word;

	for (; length >= sizeof(word); length -= sizeof(word), text += sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash + word) * table->factor;
	}
	word = 0;
	memcpy(&word, text, length);
	hash = (hash + word) * table->factor;
	return (__u32)(hash >> 32);
}

struct name *perfev_name_get(struct registry *registry, const char *text, size_t length)
{
	const __u32 hash = hash_of(&registry->names, text, length);
	struct name *first = perfev_table_find(&registry->names, hash), *name;

	for (name = first; name; name = name->next)
		if (name->length == length && !memcmp(name->text, text, length))
			return name;
	name = perfev_arena_take(&registry->arena, sizeof(*name) + length + 1);
	if (!name)
		return NULL;
	name->hash = hash;
	name->length = (__u32)length;
	memcpy(name->text, text, length);
	if (first) {
		name->next = first->next;
		first->next = name;
	} else if (perfev_table_add(&registry->names, name) < 0) {
		return NULL;
	}
	return name;
}

const char *perfev_keep(struct perfev_symbols *symbols, const char *text, size_t length)
{
	char *copy = perfev_arena_take(&symbols->registry->arena, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

const char *perfev_lasting(struct perfev_symbols *symbols, const char *format, ...)
{
	const struct name *name;
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	name = perfev_name_get(symbols->registry, text, strlen(text));
	return name ? name->text : NULL;
}
