/* SPDX-License-Identifier: MIT */
/* How many records there are, of each type and of each event, and what is missing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../number.h"
#include "../recorded.h"
#include "../utf8.h"
#include "dump.h"

static int make_room(struct dump_stats *stats, unsigned int count)
{
	struct dump_event_stats *more;

	if (count <= stats->event_count)
		return 0;
	more = realloc(stats->events, count * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + stats->event_count, 0, (count - stats->event_count) * sizeof(*more));
	stats->events = more;
	stats->event_count = count;
	return 0;
}

int dump_stats_add(struct dump_stats *stats, const struct perfev_file *file,
		   const struct perfev_record *record)
{
	const struct perfev_file_event *event = perfev_file_record_event(file);

	stats->count[dump_place(record->type)]++;
	stats->bytes[dump_place(record->type)] += record->size;
	if (record->have & PERF_SAMPLE_TIME && record->time) {
		if (!stats->first_ns || record->time < stats->first_ns)
			stats->first_ns = record->time;
		if (record->time > stats->last_ns)
			stats->last_ns = record->time;
	}
	if (record->type != PERF_RECORD_SAMPLE || !event)
		return 0;
	if (make_room(stats, perfev_file_event_count(file)) < 0)
		return -ENOMEM;
	for (unsigned int i = 0; i < stats->event_count; i++) {
		if (perfev_file_event(file, i) != event)
			continue;
		stats->events[i].samples++;
		stats->events[i].period +=
			record->have & PERF_SAMPLE_PERIOD ? record->sample.period :
			event->attr.freq                  ? 0 :
							    event->attr.sample_period;
		break;
	}
	return 0;
}

static const char *type_name(unsigned int place, char *text, size_t size)
{
	const __u32 type =
		place < DUMP_SIMPLEPERF_AT ? place : place - DUMP_SIMPLEPERF_AT + DUMP_SIMPLEPERF;
	const char *name = place < DUMP_OTHERS_AT ? perfev_record_name(type) : "OTHER";

	if (name)
		return name;
	snprintf(text, size, "TYPE=%u", type);
	return text;
}

static void print_text(const struct dump_stats *stats, const struct perfev_file *file,
		       const struct perfev_file_summary *summary)
{
	char first[NUMBER_SIZE], second[NUMBER_SIZE], name[256];

	printf("%18s %18s   type\n", "records", "bytes");
	for (unsigned int i = 0; i < 256; i++)
		if (stats->count[i])
			printf("%18s %18s   %s\n", number_grouped(first, stats->count[i]),
			       number_grouped(second, stats->bytes[i]),
			       type_name(i, name, sizeof(name)));
	printf("\n%18s %18s   event\n", "samples", "sum of periods");
	for (unsigned int i = 0; i < perfev_file_event_count(file); i++) {
		struct dump_event_stats none = { 0, 0 };
		const struct dump_event_stats *of =
			i < stats->event_count ? &stats->events[i] : &none;

		printf("%18s %18s   %s\n", number_grouped(first, of->samples),
		       number_grouped(second, of->period),
		       recorded_name(perfev_file_event(file, i), name, sizeof(name)));
	}
	printf("\n");
	if (stats->last_ns)
		printf("%18s     seconds from the first record to the last\n",
		       number_seconds(first, stats->last_ns - stats->first_ns));
	printf("%18s     records lost\n", number_grouped(first, summary->lost));
	printf("%18s     times throttled\n", number_grouped(first, summary->throttled));
	if (summary->aux_lost)
		printf("%18s     pieces of traces with bytes missing\n",
		       number_grouped(first, summary->aux_lost));
}

static int add_number(struct json_object *to, const char *name, __u64 number)
{
	struct json_object *value = json_object_new_uint64(number);

	return value ? json_object_object_add(to, name, value) : -1;
}

/* Adds a new object to an array. Returns it, or NULL without memory. */
static struct json_object *add_object(struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	if (object && json_object_array_add(array, object) < 0) {
		json_object_put(object);
		object = NULL;
	}
	return object;
}

static int add_types(struct json_object *array, const struct dump_stats *stats)
{
	char name[32];
	int bad = 0;

	for (unsigned int i = 0; i < 256 && !bad; i++) {
		struct json_object *object;

		if (!stats->count[i])
			continue;
		object = add_object(array);
		bad = !object ||
		      json_object_object_add(
			      object, "type",
			      json_object_new_string(type_name(i, name, sizeof(name)))) ||
		      add_number(object, "records", stats->count[i]) ||
		      add_number(object, "bytes", stats->bytes[i]);
	}
	return bad;
}

static int add_events(struct json_object *array, const struct dump_stats *stats,
		      const struct perfev_file *file)
{
	int bad = 0;

	for (unsigned int i = 0; i < perfev_file_event_count(file) && !bad; i++) {
		struct json_object *object = add_object(array);
		char name[256];
		char *mended =
			utf8_mended(recorded_name(perfev_file_event(file, i), name, sizeof(name)));

		bad = !object || !mended ||
		      json_object_object_add(object, "event", json_object_new_string(mended)) ||
		      add_number(object, "samples",
				 i < stats->event_count ? stats->events[i].samples : 0) ||
		      add_number(object, "period",
				 i < stats->event_count ? stats->events[i].period : 0);
		free(mended);
	}
	return bad;
}

static void print_json(const struct dump_stats *stats, const struct perfev_file *file,
		       const struct perfev_file_summary *summary)
{
	struct json_object *object = json_object_new_object();
	struct json_object *types = json_object_new_array();
	struct json_object *events = json_object_new_array();
	int bad = !object || !types || !events;

	if (!bad)
		bad = json_object_object_add(object, "types", types) ||
		      json_object_object_add(object, "events", events) || add_types(types, stats) ||
		      add_events(events, stats, file) ||
		      add_number(object, "first_ns", stats->first_ns) ||
		      add_number(object, "last_ns", stats->last_ns) ||
		      add_number(object, "lost", summary->lost) ||
		      add_number(object, "throttled", summary->throttled) ||
		      add_number(object, "damages", summary->damages) ||
		      add_number(object, "unread_bytes", summary->unread_bytes);
	if (bad)
		fputs("perfev dump: no memory for the numbers.\n", stderr);
	else
		printf("%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
}

void dump_stats_print(const struct dump_stats *stats, const struct perfev_file *file, int json)
{
	struct perfev_file_summary summary;

	perfev_file_summary(file, &summary);
	if (json)
		print_json(stats, file, &summary);
	else
		print_text(stats, file, &summary);
}
