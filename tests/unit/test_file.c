/* SPDX-License-Identifier: MIT */
/* Recordings made by hand, read as files and as pipes, in both byte orders. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"

/* Checks all records of recording_fill(), in the order of the file. */
static void check_records(struct perfev_file *file)
{
	static const __u64 times[] = { 100, 110, 300, 500, 200, 400 };
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int i = 0;
	int result;

	while ((result = perfev_file_next(file, &record)) == 1) {
		if (record.type >= PERFEV_RECORD_ATTR)
			continue;
		assert_true(i < 6);
		assert_int_equal(record.time, times[i]);
		assert_int_equal(record.id, i < 4 ? FIRST_ID : SECOND_ID);
		assert_ptr_equal(perfev_file_record_event(file),
				 perfev_file_event(file, i < 4 ? 0 : 1));
		if (i == 0)
			assert_string_equal(record.comm.comm.text, "worker");
		if (i == 1)
			assert_string_equal(record.mmap.filename.text, "/bin/worker");
		if (i >= 2)
			assert_int_equal(record.sample.period, 1000);
		if (i >= 4) {
			assert_int_equal(record.sample.callchain.count, 3);
			assert_int_equal(perfev_words_get(&record.sample.callchain, 2), 0x402000);
		}
		i++;
	}
	assert_int_equal(result, 0);
	assert_int_equal(i, 6);
	assert_int_equal(perfev_file_next(file, &record), 0);
}

static void check_events(struct perfev_file *file)
{
	unsigned int number;

	assert_int_equal(perfev_file_event_count(file), 2);
	assert_null(perfev_file_event(file, 2));
	for (unsigned int i = 0; i < 2; i++) {
		const struct perfev_file_event *event = perfev_file_event(file, i);

		assert_string_equal(event->name, i ? "second" : "first");
		assert_int_equal(event->attr.config, i);
		assert_int_equal(event->attr.sample_id_all, 1);
		assert_int_equal(event->attr.exclude_kernel, 1);
		assert_int_equal(event->attr.exclude_user, 0);
		assert_int_equal(event->id_count, 1);
		assert_int_equal(event->ids[0], i ? SECOND_ID : FIRST_ID);
		assert_int_equal(perfev_file_find_id(file, event->ids[0], &number), 1);
		assert_int_equal(number, i);
	}
	assert_int_equal(perfev_file_find_id(file, 0x3333, &number), 0);
}

static void check_topology(struct perfev_file *file)
{
	static const char *const kinds[] = { "package", "core", "core", NULL, NULL, "die" };
	struct perfev_feature_at at;
	struct perfev_topology_entry entry;

	memset(&at, 0, sizeof(at));
	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(perfev_file_topology_next(file, &at, &entry), 1);
		if (kinds[i]) {
			assert_string_equal(entry.kind, kinds[i]);
			continue;
		}
		assert_null(entry.cpus);
		assert_int_equal(entry.core, i - 3);
		assert_int_equal(entry.package, 7);
		assert_int_equal(entry.die, i == 3 ? 0 : 3);
	}
	assert_int_equal(perfev_file_topology_next(file, &at, &entry), 0);
}

static void check_sections(struct perfev_file *file)
{
	struct perfev_feature_at at;
	struct perfev_file_about about;
	struct perfev_bytes bytes;
	const char *text;

	assert_int_equal(perfev_file_about(file, &about), 0);
	assert_string_equal(about.hostname, "machine");
	assert_null(about.os_release);
	assert_int_equal(about.cpus_available, 2);
	assert_int_equal(about.cpus_online, 1);
	memset(&at, 0, sizeof(at));
	assert_int_equal(perfev_file_cmdline_next(file, &at, &text), 1);
	assert_string_equal(text, "perf");
	assert_int_equal(perfev_file_cmdline_next(file, &at, &text), 1);
	assert_string_equal(text, "record");
	assert_int_equal(perfev_file_cmdline_next(file, &at, &text), 0);
	assert_int_equal(perfev_file_cmdline_next(file, &at, &text), 0);
	assert_int_equal(perfev_file_feature(file, PERFEV_FEATURE_HOSTNAME, &bytes), 1);
	assert_true(bytes.length >= 68);
	assert_int_equal(perfev_file_feature(file, PERFEV_FEATURE_CACHE, &bytes), 0);
	assert_int_equal(perfev_file_has(file, PERFEV_FEATURE_CACHE), 0);
	check_topology(file);
}

