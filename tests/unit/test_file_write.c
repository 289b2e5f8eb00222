/* SPDX-License-Identifier: MIT */
/* What is written is read back as it went in, and survives its writer at any moment. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"

/* "Packs" by writing each byte's complement. */
static int flip_open(void **out)
{
	*out = malloc(1);
	return *out ? 0 : -ENOMEM;
}

static int flip_open_level(void **out, int level)
{
	(void)level;
	return flip_open(out);
}

static long flip(void *codec, const void **in, size_t *in_length, void *out, size_t room)
{
	size_t length = *in_length < room ? *in_length : room;

	(void)codec;
	for (size_t i = 0; i < length; i++)
		((unsigned char *)out)[i] = (unsigned char)~((const unsigned char *)*in)[i];
	*in = (const char *)*in + length;
	*in_length -= length;
	return (long)length;
}

static long flip_all(void *codec, const void *in, size_t in_length, void *out, size_t room)
{
	return in_length > room ? -ENOBUFS : flip(codec, &in, &in_length, out, room);
}

static const struct perfev_codec codec = {
	.size = sizeof(codec),
	.type = 1,
	.unpack_open = flip_open,
	.unpack_close = free,
	.unpack = flip,
	.pack_open = flip_open_level,
	.pack_close = free,
	.pack = flip_all,
};

static const struct perf_event_attr attr = {
	.size = sizeof(attr),
	.type = PERF_TYPE_SOFTWARE,
	.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME | PERF_SAMPLE_IP,
	.sample_id_all = 1,
};

static const __u64 ids[] = { 11, 12, 13 };

static struct perfev_writer *begin(int fd, int pipe, int packed)
{
	const struct perfev_writer_options options = {
		.size = sizeof(options), .pipe = pipe, .codec = packed ? &codec : NULL
	};
	struct perfev_writer *writer;

	assert_int_equal(perfev_writer_open_fd(&writer, fd, &options, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &attr, "clock", ids, 3), 0);
	assert_int_equal(perfev_writer_text(writer, PERFEV_FEATURE_HOSTNAME, "here"), 0);
	return writer;
}

static int sample(struct perfev_writer *writer, __u64 time)
{
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .time = time, .id = 12 };
	struct perfev_layout layout;

	perfev_layout_init(&layout, &attr, 0);
	record.sample.ip = 2 * time;
	return perfev_writer_record(writer, &record, &layout);
}

/* Reads samples whose times count from 1. Returns how many there are. */
static __u64 read_back(int fd, struct perfev_file_summary *summary)
{
	const struct perfev_file_options options = { .size = sizeof(options), .codec = &codec };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file *file;
	__u64 count = 0;
	int result;

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(perfev_file_open_fd(&file, fd, &options, NULL), 0);
	while ((result = perfev_file_next(file, &record)) == 1) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(record.time, ++count);
		assert_int_equal(record.sample.ip, 2 * count);
		assert_string_equal(perfev_file_record_event(file)->name, "clock");
	}
	assert_int_equal(result, 0);
	perfev_file_summary(file, summary);
	perfev_file_close(file);
	return count;
}

static void what_is_written_is_read_back(void **state)
{
	(void)state;
	for (int form = 0; form < 4; form++) {
		int fd = memfd_create("recording", MFD_CLOEXEC);
		struct perfev_writer *writer = begin(fd, form & 1, form & 2);
		struct perfev_file_summary summary;
		struct perfev_file_about about;
		struct perfev_file *file;

		for (__u64 time = 1; time <= 20000; time++) {
			assert_int_equal(sample(writer, time), 0);
			if (time % 3000 == 0)
				assert_int_equal(perfev_writer_round(writer), 0);
		}
		assert_int_equal(perfev_writer_close(writer), 0);
		assert_int_equal(read_back(fd, &summary), 20000);
		assert_int_equal(summary.damages, 0);
		assert_int_equal(summary.is_pipe, form & 1);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		if (!(form & 1)) {
			assert_int_equal(perfev_file_about(file, &about), 0);
			assert_string_equal(about.hostname, "here");
			assert_int_equal(about.first_time_ns, 1);
			assert_int_equal(about.last_time_ns, 20000);
			assert_int_equal(perfev_file_event(file, 0)->id_count, 3);
			assert_int_equal(perfev_file_event(file, 0)->attr.size, 64);
			assert_int_equal(about.compression_type, form & 2 ? 1 : 0);
		}
		perfev_file_close(file);
		close(fd);
	}
}

