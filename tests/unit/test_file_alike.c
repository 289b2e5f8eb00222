/* SPDX-License-Identifier: MIT */
/*
 * Recordings whose samples come one like the other, with all that may come between: what is given
 * of them is the same whether each record is decoded behind the one before, or behind nothing, as
 * it is when nothing can be expected of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record_maker.h"
#include "recording.h"
#include "support.h"

#define UNKNOWN_ID 0x3333
#define LATER_ID 0x4444

/* Of attr.sample_type, in the bytes of an attribute. */
#define SAMPLE_TYPE_AT offsetof(struct perf_event_attr, sample_type)

/* How a recording is. */
enum {
	IS_PIPE = 1,
	IS_SWAPPED = 2,
	BY_TIME = 4,
	IS_ALIKE = 8, /* both events have callchains */
	KINDS = 16,
};

/* The first event gets what the second one's samples have. */
static void make_alike(struct recording *recording, int is_pipe)
{
	const size_t attr = is_pipe ? 16 + 8 : 104 + 16;

	recording->attrs[0].sample_type = recording->attrs[1].sample_type;
	recording->layouts[0] = recording->layouts[1];
	set64(recording, attr + SAMPLE_TYPE_AT, recording->attrs[0].sample_type);
}

/* A sample, of an id that may not be its event's, with a tail. */
static void put_any_sample(struct recording *recording, int event, __u64 id, __u64 time)
{
	struct perfev_record record = { .type = PERF_RECORD_SAMPLE, .pid = 5, .id = id };
	__u64 chain[8];

	for (unsigned int i = 0; i < 8; i++)
		chain[i] = random_word();
	record.misc = (__u16)random_below(8);
	record.tid = random_below(100);
	record.time = time;
	record.sample.ip = random_word();
	record.sample.period = random_word();
	if (recording->layouts[event].sample_type & PERF_SAMPLE_CALLCHAIN) {
		record.sample.callchain.bytes = chain;
		record.sample.callchain.count = random_below(8);
	}
	record.tail.bytes = "and more than is known of";
	record.tail.length = random_below(8) ? 0 : random_below(20);
	put_record(recording, &record, event);
}

/* Makes the last record one that is not as its kind has to be, or another one at least. */
static void spoil(struct recording *recording, size_t begin)
{
	const size_t words = (recording->length - begin) / 8;
	const size_t at = begin + 8 * (1 + random_below((__u32)words - 1));
	const __u64 lies[] = { 0, 1, 1000, (__u64)1 << 61, ~(__u64)0, random_word() };

	set64(recording, at, lies[random_below(6)]);
}

/* A trace whose bytes look like a sample. */
static void put_trace(struct recording *recording, __u64 time)
{
	struct perfev_record record = { .type = PERFEV_RECORD_AUXTRACE };
	const size_t begin = recording->length;

	put_record(recording, &record, -1);
	set64(recording, begin + 8, 1);
	record.auxtrace.size = recording->length;
	put_any_sample(recording, 0, FIRST_ID, time);
	set64(recording, begin + 8, recording->length - record.auxtrace.size);
}

static void put_other(struct recording *recording, __u64 time)
{
	static const __u64 ids[] = { FIRST_ID, SECOND_ID, UNKNOWN_ID, 0 };
	struct perfev_record record = { .type = PERF_RECORD_FORK, .pid = 5, .tid = 6 };

	record.time = time;
	record.id = ids[random_below(4)];
	switch (random_below(5)) {
	case 0:
		record.type = PERFEV_RECORD_FINISHED_ROUND;
		put_record(recording, &record, -1);
		break;
	case 2:
		put_trace(recording, time);
		break;
	case 1:
		record.type = PERF_RECORD_LOST;
		record.lost.lost = 3;
		put_record(recording, &record, 1);
		break;
	default:
		put_record(recording, &record, random_below(2) ? 1 : 0);
		break;
	}
}

/* An event that is told among the records, laid out like the first, or like none before. */
static void put_event(struct recording *recording)
{
	struct perf_event_attr attr = recording->attrs[0];
	struct perfev_record record = { .type = PERFEV_RECORD_ATTR };
	unsigned char bytes[sizeof(attr)];
	__u64 id = random_below(2) ? LATER_ID : 0;

	if (random_below(2))
		attr.sample_type |= PERF_SAMPLE_ADDR;
	perfev_attr_encode(bytes, sizeof(bytes), &attr, recording->flags);
	record.attr.attr.bytes = bytes;
	record.attr.attr.length = sizeof(bytes);
	record.attr.ids.bytes = &id;
	record.attr.ids.count = 1;
	put_record(recording, &record, -1);
}

