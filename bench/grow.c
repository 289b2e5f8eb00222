/* SPDX-License-Identifier: MIT */
/*
 * A recording made shorter or longer: its records over and over, each round later than the one
 * before, until there are so many samples. The stacks stay those of the recording.
 *
 * usage: grow FROM TO SAMPLES
 */
#include <perfev.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_RECORD 65536

static int begin(struct perfev_writer *writer, const struct perfev_file *file)
{
	int result = 0;

	for (unsigned int i = 0; i < perfev_file_event_count(file) && result >= 0; i++) {
		const struct perfev_file_event *event = perfev_file_event(file, i);

		result = perfev_writer_event(writer, &event->attr, event->name, event->ids,
					     event->id_count);
	}
	return result < 0 ? result : perfev_writer_machine(writer);
}

/* Writes a record, so much later. */
static int write_later(struct perfev_writer *writer, struct perfev_record *record, __u64 later_ns)
{
	static unsigned char bytes[MOST_RECORD];
	int length;

	if (record->type == PERFEV_RECORD_FINISHED_ROUND)
		return perfev_writer_round(writer);
	if (record->type >= PERFEV_RECORD_ATTR)
		return 0;
	if (!(record->have & PERF_SAMPLE_TIME) || !record->time)
		return perfev_writer_write(writer, record->bytes, record->size);
	record->time += later_ns;
	length = perfev_record_encode(bytes, sizeof(bytes), record, record->layout);
	return length < 0 ? length : perfev_writer_write(writer, bytes, (size_t)length);
}

/* One round over the recording. Returns how many samples were written, or a negative errno. */
static long long repeat(const char *path, struct perfev_writer *writer, long long most,
			__u64 later_ns, __u64 *last_ns)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file *file;
	struct perfev_why why;
	long long samples = 0;
	int result = perfev_file_open(&file, path, NULL, &why);

	while (result >= 0 && samples < most && (result = perfev_file_next(file, &record)) > 0) {
		if (record.have & PERF_SAMPLE_TIME && record.time > *last_ns)
			*last_ns = record.time;
		samples += record.type == PERF_RECORD_SAMPLE;
		result = write_later(writer, &record, later_ns);
	}
	if (result >= 0)
		perfev_file_close(file);
	return result < 0 ? result : samples;
}

int main(int argc, char **argv)
{
	const long long wanted = argc == 4 ? atoll(argv[3]) : 0;
	struct perfev_writer_options options = { .size = sizeof(options), .build_ids = 1 };
	struct perfev_writer *writer;
	struct perfev_file *file;
	struct perfev_why why;
	long long written = 0, more = 1;
	__u64 last_ns = 0, later_ns = 0;

	if (wanted <= 0)
		return fprintf(stderr, "usage: grow FROM TO SAMPLES\n"), 2;
	if (perfev_file_open(&file, argv[1], NULL, &why) < 0 ||
	    perfev_writer_open(&writer, argv[2], &options, &why) < 0)
		return fprintf(stderr, "grow: %s\n", why.text), 1;
	if (begin(writer, file) < 0)
		return fprintf(stderr, "grow: the events cannot be written\n"), 1;
	perfev_file_close(file);
	for (; written < wanted && more > 0; written += more > 0 ? more : 0) {
		more = repeat(argv[1], writer, wanted - written, later_ns, &last_ns);
		later_ns = last_ns + 1;
	}
	if (more < 0 || perfev_writer_close(writer) < 0)
		return fprintf(stderr, "grow: '%s' is not finished\n", argv[2]), 1;
	printf("%lld samples\n", written);
	return 0;
}
