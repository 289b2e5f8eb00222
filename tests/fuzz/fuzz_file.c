/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a recording: read in either order to its end, with all sections and traces, and the
 * same where nothing can be expected of the next record.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <perfev/file.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A codec that makes three bytes of each. */
static int codec_open(void **out)
{
	*out = malloc(1);
	return *out ? 0 : -12;
}

static long codec_unpack(void *state, const void **in, size_t *in_length, void *out, size_t room)
{
	size_t length = 0;

	(void)state;
	for (; *in_length && room - length >= 3; length += 3) {
		memset((char *)out + length, *(const char *)*in, 3);
		*in = (const char *)*in + 1;
		--*in_length;
	}
	return (long)length;
}

static const struct perfev_codec codec = { .size = sizeof(codec),
					   .unpack_open = codec_open,
					   .unpack_close = free,
					   .unpack = codec_unpack };

static void read_sections(struct perfev_file *file)
{
	struct perfev_file_about about;
	union {
		struct perfev_event_desc event_desc;
		struct perfev_build_id_entry build_id;
		struct perfev_topology_entry topology;
		struct perfev_numa_entry numa;
		struct perfev_pmu_entry pmu;
		struct perfev_group_entry group;
		struct perfev_auxtrace_entry auxtrace;
		struct perfev_cache_entry cache;
		struct perfev_memory_entry memory;
		struct perfev_bpf_program bpf_program;
		struct perfev_btf_entry btf;
		struct perfev_cap_entry cap;
		struct perfev_hybrid_entry hybrid;
		struct perfev_domain_entry domain;
		struct perfev_meta_entry meta;
		const char *text;
	} out;
	struct perfev_feature_at at;

#define ALL(list, member)                                                                          \
	do {                                                                                       \
		int result, steps = 0;                                                             \
		memset(&at, 0, sizeof(at));                                                        \
		while ((result = perfev_file_##list##_next(file, &at, &out.member)) > 0)           \
			CHECK(++steps < 10000000);                                                 \
		if (result < 0)                                                                    \
			CHECK(perfev_file_##list##_next(file, &at, &out.member) <= 0);             \
	} while (0)

	CHECK(perfev_file_about(file, &about) == 0);
	if (about.hostname)
		CHECK(strlen(about.hostname) < 1 << 24);
	ALL(cmdline, text);
	ALL(event_desc, event_desc);
	ALL(build_id, build_id);
	ALL(topology, topology);
	ALL(numa, numa);
	ALL(pmu, pmu);
	ALL(group, group);
	ALL(auxtrace, auxtrace);
	ALL(cache, cache);
	ALL(memory, memory);
	ALL(bpf_program, bpf_program);
	ALL(btf, btf);
	ALL(cap, cap);
	ALL(hybrid, hybrid);
	ALL(domain, domain);
	ALL(meta, meta);
}

/* What a recording gave: records, and a sum over what each has in struct perfev_record. */
struct given {
	__u64 records, fields;
};

static void note(struct given *given, const struct perfev_file *file,
		 const struct perfev_record *record)
{
	const struct perfev_file_event *event = perfev_file_record_event(file);
	const __u64 fields[] = {
		perfev_file_offset(file),
		event ? event->attr.sample_type ^ event->attr.config : 1,
		record->type,
		record->misc,
		record->size,
		record->have,
		record->pid,
		record->tid,
		record->time,
		record->id,
		record->cpu,
		record->tail.length,
		record->type == PERF_RECORD_SAMPLE ? record->sample.ip : 0,
		record->type == PERF_RECORD_SAMPLE ? record->sample.period : 0,
		record->type == PERF_RECORD_SAMPLE ? record->sample.callchain.count : 0
	};

	__u64 hash = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		hash = (hash ^ fields[i]) * 0x9e3779b97f4a7c15ULL;
	given->fields += hash ^ hash >> 32;
}

/* Reads a recording, into one struct, or each record alone. */
static struct given read_all(int fd, size_t size, int by_time, int alone)
{
	const struct perfev_file_options options = {
		.size = sizeof(options), .by_time = by_time, .most_bytes = 4096, .codec = &codec
	};
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_summary summary;
	struct perfev_bytes bytes;
	struct perfev_file *file;
	struct given given = { 0 };
	struct perfev_why why;
	__u64 steps = 0;
	int result = perfev_file_open_fd(&file, fd, &options, &why);

	if (result < 0) {
		CHECK(!file && why.error == -result && why.text[0]);
		return given;
	}
	while ((result = perfev_file_next(file, &record)) != 0) {
		/* Each step is a record, or told damage, of at least a byte, unpacked or not. */
		CHECK(++steps <= 3 * size + 8);
		CHECK(result == 1 || result == -EBADMSG || result == -ENODATA);
		if (result < 0)
			continue;
		CHECK(record.bytes && perfev_file_offset(file) < size);
		note(&given, file, &record);
		if (alone)
			memset(&record, 0, sizeof(record));
		while ((result = perfev_file_payload(file, &bytes)) > 0)
			CHECK(bytes.length && bytes.length <= size);
	}
	CHECK(perfev_file_next(file, &record) == 0);
	read_sections(file);
	perfev_file_summary(file, &summary);
	perfev_file_close(file);
	given.records = summary.records;
	return given;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct given given, alone, by_time;

	CHECK(fd >= 0);
	CHECK(!size || write(fd, data, size) == (ssize_t)size);
	given = read_all(fd, size, 0, 0);
	alone = read_all(fd, size, 0, 1);
	CHECK(alone.records == given.records && alone.fields == given.fields);
	/* The same come by time. */
	by_time = read_all(fd, size, 1, 0);
	CHECK(by_time.records == given.records && by_time.fields == given.fields);
	alone = read_all(fd, size, 1, 1);
	CHECK(alone.records == by_time.records && alone.fields == by_time.fields);
	close(fd);
	return 0;
}
