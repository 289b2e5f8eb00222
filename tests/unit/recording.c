/* SPDX-License-Identifier: MIT */
/* Recordings made by hand. */
#include "recording.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

#define SAMPLE_TYPE                                                                                \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)

void put(struct recording *recording, const void *bytes, size_t length)
{
	while (recording->room - recording->length < length) {
		recording->room = recording->room ? 2 * recording->room : 4096;
		recording->bytes = realloc(recording->bytes, recording->room);
		assert_non_null(recording->bytes);
	}
	if (length)
		memcpy(recording->bytes + recording->length, bytes, length);
	recording->length += length;
}

void put32(struct recording *recording, __u32 value)
{
	value = recording->swapped ? __builtin_bswap32(value) : value;
	put(recording, &value, sizeof(value));
}

void put64(struct recording *recording, __u64 value)
{
	value = recording->swapped ? __builtin_bswap64(value) : value;
	put(recording, &value, sizeof(value));
}

void put_text(struct recording *recording, const char *text)
{
	char padded[256] = { 0 };
	size_t room = (strlen(text) + 64) & ~(size_t)63;

	memcpy(padded, text, strlen(text));
	put32(recording, (__u32)room);
	put(recording, padded, room);
}

void set64(struct recording *recording, size_t at, __u64 value)
{
	value = recording->swapped ? __builtin_bswap64(value) : value;
	memcpy(recording->bytes + at, &value, sizeof(value));
}

void put_record(struct recording *recording, const struct perfev_record *record, int event)
{
	const struct perfev_layout *layout =
		event < 0 ? &recording->plain : &recording->layouts[event];
	unsigned char bytes[65536];
	int size = perfev_record_encode(bytes, sizeof(bytes), record, layout);

	assert_in_range(size, 8, 65535);
	put(recording, bytes, (size_t)size);
}

void put_sample(struct recording *recording, int event, __u64 time)
{
	__u64 chain[3] = { PERF_CONTEXT_USER, 0x401000, 0x402000 };
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .pid = 5, .tid = 6 };

	record.time = time;
	record.id = event ? SECOND_ID : FIRST_ID;
	record.cpu = (__u32)event;
	record.sample.ip = 0x401000;
	record.sample.period = 1000;
	if (event) {
		record.sample.callchain.bytes = chain;
		record.sample.callchain.count = 3;
	}
	put_record(recording, &record, event);
}

static void put_attr(struct recording *recording, const struct perf_event_attr *attr)
{
	unsigned char bytes[sizeof(*attr)];

	perfev_attr_encode(bytes, sizeof(bytes), attr, recording->flags);
	put(recording, bytes, sizeof(bytes));
}

static void begin_file(struct recording *recording)
{
	const size_t each = sizeof(struct perf_event_attr) + 16;

	put64(recording, 104);
	put64(recording, each);
	put64(recording, 104 + 16);
	put64(recording, 2 * each);
	put64(recording, 104 + 16 + 2 * each);
	recording->sizes_at = recording->length;
	put64(recording, 0);
	for (int i = 0; i < 6; i++)
		put64(recording, 0);
	put64(recording, FIRST_ID);
	put64(recording, SECOND_ID);
	for (unsigned int i = 0; i < 2; i++) {
		put_attr(recording, &recording->attrs[i]);
		put64(recording, 104 + 8 * i);
		put64(recording, 8);
	}
}

static void begin_pipe(struct recording *recording)
{
	put64(recording, 16);
	for (unsigned int i = 0; i < 2; i++) {
		unsigned char bytes[sizeof(struct perf_event_attr)];
		__u64 id = i ? SECOND_ID : FIRST_ID;
		struct perfev_record record = { .type = PERFEV_RECORD_ATTR };

		perfev_attr_encode(bytes, sizeof(bytes), &recording->attrs[i], recording->flags);
		record.attr.attr.bytes = bytes;
		record.attr.attr.length = sizeof(bytes);
		record.attr.ids.bytes = &id;
		record.attr.ids.count = 1;
		put_record(recording, &record, -1);
	}
}

void recording_begin(struct recording *recording, int swapped, int is_pipe)
{
	memset(recording, 0, sizeof(*recording));
	recording->swapped = swapped;
	recording->flags = swapped ? PERFEV_LAYOUT_SWAPPED : 0;
	for (unsigned int i = 0; i < 2; i++) {
		struct perf_event_attr *attr = &recording->attrs[i];

		attr->size = sizeof(*attr);
		attr->type = PERF_TYPE_SOFTWARE;
		attr->config = i;
		attr->sample_period = 1000;
		attr->sample_type = SAMPLE_TYPE | (i ? PERF_SAMPLE_CALLCHAIN : 0);
		attr->sample_id_all = 1;
		attr->exclude_kernel = 1;
		perfev_layout_init(&recording->layouts[i], attr, recording->flags);
	}
	perfev_layout_init(&recording->plain, NULL, recording->flags);
	put64(recording, 0x32454c4946524550ULL);
	if (is_pipe)
		begin_pipe(recording);
	else
		begin_file(recording);
	recording->data_at = recording->length;
}

