/* SPDX-License-Identifier: MIT */
/*
 * What to say of a name that nothing has. Only here, where all is lost already, folders are walked
 * for names that are close, or for the place where the name does exist.
 */
#include "terms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "closest.h"
#include "glob.h"
#include "names.h"
#include "../explain/why.h"

/* Ends an explanation with the names that are close. */
static void suggest(struct parser *parser, const struct closest *closest)
{
	char names[200];

	if (perfev_closest_format(closest, names, sizeof(names)))
		perfev_why_remedy(parser->why, "did you mean %s?", names);
}

static void offer(struct closest *closest, const char *name)
{
	perfev_closest_offer(closest, name, strlen(name));
}

static void offer_generic(struct closest *closest)
{
	const struct generic_name *generic;
	unsigned int number = 0;
	char name[CACHE_NAME];
	__u64 config;

	for (unsigned int i = 0; (generic = perfev_generic_get(i)); i++) {
		offer(closest, generic->name);
		offer(closest, generic->alias);
	}
	while (perfev_cache_next(&number, &config))
		if (perfev_cache_write(config, name))
			offer(closest, name);
}

/* Offers the names in a folder; only events of a PMU, no scales and units, where events is set. */
static void offer_folder(struct closest *closest, const struct tree *tree, const char *pmu,
			 const char *folder)
{
	const char *name;
	DIR *names;

	if (perfev_tree_list(tree, &names, "%s%s", pmu, folder) < 0)
		return;
	while ((name = perfev_tree_next(names)))
		if (perfev_pmu_is_event(name, strlen(name)))
			offer(closest, name);
	closedir(names);
}

/* Says which PMU has an event of that name, if one has. Returns whether. */
static int tell_owner(struct parser *parser, struct slice word)
{
	const struct tree *devices = &parser->machine.devices;
	const char *name;
	int found = 0;
	DIR *folder;

	if (!perfev_pmu_is_event(word.at, word.length) ||
	    perfev_tree_list(devices, &folder, "%s", "") < 0)
		return 0;
	while (!found && (name = perfev_tree_next(folder))) {
		found = perfev_tree_has(devices, "%s/events/%.*s", name, (int)word.length, word.at);
		if (found)
			perfev_why_remedy(parser->why, "the PMU '%s' has it: write %s/%.*s/", name,
					  name, SHOWN(word));
	}
	closedir(folder);
	return found;
}

/* Says which system has a tracepoint of that name, if one has. Returns whether. */
static int tell_system(struct parser *parser, struct slice word)
{
	const char *name;
	int found = 0;
	DIR *folder;

	if (!perfev_is_file_name(word.at, word.length) ||
	    perfev_tree_list(&parser->machine.tracefs, &folder, "events") < 0)
		return 0;
	while (!found && (name = perfev_tree_next(folder))) {
		found = perfev_tree_has(&parser->machine.tracefs, "events/%s/%.*s/id", name,
					(int)word.length, word.at);
		if (found)
			perfev_why_remedy(parser->why, "it is a tracepoint: write %s:%.*s", name,
					  SHOWN(word));
	}
	closedir(folder);
	return found;
}

int perfev_unknown_word(struct parser *parser, struct slice word)
{
	struct closest closest;
	struct pmu pmu;
	int result;

	if (perfev_pmu_find(&pmu, &parser->machine, word.at, word.length) == 0) {
		result = perfev_parse_fail(parser, word.at, PERFEV_CAUSE_NAME, ENOENT,
					   "'%.*s' is a PMU, and no event", SHOWN(word));
		perfev_why_remedy(parser->why, "write its events between slashes: %.*s/EVENT/",
				  SHOWN(word));
		return result;
	}
	result = perfev_parse_fail(parser, word.at, PERFEV_CAUSE_NAME, ENOENT,
				   "no event is called '%.*s'", SHOWN(word));
	if (tell_owner(parser, word) || tell_system(parser, word))
		return result;
	perfev_closest_begin(&closest, word.at, word.length);
	offer_generic(&closest);
	for (unsigned int i = 0; i < parser->cores.count; i++)
		offer_folder(&closest, &parser->machine.devices, parser->cores.list[i].name,
			     "/events");
	suggest(parser, &closest);
	return result;
}

int perfev_unknown_pmu(struct parser *parser, struct slice name)
{
	struct closest closest;
	int result = perfev_parse_fail(parser, name.at, PERFEV_CAUSE_NAME, ENOENT,
				       "no PMU is called '%.*s'", SHOWN(name));

	perfev_closest_begin(&closest, name.at, name.length);
	offer_folder(&closest, &parser->machine.devices, "", "");
	suggest(parser, &closest);
	return result;
}

int perfev_unknown_term(struct parser *parser, const struct pmu *pmu, struct slice term,
			int has_value)
{
	static const char *const common[] = { "config", "config1", "config2", "config3",
					      "name",   "period",  "freq" };
	struct closest closest;
	int result;

	if (perfev_terms_is_sampling(term))
		return perfev_parse_fail(parser, term.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "'%.*s' says how to sample, which is no part of an event "
					 "here",
					 SHOWN(term));
	result = perfev_parse_fail(parser, term.at, PERFEV_CAUSE_NAME, ENOENT,
				   "the PMU '%.60s' has no %s '%.*s'", pmu->name,
				   has_value ? "term" : "event", SHOWN(term));
	perfev_closest_begin(&closest, term.at, term.length);
	offer_folder(&closest, &parser->machine.devices, pmu->name, "/format");
	if (!has_value)
		offer_folder(&closest, &parser->machine.devices, pmu->name, "/events");
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		offer(&closest, common[i]);
	suggest(parser, &closest);
	return result;
}

