/* SPDX-License-Identifier: MIT */
/*
 * What reading a ring costs: records handed out and decoded, beside a bare copy of the same bytes.
 * Rounds of each kind take turns, and the difference is taken round by round, so that a machine
 * whose speed drifts does not favour one of them. First a ring of memory, filled as the kernel
 * fills one; then rings that the kernel fills with samples of page faults, read bare and by a
 * sampler. Instructions are counted where the machine can.
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

/* Fills what is free of the ring. */
static void fill(struct perf_event_mmap_page *page, unsigned int frames)
{
	__u64 words[256];
	size_t bytes;

	for (unsigned int count = 0;; count++) {
		bytes = make_sample(words, count, frames);
		if (page->data_head + bytes - page->data_tail > page->data_size)
			return;
		put(page, words, bytes);
	}
}

static volatile __u64 sink;
static struct perfev_counter *instructions; /* NULL: the machine counts none */

/* What draining cost, round by round, each record. */
struct costs {
	double drains[ROUNDS], copies[ROUNDS], more[ROUNDS], instructions[ROUNDS];
	int rounds;
};

static double instructions_so_far(void)
{
	struct perfev_reading reading;

	if (!instructions || perfev_counter_read(instructions, &reading) < 0)
		return 0;
	return (double)reading.value;
}

/* Every field of what is sampled here. */
static inline __u64 sum_of(const struct perfev_record *record)
{
	return record->sample.ip + record->pid + record->tid + record->time + record->cpu +
	       record->sample.period;
}

static unsigned int drain_ring(struct perfev_ring *ring, const struct perfev_layout *layout)
{
	static struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int count = 0;
	__u64 sum = 0;

	for (; perfev_ring_next(ring, &record, layout) > 0; count++)
		sum += sum_of(&record);
	sink = sum;
	return count;
}

static unsigned int drain_sampler(struct perfev_sampler *sampler)
{
	static struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int count = 0;
	__u64 sum = 0;

	for (; perfev_sampler_next(sampler, &record, 0) > 0; count++)
		sum += sum_of(&record);
	sink = sum;
	return count;
}

/* Drains a ring or all of a sampler, and notes what that cost beside a copy that took so long. */
static void note_drain(struct costs *costs, double copy_ns, struct perfev_ring *ring,
		       const struct perfev_layout *layout, struct perfev_sampler *sampler)
{
	const double counted = instructions_so_far();
	const double begin = now_ns();
	const unsigned int count = ring ? drain_ring(ring, layout) : drain_sampler(sampler);
	const double ns = now_ns() - begin;
	const int i = costs->rounds++;

	costs->instructions[i] = (instructions_so_far() - counted) / count;
	costs->drains[i] = ns / count;
	costs->copies[i] = copy_ns / count;
	costs->more[i] = costs->drains[i] - costs->copies[i];
}

static void print_costs(const char *what, struct costs *costs)
{
	printf("%-46s %7.1f ns %7.1f ns %7.1f ns", what, median(costs->drains, costs->rounds),
	       median(costs->copies, costs->rounds), median(costs->more, costs->rounds));
	if (instructions)
		printf(" %12.1f", median(costs->instructions, costs->rounds));
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
	struct costs costs = { .rounds = 0 };
	struct perfev_layout layout;
	struct perfev_ring *ring;

	perfev_layout_init(&layout, &attr, 0);
	page->data_offset = page_bytes;
	page->data_size = RING_BYTES;
	if (!to || perfev_ring_open_memory(&ring, page, page_bytes + RING_BYTES, 0, NULL) < 0)
		exit(1);
	memset(to, 1, RING_BYTES);
	for (int i = 0; i < ROUNDS; i++) {
		fill(page, frames);
		note_drain(&costs, copy(page, to), ring, &layout, NULL);
	}
	print_costs(what, &costs);
	printf("\n");
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

/* The same from rings that the kernel filled: by a sampler, or bare, its first ring by itself. */
static void bench_live(const char *what, int is_bare, struct perfev_sample_options options)
{
	struct costs costs = { .rounds = 0 };
	struct perfev_sampler *sampler;
	struct perfev_losses losses;
	struct perfev_ring *ring;
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
	ring = perfev_sampler_ring(sampler, 0);
	room = perfev_sampler_ring_count(sampler) * perfev_ring_bytes(ring);
	to = malloc(room);
	if (!to)
		exit(1);
	memset(to, 1, room);
	for (int i = 0; i < ROUNDS; i++) {
		double begin;

		perfev_sampler_start(sampler);
		fault(5000);
		perfev_sampler_stop(sampler);
		begin = now_ns();
		copy_rings(sampler, to);
		note_drain(&costs, now_ns() - begin, is_bare ? ring : NULL,
			   perfev_sampler_layout(sampler, 0), sampler);
	}
	perfev_sampler_losses(sampler, &losses);
	print_costs(what, &costs);
	printf("   %u ring%s, %llu lost\n", perfev_sampler_ring_count(sampler),
	       perfev_sampler_ring_count(sampler) == 1 ? "" : "s",
	       (unsigned long long)perfev_losses_records(&losses));
	perfev_sampler_close(sampler);
	free(to);
}

int main(void)
{
	if (perfev_counter_open(&instructions, "instructions:u", perfev_self(), NULL, NULL) == 0)
		perfev_counter_start(instructions);
	printf("%-46s %10s %10s %10s %12s\n", "each record", "perfev", "memcpy", "more",
	       instructions ? "instructions" : "");
	bench_memory("a ring of memory, 48 bytes", 0);
	bench_memory("a ring of memory, callchains of 16 frames", 16);
	bench_live("a live ring, 48 bytes", 1, (struct perfev_sample_options){ 0 });
	bench_live("a live sampler, 48 bytes, ring by ring", 0,
		   (struct perfev_sample_options){ .unordered = 1 });
	bench_live("a live sampler, 48 bytes, one ring", 0, (struct perfev_sample_options){ 0 });
	bench_live("a live sampler, 48 bytes, in order of all CPUs", 0,
		   (struct perfev_sample_options){ .inherit = 1 });
	perfev_counter_close(instructions);
	return 0;
}
