/* SPDX-License-Identifier: MIT */
/*
 * Which items the patterns choose: a pattern with '*', '?' or '[' is that of a whole name; a word
 * is looked for in names, at the beginning of words in descriptions, and is a kind's name.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "list.h"

int list_is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

int list_matches_name(char **patterns, const char *name)
{
	for (; *patterns; patterns++)
		if (list_is_glob(*patterns) ? fnmatch(*patterns, name, FNM_CASEFOLD) == 0 :
					      strcasestr(name, *patterns) != NULL)
			return 1;
	return 0;
}

/* Whether a word of the text begins with what is wanted. */
static int has_word(const char *text, const char *wanted)
{
	const char *at = text;

	while ((at = strcasestr(at, wanted))) {
		if (at == text || !isalnum((unsigned char)at[-1]))
			return 1;
		at++;
	}
	return 0;
}

static int matches_text(char **patterns, const struct list_item *item)
{
	for (; *patterns; patterns++)
		if (!list_is_glob(*patterns) &&
		    (has_word(item->description, *patterns) || has_word(item->owner, *patterns) ||
		     strcasecmp(list_kind_name(item->kind), *patterns) == 0))
			return 1;
	return 0;
}

enum list_chosen list_chooses(const struct list *list, const struct list_item *item)
{
	char **patterns = list->patterns;

	if (!*patterns)
		return LIST_UNASKED;
	if (list_matches_name(patterns, item->name) ||
	    (item->alias[0] && list_matches_name(patterns, item->alias)))
		return LIST_BY_NAME;
	return matches_text(patterns, item) ? LIST_BY_TEXT : LIST_NOT;
}
