/* SPDX-License-Identifier: MIT */
/*
 * Reading a recording: every record, and every field of every sample with its callchain, beside a
 * plain memcpy() of the same bytes in the same run; and the most memory that was resident.
 *
 * usage: file FILE           a recording
 *        file FILE MIB       FILE is made anew, of so many MiB of samples
 */
#include <perfev.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RUNS 11

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Two rings in turn, each sample with 8 to 40 frames, and a mapping now and then. */
static void write_file(const char *path, __u64 bytes)
{
	struct perf_event_attr attr = { .size = sizeof(attr),
					.type = PERF_TYPE_HARDWARE,
					.sample_period = 1000000,
					.sample_id_all = 1 };
	struct perfev_record sample = { .type = PERF_RECORD_SAMPLE, .misc = 2, .pid = 7, .tid = 7 };
	struct perfev_record map = { .type = PERF_RECORD_MMAP2, .misc = 2, .pid = 7, .tid = 7 };
	__u64 chain[40], time = 1, id = 1;
	struct perfev_layout layout;
	struct perfev_writer *writer;
	struct perfev_why why;

	attr.sample_type =
		PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
		PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN;
	if (perfev_writer_open(&writer, path, NULL, &why) < 0)
		exit((fprintf(stderr, "%s\n", why.text), 1));
	perfev_writer_event(writer, &attr, "cycles", &id, 1);
	perfev_layout_init(&layout, &attr, 0);
	map.mmap.filename.text = "/usr/lib/gcc/x86_64-linux-gnu/12/cc1";
	map.mmap.filename.length = 36;
	map.id = sample.id = 1;
	sample.sample.callchain.bytes = chain;
	chain[0] = PERF_CONTEXT_USER;
	for (; perfev_writer_bytes(writer) < bytes; time++) {
		sample.sample.callchain.count = (__u32)(8 + time * 2654435761U % 33);
		for (__u32 i = 1; i < sample.sample.callchain.count; i++)
			chain[i] = 0x400000 + (time * i * 64 & 0xfffff0);
		sample.time = 1000 * time;
		sample.cpu = time / 64 % 2;
		sample.sample.ip = chain[1];
		sample.sample.period = 1000000;
		perfev_writer_record(writer, &sample, &layout);
		map.time = sample.time;
		if (time % 100 == 0)
			perfev_writer_record(writer, &map, &layout);
		if (time % 8192 == 0)
			perfev_writer_round(writer);
	}
	if (perfev_writer_close(writer) < 0)
		exit(1);
}

/* Reads all of it. Returns how many records there are; *sum depends on every field. */
static __u64 read_file(const char *path, int by_time, __u64 *sum)
{
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = by_time };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file *file;
	struct perfev_why why;
	__u64 records = 0, all = 0;

	if (perfev_file_open(&file, path, &options, &why) < 0)
		exit((fprintf(stderr, "%s\n", why.text), 1));
	while (perfev_file_next(file, &record) > 0) {
		const struct perfev_words *chain = &record.sample.callchain;

		records++;
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		all += record.id + record.pid + record.tid + record.time + record.cpu +
		       record.sample.ip + record.sample.period;
		for (__u32 i = 0; i < chain->count; i++)
			all += perfev_words_get(chain, i);
	}
	perfev_file_close(file);
	*sum += all;
	return records;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, double *ms, __u64 bytes, __u64 records)
{
	qsort(ms, RUNS, sizeof(*ms), ascending);
	printf("  %-28s %8.2f %8.2f %8.2f ms %8.0f MB/s", what, ms[0], ms[RUNS / 2], ms[RUNS - 1],
	       (double)bytes / ms[RUNS / 2] / 1e3);
	if (records)
		printf(" %6.1f million records/s", (double)records / ms[RUNS / 2] / 1e3);
	printf("\n");
}

static long resident_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
	__u64 bytes = argc > 2 ? strtoull(argv[2], NULL, 10) << 20 : 0, records = 0, sum = 0;
	double reading[RUNS], ordered[RUNS], copying[RUNS];
	unsigned char *from, *to;
	struct stat status;
	FILE *file;

	if (argc < 2 || argc > 3 || (argc == 3 && !bytes))
		return fprintf(stderr, "usage: file FILE [MIB]\n"), 2;
	if (bytes)
		write_file(argv[1], bytes);
	if (stat(argv[1], &status) < 0)
		return perror(argv[1]), 1;
	bytes = (__u64)status.st_size;
	records = read_file(argv[1], 0, &sum);
	printf("%llu MiB, %llu records; resident after reading it: %ld KiB", bytes >> 20, records,
	       resident_kib());
	read_file(argv[1], 1, &sum);
	printf(", and by time: %ld KiB\n", resident_kib());
	from = malloc(bytes);
	to = malloc(bytes);
	file = fopen(argv[1], "rbe");
	if (!from || !to || !file || fread(from, 1, bytes, file) != bytes)
		return 1;
	memset(to, 1, bytes);
	for (int i = 0; i < RUNS; i++) {
		double begin = now_ms(), middle, end;

		memcpy(to, from, bytes);
		__asm__ volatile("" : : "r"(to) : "memory");
		middle = now_ms();
		copying[i] = middle - begin;
		read_file(argv[1], 0, &sum);
		end = now_ms();
		reading[i] = end - middle;
		read_file(argv[1], 1, &sum);
		ordered[i] = now_ms() - end;
	}
	printf("  %-28s %8s %8s %8s\n", "", "min", "median", "max");
	print("memcpy of the same bytes", copying, bytes, 0);
	print("every record, every field", reading, bytes, records);
	print("likewise, by time", ordered, bytes, records);
	printf("  reading / memcpy, medians: %.2f (sum %llx)\n",
	       reading[RUNS / 2] / copying[RUNS / 2], sum);
	fclose(file);
	free(from);
	free(to);
	return 0;
}
