/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails, while a recording is read or written: it is told, and nothing leaks. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "failing_memory.h"
#include "recording.h"
#include "support.h"

/* Reads a recording whole. Returns 0, or the first failure, which must be memory's. */
static int read_all(int fd, int by_time)
{
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = by_time };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_about about;
	struct perfev_file *file;
	struct perfev_why why;
	int result = perfev_file_open_fd(&file, fd, &options, &why), failed = 0;

	if (result < 0) {
		assert_null(file);
		assert_int_equal(why.cause, PERFEV_CAUSE_MEMORY);
		return result;
	}
	for (int i = 0; i < 100 && (result = perfev_file_next(file, &record)) != 0; i++)
		/* Without an event, what comes after it is malformed. */
		if (result < 0 && !failed)
			failed = result;
	assert_int_equal(result, 0);
	result = perfev_file_about(file, &about);
	if (result < 0 && !failed)
		failed = result;
	perfev_file_close(file);
	return failed;
}

static void reading_without_memory_is_told_and_nothing_leaks(void **state)
{
	(void)state;
	for (int form = 0; form < 4; form++) {
		struct recording recording;
		long before, n;
		int fd, result = -ENOMEM;

		recording_make(&recording, 0, form & 1);
		fd = recording_open(&recording, recording.length);
		before = allocations_held;
		for (n = 0; result < 0; n++) {
			allocations_left = n;
			result = read_all(fd, form & 2);
			allocations_left = -1;
			if (result < 0)
				assert_int_equal(result, -ENOMEM);
			assert_int_equal(allocations_held, before);
		}
		assert_true(n > 8);
		close(fd);
		recording_free(&recording);
	}
}

/* Writes a recording whole. Returns 0 or the first failure. */
static int write_all(int fd, int pipe)
{
	const struct perfev_writer_options options = {
		.size = sizeof(options), .pipe = pipe, .build_ids = 1
	};
	static const char *const argv[] = { "perf", "record" };
	struct perf_event_attr attr = { .size = sizeof(attr), .sample_type = PERF_SAMPLE_TIME };
	struct perfev_record record = { .type = PERF_RECORD_MMAP2 };
	struct perfev_build_id build_id = { { 1 }, 20 };
	struct perfev_writer *writer;
	struct perfev_why why;
	const __u64 id = 7;
	int result = perfev_writer_open_fd(&writer, fd, &options, &why), closed;

	if (result < 0) {
		assert_null(writer);
		assert_int_equal(why.cause, PERFEV_CAUSE_MEMORY);
		return result;
	}
	result = perfev_writer_event(writer, &attr, "event", &id, 1);
	if (result == 0)
		result = perfev_writer_machine(writer);
	if (result == 0)
		result = perfev_writer_cmdline(writer, 2, argv);
	if (result == 0)
		result = perfev_writer_build_id(writer, PERF_RECORD_MISC_USER, "/bin/x", &build_id);
	record.mmap.prot = 4;
	record.mmap.filename.text = "/proc/self/exe";
	record.mmap.filename.length = 14;
	if (result == 0)
		result = perfev_writer_record(writer, &record, NULL);
	if (result == 0)
		result = perfev_writer_round(writer);
	closed = perfev_writer_close(writer);
	return result < 0 ? result : closed;
}

static void writing_without_memory_is_told_and_nothing_leaks(void **state)
{
	(void)state;
	for (int pipe = 0; pipe < 2; pipe++) {
		int fd = memfd_create("recording", MFD_CLOEXEC), result = -ENOMEM;
		long before = allocations_held, n;

		for (n = 0; result < 0; n++) {
			allocations_left = n;
			result = write_all(fd, pipe);
			allocations_left = -1;
			if (result < 0)
				assert_int_equal(result, -ENOMEM);
			assert_int_equal(allocations_held, before);
			assert_int_equal(ftruncate(fd, 0), 0);
			assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		}
		assert_true(n > 20);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_without_memory_is_told_and_nothing_leaks),
		cmocka_unit_test(writing_without_memory_is_told_and_nothing_leaks),
	};

	return cmocka_run_group_tests_name("recordings without memory", tests, NULL, NULL);
}
