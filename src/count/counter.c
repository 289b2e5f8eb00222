/* SPDX-License-Identifier: MIT */
/*
 * One counter: one file descriptor, and for the calling thread's own the page by which it is read
 * without a system call. A page is believed only in the thread that opened it: in another one the
 * processor's counter is not this event's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <perfev/sys.h>

#include "../explain/why.h"
#include "counters.h"
#include "page.h"

struct perfev_counter {
	const struct perf_event_mmap_page
		*page;     /* the mapped one when it is to be read, or nothing */
	const void *owner; /* the thread whose page it is */
	const struct perf_event_mmap_page *mapped; /* or NULL */
	struct perfev_event event;
	struct perfev_events *events; /* which the event's strings lie in, or NULL */
	struct opener opener;
	struct perfev_count_options options;
	size_t page_bytes;
	struct place place;
	int fd;
};

/* A page that says: use read(2). */
static const struct perf_event_mmap_page nothing;

/*
 * What tells this thread from all others that live: its thread pointer. A system call would tell
 * too, at a hundred times the cost of the read. A counter whose thread has ended is on no counter
 * any more, so a new thread at the same place finds an index of 0.
 */
static inline const void *this_thread(void)
{
	const void *self;

#if defined(__x86_64__) && !defined(__ILP32__)
	__asm__("mov %%fs:0, %0" : "=r"(self));
#elif defined(__x86_64__)
	__asm__("mov %%fs:0, %k0" : "=r"(self));
#elif defined(__i386__)
	__asm__("mov %%gs:0, %0" : "=r"(self));
#elif defined(__aarch64__)
	__asm__("mrs %0, tpidr_el0" : "=r"(self));
#elif defined(__riscv)
	__asm__("mv %0, tp" : "=r"(self));
#else
	self = NULL;
#endif
	return self;
}

/* Maps the page of the caller's own counter. What fails costs each read a system call, no more. */
static void map_page(struct perfev_counter *counter)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *page;

	if (counter->options.no_user_read || counter->place.pid != 0 ||
	    counter->place.shown.cpu >= 0 || counter->options.inherit || !PERFEV_CAN_READ_USER)
		return;
	page = mmap(NULL, bytes, PROT_READ, MAP_SHARED, counter->fd, 0);
	if (page == MAP_FAILED)
		return;
	counter->mapped = page;
	counter->page_bytes = bytes;
	counter->owner = this_thread();
}

/* Whether the target is one place; what is several is a group's. */
static int is_one(struct perfev_target target, struct perfev_why *why)
{
	switch (target.kind) {
	case PERFEV_TARGET_SELF:
	case PERFEV_TARGET_THREAD:
	case PERFEV_TARGET_PROGRAM:
	case PERFEV_TARGET_CPU:
		return 1;
	default:
		perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "target", (__u64)target.kind);
		perfev_why_reason(why, "a counter has one thread or one CPU, and this target may "
				       "have several");
		perfev_why_remedy(why, "use perfev_group_open(), which adds them up");
		return 0;
	}
}

static int open_counter(struct perfev_counter *counter, struct perfev_target target,
			struct perfev_why *why)
{
	struct places places;
	int result = is_one(target, why) ? perfev_places_find(&places, &target, 1, why) : -EINVAL;

	if (result == -EINVAL)
		return result;
	if (result == 0) {
		counter->place = places.list[0];
		counter->place.shown.cgroup = NULL;
	}
	perfev_places_free(&places);
	if (result < 0)
		return result;
	if (counter->event.precise_max)
		counter->event.attr.precise_ip = 3;
	perfev_ask_user_read(&counter->event.attr, &counter->options);
	counter->fd =
		perfev_event_open(&counter->opener, &counter->event, &counter->place, -1, 0, why);
	if (counter->fd < 0)
		return counter->fd;
	map_page(counter);
	return 0;
}

/* Makes a counter of an event, whose strings must live as long. */
static int make_counter(struct perfev_counter **out, const struct perfev_event *event,
			struct perfev_target target, const struct perfev_count_options *options,
			struct perfev_why *why)
{
	struct perfev_counter *counter = calloc(1, sizeof(*counter));
	int result;

	if (!counter)
		return perfev_why_no_memory(why, "the counter");
	counter->fd = -1;
	counter->page = &nothing;
	counter->event = *event;
	counter->opener.options = &counter->options;
	result = perfev_count_options_take(&counter->options, options, why);
	if (result == 0)
		result = open_counter(counter, target, why);
	if (result < 0) {
		perfev_counter_close(counter);
		return result;
	}
	perfev_why_clear(why);
	*out = counter;
	return 0;
}

