/* SPDX-License-Identifier: MIT */
/*
 * What reading a ring costs: records handed out and decoded, beside a bare copy of the same bytes.
 * Rounds of each kind take turns, and the difference is taken round by round, so that a machine
 * whose speed drifts does not favour one of them. First a ring of memory, filled as the kernel
 * fills one; then the rings of a live sampler of page faults.
 *
 * usage: ring
 */
#include <perfev.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 301
#define RING_BYTES (512U << 10)
#define TYPE                                                                                       \
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), ascending);
	return values[count / 2];
}

/* Writes a record of so many bytes at head, and moves it. */
static void put(struct perf_event_mmap_page *page, const void *record, size_t bytes)
{
	unsigned char *data = (unsigned char *)page + page->data_offset;
	size_t at = (size_t)(page->data_head & (page->data_size - 1));
	size_t first = page->data_size - at < bytes ? (size_t)page->data_size - at : bytes;

	memcpy(data + at, record, first);
	memcpy(data, (const char *)record + first, bytes - first);
	page->data_head += bytes;
}

/* A sample as the kernel writes it, with a callchain of so many frames. */
static size_t make_sample(__u64 *words, unsigned int number, unsigned int frames)
{
	struct perf_event_header header = { .type = PERF_RECORD_SAMPLE,
					    .misc = PERF_RECORD_MISC_USER };
	size_t count = 1;

	words[count++] = 0x400000 + number % 4096 * 16; /* ip */
	words[count++] = 1234 | (__u64)1235 << 32;      /* pid, tid */
	words[count++] = 1000000 + number * 1000ULL;    /* time */
	words[count++] = 1;                             /* cpu */
	words[count++] = 1000;                          /* period */
	if (frames) {
		words[count++] = frames;
		for (unsigned int i = 0; i < frames; i++)
			words[count++] = 0x400000 + i;
	}
	header.size = (__u16)(8 * count);
	memcpy(words, &header, sizeof(header));
	return 8 * count;
}

/* Fills what is free of the ring. Returns how many records that were. */
static unsigned int fill(struct perf_event_mmap_page *page, unsigned int frames)
{
	unsigned int count = 0;
	__u64 words[256];
	size_t bytes;

	for (;; count++) {
		bytes = make_sample(words, count, frames);
		if (page->data_head + bytes - page->data_tail > page->data_size)
			return count;
		put(page, words, bytes);
	}
}

static volatile __u64 sink;

static double drain(struct perfev_ring *ring, struct perfev_record *record,
		    const struct perfev_layout *layout)
{
	double begin = now_ns();
	__u64 sum = 0;

	while (perfev_ring_next(ring, record, layout) > 0)
		sum += record->sample.ip + record->time + record->tid;
	sink = sum;
	return now_ns() - begin;
}

static double copy(const struct perf_event_mmap_page *page, unsigned char *to)
{
	const unsigned char *data = (const unsigned char *)page + page->data_offset;
	size_t at = (size_t)(page->data_tail & (page->data_size - 1));
	double begin = now_ns();

	memcpy(to, data + at, (size_t)page->data_size - at);
	memcpy(to + (page->data_size - at), data, at);
	sink = to[at];
	return now_ns() - begin;
}

static void bench_memory(const char *what, unsigned int frames)
{
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	const struct perf_event_attr attr = {
		.sample_type = TYPE | (frames ? PERF_SAMPLE_CALLCHAIN : 0), .sample_id_all = 1
	};
	struct perf_event_mmap_page *page = calloc(1, page_bytes + RING_BYTES);
	unsigned char *to = malloc(RING_BYTES);
	static struct perfev_record record = PERFEV_RECORD_INIT;
	double drains[ROUNDS], copies[ROUNDS], more[ROUNDS];
	struct perfev_layout layout;
	struct perfev_ring *ring;

	perfev_layout_init(&layout, &attr, 0);
	page->data_offset = page_bytes;
	page->data_size = RING_BYTES;
	if (!to || perfev_ring_open_memory(&ring, page, page_bytes + RING_BYTES, 0, NULL) < 0)
		exit(1);
	memset(to, 1, RING_BYTES);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned int count = fill(page, frames);

		copies[i] = copy(page, to) / count;
		drains[i] = drain(ring, &record, &layout) / count;
		more[i] = drains[i] - copies[i];
	}
	printf("%-46s %7.1f ns %7.1f ns %7.1f ns\n", what, median(drains, ROUNDS),
	       median(copies, ROUNDS), median(more, ROUNDS));
	perfev_ring_close(ring);
	free(page);
	free(to);
}

