/* SPDX-License-Identifier: MIT */
/* A recording that is a folder: one file with the header, and others with the records of a ring. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <perfev/file.h>

#include "support.h"

#define EACH 1000
#define SAMPLE_BYTES 32
#define MS 1000000ULL

static const struct perf_event_attr attr = {
	.size = sizeof(attr),
	.type = PERF_TYPE_SOFTWARE,
	.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME | PERF_SAMPLE_IP,
	.sample_id_all = 1,
};

struct folder {
	char path[64];
};

static void name_in(const struct folder *folder, const char *file, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", folder->path, file);
}

/* The file with the header: what a recorder tells itself, without a time, and sections. */
static void write_first(const struct folder *folder)
{
	struct perfev_record round = { .type = PERFEV_RECORD_FINISHED_INIT };
	struct perfev_writer *writer;
	const __u64 id = 7;
	char path[128];

	name_in(folder, "data", path, sizeof(path));
	assert_int_equal(perfev_writer_open(&writer, path, NULL, NULL), 0);
	assert_int_equal(perfev_writer_event(writer, &attr, "clock", &id, 1), 0);
	assert_int_equal(perfev_writer_text(writer, PERFEV_FEATURE_HOSTNAME, "here"), 0);
	assert_int_equal(perfev_writer_record(writer, &round, NULL), 0);
	assert_int_equal(perfev_writer_close(writer), 0);
}

/* Samples whose times are first, first + step, ... ; cut: so many bytes too few. */
static void write_ring(const struct folder *folder, const char *name, __u64 first, __u64 step,
		       size_t cut)
{
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .id = 7 };
	static unsigned char bytes[EACH * SAMPLE_BYTES];
	struct perfev_layout layout;
	char path[128];
	FILE *file;

	perfev_layout_init(&layout, &attr, 0);
	for (__u64 i = 0; i < EACH; i++) {
		record.time = first + step * i;
		record.sample.ip = 3 * record.time;
		assert_int_equal(perfev_record_encode(bytes + SAMPLE_BYTES * i, SAMPLE_BYTES,
						      &record, &layout),
				 SAMPLE_BYTES);
	}
	name_in(folder, name, path, sizeof(path));
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, sizeof(bytes) - cut, file), sizeof(bytes) - cut);
	assert_int_equal(fclose(file), 0);
}

static void make(struct folder *folder)
{
	strcpy(folder->path, "/tmp/perfev_folder.XXXXXX");
	assert_non_null(mkdtemp(folder->path));
}

static void clear(const struct folder *folder)
{
	static const char *const names[] = { "data",   "data.0",  "data.1",
					     "data.2", "data.10", "data.x" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		name_in(folder, names[i], path, sizeof(path));
		unlink(path);
	}
	assert_int_equal(rmdir(folder->path), 0);
}

static struct perfev_file *open_folder(const struct folder *folder, int by_time)
{
	const struct perfev_file_options options = { .size = sizeof(options), .by_time = by_time };
	struct perfev_file *file;
	struct perfev_why why;

	assert_int_equal(perfev_file_open(&file, folder->path, &options, &why), 0);
	return file;
}

static void its_files_are_read_by_their_numbers(void **state)
{
	/* Of data.0, data.2, data.10. */
	static const __u64 firsts[] = { 1000000, 1, 500 };
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_about about;
	struct perfev_file *file;
	struct folder folder;
	__u64 samples = 0;
	int result;

	(void)state;
	make(&folder);
	write_first(&folder);
	write_ring(&folder, "data.10", 500, 1, 0);
	write_ring(&folder, "data.0", 1000000, 1, 0);
	write_ring(&folder, "data.2", 1, 1, 0);
	write_ring(&folder, "data.x", 1, 1, 0);
	file = open_folder(&folder, 0);
	while ((result = perfev_file_next(file, &record)) == 1) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(record.time, firsts[samples / EACH] + samples % EACH);
		assert_int_equal(record.sample.ip, 3 * record.time);
		assert_string_equal(perfev_file_record_event(file)->name, "clock");
		assert_int_equal(perfev_file_offset(file), samples % EACH * SAMPLE_BYTES);
		samples++;
		/* Sections are the first file's, whichever is read. */
		if (samples == EACH + 5) {
			assert_int_equal(perfev_file_about(file, &about), 0);
			assert_string_equal(about.hostname, "here");
		}
	}
	assert_int_equal(result, 0);
	assert_int_equal(samples, 3 * EACH);
	assert_int_equal(perfev_file_next(file, &record), 0);
	perfev_file_close(file);
	clear(&folder);
}

