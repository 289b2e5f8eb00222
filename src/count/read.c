/* SPDX-License-Identifier: MIT */
/*
 * Starting, stopping and reading what is open: one system call for each kernel group in each
 * place. A read that is not whole gives no number.
 */
#include "counters.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <perfev/sys.h>

/* The most that the kernel gives at a time: a group's read is refused at open beyond this. */
#define READ_WORDS (16384 / 8)

/* The first of a part's events that is open in a place, which leads; -1 where none is. */
static int leader_of(const struct perfev_counters *counters, const struct part *part,
		     unsigned int place)
{
	for (unsigned int member = 0; member < part->count; member++) {
		int fd = *perfev_fd_of(counters, place, counters->order[part->first + member]);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Calls one of the ioctls below for each kernel group. Returns 0, or the first error. */
static int for_each_group(const struct perfev_counters *counters, int (*function)(int fd))
{
	int result = 0;

	for (unsigned int place = 0; place < counters->places.count; place++) {
		for (unsigned int part = 0; part < counters->part_count; part++) {
			int fd = leader_of(counters, &counters->parts[part], place);

			if (fd >= 0 && function(fd) < 0 && result == 0)
				result = -errno;
		}
	}
	return result;
}

/*
 * The leader alone is switched: its members follow it at the same moment. With the flag for groups
 * the kernel would switch one event after the other, and count what happens in between by some.
 */
static int enable(int fd)
{
	return perf_event_ioc_enable(fd, 0);
}

static int disable(int fd)
{
	return perf_event_ioc_disable(fd, 0);
}

static int reset(int fd)
{
	return perf_event_ioc_reset(fd, PERF_IOC_FLAG_GROUP);
}

int perfev_counters_start(struct perfev_counters *counters)
{
	return for_each_group(counters, enable);
}

int perfev_counters_stop(struct perfev_counters *counters)
{
	return for_each_group(counters, disable);
}

int perfev_counters_reset(struct perfev_counters *counters)
{
	return for_each_group(counters, reset);
}

static enum perfev_reading_state state_of(const struct perfev_reading *reading)
{
	/* Less than a tick of a guest's coarse clock: it was counted all the same. */
	if (reading->value && !reading->enabled_ns)
		return PERFEV_READING_COUNTED;
	if (reading->running_ns == 0)
		return reading->enabled_ns ? PERFEV_READING_NEVER : PERFEV_READING_IDLE;
	return reading->running_ns < reading->enabled_ns ? PERFEV_READING_SCALED :
							   PERFEV_READING_COUNTED;
}

/* Where in a row, which has a reading for each event of the set, a part's member stands. */
static struct perfev_reading *reading_of(const struct perfev_counters *counters,
					 const struct part *part, unsigned int member,
					 struct perfev_reading *row)
{
	return &row[counters->order[part->first + member]];
}

static int is_open(const struct perfev_counters *counters, const struct part *part,
		   unsigned int member, unsigned int place)
{
	return *perfev_fd_of(counters, place, counters->order[part->first + member]) >= 0;
}

static void begin(const struct perfev_counters *counters, const struct part *part,
		  struct perfev_reading *row)
{
	for (unsigned int member = 0; member < part->count; member++) {
		const struct perfev_why *why = counters->why[counters->order[part->first + member]];
		struct perfev_reading *reading = reading_of(counters, part, member, row);

		memset(reading, 0, sizeof(*reading));
		reading->state = why ? PERFEV_READING_MISSING : PERFEV_READING_IDLE;
		reading->error = why ? why->error : 0;
	}
}

/*
 * Whether a thread has ended: asked only when its enabled time stands still. Both values are hints
 * to the next read, which order no other data.
 */
static int has_ended(struct place *place, __u64 enabled_ns)
{
	__u64 before;

	if (!place->ends || __atomic_load_n(&place->ended, __ATOMIC_RELAXED))
		return place->ends;
	before = __atomic_exchange_n(&place->enabled_ns, enabled_ns, __ATOMIC_RELAXED);
	if (before != enabled_ns || !perfev_thread_ended(place->shown.pid))
		return 0;
	__atomic_store_n(&place->ended, 1, __ATOMIC_RELAXED);
	return 1;
}

/* Fills a reading from a value with its id and what was lost. */
static void take_value(const struct opener *opener, const __u64 *words, __u64 enabled,
		       __u64 running, struct perfev_reading *reading)
{
	/* The kernel reads both without its lock, while another thread may switch the event. */
	reading->enabled_ns = enabled;
	reading->running_ns = running < enabled ? running : enabled;
	reading->value = words[0];
	reading->state = state_of(reading);
	/* What was never on a counter may hold a number all the same; it is none. */
	if (reading->state != PERFEV_READING_COUNTED && reading->state != PERFEV_READING_SCALED)
		reading->value = 0;
	reading->id = words[1];
	reading->lost = opener->no_lost ? 0 : words[2];
}

/* Takes the read of an event alone: value, enabled, running, id[, lost]. */
static int take_alone(const struct opener *opener, const __u64 *words, size_t count,
		      struct perfev_reading *reading)
{
	const __u64 own[3] = { words[0], words[3], words[4] };

	if (count != (opener->no_lost ? 4 : 5))
		return -EBADMSG;
	take_value(opener, own, words[1], words[2], reading);
	return 0;
}

/* Says what a read gave that has no number. Returns the error that it is, or 0. */
static int say_failed(ssize_t length, struct perfev_reading *reading)
{
	if (length == 0) {
		/* End of file is how the kernel says that a pinned event lost its counter. */
		reading->state = PERFEV_READING_ERROR;
		return 0;
	}
	reading->state = PERFEV_READING_FAILED;
	reading->error = length < 0 ? errno : EBADMSG;
	return -reading->error;
}

int perfev_event_read(const struct opener *opener, int fd, struct place *place,
		      struct perfev_reading *out)
{
	__u64 words[5];
	ssize_t length = read(fd, words, sizeof(words));

	memset(out, 0, sizeof(*out));
	if (length <= 0 || take_alone(opener, words, (size_t)length / 8, out) < 0)
		return say_failed(length, out);
	out->ended = has_ended(place, out->enabled_ns) != 0;
	return 0;
}

/*
 * Takes a read apart: of an event alone, or of a group: number, enabled, running, and value, id[,
 * lost] of each. Returns 0, or -EBADMSG when it is not as long as it has to be.
 */
static int take_apart(struct perfev_counters *counters, const struct part *part, unsigned int place,
		      const __u64 *words, size_t count, struct perfev_reading *row)
{
	const size_t each = counters->opener.no_lost ? 2 : 3;
	size_t open = 0;

	if (!part->grouped)
		return take_alone(&counters->opener, words, count,
				  reading_of(counters, part, 0, row));
	for (unsigned int member = 0; member < part->count; member++) {
		if (!is_open(counters, part, member, place))
			continue;
		if (count < 3 + each * (open + 1))
			return -EBADMSG;
		take_value(&counters->opener, &words[3 + each * open++], words[1], words[2],
			   reading_of(counters, part, member, row));
	}
	return words[0] == open && count == 3 + each * open ? 0 : -EBADMSG;
}

/* Gives all members that are open in this place the state of the first. */
static void say_all(const struct perfev_counters *counters, const struct part *part,
		    unsigned int place, struct perfev_reading *row, struct perfev_reading reading)
{
	for (unsigned int member = 0; member < part->count; member++)
		if (is_open(counters, part, member, place))
			*reading_of(counters, part, member, row) = reading;
}

static __u64 total_enabled(const struct perfev_counters *counters, const struct part *part,
			   struct perfev_reading *row)
{
	__u64 enabled_ns = 0;

	for (unsigned int member = 0; member < part->count; member++)
		enabled_ns |= reading_of(counters, part, member, row)->enabled_ns;
	return enabled_ns;
}

int perfev_part_read(struct perfev_counters *counters, unsigned int number, unsigned int place,
		     struct perfev_reading *row)
{
	const struct part *part = &counters->parts[number];
	int fd = leader_of(counters, part, place);
	struct perfev_reading failed = { 0 };
	__u64 words[READ_WORDS];
	ssize_t length;
	int result, ended;

	begin(counters, part, row);
	if (fd < 0)
		return 0;
	length = read(fd, words, sizeof(words));
	if (length <= 0 || take_apart(counters, part, place, words, (size_t)length / 8, row) < 0) {
		result = say_failed(length, &failed);
		say_all(counters, part, place, row, failed);
		return result;
	}
	/* The first part's time stands for the place. */
	if (number == 0)
		ended = has_ended(&counters->places.list[place],
				  total_enabled(counters, part, row));
	else
		ended = __atomic_load_n(&counters->places.list[place].ended, __ATOMIC_RELAXED);
	if (ended)
		for (unsigned int member = 0; member < part->count; member++)
			reading_of(counters, part, member, row)->ended = 1;
	return 0;
}

int perfev_counters_read(struct perfev_counters *counters)
{
	int result = 0;

	for (unsigned int place = 0; place < counters->places.count; place++) {
		struct perfev_reading *row =
			&counters->readings[(size_t)place * counters->column_count];

		for (unsigned int part = 0; part < counters->part_count; part++) {
			int error = perfev_part_read(counters, part, place, row);

			if (error < 0 && result == 0)
				result = error;
		}
	}
	return result;
}
