/* SPDX-License-Identifier: MIT */
/*
 * An event that is accepted alone and refused in its group. The leader's own attributes cannot be
 * asked for, so a dummy is made its member, disabled and for a moment, with one relation changed at
 * a time. The event itself never joins: of the tries with it, none but the refused one has the
 * group.
 */
#include "search.h"

#include <stdio.h>

/* Makes this the explanation, with its mend. Returns 1. */
static int blame(struct inquiry *inquiry, const struct request *mended, const char *field,
		 __u64 value, const char *reason)
{
	perfev_why_begin(inquiry->why, PERFEV_CAUSE_GROUP, inquiry->error, field, value);
	perfev_why_reason(inquiry->why, "%s", reason);
	perfev_why_evidence(inquiry->why, "accepted without group_fd; %u requests", inquiry->tries);
	perfev_remedy_add(&inquiry->asked, mended, inquiry->why);
	return 1;
}

/* Leaders alone may be pinned or exclusive. */
static int is_for_leaders(struct inquiry *inquiry)
{
	struct request mended = inquiry->asked;

	if (inquiry->asked.attr.pinned) {
		mended.attr.pinned = 0;
		return blame(inquiry, &mended, "pinned", 1,
			     "pinned is 1, but only the leader of a group can be pinned");
	}
	if (inquiry->asked.attr.exclusive) {
		mended.attr.exclusive = 0;
		return blame(inquiry, &mended, "exclusive", 1,
			     "exclusive is 1, but only the leader of a group can be exclusive");
	}
	return 0;
}

static int other_inherit(struct inquiry *inquiry, const struct request *member)
{
	struct request tried = *member;
	struct request mended = inquiry->asked;
	char reason[160];

	tried.attr.inherit ^= 1;
	tried.attr.inherit_thread &= tried.attr.inherit;
	if (perfev_try(inquiry, &tried) != 0)
		return 0;
	mended.attr.inherit = tried.attr.inherit;
	mended.attr.inherit_thread = tried.attr.inherit_thread;
	snprintf(reason, sizeof(reason),
		 "inherit is %u, but the group's leader has %u, and all of a group are alike",
		 (unsigned int)inquiry->asked.attr.inherit, (unsigned int)tried.attr.inherit);
	return blame(inquiry, &mended, "inherit", inquiry->asked.attr.inherit, reason);
}

static int other_clock(struct inquiry *inquiry, const struct request *member)
{
	static const __s32 clocks[] = { -1, 1, 4, 0, 7, 11 };

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct request tried = *member;
		struct request mended = inquiry->asked;
		const char *what = clocks[i] < 0 ? "no use_clockid" : "another clockid";
		const char *field =
			tried.attr.use_clockid && clocks[i] >= 0 ? "clockid" : "use_clockid";
		char reason[160];

		tried.attr.use_clockid = clocks[i] >= 0;
		tried.attr.clockid = clocks[i] >= 0 ? clocks[i] : 0;
		if (perfev_try(inquiry, &tried) != 0)
			continue;
		mended.attr.use_clockid = tried.attr.use_clockid;
		mended.attr.clockid = tried.attr.clockid;
		snprintf(reason, sizeof(reason),
			 "use_clockid is %u and clockid is %d, but the group's leader has %s",
			 (unsigned int)inquiry->asked.attr.use_clockid, inquiry->asked.attr.clockid,
			 inquiry->asked.attr.use_clockid ? what : "a clockid");
		return blame(inquiry, &mended, field,
			     perfev_field_read(perfev_field_find(field), &inquiry->asked.attr),
			     reason);
	}
	return 0;
}

static int try_target(struct inquiry *inquiry, const struct request *member, pid_t pid, int cpu)
{
	struct request tried = *member;
	struct request mended = inquiry->asked;
	char reason[200];

	if (pid == member->pid && cpu == member->cpu)
		return 0;
	tried.pid = mended.pid = pid;
	tried.cpu = mended.cpu = cpu;
	if (perfev_try(inquiry, &tried) != 0)
		return 0;
	if (pid == member->pid)
		snprintf(reason, sizeof(reason),
			 "cpu is %d, but the group's leader has %d, and all of a group count on "
			 "one CPU or on any",
			 member->cpu, cpu);
	else
		snprintf(reason, sizeof(reason),
			 "pid is %d and cpu %d, but the group's leader has %d and %d, and all of a "
			 "group count the same thread",
			 member->pid, member->cpu, pid, cpu);
	return pid == member->pid ?
		       blame(inquiry, &mended, "cpu", (__u64)(__s64)member->cpu, reason) :
		       blame(inquiry, &mended, "pid", (__u64)(__s64)member->pid, reason);
}

/* The most CPUs of which a leader's is looked for. */
#define CPUS 48

static int other_target(struct inquiry *inquiry, const struct request *member)
{
	long cpus = inquiry->machine.cpus;

	if (cpus < 0 || cpus > CPUS)
		cpus = CPUS;
	if (member->pid != -1 && try_target(inquiry, member, member->pid, -1))
		return 1;
	for (int cpu = 0; cpu < cpus; cpu++)
		if (try_target(inquiry, member, member->pid, cpu))
			return 1;
	if (try_target(inquiry, member, 0, -1))
		return 1;
	for (int cpu = 0; cpu < cpus; cpu++)
		if (try_target(inquiry, member, member->pid == -1 ? 0 : -1, cpu))
			return 1;
	return 0;
}

/* The relation is sound, as a dummy can join: it is the PMU that has no room, or is another. */
static int no_room(struct inquiry *inquiry)
{
	struct request alone = inquiry->asked;

	alone.group_fd = -1;
	perfev_why_begin(inquiry->why, PERFEV_CAUSE_GROUP_FULL, inquiry->error, "group_fd",
			 (__u64)inquiry->asked.group_fd);
	perfev_why_reason(inquiry->why,
			  "the group of group_fd %d has no room for one more event of this "
			  "PMU: there are no counters for all of it at once, or its leader "
			  "is of another PMU",
			  inquiry->asked.group_fd);
	perfev_why_evidence(inquiry->why,
			    "accepted without group_fd; an event that counts nothing can "
			    "join; %u requests",
			    inquiry->tries);
	perfev_why_remedy(inquiry->why, "open it in another group (the kernel then takes turns)%s",
			  perfev_machine_watchdog(inquiry->machine.root) ?
				  "; 'sudo sysctl kernel.nmi_watchdog=0' may free one" :
				  "");
	perfev_remedy_add(&inquiry->asked, &alone, inquiry->why);
	return 1;
}

int perfev_explain_group(struct inquiry *inquiry)
{
	struct request member = perfev_request_as_dummy(&inquiry->asked);
	struct request alone = inquiry->asked;

	if (is_for_leaders(inquiry))
		return 1;
	/* What is left can only matter alone, and would get in the way. */
	member.attr.sample_type = 0;
	member.attr.sample_period = 0;
	member.attr.freq = 0;
	member.attr.precise_ip = 0;
	member.attr.exclude_kernel = 1;
	if (perfev_try(inquiry, &member) == 0)
		return no_room(inquiry);
	if (other_inherit(inquiry, &member) || other_clock(inquiry, &member) ||
	    other_target(inquiry, &member))
		return 1;
	alone.group_fd = -1;
	return blame(
		inquiry, &alone, "group_fd", (__u64)inquiry->asked.group_fd,
		"group_fd is of a group's member and not of its leader, or of one that differs in "
		"pid, cpu, clock and inherit more than once");
}
