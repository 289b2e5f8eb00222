/* SPDX-License-Identifier: MIT */
/* pprof's format: what is read back is what was meant. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../../cli/export/export.h"
#include "exported.h"
#include "profile.pb-c.h"
#include "support.h"

typedef Perfev__Pprof__Profile message;

/* Exports a profile and reads it. */
static message *read_back(const struct profile *profile)
{
	size_t length, room = 1 << 20;
	char *packed = exported(profile, export_pprof, &length);
	unsigned char *bytes = malloc(room);
	z_stream stream = { .next_in = (unsigned char *)packed, .avail_in = (unsigned int)length };
	message *read;

	assert_non_null(bytes);
	stream.next_out = bytes;
	stream.avail_out = (unsigned int)room;
	/* 16: gzip's header and nothing else. */
	assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	read = perfev__pprof__profile__unpack(NULL, stream.total_out, bytes);
	assert_non_null(read);
	inflateEnd(&stream);
	free(bytes);
	free(packed);
	assert_string_equal(read->texts[0], "");
	return read;
}

static void check_type(const message *read, const Perfev__Pprof__ValueType *type, const char *name,
		       const char *unit)
{
	assert_string_equal(read->texts[type->type], name);
	assert_string_equal(read->texts[type->unit], unit);
}

static void each_event_has_its_samples_and_what_they_stand_for(void **state)
{
	struct profile profile;
	message *read;

	(void)state;
	profile_make(&profile, 1, 0);
	read = read_back(&profile);
	assert_int_equal(read->n_value_types, 2);
	check_type(read, read->value_types[0], "samples", "count");
	check_type(read, read->value_types[1], "cpu-clock", "nanoseconds");
	check_type(read, read->period_type, "cpu-clock", "nanoseconds");
	/* 1000 a second. */
	assert_int_equal(read->period, 1000000);
	assert_int_equal(read->duration_ns, 8000000);
	assert_string_equal(read->texts[read->default_value_type], "cpu-clock");
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);

	profile_make(&profile, 2, 0);
	read = read_back(&profile);
	assert_int_equal(read->n_value_types, 4);
	check_type(read, read->value_types[0], "cpu-clock-samples", "count");
	check_type(read, read->value_types[3], "page-faults:u", "count");
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

static const Perfev__Pprof__Sample *find(const message *read, size_t depth, int64_t first)
{
	for (size_t i = 0; i < read->n_samples; i++)
		if (read->samples[i]->n_locations == depth && read->samples[i]->values[0] == first)
			return read->samples[i];
	fail_msg("there is no such sample");
	return NULL;
}

static void check_label(const message *read, const Perfev__Pprof__Label *label, const char *key,
			const char *text, int64_t number)
{
	assert_string_equal(read->texts[label->key], key);
	assert_string_equal(read->texts[label->text], text);
	assert_int_equal(label->number, number);
	assert_string_equal(read->texts[label->unit], text[0] ? "" : key);
}