static void files_of_either_byte_order_are_read(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct perfev_file_summary summary;
		struct recording recording;
		struct perfev_file *file;
		int fd;

		recording_make(&recording, swapped, 0);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		assert_int_equal(perfev_file_fd(file), fd);
		check_events(file);
		check_records(file);
		check_sections(file);
		perfev_file_summary(file, &summary);
		assert_int_equal(summary.records, RECORDING_RECORDS);
		assert_int_equal(summary.is_swapped, swapped);
		assert_int_equal(summary.damages, 0);
		assert_int_equal(summary.unread_bytes, 0);
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
	}
}

/* Feeds bytes through a pipe, a few at a time, from a process of its own. */
static int pipe_of(const struct recording *recording, pid_t *child)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	*child = fork();
	if (*child == 0) {
		for (size_t at = 0; at < recording->length; at += 37) {
			size_t left = recording->length - at;

			if (write(ends[1], recording->bytes + at, left < 37 ? left : 37) < 0)
				_exit(1);
		}
		/* Without an end of its own, so that valgrind has nothing to say of it. */
		raise(SIGKILL);
	}
	close(ends[1]);
	return ends[0];
}

/* A pipe's form in a pipe and in a file, and a file's form in a pipe. */
static void pipes_of_either_byte_order_are_read(void **state)
{
	(void)state;
	for (int form = 0; form < 6; form++) {
		struct recording recording;
		struct perfev_file *file;
		pid_t child = 0;
		int fd;

		recording_make(&recording, form & 1, form < 4);
		fd = form < 2 ? recording_open(&recording, recording.length) :
				pipe_of(&recording, &child);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		check_records(file);
		/* What stands behind the records of a file is not reached through a pipe. */
		if (form < 4) {
			check_events(file);
			check_sections(file);
		}
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
	}
}

static void records_come_by_time_across_rings(void **state)
{
	static const __u64 times[] = { 100, 110, 200, 300, 400, 500 };
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = 1 };

	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct perfev_record record = PERFEV_RECORD_INIT;
		struct perfev_file_summary summary;
		struct recording recording;
		struct perfev_file *file;
		unsigned int i = 0;
		int fd;

		recording_make(&recording, swapped, 0);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, &options, NULL), 0);
		while (perfev_file_next(file, &record) == 1) {
			if (record.type >= PERFEV_RECORD_ATTR)
				continue;
			assert_int_equal(record.time, times[i]);
			assert_int_equal(record.id, i == 2 || i == 4 ? SECOND_ID : FIRST_ID);
			i++;
		}
		assert_int_equal(i, 6);
		perfev_file_summary(file, &summary);
		assert_int_equal(summary.late, 0);
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
	}
}

/* Backwards, in disorder, and in a few runs: equal times stay as they came. */
static void records_in_any_order_come_by_time(void **state)
{
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = 1 };
	enum {
		SAMPLES = 3000
	};

	(void)state;
	for (int how = 0; how < 3; how++) {
		struct perfev_record record = PERFEV_RECORD_INIT;
		struct recording recording;
		struct perfev_file *file;
		__u64 last = 0, place = 0;
		unsigned int samples = 0;
		int fd;

		recording_begin(&recording, 0, 0);
		for (unsigned int i = 0; i < SAMPLES; i++)
			put_sample(&recording, 0,
				   how == 0 ? SAMPLES - i :
				   how == 1 ? i * 2654435761U % 1009 :
					      i % 100 * 7 + i / 100 % 4);
		recording_end(&recording);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, &options, NULL), 0);
		while (perfev_file_next(file, &record) == 1) {
			assert_true(record.time >= last);
			assert_true(record.time > last || perfev_file_offset(file) > place);
			last = record.time;
			place = perfev_file_offset(file);
			samples++;
		}
		assert_int_equal(samples, SAMPLES);
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
	}
}