static void pieces_of_a_ring_may_be_cut_anywhere(void **state)
{
	struct recording recording;

	(void)state;
	recording_begin(&recording, 0, 0);
	recording.length = 0;
	recording_fill(&recording);
	for (size_t each = 1; each <= 64; each++) {
		int fd = memfd_create("recording", MFD_CLOEXEC);
		struct perfev_writer *writer = begin(fd, 0, 0);
		struct perfev_record record = PERFEV_RECORD_INIT;
		struct perfev_file *file;
		size_t at;

		for (at = 0; at < recording.length; at += each) {
			size_t left = recording.length - at;

			assert_int_equal(perfev_writer_write(writer, recording.bytes + at,
							     left < each ? left : each),
					 0);
			assert_int_equal(perfev_writer_flush(writer), 0);
		}
		assert_int_equal(perfev_writer_close(writer), 0);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		at = 0;
		while (perfev_file_next(file, &record) == 1) {
			if (record.type >= PERFEV_RECORD_ATTR && record.type != 68)
				continue;
			assert_memory_equal(record.bytes, recording.bytes + at, record.size);
			at += record.size;
		}
		assert_int_equal(at, recording.length);
		perfev_file_close(file);
		close(fd);
	}
	recording_free(&recording);
}

/* Large ones are written from where they lie, small ones through the buffer. */
static void pieces_of_all_lengths_follow_one_another(void **state)
{
	enum {
		SAMPLES = 40000,
		EACH = 32
	};
	unsigned char *bytes = malloc(SAMPLES * EACH);
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .id = 12 };
	struct perfev_file_summary summary;
	struct perfev_layout layout;

	(void)state;
	assert_non_null(bytes);
	perfev_layout_init(&layout, &attr, 0);
	for (__u64 i = 0; i < SAMPLES; i++) {
		record.time = i + 1;
		record.sample.ip = 2 * record.time;
		assert_int_equal(perfev_record_encode(bytes + EACH * i, EACH, &record, &layout),
				 EACH);
	}
	for (unsigned int round = 0; round < 32; round++) {
		int fd = memfd_create("recording", MFD_CLOEXEC);
		struct perfev_writer *writer = begin(fd, round & 1, round & 2);
		unsigned int random = round;

		for (size_t at = 0, length; at < SAMPLES * EACH; at += length) {
			random = random * 1103515245 + 12345;
			/* From a few bytes on, up to more than the buffer holds. */
			length = 1 + (random >> 16) % (1U << (random >> 8) % 20);
			if (length > SAMPLES * EACH - at)
				length = SAMPLES * EACH - at;
			assert_int_equal(perfev_writer_write(writer, bytes + at, length), 0);
		}
		assert_int_equal(perfev_writer_close(writer), 0);
		assert_int_equal(read_back(fd, &summary), SAMPLES);
		assert_int_equal(summary.damages, 0);
		close(fd);
	}
	free(bytes);
}

static void a_trace_is_written_with_where_it_is(void **state)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct perfev_writer *writer = begin(fd, 0, 0);
	const struct perfev_record_auxtrace trace = { .idx = 3, .tid = 4, .cpu = 5 };
	const struct perfev_bytes pieces[] = { { "abcdef", 6 }, { "ghi", 3 } };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_auxtrace_entry entry;
	struct perfev_feature_at at;
	struct perfev_bytes piece;
	struct perfev_file *file;

	(void)state;
	assert_int_equal(sample(writer, 1), 0);
	assert_int_equal(perfev_writer_auxtrace(writer, &trace, pieces, 2), 0);
	assert_int_equal(perfev_writer_close(writer), 0);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	do
		assert_int_equal(perfev_file_next(file, &record), 1);
	while (record.type != PERFEV_RECORD_AUXTRACE);
	assert_int_equal(record.auxtrace.cpu, 5);
	assert_int_equal(record.auxtrace.size, 16);
	memset(&at, 0, sizeof(at));
	assert_int_equal(perfev_file_auxtrace_next(file, &at, &entry), 1);
	assert_int_equal(entry.offset, perfev_file_offset(file));
	assert_int_equal(entry.size, 48 + 16);
	assert_int_equal(perfev_file_payload(file, &piece), 1);
	assert_memory_equal(piece.bytes, "abcdefghi\0\0\0\0\0\0\0", 16);
	assert_int_equal(perfev_file_next(file, &record), 0);
	perfev_file_close(file);
	close(fd);
}

