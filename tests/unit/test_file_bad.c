/* SPDX-License-Identifier: MIT */
/*
 * Recordings that end early or lie: everything readable is read, the rest is told with its place,
 * and nothing is allocated by what they claim.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "recording.h"
#include "support.h"

#define HUGE_NUMBER ((__u64)1 << 63)

struct outcome {
	int opened; /* 0 or a negative errno */
	unsigned int records, errors;
	int error; /* the last */
	struct perfev_file_summary summary;
	struct perfev_file_damage damage; /* the first */
};

/* Reads what there is, with features and traces; no claim of the file's makes memory run out. */
static struct outcome read_all(int fd, const struct perfev_file_options *options)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct outcome outcome;
	struct perfev_file_about about;
	struct perfev_bytes bytes;
	struct perfev_file *file;
	struct perfev_why why;
	int result;

	memset(&outcome, 0, sizeof(outcome));
	outcome.opened = perfev_file_open_fd(&file, fd, options, &why);
	assert_int_not_equal(outcome.opened, -ENOMEM);
	if (outcome.opened < 0) {
		assert_null(file);
		assert_int_equal(why.error, -outcome.opened);
		assert_true(why.text[0]);
		return outcome;
	}
	while ((result = perfev_file_next(file, &record)) != 0) {
		if (result < 0) {
			outcome.error = result;
			assert_int_not_equal(result, -ENOMEM);
			assert_true(++outcome.errors < 100);
			continue;
		}
		outcome.records++;
		while ((result = perfev_file_payload(file, &bytes)) > 0)
			assert_true(bytes.length > 0);
		if (result < 0) {
			outcome.error = result;
			outcome.errors++;
		}
	}
	assert_int_equal(perfev_file_about(file, &about), 0);
	for (unsigned int i = 0; i < PERFEV_FEATURES; i++)
		assert_int_not_equal(perfev_file_feature(file, i, &bytes), -ENOMEM);
	perfev_file_summary(file, &outcome.summary);
	perfev_file_damage(file, 0, &outcome.damage);
	perfev_file_close(file);
	return outcome;
}

static struct outcome read_recording(const struct recording *recording,
				     const struct perfev_file_options *options)
{
	int fd = recording_open(recording, recording->length);
	struct outcome outcome = read_all(fd, options);

	close(fd);
	return outcome;
}

/* How many whole records the first bytes of a recording hold. */
static unsigned int whole_records(const struct recording *recording, size_t from, size_t length)
{
	unsigned int count = 0;

	for (;;) {
		__u16 size;

		if (length < from + 8)
			return count;
		memcpy(&size, recording->bytes + from + 6, 2);
		size = recording->swapped ? __builtin_bswap16(size) : size;
		if (length - from < size)
			return count;
		count++;
		from += size;
	}
}

static void every_truncation_is_read_up_to_there(void **state)
{
	(void)state;
	for (int form = 0; form < 3; form++) {
		struct recording recording;
		size_t data_end, begin;

		recording_make(&recording, form == 1, form == 2);
		begin = form == 2 ? 16 : recording.data_at;
		data_end = recording.length;
		if (form < 2) {
			__u64 size;

			memcpy(&size, recording.bytes + recording.sizes_at, 8);
			data_end = begin + (form == 1 ? __builtin_bswap64(size) : size);
		}
		for (size_t length = 0; length < recording.length; length++) {
			int fd = recording_open(&recording, length);
			struct outcome outcome = read_all(fd, NULL);
			size_t end = length < data_end ? length : data_end;
			unsigned int whole = whole_records(&recording, begin, end);

			close(fd);
			if (length < (form == 2 ? 16 : 72)) {
				assert_int_equal(outcome.opened, -ENODATA);
				continue;
			}
			assert_int_equal(outcome.opened, 0);
			assert_int_equal(outcome.records, whole);
			if (length < data_end && form < 2)
				assert_true(outcome.summary.damages > 0);
			if (length < begin || length == data_end)
				continue;
			/* What is left of a record is counted. */
			assert_true(outcome.summary.unread_bytes < 1000);
			assert_true(outcome.errors <= 1);
			if (outcome.errors)
				assert_int_equal(outcome.error, -ENODATA);
		}
		recording_free(&recording);
	}
}