void recording_fill(struct recording *recording)
{
	struct perfev_record record = { .type = PERF_RECORD_COMM, .pid = 5, .tid = 6 };

	record.time = 100;
	record.id = FIRST_ID;
	record.comm.pid = 5;
	record.comm.tid = 6;
	record.comm.comm.text = "worker";
	record.comm.comm.length = 6;
	put_record(recording, &record, 0);
	memset(&record, 0, sizeof(record));
	record.type = PERF_RECORD_MMAP2;
	record.time = 110;
	record.id = FIRST_ID;
	record.mmap.addr = 0x400000;
	record.mmap.len = 0x10000;
	record.mmap.filename.text = "/bin/worker";
	record.mmap.filename.length = 11;
	put_record(recording, &record, 0);
	put_sample(recording, 0, 300);
	put_sample(recording, 0, 500);
	put_sample(recording, 1, 200);
	put_sample(recording, 1, 400);
	memset(&record, 0, sizeof(record));
	record.type = PERFEV_RECORD_FINISHED_ROUND;
	put_record(recording, &record, -1);
}

/* The bytes since the last section, or the records, become one. */
void recording_section(struct recording *recording, unsigned int feature)
{
	unsigned int i = recording->section_count++;
	size_t before = recording->section_length;

	recording->features[feature / 64] |= (__u64)1 << (feature % 64);
	recording->sections[i].at = before;
	recording->sections[i].length = recording->length - recording->data_at;
	recording->section_bytes =
		realloc(recording->section_bytes, before + recording->sections[i].length + 1);
	assert_non_null(recording->section_bytes);
	memcpy(recording->section_bytes + before, recording->bytes + recording->data_at,
	       recording->sections[i].length);
	recording->section_length += recording->sections[i].length;
	recording->length = recording->data_at;
}

void recording_describe(struct recording *recording)
{
	put_text(recording, "machine");
	recording_section(recording, PERFEV_FEATURE_HOSTNAME);
	put32(recording, 2);
	put32(recording, 1);
	recording_section(recording, PERFEV_FEATURE_NRCPUS);
	put32(recording, 2);
	put_text(recording, "perf");
	put_text(recording, "record");
	recording_section(recording, PERFEV_FEATURE_CMDLINE);
	put32(recording, 2);
	put32(recording, sizeof(struct perf_event_attr));
	for (unsigned int i = 0; i < 2; i++) {
		put_attr(recording, &recording->attrs[i]);
		put32(recording, 1);
		put_text(recording, i ? "second" : "first");
		put64(recording, i ? SECOND_ID : FIRST_ID);
	}
	recording_section(recording, PERFEV_FEATURE_EVENT_DESC);
	put32(recording, 1);
	put_text(recording, "0-1");
	put32(recording, 2);
	put_text(recording, "0");
	put_text(recording, "1");
	for (unsigned int i = 0; i < 2; i++) {
		put32(recording, i);
		put32(recording, 7);
	}
	put32(recording, 1);
	put_text(recording, "0-1");
	put32(recording, 0);
	put32(recording, 3);
	recording_section(recording, PERFEV_FEATURE_CPU_TOPOLOGY);
}

void recording_end(struct recording *recording)
{
	size_t table = recording->length, at;

	set64(recording, recording->sizes_at, recording->length - recording->data_at);
	for (int i = 0; i < 4; i++)
		set64(recording, 72 + 8 * (size_t)i, recording->features[i]);
	at = table + 16 * recording->section_count;
	for (unsigned int i = 0; i < recording->section_count; i++) {
		put64(recording, at + recording->sections[i].at);
		put64(recording, recording->sections[i].length);
	}
	put(recording, recording->section_bytes, recording->section_length);
}

/* In a pipe, sections are records. */
static void put_sections(struct recording *recording)
{
	unsigned int next = 0;

	for (unsigned int i = 0; i < 64; i++) {
		struct perfev_record record = { .type = PERFEV_RECORD_FEATURE };

		if (!(recording->features[0] >> i & 1))
			continue;
		record.feature.id = i;
		record.feature.data.bytes = recording->section_bytes + recording->sections[next].at;
		record.feature.data.length = recording->sections[next++].length;
		put_record(recording, &record, -1);
	}
}

void recording_make(struct recording *recording, int swapped, int is_pipe)
{
	recording_begin(recording, swapped, is_pipe);
	recording_describe(recording);
	if (is_pipe)
		put_sections(recording);
	recording_fill(recording);
	if (!is_pipe)
		recording_end(recording);
}

void recording_free(struct recording *recording)
{
	free(recording->bytes);
	free(recording->section_bytes);
}

int recording_open(const struct recording *recording, size_t length)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, recording->bytes, length), length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}
