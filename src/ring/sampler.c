/* SPDX-License-Identifier: MIT */
/* A sampler: started, stopped, paused, and asked about. */
#include "sampler.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <perfev/sys.h>

/* Starts or stops what is open in all places: leaders, whose members follow. */
static int switch_all(struct perfev_sampler *sampler, int on, int also_on_exec)
{
	int result = 0;

	for (unsigned int place = 0; place < sampler->place_count; place++) {
		if (sampler->places[place].on_exec && !also_on_exec)
			continue;
		for (unsigned int event = 0; event < sampler->event_count; event++) {
			const int fd = sampler->fds[cell_of(sampler, place, event)];

			if (fd < 0 || !stands_alone(&sampler->events[event]))
				continue;
			if ((on ? perf_event_ioc_enable(fd, 0) : perf_event_ioc_disable(fd, 0)) <
				    0 &&
			    !result)
				result = -errno;
		}
	}
	return result;
}

int perfev_sampler_start(struct perfev_sampler *sampler)
{
	sampler->stopped = 0;
	/* A program is started by its execve(2). */
	return switch_all(sampler, 1, 0);
}

int perfev_sampler_stop(struct perfev_sampler *sampler)
{
	int result = switch_all(sampler, 0, 1);

	sampler->stopped = result == 0;
	return result;
}

int perfev_sampler_pause(struct perfev_sampler *sampler)
{
	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		int result = perfev_ring_pause(sampler->rings[i]);

		if (result < 0)
			return result;
	}
	sampler->paused = 1;
	sampler->last_time = 0;
	perfev_sampler_round(sampler);
	return 0;
}

int perfev_sampler_resume(struct perfev_sampler *sampler)
{
	int result = 0;

	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		int one = perfev_ring_resume(sampler->rings[i]);

		result = result ? result : one;
	}
	sampler->paused = 0;
	/* What is in a ring that the kernel writes over is nobody's to read now. */
	perfev_sampler_round(sampler);
	return result;
}

int perfev_sampler_losses(const struct perfev_sampler *sampler, struct perfev_losses *out)
{
	memset(out, 0, sizeof(*out));
	out->late = sampler->late;
	for (unsigned int i = 0; i < sampler->ring_count; i++)
		perfev_losses_add(out, &sampler->rings[i]->losses);
	for (unsigned int place = 0; place < sampler->place_count; place++) {
		for (unsigned int event = 0; event < sampler->event_count; event++) {
			const int fd = sampler->fds[cell_of(sampler, place, event)];
			const struct perfev_event *of = &sampler->events[event];
			int result;

			if (fd < 0 || (of->sample_read && !stands_alone(of)))
				continue;
			result = perfev_losses_count(out, fd, sampler->attrs[event].read_format);
			if (result < 0)
				return result;
		}
	}
	return 0;
}

int perfev_sampler_poll_fd(const struct perfev_sampler *sampler)
{
	return sampler->epoll;
}

unsigned int perfev_sampler_event_count(const struct perfev_sampler *sampler)
{
	return sampler->event_count;
}

const struct perfev_event *perfev_sampler_event(const struct perfev_sampler *sampler,
						unsigned int event)
{
	return event < sampler->event_count ? &sampler->events[event] : NULL;
}

const struct perf_event_attr *perfev_sampler_attr(const struct perfev_sampler *sampler,
						  unsigned int event)
{
	return event < sampler->event_count ? &sampler->attrs[event] : NULL;
}

const struct perfev_layout *perfev_sampler_layout(const struct perfev_sampler *sampler,
						  unsigned int event)
{
	return event < sampler->event_count ? &sampler->layouts[event] : NULL;
}

unsigned int perfev_sampler_instance_count(const struct perfev_sampler *sampler)
{
	return sampler->place_count;
}

const struct perfev_instance *perfev_sampler_instance(const struct perfev_sampler *sampler,
						      unsigned int instance)
{
	return instance < sampler->place_count ? &sampler->places[instance].shown : NULL;
}

int perfev_sampler_fd(const struct perfev_sampler *sampler, unsigned int event,
		      unsigned int instance)
{
	if (event >= sampler->event_count || instance >= sampler->place_count)
		return -1;
	return sampler->fds[cell_of(sampler, instance, event)];
}

__u64 perfev_sampler_id(const struct perfev_sampler *sampler, unsigned int event,
			unsigned int instance)
{
	if (event >= sampler->event_count || instance >= sampler->place_count)
		return 0;
	return sampler->ids[cell_of(sampler, instance, event)];
}

unsigned int perfev_sampler_ring_count(const struct perfev_sampler *sampler)
{
	return sampler->ring_count;
}

struct perfev_ring *perfev_sampler_ring(const struct perfev_sampler *sampler, unsigned int ring)
{
	return ring < sampler->ring_count ? sampler->rings[ring] : NULL;
}

const struct perfev_instance *perfev_sampler_ring_instance(const struct perfev_sampler *sampler,
							   unsigned int ring)
{
	if (ring >= sampler->ring_count)
		return NULL;
	return &sampler->places[sampler->owner[ring]].shown;
}

const struct perfev_why *perfev_sampler_shrunk(const struct perfev_sampler *sampler)
{
	return sampler->shrunk;
}

unsigned int perfev_sampler_missed(const struct perfev_sampler *sampler)
{
	return sampler->missed;
}