/* Rounds of two rings each, the second older than the first: two rounds are held, no more. */
static void what_is_held_does_not_grow_with_the_rounds(void **state)
{
	const struct perfev_record round = { .type = PERFEV_RECORD_FINISHED_ROUND };
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = 1 };
	__u64 held[2];

	(void)state;
	for (int many = 0; many < 2; many++) {
		struct perfev_record record = PERFEV_RECORD_INIT;
		struct perfev_file_summary summary;
		unsigned int rounds = many ? 1000 : 100, samples = 0;
		struct recording recording;
		struct perfev_file *file;
		__u64 last = 0;
		int fd;

		recording_begin(&recording, 0, 0);
		for (unsigned int i = 0; i < rounds; i++) {
			for (unsigned int k = 0; k < 20; k++)
				put_sample(&recording, 0, 1000 * (i + 1) + 2 * k);
			for (unsigned int k = 0; k < 20; k++)
				put_sample(&recording, 1, 1000 * (i + 1) + 2 * k - 999);
			put_record(&recording, &round, -1);
		}
		recording_end(&recording);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, &options, NULL), 0);
		while (perfev_file_next(file, &record) == 1) {
			if (record.type != PERF_RECORD_SAMPLE)
				continue;
			assert_true(record.time >= last);
			last = record.time;
			samples++;
		}
		assert_int_equal(samples, rounds * 40);
		perfev_file_summary(file, &summary);
		assert_int_equal(summary.late, 0);
		held[many] = summary.held_bytes;
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
	}
	assert_int_equal(held[0], held[1]);
}

static void a_trace_is_lent_where_it_lies(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct perfev_record record = { .type = PERFEV_RECORD_AUXTRACE };
		const size_t length = 1000000;
		unsigned char *trace = malloc(length);
		__u64 offset, size, seen = 0;
		struct perfev_bytes piece;
		struct recording recording;
		struct perfev_file *file;
		unsigned char back[16];
		int fd;

		memset(trace, 0x5a, length);
		recording_begin(&recording, swapped, 0);
		record.auxtrace.size = length;
		for (int i = 0; i < 2; i++) {
			put_record(&recording, &record, -1);
			put(&recording, trace, length);
		}
		put_sample(&recording, 0, 1);
		recording_end(&recording);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		/* The first is read, the second passed. */
		assert_int_equal(perfev_file_next(file, &record), 1);
		assert_int_equal(perfev_file_payload_place(file, &offset, &size), 1);
		assert_int_equal(offset, perfev_file_offset(file) + 48);
		assert_int_equal(size, length);
		assert_int_equal(perfev_file_read(file, offset, back, sizeof(back)), 16);
		assert_memory_equal(back, trace, sizeof(back));
		while (perfev_file_payload(file, &piece) == 1) {
			assert_memory_equal(piece.bytes, trace, piece.length);
			seen += piece.length;
		}
		assert_int_equal(seen, length);
		assert_int_equal(perfev_file_next(file, &record), 1);
		assert_int_equal(record.type, PERFEV_RECORD_AUXTRACE);
		assert_int_equal(perfev_file_next(file, &record), 1);
		assert_int_equal(record.type, PERF_RECORD_SAMPLE);
		assert_int_equal(perfev_file_payload(file, &piece), 0);
		assert_int_equal(perfev_file_payload_place(file, &offset, &size), 0);
		assert_int_equal(perfev_file_next(file, &record), 0);
		perfev_file_close(file);
		close(fd);
		recording_free(&recording);
		free(trace);
	}
}