static void a_writer_that_is_killed_leaves_what_it_flushed(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		int fd = memfd_create("recording", MFD_CLOEXEC), status;
		struct perfev_file_summary summary;
		volatile __u64 *flushed =
			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		pid_t child;
		__u64 count;

		assert_ptr_not_equal(flushed, MAP_FAILED);
		child = fork();
		if (child == 0) {
			struct perfev_writer *writer = begin(fd, 0, i % 2);

			for (__u64 time = 1;; time++) {
				if (sample(writer, time) < 0)
					_exit(1);
				if (time % 7 == 0 && perfev_writer_flush(writer) == 0)
					*flushed = time;
			}
		}
		while (!*flushed)
			usleep(100);
		usleep((useconds_t)(37 * i));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status));
		count = read_back(fd, &summary);
		assert_true(count >= *flushed);
		assert_int_equal(summary.damages, 0);
		assert_int_equal(munmap((void *)flushed, 4096), 0);
		close(fd);
	}
}

static void groups_are_told(void **state)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct perfev_writer *writer = begin(fd, 0, 0);
	struct perfev_group_entry group;
	struct perfev_feature_at at;
	struct perfev_file *file;

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(perfev_writer_event(writer, &attr, "more", NULL, 0), 0);
	assert_int_equal(perfev_writer_group(writer, NULL, 1, 2), 0);
	assert_int_equal(perfev_writer_group(writer, "named", 3, 2), 0);
	assert_int_equal(perfev_writer_group(writer, NULL, 4, 2), -EINVAL);
	assert_int_equal(perfev_writer_group(writer, NULL, 0, 1), -EINVAL);
	assert_int_equal(perfev_writer_group(writer, NULL, 1, ~0U), -EINVAL);
	assert_int_equal(sample(writer, 1), 0);
	assert_int_equal(perfev_writer_flush(writer), 0);
	assert_int_equal(perfev_writer_group(writer, NULL, 1, 2), -EBUSY);
	assert_int_equal(perfev_writer_close(writer), 0);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	memset(&at, 0, sizeof(at));
	assert_int_equal(perfev_file_group_next(file, &at, &group), 1);
	assert_string_equal(group.name, "{anon_group}");
	assert_int_equal(group.leader, 1);
	assert_int_equal(group.count, 2);
	assert_int_equal(perfev_file_group_next(file, &at, &group), 1);
	assert_string_equal(group.name, "named");
	assert_int_equal(group.leader, 3);
	assert_int_equal(group.count, 2);
	assert_int_equal(perfev_file_group_next(file, &at, &group), 0);
	perfev_file_close(file);
	close(fd);
}

/* What the machine has: that a cache and a node's memory are read back as they went in. */
static void the_machine_is_told(void **state)
{
	int fd = memfd_create("recording", MFD_CLOEXEC), result;
	struct perfev_writer *writer = begin(fd, 0, 0);
	struct perfev_memory_entry memory;
	struct perfev_cache_entry cache;
	struct perfev_feature_at at;
	struct perfev_file *file;
	unsigned int caches = 0;

	(void)state;
	assert_int_equal(perfev_writer_machine(writer), 0);
	assert_int_equal(perfev_writer_close(writer), 0);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	memset(&at, 0, sizeof(at));
	while ((result = perfev_file_cache_next(file, &at, &cache)) == 1) {
		assert_in_range(cache.level, 1, 8);
		assert_true(*cache.type && *cache.size && *cache.cpus);
		caches++;
	}
	assert_int_equal(result, 0);
	assert_int_equal(caches != 0, perfev_file_has(file, PERFEV_FEATURE_CACHE));
	assert_int_equal(caches != 0,
			 access("/sys/devices/system/cpu/cpu0/cache/index0/size", R_OK) == 0);
	memset(&at, 0, sizeof(at));
	while ((result = perfev_file_memory_next(file, &at, &memory)) == 1) {
		__u64 last = perfev_words_get(&memory.blocks, (__u32)((memory.bits - 1) / 64));

		/* There are no more bits than the last one needs. */
		assert_int_equal(last >> ((memory.bits - 1) % 64), 1);
	}
	assert_int_equal(result, 0);
	perfev_file_close(file);
	close(fd);
}

static void what_is_no_record_is_refused(void **state)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct perfev_writer *writer = begin(fd, 0, 0);
	struct perfev_file_summary summary;

	(void)state;
	assert_int_equal(sample(writer, 1), 0);
	assert_int_equal(perfev_writer_flush(writer), 0);
	assert_int_equal(perfev_writer_event(writer, &attr, NULL, NULL, 0), -EBUSY);
	assert_int_equal(perfev_writer_write(writer, "\0\0\0\0\0\0\0\0", 8), 0);
	assert_int_equal(perfev_writer_flush(writer), -EBADMSG);
	assert_int_equal(sample(writer, 2), -EBADMSG);
	assert_int_equal(perfev_writer_close(writer), -EBADMSG);
	assert_int_equal(read_back(fd, &summary), 1);
	assert_int_equal(summary.damages, 0);
	close(fd);
	assert_int_equal(perfev_writer_close(NULL), 0);
}

