/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a ring: first how much was written and from where on it is read, then the records. A
 * reader comes to its end, and every byte is handed out, torn or written over.
 */
#include "fuzz.h"

#include <perfev/ring.h>

#include <errno.h>
#include <string.h>

#define SIZE 512U
#define OFFSET 2048U

static unsigned char memory[OFFSET + SIZE] __attribute__((aligned(64)));
static struct perf_event_mmap_page *const page = (struct perf_event_mmap_page *)memory;

static struct perfev_ring *open_ring(__u64 tail, __u64 filled, unsigned int flags)
{
	struct perfev_ring *ring;

	page->data_offset = OFFSET;
	page->data_size = SIZE;
	page->data_tail = tail;
	page->data_head = tail + filled;
	CHECK(perfev_ring_open_memory(&ring, memory, sizeof(memory), flags, NULL) == 0);
	return ring;
}

/* Reads it in one way. No record is counted twice, so that it ends. */
static void read_all(struct perfev_ring *ring, __u64 filled, int way)
{
	const struct perf_event_attr attr = { .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_CALLCHAIN,
					      .sample_id_all = 1 };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_layout layout;
	struct perfev_losses losses;
	struct perfev_span span;
	__u64 bytes = 0;
	int result, calls = 0;

	perfev_layout_init(&layout, &attr, 0);
	do {
		const void *at;
		size_t size = 0;

		if (way == 0) {
			result = perfev_ring_next(ring, &record, &layout);
			if (result == 1 || (result == -EBADMSG && record.bad_field))
				size = record.size;
			record.bad_field = NULL;
		} else if (way == 1) {
			result = perfev_ring_next_raw(ring, &at, &size);
		} else {
			result = perfev_ring_next_bytes(ring, &span);
			size = result == 1 ? span.first_bytes + span.second_bytes : 0;
		}
		bytes += size;
		CHECK(++calls < 1000);
	} while (result);
	perfev_ring_losses(ring, &losses);
	CHECK(bytes + losses.torn_bytes + losses.overrun_bytes == filled);
	CHECK(page->data_tail == page->data_head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	__u16 tail, filled;
	struct perfev_ring *ring;

	if (size < 4)
		return 0;
	memcpy(&tail, data, 2);
	memcpy(&filled, data + 2, 2);
	memset(memory, 0, sizeof(memory));
	memcpy(memory + OFFSET, data + 4, size - 4 < SIZE ? size - 4 : SIZE);
	for (int way = 0; way < 3; way++) {
		ring = open_ring(tail, filled % (SIZE + 64), 0);
		read_all(ring, filled % (SIZE + 64), way);
		perfev_ring_close(ring);
	}
	ring = open_ring(0, -(__u64)filled, PERFEV_RING_BACKWARD);
	CHECK(perfev_ring_pause(ring) == 0);
	for (int calls = 0;; calls++) {
		const void *at;
		size_t length;
		int result = perfev_ring_next_raw(ring, &at, &length);

		CHECK(result == 0 || result == 1 || result == -EBADMSG);
		CHECK(calls < 1000);
		if (!result)
			break;
	}
	perfev_ring_close(ring);
	return 0;
}
