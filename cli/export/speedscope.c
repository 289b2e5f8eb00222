/* SPDX-License-Identifier: MIT */
/*
 * speedscope's file format: frames once, and for each event and each whom a list of stacks, written
 * out in full, with what each weighs. Stacks that follow each other and are the same become one.
 */
#include <errno.h>
#include <stdlib.h>

#include "export.h"
#include "json_writer.h"
#include "names.h"
#include "stacks.h"
#include "threads.h"

static void put_frame(struct json *json, const struct profile *profile,
		      const struct profile_frame *frame)
{
	const struct profile_function *function = &profile->functions[frame->function];
	char *name = export_function_name(function);

	if (!name)
		output_fail(&json->output, -ENOMEM);
	json_open(json, NULL, '{');
	json_text(json, "name", name);
	if (frame->file)
		json_text(json, "file", frame->file);
	else if (function->module[0])
		json_text(json, "file", function->module);
	if (frame->line)
		json_number(json, "line", frame->line);
	json_close(json, '}');
	free(name);
}

static void put_stack(struct json *json, const struct profile *profile, __u32 node, __u32 *stack)
{
	__u32 depth = export_stack(profile, node, stack);

	json_open(json, NULL, '[');
	while (depth--)
		json_number(json, NULL, stack[depth]);
	json_close(json, ']');
}

/* The place behind those that follow each other with the same stack; *weight is of all of them. */
static __u64 run_end(const struct profile *profile, const struct export_thread *thread, __u64 at,
		     __u64 *weight)
{
	const __u32 node = profile->rows[thread->samples[at]->row].node;

	*weight = 0;
	for (; at < thread->sample_count; at++) {
		if (profile->rows[thread->samples[at]->row].node != node)
			break;
		*weight += thread->samples[at]->weight;
	}
	return at;
}

static const char *add_number(struct json *json, const char *separator, const char *what,
			      __u32 number)
{
	char text[11];

	if (number == PROFILE_NONE)
		return separator;
	snprintf(text, sizeof(text), "%u", number);
	json_text_add(json, separator);
	json_text_add(json, what);
	json_text_add(json, text);
	return ", ";
}

/* "cycles: make (pid 12, tid 13, cpu 1, /system.slice)", as far as it is told apart. */
static void put_name(struct json *json, const struct profile *profile,
		     const struct export_thread *thread)
{
	const struct profile_who *who = &profile->whos[thread->who];
	const char *separator = " (";

	json_text_begin(json, "name");
	json_text_add(json, profile->events[thread->event].name);
	if (who->comm[0])
		json_text_add(json, ": ");
	json_text_add(json, who->comm);
	separator = add_number(json, separator, "pid ", who->pid);
	separator = add_number(json, separator, "tid ", who->tid);
	separator = add_number(json, separator, "cpu ", who->cpu);
	if (who->cgroup_name[0]) {
		json_text_add(json, separator);
		json_text_add(json, who->cgroup_name);
		separator = ", ";
	}
	if (separator[0] == ',')
		json_text_add(json, ")");
	json_text_end(json);
}

static void put_thread(struct json *json, const struct profile *profile,
		       const struct export_thread *thread, __u32 *stack)
{
	const int is_clock = export_is_clock(profile->events[thread->event].name);
	__u64 total = 0, weight;

	json_open(json, NULL, '{');
	json_text(json, "type", "sampled");
	put_name(json, profile, thread);
	json_text(json, "unit", is_clock ? "nanoseconds" : "none");
	json_open(json, "samples", '[');
	for (__u64 i = 0; i < thread->sample_count;) {
		put_stack(json, profile, profile->rows[thread->samples[i]->row].node, stack);
		i = run_end(profile, thread, i, &weight);
		total += weight;
	}
	json_close(json, ']');
	json_open(json, "weights", '[');
	for (__u64 i = 0; i < thread->sample_count;) {
		i = run_end(profile, thread, i, &weight);
		json_number(json, NULL, weight);
	}
	json_close(json, ']');
	json_number(json, "startValue", 0);
	json_number(json, "endValue", total);
	json_close(json, '}');
}

static void put_file(struct json *json, const struct profile *profile,
		     const struct export_threads *threads, __u32 *stack)
{
	json_open(json, NULL, '{');
	json_text(json, "$schema", "https://www.speedscope.app/file-format-schema.json");
	json_text(json, "exporter", "perfev");
	if (profile->command && profile->command[0])
		json_text(json, "name", profile->command);
	json_number(json, "activeProfileIndex", 0);
	json_open(json, "shared", '{');
	json_open(json, "frames", '[');
	for (__u32 i = 0; i < profile->frame_count; i++)
		put_frame(json, profile, &profile->frames[i]);
	json_close(json, ']');
	json_close(json, '}');
	json_open(json, "profiles", '[');
	for (__u32 i = 0; i < threads->count; i++)
		put_thread(json, profile, &threads->threads[i], stack);
	json_close(json, ']');
	json_close(json, '}');
}

int export_speedscope(const struct profile *profile, FILE *to)
{
	struct export_threads threads;
	struct json json;
	__u32 *stack, deepest;

	if (export_threads(&threads, profile, EXPORT_BY_WHO) < 0)
		return -ENOMEM;
	json_start(&json, to);
	stack = export_stack_room(profile, &deepest);
	if (stack)
		put_file(&json, profile, &threads, stack);
	else
		output_fail(&json.output, -ENOMEM);
	free(stack);
	export_threads_free(&threads);
	return json_end(&json);
}
