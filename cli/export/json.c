/* SPDX-License-Identifier: MIT */
/*
 * All of a profile as one JSON object. Its keys are stable, and none is left out: what is not known
 * is null. Lists refer to one another by place, from 0.
 */
#include <errno.h>
#include <stdlib.h>

#include "export.h"
#include "json_writer.h"
#include "names.h"
#include "stacks.h"

/* Grows when a key changes its meaning or goes; new ones may come without that. */
#define VERSION 1

struct totals {
	__u64 self_samples, self_weight, total_samples, total_weight;
};

static void put_known(struct json *json, const char *key, const char *text)
{
	json_text(json, key, text && text[0] ? text : NULL);
}

static void put_known_number(struct json *json, const char *key, __u64 number)
{
	if (number)
		json_number(json, key, number);
	else
		json_null(json, key);
}

static void put_recording(struct json *json, const struct profile *profile)
{
	json_open(json, "recording", '{');
	put_known(json, "command", profile->command);
	put_known(json, "hostname", profile->hostname);
	put_known(json, "os_release", profile->os_release);
	put_known(json, "arch", profile->arch);
	put_known_number(json, "first_ns", profile->first_ns);
	put_known_number(json, "last_ns", profile->last_ns);
	json_close(json, '}');
}

static void put_losses(struct json *json, const struct profile_losses *losses)
{
	json_open(json, "losses", '{');
	json_number(json, "lost", losses->lost);
	json_number(json, "throttled", losses->throttled);
	json_number(json, "late", losses->late);
	json_number(json, "unread_bytes", losses->unread_bytes);
	json_number(json, "outside", losses->outside);
	json_number(json, "cut", losses->cut);
	json_number(json, "strayed", losses->strayed);
	json_number(json, "filtered", losses->filtered);
	json_close(json, '}');
}

static void put_events(struct json *json, const struct profile *profile)
{
	json_open(json, "events", '[');
	for (__u32 i = 0; i < profile->event_count; i++) {
		const struct profile_event *event = &profile->events[i];

		json_open(json, NULL, '{');
		json_text(json, "name", event->name);
		json_text(json, "unit", export_is_clock(event->name) ? "ns" : NULL);
		json_number(json, "samples", event->samples);
		json_number(json, "weight", event->weight);
		put_known_number(json, "frequency_hz", event->frequency_hz);
		put_known_number(json, "period", event->period);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_whos(struct json *json, const struct profile *profile)
{
	json_open(json, "whos", '[');
	for (__u32 i = 0; i < profile->who_count; i++) {
		const struct profile_who *who = &profile->whos[i];

		json_open(json, NULL, '{');
		put_known(json, "comm", who->comm);
		json_optional(json, "pid", who->pid);
		json_optional(json, "tid", who->tid);
		json_optional(json, "cpu", who->cpu);
		put_known(json, "cgroup", who->cgroup_name);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_function(struct json *json, const struct profile *profile, __u32 number,
			 const struct totals *totals)
{
	const struct profile_function *function = &profile->functions[number];

	json_open(json, NULL, '{');
	json_text(json, "name", function->is_known ? function->name : NULL);
	put_known(json, "module", function->module);
	put_known(json, "build_id", function->build_id);
	json_text(json, "mode", export_mode_name(function->mode));
	json_open(json, "counts", '[');
	for (__u32 i = 0; i < profile->event_count; i++) {
		json_open(json, NULL, '{');
		json_number(json, "self_samples", totals[i].self_samples);
		json_number(json, "self_weight", totals[i].self_weight);
		json_number(json, "total_samples", totals[i].total_samples);
		json_number(json, "total_weight", totals[i].total_weight);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void put_frames(struct json *json, const struct profile *profile)
{
	json_open(json, "frames", '[');
	for (__u32 i = 0; i < profile->frame_count; i++) {
		const struct profile_frame *frame = &profile->frames[i];

		json_open(json, NULL, '{');
		json_number(json, "function", frame->function);
		put_known_number(json, "address", frame->address);
		put_known(json, "file", frame->file);
		put_known_number(json, "line", frame->line);
		json_bool(json, "inlined", frame->is_inlined);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void put_stacks(struct json *json, const struct profile *profile, __u32 *frames)
{
	json_open(json, "stacks", '[');
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		const __u32 depth = export_stack(profile, row->node, frames);

		json_open(json, NULL, '{');
		json_number(json, "event", row->event);
		json_number(json, "who", row->who);
		json_number(json, "samples", row->samples);
		json_number(json, "weight", row->weight);
		json_open(json, "frames", '[');
		for (__u32 j = 0; j < depth; j++)
			json_number(json, NULL, frames[j]);
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* A function that stands in a stack several times has what the stack weighs once. */
static void add_up(const struct profile *profile, struct totals *totals, __u32 *seen, __u32 *frames)
{
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		const __u32 depth = export_stack(profile, row->node, frames);

		for (__u32 j = 0; j < depth; j++) {
			const __u32 function = profile->frames[frames[j]].function;
			struct totals *at =
				&totals[(size_t)function * profile->event_count + row->event];

			if (!j) {
				at->self_samples += row->samples;
				at->self_weight += row->weight;
			}
			if (seen[function] == i + 1)
				continue;
			seen[function] = i + 1;
			at->total_samples += row->samples;
			at->total_weight += row->weight;
		}
	}
}

static void put_object(struct json *json, const struct profile *profile,
		       const struct totals *totals, __u32 *frames)
{
	json_open(json, NULL, '{');
	json_text(json, "format", "perfev report");
	json_number(json, "version", VERSION);
	put_recording(json, profile);
	put_losses(json, &profile->losses);
	put_events(json, profile);
	json_open(json, "functions", '[');
	for (__u32 i = 0; i < profile->function_count; i++)
		put_function(json, profile, i, &totals[(size_t)i * profile->event_count]);
	json_close(json, ']');
	put_frames(json, profile);
	put_whos(json, profile);
	put_stacks(json, profile, frames);
	json_close(json, '}');
}

int export_json(const struct profile *profile, FILE *to)
{
	const size_t counts = (size_t)profile->function_count * profile->event_count;
	struct totals *totals = calloc(counts + 1, sizeof(*totals));
	__u32 *seen = calloc(profile->function_count + 1UL, sizeof(*seen));
	__u32 deepest, *frames = export_stack_room(profile, &deepest);
	struct json json;

	json_start(&json, to);
	if (totals && seen && frames) {
		add_up(profile, totals, seen, frames);
		put_object(&json, profile, totals, frames);
	} else {
		output_fail(&json.output, -ENOMEM);
	}
	free(totals);
	free(seen);
	free(frames);
	return json_end(&json);
}
