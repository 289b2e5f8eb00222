/* SPDX-License-Identifier: MIT */
/*
 * PMU events: terms become bits of attr by the PMU's own formats. What must stay true: only the
 * terms that are written, and those of the named event among them, are looked up.
 */
#include "terms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "glob.h"
#include "listing.h"
#include "names.h"
#include "number.h"
#include "../explain/why.h"

static void put(struct perf_event_attr *attr, const struct format *format, __u64 value)
{
	__u64 *config = perfev_config_of(attr, format->number);

	*config = (*config & ~format->bits) | perfev_format_scatter(format->bits, value);
}

/* Whether one of the terms has that name and a value. */
static int is_given(const struct terms *terms, struct slice name)
{
	for (unsigned int i = 0; i < terms->count; i++)
		if (terms->list[i].has_value && terms->list[i].name.length == name.length &&
		    !memcmp(terms->list[i].name.at, name.at, name.length))
			return 1;
	return 0;
}

static int fail_event_file(struct parser *parser, const struct pmu *pmu, struct slice event,
			   int error)
{
	char file[160];

	snprintf(file, sizeof(file), "%.40s/events/%.*s", pmu->name, SHOWN(event));
	return perfev_parse_fail_file(parser, event.at, error, file);
}

/* Puts one term of a named event. Returns 0, or a negative errno that is told. */
static int put_named(struct parser *parser, const struct pmu *pmu, const struct terms *terms,
		     struct slice event, struct slice term, struct perf_event_attr *attr)
{
	const char *equals = memchr(term.at, '=', term.length);
	struct slice name = { term.at, equals ? (size_t)(equals - term.at) : term.length };
	struct slice value = { equals ? equals + 1 : "1",
			       equals ? term.length - name.length - 1 : 1 };
	struct format format = { 0, ~(__u64)0 };
	int config = perfev_terms_config(name), result;
	__u64 number;

	if (perfev_word_is(value.at, value.length, "?")) {
		if (is_given(terms, name))
			return 0;
		result = perfev_parse_fail(parser, event.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					   "the event '%.*s' needs a value for '%.*s'",
					   SHOWN(event), SHOWN(name));
		perfev_why_remedy(parser->why, "write %.40s/%.*s,%.*s=VALUE/", pmu->name,
				  SHOWN(event), SHOWN(name));
		return result;
	}
	result = perfev_number_read(value.at, value.length, &number) < 0 ? -EBADMSG : 0;
	if (result == 0 && perfev_word_is(name.at, name.length, "period")) {
		/* What the kernel thinks it should be sampled by; no part of its config. */
		attr->sample_period = number;
		return 0;
	}
	if (result == 0 && config < 0)
		result = perfev_pmu_format(pmu, name.at, name.length, &format);
	else
		format.number = (unsigned int)config;
	if (result < 0)
		return fail_event_file(parser, pmu, event, result == -ENOENT ? -EBADMSG : result);
	put(attr, &format, number);
	return 0;
}

/* Puts all terms of a named event. */
static int put_event(struct parser *parser, const struct pmu *pmu, const struct terms *terms,
		     struct slice event, const struct pmu_event *named,
		     struct perf_event_attr *attr)
{
	const char *at = named->terms;
	int result = 0;

	while (result == 0 && *at) {
		struct slice term = { at, strcspn(at, ",") };

		at += term.length + (at[term.length] == ',');
		result = put_named(parser, pmu, terms, event, term, attr);
	}
	return result;
}

static int too_wide(struct parser *parser, const struct term *term, __u64 bits)
{
	struct perfev_why *why = parser->why;
	__u64 most = perfev_format_gather(bits, bits);
	int result = perfev_parse_fail(
		parser, term->value_at ? term->value_at : term->name.at, PERFEV_CAUSE_VALUE, EINVAL,
		"'%.*s' has %d bits, and takes at most 0x%llx", SHOWN(term->name),
		__builtin_popcountll(bits), (unsigned long long)most);

	if (why) {
		snprintf(why->field, sizeof(why->field), "%.*s", SHOWN(term->name));
		why->value = term->value;
	}
	return result;
}

