/* SPDX-License-Identifier: MIT */
/* The events of a recording, and what of it could not be read, in words. */
#include "recorded.h"

#include <stdio.h>
#include <stdlib.h>

#include "choices.h"

const char *recorded_name(const struct perfev_file_event *event, char *text, size_t size)
{
	if (event->name[0])
		return event->name;
	snprintf(text, size, "type=%u,config=%#llx", event->attr.type,
		 (unsigned long long)event->attr.config);
	return text;
}

int recorded_is(char *word, const struct perfev_file_event *event, unsigned int number)
{
	char *const list[] = { word, NULL };
	char text[64], *end;
	unsigned long wanted = strtoul(word, &end, 10);

	return choices_have_name(list, recorded_name(event, text, sizeof(text))) ||
	       (!*end && end != word && wanted == number);
}

void recorded_tell_strange(const char *command, const char *path, const struct perfev_file *file,
			   const char *strange)
{
	char text[64];

	fprintf(stderr, "perfev %s: '%s' has no event '%s'", command, path, strange);
	for (unsigned int i = 0; i < perfev_file_event_count(file) && i < 16; i++)
		fprintf(stderr, "%s%s (%u)", i ? ", " : ": it has ",
			recorded_name(perfev_file_event(file, i), text, sizeof(text)), i);
	fputs(perfev_file_event_count(file) > 16 ? " and others.\n" : ".\n", stderr);
}

int recorded_tell_damages(const char *command, const char *path, const struct perfev_file *file)
{
	struct perfev_file_summary summary;
	struct perfev_file_damage damage;

	perfev_file_summary(file, &summary);
	for (unsigned int i = 0; perfev_file_damage(file, i, &damage); i++)
		fprintf(stderr, "perfev %s: '%s', at %#llx: %s.\n", command, path,
			(unsigned long long)damage.offset, damage.text);
	if (summary.unread_bytes)
		fprintf(stderr, "perfev %s: '%s': %llu bytes of it could not be read.\n", command,
			path, (unsigned long long)summary.unread_bytes);
	return summary.damages != 0;
}
