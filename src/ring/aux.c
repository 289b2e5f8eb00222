/* SPDX-License-Identifier: MIT */
/*
 * AUX areas. Positions are those of the whole trace and are never brought back into the area: a
 * tail that is masked stops the trace after the first round.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../explain/why.h"
#include "position.h"

struct perfev_aux {
	struct perfev_ring *ring;
	const unsigned char *area;
	size_t bytes;  /* a power of two */
	size_t mapped; /* to unmap, or 0 */
	__u64 tail;    /* as the PMU knows it */
	__u64 next;    /* where the next piece should begin */
	unsigned int flags;
	struct perfev_losses losses;
};

static struct perfev_aux *allocate(struct perfev_ring *ring, unsigned int flags,
				   struct perfev_why *why, int *result)
{
	struct perfev_aux *aux = calloc(1, sizeof(*aux));

	*result = 0;
	if (!aux) {
		*result = perfev_why_no_memory(why, "the AUX area");
		return NULL;
	}
	aux->ring = ring;
	aux->flags = flags;
	if (flags & ~PERFEV_AUX_SNAPSHOT) {
		*result = perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "flags", flags);
		perfev_why_reason(why, "flags is %#x, but only PERFEV_AUX_SNAPSHOT is known",
				  flags);
	}
	return aux;
}

static int begin(struct perfev_aux *aux, size_t bytes, struct perfev_why *why)
{
	int result;

	aux->bytes = bytes;
	if (aux->area && bytes && !(bytes & (bytes - 1))) {
		aux->tail = aux->next = aux->ring->page->aux_tail;
		return 0;
	}
	result = perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "bytes", bytes);
	perfev_why_reason(why, "an AUX area has a power of two of bytes, and not %zu", bytes);
	return result;
}

static int map_area(struct perfev_aux *aux, unsigned int pages, struct perfev_why *why)
{
	const size_t bytes = pages * (size_t)sysconf(_SC_PAGESIZE);
	const int prot = PROT_READ | (aux->flags & PERFEV_AUX_SNAPSHOT ? 0 : PROT_WRITE);
	struct perf_event_mmap_page *page = aux->ring->page;
	void *area;
	int error;

	/* The caller tells the kernel where it will be: behind the ring. */
	page->aux_offset = aux->ring->mapped;
	page->aux_size = bytes;
	area = mmap(NULL, bytes, prot, MAP_SHARED, aux->ring->fd, (off_t)aux->ring->mapped);
	if (area == MAP_FAILED) {
		error = errno;
		perfev_explain_mmap(aux->ring->fd, NULL, bytes, prot, (off_t)aux->ring->mapped,
				    error, why);
		return -error;
	}
	aux->area = area;
	aux->mapped = bytes;
	return 0;
}

static int hand_over(struct perfev_aux **out, struct perfev_aux *aux, int result)
{
	*out = result < 0 ? NULL : aux;
	if (result < 0)
		perfev_aux_close(aux);
	return result;
}

int perfev_aux_open(struct perfev_aux **out, struct perfev_ring *ring, unsigned int pages,
		    unsigned int flags, struct perfev_why *why)
{
	const size_t bytes = pages * (size_t)sysconf(_SC_PAGESIZE);
	struct perfev_aux *aux;
	int result;

	perfev_why_clear(why);
	aux = allocate(ring, flags, why, &result);
	if (result == 0 && (ring->fd < 0 || ring->flags & PERFEV_RING_OVERWRITE)) {
		result = perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "ring", 0);
		perfev_why_reason(why, "the ring is of memory, or mapped to be read only, where "
				       "an AUX area cannot be asked for");
	}
	if (result == 0)
		result = map_area(aux, pages, why);
	if (result == 0)
		result = begin(aux, bytes, why);
	return hand_over(out, aux, result);
}

int perfev_aux_open_memory(struct perfev_aux **out, struct perfev_ring *ring, void *memory,
			   size_t bytes, unsigned int flags, struct perfev_why *why)
{
	struct perfev_aux *aux;
	int result;

	perfev_why_clear(why);
	aux = allocate(ring, flags, why, &result);
	if (result == 0) {
		aux->area = memory;
		result = begin(aux, bytes, why);
	}
	return hand_over(out, aux, result);
}

static void lend(const struct perfev_aux *aux, __u64 offset, size_t size, struct perfev_span *span)
{
	const size_t at = (size_t)(offset & (aux->bytes - 1));

	span->first = aux->area + at;
	span->first_bytes = size < aux->bytes - at ? size : aux->bytes - at;
	span->second = aux->area;
	span->second_bytes = size - span->first_bytes;
}