static void numbers_of_two_to_the_63_allocate_nothing(void **state)
{
	/* Each word of the header, of the table of events and of the sections' table, in turn. */
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct recording recording;
		size_t words;

		recording_make(&recording, swapped, 0);
		words = recording.length / 8;
		for (size_t word = 1; word < words; word++) {
			__u64 before;

			memcpy(&before, recording.bytes + 8 * word, 8);
			set64(&recording, 8 * word, HUGE_NUMBER);
			read_recording(&recording, NULL);
			set64(&recording, 8 * word, ~(__u64)0);
			read_recording(&recording, NULL);
			set64(&recording, 8 * word, HUGE_NUMBER - 8);
			read_recording(&recording, NULL);
			memcpy(recording.bytes + 8 * word, &before, 8);
		}
		recording_free(&recording);
	}
}

static void a_file_of_zeros_larger_than_memory_is_left_at_once(void **state)
{
	static const size_t sizes_at[] = { 32, 48, 64 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct recording recording;
		struct outcome outcome;
		int fd;

		recording_make(&recording, 0, 0);
		/* The events, the records or the oldest names go on to the file's end. */
		set64(&recording, sizes_at[i], (__u64)1 << 41);
		fd = recording_open(&recording, recording.data_at);
		assert_int_equal(ftruncate(fd, (off_t)1 << 42), 0);
		outcome = read_all(fd, NULL);
		assert_int_equal(outcome.opened, 0);
		assert_true(outcome.summary.damages > 0);
		close(fd);
		recording_free(&recording);
	}
}

static void a_record_of_no_size_ends_the_reading(void **state)
{
	struct recording recording;
	struct outcome outcome;
	size_t place;

	(void)state;
	recording_begin(&recording, 0, 0);
	put_sample(&recording, 0, 1);
	place = recording.length;
	put32(&recording, PERF_RECORD_SAMPLE);
	put32(&recording, 0); /* misc and size */
	for (int i = 0; i < 4; i++)
		put_sample(&recording, 0, 1);
	recording_end(&recording);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, 1);
	assert_int_equal(outcome.errors, 1);
	assert_int_equal(outcome.error, -EBADMSG);
	assert_int_equal(outcome.damage.offset, place);
	assert_int_equal(outcome.damage.bytes, recording.length - place);
	assert_int_equal(outcome.summary.unread_bytes, recording.length - place);
	recording_free(&recording);
}

static void a_malformed_record_is_told_and_passed(void **state)
{
	struct recording recording;
	struct outcome outcome;
	__u16 size = 16;
	size_t place;

	(void)state;
	recording_begin(&recording, 0, 0);
	put_sample(&recording, 0, 1);
	place = recording.length;
	put32(&recording, PERF_RECORD_SAMPLE);
	put32(&recording, 0); /* misc and size */
	memcpy(recording.bytes + place + 6, &size, 2);
	put64(&recording, FIRST_ID);
	put_sample(&recording, 0, 2);
	recording_end(&recording);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, 2);
	assert_int_equal(outcome.error, -EBADMSG);
	assert_int_equal(outcome.damage.offset, place);
	assert_int_equal(outcome.damage.bytes, 16);
	recording_free(&recording);
}

static void a_trace_that_the_file_does_not_have_is_told(void **state)
{
	(void)state;
	for (int huge = 0; huge < 2; huge++) {
		struct perfev_record record = { .type = PERFEV_RECORD_AUXTRACE };
		struct recording recording;
		struct outcome outcome;

		recording_begin(&recording, 0, 0);
		record.auxtrace.size = huge ? ~(__u64)0 : 1000;
		put_record(&recording, &record, -1);
		put(&recording, "trace", 5);
		recording_end(&recording);
		outcome = read_recording(&recording, NULL);
		assert_int_equal(outcome.records, 1);
		assert_int_equal(outcome.errors, 1);
		assert_int_equal(outcome.error, -ENODATA);
		recording_free(&recording);
	}
}

