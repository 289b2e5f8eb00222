/* SPDX-License-Identifier: MIT */
/*
 * The names that a pattern without a match may have meant. Only here, where all is lost already,
 * everything is walked once more, and word is compared with word.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../distance.h"
#include "list.h"

#define SUGGESTIONS 3
#define WORD DISTANCE_MOST

struct suggestions {
	const char *pattern;
	size_t count;
	struct {
		char *name;
		unsigned int distance;
	} best[SUGGESTIONS];
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Finds the next word of letters and digits. Returns its length, 0 when there is none. */
static size_t next_word(const char **at)
{
	size_t length = 0;

	while (**at && !isalnum((unsigned char)**at))
		(*at)++;
	while (isalnum((unsigned char)(*at)[length]))
		length++;
	return length;
}

/* The distance of a word to the nearest one of a name; far more than any word has letters: none. */
static unsigned int word_distance(const char *word, size_t length, const char *name)
{
	unsigned int distance = 100 * WORD;
	size_t other;

	for (const char *at = name; (other = next_word(&at)); at += other) {
		/* What differs in length alone by more than a third is another word. */
		if (other <= WORD && other <= length + length / 3 && length <= other + length / 3)
			distance = least(distance, distance_of(word, length, at, other));
	}
	return distance <= (length + 1) / 3 ? distance : 100 * WORD;
}

/* The sum over the words of a pattern; each has to have one that is near. */
static unsigned int pattern_distance(const char *pattern, const char *name)
{
	unsigned int sum = 0;
	size_t length, words = 0;

	for (const char *at = pattern; (length = next_word(&at)); at += length, words++)
		sum += length <= WORD ? word_distance(at, length, name) : 100 * WORD;
	return words ? sum : 100 * WORD;
}

static int offer(void *context, const struct list_item *item)
{
	struct suggestions *all = context;
	unsigned int distance = pattern_distance(all->pattern, item->name);
	size_t at = all->count;
	char *copy;

	if (distance >= 100 * WORD)
		return 0;
	/* Of equally near names the shorter one is nearer to what was written. */
	distance = 1000 * distance + (unsigned int)strlen(item->name);
	while (at && distance < all->best[at - 1].distance)
		at--;
	if (at == SUGGESTIONS)
		return 0;
	copy = strdup(item->name);
	if (!copy)
		return -ENOMEM;
	if (all->count == SUGGESTIONS)
		free(all->best[--all->count].name);
	memmove(&all->best[at + 1], &all->best[at], (all->count - at) * sizeof(all->best[0]));
	all->best[at].name = copy;
	all->best[at].distance = distance;
	all->count++;
	return 0;
}

int list_suggest(struct list *list, const char *pattern)
{
	char *everything[] = { NULL };
	struct list all = { .kinds = list->kinds, .patterns = everything };
	struct suggestions suggestions = { .pattern = pattern };
	int result = list_walk(&all, LIST_KIND_ALL, offer, &suggestions);

	fprintf(stderr, "perfev list: nothing matches '%s'", pattern);
	for (size_t i = 0; i < suggestions.count; i++) {
		fprintf(stderr, "%s'%s'",
			!i                        ? ": did you mean " :
			i + 1 < suggestions.count ? ", " :
						    " or ",
			suggestions.best[i].name);
		free(suggestions.best[i].name);
	}
	fputs(suggestions.count ? "?\n" : "\n", stderr);
	return result;
}
