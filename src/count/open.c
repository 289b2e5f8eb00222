/* SPDX-License-Identifier: MIT */
/*
 * Opening one event. A refusal is answered by asking for less only where less is the same count:
 * what is left out is seen in the attribute, and in every other case the kernel's error stands.
 */
#include "open.h"

#include <errno.h>
#include <unistd.h>

#include <perfev/sys.h>

#include "../explain/kernel_only.h"
#include "../explain/why.h"

/* Whether the event still says what it was asked for when the kernel's part is left out. */
static int may_leave_kernel_out(const struct opener *opener, const struct perf_event_attr *attr)
{
	if (opener->options->no_kernel_fallback || happens_in_kernel(attr))
		return 0;
	return !attr->exclude_kernel && !attr->exclude_user;
}

static void leave_kernel_out(struct perf_event_attr *attr)
{
	attr->exclude_kernel = 1;
	attr->exclude_hv = 1;
}

struct perf_event_attr perfev_event_attr(const struct opener *opener,
					 const struct perfev_event *event,
					 const struct place *place, int leads, int grouped)
{
	const struct perfev_count_options *options = opener->options;
	struct perf_event_attr attr = event->attr;

	attr.size = sizeof(attr);
	attr.read_format =
		PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
	if (!opener->no_lost)
		attr.read_format |= PERF_FORMAT_LOST;
	if (grouped)
		attr.read_format |= PERF_FORMAT_GROUP;
	attr.inherit = place->inherit || options->inherit;
	/* A group is started by its leader; members only follow. */
	attr.disabled = leads != 0;
	attr.enable_on_exec = leads && place->on_exec;
	attr.pinned = leads && (attr.pinned || options->pinned);
	attr.exclusive = leads && (attr.exclusive || options->exclusive);
	return attr;
}

int perfev_event_is_there(const struct perfev_event *event, const struct place *place)
{
	if (place->event && place->event != event->logical + 1)
		return 0;
	if (!event->cpu_count || place->shown.cpu < 0)
		return 1;
	for (unsigned int i = 0; i < event->cpu_count; i++)
		if (event->cpus[i] == place->shown.cpu)
			return 1;
	return 0;
}

static int try_open(struct perf_event_attr *attr, const struct place *place, int leader_fd)
{
	int fd = perf_event_open(attr, place->pid, place->shown.cpu, leader_fd,
				 OPEN_FLAGS | place->flags);

	return fd < 0 ? -errno : fd;
}

/* Whether this kernel is too old for PERF_FORMAT_LOST (Linux 6.0): asked once, of a dummy. */
static int lacks_lost(struct opener *opener)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .disabled = 1,
		.exclude_kernel = 1, .exclude_hv = 1, .read_format = PERF_FORMAT_LOST);
	int fd;

	if (opener->asked_lost)
		return 0;
	opener->asked_lost = 1;
	fd = perf_event_open(&attr, 0, -1, -1, OPEN_FLAGS);
	if (fd >= 0)
		close(fd);
	opener->no_lost = fd < 0 && errno == EINVAL;
	return opener->no_lost;
}

/*
 * Asks for less where that may help against this error. Returns whether there is a point in trying
 * once more.
 */
static int ask_for_less(struct opener *opener, struct perfev_event *event, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		if (!may_leave_kernel_out(opener, &event->attr))
			return 0;
		leave_kernel_out(&event->attr);
		return 1;
	case EINVAL:
	case EOPNOTSUPP:
		if (error == EINVAL && lacks_lost(opener))
			return 1;
		if (!event->precise_max || !event->attr.precise_ip)
			return 0;
		event->attr.precise_ip--;
		return 1;
	default:
		return 0;
	}
}

int perfev_event_open(struct opener *opener, struct perfev_event *event, const struct place *place,
		      int leader_fd, int grouped, struct perfev_why *why)
{
	struct perf_event_attr asked = event->attr;
	struct perf_event_attr attr;
	int leads = leader_fd < 0;
	int fd, error = 0, last = 0;

	if (opener->no_kernel && may_leave_kernel_out(opener, &event->attr))
		leave_kernel_out(&event->attr);
	do {
		attr = perfev_event_attr(opener, event, place, leads, grouped);
		fd = try_open(&attr, place, leader_fd);
		last = fd < 0 ? -fd : 0;
		if (!error)
			error = last;
	} while (fd < 0 && ask_for_less(opener, event, -fd));
	if (fd >= 0) {
		/* Once the kernel's part was refused and that helped, it is not asked for again. */
		if (event->attr.exclude_kernel && !asked.exclude_kernel)
			opener->no_kernel = 1;
		return fd;
	}
	/* What was asked for is what is explained, not what was tried after it. */
	event->attr = asked;
	attr = perfev_event_attr(opener, event, place, leads, grouped);
	/* As precise as it gets was asked for: precision is not what it failed for. */
	if (event->precise_max && (error == EINVAL || error == EOPNOTSUPP)) {
		attr.precise_ip = 0;
		error = last;
	}
	if (why)
		perfev_explain(&attr, place->pid, place->shown.cpu, leader_fd,
			       OPEN_FLAGS | place->flags, error, why);
	return -error;
}