static void a_recorder_that_was_killed_leaves_all_that_it_wrote(void **state)
{
	struct recording recording;
	struct outcome outcome;

	(void)state;
	recording_begin(&recording, 0, 0);
	recording_fill(&recording);
	/* It says that there are sections, and not where. */
	set64(&recording, 72, 0xfffe);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, RECORDING_RECORDS);
	assert_int_equal(outcome.summary.is_unfinished, 1);
	assert_int_equal(outcome.summary.damages, 0);
	recording_free(&recording);
}

static void a_file_without_records_has_its_sections(void **state)
{
	struct recording recording;
	struct outcome outcome;

	(void)state;
	recording_begin(&recording, 0, 0);
	recording_describe(&recording);
	recording_end(&recording);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, 0);
	assert_int_equal(outcome.summary.is_unfinished, 0);
	assert_int_equal(outcome.summary.damages, 0);
	recording_free(&recording);
}

static void attributes_of_other_kernels_are_taken(void **state)
{
	static const __u32 sizes[] = { 0, 64, 72, 96, 400 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct recording recording;
		struct outcome outcome;
		__u32 size = sizes[i];

		recording_make(&recording, 0, 0);
		memcpy(recording.bytes + 104 + 16 + 4, &size, 4);
		outcome = read_recording(&recording, NULL);
		assert_int_equal(outcome.records, RECORDING_RECORDS);
		/* More than the table has room for is a lie. */
		assert_int_equal(outcome.summary.damages, sizes[i] == 400);
		recording_free(&recording);
	}
}

static void sections_past_the_end_are_told_and_left_out(void **state)
{
	struct recording recording;
	struct outcome outcome;
	__u64 size;

	(void)state;
	recording_make(&recording, 0, 0);
	memcpy(&size, recording.bytes + recording.sizes_at, 8);
	set64(&recording, recording.data_at + size, recording.length - 4);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, RECORDING_RECORDS);
	assert_int_equal(outcome.summary.damages, 1);
	assert_int_equal(outcome.damage.offset, recording.data_at + size);
	recording_free(&recording);
}

static void records_of_simpleperf_longer_than_64_kib_are_passed(void **state)
{
	unsigned char *bytes = calloc(1, 100000);
	__u16 upper = 100000 >> 16, lower = 100000 & 0xffff;
	struct recording recording;
	struct outcome outcome;

	(void)state;
	recording_begin(&recording, 0, 0);
	put32(&recording, 32768);
	put(&recording, &upper, 2);
	put(&recording, &lower, 2);
	put(&recording, bytes, 100000 - 8);
	put_sample(&recording, 0, 1);
	recording_end(&recording);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.records, 2);
	assert_int_equal(outcome.summary.damages, 0);
	recording_free(&recording);
	free(bytes);
}

/* A codec that packs nothing: what came in comes out, except that the byte 0xee is no good. */
static int plain_open(void **out)
{
	*out = malloc(1);
	return *out ? 0 : -ENOMEM;
}

static long plain_unpack(void *codec, const void **in, size_t *in_length, void *out, size_t room)
{
	size_t length = *in_length < room ? *in_length : room;

	(void)codec;
	if (length && *(const unsigned char *)*in == 0xee)
		return -EBADMSG;
	memcpy(out, *in, length);
	*in = (const char *)*in + length;
	*in_length -= length;
	return (long)length;
}

static const struct perfev_codec plain_codec = {
	.size = sizeof(plain_codec),
	.unpack_open = plain_open,
	.unpack_close = free,
	.unpack = plain_unpack,
};

