/* SPDX-License-Identifier: MIT */
/*
 * A ring of a memfd, filled as the kernel fills one. What must stay true: it is mapped twice, to be
 * written and as the library reads it, so that a write of the library's into a ring that is mapped
 * to be read only is a fault.
 */
#ifndef PERFEV_TESTS_FAKE_RING_H
#define PERFEV_TESTS_FAKE_RING_H

#include <perfev/ring.h>

struct fake_ring {
	struct perf_event_mmap_page *page; /* to be written */
	unsigned char *data;
	void *memory; /* for perfev_ring_open_memory() */
	size_t bytes;
	struct perfev_ring *ring;
};

/* Makes one with so many bytes of records at an offset, and opens it with these flags. */
void fake_ring_make(struct fake_ring *fake, size_t offset, size_t size, unsigned int flags);
void fake_ring_end(struct fake_ring *fake);

/* Begins at this position instead of 0. */
void fake_ring_begin(struct fake_ring *fake, __u64 position);

/* Writes bytes at a position, which may cross the end. */
void fake_ring_write(struct fake_ring *fake, __u64 at, const void *bytes, size_t length);

/* Appends a record of that type and size whose bytes count up from number; or before the head. */
void fake_ring_put(struct fake_ring *fake, __u32 type, size_t size, unsigned int number);
void fake_ring_put_backward(struct fake_ring *fake, __u32 type, size_t size, unsigned int number);

/* Appends a record with these words behind its header. */
void fake_ring_put_words(struct fake_ring *fake, __u32 type, const __u64 *words, size_t count);

/* Fails the test unless these are the bytes of the record with that number. */
void assert_fake_record(const void *bytes, size_t length, __u32 type, size_t size,
			unsigned int number);

#endif
