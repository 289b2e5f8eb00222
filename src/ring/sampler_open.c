/* SPDX-License-Identifier: MIT */
/*
 * Opening a sampler. The kernel gives the inherited event of a thread no ring unless it is bound to
 * a CPU; so what follows threads and children is opened for each thread on each CPU, and what a
 * CPU sees of them goes into one ring.
 */
#include "sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"

#define RING_BYTES (512U << 10)

static int take_options(struct perfev_sampler *sampler, const struct perfev_sample_options *from,
			struct perfev_why *why)
{
	struct perfev_sample_options *to = &sampler->options;
	int result = perfev_why_options(why, to, sizeof(*to), from);

	if (result < 0)
		return result;
	if (!to->pages)
		to->pages = RING_BYTES / (unsigned int)sysconf(_SC_PAGESIZE);
	sampler->counting.size = sizeof(sampler->counting);
	sampler->counting.inherit = to->inherit;
	sampler->counting.pinned = to->pinned;
	sampler->counting.exclusive = to->exclusive;
	sampler->counting.no_kernel_fallback = to->no_kernel_fallback;
	sampler->opener.options = &sampler->counting;
	sampler->stopped = to->stopped;
	return 0;
}

/* Whether a place is to be opened on each CPU by itself. */
static int is_spread(const struct perfev_sampler *sampler, const struct place *place)
{
	return place->shown.cpu < 0 && (place->inherit || sampler->options.inherit);
}

/* Makes places of those found: one for each, or for each CPU. */
static int spread_places(struct perfev_sampler *sampler, struct perfev_why *why)
{
	int *cpus = NULL;
	int cpu_count = perfev_cpus_online(&cpus);
	unsigned int room = sampler->found.count * (cpu_count > 0 ? (unsigned int)cpu_count : 1);

	if (cpu_count > 0)
		sampler->places = calloc(room + 1, sizeof(*sampler->places));
	for (unsigned int i = 0; sampler->places && i < sampler->found.count; i++) {
		const struct place *place = &sampler->found.list[i];
		const int copies = is_spread(sampler, place) ? cpu_count : 1;

		for (int copy = 0; copy < copies; copy++) {
			sampler->places[sampler->place_count] = *place;
			if (copies > 1 || is_spread(sampler, place))
				sampler->places[sampler->place_count].shown.cpu = cpus[copy];
			sampler->place_count++;
		}
	}
	free(cpus);
	return sampler->places ? 0 : perfev_why_no_memory(why, "the targets");
}

static int too_many_files(const struct perfev_sampler *sampler, struct perfev_why *why)
{
	const size_t needed = (size_t)sampler->event_count * sampler->place_count;

	perfev_why_remedy(why, "%u events in %u place%s need %zu file descriptors: 'ulimit -n %zu'",
			  sampler->event_count, sampler->place_count,
			  sampler->place_count == 1 ? "" : "s", needed, needed + 64);
	return -EMFILE;
}

/* Opens all events in a place. Returns 0, or a negative errno with why in words. */
static int open_place(struct perfev_sampler *sampler, unsigned int number, struct perfev_why *why)
{
	const struct place *place = &sampler->places[number];
	int leader = -1, track = 1;

	for (unsigned int i = 0; i < sampler->event_count; i++) {
		struct perfev_event *event = &sampler->events[i];
		const int leads = stands_alone(event);
		int fd;

		if (leads)
			leader = -1;
		if (!perfev_event_is_there(event, place) || (!leads && leader < 0))
			continue;
		perfev_sampler_track(sampler, &event->attr, track);
		fd = perfev_event_open(&sampler->opener, event, place, leader, event->sample_read,
				       why);
		if (fd == -EMFILE)
			return too_many_files(sampler, why);
		if (fd < 0)
			return fd;
		sampler->fds[cell_of(sampler, number, i)] = fd;
		if (!sampler->attrs[i].size)
			sampler->attrs[i] = perfev_event_attr(
				&sampler->opener, event, place, leader < 0, event->sample_read);
		leader = event->group == PERFEV_EVENT_ALONE || leader >= 0 ? leader : fd;
		track = 0;
	}
	return 0;
}

