/* SPDX-License-Identifier: MIT */
/* How exports write: JSON that is valid whatever it holds, and errors that are never lost. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cli/export/export.h"
#include "../../cli/export/intern.h"
#include "../../cli/export/json_writer.h"
#include "exported.h"
#include "json.h"
#include "support.h"

static struct json json;
static char *text;
static size_t length;
static FILE *to;

static void start(void)
{
	to = open_memstream(&text, &length);
	assert_non_null(to);
	json_start(&json, to);
}

/* Without the line's end. */
static void check(const char *expected)
{
	assert_int_equal(json_end(&json), 0);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(text[length - 1], '\n');
	text[length - 1] = '\0';
	assert_string_equal(text, expected);
	assert_true(json_is_valid(text, length - 1));
	free(text);
}

static void members_and_elements_stand_apart_on_every_level(void **state)
{
	(void)state;
	start();
	json_open(&json, NULL, '{');
	json_number(&json, "a", 0);
	json_open(&json, "b", '[');
	json_number(&json, NULL, 18446744073709551615ULL);
	json_open(&json, NULL, '[');
	json_close(&json, ']');
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_signed(&json, NULL, -1);
	json_signed(&json, NULL, (long long)(1ULL << 63));
	json_close(&json, ']');
	json_bool(&json, "c", 1);
	json_bool(&json, "d", 0);
	json_null(&json, "e");
	json_text(&json, "f", NULL);
	json_optional(&json, "g", PROFILE_NONE);
	json_optional(&json, "h", 7);
	json_close(&json, '}');
	check("{\"a\":0,\"b\":[18446744073709551615,[],{},-1,-9223372036854775808],\"c\":true,"
	      "\"d\":false,\"e\":null,\"f\":null,\"g\":null,\"h\":7}");
}

static void texts_are_escaped_and_mended(void **state)
{
	(void)state;
	start();
	json_open(&json, NULL, '[');
	json_text(&json, NULL, "");
	json_text(&json, NULL, "\"\\/\n\x01\x1f\x7f");
	json_text(&json, NULL, "\xc3\xa4\xff\xe2\x82");
	json_text_begin(&json, NULL);
	json_text_add(&json, "a\"");
	json_text_add(&json, "\xfe");
	json_text_add(&json, "");
	json_text_end(&json);
	json_close(&json, ']');
	check("[\"\",\"\\\"\\\\/\\u000a\\u0001\\u001f\x7f\",\"\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd"
	      "\xef\xbf\xbd\",\"a\\\"\xef\xbf\xbd\"]");
}

static void milliseconds_are_exact(void **state)
{
	static const __u64 ns[] = { 0,       1,       999999, 1000000,
				    1500000, 1000001, 100,    18446744073709551615ULL };

	(void)state;
	start();
	json_open(&json, NULL, '[');
	for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++)
		json_ms(&json, NULL, ns[i]);
	json_close(&json, ']');
	check("[0,0.000001,0.999999,1,1.5,1.000001,0.0001,18446744073709.551615]");
}

static void what_is_longer_than_the_buffer_is_written_whole(void **state)
{
	const size_t size = 3 * sizeof(json.output.bytes) + 5;
	char *large = malloc(size + 1);

	(void)state;
	assert_non_null(large);
	memset(large, 'x', size);
	large[size] = '\0';
	start();
	json_open(&json, NULL, '[');
	json_text(&json, NULL, "before");
	json_text(&json, NULL, large);
	json_text(&json, NULL, "behind");
	json_close(&json, ']');
	assert_int_equal(json_end(&json), 0);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(length, size + strlen("[\"before\",\"\",\"behind\"]\n"));
	assert_memory_equal(text, "[\"before\",\"xxx", 14);
	assert_memory_equal(text + 11 + size, "\",\"behind\"]\n", 12);
	free(text);
	free(large);
}

static int folded(const struct profile *profile, FILE *file)
{
	return export_folded(profile, 0, 0, file);
}