static void fault(unsigned int pages)
{
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, pages * page_bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(1);
	madvise(memory, pages * page_bytes, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < pages; i++)
		((volatile char *)memory)[i * page_bytes] = 1;
	munmap(memory, pages * page_bytes);
}

/* Copies what is in a sampler's rings, and leaves it there. Returns how many bytes. */
static size_t copy_rings(const struct perfev_sampler *sampler, unsigned char *to)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < perfev_sampler_ring_count(sampler); i++) {
		struct perfev_ring *ring = perfev_sampler_ring(sampler, i);
		const struct perf_event_mmap_page *page = perfev_ring_page(ring);
		size_t at = (size_t)(page->data_tail & (page->data_size - 1));
		size_t filled = perfev_ring_filled(ring);
		size_t first =
			page->data_size - at < filled ? (size_t)page->data_size - at : filled;
		const unsigned char *data = (const unsigned char *)page + page->data_offset;

		memcpy(to + bytes, data + at, first);
		memcpy(to + bytes + first, data, filled - first);
		bytes += filled;
	}
	sink = to[bytes / 2];
	return bytes;
}

/* The same by a sampler, from rings that the kernel filled. */
static void bench_live(const char *what, struct perfev_sample_options options)
{
	static struct perfev_record record = PERFEV_RECORD_INIT;
	double drains[ROUNDS], copies[ROUNDS], more[ROUNDS];
	struct perfev_sampler *sampler;
	struct perfev_losses losses;
	struct perfev_why why;
	unsigned char *to;
	size_t room;

	options.size = sizeof(options);
	options.stopped = 1;
	options.period = 1;
	if (perfev_sampler_open(&sampler, "page-faults:u", perfev_self(), &options, &why) < 0) {
		printf("%s: skipped: %s\n", what, why.text);
		return;
	}
	room = perfev_sampler_ring_count(sampler) *
	       perfev_ring_bytes(perfev_sampler_ring(sampler, 0));
	to = malloc(room);
	if (!to)
		exit(1);
	memset(to, 1, room);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned int count = 0;
		double begin;

		perfev_sampler_start(sampler);
		fault(5000);
		perfev_sampler_stop(sampler);
		begin = now_ns();
		copy_rings(sampler, to);
		copies[i] = now_ns() - begin;
		begin = now_ns();
		while (perfev_sampler_next(sampler, &record, 0) > 0) {
			sink = record.sample.ip + record.time + record.tid;
			count++;
		}
		drains[i] = (now_ns() - begin) / count;
		copies[i] /= count;
		more[i] = drains[i] - copies[i];
	}
	perfev_sampler_losses(sampler, &losses);
	printf("%-46s %7.1f ns %7.1f ns %7.1f ns   %u ring%s, %llu lost\n", what,
	       median(drains, ROUNDS), median(copies, ROUNDS), median(more, ROUNDS),
	       perfev_sampler_ring_count(sampler),
	       perfev_sampler_ring_count(sampler) == 1 ? "" : "s",
	       (unsigned long long)perfev_losses_records(&losses));
	perfev_sampler_close(sampler);
	free(to);
}

int main(void)
{
	printf("%-46s %10s %10s %10s\n", "each record", "perfev", "memcpy", "more");
	bench_memory("a ring of memory, 48 bytes", 0);
	bench_memory("a ring of memory, callchains of 16 frames", 16);
	bench_live("a live sampler, 48 bytes, one ring", (struct perfev_sample_options){ 0 });
	bench_live("a live sampler, 48 bytes, ring by ring",
		   (struct perfev_sample_options){ .unordered = 1 });
	bench_live("a live sampler, 48 bytes, in order of all CPUs",
		   (struct perfev_sample_options){ .inherit = 1 });
	return 0;
}