static void what_several_events_saw_in_one_place_is_one_sample(void **state)
{
	const Perfev__Pprof__Sample *sample;
	struct profile profile;
	message *read;

	(void)state;
	profile_make(&profile, 2, 0);
	read = read_back(&profile);
	assert_int_equal(read->n_samples, 7);
	sample = find(read, 2, 2);
	assert_int_equal(sample->n_values, 4);
	assert_int_equal(sample->values[1], 2000001);
	assert_int_equal(sample->values[2], 1);
	assert_int_equal(sample->values[3], 2);
	assert_int_equal(sample->n_labels, 3);
	check_label(read, sample->labels[0], "comm", "my program", 0);
	check_label(read, sample->labels[1], "pid", "", 10);
	check_label(read, sample->labels[2], "tid", "", 10);
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

static const Perfev__Pprof__Location *location(const message *read, uint64_t id)
{
	for (size_t i = 0; i < read->n_locations; i++)
		if (read->locations[i]->id == id)
			return read->locations[i];
	fail_msg("there is no location %d", (int)id);
	return NULL;
}

static void check_line(const message *read, const Perfev__Pprof__Line *line, const char *name,
		       const char *file, int64_t number)
{
	const Perfev__Pprof__Function *function = read->functions[line->function - 1];

	assert_int_equal(function->id, line->function);
	assert_string_equal(read->texts[function->name], name);
	assert_string_equal(read->texts[function->file], file);
	assert_int_equal(line->line, number);
}

static void what_is_inlined_is_a_line_of_where_it_is(void **state)
{
	const Perfev__Pprof__Sample *sample;
	const Perfev__Pprof__Location *place;
	struct profile profile;
	message *read;

	(void)state;
	profile_make(&profile, 1, 0);
	read = read_back(&profile);
	/* Those that only stand under what is inlined into them are not there by themselves. */
	assert_int_equal(read->n_locations, 6);
	sample = find(read, 3, 1);
	place = location(read, sample->locations[0]);
	sample = find(read, 2, 2);
	place = location(read, sample->locations[0]);
	assert_int_equal(place->address, 0x1020);
	assert_int_equal(place->mapping, 1);
	assert_int_equal(place->n_lines, 2);
	check_line(read, place->lines[0], "less", "less.h", 5);
	check_line(read, place->lines[1], "sort<a;b>", "sort.h", 20);
	place = location(read, sample->locations[1]);
	assert_int_equal(place->n_lines, 1);
	check_line(read, place->lines[0], "main", "main.c", 10);
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

static void a_file_has_its_build_id_and_spans_all_addresses(void **state)
{
	struct profile profile;
	message *read;

	(void)state;
	profile_make(&profile, 1, 0);
	read = read_back(&profile);
	assert_int_equal(read->n_mappings, 4);
	assert_string_equal(read->texts[read->mappings[0]->file], "/usr/bin/program");
	assert_string_equal(read->texts[read->mappings[0]->build_id], MADE_BUILD_ID);
	assert_int_equal(read->mappings[0]->start, 0);
	assert_true(read->mappings[0]->limit == UINT64_MAX);
	assert_true(read->mappings[0]->has_functions && read->mappings[0]->has_files);
	assert_true(read->mappings[0]->has_lines && read->mappings[0]->has_inlined);
	assert_string_equal(read->texts[read->mappings[1]->file], "[kernel.kallsyms]");
	assert_string_equal(read->texts[read->mappings[1]->build_id], "");
	assert_true(read->mappings[1]->has_functions && !read->mappings[1]->has_files);
	assert_string_equal(read->texts[read->mappings[3]->file], "/tmp/odd\xef\xbf\xbd");
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

static void the_idle_thread_and_numbers_past_the_sign_are_kept(void **state)
{
	const struct profile_who idle = { 0, 0, 0, 1, "swapper", "/" };
	struct profile profile = { 0 };
	__u32 number;
	message *read;

	(void)state;
	assert_int_equal(profile_add_event(&profile, "cycles", &number), 0);
	assert_int_equal(profile_who(&profile, &idle, &number), 0);
	assert_int_equal(profile_add(&profile, 0, number, 0, ~0ULL, 1), 0);
	read = read_back(&profile);
	assert_int_equal(read->n_samples, 1);
	assert_int_equal(read->samples[0]->n_locations, 0);
	assert_true(read->samples[0]->values[1] == INT64_MAX);
	assert_int_equal(read->samples[0]->n_labels, 5);
	check_label(read, read->samples[0]->labels[1], "pid", "", 0);
	check_label(read, read->samples[0]->labels[3], "cpu", "", 0);
	check_label(read, read->samples[0]->labels[4], "cgroup", "/", 0);
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

static void the_recording_and_its_losses_are_comments(void **state)
{
	static const char *const lines[] = {
		"command: perfev record -g ./program",
		"host: machine",
		"kernel: 6.1.0",
		"processor: x86_64",
		"samples each second that were asked for: 1000",
		"lost records: 3",
		"samples whose callers are not all known: 2",
	};
	struct profile profile;
	message *read;

	(void)state;
	profile_make(&profile, 1, 0);
	read = read_back(&profile);
	assert_int_equal(read->n_comments, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(read->texts[read->comments[i]], lines[i]);
	perfev__pprof__profile__free_unpacked(read, NULL);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_has_its_samples_and_what_they_stand_for),
		cmocka_unit_test(what_several_events_saw_in_one_place_is_one_sample),
		cmocka_unit_test(what_is_inlined_is_a_line_of_where_it_is),
		cmocka_unit_test(a_file_has_its_build_id_and_spans_all_addresses),
		cmocka_unit_test(the_idle_thread_and_numbers_past_the_sign_are_kept),
		cmocka_unit_test(the_recording_and_its_losses_are_comments),
	};

	return cmocka_run_group_tests_name("pprof's format", tests, NULL, NULL);
}