static void note_flags(struct perfev_losses *losses, __u64 flags)
{
	losses->aux_truncated += (flags & PERF_AUX_FLAG_TRUNCATED) != 0;
	losses->aux_partial += (flags & PERF_AUX_FLAG_PARTIAL) != 0;
	losses->aux_collided += (flags & PERF_AUX_FLAG_COLLISION) != 0;
}

static void note_gap(struct perfev_aux *aux, struct perfev_aux_piece *out, __u64 gap)
{
	out->gap += gap;
	aux->losses.aux_gaps++;
	aux->losses.aux_gap_bytes += gap;
}

/* Records of bytes that nobody wrote: head is before their end. */
static int refuse(struct perfev_aux *aux, __u64 size)
{
	aux->losses.torn++;
	aux->losses.torn_bytes += size;
	return -EBADMSG;
}

int perfev_aux_get(struct perfev_aux *aux, const struct perfev_record_aux *record,
		   struct perfev_aux_piece *out)
{
	__u64 head, oldest, end = record->offset + record->size;

	memset(out, 0, sizeof(*out));
	note_flags(&aux->losses, record->flags);
	out->flags = record->flags;
	if (aux->flags & PERFEV_AUX_SNAPSHOT)
		return -EINVAL;
	if (!record->size)
		return 0;
	head = position_load(&aux->ring->page->aux_head, record->offset);
	if (record->size > head || end > head || end < record->offset)
		return refuse(aux, record->size);
	oldest = head > aux->bytes ? head - aux->bytes : 0;
	if (record->offset > aux->next)
		note_gap(aux, out, record->offset - aux->next);
	out->offset = record->offset;
	out->size = record->size;
	/* A PMU that does not mind the tail, or a tail that was given up too early. */
	if (out->offset < oldest || out->offset < aux->tail) {
		const __u64 first = oldest > aux->tail ? oldest : aux->tail;
		const __u64 gone = first < end ? first - out->offset : out->size;

		note_gap(aux, out, gone);
		out->offset += gone;
		out->size -= gone;
	}
	aux->next = end > aux->next ? end : aux->next;
	if (!out->size)
		return -EOVERFLOW;
	lend(aux, out->offset, (size_t)out->size, &out->span);
	return 1;
}

void perfev_aux_release(struct perfev_aux *aux, __u64 offset)
{
	const __u64 head = position_load(&aux->ring->page->aux_head, aux->tail);

	if (aux->flags & PERFEV_AUX_SNAPSHOT || offset <= aux->tail || offset > head)
		return;
	aux->tail = offset;
	/* Release: what was read was read before the PMU may write there again. */
	__atomic_store_n(&aux->ring->page->aux_tail, offset, __ATOMIC_RELEASE);
}

/*
 * Whether anything was written behind head: of an area that begins zeroed. Some PMUs (intel_pt)
 * bring their head back into the area, and only this tells whether they came round.
 */
static int came_round(const struct perfev_aux *aux, __u64 head)
{
	size_t at = aux->bytes;

	if (head >= aux->bytes)
		return 1;
	while (at > head && !aux->area[at - 1])
		at--;
	return at > head;
}

int perfev_aux_snapshot(struct perfev_aux *aux, struct perfev_aux_piece *out)
{
	const __u64 head = position_load(&aux->ring->page->aux_head, aux->next);

	memset(out, 0, sizeof(*out));
	if (!(aux->flags & PERFEV_AUX_SNAPSHOT))
		return -EINVAL;
	out->flags = PERF_AUX_FLAG_OVERWRITE;
	out->size = came_round(aux, head) ? aux->bytes : head;
	out->offset = head > out->size ? head - out->size : 0;
	if (!out->size)
		return 0;
	lend(aux, head - out->size, (size_t)out->size, &out->span);
	return 1;
}

void perfev_aux_losses(const struct perfev_aux *aux, struct perfev_losses *out)
{
	*out = aux->losses;
}

const void *perfev_aux_area(const struct perfev_aux *aux, size_t *bytes)
{
	*bytes = aux->bytes;
	return aux->area;
}

void perfev_aux_close(struct perfev_aux *aux)
{
	if (!aux)
		return;
	if (aux->mapped)
		munmap((void *)aux->area, aux->mapped);
	free(aux);
}
