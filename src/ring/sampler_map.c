/* SPDX-License-Identifier: MIT */
/*
 * A sampler's rings: one for each CPU, or for each thread that is sampled wherever it runs. All are
 * of the same size: when locked memory does not suffice for them all, all are made smaller.
 */
#include "sampler.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <perfev/sys.h>

#include "../explain/why.h"

/* The ring that a place writes to, if one before it has the same CPU, or a new one. */
static unsigned int find_ring(struct perfev_sampler *sampler, unsigned int place,
			      unsigned int *of_cpu, unsigned int cpus)
{
	const int cpu = sampler->places[place].shown.cpu;
	unsigned int ring;

	if (cpu >= 0 && (unsigned int)cpu < cpus && of_cpu[cpu])
		return of_cpu[cpu] - 1;
	ring = sampler->ring_count++;
	sampler->owner[ring] = place;
	if (cpu >= 0 && (unsigned int)cpu < cpus)
		of_cpu[cpu] = ring + 1;
	return ring;
}

/* Decides which places share a ring. Returns 0 or -ENOMEM. */
static int assign(struct perfev_sampler *sampler)
{
	unsigned int cpus = 1, *of_cpu;

	for (unsigned int place = 0; place < sampler->place_count; place++)
		if (sampler->places[place].shown.cpu >= (int)cpus)
			cpus = (unsigned int)sampler->places[place].shown.cpu + 1;
	of_cpu = calloc(cpus, sizeof(*of_cpu));
	sampler->ring_of = calloc(sampler->place_count + 1, sizeof(*sampler->ring_of));
	sampler->owner = calloc(sampler->place_count + 1, sizeof(*sampler->owner));
	if (of_cpu && sampler->ring_of && sampler->owner)
		for (unsigned int place = 0; place < sampler->place_count; place++)
			if (first_fd(sampler, place) >= 0)
				sampler->ring_of[place] = find_ring(sampler, place, of_cpu, cpus);
	free(of_cpu);
	sampler->rings = calloc(sampler->ring_count + 1, sizeof(struct perfev_ring *));
	sampler->turns = calloc(sampler->ring_count + 1, sizeof(*sampler->turns));
	sampler->lanes = calloc(sampler->ring_count + 1, sizeof(*sampler->lanes));
	if (!of_cpu || !sampler->ring_of || !sampler->owner || !sampler->rings || !sampler->turns ||
	    !sampler->lanes)
		return -ENOMEM;
	return 0;
}

static void close_rings(struct perfev_sampler *sampler)
{
	for (unsigned int i = 0; sampler->rings && i < sampler->ring_count; i++) {
		perfev_ring_close(sampler->rings[i]);
		sampler->rings[i] = NULL;
	}
}

static int map_all(struct perfev_sampler *sampler, unsigned int pages, struct perfev_why *why)
{
	const unsigned int flags = sampler->options.overwrite ? PERFEV_RING_BACKWARD : 0;

	for (unsigned int i = 0; i < sampler->ring_count; i++) {
		int result =
			perfev_ring_open(&sampler->rings[i], first_fd(sampler, sampler->owner[i]),
					 pages, flags, why);

		if (result < 0) {
			close_rings(sampler);
			return result;
		}
	}
	return 0;
}

/* Maps all rings, as large as may be. */
static int map_rings(struct perfev_sampler *sampler, struct perfev_why *why)
{
	unsigned int pages = sampler->options.pages;
	int result;

	for (;; pages /= 2) {
		result = map_all(sampler, pages, why);
		for (unsigned int i = 0; result == 0 && i < sampler->ring_count; i++) {
			sampler->lanes[i].ring = sampler->rings[i];
			perfev_lane_restart(&sampler->lanes[i]);
		}
		if (result == 0 || pages <= 1 || sampler->options.no_shrink ||
		    (result != -EPERM && result != -ENOMEM))
			return result;
		/* Why, as it was for the size that was asked for. */
		if (sampler->shrunk)
			continue;
		sampler->shrunk = malloc(sizeof(*sampler->shrunk));
		if (!sampler->shrunk)
			return perfev_why_no_memory(why, "the rings");
		*sampler->shrunk = *why;
	}
}

/* Directs every event to the ring of its place. */
static int direct(struct perfev_sampler *sampler, struct perfev_why *why)
{
	for (unsigned int place = 0; place < sampler->place_count; place++) {
		for (unsigned int event = 0; event < sampler->event_count; event++) {
			const int fd = sampler->fds[cell_of(sampler, place, event)];
			const int to = fd < 0 ? -1 : sampler->rings[sampler->ring_of[place]]->fd;
			int error;

			if (fd < 0 || fd == to || perf_event_ioc_set_output(fd, to) == 0)
				continue;
			error = errno;
			perfev_explain_ioctl(fd, &sampler->attrs[event], PERF_EVENT_IOC_SET_OUTPUT,
					     (unsigned long)to, error, why);
			return -error;
		}
	}
	return 0;
}

static int no_poll(struct perfev_why *why)
{
	const int error = errno;

	perfev_why_begin(why, error == EMFILE ? PERFEV_CAUSE_FILES : PERFEV_CAUSE_UNKNOWN, error,
			 "", 0);
	perfev_why_reason(why, "the rings cannot be waited for by epoll: %s", strerror(error));
	return -error;
}

/*
 * One event of each place tells of its ring, and of its end. All are asked for EPOLLIN, also where
 * they share a ring: which of them answers is the kernel's choice, and only one does.
 */
static int make_epoll(struct perfev_sampler *sampler, struct perfev_why *why)
{
	sampler->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (sampler->epoll < 0)
		return no_poll(why);
	for (unsigned int place = 0; place < sampler->place_count; place++) {
		struct epoll_event event = { .events = EPOLLIN };
		const int fd = first_fd(sampler, place);

		event.data.fd = fd;
		if (fd < 0)
			continue;
		if (epoll_ctl(sampler->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
			return no_poll(why);
		sampler->alive++;
	}
	return 0;
}

int perfev_sampler_map(struct perfev_sampler *sampler, struct perfev_why *why)
{
	int result = assign(sampler);

	if (result < 0)
		return perfev_why_no_memory(why, "the rings");
	result = map_rings(sampler, why);
	if (result == 0)
		result = direct(sampler, why);
	return result < 0 ? result : make_epoll(sampler, why);
}

void perfev_sampler_unmap(struct perfev_sampler *sampler)
{
	close_rings(sampler);
	free(sampler->rings);
	free(sampler->turns);
	free(sampler->lanes);
	sampler->rings = NULL;
	sampler->turns = NULL;
	sampler->lanes = NULL;
}