static void close_place(struct perfev_sampler *sampler, unsigned int place)
{
	for (unsigned int event = 0; event < sampler->event_count; event++) {
		int *fd = &sampler->fds[cell_of(sampler, place, event)];

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
}

/* Opens everything. A thread that had ended before is no failure among others. */
static int open_places(struct perfev_sampler *sampler, struct perfev_why *why)
{
	const size_t cells = (size_t)sampler->place_count * sampler->event_count;
	unsigned int open = 0;

	sampler->fds = malloc((cells + 1) * sizeof(*sampler->fds));
	if (!sampler->fds)
		return perfev_why_no_memory(why, "the events");
	for (size_t i = 0; i < cells; i++)
		sampler->fds[i] = -1;
	for (unsigned int place = 0; place < sampler->place_count; place++) {
		int result = open_place(sampler, place, why);

		if (result < 0)
			close_place(sampler, place);
		if (result < 0 && (result != -ESRCH || !sampler->places[place].ends))
			return result;
		open += result == 0 && first_fd(sampler, place) >= 0;
	}
	if (open)
		return 0;
	/* Of the last one that had ended, why is there; else no event is of any of these CPUs. */
	if (sampler->place_count && sampler->places[sampler->place_count - 1].ends && why->error)
		return -why->error;
	perfev_why_begin(why, PERFEV_CAUSE_CPU, ENODEV, "cpu", 0);
	perfev_why_reason(why, "the events are of other CPUs than those asked for");
	return -ENODEV;
}

static int open_once(struct perfev_sampler *sampler, const struct perfev_events *events,
		     const struct perfev_target *targets, unsigned int target_count,
		     struct perfev_why *why)
{
	int result = perfev_places_find(&sampler->found, targets, target_count, why);

	if (result == 0)
		result = spread_places(sampler, why);
	if (result == 0 && perfev_sampler_make_attrs(sampler, events) < 0)
		result = perfev_why_no_memory(why, "the events");
	return result < 0 ? result : open_places(sampler, why);
}

static void forget_places(struct perfev_sampler *sampler)
{
	for (unsigned int place = 0; sampler->fds && place < sampler->place_count; place++)
		close_place(sampler, place);
	free(sampler->fds);
	free(sampler->places);
	free(sampler->events);
	free(sampler->attrs);
	free(sampler->layouts);
	sampler->fds = NULL;
	sampler->places = NULL;
	sampler->events = NULL;
	sampler->attrs = NULL;
	sampler->layouts = NULL;
	sampler->place_count = 0;
	perfev_places_free(&sampler->found);
}

/* As a set of counters is opened: once more, as long as a thread started meanwhile. */
static int open_settled(struct perfev_sampler *sampler, const struct perfev_events *events,
			const struct perfev_target *targets, unsigned int target_count,
			struct perfev_why *why)
{
	for (unsigned int patience = 8;; patience--) {
		int result = open_once(sampler, events, targets, target_count, why);

		if (result < 0)
			return result;
		sampler->missed = perfev_places_missed(&sampler->found, targets);
		if (!sampler->missed || !patience)
			return 0;
		forget_places(sampler);
	}
}

static void lay_out(struct perfev_sampler *sampler)
{
	sampler->has_one_layout = 1;
	for (unsigned int i = 0; i < sampler->event_count; i++) {
		perfev_layout_init(&sampler->layouts[i], &sampler->attrs[i], 0);
		if (memcmp(&sampler->layouts[i], &sampler->layouts[0],
			   sizeof(sampler->layouts[0])) != 0)
			sampler->has_one_layout = 0;
	}
}

static int open_sampler(struct perfev_sampler *sampler, const struct perfev_events *events,
			const struct perfev_target *targets, unsigned int target_count,
			const struct perfev_sample_options *options, struct perfev_why *why)
{
	int result = take_options(sampler, options, why);

	if (result == 0)
		result = open_settled(sampler, events, targets, target_count, why);
	if (result == 0)
		result = perfev_sampler_map(sampler, why);
	if (result == 0)
		result = perfev_sampler_index(sampler, why);
	if (result < 0)
		return result;
	lay_out(sampler);
	if (sampler->stopped)
		return 0;
	result = perfev_sampler_start(sampler);
	if (result < 0)
		perfev_why_begin(why, PERFEV_CAUSE_UNKNOWN, -result, "", 0);
	return result;
}

int perfev_sampler_open_events(struct perfev_sampler **out, const struct perfev_events *events,
			       const struct perfev_target *targets, unsigned int target_count,
			       const struct perfev_sample_options *options, struct perfev_why *why)
{
	struct perfev_sampler *sampler = calloc(1, sizeof(*sampler));
	struct perfev_why own;
	int result;

	*out = NULL;
	why = why ? why : &own;
	perfev_why_clear(why);
	if (!sampler)
		return perfev_why_no_memory(why, "the sampler");
	sampler->epoll = -1;
	result = open_sampler(sampler, events, targets, target_count, options, why);
	if (result < 0) {
		perfev_sampler_close(sampler);
		return result;
	}
	perfev_why_clear(why);
	*out = sampler;
	return 0;
}

int perfev_sampler_open(struct perfev_sampler **out, const char *text, struct perfev_target target,
			const struct perfev_sample_options *options, struct perfev_why *why)
{
	/* Of a caller older than this field, there is none. */
	const int has_names =
		options && options->size >= offsetof(struct perfev_sample_options, names) +
						    sizeof(options->names);
	struct perfev_events *events;
	int result;

	*out = NULL;
	result = perfev_events_parse(&events, text, has_names ? options->names : NULL, why);
	if (result < 0)
		return result;
	result = perfev_sampler_open_events(out, events, &target, 1, options, why);
	if (result < 0)
		perfev_events_free(events);
	else
		(*out)->owned = events;
	return result;
}

void perfev_sampler_close(struct perfev_sampler *sampler)
{
	if (!sampler)
		return;
	perfev_sampler_unmap(sampler);
	if (sampler->epoll >= 0)
		close(sampler->epoll);
	forget_places(sampler);
	free(sampler->ids);
	free(sampler->table);
	free(sampler->ring_of);
	free(sampler->owner);
	free(sampler->shrunk);
	perfev_events_free(sampler->owned);
	free(sampler);
}
