/* SPDX-License-Identifier: MIT */
/*
 * A ring, as its files share it. Positions are 64-bit and run on where the ring wraps; what lies
 * from next to head is to be read. A tail is published only behind what nobody has lent any more.
 */
#ifndef PERFEV_SRC_RING_RING_H
#define PERFEV_SRC_RING_RING_H

#include <perfev/ring.h>

#include "../record/bytes.h"

#define RECORD_MOST 65536U

struct perfev_ring {
	const unsigned char *data;
	__u64 size, mask; /* of the room for records, a power of two */
	__u64 next;       /* what is read next */
	__u64 head;       /* where that ends for now */
	__u64 tail;       /* as the kernel knows it */
	__u64 batch;      /* so much is read before it hears of it */
	__u64 safe;       /* the sampler's: records before it may be handed out */
	struct perf_event_mmap_page *page;
	unsigned char *side; /* where a record that crosses the end is put together */
	__u64 began;         /* of a backward ring: where the last pause began */
	size_t mapped;       /* bytes to unmap, or 0 */
	int fd;
	unsigned int flags;
	int paused;
	int ends_cut; /* the last record may be half overwritten */
	struct perfev_losses losses;
};

/*
 * Looks how far the kernel has written. Returns 1 when there is more than before, 0 when not, or
 * -EOVERFLOW.
 */
int perfev_ring_look(struct perfev_ring *ring);

/* Counts what a record says is missing. */
void perfev_losses_note(struct perfev_losses *losses, const unsigned char *bytes, size_t size);

/* What cannot be read: finds out why, counts it and goes on behind it. Returns 0 or an error. */
int perfev_ring_refuse(struct perfev_ring *ring, size_t size);

/* Puts together the bytes from a position on, which may cross the ring's end. */
const unsigned char *perfev_ring_assemble(struct perfev_ring *ring, __u64 at, size_t bytes);

/* As perfev_ring_release(), but for what is lent now. */
static inline void ring_publish(struct perfev_ring *ring)
{
	if (ring->flags & PERFEV_RING_OVERWRITE || ring->tail == ring->next)
		return;
	ring->tail = ring->next;
	/* Release: what was read was read before the kernel may write there again. */
	__atomic_store_n(&ring->page->data_tail, ring->tail, __ATOMIC_RELEASE);
}

/*
 * Lends the record at a position before head, without passing it. Returns its size, or 0 when it
 * has none that can be.
 */
static inline size_t ring_peek(struct perfev_ring *ring, __u64 position,
			       const unsigned char **bytes)
{
	const __u64 at = position & ring->mask, left = ring->head - position;
	const unsigned char *from = ring->data + at;
	size_t size;

	*bytes = from;
	if (__builtin_expect(at + HEADER_BYTES > ring->size || left < HEADER_BYTES, 0)) {
		if (left < HEADER_BYTES)
			return 0;
		from = perfev_ring_assemble(ring, position, HEADER_BYTES);
	}
	size = load16(from + 6, 0);
	if (__builtin_expect(size < HEADER_BYTES || size > left, 0))
		return 0;
	if (__builtin_expect(at + size > ring->size, 0))
		*bytes = perfev_ring_assemble(ring, position, size);
	return size;
}

/* Whether a record may say that something is missing: the few types that do. */
static inline int says_loss(const unsigned char *bytes)
{
	const __u32 type = load32(bytes, 0);

	return type != PERF_RECORD_SAMPLE && type < 32 &&
	       (1U << type & (1U << PERF_RECORD_LOST | 1U << PERF_RECORD_LOST_SAMPLES |
			      1U << PERF_RECORD_THROTTLE | 1U << PERF_RECORD_UNTHROTTLE));
}

/* Lends the next record, whatever it is, and passes it. Returns its size, 0, or an error. */
long perfev_ring_take(struct perfev_ring *ring, const unsigned char **bytes);

/* Likewise; a sample in one piece is all that this looks at itself. */
static inline long ring_take(struct perfev_ring *ring, const unsigned char **bytes)
{
	const __u64 at = ring->next & ring->mask, left = ring->head - ring->next;
	const __u64 whole = left < ring->size - at ? left : ring->size - at;
	const unsigned char *from = ring->data + at;
	size_t size;

	if (whole < HEADER_BYTES || ring->next - ring->tail >= ring->batch)
		return perfev_ring_take(ring, bytes);
	size = load16(from + 6, 0);
	if (size < HEADER_BYTES || size > whole || load32(from, 0) != PERF_RECORD_SAMPLE)
		return perfev_ring_take(ring, bytes);
	ring->next += size;
	*bytes = from;
	return (long)size;
}

#endif
