/* SPDX-License-Identifier: MIT */
/* A ring of a memfd; see fake_ring.h. */
#include "fake_ring.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

void fake_ring_make(struct fake_ring *fake, size_t offset, size_t size, unsigned int flags)
{
	const int writable = !(flags & (PERFEV_RING_OVERWRITE | PERFEV_RING_BACKWARD));
	int fd = memfd_create("ring", MFD_CLOEXEC);

	assert_true(fd >= 0);
	fake->bytes = offset + size;
	assert_int_equal(ftruncate(fd, (off_t)fake->bytes), 0);
	fake->page = mmap(NULL, fake->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	fake->memory =
		mmap(NULL, fake->bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd, 0);
	assert_ptr_not_equal(fake->page, MAP_FAILED);
	assert_ptr_not_equal(fake->memory, MAP_FAILED);
	close(fd);
	fake->data = (unsigned char *)fake->page + offset;
	fake->page->data_offset = offset;
	fake->page->data_size = size;
	assert_int_equal(
		perfev_ring_open_memory(&fake->ring, fake->memory, fake->bytes, flags, NULL), 0);
}

void fake_ring_end(struct fake_ring *fake)
{
	perfev_ring_close(fake->ring);
	munmap(fake->page, fake->bytes);
	munmap(fake->memory, fake->bytes);
}

void fake_ring_begin(struct fake_ring *fake, __u64 position)
{
	fake->page->data_head = position;
	fake->page->data_tail = position;
	perfev_ring_close(fake->ring);
	assert_int_equal(perfev_ring_open_memory(&fake->ring, fake->memory, fake->bytes, 0, NULL),
			 0);
}

void fake_ring_write(struct fake_ring *fake, __u64 at, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		fake->data[(at + i) % fake->page->data_size] = ((const unsigned char *)bytes)[i];
}

static void write_record(struct fake_ring *fake, __u64 at, __u32 type, size_t size,
			 unsigned int number)
{
	const struct perf_event_header header = { .type = type, .size = (__u16)size };

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)(number + i);

		fake_ring_write(fake, at + i, &byte, 1);
	}
	fake_ring_write(fake, at, &header, size < sizeof(header) ? size : sizeof(header));
}

void fake_ring_put(struct fake_ring *fake, __u32 type, size_t size, unsigned int number)
{
	write_record(fake, fake->page->data_head, type, size, number);
	fake->page->data_head += size;
}

void fake_ring_put_backward(struct fake_ring *fake, __u32 type, size_t size, unsigned int number)
{
	write_record(fake, fake->page->data_head - size, type, size, number);
	fake->page->data_head -= size;
}

void fake_ring_put_words(struct fake_ring *fake, __u32 type, const __u64 *words, size_t count)
{
	const struct perf_event_header header = { .type = type,
						  .size = (__u16)(sizeof(header) + 8 * count) };

	fake_ring_write(fake, fake->page->data_head, &header, sizeof(header));
	fake_ring_write(fake, fake->page->data_head + sizeof(header), words, 8 * count);
	fake->page->data_head += header.size;
}

void assert_fake_record(const void *bytes, size_t length, __u32 type, size_t size,
			unsigned int number)
{
	struct perf_event_header header;

	assert_int_equal(length, size);
	memcpy(&header, bytes, sizeof(header));
	assert_int_equal(header.type, type);
	assert_int_equal(header.size, size);
	for (size_t i = sizeof(header); i < size; i++)
		assert_int_equal(((const unsigned char *)bytes)[i], (unsigned char)(number + i));
}