/* Puts the bytes of records into compressed ones, so many into each. */
static void pack(struct recording *recording, __u32 type, size_t each)
{
	struct recording inner = *recording;

	inner.bytes = NULL;
	inner.length = inner.room = 0;
	recording_fill(&inner);
	for (size_t at = 0; at < inner.length; at += each) {
		struct perfev_record record = { .type = type };

		record.compressed.data.bytes = inner.bytes + at;
		record.compressed.data.length = inner.length - at < each ? inner.length - at : each;
		put_record(recording, &record, -1);
	}
	free(inner.bytes);
}

static void compressed_records_are_unpacked_wherever_they_were_cut(void **state)
{
	const struct perfev_file_options options = { .size = sizeof(options),
						     .codec = &plain_codec };

	(void)state;
	for (__u32 type = PERFEV_RECORD_COMPRESSED; type <= PERFEV_RECORD_COMPRESSED2; type += 2) {
		for (size_t each = 1; each < 100; each++) {
			struct recording recording;
			struct outcome outcome;

			recording_begin(&recording, 0, 0);
			pack(&recording, type, each);
			put_sample(&recording, 0, 1);
			recording_end(&recording);
			outcome = read_recording(&recording, &options);
			assert_int_equal(outcome.records, RECORDING_RECORDS + 1);
			assert_int_equal(outcome.summary.damages, 0);
			assert_true(outcome.summary.unpacked > 2);
			recording_free(&recording);
		}
	}
}

static void compressed_records_without_a_codec_are_told_once(void **state)
{
	struct recording recording;
	struct outcome outcome;

	(void)state;
	recording_begin(&recording, 0, 0);
	pack(&recording, PERFEV_RECORD_COMPRESSED2, 200);
	put_sample(&recording, 0, 1);
	recording_end(&recording);
	outcome = read_recording(&recording, NULL);
	assert_int_equal(outcome.errors, 1);
	assert_int_equal(outcome.error, -ENOTSUP);
	assert_true(outcome.records > 2);
	assert_int_equal(outcome.summary.damages, 1);
	recording_free(&recording);
}

static void compressed_bytes_that_are_none_leave_the_rest_readable(void **state)
{
	const struct perfev_file_options options = { .size = sizeof(options),
						     .codec = &plain_codec };
	struct perfev_record record = { .type = PERFEV_RECORD_COMPRESSED };
	struct recording recording;
	struct outcome outcome;

	(void)state;
	recording_begin(&recording, 0, 0);
	pack(&recording, PERFEV_RECORD_COMPRESSED, 10000);
	record.compressed.data.bytes = "\xee";
	record.compressed.data.length = 1;
	put_record(&recording, &record, -1);
	put_sample(&recording, 0, 1);
	recording_end(&recording);
	outcome = read_recording(&recording, &options);
	assert_int_equal(outcome.records, RECORDING_RECORDS + 1);
	assert_int_equal(outcome.errors, 1);
	assert_int_equal(outcome.error, -EBADMSG);
	recording_free(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_truncation_is_read_up_to_there),
		cmocka_unit_test(numbers_of_two_to_the_63_allocate_nothing),
		cmocka_unit_test(a_file_of_zeros_larger_than_memory_is_left_at_once),
		cmocka_unit_test(a_record_of_no_size_ends_the_reading),
		cmocka_unit_test(a_malformed_record_is_told_and_passed),
		cmocka_unit_test(a_trace_that_the_file_does_not_have_is_told),
		cmocka_unit_test(a_recorder_that_was_killed_leaves_all_that_it_wrote),
		cmocka_unit_test(a_file_without_records_has_its_sections),
		cmocka_unit_test(attributes_of_other_kernels_are_taken),
		cmocka_unit_test(sections_past_the_end_are_told_and_left_out),
		cmocka_unit_test(records_of_simpleperf_longer_than_64_kib_are_passed),
		cmocka_unit_test(compressed_records_are_unpacked_wherever_they_were_cut),
		cmocka_unit_test(compressed_records_without_a_codec_are_told_once),
		cmocka_unit_test(compressed_bytes_that_are_none_leave_the_rest_readable),
	};

	return cmocka_run_group_tests_name("bad recordings", tests, NULL, NULL);
}