static void a_full_disk_is_told(void **state)
{
	struct perfev_writer *writer;

	(void)state;
	if (access("/dev/full", W_OK) < 0)
		skip_without("/dev/full", "there is no such device");
	assert_int_equal(perfev_writer_open(&writer, "/dev/full", NULL, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &attr, NULL, NULL, 0), 0);
	assert_int_equal(sample(writer, 1), 0);
	assert_int_equal(perfev_writer_flush(writer), -ENOSPC);
	assert_int_equal(perfev_writer_close(writer), -ENOSPC);
}

static void build_ids_are_found(void **state)
{
	struct perfev_build_id build_id;

	(void)state;
	assert_int_equal(perfev_build_id_read(&build_id, "/nowhere"), -ENOENT);
	assert_int_equal(perfev_build_id_read(&build_id, "/dev/null"), -EBADMSG);
	assert_in_range(perfev_build_id_read(&build_id, "/proc/self/exe"), 0, 1);
	assert_true(build_id.size <= 20);
}

/* A group of a leader, and a sibling with what its branch stack has besides. */
static struct perfev_writer *begin_group(int fd, int pipe, __u64 of_sibling)
{
	const struct perfev_writer_options options = { .size = sizeof(options), .pipe = pipe };
	const __u32 group[] = { 1, 8, 0x67, 0, 0, 2 }; /* one, named "g": two from number 0 */
	struct perf_event_attr stack = attr;
	struct perfev_writer *writer;

	stack.sample_type |= PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT;
	assert_int_equal(perfev_writer_open_fd(&writer, fd, &options, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &stack, "leader", &ids[0], 1), 0);
	stack.branch_sample_type = of_sibling;
	assert_int_equal(perfev_writer_event(writer, &stack, "sibling", &ids[1], 1), 0);
	assert_int_equal(
		perfev_writer_feature(writer, PERFEV_FEATURE_GROUP_DESC, group, sizeof(group)), 0);
	return writer;
}

static void branch_counters_that_a_sibling_asks_for_are_in_all_samples_of_its_group(void **state)
{
	const __u64 branches[] = { 1, 2, 0, 3, 4, 0 }, counters[] = { 71, 72 };

	(void)state;
	for (int pipe = 0; pipe < 2; pipe++) {
		int fd = memfd_create("recording", MFD_CLOEXEC);
		struct perfev_writer *writer = begin_group(fd, pipe, PERF_SAMPLE_BRANCH_COUNTERS);
		struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .id = ids[0] };
		struct perf_event_attr as_written = attr;
		struct perfev_layout layout;
		struct perfev_branch branch;
		struct perfev_file *file;

		as_written.sample_type |= PERF_SAMPLE_BRANCH_STACK | PERF_SAMPLE_WEIGHT;
		as_written.branch_sample_type = PERF_SAMPLE_BRANCH_COUNTERS;
		perfev_layout_init(&layout, &as_written, 0);
		record.sample.branches.bytes = branches;
		record.sample.branches.counters = counters;
		record.sample.branches.count = 2;
		record.sample.branches.big_endian = layout.big_endian;
		record.sample.weight = 99;
		assert_int_equal(perfev_writer_record(writer, &record, &layout), 0);
		assert_int_equal(perfev_writer_close(writer), 0);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		memset(&record, 0, sizeof(record));
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		do
			assert_int_equal(perfev_file_next(file, &record), 1);
		while (record.type != PERF_RECORD_SAMPLE);
		assert_string_equal(perfev_file_record_event(file)->name, "leader");
		assert_int_equal(perfev_branches_get(&record.sample.branches, 1, &branch), 1);
		assert_int_equal(branch.counters, 72);
		assert_int_equal(record.sample.weight, 99);
		perfev_file_close(file);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(pieces_of_a_ring_may_be_cut_anywhere),
		cmocka_unit_test(pieces_of_all_lengths_follow_one_another),
		cmocka_unit_test(a_trace_is_written_with_where_it_is),
		cmocka_unit_test(a_writer_that_is_killed_leaves_what_it_flushed),
		cmocka_unit_test(groups_are_told),
		cmocka_unit_test(the_machine_is_told),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(build_ids_are_found),
		cmocka_unit_test(
			branch_counters_that_a_sibling_asks_for_are_in_all_samples_of_its_group),
	};

	return cmocka_run_group_tests_name("recordings written", tests, NULL, NULL);
}
