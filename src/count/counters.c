/* SPDX-License-Identifier: MIT */
/* A set of counters: made, asked about, and closed. */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../explain/why.h"

int perfev_count_options_take(struct perfev_count_options *to,
			      const struct perfev_count_options *from, struct perfev_why *why)
{
	return perfev_why_options(why, to, sizeof(*to), from);
}

static int make_tables(struct perfev_counters *counters)
{
	size_t cells = (size_t)counters->places.count * counters->column_count;

	counters->fds = malloc((cells + 1) * sizeof(*counters->fds));
	counters->readings = calloc(cells + 1, sizeof(*counters->readings));
	/* At once: what is closed after a failure is what stands here. */
	for (size_t i = 0; counters->fds && i < cells; i++)
		counters->fds[i] = -1;
	return counters->fds && counters->readings ? 0 : -ENOMEM;
}

/* An event whose CPUs are none of the targets' is missing, and that is why. */
static void say_elsewhere(struct perfev_counters *counters, unsigned int event)
{
	const struct perfev_event *of = &counters->events[event];
	struct perfev_why why;

	for (unsigned int place = 0; place < counters->places.count; place++)
		if (*perfev_fd_of(counters, place, event) >= 0 || counters->places.list[place].gone)
			return;
	perfev_why_clear(&why);
	perfev_why_begin(&why, PERFEV_CAUSE_CPU, ENODEV, "cpu",
			 (__u64)(of->cpus ? of->cpus[0] : 0));
	perfev_why_reason(
		&why, "'%s' is counted on CPU %d%s only, which is not among those asked for",
		of->name, of->cpus ? of->cpus[0] : 0, of->cpu_count > 1 ? " and others" : "");
	counters->why[event] = malloc(sizeof(why));
	if (counters->why[event])
		*counters->why[event] = why;
}

static void forget_why(struct perfev_counters *counters)
{
	for (unsigned int event = 0; counters->why && event < counters->column_count; event++) {
		free(counters->why[event]);
		counters->why[event] = NULL;
	}
}

static void forget_places(struct perfev_counters *counters)
{
	perfev_parts_close(counters);
	free(counters->fds);
	free(counters->readings);
	free(counters->parts);
	free(counters->order);
	counters->fds = NULL;
	counters->readings = NULL;
	counters->parts = NULL;
	counters->order = NULL;
	counters->part_count = 0;
	forget_why(counters);
	perfev_places_free(&counters->places);
}

static int copy_events(struct perfev_counters *counters, const struct perfev_events *events)
{
	counters->event_count = perfev_events_count(events);
	counters->column_count = counters->event_count;
	counters->logical_count = perfev_events_logical_count(events);
	counters->events = calloc(counters->event_count + 1, sizeof(*counters->events));
	counters->why = calloc(counters->event_count + 1, sizeof(*counters->why));
	if (!counters->events || !counters->why)
		return -ENOMEM;
	for (unsigned int event = 0; event < counters->event_count; event++) {
		counters->events[event] = *perfev_events_get(events, event);
		if (counters->events[event].precise_max)
			counters->events[event].attr.precise_ip = 3;
		if (counters->together)
			counters->events[event].group = 0;
	}
	return 0;
}

/* Finds the places and opens everything in them, once. Returns 0 or a negative errno. */
static int open_once(struct perfev_counters *counters, const struct perfev_events *events,
		     const struct perfev_target *targets, unsigned int target_count,
		     struct perfev_why *why)
{
	int result = perfev_places_find(&counters->places, targets, target_count, why);

	if (result < 0)
		return result;
	if (copy_events(counters, events) < 0 || perfev_parts_make(counters) < 0 ||
	    make_tables(counters) < 0)
		return perfev_why_no_memory(why, "the counters");
	return perfev_parts_open(counters, why);
}

/*
 * Opens everything. A thread that a process starts while its threads are listed and opened is
 * counted once, twice or not, and nothing tells which; so it is all done once more, as long as
 * there was one and patience is left.
 */
static int open_settled(struct perfev_counters *counters, const struct perfev_events *events,
			const struct perfev_target *targets, unsigned int target_count,
			struct perfev_why *why)
{
	for (unsigned int patience = 8;; patience--) {
		int result = open_once(counters, events, targets, target_count, why);

		if (result < 0)
			return result;
		counters->missed = perfev_places_missed(&counters->places, targets);
		if (!counters->missed || !patience)
			return 0;
		forget_places(counters);
		free(counters->events);
		free(counters->why);
		counters->events = NULL;
		counters->why = NULL;
	}
}

int perfev_counters_make(struct perfev_counters **out, const struct perfev_events *events,
			 const struct perfev_target *targets, unsigned int target_count,
			 const struct perfev_count_options *options, int together,
			 struct perfev_why *why)
{
	struct perfev_counters *counters = calloc(1, sizeof(*counters));
	struct perfev_why own;
	int result;

	*out = NULL;
	why = why ? why : &own;
	perfev_why_clear(why);
	if (!counters)
		return perfev_why_no_memory(why, "the counters");
	counters->opener.options = &counters->options;
	counters->together = together;
	result = perfev_count_options_take(&counters->options, options, why);
	if (result == 0)
		result = open_settled(counters, events, targets, target_count, why);
	if (result < 0) {
		perfev_counters_close(counters);
		return result;
	}
	for (unsigned int event = 0; event < counters->event_count; event++)
		if (!counters->why[event])
			say_elsewhere(counters, event);
	perfev_why_clear(why);
	*out = counters;
	return 0;
}