int perfev_counter_open_attr(struct perfev_counter **out, const struct perf_event_attr *attr,
			     struct perfev_target target,
			     const struct perfev_count_options *options, struct perfev_why *why)
{
	struct perfev_event event = { .attr = *attr, .scale = 1.0, .group = PERFEV_EVENT_ALONE };

	*out = NULL;
	perfev_why_clear(why);
	return make_counter(out, &event, target, options, why);
}

static int not_one_event(const char *text, unsigned int count, struct perfev_why *why)
{
	perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "event", count);
	perfev_why_reason(why, "'%s' is %u events for the kernel, and a counter is one", text,
			  count);
	perfev_why_remedy(why, "use perfev_group_open(), which adds up what several PMUs count");
	return -EINVAL;
}

int perfev_counter_open(struct perfev_counter **out, const char *event, struct perfev_target target,
			const struct perfev_count_options *options, struct perfev_why *why)
{
	struct perfev_count_options taken;
	struct perfev_events *events = NULL;
	int result = perfev_count_options_take(&taken, options, why);

	*out = NULL;
	if (result == 0)
		result = perfev_events_parse(&events, event, taken.names, why);
	if (result < 0)
		return result;
	if (perfev_events_count(events) != 1)
		result = not_one_event(event, perfev_events_count(events), why);
	else
		result = make_counter(out, perfev_events_get(events, 0), target, options, why);
	if (result < 0)
		perfev_events_free(events);
	else
		(*out)->events = events;
	return result;
}

/*
 * Has reads go by the page once it says that they may, which riscv64's kernel writes into it only
 * when the event is started. From then on that never changes, only the index does.
 */
static void trust_page(struct perfev_counter *counter)
{
	if (counter->mapped && counter->mapped->cap_user_rdpmc)
		__atomic_store_n(&counter->page, counter->mapped,
				 __ATOMIC_RELAXED); /* no other data */
}

int perfev_counter_start(struct perfev_counter *counter)
{
	if (perf_event_ioc_enable(counter->fd, 0) < 0)
		return -errno;
	trust_page(counter);
	return 0;
}

int perfev_counter_stop(struct perfev_counter *counter)
{
	return perf_event_ioc_disable(counter->fd, 0) < 0 ? -errno : 0;
}

int perfev_counter_reset(struct perfev_counter *counter)
{
	return perf_event_ioc_reset(counter->fd, 0) < 0 ? -errno : 0;
}

int perfev_counter_read(struct perfev_counter *counter, struct perfev_reading *out)
{
	return perfev_event_read(&counter->opener, counter->fd, &counter->place, out);
}

/* Kept out of line, so that a read without a system call saves no registers for it. */
__attribute__((noinline, cold)) static int read_value(struct perfev_counter *counter, __u64 *value)
{
	struct perfev_reading reading;
	int result = perfev_counter_read(counter, &reading);

	if (result == 0)
		*value = reading.value;
	return result;
}

int perfev_counter_read_value(struct perfev_counter *counter, __u64 *value)
{
	const struct perf_event_mmap_page *page = __atomic_load_n(&counter->page, __ATOMIC_RELAXED);

	if (counter->owner == this_thread() && perfev_page_value(page, value, 0))
		return 1;
	return read_value(counter, value);
}

int perfev_counter_read_user(struct perfev_counter *counter, struct perfev_reading *out)
{
	const struct perf_event_mmap_page *page = __atomic_load_n(&counter->page, __ATOMIC_RELAXED);

	memset(out, 0, sizeof(*out));
	if (counter->owner != this_thread() || !perfev_page_read_times(page, out))
		return perfev_counter_read(counter, out);
	out->state =
		out->running_ns < out->enabled_ns ? PERFEV_READING_SCALED : PERFEV_READING_COUNTED;
	return 1;
}

int perfev_counter_fd(const struct perfev_counter *counter)
{
	return counter->fd;
}

const struct perf_event_mmap_page *perfev_counter_page(const struct perfev_counter *counter)
{
	return counter->mapped;
}

const struct perf_event_attr *perfev_counter_attr(const struct perfev_counter *counter)
{
	return &counter->event.attr;
}

void perfev_counter_close(struct perfev_counter *counter)
{
	if (!counter)
		return;
	if (counter->page_bytes)
		munmap((void *)(size_t)counter->mapped, counter->page_bytes);
	if (counter->fd >= 0)
		close(counter->fd);
	perfev_events_free(counter->events);
	free(counter);
}
