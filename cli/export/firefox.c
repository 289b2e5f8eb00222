/* SPDX-License-Identifier: MIT */
/*
 * The Firefox Profiler's processed format, version 60: the first whose tables of stacks are shared
 * by all threads, as ours are. profiler.firefox.com reads it and all newer ones.
 */
#include "firefox.h"

#include <errno.h>

#include "export.h"
#include "names.h"
#include "threads.h"

/* By PERF_RECORD_MISC_CPUMODE. The format wants a grey one. */
static const struct {
	const char *name, *color;
} categories[] = {
	{ "Other", "grey" },         { "Kernel", "orange" },    { "User", "yellow" },
	{ "Hypervisor", "magenta" }, { "Guest kernel", "red" }, { "Guest user", "lightblue" },
};

#define CATEGORIES (sizeof(categories) / sizeof(categories[0]))

__u32 firefox_category(__u16 mode)
{
	return mode < CATEGORIES ? mode : 0;
}

static void put_categories(struct json *json)
{
	json_open(json, "categories", '[');
	for (size_t i = 0; i < CATEGORIES; i++) {
		json_open(json, NULL, '{');
		json_text(json, "name", categories[i].name);
		json_text(json, "color", categories[i].color);
		json_open(json, "subcategories", '[');
		json_text(json, NULL, "Other");
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* The time from sample to sample, where it was asked for; the format has to have one. */
static __u64 interval_ns(const struct profile *profile)
{
	for (__u32 i = 0; i < profile->event_count; i++) {
		const struct profile_event *event = &profile->events[i];

		if (event->frequency_hz)
			return 1000000000 / event->frequency_hz;
		if (event->period && export_is_clock(event->name))
			return event->period;
	}
	return 1000000;
}

static void put_extra(struct json *json, const char *label, const char *format, const char *text,
		      __u64 number)
{
	if (text ? !text[0] : !number)
		return;
	json_open(json, NULL, '{');
	json_text(json, "label", label);
	json_text(json, "format", format);
	if (text)
		json_text(json, "value", text);
	else
		json_number(json, "value", number);
	json_close(json, '}');
}

static void put_losses(struct json *json, const struct profile_losses *losses)
{
	put_extra(json, "Lost records", "integer", NULL, losses->lost);
	put_extra(json, "Throttled", "integer", NULL, losses->throttled);
	put_extra(json, "Late records", "integer", NULL, losses->late);
	put_extra(json, "Unread bytes", "integer", NULL, losses->unread_bytes);
	put_extra(json, "Samples outside of any mapping", "integer", NULL, losses->outside);
	put_extra(json, "Samples whose callers are not all known", "integer", NULL, losses->cut);
	put_extra(json, "Samples that were not asked for", "integer", NULL, losses->filtered);
}

static void put_meta(struct json *json, const struct profile *profile)
{
	json_open(json, "meta", '{');
	json_ms(json, "interval", interval_ns(profile));
	json_number(json, "startTime", 0);
	json_ms(json, "endTime", profile->last_ns - profile->first_ns);
	json_number(json, "processType", 0);
	json_text(json, "product",
		  profile->command && profile->command[0] ? profile->command : "perfev");
	json_text(json, "importedFrom", "perfev");
	json_number(json, "stackwalk", 1);
	json_number(json, "version", 32);
	json_number(json, "preprocessedProfileVersion", 60);
	json_text(json, "platform", "Linux");
	json_text_begin(json, "oscpu");
	json_text_add(json, "Linux ");
	json_text_add(json, profile->os_release ? profile->os_release : "");
	json_text_add(json, " ");
	json_text_add(json, profile->arch ? profile->arch : "");
	json_text_end(json);
	json_open(json, "sampleUnits", '{');
	json_text(json, "time", "ms");
	json_text(json, "eventDelay", "ms");
	json_text(json, "threadCPUDelta", "ns");
	json_close(json, '}');
	json_bool(json, "symbolicated", 1);
	json_bool(json, "usesOnlyOneStackType", 1);
	json_bool(json, "sourceCodeIsNotOnSearchfox", 1);
	json_bool(json, "keepProfileThreadOrder", 1);
	put_categories(json);
	json_open(json, "markerSchema", '[');
	json_close(json, ']');
	json_open(json, "extra", '[');
	json_open(json, NULL, '{');
	json_text(json, "label", "Recording");
	json_open(json, "entries", '[');
	put_extra(json, "Command", "string", profile->command ? profile->command : "", 0);
	put_extra(json, "Host", "string", profile->hostname ? profile->hostname : "", 0);
	put_extra(json, "Kernel", "string", profile->os_release ? profile->os_release : "", 0);
	put_losses(json, &profile->losses);
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
}

__u32 firefox_text(struct firefox *firefox, const char *text)
{
	__u32 number = 0;

	if (intern_add(&firefox->texts, text, &number) < 0)
		output_fail(&firefox->json.output, -ENOMEM);
	return number;
}

static __u64 since_start(const struct profile *profile, __u64 time_ns)
{
	return time_ns > profile->first_ns ? time_ns - profile->first_ns : 0;
}

/* A weight can be a time or a number of samples, so what counts events counts samples here. */
static void put_samples(struct json *json, const struct profile *profile,
			const struct export_thread *thread)
{
	const int is_clock = export_is_clock(profile->events[thread->event].name);

	json_open(json, "samples", '{');
	json_number(json, "length", thread->sample_count);
	json_open(json, "stack", '[');
	for (__u64 i = 0; i < thread->sample_count; i++) {
		const __u32 node = profile->rows[thread->samples[i]->row].node;

		/* Without the root. */
		json_optional(json, NULL, node ? node - 1 : PROFILE_NONE);
	}
	json_close(json, ']');
	json_open(json, "time", '[');
	for (__u64 i = 0; i < thread->sample_count; i++)
		json_ms(json, NULL, since_start(profile, thread->samples[i]->time_ns));
	json_close(json, ']');
	json_text(json, "weightType", is_clock ? "tracing-ms" : "samples");
	if (is_clock) {
		json_open(json, "weight", '[');
		for (__u64 i = 0; i < thread->sample_count; i++)
			json_ms(json, NULL, thread->samples[i]->weight);
		json_close(json, ']');
		json_open(json, "threadCPUDelta", '[');
		for (__u64 i = 0; i < thread->sample_count; i++)
			json_number(json, NULL, thread->samples[i]->weight);
		json_close(json, ']');
	} else {
		json_null(json, "weight");
	}
	json_close(json, '}');
}

static void put_markers(struct json *json)
{
	static const char *const columns[] = {
		"data", "name", "startTime", "endTime", "phase", "category",
	};

	json_open(json, "markers", '{');
	json_number(json, "length", 0);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		json_open(json, columns[i], '[');
		json_close(json, ']');
	}
	json_close(json, '}');
}

/* "make", or of several events "make (cycles)". */
static void put_thread_name(struct json *json, const struct profile *profile,
			    const struct export_thread *thread)
{
	const char *comm = profile->whos[thread->who].comm;

	json_text_begin(json, "name");
	json_text_add(json, comm);
	if (profile->event_count > 1) {
		json_text_add(json, comm[0] ? " (" : "(");
		json_text_add(json, profile->events[thread->event].name);
		json_text_add(json, ")");
	}
	json_text_end(json);
}

static void put_thread(struct json *json, const struct profile *profile,
		       const struct export_thread *thread, const char *process)
{
	char pid[11];

	snprintf(pid, sizeof(pid), "%u", thread->pid == PROFILE_NONE ? 0 : thread->pid);
	json_open(json, NULL, '{');
	json_text(json, "processType", "default");
	json_text(json, "processName", process);
	json_number(json, "processStartupTime", 0);
	json_null(json, "processShutdownTime");
	json_ms(json, "registerTime", since_start(profile, thread->samples[0]->time_ns));
	json_null(json, "unregisterTime");
	json_open(json, "pausedRanges", '[');
	json_close(json, ']');
	put_thread_name(json, profile, thread);
	json_bool(json, "isMainThread", thread->pid == thread->tid);
	json_text(json, "pid", pid);
	json_number(json, "tid", thread->tid == PROFILE_NONE ? 0 : thread->tid);
	put_samples(json, profile, thread);
	put_markers(json);
	json_close(json, '}');
}

/* A process has the name of its main thread, which stands first. */
static void put_threads(struct json *json, const struct profile *profile,
			const struct export_threads *threads)
{
	const char *process = "";

	json_open(json, "threads", '[');
	for (__u32 i = 0; i < threads->count; i++) {
		const struct export_thread *thread = &threads->threads[i];

		if (!i || thread->pid != thread[-1].pid || thread->event != thread[-1].event)
			process = profile->whos[thread->who].comm;
		put_thread(json, profile, thread, process);
	}
	json_close(json, ']');
}

int export_firefox(const struct profile *profile, FILE *to)
{
	struct firefox firefox = { .profile = profile };
	struct export_threads threads;

	if (!profile->keeps_samples)
		return -EINVAL;
	if (export_threads(&threads, profile, EXPORT_BY_THREAD) < 0)
		return -ENOMEM;
	json_start(&firefox.json, to);
	json_open(&firefox.json, NULL, '{');
	put_meta(&firefox.json, profile);
	firefox_put_tables(&firefox);
	put_threads(&firefox.json, profile, &threads);
	json_close(&firefox.json, '}');
	intern_free(&firefox.texts);
	export_threads_free(&threads);
	return json_end(&firefox.json);
}
