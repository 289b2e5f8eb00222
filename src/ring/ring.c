/* SPDX-License-Identifier: MIT */
/*
 * A ring: mapped or made of memory, paused and resumed, asked about, closed. Where its records are
 * is taken from its page, checked against what is mapped, and never looked up again: the page is
 * memory that others may write to.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <perfev/sys.h>

#include "../explain/why.h"
#include "position.h"

#define ALL_FLAGS (PERFEV_RING_OVERWRITE | PERFEV_RING_BACKWARD | PERFEV_RING_SHRINK)

static int is_power_of_two(__u64 number)
{
	return number && !(number & (number - 1));
}

static int refuse(struct perfev_why *why, const char *field, __u64 value, const char *reason)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, field, value);

	perfev_why_reason(why, "%s is %llu, but %s", field, (unsigned long long)value, reason);
	return result;
}

/* Finds the records in what is mapped. The fields that say so are newer than Linux 4.0. */
static int find_data(struct perfev_ring *ring, size_t bytes, struct perfev_why *why)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	__u64 offset, size;

	if (bytes < sizeof(*ring->page))
		return refuse(why, "bytes", bytes, "a ring begins with its page");
	offset = ring->page->data_offset;
	size = ring->page->data_size;
	if (!offset) {
		offset = page;
		size = bytes < page ? 0 : bytes - page;
	}
	if (offset < sizeof(*ring->page) || offset > bytes)
		return refuse(why, "data_offset", offset, "that is not in the ring");
	if (!is_power_of_two(size) || size < HEADER_BYTES || size > bytes - offset)
		return refuse(why, "data_size", size, "it must be a power of two, in the ring");
	ring->data = (const unsigned char *)ring->page + offset;
	ring->size = size;
	ring->mask = size - 1;
	ring->batch = size / 4;
	return 0;
}

/* Makes a ring of what is mapped. */
static int make_ring(struct perfev_ring *ring, void *memory, size_t bytes, struct perfev_why *why)
{
	int result;

	ring->page = memory;
	result = find_data(ring, bytes, why);
	if (result < 0)
		return result;
	ring->side = malloc(ring->size < RECORD_MOST ? (size_t)ring->size : RECORD_MOST);
	if (!ring->side)
		return perfev_why_no_memory(why, "the ring");
	if (ring->flags & PERFEV_RING_OVERWRITE)
		return 0;
	ring->tail = ring->page->data_tail;
	ring->next = ring->head = ring->safe = ring->tail;
	return 0;
}

/* Maps so many pages of records, or as many as may be. Returns their bytes, or 0 with errno set. */
static size_t map_pages(struct perfev_ring *ring, size_t pages, void **memory, size_t *refused)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const int prot = PROT_READ | (ring->flags & PERFEV_RING_OVERWRITE ? 0 : PROT_WRITE);

	for (;; pages /= 2) {
		const size_t bytes = (1 + pages) * page;

		*memory = mmap(NULL, bytes, prot, MAP_SHARED, ring->fd, 0);
		if (*memory != MAP_FAILED)
			return bytes;
		*refused = bytes;
		if (!(ring->flags & PERFEV_RING_SHRINK) || (errno != EPERM && errno != ENOMEM) ||
		    pages == 1)
			return 0;
	}
}

static int map_ring(struct perfev_ring *ring, unsigned int pages, struct perfev_why *why)
{
	const int prot = PROT_READ | (ring->flags & PERFEV_RING_OVERWRITE ? 0 : PROT_WRITE);
	size_t bytes, refused = 0;
	void *memory;
	int error;

	if (!is_power_of_two(pages))
		return refuse(why, "pages", pages, "it must be a power of two");
	bytes = map_pages(ring, pages, &memory, &refused);
	if (!bytes) {
		error = errno;
		perfev_explain_mmap(ring->fd, NULL, refused, prot, 0, error, why);
		return -error;
	}
	ring->mapped = bytes;
	return make_ring(ring, memory, bytes, why);
}

static struct perfev_ring *allocate(int fd, unsigned int flags, struct perfev_why *why, int *result)
{
	struct perfev_ring *ring = calloc(1, sizeof(*ring));