static void a_pipe_that_does_not_block_says_so(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct recording recording;
	struct perfev_file *file;
	unsigned int records = 0;
	size_t at = 16;
	int ends[2], result;

	(void)state;
	recording_make(&recording, 0, 1);
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(ends[1], recording.bytes, 16), 16);
	assert_int_equal(perfev_file_open_fd(&file, ends[0], NULL, NULL), 0);
	while ((result = perfev_file_next(file, &record)) != 0) {
		if (result == 1) {
			records++;
			continue;
		}
		assert_int_equal(result, -EAGAIN);
		if (at < recording.length)
			assert_int_equal(write(ends[1], recording.bytes + at++, 1), 1);
		else if (ends[1] >= 0) {
			close(ends[1]);
			ends[1] = -1;
		}
	}
	assert_int_equal(records, RECORDING_RECORDS + 2 + 5);
	perfev_file_close(file);
	close(ends[0]);
	recording_free(&recording);
}

static void an_id_of_several_events_is_the_firsts(void **state)
{
	struct recording recording;
	struct perfev_file *file;
	unsigned int number = 7;
	int fd;

	(void)state;
	recording_make(&recording, 0, 0);
	set64(&recording, 104 + 8, FIRST_ID);
	fd = recording_open(&recording, recording.length);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	assert_int_equal(perfev_file_find_id(file, FIRST_ID, &number), 1);
	assert_int_equal(number, 0);
	assert_int_equal(perfev_file_event(file, 1)->ids[0], FIRST_ID);
	perfev_file_close(file);
	close(fd);
	recording_free(&recording);
}

static void a_length_of_the_header_that_is_none_is_told_and_all_is_read(void **state)
{
	static const __u64 lengths[] = { 0, 8, 17, 71 };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_damage damage;
	struct recording recording;
	struct perfev_file *file;

	(void)state;
	recording_make(&recording, 0, 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		unsigned int records = 0;
		int fd;

		set64(&recording, 8, lengths[i]);
		fd = recording_open(&recording, recording.length);
		assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
		while (perfev_file_next(file, &record) == 1)
			records++;
		assert_int_equal(records, RECORDING_RECORDS);
		assert_int_equal(perfev_file_damage(file, 0, &damage), 1);
		assert_int_equal(damage.offset, 8);
		perfev_file_close(file);
		close(fd);
	}
	recording_free(&recording);
}

static void what_is_no_recording_is_refused_in_words(void **state)
{
	struct perfev_file_options newer[2];
	struct perfev_file *file;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_file_open(&file, "/nowhere/at/all", NULL, &why), -ENOENT);
	assert_int_equal(why.cause, PERFEV_CAUSE_FILE);
	assert_int_equal(perfev_file_open(&file, "/bin/sh", NULL, &why), -EBADMSG);
	assert_int_equal(why.cause, PERFEV_CAUSE_FILE);
	assert_int_equal(perfev_file_open(&file, "/dev/null", NULL, &why), -ENODATA);
	assert_string_equal(why.text, "'/dev/null': it ends before it says what it is");
	assert_int_equal(perfev_file_open(&file, "/proc", NULL, &why), -EISDIR);
	memset(newer, 0, sizeof(newer));
	newer[0].size = sizeof(newer);
	newer[1].by_time = 1;
	assert_int_equal(perfev_file_open(&file, "/dev/null", newer, &why), -E2BIG);
	assert_null(file);
	perfev_file_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_either_byte_order_are_read),
		cmocka_unit_test(pipes_of_either_byte_order_are_read),
		cmocka_unit_test(records_come_by_time_across_rings),
		cmocka_unit_test(records_in_any_order_come_by_time),
		cmocka_unit_test(what_is_held_does_not_grow_with_the_rounds),
		cmocka_unit_test(a_trace_is_lent_where_it_lies),
		cmocka_unit_test(a_pipe_that_does_not_block_says_so),
		cmocka_unit_test(an_id_of_several_events_is_the_firsts),
		cmocka_unit_test(a_length_of_the_header_that_is_none_is_told_and_all_is_read),
		cmocka_unit_test(what_is_no_recording_is_refused_in_words),
	};

	return cmocka_run_group_tests_name("recordings", tests, NULL, NULL);
}
