/* SPDX-License-Identifier: MIT */
/*
 * A recording in a pipe's form, which has its sections as records: what others' readers want of
 * them. What must stay true: what they take is what linux-perf writes, to the byte.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"

/* Writes sections of 1 to 16 bytes, one of each length by turns, and a sample behind them. */
static int write_sections(int pipe)
{
	const struct perfev_writer_options options = { .size = sizeof(options), .pipe = pipe };
	int fd = memfd_create("recording", MFD_CLOEXEC);
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .time = 7 };
	struct recording recording;
	struct perfev_writer *writer;

	recording_begin(&recording, 0, 0);
	assert_int_equal(perfev_writer_open_fd(&writer, fd, &options, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &recording.attrs[0], "clock", NULL, 0), 0);
	for (unsigned int length = 1; length <= 16; length++)
		assert_int_equal(perfev_writer_feature(writer, PERFEV_FEATURE_HOSTNAME + length,
						       "0123456789abcdef", length),
				 0);
	assert_int_equal(perfev_writer_record(writer, &record, &recording.layouts[0]), 0);
	assert_int_equal(perfev_writer_close(writer), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	recording_free(&recording);
	return fd;
}

/* Asserts that each record of a section is its header, number and bytes, and so much more. */
static void assert_sections(int pipe, __u32 (*length_of)(__u32 length))
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	unsigned int sections = 0, samples = 0;
	int fd = write_sections(pipe), result;
	struct perfev_file *file;

	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	while ((result = perfev_file_next(file, &record)) == 1) {
		__u32 length = (__u32)record.feature.id - PERFEV_FEATURE_HOSTNAME;

		samples += record.type == PERF_RECORD_SAMPLE && record.time == 7;
		if (record.type != PERFEV_RECORD_FEATURE || length < 1 || length > 16)
			continue;
		assert_int_equal(record.size, 16 + length_of(length));
		assert_memory_equal(record.feature.data.bytes, "0123456789abcdef", length);
		sections++;
	}
	assert_int_equal(result, 0);
	assert_int_equal(sections, 16);
	assert_int_equal(samples, 1);
	perfev_file_close(file);
	close(fd);
}

static __u32 itself(__u32 length)
{
	return length;
}

static __u32 filled_up(__u32 length)
{
	return (length + 7) & ~7U;
}

static void a_section_in_a_pipe_is_followed_by_nothing_within_its_record(void **state)
{
	(void)state;
	assert_sections(1, itself);
}

static void in_a_file_all_records_are_multiples_of_8_bytes(void **state)
{
	(void)state;
	assert_sections(0, filled_up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_in_a_pipe_is_followed_by_nothing_within_its_record),
		cmocka_unit_test(in_a_file_all_records_are_multiples_of_8_bytes),
	};

	return cmocka_run_group_tests_name("recordings in a pipe's form", tests, NULL, NULL);
}