static int (*const exports[])(const struct profile *, FILE *) = {
	folded, export_firefox, export_speedscope, export_json, export_pprof,
};

#define EXPORTS (sizeof(exports) / sizeof(exports[0]) - !export_has_pprof())

static void a_full_disk_is_told_by_every_export(void **state)
{
	struct profile profile;

	(void)state;
	for (__u32 stacks = 1; stacks <= 30000; stacks += 29999) {
		profile_make_large(&profile, stacks, 1);
		for (size_t i = 0; i < EXPORTS; i++) {
			FILE *full = fopen("/dev/full", "w");

			assert_non_null(full);
			assert_int_equal(exports[i](&profile, full), -ENOSPC);
			fclose(full);
		}
		profile_free(&profile);
	}
}

static void a_closed_pipe_is_told_by_every_export(void **state)
{
	struct profile profile;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	profile_make(&profile, 2, 1);
	for (size_t i = 0; i < EXPORTS; i++) {
		FILE *file;
		int ends[2];

		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		close(ends[0]);
		file = fdopen(ends[1], "w");
		assert_non_null(file);
		assert_int_equal(exports[i](&profile, file), -EPIPE);
		fclose(file);
	}
	profile_free(&profile);
}

static size_t written_after;

/* A disk that is full once, and then has room. */
static ssize_t fail_once(void *cookie, const char *bytes, size_t count)
{
	int *failed = cookie;

	(void)bytes;
	if (!*failed) {
		*failed = 1;
		errno = ENOSPC;
		return 0;
	}
	written_after += count;
	return (ssize_t)count;
}

static void nothing_is_written_behind_a_gap(void **state)
{
	const cookie_io_functions_t functions = { .write = fail_once };
	struct profile profile;

	(void)state;
	profile_make_large(&profile, 3000, 1);
	for (size_t i = 0; i < EXPORTS; i++) {
		int failed = 0;
		FILE *disk = fopencookie(&failed, "w", functions);

		assert_non_null(disk);
		setvbuf(disk, NULL, _IONBF, 0);
		written_after = 0;
		assert_int_equal(exports[i](&profile, disk), -ENOSPC);
		assert_int_equal(written_after, 0);
		fclose(disk);
	}
	profile_free(&profile);
}

static void an_empty_profile_is_no_error(void **state)
{
	struct profile profile = { .keeps_samples = 1 };

	(void)state;
	for (size_t i = 0; i < EXPORTS; i++) {
		char *written = exported(&profile, exports[i], &length);

		if (written[0] == '{')
			assert_true(json_is_valid(written, length - 1));
		free(written);
	}
}

static void equal_texts_have_the_same_number(void **state)
{
	struct intern intern = { 0 };
	char name[16];
	__u32 number;

	(void)state;
	for (int round = 0; round < 2; round++)
		for (__u32 i = 0; i < 5000; i++) {
			snprintf(name, sizeof(name), "%x", i);
			assert_int_equal(intern_add(&intern, name, &number), 0);
			assert_int_equal(number, i);
			assert_string_equal(intern.texts[i], name);
		}
	assert_int_equal(intern.count, 5000);
	intern_free(&intern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_elements_stand_apart_on_every_level),
		cmocka_unit_test(texts_are_escaped_and_mended),
		cmocka_unit_test(milliseconds_are_exact),
		cmocka_unit_test(what_is_longer_than_the_buffer_is_written_whole),
		cmocka_unit_test(a_full_disk_is_told_by_every_export),
		cmocka_unit_test(a_closed_pipe_is_told_by_every_export),
		cmocka_unit_test(nothing_is_written_behind_a_gap),
		cmocka_unit_test(an_empty_profile_is_no_error),
		cmocka_unit_test(equal_texts_have_the_same_number),
	};

	return cmocka_run_group_tests_name("writing exports", tests, NULL, NULL);
}
