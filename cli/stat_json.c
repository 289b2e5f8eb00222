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

#include "stat.h"
#include "utf8.h"

static const char *const states[] = {
	[STAT_COUNTED] = "counted",
	[STAT_SCALED] = "scaled",
	[STAT_NOT_COUNTED] = "not counted",
	[STAT_MISSING] = "missing",
};

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

static int add_event(struct json_object *list, const struct stat *stat,
		     const struct stat_event *event)
{
	struct json_object *one = json_object_new_object();
	int counts = stat_has_value(event), bad = 0;
	char reason[256];

	if (!one)
		return -ENOMEM;
	bad |= add_text(one, "event", event->name);
	bad |= add_text(one, "state", states[event->state]);
	bad |= counts ? add_number(one, "value", event->value) : add_null(one, "value");
	bad |= add_text(one, "unit", event == &stat->events[STAT_TASK_CLOCK] ? "ns" : "count");
	bad |= counts ? add_number(one, "counted", event->raw) : add_null(one, "counted");
	bad |= add_number(one, "enabled_ns", event->enabled_ns);
	bad |= add_number(one, "running_ns", event->running_ns);
	bad |= add_flag(one, "kernel_excluded", event->user_only);
	bad |= add_text(one, "source", event->from_rusage ? "wait4" : "perf_event");
	bad |= add_text(one, "reason",
			counts ? NULL : stat_reason(stat, event, reason, sizeof(reason)));
	if (bad || json_object_array_add(list, one) < 0) {
		json_object_put(one);
		return -ENOMEM;
	}
	return 0;
}

static int add_events(struct json_object *to, const struct stat *stat)
{
	struct json_object *list = json_object_new_array();
	int bad = add(to, "events", list);

	for (int i = 0; i < STAT_EVENTS && !bad; i++)
		bad = add_event(list, stat, &stat->events[i]);
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

int stat_print_json(const struct stat *stat, FILE *to)
{
	struct json_object *object = json_object_new_object();
	int status = stat->child.status, bad = 0, error = 0;
	const int style =
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = NULL;

	if (!object)
		return -ENOMEM;
	bad |= add_command(object, stat->argv);
	bad |= WIFEXITED(status) ? add_number(object, "exit_status", (__u64)WEXITSTATUS(status)) :
				   add_null(object, "exit_status");
	bad |= WIFSIGNALED(status) ? add_number(object, "signal", (__u64)WTERMSIG(status)) :
				     add_null(object, "signal");
	bad |= add_number(object, "wall_ns", stat->wall_ns);
	bad |= add_number(object, "user_ns", stat->user_ns);
	bad |= add_number(object, "system_ns", stat->system_ns);
	bad |= add_events(object, stat);
	if (!bad)
		text = json_object_to_json_string_ext(object, style);
	if (!text)
		error = -ENOMEM;
	else if (fprintf(to, "%s\n", text) < 0)
		error = -errno;
	json_object_put(object);
	return error;
}
