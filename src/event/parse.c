/* SPDX-License-Identifier: MIT */
/*
 * The grammar: lists of events and of groups, and which reader a name belongs to. A text is read
 * from its first byte to its last, once and without recursion.
 */
#define _GNU_SOURCE /* memrchr() */
#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "breakpoint.h"
#include "groups.h"
#include "modifiers.h"
#include "names.h"
#include "number.h"
#include "probe.h"
#include "terms.h"
#include "../explain/why.h"

#define LONGEST_TEXT (1U << 20)

/* What ends an event, when no slash or colon has a meaning any more. */
#define END " \t\n,{}"

static void skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, " \t\n");
}

/* The text from here up to a byte of stop. */
static struct slice upto(const char *at, const char *stop)
{
	struct slice slice = { at, strcspn(at, stop) };

	return slice;
}

/* Reads "TYPE:CONFIG", both numbers. Returns 1, 0 when it is none, or an errno that is told. */
static int read_numbers(struct parser *parser, struct slice word, struct slice rest)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	__u64 type, config;
	int result;

	if (perfev_number_read(word.at, word.length, &type) < 0 ||
	    perfev_number_read(rest.at, rest.length, &config) < 0)
		return 0;
	if (type > ~(__u32)0)
		return perfev_parse_fail(parser, word.at, PERFEV_CAUSE_VALUE, EINVAL,
					 "the number of a PMU has at most 32 bits");
	attr.type = (__u32)type;
	attr.config = config;
	result = perfev_parse_numbers(parser, word, &attr);
	parser->at = rest.at + rest.length;
	return result < 0 ? result : 1;
}

/*
 * Reads a name with a colon that no reader of single words took: a tracepoint, or a vendor's event,
 * of which a colon may be part. Modifiers may be behind either.
 */
static int read_with_colon(struct parser *parser, struct slice word)
{
	struct slice name = upto(word.at + word.length + 1, END ":/");
	struct slice all = upto(word.at, END);
	const char *last = memrchr(all.at, ':', all.length);
	struct slice tail = { last + 1, (size_t)(all.at + all.length - last - 1) };
	int result = read_numbers(parser, word, name), is_short = perfev_modifiers_are(name);

	if (result)
		return result;
	if (is_short && (result = perfev_parse_core_event(parser, word)))
		return result;
	if (perfev_modifiers_are(tail)) {
		struct slice body = { all.at, (size_t)(last - all.at) };

		result = perfev_parse_vendor(parser, body);
		if (result) {
			parser->at = last;
			return result;
		}
	}
	result = perfev_parse_tracepoint(parser, word, name);
	if (result) {
		parser->at = name.at + name.length;
		return result;
	}
	result = perfev_parse_vendor(parser, all);
	if (result) {
		parser->at = all.at + all.length;
		return result;
	}
	return is_short && tail.at == name.at ? perfev_unknown_word(parser, word) :
						perfev_unknown_tracepoint(parser, word, name);
}

/* Reads a name that ends here. */
static int read_word(struct parser *parser, struct slice word)
{
	int result = perfev_parse_core_event(parser, word);

	if (!result)
		result = perfev_parse_vendor(parser, word);
	return result ? result : perfev_unknown_word(parser, word);
}

/* Reads what stands between slashes, if anything does, for an event that is no PMU's. */
static int read_common_terms(struct parser *parser, struct slice event, struct terms *terms)
{
	int result;

	if (*parser->at != '/')
		return 0;
	parser->at++;
	result = perfev_terms_read(parser, terms);
	return result < 0 ? result : perfev_terms_refuse(parser, terms, event);
}

/* Reads a PMU's event. */
static int read_of_pmu(struct parser *parser, struct slice name, struct terms *terms)
{
	int result;

	parser->at++;
	result = perfev_terms_read(parser, terms);
	if (result < 0)
		return result;
	result = perfev_parse_pmu(parser, name, terms);
	return result ? result : perfev_unknown_pmu(parser, name);
}

/* Reads an event up to its modifiers. Returns a positive number, or a negative errno, told. */
static int read_name(struct parser *parser, struct terms *terms)
{
	struct slice word = upto(parser->at, END ":/");
	int result;

	if (!strncmp(parser->at, "mem:", 4))
		return perfev_parse_breakpoint(parser);
	if (perfev_probe_is(parser->at))
		return perfev_parse_probe(parser);
	if (!word.length)
		return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "an event is missing here");
	result = perfev_parse_generic(parser, word);
	parser->at += word.length;
	if (result < 0)
		return result;
	if (!result && *parser->at == '/')
		return read_of_pmu(parser, word, terms);
	if (!result)
		result = *parser->at == ':' ? read_with_colon(parser, word) :
					      read_word(parser, word);
	if (result < 0)
		return result;
	result = read_common_terms(parser, word, terms);
	return result < 0 ? result : 1;
}

/* Reads modifiers: behind a colon, or right behind the second slash of terms. */
static int read_modifiers(struct parser *parser, struct modifiers *modifiers)
{
	int colon = *parser->at == ':', result;

	parser->at += colon;
	result = perfev_modifiers_read(parser, modifiers);
	if (result == 0 && colon && !modifiers->text.length)
		return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "modifiers are missing behind the ':'");
	return result;
}

