/* SPDX-License-Identifier: MIT */
/*
 * Opening a set's parts, the kernel groups, in every place, and taking apart what does not fit. See
 * divide.c for how events become parts.
 */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/machine.h"
#include "../explain/why.h"
#include "trial.h"

static struct perfev_event *event_of(const struct perfev_counters *counters,
				     const struct part *part, unsigned int member)
{
	return &counters->events[counters->order[part->first + member]];
}

static int *fd_of(const struct perfev_counters *counters, const struct part *part,
		  unsigned int member, unsigned int place)
{
	return perfev_fd_of(counters, place, counters->order[part->first + member]);
}

static void close_from(struct perfev_counters *counters, const struct part *part,
		       unsigned int member, unsigned int place)
{
	for (; member < part->count; member++) {
		int *fd = fd_of(counters, part, member, place);

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
}

/* Keeps why an event is missing. Without memory for it, it is missing without words. */
static void keep_why(struct perfev_counters *counters, unsigned int event,
		     const struct perfev_why *why)
{
	if (counters->why[event])
		return;
	counters->why[event] = malloc(sizeof(*why));
	if (counters->why[event])
		*counters->why[event] = *why;
}

static int is_missing(const struct perfev_counters *counters, const struct part *part,
		      unsigned int member)
{
	return counters->why[counters->order[part->first + member]] != NULL;
}

/*
 * Of a member that its group refused: whether the group is to blame, since it opens alone. If not,
 * an event that the caller did not ask for in a group is explained without one.
 */
static int opens_alone(struct perfev_counters *counters, const struct part *part,
		       const struct perfev_event *event, const struct place *place,
		       struct perfev_why *why)
{
	struct perfev_event copy = *event;
	int fd = perfev_event_open(&counters->opener, &copy, place, -1, 0,
				   part->packed ? why : NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int too_many_files(const struct perfev_counters *counters, struct perfev_why *why)
{
	size_t needed = (size_t)counters->column_count * counters->places.count;

	perfev_why_remedy(why, "%u events in %u place%s need %zu file descriptors: 'ulimit -n %zu'",
			  counters->event_count, counters->places.count,
			  counters->places.count == 1 ? "" : "s", needed, needed + 64);
	return -EMFILE;
}

/*
 * Opens a part in a place. Returns how many of its members, from the first, are open together
 * (with keep_going, missing ones among them), or a negative errno with why in words; fewer than
 * part->count when the group has no room for the next.
 */
static int open_members(struct perfev_counters *counters, const struct part *part,
			unsigned int number, struct perfev_why *why)
{
	const struct place *place = &counters->places.list[number];
	int leader = -1;

	for (unsigned int member = 0; member < part->count; member++) {
		struct perfev_event *event = event_of(counters, part, member);
		int fd;

		if (is_missing(counters, part, member) || !perfev_event_is_there(event, place))
			continue;
		fd = perfev_event_open(&counters->opener, event, place, leader, part->grouped,
				       part->packed && leader >= 0 ? NULL : why);
		if (fd >= 0) {
			*fd_of(counters, part, member, number) = fd;
			leader = leader < 0 ? fd : leader;
			continue;
		}
		/* What only keeps a counter busy is not worth a failure. */
		if (perfev_is_filler(counters, counters->order[part->first + member]))
			continue;
		if (fd == -EMFILE)
			return too_many_files(counters, why);
		if (leader >= 0 && (part->packed || fd == -EINVAL || fd == -ENOSPC) &&
		    opens_alone(counters, part, event, place, why))
			return (int)member;
		if (fd == -ESRCH || !counters->options.keep_going)
			return fd;
		keep_why(counters, counters->order[part->first + member], why);
	}
	return (int)part->count;
}

/*
 * How many of the members, of which the first `open` are open, run together on the processor's
 * counters: all of them where no trial is due.
 */
static unsigned int members_that_run(const struct perfev_counters *counters,
				     const struct part *part, unsigned int place, unsigned int open)
{
	const struct perfev_event *events[PERFEV_TRIAL_MOST];
	unsigned int members[PERFEV_TRIAL_MOST];
	unsigned int count = 0, counted = 0, fit;

	if (counters->options.no_trial)
		return open;
	for (unsigned int member = 0; member < open; member++) {
		if (*fd_of(counters, part, member, place) < 0)
			continue;
		if (count == PERFEV_TRIAL_MOST)
			return open;
		members[count] = member;
		events[count++] = event_of(counters, part, member);
		counted += perfev_event_takes_counter(events[count - 1]) != 0;
	}
	if (counted < 2)
		return open;
	fit = perfev_trial(events, count);
	return fit == 0 || fit == count ? open : members[fit];
}

static void say_full(struct perfev_counters *counters, const struct part *part, unsigned int fit,
		     struct perfev_why *why)
{
	perfev_why_begin(why, PERFEV_CAUSE_GROUP_FULL, EINVAL, "group_fd", fit);
	perfev_why_reason(why, "a group of %u events does not fit: %u of them run together here",
			  part->count, fit);
	if (counters->watchdog)
		perfev_why_evidence(why, "kernel.nmi_watchdog is 1, which may take a counter");
	perfev_why_remedy(
		why, "ask for smaller groups, or let it be split: {...}:W%s",
		counters->watchdog ? "; 'sudo sysctl kernel.nmi_watchdog=0' may free one" : "");
}

/* Makes of a part's members from this one on a part of their own, right behind it. */
static void split(struct perfev_counters *counters, unsigned int number, unsigned int member)
{
	struct part *part = &counters->parts[number];

	memmove(part + 2, part + 1, (counters->part_count - number - 1) * sizeof(*part));
	counters->part_count++;
	part[1] = part[0];
	part[1].first += member;
	part[1].count -= member;
	part[1].split_off = 1;
	part[0].count = member;
}

/* Marks all of a part as missing for this reason. */
static void give_up_part(struct perfev_counters *counters, const struct part *part,
			 unsigned int place, const struct perfev_why *why)
{
	close_from(counters, part, 0, place);
	for (unsigned int member = 0; member < part->count; member++)
		keep_why(counters, counters->order[part->first + member], why);
}

/*
 * Opens a part in the first place, where it is found out what may be counted and how much fits.
 * Returns 0, or a negative errno with why in words.
 */
static int open_first(struct perfev_counters *counters, unsigned int number, unsigned int place,
		      struct perfev_why *why)
{
	struct part *part = &counters->parts[number];
	unsigned int fit;
	int result;

	part->grouped = part->count > 1;
	result = open_members(counters, part, place, why);
	if (result < 0) {
		close_from(counters, part, 0, place);
		return result;
	}
	fit = members_that_run(counters, part, place, (unsigned int)result);
	if (fit == part->count || fit == 0)
		return 0;
	counters->watchdog = perfev_machine_watchdog("");
	if (part->weak || counters->options.split) {
		close_from(counters, part, fit, place);
		split(counters, number, fit);
		return 0;
	}
	say_full(counters, part, fit, why);
	if (!counters->options.keep_going) {
		close_from(counters, part, 0, place);
		return -EINVAL;
	}
	give_up_part(counters, part, place, why);
	return 0;
}

/* Opens a part in a further place, as the first one has settled. */
static int open_further(struct perfev_counters *counters, unsigned int number, unsigned int place,
			struct perfev_why *why)
{
	const struct part *part = &counters->parts[number];
	int result = open_members(counters, part, place, why);

	if (result == (int)part->count)
		return 0;
	close_from(counters, part, 0, place);
	/* What fitted elsewhere and not here: another event holds counters for itself alone. */
	return result < 0 ? result : -EINVAL;
}

/* Whether a thread had ended before it could be counted, which is no failure among others. */
static int mark_gone(struct perfev_counters *counters, unsigned int number, int result)
{
	struct place *place = &counters->places.list[number];

	if (result != -ESRCH || !place->ends || counters->places.count == 1)
		return 0;
	for (unsigned int part = 0; part < counters->part_count; part++)
		close_from(counters, &counters->parts[part], 0, number);
	place->gone = 1;
	return 1;
}

int perfev_parts_open(struct perfev_counters *counters, struct perfev_why *why)
{
	unsigned int gone = 0;

	for (unsigned int place = 0; place < counters->places.count; place++) {
		int result = 0;

		for (unsigned int part = 0; part < counters->part_count && result == 0; part++)
			result = place == gone ? open_first(counters, part, place, why) :
						 open_further(counters, part, place, why);
		if (result == 0)
			continue;
		if (!mark_gone(counters, place, result))
			return result;
		/* As long as none is open, the next one is the first. */
		gone += place == gone;
		if (gone == counters->places.count)
			return result;
	}
	return 0;
}

void perfev_parts_close(struct perfev_counters *counters)
{
	size_t count = (size_t)counters->places.count * counters->column_count;

	for (size_t i = 0; counters->fds && i < count; i++)
		if (counters->fds[i] >= 0)
			close(counters->fds[i]);
}
