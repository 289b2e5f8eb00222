/* SPDX-License-Identifier: MIT */
/*
 * Rows of what was read: places summed up by the scope that was asked for, each event of the text
 * by itself. What is missing in a place is seen in the sum.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../remedy.h"
#include "stat.h"
#include "topology.h"

/* The name of a thread, or "". */
static void read_comm(pid_t tid, char *text, size_t size)
{
	char path[40];
	FILE *file;

	text[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)tid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(text, (int)size, file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
}

/* What a place is called in the scope that was asked for. */
static void name_scope(enum stat_scope scope, const struct perfev_instance *place, char *text,
		       size_t size)
{
	struct topology topology;
	char comm[32];

	text[0] = '\0';
	switch (scope) {
	case STAT_SCOPE_ALL:
		return;
	case STAT_SCOPE_CPU:
		snprintf(text, size, "CPU%d", place->cpu);
		return;
	case STAT_SCOPE_CORE:
		topology = topology_of(place->cpu);
		snprintf(text, size, "S%d-C%d", topology.socket, topology.core);
		return;
	case STAT_SCOPE_SOCKET:
		snprintf(text, size, "S%d", topology_of(place->cpu).socket);
		return;
	case STAT_SCOPE_THREAD:
		read_comm(place->pid, comm, sizeof(comm));
		snprintf(text, size, "%s-%d", comm, (int)place->pid);
		return;
	case STAT_SCOPE_CGROUP:
		snprintf(text, size, "%s", place->cgroup ? place->cgroup : "");
		return;
	}
}

/* The first row of a scope, made when there is none yet. NULL without memory. */
static struct stat_row *rows_of_scope(struct stat_result *result, const char *scope)
{
	struct stat_row *more;

	for (unsigned int i = 0; i < result->count; i += result->events)
		if (strcmp(result->rows[i].scope, scope) == 0)
			return &result->rows[i];
	more = realloc(result->rows, (result->count + result->events) * sizeof(*more));
	if (!more)
		return NULL;
	result->rows = more;
	more += result->count;
	memset(more, 0, result->events * sizeof(*more));
	result->count += result->events;
	for (unsigned int i = 0; i < result->events; i++) {
		snprintf(more[i].scope, sizeof(more[i].scope), "%s", scope);
		more[i].reading.state = PERFEV_READING_IDLE;
	}
	return more;
}

/* What a place counted of one of the text's events, over the PMUs that count it. */
static int read_place(const struct perfev_counters *counters, unsigned int place,
		      unsigned int logical, struct perfev_reading *total)
{
	int is_thread = perfev_counters_instance(counters, place)->cpu < 0;
	const struct perfev_event *event;
	int found = 0;

	for (unsigned int i = 0; (event = perfev_counters_event(counters, i)); i++) {
		const struct perfev_reading *reading;

		/* Open nowhere here: another CPU counts it. */
		if (event->logical != logical || (perfev_counters_fd(counters, i, place) < 0 &&
						  !perfev_counters_why(counters, i)))
			continue;
		reading = perfev_counters_get(counters, i, place);
		if (!found++)
			*total = *reading;
		else if (is_thread)
			perfev_reading_join(total, reading);
		else
			perfev_reading_add(total, reading);
	}
	return found;
}

/* Keeps what the counters say of themselves, which ends with them. */
static int describe_rows(const struct stat *stat, const struct perfev_counters *counters,
			 struct stat_result *result)
{
	const struct perfev_event *event;

	result->whys = calloc(result->events + 1, sizeof(*result->whys));
	if (!result->whys)
		return -ENOMEM;
	for (unsigned int i = 0; (event = perfev_counters_event(counters, i)); i++) {
		const struct perfev_event *asked = perfev_events_get(stat->events, i);
		const struct perfev_why *why = perfev_counters_why(counters, i);

		if (why)
			result->whys[event->logical] = *why;
		for (unsigned int row = event->logical; row < result->count;
		     row += result->events) {
			if (!result->rows[row].event)
				result->rows[row].event = asked;
			if (why)
				result->rows[row].why = &result->whys[event->logical];
			result->rows[row].user_only |=
				event->attr.exclude_kernel && !asked->attr.exclude_kernel;
		}
	}
	return 0;
}

/* What leaving the kernel out does not change: the clocks run on in it all the same. */
static void mend_clocks(struct stat_result *result)
{
	for (unsigned int i = 0; i < result->count; i++)
		if (stat_is_clock(result->rows[i].event))
			result->rows[i].user_only = 0;
}

/*
 * Switching happens in the kernel, which not everybody may count; of a program that has ended
 * wait4(2) tells it to everybody.
 */
static void mend_switches(const struct stat *stat, struct stat_result *result)
{
	for (unsigned int i = 0; i < result->count; i++) {
		struct stat_row *row = &result->rows[i];
		const struct perf_event_attr *attr = &row->event->attr;

		if (row->reading.state != PERFEV_READING_MISSING || stat->options.targets.count ||
		    attr->type != PERF_TYPE_SOFTWARE ||
		    attr->config != PERF_COUNT_SW_CONTEXT_SWITCHES)
			continue;
		if (row->why->cause != PERFEV_CAUSE_PARANOID)
			continue;
		memset(&row->reading, 0, sizeof(row->reading));
		row->reading.state = PERFEV_READING_COUNTED;
		row->reading.value =
			(__u64)(stat->child.usage.ru_nvcsw + stat->child.usage.ru_nivcsw);
		row->from_rusage = 1;
		row->why = NULL;
	}
}

int stat_rows_make(const struct stat *stat, const struct perfev_counters *counters,
		   struct stat_result *result)
{
	unsigned int places = perfev_counters_instance_count(counters);

	result->events = perfev_events_logical_count(stat->events);
	for (unsigned int place = 0; place < places; place++) {
		const struct perfev_instance *instance = perfev_counters_instance(counters, place);
		struct stat_row *rows;
		char scope[80];

		name_scope(stat->options.scope, instance, scope, sizeof(scope));
		rows = rows_of_scope(result, scope);
		if (!rows)
			return -ENOMEM;
		for (unsigned int logical = 0; logical < result->events; logical++) {
			struct perfev_reading reading;

			if (!read_place(counters, place, logical, &reading))
				continue;
			if (rows[logical].places++ == 0)
				rows[logical].reading = reading;
			else
				perfev_reading_add(&rows[logical].reading, &reading);
		}
	}
	if (describe_rows(stat, counters, result) < 0)
		return -ENOMEM;
	mend_clocks(result);
	mend_switches(stat, result);
	return 0;
}

static const struct stat_row *row_before(const struct stat_result *last, const struct stat_row *row)
{
	for (unsigned int i = 0; i < last->count; i++)
		if (last->rows[i].event == row->event &&
		    strcmp(last->rows[i].scope, row->scope) == 0)
			return &last->rows[i];
	return NULL;
}

int stat_result_since(struct stat_result *added, const struct stat_result *now,
		      const struct stat_result *last)
{
	*added = *now;
	added->rows = malloc((now->count + 1) * sizeof(*added->rows));
	if (!added->rows)
		return -ENOMEM;
	memcpy(added->rows, now->rows, now->count * sizeof(*added->rows));
	added->wall_ns = now->end_ns - last->end_ns;
	for (unsigned int i = 0; i < added->count; i++) {
		struct perfev_reading *reading = &added->rows[i].reading;
		const struct stat_row *before = row_before(last, &added->rows[i]);

		if (!before || !stat_has_value(&added->rows[i]) || !stat_has_value(before))
			continue;
		reading->value -= before->reading.value;
		reading->enabled_ns -= before->reading.enabled_ns;
		reading->running_ns -= before->reading.running_ns;
		reading->lost -= before->reading.lost;
		/* It may have run all the time before, and not at all in this interval. */
		if (reading->running_ns == 0)
			reading->state =
				reading->enabled_ns ? PERFEV_READING_NEVER : PERFEV_READING_IDLE;
		else
			reading->state = reading->running_ns < reading->enabled_ns ?
						 PERFEV_READING_SCALED :
						 PERFEV_READING_COUNTED;
	}
	return 0;
}

void stat_result_free(struct stat_result *result)
{
	free(result->rows);
	free(result->whys);
	memset(result, 0, sizeof(*result));
}

int stat_has_value(const struct stat_row *row)
{
	return row->reading.state == PERFEV_READING_COUNTED ||
	       row->reading.state == PERFEV_READING_SCALED;
}

double stat_value(const struct stat_row *row)
{
	__u64 value;

	perfev_reading_scaled(&row->reading, &value);
	return (double)value * row->event->scale;
}

int stat_is_clock(const struct perfev_event *event)
{
	return event->attr.type == PERF_TYPE_SOFTWARE &&
	       (event->attr.config == PERF_COUNT_SW_TASK_CLOCK ||
		event->attr.config == PERF_COUNT_SW_CPU_CLOCK);
}

const char *stat_name(const struct stat_row *row, char *text, size_t size)
{
	const char *name = row->event->name;

	if (!row->user_only)
		snprintf(text, size, "%s", name);
	else if (strchr(name, ':') || name[strlen(name) - 1] == '/')
		snprintf(text, size, "%su", name);
	else
		snprintf(text, size, "%s:u", name);
	return text;
}

const char *stat_reason(const struct stat_row *row, char *text, size_t size)
{
	char remedy[512];

	switch (row->reading.state) {
	case PERFEV_READING_IDLE:
		return "nothing that it counts ran";
	case PERFEV_READING_NEVER:
		return "the counters were never free for it";
	case PERFEV_READING_ERROR:
		return "it was pinned, and lost its counter";
	case PERFEV_READING_MISSING:
		if (!row->why)
			return "";
		cli_remedy(row->why, remedy, sizeof(remedy));
		snprintf(text, size, "%s%s%s", cli_reason(row->why), *remedy ? ": " : "", remedy);
		return text;
	default:
		snprintf(text, size, "it could not be read: %s", strerror(row->reading.error));
		return text;
	}
}