/*
 * Ends an explanation with what lets the caller read tracefs. Its files are root's, or a group's,
 * whatever the mode that it was mounted with, which is that of its topmost folder.
 */
static void suggest_rights(struct parser *parser)
{
	const struct tree *tracefs = &parser->machine.tracefs;
	const char *root = tracefs->root, *below = tracefs->below[0];
	int place, in_debugfs;

	perfev_tree_look(tracefs, &place, "events");
	in_debugfs = place == 1;
	if (in_debugfs)
		perfev_why_remedy(parser->why,
				  "sudo mount -t tracefs -o mode=755 tracefs %s%s && sudo chmod -R "
				  "a+rX %s%s/events, or be root",
				  root, below, root, below);
	else if (perfev_tree_look(tracefs, &place, ".") == -EACCES)
		perfev_why_remedy(parser->why,
				  "sudo chmod a+rx %s%s && sudo chmod -R a+rX %s%s/events, or be "
				  "root",
				  root, below, root, below);
	else
		perfev_why_remedy(parser->why, "sudo chmod -R a+rX %s%s/events, or be root", root,
				  below);
}

/* Says that there are tracepoints, or may be, of which the caller is not to know. */
static int tell_hidden(struct parser *parser, struct slice system, struct slice name, int pattern)
{
	const struct tree *tracefs = &parser->machine.tracefs;
	int result, place = 0;

	if (pattern)
		result = perfev_parse_fail(parser, system.at, PERFEV_CAUSE_CAPABILITY, EACCES,
					   "what tracepoints match '%.*s:%.*s' is not yours to "
					   "read",
					   SHOWN(system), SHOWN(name));
	else if (perfev_tree_look(tracefs, &place, "events/%.*s/%.*s/id", (int)system.length,
				  system.at, (int)name.length, name.at) == 0)
		result = perfev_parse_fail(parser, system.at, PERFEV_CAUSE_CAPABILITY, EACCES,
					   "there is a tracepoint '%.*s:%.*s', but its number is "
					   "not yours to read",
					   SHOWN(system), SHOWN(name));
	else
		result = perfev_parse_fail(parser, system.at, PERFEV_CAUSE_CAPABILITY, EACCES,
					   "whether there is a tracepoint '%.*s:%.*s' is not yours "
					   "to read",
					   SHOWN(system), SHOWN(name));
	if (pattern)
		perfev_why_evidence(parser->why, "below %s%s/events: %s", tracefs->root,
				    tracefs->below[place], strerror(EACCES));
	else
		perfev_why_evidence(parser->why, "%s%s/events/%.*s/%.*s/id: %s", tracefs->root,
				    tracefs->below[place], SHOWN(system), SHOWN(name),
				    strerror(EACCES));
	suggest_rights(parser);
	return result;
}

/* Says why there are no tracepoints to be seen at all. Returns a negative errno. */
static int tell_no_tracefs(struct parser *parser, const char *at, int error)
{
	const struct tree *tracefs = &parser->machine.tracefs;
	int denied = error == -EACCES || error == -EPERM, result, place;

	if (error != -ENOENT && error != -ENOTDIR && !denied)
		return perfev_parse_fail_file(parser, at, error, "tracefs");
	result = perfev_parse_fail(
		parser, at, denied ? PERFEV_CAUSE_CAPABILITY : PERFEV_CAUSE_NAME,
		denied ? EACCES : ENOENT,
		denied ? "tracepoints are found in tracefs, which is not yours "
			 "to read" :
			 "tracepoints are found in tracefs, which is not mounted");
	perfev_tree_look(tracefs, &place, "events");
	perfev_why_evidence(parser->why, "%s%s/events: %s", tracefs->root, tracefs->below[place],
			    strerror(-error));
	if (denied)
		suggest_rights(parser);
	else
		perfev_why_remedy(parser->why, "sudo mount -t tracefs tracefs %s%s", tracefs->root,
				  tracefs->below[0]);
	return result;
}

int perfev_unknown_tracepoint(struct parser *parser, struct slice system, struct slice name)
{
	const struct tree *tracefs = &parser->machine.tracefs;
	int pattern =
		perfev_glob_is(system.at, system.length) || perfev_glob_is(name.at, name.length);
	char folder[NAME_MAX + sizeof("events/")] = "events";
	struct closest closest;
	int result;
	DIR *events;

	result = perfev_tree_list(tracefs, &events, "events");
	if (result < 0)
		return tell_no_tracefs(parser, system.at, result);
	closedir(events);
	if (parser->hidden)
		return tell_hidden(parser, system, name, pattern);
	if (pattern)
		return perfev_parse_fail(parser, system.at, PERFEV_CAUSE_NAME, ENOENT,
					 "no tracepoint matches '%.*s:%.*s'", SHOWN(system),
					 SHOWN(name));
	if (perfev_is_file_name(system.at, system.length) &&
	    perfev_tree_has(tracefs, "events/%.*s", (int)system.length, system.at)) {
		snprintf(folder, sizeof(folder), "events/%.*s", (int)system.length, system.at);
		result = perfev_parse_fail(parser, name.at, PERFEV_CAUSE_NAME, ENOENT,
					   "the tracepoints '%.*s' have none called '%.*s'",
					   SHOWN(system), SHOWN(name));
		perfev_closest_begin(&closest, name.at, name.length);
	} else {
		result = perfev_parse_fail(parser, system.at, PERFEV_CAUSE_NAME, ENOENT,
					   "no tracepoints are called '%.*s'", SHOWN(system));
		perfev_closest_begin(&closest, system.at, system.length);
	}
	offer_folder(&closest, tracefs, "", folder);
	suggest(parser, &closest);
	return result;
}
