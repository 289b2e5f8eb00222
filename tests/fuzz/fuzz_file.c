/* SPDX-License-Identifier: MIT */
/* Any bytes as a recording: read in either order to its end, with all sections and traces. */
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

/* Reads a recording. Returns how many records it gave. */
static __u64 read_all(int fd, size_t size, int by_time)
{
	const struct perfev_file_options options = {
		.size = sizeof(options), .by_time = by_time, .most_bytes = 4096, .codec = &codec
	};
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_summary summary;
	struct perfev_bytes bytes;
	struct perfev_file *file;
	struct perfev_why why;
	__u64 steps = 0;
	int result = perfev_file_open_fd(&file, fd, &options, &why);

	if (result < 0) {
		CHECK(!file && why.error == -result && why.text[0]);
		return 0;
	}
	while ((result = perfev_file_next(file, &record)) != 0) {
		/* Each step is a record, or told damage, of at least a byte, unpacked or not. */
		CHECK(++steps <= 3 * size + 8);
		CHECK(result == 1 || result == -EBADMSG || result == -ENODATA);
		if (result < 0)
			continue;
		CHECK(record.bytes && perfev_file_offset(file) < size);
		while ((result = perfev_file_payload(file, &bytes)) > 0)
			CHECK(bytes.length && bytes.length <= size);
	}
	CHECK(perfev_file_next(file, &record) == 0);
	read_sections(file);
	perfev_file_summary(file, &summary);
	perfev_file_close(file);
	return summary.records;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	__u64 records;

	CHECK(fd >= 0);
	CHECK(!size || write(fd, data, size) == (ssize_t)size);
	records = read_all(fd, size, 0);
	/* The same come by time. */
	CHECK(read_all(fd, size, 1) == records);
	close(fd);
	return 0;
}
