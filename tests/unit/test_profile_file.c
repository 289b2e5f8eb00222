/* SPDX-License-Identifier: MIT */
/* Recordings made by hand as profiles: read whole, as far as they can be, and by event. */
#include <stdio.h>
#include <unistd.h>

#include "profile/read.h"
#include "recording.h"
#include "support.h"

/* Reads a recording made by hand. */
static int read_made(struct profile_reading *reading, const struct recording *recording,
		     size_t length, const struct profile_reading_options *options)
{
	const int fd = recording_open(recording, length);
	struct perfev_why why;
	char path[64];
	int result;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	result = profile_read(reading, path, options, &why);
	close(fd);
	return result;
}

static void recordings_are_read_whole(void **state)
{
	struct profile_reading_options options = { .keep_samples = 1 };
	struct recording recording;
	struct profile_reading reading;

	(void)state;
	options.filter.to_ns = ~0ULL;
	options.taking.keys = PROFILE_KEYS_OF_WHO | PROFILE_KEYS_OF_FRAME;
	options.taking.callers = 1;
	for (int form = 0; form < 4; form++) {
		recording_make(&recording, form & 1, form & 2);
		assert_int_equal(read_made(&reading, &recording, recording.length, &options), 0);
		assert_int_equal(reading.profile.event_count, 2);
		assert_string_equal(reading.profile.events[0].name, "first");
		assert_int_equal(reading.profile.events[1].samples, 2);
		assert_int_equal(reading.profile.events[1].weight, 2000);
		assert_int_equal(reading.profile.events[1].period, 1000);
		assert_int_equal(reading.profile.row_count, 2);
		assert_string_equal(reading.profile.whos[0].comm, "worker");
		assert_int_equal(reading.profile.first_ns, 200);
		assert_int_equal(reading.profile.last_ns, 500);
		assert_string_equal(reading.profile.hostname, "machine");
		assert_string_equal(reading.profile.command, "perf record");
		assert_int_equal(reading.profile.sample_count, 4);
		for (unsigned int i = 0; i < 4; i++)
			assert_int_equal(reading.profile.samples[i].time_ns, 200 + 100 * i);
		profile_reading_close(&reading);
		recording_free(&recording);
	}
}

static void events_that_are_not_chosen_or_have_no_samples_are_not_there(void **state)
{
	struct profile_reading_options options = { .keep_samples = 0 };
	char name[] = "s*", strange[] = "third", number[] = "0";
	char *names[] = { name, NULL, NULL };
	struct recording recording;
	struct profile_reading reading;

	(void)state;
	options.filter.to_ns = ~0ULL;
	options.filter.events = names;
	recording_make(&recording, 0, 0);
	assert_int_equal(read_made(&reading, &recording, recording.length, &options), 0);
	assert_int_equal(reading.profile.event_count, 1);
	assert_string_equal(reading.profile.events[0].name, "second");
	assert_int_equal(reading.profile.rows[0].event, 0);
	assert_int_equal(reading.profile.losses.filtered, 2);
	assert_null(reading.strange);
	profile_reading_close(&reading);
	names[0] = number;
	names[1] = strange;
	assert_int_equal(read_made(&reading, &recording, recording.length, &options), 0);
	assert_string_equal(reading.profile.events[0].name, "first");
	assert_string_equal(reading.strange, "third");
	profile_reading_close(&reading);
	recording_free(&recording);
}

static void events_without_a_name_have_the_one_that_all_machines_give_them(void **state)
{
	struct profile_reading_options options = { .keep_samples = 0 };
	char name[] = "task-*";
	char *names[] = { name, NULL };
	struct recording recording;
	struct profile_reading reading;

	(void)state;
	options.filter.to_ns = ~0ULL;
	options.filter.events = names;
	recording_begin(&recording, 0, 0);
	recording_fill(&recording);
	recording_end(&recording);
	assert_int_equal(read_made(&reading, &recording, recording.length, &options), 0);
	assert_int_equal(reading.profile.event_count, 1);
	assert_string_equal(reading.profile.events[0].name, "task-clock:uh");
	assert_null(reading.strange);
	profile_reading_close(&reading);
	recording_free(&recording);
}

static void what_is_damaged_is_told_and_the_rest_is_there(void **state)
{
	struct profile_reading_options options = { .keep_samples = 0 };
	struct recording recording;
	struct profile_reading reading;
	struct perfev_file_damage damage;

	(void)state;
	options.filter.to_ns = ~0ULL;
	recording_make(&recording, 0, 0);
	/* Within the last sample of the first event. */
	assert_int_equal(read_made(&reading, &recording, 0x2a8, &options), 0);
	assert_int_equal(reading.profile.event_count, 1);
	assert_int_equal(reading.profile.events[0].samples, 1);
	/* The first damage is that what follows the records is missing. */
	assert_int_equal(perfev_file_damage(reading.file, 1, &damage), 1);
	assert_int_equal(damage.offset, 0x2a0);
	assert_true(reading.profile.losses.unread_bytes >= 8);
	profile_reading_close(&reading);
	/* Nothing but a header. */
	assert_int_equal(read_made(&reading, &recording, recording.data_at, &options), 0);
	assert_int_equal(reading.profile.event_count, 0);
	profile_reading_close(&reading);
	assert_true(read_made(&reading, &recording, 7, &options) < 0);
	recording_free(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recordings_are_read_whole),
		cmocka_unit_test(events_that_are_not_chosen_or_have_no_samples_are_not_there),
		cmocka_unit_test(events_without_a_name_have_the_one_that_all_machines_give_them),
		cmocka_unit_test(what_is_damaged_is_told_and_the_rest_is_there),
	};

	return cmocka_run_group_tests_name("recordings as profiles", tests, NULL, NULL);
}
