/* SPDX-License-Identifier: MIT */
/*
 * Tracepoints, "system:name", and patterns of them. What must stay true: one name is one file; of a
 * pattern, only the folders are listed that it may match in.
 */
#include "parser.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "listing.h"
#include "tracepoint.h"
#include "../explain/why.h"

/*
 * Whether an error means that there is no such tracepoint to be seen. Who may not look is told so
 * when no one else knows the name: a vendor's event may be written the same way.
 */
static int is_none(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -EACCES || error == -EPERM;
}

/* Likewise, and notes that there may be one nevertheless. */
static int is_none_seen(struct parser *parser, int error)
{
	parser->hidden |= error == -EACCES || error == -EPERM;
	return is_none(error);
}

static int add(struct parser *parser, const char *at, __u64 id, struct perfev_event **event)
{
	int result = perfev_parse_add(parser, at, "tracepoint", event);

	if (result < 0)
		return result;
	(*event)->attr.type = PERF_TYPE_TRACEPOINT;
	(*event)->attr.config = id;
	return 1;
}

/* Returns 1, 0 when there is none, or a negative errno that is told of the text at that byte. */
static int read_id(struct parser *parser, const char *at, struct slice system, struct slice name,
		   __u64 *id)
{
	int result =
		perfev_tree_read_number(&parser->machine.tracefs, id, "events/%.*s/%.*s/id",
					(int)system.length, system.at, (int)name.length, name.at);

	if (result == 0)
		return 1;
	return is_none_seen(parser, result) ?
		       0 :
		       perfev_parse_fail_file(parser, at, result, "a tracepoint's id");
}

/* Adds one match of a pattern, which is an event of the text's of its own. */
static int add_match(struct parser *parser, const char *at, const char *system, const char *name,
		     int *added)
{
	struct slice parts[] = { { system, strlen(system) }, { name, strlen(name) } };
	char full[2 * NAME_MAX + 2];
	struct perfev_event *event;
	__u64 id;
	int result = read_id(parser, at, parts[0], parts[1], &id);

	if (result <= 0)
		return result;
	if (*added)
		parser->events->logical++;
	result = add(parser, at, id, &event);
	if (result < 0)
		return result;
	*added = 1;
	snprintf(full, sizeof(full), "%s:%s", system, name);
	parts[0].at = full;
	parts[0].length = strlen(full);
	return perfev_parse_keep(parser, parts[0], &event->name);
}

/* Adds the tracepoints of a system that match. Returns 0, or a negative errno that is told. */
static int add_of_system(struct parser *parser, const char *at, const char *system,
			 struct slice name, int *added)
{
	char folder[NAME_MAX + sizeof("events/")];
	struct listing names;
	int result;

	snprintf(folder, sizeof(folder), "events/%s", system);
	result = perfev_listing_read(&names, &parser->machine.tracefs, folder, perfev_glob_match,
				     name.at, name.length);
	if (result < 0)
		return is_none_seen(parser, result) ?
			       0 :
			       perfev_parse_fail_file(parser, at, result,
						      "the list of tracepoints");
	for (unsigned int i = 0; result >= 0 && i < names.count; i++)
		result = add_match(parser, at, system, names.names[i], added);
	perfev_listing_free(&names);
	return result < 0 ? result : 0;
}

/* Adds what matches in every system that matches. */
static int add_all(struct parser *parser, struct slice system, struct slice name)
{
	struct listing systems;
	int result, added = 0;

	if (!perfev_glob_is(system.at, system.length)) {
		char one[NAME_MAX + 1];

		memcpy(one, system.at, system.length);
		one[system.length] = '\0';
		result = add_of_system(parser, system.at, one, name, &added);
		return result < 0 ? result : added;
	}
	result = perfev_listing_read(&systems, &parser->machine.tracefs, "events",
				     perfev_glob_match, system.at, system.length);
	if (result < 0)
		return is_none_seen(parser, result) ?
			       0 :
			       perfev_parse_fail_file(parser, system.at, result,
						      "the list of tracepoints");
	for (unsigned int i = 0; result == 0 && i < systems.count; i++)
		result = add_of_system(parser, system.at, systems.names[i], name, &added);
	perfev_listing_free(&systems);
	return result < 0 ? result : added;
}

int perfev_parse_tracepoint(struct parser *parser, struct slice system, struct slice name)
{
	struct perfev_event *event;
	__u64 id;
	int result;

	parser->hidden = 0;
	if (!perfev_is_file_name(system.at, system.length) ||
	    !perfev_is_file_name(name.at, name.length))
		return 0;
	if (perfev_glob_is(system.at, system.length) || perfev_glob_is(name.at, name.length))
		return add_all(parser, system, name);
	result = read_id(parser, system.at, system, name, &id);
	return result == 1 ? add(parser, system.at, id, &event) : result;
}

/* Looks for a number in one system. Returns as perfev_tracepoint_write(). */
static int write_of_system(struct text *text, const struct tree *tracefs, const char *system,
			   __u64 id)
{
	const char *name;
	int result, found = 0;
	DIR *folder;

	result = perfev_tree_list(tracefs, &folder, "events/%s", system);
	if (result < 0)
		return is_none(result) ? 0 : result;
	while (!found && (name = perfev_tree_next(folder))) {
		__u64 number;

		result = perfev_tree_read_number(tracefs, &number, "events/%s/%s/id", system, name);
		if (result < 0 && !is_none(result))
			break;
		found = result == 0 && number == id;
	}
	if (found) {
		perfev_text_add(text, system);
		perfev_text_add(text, ":");
		perfev_text_add(text, name);
	}
	closedir(folder);
	return found ? 1 : result < 0 && !is_none(result) ? result : 0;
}

int perfev_tracepoint_write(struct text *text, const struct machine *machine, __u64 id)
{
	const char *system;
	DIR *systems;
	int result = perfev_tree_list(&machine->tracefs, &systems, "events");

	if (result < 0)
		return is_none(result) ? 0 : result;
	while (result == 0 && (system = perfev_tree_next(systems)))
		result = write_of_system(text, &machine->tracefs, system, id);
	closedir(systems);
	return result;
}
