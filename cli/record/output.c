/* SPDX-License-Identifier: MIT */
/*
 * The files of perfev record. Records go from a ring to the writer as they lie there; whole
 * recordings follow one another with --switch-output.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <perfev.h>

#include "../codec.h"
#include "../synthesize.h"
#include "record.h"

/* Adds the events with all their ids. */
static int add_events(struct record *record)
{
	const struct perfev_sampler *sampler = record->sampler;
	const unsigned int places = perfev_sampler_instance_count(sampler);
	__u64 *ids = calloc(places + 1, sizeof(*ids));
	int result = ids ? 0 : -ENOMEM;

	for (unsigned int i = 0; i < perfev_sampler_event_count(sampler) && result == 0; i++) {
		__u32 count = 0;

		for (unsigned int place = 0; place < places; place++)
			if (perfev_sampler_fd(sampler, i, place) >= 0)
				ids[count++] = perfev_sampler_id(sampler, i, place);
		result = perfev_writer_event(record->output.writer, perfev_sampler_attr(sampler, i),
					     perfev_sampler_event(sampler, i)->name, ids, count);
	}
	free(ids);
	return result;
}

/* Says which events were groups: their members follow their leader. */
static int add_groups(struct record *record)
{
	const struct perfev_sampler *sampler = record->sampler;
	const unsigned int events = perfev_sampler_event_count(sampler);
	unsigned int next;
	int result = 0;

	for (unsigned int i = 0; i < events && result == 0; i = next) {
		const unsigned int group = perfev_sampler_event(sampler, i)->group;

		for (next = i + 1; next < events; next++)
			if (group == PERFEV_EVENT_ALONE ||
			    perfev_sampler_event(sampler, next)->group != group)
				break;
		if (next > i + 1)
			result = perfev_writer_group(record->output.writer, NULL, i, next - i);
	}
	return result;
}

/* How fine the clock is that was asked for, and one moment by it and by the wall's. */
static int add_clock(struct record *record)
{
	const __s32 clock = record->options.sample.clockid;
	struct perfev_writer *writer = record->output.writer;
	struct {
		__u32 version, clock;
		__u64 wall_ns, clock_ns;
	} moment = { .version = 1, .clock = (__u32)clock };
	struct timespec fine, wall, now;
	__u64 fine_ns;
	int result;

	if (!record->options.sample.use_clockid || clock_getres(clock, &fine) < 0 ||
	    clock_gettime(CLOCK_REALTIME, &wall) < 0 || clock_gettime(clock, &now) < 0)
		return 0;
	fine_ns = 1000000000ULL * (__u64)fine.tv_sec + (__u64)fine.tv_nsec;
	moment.wall_ns = 1000000000ULL * (__u64)wall.tv_sec + (__u64)wall.tv_nsec;
	moment.clock_ns = 1000000000ULL * (__u64)now.tv_sec + (__u64)now.tv_nsec;
	result = perfev_writer_feature(writer, PERFEV_FEATURE_CLOCKID, &fine_ns, sizeof(fine_ns));
	return result < 0 ? result :
			    perfev_writer_feature(writer, PERFEV_FEATURE_CLOCK_DATA, &moment,
						  sizeof(moment));
}

/* The name of a file of --switch-output: the output's with the date and time to hundredths. */
static void name_file(struct record *record)
{
	struct record_output *output = &record->output;
	struct timespec now;
	struct tm local;
	char stamp[32];

	if (!record->options.switch_bytes && !record->options.switch_ns &&
	    !record->options.switch_on_signal) {
		snprintf(output->path, sizeof(output->path), "%s", record->options.output);
		return;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &local);
	strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &local);
	snprintf(output->path, sizeof(output->path), "%s.%s%02ld", record->options.output, stamp,
		 now.tv_nsec / 10000000);
}

/* A recording that is there already is kept beside it, as linux-perf does; devices stay. */
static void keep_old(const char *path)
{
	char old[4200];
	struct stat status;

	if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return;
	snprintf(old, sizeof(old), "%s.old", path);
	rename(path, old);
}

static int take(void *taker, const struct perfev_record *what)
{
	const struct record *record = taker;

	return perfev_writer_record(record->output.writer, what,
				    perfev_sampler_layout(record->sampler, 0));
}

/* The process that waits to become the program: the kernel's own samples of its exec come first. */
static int add_child(struct record *record)
{
	static const char name[] = "perfev-exec";
	struct perfev_record comm = PERFEV_RECORD_INIT;

	if (!record->options.argv)
		return 0;
	comm.type = PERF_RECORD_COMM;
	comm.comm.pid = comm.comm.tid = (__u32)record->child.pid;
	comm.comm.comm = (struct perfev_text){ name, sizeof(name) - 1, 0 };
	return take(record, &comm);
}

/* Adds what the kernel told of before. */
static int add_what_runs(struct record *record)
{
	const struct synthesize to = { take, record, record->options.sample.mmap_data };
	int result = synthesize(&to, &record->options.targets);

	return result == 0 ? add_child(record) : result;
}