static void make(struct recording *recording, int kind, unsigned int records)
{
	static const __u64 ids[] = { 0, UNKNOWN_ID, LATER_ID, FIRST_ID, SECOND_ID };
	const unsigned int event_at = random_below(records + records / 2);
	int event = 0;

	recording_begin(recording, kind & IS_SWAPPED, kind & IS_PIPE);
	if (kind & IS_ALIKE)
		make_alike(recording, kind & IS_PIPE);
	/* There may be one event until another is told. */
	if (kind & IS_PIPE && random_below(2))
		recording->length = recording->data_at = 16 + 16 + sizeof(struct perf_event_attr);
	for (unsigned int i = 0; i < records; i++) {
		const size_t begin = recording->length;
		const __u64 time = 100 * i + random_below(300);

		if (i == event_at) {
			put_event(recording);
			put_any_sample(recording, 0, LATER_ID, time);
		}
		if (random_below(4) == 0)
			event = !event;
		if (random_below(8) == 0)
			put_other(recording, time);
		else if (random_below(10) == 0)
			put_any_sample(recording, event, ids[random_below(5)], time);
		else
			put_any_sample(recording, event, event ? SECOND_ID : FIRST_ID, time);
		if (random_below(30) == 0 && recording->length - begin > 16)
			spoil(recording, begin);
	}
	if (!(kind & IS_PIPE))
		recording_end(recording);
}

/* What one call gave, and what was said of it. */
struct given {
	int result;
	__u64 offset, hash;
	unsigned int event;
};

struct reading {
	struct given *given;
	size_t count;
	struct perfev_file_summary summary;
	struct perfev_file_damage damages[64];
	unsigned int damage_count;
};

static __u64 hash_of(const struct perfev_record *record)
{
	static char text[300000];
	const int length = perfev_record_format(text, sizeof(text), record);
	__u64 hash = record->have ^ (__u64)record->size << 32 ^ record->bad_offset;

	assert_in_range(length, 1, sizeof(text) - 1);
	for (int i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	for (__u64 i = 0; i < record->tail.length; i++)
		hash = (hash ^ ((const unsigned char *)record->tail.bytes)[i]) * 0x100000001b3ULL;
	return hash;
}

/* The first bytes of a recording to be read; of a pipe, from one where it has room for them. */
static int open_bytes(const struct recording *recording, size_t length, int kind)
{
	int ends[2];

	if (!(kind & IS_PIPE) || length > 60000)
		return recording_open(recording, length);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], recording->bytes, length), length);
	close(ends[1]);
	return ends[0];
}

/* Reads all of the first bytes, into so many structs in turn; 0: each record alone. */
static void read_all(const struct recording *recording, size_t length, int kind,
		     unsigned int structs, struct reading *reading)
{
	const struct perfev_file_options options = { .size = sizeof(options),
						     .by_time = (kind & BY_TIME) != 0 };
	struct perfev_record records[2] = { PERFEV_RECORD_INIT };
	int fd = open_bytes(recording, length, kind), result;
	struct perfev_file *file;
	size_t room = 0;

	memset(reading, 0, sizeof(*reading));
	if (perfev_file_open_fd(&file, fd, &options, NULL) < 0) {
		close(fd);
		return;
	}
	do {
		struct perfev_record *record = &records[structs == 2 ? reading->count % 2 : 0];
		struct given *given;

		if (!structs)
			memset(record, 0, sizeof(*record));
		result = perfev_file_next(file, record);
		if (reading->count == room) {
			room = room ? 2 * room : 64;
			reading->given = realloc(reading->given, room * sizeof(*given));
			assert_non_null(reading->given);
		}
		given = &reading->given[reading->count++];
		memset(given, 0, sizeof(*given));
		given->result = result;
		if (result != 1)
			continue;
		given->offset = perfev_file_offset(file);
		given->hash = hash_of(record);
		while (perfev_file_event(file, given->event) != perfev_file_record_event(file) &&
		       perfev_file_event(file, given->event))
			given->event++;
	} while (result);
	perfev_file_summary(file, &reading->summary);
	while (reading->damage_count < 64 &&
	       perfev_file_damage(file, reading->damage_count,
				  &reading->damages[reading->damage_count]))
		reading->damage_count++;
	perfev_file_close(file);
	close(fd);
}

static void assert_same(const struct reading *alike, const struct reading *alone)
{
	assert_int_equal(alike->count, alone->count);
	for (size_t i = 0; i < alone->count; i++) {
		assert_int_equal(alike->given[i].result, alone->given[i].result);
		assert_int_equal(alike->given[i].offset, alone->given[i].offset);
		assert_int_equal(alike->given[i].event, alone->given[i].event);
		assert_int_equal(alike->given[i].hash, alone->given[i].hash);
	}
	assert_memory_equal(&alike->summary, &alone->summary, sizeof(alone->summary));
	assert_int_equal(alike->damage_count, alone->damage_count);
	for (unsigned int i = 0; i < alone->damage_count; i++) {
		assert_int_equal(alike->damages[i].offset, alone->damages[i].offset);
		assert_int_equal(alike->damages[i].bytes, alone->damages[i].bytes);
		assert_int_equal(alike->damages[i].error, alone->damages[i].error);
		assert_string_equal(alike->damages[i].text, alone->damages[i].text);
	}
}

