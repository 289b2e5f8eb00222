/* SPDX-License-Identifier: MIT */
/* Profiles made by hand. */
#include "made_profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int find_event(struct profile *profile, const char *name, __u32 *number)
{
	for (*number = 0; *number < profile->event_count; ++*number)
		if (strcmp(profile->events[*number].name, name) == 0)
			return 0;
	return profile_add_event(profile, name, number);
}

static int find_function(struct profile *profile, const char *name, const char *module,
			 __u32 *number)
{
	const struct profile_function function = {
		.name = name,
		.module = module,
		.mode = PERF_RECORD_MISC_USER,
		.is_known = strcmp(name, "[unknown]") != 0,
	};

	for (*number = 0; *number < profile->function_count; ++*number)
		if (strcmp(profile->functions[*number].name, name) == 0 &&
		    strcmp(profile->functions[*number].module, module) == 0)
			return 0;
	return profile_add_function(profile, &function, number);
}

static int add_frame(struct profile *profile, char *word, __u32 *parent)
{
	char *line = strchr(word, ':'), *module;
	struct profile_frame frame = { .line = 0 };
	__u32 number;

	if (line) {
		*line = '\0';
		frame.line = (__u32)strtoul(line + 1, NULL, 10);
		frame.file = "source.c";
		frame.address = frame.line;
	}
	module = strchr(word, '@');
	if (module)
		*module = '\0';
	if (find_function(profile, word, module ? module + 1 : "/bin/program", &frame.function) <
		    0 ||
	    profile_frame(profile, &frame, &number) < 0)
		return -ENOMEM;
	return profile_node(profile, *parent, number, parent);
}

int made_sample(struct profile *profile, const char *event, const char *comm, __u32 number,
		const char *stack, __u64 weight)
{
	const struct profile_who who = {
		.pid = number, .tid = number, .cpu = 0, .cgroup = ~0ULL, .comm = comm
	};
	char words[256], *rest;
	__u32 of_event, of_who, node = 0;

	snprintf(words, sizeof(words), "%s", stack);
	if (find_event(profile, event, &of_event) < 0 || profile_who(profile, &who, &of_who) < 0)
		return -ENOMEM;
	for (char *word = strtok_r(words, ";", &rest); word; word = strtok_r(NULL, ";", &rest))
		if (add_frame(profile, word, &node) < 0)
			return -ENOMEM;
	return profile_add(profile, of_event, of_who, node, weight, 0);
}