/* Gives the events from first on what the text said of all of them. */
static int finish_events(struct parser *parser, unsigned int first, const char *start,
			 const struct terms *terms, const struct modifiers *modifiers)
{
	struct slice whole = { start, (size_t)(parser->at - start) };
	const char *name = NULL;
	int result = 0;

	if (terms->name.at)
		whole = terms->name;
	for (unsigned int i = first; result == 0 && i < parser->events->count; i++) {
		struct perfev_event *event = &parser->events->list[i];

		perfev_terms_apply(terms, &event->attr);
		result = perfev_modifiers_apply(parser, modifiers, 0, event);
		if (result == 0 && event->name[0] && !terms->name.at) {
			result = perfev_modifiers_name(parser, modifiers, &event->name);
		} else if (result == 0) {
			if (!name)
				result = perfev_parse_keep(parser, whole, &name);
			event->name = name;
		}
	}
	return result;
}

/* Reads one event with its modifiers. grouping is NULL where it stands alone. */
static int read_event(struct parser *parser, struct grouping *grouping)
{
	unsigned int first = parser->events->count;
	const char *start = parser->at;
	struct modifiers modifiers;
	struct terms terms;
	int result;

	memset(&terms, 0, sizeof(terms));
	result = read_name(parser, &terms);
	if (result < 0)
		return result;
	if (grouping && perfev_grouping_add(grouping, parser->events, first) < 0)
		return perfev_why_no_memory(parser->why, "groups");
	memset(&modifiers, 0, sizeof(modifiers));
	if (*parser->at == ':' || parser->at[-1] == '/')
		result = read_modifiers(parser, &modifiers);
	else
		result = 0;
	if (result == 0)
		result = finish_events(parser, first, start, &terms, &modifiers);
	parser->events->logical++;
	return result;
}

/* Refuses what stands behind an event or a group and is neither a comma nor an end. */
static int read_separator(struct parser *parser, char closing)
{
	skip_blanks(parser);
	if (*parser->at == ',' || *parser->at == closing)
		return 0;
	return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
				 !*parser->at       ? "a '}' is missing at the end of the group" :
				 *parser->at == '{' ? "a group cannot begin here" :
						      "a ',' is missing here");
}

/* Reads the events of a group up to its brace. */
static int read_members(struct parser *parser, struct grouping *grouping)
{
	int result;

	do {
		parser->at++;
		skip_blanks(parser);
		if (*parser->at == '{')
			return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "a group cannot be in a group");
		result = read_event(parser, grouping);
		if (result == 0)
			result = read_separator(parser, '}');
		if (result < 0)
			return result;
	} while (*parser->at == ',');
	parser->at++;
	return 0;
}

/* Reads a group and its modifiers. */
static int read_group(struct parser *parser)
{
	unsigned int first = parser->events->count;
	struct grouping grouping = { NULL, 0, 0 };
	struct modifiers modifiers;
	int result = read_members(parser, &grouping);

	perfev_grouping_free(&grouping);
	if (result < 0 || *parser->at != ':')
		return result;
	result = read_modifiers(parser, &modifiers);
	for (unsigned int i = first; result == 0 && i < parser->events->count; i++)
		result = perfev_modifiers_apply(parser, &modifiers, 1, &parser->events->list[i]);
	return result;
}

static int read_list(struct parser *parser)
{
	int result;

	for (;;) {
		skip_blanks(parser);
		result = *parser->at == '{' ? read_group(parser) : read_event(parser, NULL);
		if (result == 0)
			result = read_separator(parser, '\0');
		if (result < 0 || !*parser->at)
			return result;
		parser->at++;
	}
}

static int begin(struct parser *parser, const char *text,
		 const struct perfev_event_options *options, struct perfev_why *why)
{
	size_t length = strnlen(text, LONGEST_TEXT + 1);
	int result;

	memset(parser, 0, sizeof(*parser));
	parser->why = why;
	parser->text = parser->at = text;
	parser->end = text + length;
	result = perfev_machine_begin(&parser->machine, options);
	if (result < 0)
		return perfev_parse_fail(
			parser, NULL, PERFEV_CAUSE_ARGUMENT, E2BIG,
			"the options have fields that this libperfev does not know");
	if (length > LONGEST_TEXT)
		return perfev_parse_fail(parser, NULL, PERFEV_CAUSE_ARGUMENT, E2BIG,
					 "the text is longer than 1 MiB");
	parser->events = calloc(1, sizeof(*parser->events));
	return parser->events ? 0 : perfev_why_no_memory(why, "events");
}

int perfev_events_parse(struct perfev_events **out, const char *text,
			const struct perfev_event_options *options, struct perfev_why *why)
{
	struct parser parser;
	int result;

	*out = NULL;
	perfev_why_clear(why);
	result = begin(&parser, text, options, why);
	if (result < 0)
		return result;
	result = read_list(&parser);
	if (result < 0) {
		perfev_events_free(parser.events);
		return result;
	}
	/* What was tried before the right reading was found is no failure. */
	perfev_why_clear(why);
	*out = parser.events;
	return 0;
}