int record_output_begin(struct record *record)
{
	struct perfev_writer_options options = { .size = sizeof(options) };
	struct record_output *output = &record->output;
	struct perfev_why why;
	int result;

	options.build_ids = !record->options.no_build_ids;
	options.codec = record->options.compress >= 0 ? cli_codec() : NULL;
	options.level = record->options.compress;
	name_file(record);
	keep_old(output->path);
	result = perfev_writer_open(&output->writer, output->path, &options, &why);
	if (result < 0)
		return result;
	output->begin_ns = now_ns();
	result = perfev_writer_text(output->writer, PERFEV_FEATURE_VERSION,
				    "perfev " PERFEV_VERSION);
	if (result == 0)
		result = perfev_writer_machine(output->writer);
	if (result == 0)
		result = perfev_writer_text(output->writer, PERFEV_FEATURE_VERSION,
					    "perfev " PERFEV_VERSION);
	if (result == 0)
		result = perfev_writer_cmdline(output->writer, record->argc,
					       (const char *const *)record->argv);
	if (result == 0)
		result = add_events(record);
	if (result == 0)
		result = add_groups(record);
	if (result == 0)
		result = add_clock(record);
	if (result == 0)
		result = add_what_runs(record);
	return result == 0 ? perfev_writer_flush(output->writer) : result;
}

/* Counts the samples of a piece; a header, of 8 bytes as all is, never lies across its end. */
static size_t count_samples(struct record *record, const void *bytes, size_t length, size_t skip)
{
	const unsigned char *at = bytes;

	while (skip + sizeof(struct perf_event_header) <= length) {
		struct perf_event_header header;

		memcpy(&header, at + skip, sizeof(header));
		record->samples += header.type == PERF_RECORD_SAMPLE;
		skip += header.size;
	}
	return skip > length ? skip - length : 0;
}

/*
 * Writes what a ring has now, from where it lies: what comes meanwhile waits for the next round,
 * or a ring that fills as fast would keep the others waiting. Returns 1, 0: it has nothing, or a
 * negative errno.
 */
static int drain_ring(struct record *record, struct perfev_ring *ring)
{
	struct perfev_writer *writer = record->output.writer;
	struct perfev_span span;
	size_t skip;
	int result;

	/* What is torn or written over is counted by the ring, which goes on behind it. */
	do
		result = perfev_ring_next_bytes(ring, &span);
	while (result == -EBADMSG || result == -EOVERFLOW);
	if (result <= 0)
		return result;
	skip = count_samples(record, span.first, span.first_bytes, 0);
	count_samples(record, span.second, span.second_bytes, skip);
	result = perfev_writer_write(writer, span.first, span.first_bytes);
	if (result == 0 && span.second_bytes)
		result = perfev_writer_write(writer, span.second, span.second_bytes);
	perfev_ring_release(ring);
	return result < 0 ? result : 1;
}

int record_output_drain(struct record *record)
{
	int result = 0, some = 0;

	for (unsigned int i = 0; i < perfev_sampler_ring_count(record->sampler) && result >= 0;
	     i++) {
		result = drain_ring(record, perfev_sampler_ring(record->sampler, i));
		some |= result > 0;
	}
	if (result < 0)
		return result;
	return some ? perfev_writer_round(record->output.writer) : 0;
}

/* A backward ring gives the newest first: all that it lends is put one before the other. */
static int write_backward(struct record *record, struct perfev_ring *ring)
{
	const size_t room = perfev_ring_bytes(ring);
	unsigned char *records = malloc(room);
	size_t begin = room, size;
	const void *bytes;
	int result;

	if (!records)
		return -ENOMEM;
	/* It is lent until the next call alone. */
	while ((result = perfev_ring_next_raw(ring, &bytes, &size)) > 0 && size <= begin) {
		begin -= size;
		memcpy(records + begin, bytes, size);
	}
	if (result >= 0 || result == -EBADMSG || result == -EOVERFLOW) {
		count_samples(record, records + begin, room - begin, 0);
		result = perfev_writer_write(record->output.writer, records + begin, room - begin);
	}
	free(records);
	return result;
}

int record_output_snapshot(struct record *record)
{
	int result = perfev_sampler_pause(record->sampler), resumed;

	for (unsigned int i = 0; i < perfev_sampler_ring_count(record->sampler) && result == 0; i++)
		result = write_backward(record, perfev_sampler_ring(record->sampler, i));
	if (result == 0)
		result = perfev_writer_round(record->output.writer);
	resumed = perfev_sampler_resume(record->sampler);
	return result ? result : resumed;
}

__u64 record_output_bytes(const struct record *record)
{
	return record->output.writer ? perfev_writer_bytes(record->output.writer) : 0;
}

int record_output_end(struct record *record, int is_last)
{
	struct record_output *output = &record->output;
	int result;

	output->bytes += record_output_bytes(record);
	result = perfev_writer_close(output->writer);
	output->writer = NULL;
	output->files++;
	if (result < 0 && output->error == 0)
		output->error = result;
	return result == 0 && !is_last ? record_output_begin(record) : result;
}
