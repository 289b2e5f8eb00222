/* SPDX-License-Identifier: MIT */
/*
 * What the readers of each kind of event share: the text, the machine and where failures are told.
 * A reader adds its events to parser->events, without modifiers, and never steps over a byte that
 * it has not understood.
 */
#ifndef PERFEV_SRC_EVENT_PARSER_H
#define PERFEV_SRC_EVENT_PARSER_H

#include "cores.h"
#include "events.h"
#include "pmu.h"

/* A part of the text. */
struct slice {
	const char *at;
	size_t length;
};

struct parser {
	struct machine machine;
	struct cores cores;
	struct perfev_events *events;
	struct perfev_why *why;
	const char *text;
	const char *end;
	const char *at; /* the next byte to be read; *end is a zero byte */
	int hidden;     /* tracefs has what may be the tracepoint, and it is not ours to read */
};

struct terms;

/* For "%.*s": a part of the text, cut to what fits into a message. */
#define SHOWN(slice) (int)((slice).length < 80 ? (slice).length : 80), (slice).at

/* Tells a failure at a byte of the text, or nowhere (NULL). Returns -error. */
__attribute__((format(printf, 5, 6))) int perfev_parse_fail(struct parser *parser, const char *at,
							    enum perfev_cause cause, int error,
							    const char *format, ...);

/* Tells that a file of sysfs or tracefs could not be read, or makes no sense. Returns error. */
int perfev_parse_fail_file(struct parser *parser, const char *at, int error, const char *file);

/* Adds an event of a PMU. Its name is kept. Returns 0, or a negative errno that is told. */
int perfev_parse_add(struct parser *parser, const char *at, const char *pmu,
		     struct perfev_event **out);

/* Keeps a text as perfev_events_keep(). Returns 0, or -ENOMEM that is told. */
int perfev_parse_keep(struct parser *parser, struct slice slice, const char **out);

/* Keeps the numbers of a list of CPUs. Returns 0, or a negative errno that is told. */
int perfev_parse_cpus(struct parser *parser, const char *at, const char *list, const int **cpus,
		      unsigned int *count);

/* Finds the core PMUs if that has not been done. Returns 0, or a negative errno that is told. */
int perfev_parse_cores(struct parser *parser);

/*
 * Readers. Each returns 1 when it has added events, 0 when the name is none of its kind, or a
 * negative errno that is told.
 */
int perfev_parse_generic(struct parser *parser, struct slice word);
int perfev_parse_core_event(struct parser *parser, struct slice word);
int perfev_parse_vendor(struct parser *parser, struct slice text);
int perfev_parse_pmu(struct parser *parser, struct slice name, const struct terms *terms);
int perfev_parse_tracepoint(struct parser *parser, struct slice system, struct slice name);

/* Adds an event that is told by its numbers. Returns 0, or a negative errno that is told. */
int perfev_parse_numbers(struct parser *parser, struct slice text,
			 const struct perf_event_attr *attr);

/* Adds one of a PMU's named events. Returns 0, or a negative errno that is told. */
int perfev_parse_named(struct parser *parser, const struct pmu *pmu, struct slice name);

/* These read the rest of the event from parser->at, up to its modifiers. */
int perfev_parse_breakpoint(struct parser *parser);
int perfev_parse_probe(struct parser *parser);

/* Adds an event of a PMU with what was encoded for it. Returns 0, or an errno that is told. */
int perfev_parse_add_encoded(struct parser *parser, const char *at, const struct pmu *pmu,
			     const struct perf_event_attr *attr, const struct pmu_event *named);

/*
 * Say what is wrong with a name that nothing has, and what is close to it. Return -ENOENT, or
 * another errno where that is the reason.
 */
int perfev_unknown_word(struct parser *parser, struct slice word);
int perfev_unknown_pmu(struct parser *parser, struct slice name);
int perfev_unknown_term(struct parser *parser, const struct pmu *pmu, struct slice term,
			int has_value);
int perfev_unknown_tracepoint(struct parser *parser, struct slice system, struct slice name);

#endif
