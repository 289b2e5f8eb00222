/* SPDX-License-Identifier: MIT */
/*
 * Events that are one word: generic names, caches, raw codes, events of the core PMU, and a
 * vendor's. On a hybrid processor each is one for each core PMU that has it.
 */
#include "parser.h"

#include <errno.h>
#include <string.h>

#include "names.h"
#include "number.h"
#include "../explain/why.h"

/* Adds an event of a core PMU, which counts tasks, but only on its own kind of core. */
static int add_of_core(struct parser *parser, const char *at, const struct pmu *pmu, __u32 type,
		       __u64 config)
{
	char list[SYSFS_TEXT];
	struct perfev_event *event;
	int result = perfev_parse_add(parser, at, pmu->name, &event);

	if (result < 0)
		return result;
	event->attr.type = type;
	event->attr.config = config;
	if (!parser->cores.hybrid)
		return 0;
	result = perfev_pmu_place(pmu, list);
	if (result < 0)
		return perfev_parse_fail_file(parser, at, result, "a PMU's cpus");
	return perfev_parse_cpus(parser, at, list, &event->cpus, &event->cpu_count);
}

/* Adds what the processor counts: one event, or one for each of the core PMUs. */
static int add_hardware(struct parser *parser, const char *at, __u32 type, __u64 config)
{
	struct cores *cores = &parser->cores;
	struct perfev_event *event;
	int result = perfev_parse_cores(parser);

	if (result < 0)
		return result;
	if (!cores->count) {
		/* The name is sound all the same: who opens it is told why there is none. */
		result = perfev_parse_add(parser, at, "cpu", &event);
		if (result == 0) {
			event->attr.type = type;
			event->attr.config = config;
		}
		return result;
	}
	for (unsigned int i = 0; result == 0 && i < cores->count; i++) {
		const struct pmu *pmu = &cores->list[i];

		if (type == PERF_TYPE_RAW)
			result = add_of_core(parser, at, pmu, pmu->type, config);
		else
			result = add_of_core(
				parser, at, pmu, type,
				cores->hybrid ? config | (__u64)pmu->type << PERF_PMU_TYPE_SHIFT :
						config);
	}
	return result;
}

static int add_software(struct parser *parser, const char *at, __u64 config)
{
	struct perfev_event *event;
	int result = perfev_parse_add(parser, at, "software", &event);

	if (result < 0)
		return result;
	event->attr.type = PERF_TYPE_SOFTWARE;
	event->attr.config = config;
	return 0;
}

int perfev_parse_generic(struct parser *parser, struct slice word)
{
	const struct generic_name *generic = perfev_generic_find(word.at, word.length);
	__u64 config;
	int result;

	if (generic && generic->type == PERF_TYPE_SOFTWARE) {
		result = add_software(parser, word.at, generic->config);
	} else if (generic) {
		result = add_hardware(parser, word.at, generic->type, generic->config);
	} else {
		result = perfev_cache_read(word.at, word.length, &config);
		if (result == -ENOENT)
			return perfev_parse_fail(parser, word.at, PERFEV_CAUSE_NAME, ENOENT,
						 "'%.*s' is an operation that this cache is never "
						 "asked for",
						 SHOWN(word));
		if (result == 1)
			result = add_hardware(parser, word.at, PERF_TYPE_HW_CACHE, config);
		else if (perfev_number_read_raw(word.at, word.length, &config))
			result = add_hardware(parser, word.at, PERF_TYPE_RAW, config);
		else
			return 0;
	}
	return result < 0 ? result : 1;
}

int perfev_parse_core_event(struct parser *parser, struct slice word)
{
	int result = perfev_parse_cores(parser), found = 0;

	for (unsigned int i = 0; result == 0 && i < parser->cores.count; i++) {
		const struct pmu *pmu = &parser->cores.list[i];

		if (!perfev_pmu_has_event(pmu, word.at, word.length))
			continue;
		result = perfev_parse_named(parser, pmu, word);
		found = 1;
	}
	return result < 0 ? result : found;
}

int perfev_parse_numbers(struct parser *parser, struct slice text,
			 const struct perf_event_attr *attr)
{
	static const char *const fixed[] = { "cpu", "software", "tracepoint",
					     "cpu", "cpu",      "breakpoint" };
	const struct pmu_event plain = { .scale = 1.0 };
	struct perfev_event *event;
	struct pmu pmu;
	int result;

	if (attr->type < sizeof(fixed) / sizeof(fixed[0])) {
		result = perfev_parse_add(parser, text.at, fixed[attr->type], &event);
		if (result == 0)
			event->attr = *attr;
		return result;
	}
	result = perfev_pmu_find_type(&pmu, &parser->machine, attr->type);
	if (result == -ENOENT)
		return perfev_parse_fail(parser, text.at, PERFEV_CAUSE_NAME, ENOENT,
					 "no PMU here has the number %u of '%.*s'", attr->type,
					 SHOWN(text));
	if (result < 0)
		return perfev_parse_fail_file(parser, text.at, result, "a PMU's type");
	return perfev_parse_add_encoded(parser, text.at, &pmu, attr, &plain);
}

int perfev_parse_vendor(struct parser *parser, struct slice text)
{
	struct perf_event_attr attr;
	int result;

	if (!parser->machine.vendor)
		return 0;
	memset(&attr, 0, sizeof(attr));
	attr.size = sizeof(attr);
	result = parser->machine.vendor(text.at, text.length, &attr);
	if (result == 0)
		return 0;
	if (result == -ENOMEM)
		return perfev_why_no_memory(parser->why, "a vendor's event");
	if (result < 0)
		return perfev_parse_fail(parser, text.at, PERFEV_CAUSE_NAME, -result,
					 "the vendor's names refuse '%.*s': %s", SHOWN(text),
					 strerror(-result));
	attr.size = sizeof(attr);
	result = perfev_parse_numbers(parser, text, &attr);
	return result < 0 ? result : 1;
}
