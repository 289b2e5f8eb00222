/* SPDX-License-Identifier: MIT */
/*
 * jitdump, as runtimes write it for linux-perf: code that was made and moved, each with its time,
 * so that of two that were in one place in turn the right one is named. Of either byte order.
 */
#include "jit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../record/bytes.h"

#define MAGIC 0x4a695444U
#define MAGIC_SWAPPED 0x4454694aU
#define FILE_HEADER 40U
#define PREFIX 16U
#define LOAD_BYTES 40U /* behind the prefix; the name and the code follow */
#define MOVE_BYTES 48U
#define WINDOW (64U << 10)
#define HAS_CYCLES 1U /* in flags: times are of the processor's clock */

enum {
	CODE_LOAD = 0,
	CODE_MOVE = 1
};

struct event {
	__u64 time;
	__u64 address, size;
	__u64 from;         /* that it was moved from */
	__u32 name, length; /* in names; of what was moved, length is 0 */
	__u32 number;       /* in the file */
	__u32 is_move;
};

struct jitdump {
	int swapped, has_cycles, has_times;
	__u64 offset; /* as far as it was read */
	struct event *events;
	__u32 count, room, next; /* next: the first that has not come yet */
	char *names;
	size_t names_bytes, names_room;
};

/* A piece of the file. */
struct window {
	int fd;
	__u64 offset;
	size_t length;
	unsigned char bytes[WINDOW];
};

/* Lends bytes of the file, WINDOW at most. Returns NULL where they are not there. */
static const unsigned char *get(struct window *window, __u64 offset, size_t length)
{
	if (offset < window->offset || offset - window->offset > window->length ||
	    window->length - (offset - window->offset) < length) {
		ssize_t count = pread(window->fd, window->bytes, WINDOW, (off_t)offset);

		window->offset = offset;
		window->length = count > 0 ? (size_t)count : 0;
	}
	if (window->length - (offset - window->offset) < length)
		return NULL;
	return window->bytes + (offset - window->offset);
}

int perfev_jitdump_open(struct jit *jit, int fd)
{
	unsigned char header[FILE_HEADER];
	struct jitdump *dump;
	__u32 magic, bytes;

	if (pread(fd, header, sizeof(header), 0) != (ssize_t)sizeof(header))
		return -EBADMSG;
	magic = load32(header, 0);
	bytes = load32(header + 8, magic == MAGIC_SWAPPED);
	if ((magic != MAGIC && magic != MAGIC_SWAPPED) || bytes < FILE_HEADER)
		return -EBADMSG;
	dump = calloc(1, sizeof(*dump));
	if (!dump)
		return -ENOMEM;
	dump->swapped = magic == MAGIC_SWAPPED;
	dump->has_cycles = (load64(header + 32, dump->swapped) & HAS_CYCLES) != 0;
	dump->offset = bytes;
	jit->dump = dump;
	return 0;
}

/* From the processor's clock to that of records, as the kernel says in a ring's page. */
static __u64 time_of(const struct perfev_record_time_conv *clock, __u64 cycles)
{
	const unsigned int shift = clock->time_shift & 63;
	const __u64 whole = cycles >> shift, part = cycles & ((1ULL << shift) - 1);

	return clock->time_zero + whole * clock->time_mult + (part * clock->time_mult >> shift);
}

/* Room for one more event, and so many bytes of a name. Returns it, or NULL without memory. */
static struct event *reserve(struct jitdump *dump, size_t length)
{
	if (dump->count == dump->room) {
		__u32 room = dump->room ? 2 * dump->room : 64;
		struct event *more = realloc(dump->events, room * sizeof(*more));

		if (!more)
			return NULL;
		dump->events = more;
		dump->room = room;
	}
	if (dump->names_room - dump->names_bytes < length) {
		size_t room = 2 * dump->names_room + length + 1024;
		char *more = realloc(dump->names, room);

		if (!more)
			return NULL;
		dump->names = more;
		dump->names_room = room;
	}
	return &dump->events[dump->count];
}

