/* SPDX-License-Identifier: MIT */
/* Texts by number; see texts.h. A table by open addressing, at most half full. */
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"

static __u32 hash(const char *text)
{
	__u64 value = 0;

	for (; *text; text++)
		value = profile_hash(value, (unsigned char)*text);
	return (__u32)value;
}

/* Where a text is in the table, or would be. */
static __u32 *slot_of(const struct profile_texts *texts, const char *text)
{
	for (__u32 at = hash(text);; at++) {
		__u32 *slot = &texts->slots[at & texts->mask];

		if (!*slot || strcmp(texts->list[*slot - 1], text) == 0)
			return slot;
	}
}

static int grow(struct profile_texts *texts)
{
	const __u32 room = texts->room ? 2 * texts->room : 64;
	const char **list;
	__u32 *slots;

	if (room <= texts->room)
		return -ENOMEM;
	list = realloc(texts->list, room * sizeof(*list));
	if (!list)
		return -ENOMEM;
	texts->list = list;
	slots = calloc(2 * (size_t)room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(texts->slots);
	texts->slots = slots;
	texts->mask = 2 * room - 1;
	texts->room = room;
	for (__u32 i = 0; i < texts->count; i++)
		*slot_of(texts, list[i]) = i + 1;
	return 0;
}

int profile_texts_number(struct profile_texts *texts, const char *text, __u32 *number)
{
	__u32 *slot;

	if (texts->count == texts->room && grow(texts) < 0)
		return -ENOMEM;
	slot = slot_of(texts, text);
	if (!*slot) {
		texts->list[texts->count++] = text;
		*slot = texts->count;
	}
	*number = *slot - 1;
	return 0;
}

void profile_texts_forget(struct profile_texts *texts)
{
	/* What came last is in nobody's way, so its slot can be emptied. */
	*slot_of(texts, texts->list[texts->count - 1]) = 0;
	texts->count--;
}

void profile_texts_free(struct profile_texts *texts)
{
	free(texts->list);
	free(texts->slots);
	memset(texts, 0, sizeof(*texts));
}