int perfev_counters_open_events(struct perfev_counters **out, const struct perfev_events *events,
				const struct perfev_target *targets, unsigned int target_count,
				const struct perfev_count_options *options, struct perfev_why *why)
{
	return perfev_counters_make(out, events, targets, target_count, options, 0, why);
}

int perfev_counters_open(struct perfev_counters **out, const char *text,
			 const struct perfev_target *targets, unsigned int target_count,
			 const struct perfev_count_options *options, struct perfev_why *why)
{
	struct perfev_count_options taken;
	struct perfev_events *events;
	int result = perfev_count_options_take(&taken, options, why);

	*out = NULL;
	if (result == 0)
		result = perfev_events_parse(&events, text, taken.names, why);
	if (result < 0)
		return result;
	result = perfev_counters_open_events(out, events, targets, target_count, options, why);
	if (result < 0)
		perfev_events_free(events);
	else
		(*out)->owned = events;
	return result;
}

unsigned int perfev_counters_event_count(const struct perfev_counters *counters)
{
	return counters->event_count;
}

const struct perfev_event *perfev_counters_event(const struct perfev_counters *counters,
						 unsigned int event)
{
	return event < counters->event_count ? &counters->events[event] : NULL;
}

unsigned int perfev_counters_instance_count(const struct perfev_counters *counters)
{
	return counters->places.count;
}

const struct perfev_instance *perfev_counters_instance(const struct perfev_counters *counters,
						       unsigned int instance)
{
	if (instance >= counters->places.count)
		return NULL;
	return &counters->places.list[instance].shown;
}

const struct perfev_reading *perfev_counters_get(const struct perfev_counters *counters,
						 unsigned int event, unsigned int instance)
{
	if (event >= counters->event_count || instance >= counters->places.count)
		return NULL;
	return &counters->readings[(size_t)instance * counters->column_count + event];
}

int perfev_counters_sum(const struct perfev_counters *counters, unsigned int event,
			struct perfev_reading *out)
{
	memset(out, 0, sizeof(*out));
	out->state = PERFEV_READING_IDLE;
	if (event >= counters->event_count)
		return -EINVAL;
	if (counters->places.count == 1) {
		*out = counters->readings[event];
		return 0;
	}
	for (unsigned int place = 0; place < counters->places.count; place++)
		perfev_reading_add(out, perfev_counters_get(counters, event, place));
	return 0;
}

void perfev_row_total(const struct perfev_counters *counters, const struct perfev_reading *row,
		      unsigned int place, unsigned int logical, struct perfev_reading *out)
{
	int is_thread = counters->places.list[place].shown.cpu < 0;
	unsigned int found = 0;

	memset(out, 0, sizeof(*out));
	out->state = PERFEV_READING_IDLE;
	for (unsigned int event = 0; event < counters->event_count; event++) {
		if (counters->events[event].logical != logical)
			continue;
		if (found++ == 0)
			*out = row[event];
		else if (is_thread)
			perfev_reading_join(out, &row[event]);
		else
			perfev_reading_add(out, &row[event]);
	}
}

int perfev_counters_total(const struct perfev_counters *counters, unsigned int logical,
			  struct perfev_reading *out)
{
	memset(out, 0, sizeof(*out));
	out->state = PERFEV_READING_IDLE;
	if (logical >= counters->logical_count)
		return -EINVAL;
	for (unsigned int place = 0; place < counters->places.count; place++) {
		const struct perfev_reading *row =
			&counters->readings[(size_t)place * counters->column_count];
		struct perfev_reading total;

		perfev_row_total(counters, row, place, logical, &total);
		if (counters->places.count == 1)
			*out = total;
		else
			perfev_reading_add(out, &total);
	}
	return 0;
}

int perfev_counters_fd(const struct perfev_counters *counters, unsigned int event,
		       unsigned int instance)
{
	if (event >= counters->event_count || instance >= counters->places.count)
		return -1;
	return *perfev_fd_of(counters, instance, event);
}

int perfev_counters_fit(const struct perfev_counters *counters, unsigned int group,
			struct perfev_fit *out)
{
	memset(out, 0, sizeof(*out));
	for (unsigned int part = 0; part < counters->part_count; part++) {
		if (counters->parts[part].group != group || group == PERFEV_EVENT_ALONE)
			continue;
		for (unsigned int member = 0; member < counters->parts[part].count; member++)
			out->asked += !perfev_is_filler(
				counters, counters->order[counters->parts[part].first + member]);
		out->parts += out->parts == 0 || counters->parts[part].split_off;
	}
	out->watchdog = counters->watchdog;
	return out->parts ? 0 : -EINVAL;
}

unsigned int perfev_counters_usable(const struct perfev_counters *counters)
{
	return counters->usable;
}

unsigned int perfev_counters_missed(const struct perfev_counters *counters)
{
	return counters->missed;
}

const struct perfev_why *perfev_counters_why(const struct perfev_counters *counters,
					     unsigned int event)
{
	return event < counters->event_count ? counters->why[event] : NULL;
}

void perfev_counters_close(struct perfev_counters *counters)
{
	if (!counters)
		return;
	forget_places(counters);
	free(counters->events);
	free(counters->why);
	perfev_events_free(counters->owned);
	free(counters);
}