/* Takes a record that has bytes in all. Returns 0 or -ENOMEM. */
static int take(struct jitdump *dump, struct window *window, __u32 bytes, __u32 id, __u64 time)
{
	const int is_move = id == CODE_MOVE, swapped = dump->swapped;
	const size_t fixed = PREFIX + (is_move ? MOVE_BYTES : LOAD_BYTES);
	size_t room = is_move || bytes < fixed ? 0 : bytes - fixed, length = 0;
	const unsigned char *at;
	struct event *event;

	if (bytes < fixed || dump->count >= CODES_MOST)
		return 0;
	room = room < JIT_NAME_MOST ? room : JIT_NAME_MOST;
	at = get(window, dump->offset, fixed + room);
	if (!at)
		return 0;
	if (!is_move)
		length = strnlen((const char *)at + fixed, room);
	event = reserve(dump, length);
	if (!event)
		return -ENOMEM;
	/* Behind the prefix: pid, tid, vma, then from where, to where and how much. */
	at += PREFIX + 16;
	*event = (struct event){ .time = time, .number = dump->count++, .is_move = is_move };
	if (is_move) {
		event->from = load64(at, swapped);
		at += 8;
	}
	event->address = load64(at, swapped);
	event->size = load64(at + 8, swapped);
	event->name = (__u32)dump->names_bytes;
	event->length = (__u32)length;
	if (length)
		memcpy(dump->names + dump->names_bytes, at + 24, length);
	dump->names_bytes += length;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/* Threads write one after the other, yet not always in the order of their times. */
static void sort_rest(struct jitdump *dump)
{
	for (__u32 i = dump->next + 1; i < dump->count; i++) {
		if (dump->events[i].time >= dump->events[i - 1].time)
			continue;
		qsort(dump->events + dump->next, dump->count - dump->next, sizeof(*dump->events),
		      compare);
		return;
	}
}

int perfev_jitdump_read(struct perfev_symbols *symbols, struct jit *jit, int fd)
{
	const struct registry *registry = symbols->registry;
	struct jitdump *dump = jit->dump;
	const __u32 before = dump->count;
	struct window window;
	const unsigned char *prefix;
	struct stat status;
	int result = 0;

	if (fstat(fd, &status) < 0)
		return 0;
	window.fd = fd;
	window.offset = window.length = 0;
	dump->has_times = dump->has_cycles ? registry->has_clock : registry->is_monotonic;
	while (result == 0 && dump->offset < JIT_FILE_MOST &&
	       (prefix = get(&window, dump->offset, PREFIX)) != NULL) {
		const __u32 id = load32(prefix, dump->swapped),
			    bytes = load32(prefix + 4, dump->swapped);
		__u64 time = load64(prefix + 8, dump->swapped);

		/* What is not whole yet may be later; what leads nowhere ends it. */
		if (bytes < PREFIX || bytes > (__u64)status.st_size - dump->offset)
			break;
		time = !dump->has_times ? 0 :
		       dump->has_cycles ? time_of(&registry->clock, time) :
					  time;
		if (id == CODE_LOAD || id == CODE_MOVE)
			result = take(dump, &window, bytes, id, time);
		dump->offset += bytes;
	}
	jit->module->shown.symbol_count += dump->count - before;
	sort_rest(dump);
	return result < 0 ? result : dump->count > before;
}

/* Code that was moved keeps its name. */
static int move(struct jit *jit, const struct event *event)
{
	struct code *code = perfev_codes_find(&jit->codes, event->from);
	char name[JIT_NAME_MOST + 1];
	size_t length;
	int result;

	if (!code)
		return 0;
	length = strlen(code->name);
	memcpy(name, code->name, length);
	result = perfev_codes_remove(
		&jit->codes, event->from,
		event->size < ~0ULL - event->from ? event->from + event->size : ~0ULL);
	if (result < 0)
		return result;
	return perfev_codes_add(&jit->codes, event->address, event->size, name, length,
				jit->module);
}

int perfev_jitdump_advance(struct jit *jit, __u64 now)
{
	struct jitdump *dump = jit->dump;

	while (dump->next < dump->count && (!now || dump->events[dump->next].time <= now)) {
		const struct event *event = &dump->events[dump->next];
		int result;

		if (event->is_move)
			result = move(jit, event);
		else
			result = perfev_codes_add(&jit->codes, event->address, event->size,
						  event->length ? dump->names + event->name : "",
						  event->length, jit->module);
		if (result < 0)
			return result;
		dump->next++;
	}
	return 0;
}

int perfev_jitdump_has_times(const struct jitdump *dump)
{
	return dump->has_times;
}

void perfev_jitdump_free(struct jitdump *dump)
{
	if (!dump)
		return;
	free(dump->events);
	free(dump->names);
	free(dump);
}
