/* SPDX-License-Identifier: MIT */
/* Recordings compressed by libzstd, written and read back, whole and with damage. */
#define _GNU_SOURCE
#include <perfev/zstd.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"

#define SAMPLES 50000

static int write_samples(void)
{
	const struct perfev_writer_options options = {
		.size = sizeof(options), .codec = perfev_zstd_codec(), .level = 3
	};
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE };
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct recording recording;
	struct perfev_writer *writer;

	recording_begin(&recording, 0, 0);
	assert_int_equal(perfev_writer_open_fd(&writer, fd, &options, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &recording.attrs[0], "clock", NULL, 0), 0);
	for (__u64 time = 1; time <= SAMPLES; time++) {
		record.time = time;
		assert_int_equal(perfev_writer_record(writer, &record, &recording.layouts[0]), 0);
	}
	assert_int_equal(perfev_writer_close(writer), 0);
	recording_free(&recording);
	return fd;
}

/* Reads samples. Returns how many there are; *error is the last that there was. */
static __u64 read_samples(int fd, int *error)
{
	const struct perfev_file_options options = { .size = sizeof(options),
						     .codec = perfev_zstd_codec() };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file *file;
	__u64 count = 0;
	int result;

	*error = 0;
	assert_int_equal(perfev_file_open_fd(&file, fd, &options, NULL), 0);
	while ((result = perfev_file_next(file, &record)) != 0) {
		if (result < 0)
			*error = result;
		else if (record.type == PERF_RECORD_SAMPLE)
			count += record.time == count + 1;
	}
	perfev_file_close(file);
	return count;
}

static void what_was_packed_is_read_back(void **state)
{
	int fd = write_samples(), error;
	off_t length = lseek(fd, 0, SEEK_END);

	(void)state;
	assert_true(length > 0 && length < SAMPLES * 48 / 4);
	assert_int_equal(read_samples(fd, &error), SAMPLES);
	assert_int_equal(error, 0);
	close(fd);
}

/* Readers refuse a version that they do not know: linux-perf writes 0. */
static void how_it_was_packed_is_told_as_linux_perf_tells_it(void **state)
{
	int fd = write_samples();
	struct perfev_bytes bytes;
	struct perfev_file *file;
	__u32 told[5];

	(void)state;
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	assert_int_equal(perfev_file_feature(file, PERFEV_FEATURE_COMPRESSED, &bytes), 1);
	assert_int_equal(bytes.length, sizeof(told));
	memcpy(told, bytes.bytes, sizeof(told));
	assert_int_equal(told[0], 0);
	assert_int_equal(told[1], 1);
	assert_int_equal(told[2], 3);
	assert_in_range(told[3], 4, 1000);
	/* More than a record unpacks to, whose size is 16 bits. */
	assert_in_range(told[4], 65536, 1 << 20);
	perfev_file_close(file);
	close(fd);
}

static void damage_ends_what_was_packed_and_is_told(void **state)
{
	int fd = write_samples(), error;
	off_t length = lseek(fd, 0, SEEK_END);
	__u64 count;

	(void)state;
	for (off_t at = length / 4; at < length / 2; at += 8)
		assert_int_equal(pwrite(fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, at), 8);
	count = read_samples(fd, &error);
	assert_true(count < SAMPLES);
	assert_true(error == -EBADMSG || error == -ENODATA);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_is_read_back),
		cmocka_unit_test(how_it_was_packed_is_told_as_linux_perf_tells_it),
		cmocka_unit_test(damage_ends_what_was_packed_and_is_told),
	};

	return cmocka_run_group_tests_name("compressed recordings", tests, NULL, NULL);
}