static void check_all_ways(const struct recording *recording, size_t length, int kind)
{
	struct reading alike, alone;

	read_all(recording, length, kind, 0, &alone);
	for (unsigned int structs = 1; structs <= 2; structs++) {
		read_all(recording, length, kind, structs, &alike);
		assert_same(&alike, &alone);
		free(alike.given);
	}
	free(alone.given);
}

static void records_are_given_as_if_each_came_alone(void **state)
{
	(void)state;
	random_begin(41);
	for (int i = 0; i < 10 * KINDS; i++) {
		struct recording recording;

		make(&recording, i % KINDS, 300);
		check_all_ways(&recording, recording.length, i % KINDS);
		recording_free(&recording);
	}
}

static void so_are_those_of_files_that_are_cut_off(void **state)
{
	(void)state;
	random_begin(42);
	for (int kind = 0; kind < KINDS; kind++) {
		struct recording recording;

		make(&recording, kind, 15);
		for (size_t length = recording.data_at; length < recording.length; length++)
			check_all_ways(&recording, length, kind);
		recording_free(&recording);
	}
}

/* Records lie across the ends of what is read at once. */
static void so_are_those_of_files_that_are_read_in_pieces(void **state)
{
	(void)state;
	random_begin(43);
	for (int kind = 0; kind < KINDS; kind++) {
		struct recording recording;

		make(&recording, kind, 7000);
		assert_true(recording.length > 400000);
		check_all_ways(&recording, recording.length, kind);
		recording_free(&recording);
	}
}

static void what_follows_a_record_is_not_taken_for_one(void **state)
{
	(void)state;
	random_begin(45);
	for (int kind = 0; kind < KINDS; kind++) {
		struct recording recording;
		struct reading reading;

		recording_begin(&recording, kind & IS_SWAPPED, kind & IS_PIPE);
		put_sample(&recording, 0, 100);
		put_sample(&recording, 0, 200);
		put_trace(&recording, 300);
		put_sample(&recording, 0, 400);
		if (!(kind & IS_PIPE))
			recording_end(&recording);
		read_all(&recording, recording.length, kind, 1, &reading);
		/* The samples and the trace, the attributes in a pipe, and the end. */
		assert_int_equal(reading.count, kind & IS_PIPE ? 7 : 5);
		assert_int_equal(reading.damage_count, 0);
		assert_int_equal(reading.summary.record_bytes,
				 recording.length - (kind & IS_PIPE ? 16 : recording.data_at));
		free(reading.given);
		recording_free(&recording);
	}
}

/* All events must agree on where the id is, but these do not. */
static void an_id_is_not_looked_for_behind_a_record(void **state)
{
	const __u64 first = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR |
			    PERF_SAMPLE_ID;

	(void)state;
	random_begin(44);
	for (int kind = 0; kind < 2; kind++) {
		struct perfev_record record = { .type = PERF_RECORD_SAMPLE };
		__u64 words[5] = { 0, 0, 0, SECOND_ID, 0 };
		struct recording recording;

		recording_begin(&recording, 0, kind & IS_PIPE);
		make_alike(&recording, kind & IS_PIPE);
		recording.attrs[0].sample_type = first;
		recording.attrs[1].sample_type = PERF_SAMPLE_IP;
		for (int i = 0; i < 2; i++) {
			const size_t attr = (kind & IS_PIPE ? 16 + 8 : 104 + 16) +
					    (size_t)i * (16 + sizeof(struct perf_event_attr));

			perfev_layout_init(&recording.layouts[i], &recording.attrs[i], 0);
			set64(&recording, attr + SAMPLE_TYPE_AT, recording.attrs[i].sample_type);
		}
		record.tail.bytes = words;
		record.tail.length = sizeof(words);
		put_record(&recording, &record, 1);
		put_record(&recording, &record, 1);
		/* The word of the first of these is in the third one. */
		record.tail.length = 0;
		put_record(&recording, &record, 1);
		record.sample.ip = SECOND_ID;
		put_record(&recording, &record, 1);
		put_record(&recording, &record, 1);
		put_record(&recording, &record, 1);
		if (!(kind & IS_PIPE))
			recording_end(&recording);
		check_all_ways(&recording, recording.length, kind);
		recording_free(&recording);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_given_as_if_each_came_alone),
		cmocka_unit_test(so_are_those_of_files_that_are_cut_off),
		cmocka_unit_test(so_are_those_of_files_that_are_read_in_pieces),
		cmocka_unit_test(what_follows_a_record_is_not_taken_for_one),
		cmocka_unit_test(an_id_is_not_looked_for_behind_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
