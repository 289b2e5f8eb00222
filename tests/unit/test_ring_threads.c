/* SPDX-License-Identifier: MIT */
/*
 * A ring that another thread fills while it is read, as the kernel does: what was written is seen
 * before head is moved, and nothing is written over before tail is. What must stay true: both are
 * at the same address, so that a thread sanitizer sees a load or store that is not in its order.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <perfev/ring.h>

#include "support.h"

#define SIZE 4096U
#define RECORDS 20000U
#define MOST_WORDS 40U

static union {
	struct perf_event_mmap_page page;
	unsigned char bytes[2 * SIZE];
} memory;

/* What the two threads tell each other, besides the ring. */
static int has_ended, must_stop;

static size_t words_of(unsigned int number)
{
	return 2 + number % (MOST_WORDS - 1);
}

/* A sample whose words after the header are its number. */
static void put(__u64 head, unsigned int number)
{
	const struct perf_event_header header = { .type = PERF_RECORD_SAMPLE,
						  .size = (__u16)(8 * words_of(number)) };

	for (size_t i = 0; i < words_of(number); i++) {
		__u64 word = number;

		if (i == 0)
			memcpy(&word, &header, sizeof(header));
		memcpy(memory.bytes + SIZE + (head + 8 * i) % SIZE, &word, sizeof(word));
	}
}

static void *fill(void *argument)
{
	struct perf_event_mmap_page *page = &memory.page;
	__u64 head = page->data_head;

	for (unsigned int number = 0; number < RECORDS; number++) {
		const size_t size = 8 * words_of(number);

		/* Acquire: what is written over was read before. */
		while (head + size - __atomic_load_n(&page->data_tail, __ATOMIC_ACQUIRE) > SIZE) {
			if (__atomic_load_n(&must_stop, __ATOMIC_RELAXED))
				return argument;
			sched_yield();
		}
		put(head, number);
		head += size;
		/* Release: what was written is seen before. */
		__atomic_store_n(&page->data_head, head, __ATOMIC_RELEASE);
	}
	__atomic_store_n(&has_ended, 1, __ATOMIC_RELEASE);
	return argument;
}

/* Whether this is the record with that number, whole. */
static int is_record(const unsigned char *bytes, size_t size, unsigned int number)
{
	__u64 word;

	if (size != 8 * words_of(number))
		return 0;
	for (size_t at = 8; at < size; at += 8) {
		memcpy(&word, bytes + at, sizeof(word));
		if (word != number)
			return 0;
	}
	return 1;
}

/* These read what is there now in one way. They return how many records that were, or -1. */
typedef int read_fn(struct perfev_ring *ring, unsigned int number);

static int read_decoded(struct perfev_ring *ring, unsigned int number)
{
	static const struct perf_event_attr attr = { .sample_type = PERF_SAMPLE_IP };
	static struct perfev_record record = PERFEV_RECORD_INIT;
	static struct perfev_layout layout;
	int result;

	perfev_layout_init(&layout, &attr, 0);
	result = perfev_ring_next(ring, &record, &layout);
	if (result <= 0)
		return result;
	return record.sample.ip == number && is_record(record.bytes, record.size, number) ? 1 : -1;
}

static int read_raw(struct perfev_ring *ring, unsigned int number)
{
	const void *bytes;
	size_t size;
	int result = perfev_ring_next_raw(ring, &bytes, &size);

	return result <= 0 || is_record(bytes, size, number) ? result : -1;
}

static int read_bytes(struct perfev_ring *ring, unsigned int number)
{
	static unsigned char copy[SIZE];
	struct perfev_span span;
	int result = perfev_ring_next_bytes(ring, &span), count = 0;
	size_t length;

	if (result <= 0)
		return result;
	length = span.first_bytes + span.second_bytes;
	memcpy(copy, span.first, span.first_bytes);
	memcpy(copy + span.first_bytes, span.second, span.second_bytes);
	for (size_t at = 0, size; at < length; at += size, count++) {
		size = 8 * words_of(number + (unsigned int)count);
		if (size > length - at || !is_record(copy + at, size, number + (unsigned int)count))
			return -1;
	}
	return count;
}

/* Reads until the writer has ended and nothing is left. Returns how many records were right. */
static unsigned int read_all(struct perfev_ring *ring, read_fn *read_some)
{
	unsigned int number = 0;

	for (;;) {
		/* Before the ring is looked at: what was written before it ended is seen then. */
		const int is_last = __atomic_load_n(&has_ended, __ATOMIC_ACQUIRE);
		const int count = read_some(ring, number);

		if (count < 0 || (count == 0 && is_last))
			return number;
		number += (unsigned int)count;
		if (count == 0)
			sched_yield();
	}
}

static void check(read_fn *read_some, __u64 position)
{
	struct perfev_losses losses;
	struct perfev_ring *ring;
	unsigned int count;
	pthread_t writer;

	memory.page.data_offset = memory.page.data_size = SIZE;
	memory.page.data_head = memory.page.data_tail = position;
	has_ended = must_stop = 0;
	assert_int_equal(perfev_ring_open_memory(&ring, &memory, sizeof(memory), 0, NULL), 0);
	assert_int_equal(pthread_create(&writer, NULL, fill, NULL), 0);
	count = read_all(ring, read_some);
	__atomic_store_n(&must_stop, 1, __ATOMIC_RELAXED);
	pthread_join(writer, NULL);
	assert_int_equal(count, RECORDS);
	perfev_ring_losses(ring, &losses);
	assert_int_equal(losses.torn + losses.overruns, 0);
	perfev_ring_close(ring);
	assert_true(memory.page.data_tail == memory.page.data_head);
}

static void records_are_whole_while_another_thread_writes_the_next_ones(void **state)
{
	(void)state;
	check(read_decoded, 0);
	check(read_raw, (1ULL << 32) - SIZE);
}

static void bytes_are_whole_while_another_thread_writes_the_next_ones(void **state)
{
	(void)state;
	check(read_bytes, 0 - (__u64)SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_whole_while_another_thread_writes_the_next_ones),
		cmocka_unit_test(bytes_are_whole_while_another_thread_writes_the_next_ones),
	};

	return cmocka_run_group_tests_name("rings between threads", tests, NULL, NULL);
}
