/* SPDX-License-Identifier: MIT */
/*
 * The result of perfev stat as one JSON object, by json-c. Keys are never left out: what has no
 * value is null, with the reason beside it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../utf8.h"
#include "metrics.h"
#include "stat.h"

/* Adds a member and hands it over. A NULL that json-c gave for lack of memory is caught here. */
static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (!value)
		return -ENOMEM;
	return json_object_object_add(to, key, value) < 0 ? -ENOMEM : 0;
}

static int add_null(struct json_object *to, const char *key)
{
	return json_object_object_add(to, key, NULL) < 0 ? -ENOMEM : 0;
}

static int add_text(struct json_object *to, const char *key, const char *text)
{
	return text ? add(to, key, json_object_new_string(text)) : add_null(to, key);
}

static int add_number(struct json_object *to, const char *key, __u64 value)
{
	return add(to, key, json_object_new_uint64(value));
}

static int add_flag(struct json_object *to, const char *key, int value)
{
	return add(to, key, json_object_new_boolean(value));
}

static int add_double(struct json_object *to, const char *key, double value)
{
	return add(to, key, json_object_new_double(value));
}

/* Counts are whole numbers; what has a unit of its own may not be. */
static int add_value(struct json_object *to, const struct stat_row *row)
{
	if (!stat_has_value(row))
		return add_null(to, "value");
	if (row->event->unit[0])
		return add_double(to, "value", stat_value(row));
	return add_number(to, "value", (__u64)stat_value(row));
}

static int add_meaning(struct json_object *to, const struct stat_result *result,
		       const struct stat_row *row)
{
	struct stat_meaning meaning = stat_meaning_of(result, row);

	if (!meaning.unit)
		return add_null(to, "metric") | add_null(to, "metric_unit");
	return add_double(to, "metric", meaning.value) | add_text(to, "metric_unit", meaning.unit);
}

static int fill_event(struct json_object *one, const struct stat_result *result,
		      const struct stat_row *row)
{
	const struct perfev_reading *reading = &row->reading;
	const char *unit = stat_is_clock(row->event) ? "ns" : row->event->unit;
	int counts = stat_has_value(row), bad = 0;
	char text[1024];

	if (row->scope[0])
		bad |= add_text(one, "scope", row->scope) | add_number(one, "places", row->places);
	bad |= add_text(one, "event", row->event->name);
	bad |= add_text(one, "state", perfev_reading_state_name(reading->state));
	bad |= add_value(one, row);
	bad |= add_text(one, "unit", *unit ? unit : "count");
	bad |= counts ? add_number(one, "counted", reading->value) : add_null(one, "counted");
	bad |= add_number(one, "enabled_ns", reading->enabled_ns);
	bad |= add_number(one, "running_ns", reading->running_ns);
	bad |= add_meaning(one, result, row);
	if (result->runs > 1)
		bad |= add_double(one, "spread", row->spread);
	bad |= add_flag(one, "kernel_excluded", row->user_only);
	bad |= add_text(one, "source", row->from_rusage ? "wait4" : "perf_event");
	bad |= add_text(one, "reason", counts ? NULL : stat_reason(row, text, sizeof(text)));
	bad |= add_text(one, "cause", row->why ? perfev_cause_name(row->why->cause) : NULL);
	return bad;
}

static int add_events(struct json_object *to, const struct stat_result *result)
{
	struct json_object *list = json_object_new_array();
	int bad = add(to, "events", list);

	for (unsigned int i = 0; i < result->count && !bad; i++) {
		struct json_object *one = json_object_new_object();

		if (!one || fill_event(one, result, &result->rows[i]) ||
		    json_object_array_add(list, one) < 0) {
			json_object_put(one);
			bad = -ENOMEM;
		}
	}
	return bad;
}

static int add_command(struct json_object *to, char **argv)
{
	struct json_object *list = json_object_new_array();
	int bad = add(to, "command", list);

	for (; *argv && !bad; argv++) {
		/* An argument may be any bytes, JSON text is UTF-8. */
		char *text = utf8_mended(*argv);

		if (!text || json_object_array_add(list, json_object_new_string(text)) < 0)
			bad = -ENOMEM;
		free(text);
	}
	return bad;
}

static int fill_result(struct json_object *object, const struct stat *stat,
		       const struct stat_result *result)
{
	int status = stat->child.status, bad = 0;

	if (stat->options.interval_ms)
		bad |= add_number(object, "end_ns", result->end_ns);
	if (stat->argv && !stat->options.interval_ms) {
		bad |= add_command(object, stat->argv);
		bad |= WIFEXITED(status) ?
			       add_number(object, "exit_status", (__u64)WEXITSTATUS(status)) :
			       add_null(object, "exit_status");
		bad |= WIFSIGNALED(status) ? add_number(object, "signal", (__u64)WTERMSIG(status)) :
					     add_null(object, "signal");
	}
	if (result->runs > 1)
		bad |= add_number(object, "runs", result->runs) |
		       add_double(object, "wall_spread", result->wall_spread);
	bad |= add_number(object, "wall_ns", result->wall_ns);
	bad |= add_number(object, "user_ns", result->user_ns);
	bad |= add_number(object, "system_ns", result->system_ns);
	if (result->usable)
		bad |= add_number(object, "usable_counters", result->usable);
	if (result->missed)
		bad |= add_number(object, "missed_threads", result->missed);
	return bad | add_events(object, result);
}

int stat_print_json(const struct stat *stat, const struct stat_result *result)
{
	struct json_object *object = json_object_new_object();
	/* An interval is one line, so that a reader can take it as it comes. */
	const int style = JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED |
			  (stat->options.interval_ms ? 0 : JSON_C_TO_STRING_PRETTY);
	const char *text = NULL;
	int error = 0;

	if (!object)
		return -ENOMEM;
	if (!fill_result(object, stat, result))
		text = json_object_to_json_string_ext(object, style);
	if (!text)
		error = -ENOMEM;
	else if (fprintf(stat->to, "%s\n", text) < 0 || fflush(stat->to) == EOF)
		error = -errno;
	json_object_put(object);
	return error;
}
