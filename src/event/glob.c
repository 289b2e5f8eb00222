/* SPDX-License-Identifier: MIT */
/*
 * Patterns of names. Only the last '*' is ever gone back to: where the part behind it fits nowhere,
 * an earlier '*' that takes more would not help. So there is no recursion and no blow-up.
 */
#include "glob.h"

#include <string.h>

int perfev_glob_is(const char *pattern, size_t length)
{
	return memchr(pattern, '*', length) || memchr(pattern, '?', length) ||
	       memchr(pattern, '[', length);
}

/*
 * Whether c is in the set whose '[' is at the beginning of the pattern. *used is the length of the
 * set; a '[' that nothing closes stands for itself.
 */
static int in_set(const char *pattern, size_t length, char c, size_t *used)
{
	int inverted = length > 1 && pattern[1] == '!';
	size_t first = inverted ? 2 : 1, i = first;
	int found = 0;

	*used = 1;
	while (i < length && (pattern[i] != ']' || i == first)) {
		char low = pattern[i], high = low;

		if (i + 2 < length && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
			high = pattern[i + 2];
			i += 2;
		}
		found |= low <= c && c <= high;
		i++;
	}
	if (i >= length)
		return c == '[';
	*used = i + 1;
	return found != inverted;
}

int perfev_glob_match(const char *pattern, size_t length, const char *name)
{
	size_t at = 0, star = length; /* behind the last star, once there was one */
	const char *again = NULL;     /* where what is behind it was last tried */

	while (*name || at < length) {
		size_t used = 1;

		if (at < length && pattern[at] == '*') {
			star = ++at;
			again = name;
			continue;
		}
		if (*name && at < length &&
		    (pattern[at] == '?' ||
		     (pattern[at] == '[' ? in_set(pattern + at, length - at, *name, &used) :
					   pattern[at] == *name))) {
			at += used;
			name++;
			continue;
		}
		if (!again || !*again)
			return 0;
		at = star;
		name = ++again;
	}
	return 1;
}
