/* SPDX-License-Identifier: MIT */
/* Honest skips: a skip says what is missing, and fails where that was required. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether word stands in the list of PERFEV_REQUIRE. */
static int is_required(const char *word)
{
	const char *list = getenv("PERFEV_REQUIRE");
	size_t length = strlen(word);

	while (list && *list) {
		size_t here = strcspn(list, ",");

		if (here == length && strncmp(list, word, length) == 0)
			return 1;
		list += here + (list[here] == ',');
	}
	return 0;
}

void skip_without(const char *feature, const char *why, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, why);
	vsnprintf(text, sizeof(text), why, arguments);
	va_end(arguments);
	if (is_required(feature))
		fail_msg("%s is required here, but: %s", feature, text);
	print_message("# skip: no %s: %s\n", feature, text);
	skip();
	abort(); /* skip() does not return */
}
