/* SPDX-License-Identifier: MIT */
/*
 * Reading a ring. What must stay true: nothing that the ring holds is believed before it was
 * checked against what is there, and each call passes something or says that there is nothing, so
 * that no ring keeps its reader for ever.
 */
#include "ring.h"

#include <errno.h>
#include <string.h>

#include "../record/alike.h"
#include "position.h"

void perfev_losses_note(struct perfev_losses *losses, const unsigned char *bytes, size_t size)
{
	switch (load32(bytes, 0)) {
	case PERF_RECORD_LOST: /* the event's id, and how many */
		if (size >= 24)
			losses->lost += load64(bytes + 16, 0);
		break;
	case PERF_RECORD_LOST_SAMPLES:
		if (size >= 16)
			losses->lost_samples += load64(bytes + 8, 0);
		break;
	case PERF_RECORD_THROTTLE:
		losses->throttled++;
		break;
	case PERF_RECORD_UNTHROTTLE:
		losses->unthrottled++;
		break;
	default:
		break;
	}
}

const unsigned char *perfev_ring_assemble(struct perfev_ring *ring, __u64 at, size_t bytes)
{
	size_t offset = (size_t)(at & ring->mask), first = (size_t)ring->size - offset;

	if (first > bytes)
		first = bytes;
	memcpy(ring->side, ring->data + offset, first);
	memcpy(ring->side + first, ring->data, bytes - first);
	return ring->side;
}

/* All that is there is gone: the kernel, or another reader, went further than it may. */
static int skip_overrun(struct perfev_ring *ring, __u64 head)
{
	ring->losses.overruns++;
	ring->losses.overrun_bytes += head - ring->next;
	ring->next = head;
	ring->head = head;
	ring_publish(ring);
	return -EOVERFLOW;
}

int perfev_ring_look(struct perfev_ring *ring)
{
	__u64 head;

	ring_publish(ring);
	if (ring->flags & PERFEV_RING_OVERWRITE)
		return 0;
	head = position_load(&ring->page->data_head, ring->next);
	if (head == ring->head)
		return 0;
	if (head - ring->next > ring->size)
		return skip_overrun(ring, head);
	ring->head = head;
	return 1;
}

int perfev_ring_refuse(struct perfev_ring *ring, size_t size)
{
	const __u64 left = ring->head - ring->next;
	const int is_cut = ring->ends_cut && (size > left || left < HEADER_BYTES);

	ring->next = ring->head;
	if (is_cut)
		return 0;
	/* Where the next record begins, nobody knows: all that was there is passed. */
	ring->losses.torn++;
	ring->losses.torn_bytes += left;
	ring_publish(ring);
	return -EBADMSG;
}

/* What the record at next says of its size, as far as that is there. */
static size_t size_said(struct perfev_ring *ring)
{
	if (ring->head - ring->next < HEADER_BYTES)
		return 0;
	return load16(perfev_ring_assemble(ring, ring->next, HEADER_BYTES) + 6, 0);
}

long perfev_ring_take(struct perfev_ring *ring, const unsigned char **bytes)
{
	size_t size;

	*bytes = NULL;
	/* What the last call lent is behind next: that much goes back. */
	if (ring->next - ring->tail >= ring->batch)
		ring_publish(ring);
	if (ring->next == ring->head) {
		int result = perfev_ring_look(ring);

		if (result <= 0)
			return result;
	}
	size = ring_peek(ring, ring->next, bytes);
	if (__builtin_expect(!size, 0))
		return perfev_ring_refuse(ring, size_said(ring));
	ring->next += size;
	if (says_loss(*bytes))
		perfev_losses_note(&ring->losses, *bytes, size);
	return (long)size;
}

int perfev_ring_next(struct perfev_ring *ring, struct perfev_record *record,
		     const struct perfev_layout *layout)
{
	const unsigned char *bytes;
	const long size = ring_take(ring, &bytes);
	int result;

	if (size <= 0)
		return (int)size;
	result = decode_whole(record, bytes, (size_t)size, layout);
	return result < 0 ? result : 1;
}

int perfev_ring_next_raw(struct perfev_ring *ring, const void **bytes, size_t *size)
{
	const unsigned char *at;
	const long result = ring_take(ring, &at);

	if (result <= 0)
		return (int)result;
	*bytes = at;
	*size = (size_t)result;
	return 1;
}

int perfev_ring_next_bytes(struct perfev_ring *ring, struct perfev_span *out)
{
	const unsigned char *bytes;
	__u64 first, offset, length;
	int result = 0;

	ring_publish(ring);
	memset(out, 0, sizeof(*out));
	if (ring->next == ring->head)
		result = perfev_ring_look(ring);
	if (result < 0 || ring->next == ring->head)
		return result;
	for (first = ring->next; ring->next != ring->head;) {
		size_t size = ring_peek(ring, ring->next, &bytes);

		if (!size)
			break;
		if (says_loss(bytes))
			perfev_losses_note(&ring->losses, bytes, size);
		ring->next += size;
	}
	/* What is torn is found by the next call; here is what is whole before it. */
	if (ring->next == first)
		return perfev_ring_refuse(ring, size_said(ring));
	offset = first & ring->mask;
	length = ring->next - first;
	out->first = ring->data + offset;
	out->first_bytes = (size_t)(length < ring->size - offset ? length : ring->size - offset);
	out->second = ring->data;
	out->second_bytes = (size_t)length - out->first_bytes;
	return 1;
}

void perfev_ring_release(struct perfev_ring *ring)
{
	ring_publish(ring);
}