static void they_come_by_time_and_little_waits(void **state)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_summary summary;
	struct perfev_file *file;
	struct folder folder;
	__u64 samples = 0, last = 0;
	int result;

	(void)state;
	make(&folder);
	write_first(&folder);
	write_ring(&folder, "data.0", 5 * MS, 7 * MS, 0);
	write_ring(&folder, "data.1", 900 * MS, 1 * MS, 0);
	write_ring(&folder, "data.2", 1 * MS, 100 * MS, 0);
	file = open_folder(&folder, 1);
	while ((result = perfev_file_next(file, &record)) == 1) {
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_true(record.time >= last);
		last = record.time;
		samples++;
	}
	assert_int_equal(result, 0);
	assert_int_equal(samples, 3 * EACH);
	assert_int_equal(last, 1 * MS + 100 * MS * (EACH - 1));
	perfev_file_summary(file, &summary);
	assert_int_equal(summary.late, 0);
	assert_true(summary.held_bytes < 10 * SAMPLE_BYTES);
	perfev_file_close(file);
	clear(&folder);
}

static void what_one_lacks_is_told_and_the_others_are_read(void **state)
{
	(void)state;
	for (int by_time = 0; by_time < 2; by_time++) {
		struct perfev_record record = PERFEV_RECORD_INIT;
		struct perfev_file_damage damage;
		struct perfev_file *file;
		struct folder folder;
		__u64 samples = 0, errors = 0;
		int result;

		make(&folder);
		write_first(&folder);
		write_ring(&folder, "data.0", 1, 1, 5);
		write_ring(&folder, "data.1", 1, 1, 0);
		file = open_folder(&folder, by_time);
		while ((result = perfev_file_next(file, &record)) != 0) {
			samples += result > 0 && record.type == PERF_RECORD_SAMPLE;
			errors += result < 0;
		}
		assert_int_equal(samples, 2 * EACH - 1);
		assert_int_equal(errors, 1);
		assert_int_equal(perfev_file_damage(file, 0, &damage), 1);
		assert_int_equal(damage.offset, (EACH - 1) * SAMPLE_BYTES);
		assert_int_equal(damage.error, -ENODATA);
		assert_string_equal(damage.text, "data.0: the file ends within a record");
		perfev_file_close(file);
		clear(&folder);
	}
}

static void a_folder_without_a_header_is_refused(void **state)
{
	struct perfev_file *file;
	struct perfev_why why;
	struct folder folder;
	char expected[160], path[128];

	(void)state;
	make(&folder);
	write_ring(&folder, "data.0", 1, 1, 0);
	assert_int_equal(perfev_file_open(&file, folder.path, NULL, &why), -EISDIR);
	assert_null(file);
	snprintf(expected, sizeof(expected), "'%s': a folder without a recording's file data",
		 folder.path);
	assert_string_equal(why.reason, expected);
	/* Nor is one whose parts cannot be read. */
	write_first(&folder);
	name_in(&folder, "data.1", path, sizeof(path));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(perfev_file_open(&file, folder.path, NULL, &why), -EISDIR);
	assert_null(file);
	snprintf(expected, sizeof(expected), "'%s': its file data.1: Is a directory", folder.path);
	assert_string_equal(why.reason, expected);
	assert_int_equal(rmdir(path), 0);
	clear(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_files_are_read_by_their_numbers),
		cmocka_unit_test(they_come_by_time_and_little_waits),
		cmocka_unit_test(what_one_lacks_is_told_and_the_others_are_read),
		cmocka_unit_test(a_folder_without_a_header_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
