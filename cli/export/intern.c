/* SPDX-License-Identifier: MIT */
/* Texts by number; see intern.h. A slot in two is used at most. */
#include "intern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static __u32 hash(const char *text)
{
	__u32 hash = 2166136261U; /* FNV-1a's */

	while (*text)
		hash = (hash ^ (unsigned char)*text++) * 16777619U;
	return hash;
}

/* The slot that holds a text, or an empty one. */
static __u32 *find(const struct intern *intern, const char *text)
{
	const __u32 mask = 2 * intern->room - 1;

	for (__u32 at = hash(text);; at++) {
		__u32 *slot = &intern->slots[at & mask];

		if (!*slot || strcmp(intern->texts[*slot - 1], text) == 0)
			return slot;
	}
}

static int grow(struct intern *intern)
{
	const __u32 room = intern->room ? 2 * intern->room : 256;
	__u32 *slots = room < 1U << 31 ? calloc(2 * (size_t)room, sizeof(*slots)) : NULL;
	char **texts = slots ? realloc(intern->texts, room * sizeof(*texts)) : NULL;

	if (!texts) {
		free(slots);
		return -ENOMEM;
	}
	free(intern->slots);
	intern->slots = slots;
	intern->texts = texts;
	intern->room = room;
	for (__u32 i = 0; i < intern->count; i++)
		*find(intern, texts[i]) = i + 1;
	return 0;
}

int intern_add(struct intern *intern, const char *text, __u32 *number)
{
	__u32 *slot;
	char *copy;

	if (intern->count == intern->room && grow(intern) < 0)
		return -ENOMEM;
	slot = find(intern, text);
	if (!*slot) {
		copy = strdup(text);
		if (!copy)
			return -ENOMEM;
		intern->texts[intern->count] = copy;
		*slot = ++intern->count;
	}
	*number = *slot - 1;
	return 0;
}

void intern_free(struct intern *intern)
{
	for (__u32 i = 0; i < intern->count; i++)
		free(intern->texts[i]);
	free(intern->texts);
	free(intern->slots);
	memset(intern, 0, sizeof(*intern));
}
