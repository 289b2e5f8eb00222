/* SPDX-License-Identifier: MIT */
/* What the readers share: telling failures, and keeping what events point to. */
#include "parser.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "../explain/why.h"

int perfev_parse_fail(struct parser *parser, const char *at, enum perfev_cause cause, int error,
		      const char *format, ...)
{
	struct perfev_why *why = parser->why;
	char reason[sizeof(why->reason)];
	va_list arguments;

	perfev_why_begin(why, cause, error, "", 0);
	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	perfev_why_reason(why, "%s", reason);
	if (why && at)
		why->position = at - parser->text;
	return -error;
}

int perfev_parse_fail_file(struct parser *parser, const char *at, int error, const char *file)
{
	enum perfev_cause cause = PERFEV_CAUSE_MACHINE;

	if (error == -ENOMEM)
		return perfev_why_no_memory(parser->why, "events");
	if (error == -EBADMSG || error == -EFBIG)
		return perfev_parse_fail(parser, at, PERFEV_CAUSE_MACHINE, EINVAL,
					 "what the kernel says in %s is nothing that perfev knows",
					 file);
	if (error == -EMFILE || error == -ENFILE)
		cause = PERFEV_CAUSE_FILES;
	else if (error == -EACCES || error == -EPERM)
		cause = PERFEV_CAUSE_CAPABILITY;
	return perfev_parse_fail(parser, at, cause, -error, "%s could not be read: %s", file,
				 strerror(-error));
}

int perfev_parse_keep(struct parser *parser, struct slice slice, const char **out)
{
	*out = perfev_events_keep(parser->events, slice.at, slice.length);
	return *out ? 0 : perfev_why_no_memory(parser->why, "events");
}

int perfev_parse_add(struct parser *parser, const char *at, const char *pmu,
		     struct perfev_event **out)
{
	struct slice name = { pmu, strlen(pmu) };
	int result = perfev_events_add(parser->events, out);

	if (result == -E2BIG)
		return perfev_parse_fail(parser, at, PERFEV_CAUSE_ARGUMENT, E2BIG,
					 "this would be more than 65,536 events");
	if (result < 0)
		return perfev_why_no_memory(parser->why, "events");
	return perfev_parse_keep(parser, name, &(*out)->pmu);
}

int perfev_parse_cpus(struct parser *parser, const char *at, const char *list, const int **cpus,
		      unsigned int *count)
{
	int length = perfev_cpus_read(list, NULL, 0);
	int *room;

	if (length < 0)
		return perfev_parse_fail_file(parser, at, -EBADMSG, "a list of CPUs");
	*count = (unsigned int)length;
	*cpus = NULL;
	if (!length)
		return 0;
	room = perfev_events_room(parser->events, (size_t)length * sizeof(*room));
	if (!room)
		return perfev_why_no_memory(parser->why, "events");
	perfev_cpus_read(list, room, *count);
	*cpus = room;
	return 0;
}

int perfev_parse_cores(struct parser *parser)
{
	int result = perfev_cores_find(&parser->cores, &parser->machine);

	return result < 0 ? perfev_parse_fail_file(parser, NULL, result, "the list of PMUs") : 0;
}
