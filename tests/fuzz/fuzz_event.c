/* SPDX-License-Identifier: MIT */
/*
 * Any text as events of a small machine, the tree of files in sysfs beside this: it is refused in
 * words that point into the text, or becomes attributes that can be written and read again.
 */
#include "fuzz.h"

#include <perfev/event.h>

#include <string.h>

static const struct perfev_event_options options = {
	.size = sizeof(options),
	.sysfs = FUZZ_SYSFS,
};

/* Whether both are the same event, but for sampling and reading, which are not in its name. */
static int is_same(const struct perf_event_attr *a, const struct perf_event_attr *b)
{
	/* The kprobe and uprobe of the tree beside this: config1 points to a function or path. */
	int probe = a->type == 8 || a->type == 9;
	const char *first = (const char *)(uintptr_t)a->config1;
	const char *second = (const char *)(uintptr_t)b->config1;

	if (probe ? !first != !second || (first && strcmp(first, second) != 0) :
		    a->config1 != b->config1)
		return 0;
	return a->type == b->type && a->config == b->config && a->config2 == b->config2 &&
	       a->config3 == b->config3 && a->config4 == b->config4 && a->bp_type == b->bp_type &&
	       a->precise_ip == b->precise_ip && a->exclude_user == b->exclude_user &&
	       a->exclude_kernel == b->exclude_kernel && a->exclude_hv == b->exclude_hv &&
	       a->exclude_idle == b->exclude_idle && a->exclude_host == b->exclude_host &&
	       a->exclude_guest == b->exclude_guest;
}

/* An attribute's text, where it has one, is that of the same event and no other. */
static void check_text(const struct perf_event_attr *attr)
{
	static char text[70000];
	struct perfev_events *again;
	struct perfev_why why;
	int length = perfev_event_format(text, sizeof(text), attr, &options), result;

	if (length < 0)
		return;
	CHECK(length < (int)sizeof(text) && strlen(text) == (size_t)length);
	result = perfev_events_parse(&again, text, &options, &why);
	if (result < 0)
		fprintf(stderr, "%s: %s\n", text, why.text);
	CHECK(result == 0);
	CHECK(perfev_events_count(again) == 1);
	CHECK(is_same(attr, &perfev_events_get(again, 0)->attr));
	perfev_events_free(again);
}

static void check_event(const struct perfev_events *events, unsigned int number)
{
	const struct perfev_event *event = perfev_events_get(events, number);

	CHECK(event && event->name && event->pmu && event->unit);
	CHECK(event->attr.size);
	CHECK(event->logical < perfev_events_logical_count(events));
	CHECK(event->cpu_count == 0 || event->cpus);
	/* Members stand behind their leader. */
	if (event->group != PERFEV_EVENT_ALONE && !event->leads)
		CHECK(number && perfev_events_get(events, number - 1)->group == event->group);
	/* A pattern becomes many; their texts differ in little. */
	if (number < 8)
		check_text(&event->attr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct perfev_events *events;
	struct perfev_why why;
	int result;

	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	result = perfev_events_parse(&events, text, &options, &why);
	if (result < 0) {
		CHECK(!events);
		CHECK(why.error == -result && why.cause != PERFEV_CAUSE_NONE && why.text[0]);
		CHECK(why.position >= -1 && why.position <= (long)strlen(text));
	} else {
		CHECK(result == 0 && perfev_events_count(events) > 0);
		for (unsigned int i = 0; i < perfev_events_count(events); i++)
			check_event(events, i);
		CHECK(!perfev_events_get(events, perfev_events_count(events)));
	}
	perfev_events_free(events);
	free(text);
	return 0;
}