/*
 * Takes a generic name for one PMU's own: "cpu_atom/cycles/" is that of one kind of core.
 * Returns 1, 0 when it is none or this no core's PMU, or a negative errno that is told.
 */
static int put_generic(struct parser *parser, const struct pmu *pmu, struct slice name,
		       struct perf_event_attr *attr)
{
	const struct generic_name *generic = perfev_generic_find(name.at, name.length);
	const struct cores *cores = &parser->cores;
	unsigned int core = 0;
	__u64 config;
	int result;

	if (generic && generic->type == PERF_TYPE_SOFTWARE)
		return 0;
	if (!generic && perfev_cache_read(name.at, name.length, &config) != 1)
		return 0;
	result = perfev_parse_cores(parser);
	if (result < 0)
		return result;
	while (core < cores->count && strcmp(cores->list[core].name, pmu->name) != 0)
		core++;
	if (core == cores->count)
		return 0;
	attr->type = generic ? generic->type : PERF_TYPE_HW_CACHE;
	attr->config = generic ? generic->config : config;
	if (cores->hybrid)
		attr->config |= (__u64)pmu->type << PERF_PMU_TYPE_SHIFT;
	return 1;
}

/* Puts a term that is one of the PMU's formats, or the only one, a raw code or a generic name. */
static int put_term(struct parser *parser, const struct pmu *pmu, const struct terms *terms,
		    const struct term *term, struct perf_event_attr *attr)
{
	int alone = terms->count == 1 && !terms->configs && !term->has_value;
	struct format format;
	__u64 raw;
	int result = perfev_pmu_format(pmu, term->name.at, term->name.length, &format);

	if (result == -ENOENT && alone) {
		result = put_generic(parser, pmu, term->name, attr);
		if (result)
			return result < 0 ? result : 0;
		result = -ENOENT;
	}
	if (result == -ENOENT && alone &&
	    perfev_number_read_raw(term->name.at, term->name.length, &raw)) {
		attr->config = raw;
		return 0;
	}
	if (result == -ENOENT)
		return perfev_unknown_term(parser, pmu, term->name, term->has_value);
	if (result < 0)
		return perfev_parse_fail_file(parser, term->name.at, result, "a PMU's format");
	if (term->value > perfev_format_gather(format.bits, format.bits))
		return too_wide(parser, term, format.bits);
	put(attr, &format, term->value);
	return 0;
}

/*
 * Finds the named event among the terms; *number is its place, or their count when none is one.
 * Only a term without a value can be an event.
 */
static int find_event(struct parser *parser, const struct pmu *pmu, const struct terms *terms,
		      unsigned int *number, struct pmu_event *named)
{
	*number = terms->count;
	for (unsigned int i = 0; i < terms->count; i++) {
		struct slice name = terms->list[i].name;
		int result;

		if (terms->list[i].has_value)
			continue;
		if (*number < terms->count) {
			if (!perfev_pmu_has_event(pmu, name.at, name.length))
				continue;
			return perfev_parse_fail(parser, name.at, PERFEV_CAUSE_CONFLICT, EINVAL,
						 "'%.*s' is a second event between the slashes",
						 SHOWN(name));
		}
		result = perfev_pmu_event(pmu, name.at, name.length, named);
		if (result == 0)
			*number = i;
		else if (result != -ENOENT)
			return fail_event_file(parser, pmu, name, result);
	}
	return 0;
}

/* Encodes terms. What is written overrides what the named event has in the same bits. */
static int encode(struct parser *parser, const struct pmu *pmu, const struct terms *terms,
		  struct perf_event_attr *attr, struct pmu_event *named)
{
	unsigned int event;
	int result;

	memset(attr, 0, sizeof(*attr));
	attr->size = sizeof(*attr);
	attr->type = pmu->type;
	named->unit[0] = '\0';
	named->scale = 1.0;
	for (unsigned int i = 0; i < CONFIGS; i++)
		*perfev_config_of(attr, i) = terms->config[i];
	result = find_event(parser, pmu, terms, &event, named);
	if (result == 0 && event < terms->count)
		result = put_event(parser, pmu, terms, terms->list[event].name, named, attr);
	for (unsigned int i = 0; result == 0 && i < terms->count; i++)
		if (i != event)
			result = put_term(parser, pmu, terms, &terms->list[i], attr);
	return result;
}