	*result = 0;
	if (!ring) {
		*result = perfev_why_no_memory(why, "the ring");
		return NULL;
	}
	ring->fd = fd;
	ring->flags = flags & PERFEV_RING_BACKWARD ? flags | PERFEV_RING_OVERWRITE : flags;
	if (flags & ~ALL_FLAGS)
		*result = refuse(why, "flags", flags, "only PERFEV_RING_* are known");
	return ring;
}

static int hand_over(struct perfev_ring **out, struct perfev_ring *ring, int result)
{
	*out = result < 0 ? NULL : ring;
	if (result < 0)
		perfev_ring_close(ring);
	return result;
}

int perfev_ring_open(struct perfev_ring **out, int fd, unsigned int pages, unsigned int flags,
		     struct perfev_why *why)
{
	struct perfev_ring *ring;
	int result;

	perfev_why_clear(why);
	ring = allocate(fd, flags, why, &result);
	if (result == 0)
		result = map_ring(ring, pages, why);
	return hand_over(out, ring, result);
}

int perfev_ring_open_memory(struct perfev_ring **out, void *memory, size_t bytes,
			    unsigned int flags, struct perfev_why *why)
{
	struct perfev_ring *ring;
	int result;

	perfev_why_clear(why);
	ring = allocate(-1, flags, why, &result);
	if (result == 0)
		result = make_ring(ring, memory, bytes, why);
	return hand_over(out, ring, result);
}

/* A backward ring from its head, the newest, up to what an earlier pause had or is overwritten. */
static void begin_backward(struct perfev_ring *ring)
{
	__u64 head = position_load(&ring->page->data_head, 0);
	__u64 written;

	/* A 32-bit kernel counts down from 2^32. */
	if (sizeof(long) == 4 && head >> 32 == 0 && head >> 31)
		head |= ~(__u64)0 << 32;
	written = ring->began - head;
	ring->ends_cut = written > ring->size;
	ring->next = head;
	ring->head = head + (ring->ends_cut ? ring->size : written);
	ring->began = head;
}

/* A forward ring goes on where it was, if that is still there. */
static void begin_overwritten(struct perfev_ring *ring)
{
	__u64 head = position_load(&ring->page->data_head, ring->next);

	ring->head = head;
	if (head - ring->next <= ring->size)
		return;
	ring->losses.overruns++;
	ring->losses.overrun_bytes += head - ring->next;
	ring->next = head;
}

int perfev_ring_pause(struct perfev_ring *ring)
{
	if (ring->paused)
		return 0;
	if (ring->fd >= 0 && perf_event_ioc_pause_output(ring->fd, 1) < 0)
		return -errno;
	ring->paused = 1;
	if (ring->flags & PERFEV_RING_BACKWARD)
		begin_backward(ring);
	else if (ring->flags & PERFEV_RING_OVERWRITE)
		begin_overwritten(ring);
	return 0;
}

int perfev_ring_resume(struct perfev_ring *ring)
{
	if (!ring->paused)
		return 0;
	if (ring->fd >= 0 && perf_event_ioc_pause_output(ring->fd, 0) < 0)
		return -errno;
	ring->paused = 0;
	if (ring->flags & PERFEV_RING_OVERWRITE)
		ring->head = ring->next;
	return 0;
}

void perfev_ring_losses(const struct perfev_ring *ring, struct perfev_losses *out)
{
	*out = ring->losses;
}

int perfev_ring_fd(const struct perfev_ring *ring)
{
	return ring->fd;
}

struct perf_event_mmap_page *perfev_ring_page(const struct perfev_ring *ring)
{
	return ring->page;
}

size_t perfev_ring_bytes(const struct perfev_ring *ring)
{
	return (size_t)ring->size;
}

size_t perfev_ring_filled(const struct perfev_ring *ring)
{
	__u64 filled;

	if (ring->flags & PERFEV_RING_OVERWRITE)
		return (size_t)(ring->head - ring->next);
	filled = position_load(&ring->page->data_head, ring->next) - ring->next;
	return (size_t)(filled < ring->size ? filled : ring->size);
}

void perfev_ring_close(struct perfev_ring *ring)
{
	if (!ring)
		return;
	if (ring->data && ring->side)
		ring_publish(ring);
	if (ring->mapped)
		munmap(ring->page, ring->mapped);
	free(ring->side);
	free(ring);
}
