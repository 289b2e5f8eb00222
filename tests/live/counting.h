/* SPDX-License-Identifier: MIT */
/*
 * Opening counters by the library, for tests of it: what this machine lacks is a skip that says
 * why in the library's own words; everything else that does not open is a failure.
 */
#ifndef PERFEV_TESTS_COUNTING_H
#define PERFEV_TESTS_COUNTING_H

#include <string.h>

#include <perfev/count.h>

#include "live.h"
#include "loop.h"

/* Skips when why says that the machine or the user lacks it, and fails when not. */
static inline void skip_or_fail(const struct perfev_why *why, const char *feature)
{
	if (why->cause == PERFEV_CAUSE_GROUP_FULL)
		skip_where_counters_come_and_go();
	/* Some PMUs cannot tell user from kernel mode, and refuse an event that asks for it. */
	if (strncmp(why->field, "exclude_", 8) == 0)
		skip_without("exclude", "%s", why->text);
	switch (why->cause) {
	case PERFEV_CAUSE_NO_PMU:
	case PERFEV_CAUSE_MACHINE:
	case PERFEV_CAUSE_KERNEL:
	case PERFEV_CAUSE_PARANOID:
	case PERFEV_CAUSE_CAPABILITY:
		skip_without(feature, "%s", why->text);
	default:
		fail_msg("%s: %s", feature, why->text);
	}
}

/* These own what they return; feature is what the machine lacks when it does not open. */
static inline struct perfev_counter *counter_or_skip(const char *event, struct perfev_target target,
						     const struct perfev_count_options *options,
						     const char *feature)
{
	struct perfev_counter *counter;
	struct perfev_why why;

	if (perfev_counter_open(&counter, event, target, options, &why) < 0)
		skip_or_fail(&why, feature);
	return counter;
}

static inline struct perfev_group *group_or_skip(const char *events, struct perfev_target target,
						 const struct perfev_count_options *options,
						 const char *feature)
{
	struct perfev_group *group;
	struct perfev_why why;

	if (perfev_group_open_with(&group, events, target, options, &why) < 0)
		skip_or_fail(&why, feature);
	return group;
}

/* Options, the size being set: OPTIONS(.pinned = 1). */
#define OPTIONS(...)                                                                               \
	(&(const struct perfev_count_options){                                                     \
		.size = sizeof(struct perfev_count_options), __VA_ARGS__ })

#endif