int perfev_parse_add_encoded(struct parser *parser, const char *at, const struct pmu *pmu,
			     const struct perf_event_attr *attr, const struct pmu_event *named)
{
	struct slice unit = { named->unit, strlen(named->unit) };
	char list[SYSFS_TEXT];
	struct perfev_event *event;
	int result, place = perfev_pmu_place(pmu, list);

	if (place < 0)
		return perfev_parse_fail_file(parser, at, place, "a PMU's list of CPUs");
	result = perfev_parse_add(parser, at, pmu->name, &event);
	if (result == 0)
		result = perfev_parse_keep(parser, unit, &event->unit);
	if (result < 0)
		return result;
	event->attr = *attr;
	event->scale = named->scale;
	event->cpu_bound = place == PMU_UNCORE;
	return perfev_parse_cpus(parser, at, list, &event->cpus, &event->cpu_count);
}

static int add(struct parser *parser, const char *at, const struct pmu *pmu,
	       const struct terms *terms)
{
	struct perf_event_attr attr;
	struct pmu_event named;
	int result = encode(parser, pmu, terms, &attr, &named);

	return result < 0 ? result : perfev_parse_add_encoded(parser, at, pmu, &attr, &named);
}

int perfev_parse_named(struct parser *parser, const struct pmu *pmu, struct slice name)
{
	struct terms terms = { .count = 1 };

	terms.list[0].name = name;
	return add(parser, name.at, pmu, &terms);
}

/*
 * Whether a PMU's name is meant by a pattern: as it is or without "uncore_", and with the number of
 * a box left out, "imc" for "uncore_imc_0".
 */
static int is_meant(const char *pattern, size_t length, const char *name)
{
	if (perfev_glob_is(pattern, length)) {
		if (perfev_glob_match(pattern, length, name))
			return 1;
		return !strncmp(name, "uncore_", 7) && perfev_glob_match(pattern, length, name + 7);
	}
	if (!strncmp(name, "uncore_", 7) && strncmp(pattern, "uncore_", 7) != 0)
		name += 7;
	if (strncmp(name, pattern, length) != 0)
		return 0;
	name += length;
	if (*name == '_' && name[1])
		name += 1 + strspn(name + 1, "0123456789");
	return !*name;
}

/*
 * Adds the event for every PMU of a list that has it. A pattern may well match PMUs that have not;
 * only where none has, that is an error.
 */
static int add_each(struct parser *parser, const char *at, const struct listing *listing,
		    const struct terms *terms)
{
	int result = 0, added = 0;

	for (unsigned int i = 0; i < listing->count; i++) {
		struct pmu pmu;

		result = perfev_pmu_find(&pmu, &parser->machine, listing->names[i],
					 strlen(listing->names[i]));
		if (result < 0 && result != -ENOENT)
			return perfev_parse_fail_file(parser, at, result, "a PMU's type");
		if (result < 0)
			continue;
		result = add(parser, at, &pmu, terms);
		if (result < 0 && result != -ENOENT)
			return result;
		added |= result == 0;
	}
	return added ? 1 : result;
}

int perfev_parse_pmu(struct parser *parser, struct slice name, const struct terms *terms)
{
	struct listing listing;
	struct pmu pmu;
	int result = perfev_pmu_find(&pmu, &parser->machine, name.at, name.length);

	if (result == 0) {
		result = add(parser, name.at, &pmu, terms);
		return result < 0 ? result : 1;
	}
	if (result != -ENOENT)
		return perfev_parse_fail_file(parser, name.at, result, "a PMU's type");
	if (!perfev_is_file_name(name.at, name.length))
		return 0;
	result = perfev_listing_read(&listing, &parser->machine.devices, "", is_meant, name.at,
				     name.length);
	if (result == -ENOENT)
		return 0;
	if (result < 0)
		return perfev_parse_fail_file(parser, name.at, result, "the list of PMUs");
	result = add_each(parser, name.at, &listing, terms);
	perfev_listing_free(&listing);
	return result;
}
