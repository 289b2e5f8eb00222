/* SPDX-License-Identifier: MIT */
/*
 * Terms. Those that every event has (config, name, period, freq) are understood here; what the
 * others mean only their PMU knows.
 */
#include "terms.h"

#include <errno.h>
#include <string.h>

#include "number.h"
#include "../explain/why.h"

int perfev_terms_config(struct slice word)
{
	if (word.length < 6 || word.length > 7 || strncmp(word.at, "config", 6) != 0)
		return -1;
	if (word.length == 6)
		return 0;
	return word.at[6] >= '1' && word.at[6] <= '4' ? word.at[6] - '0' : -1;
}

int perfev_terms_is_sampling(struct slice word)
{
	static const char *const words[] = {
		"aux-action", "aux-output", "aux-sample-size", "branch_type",   "call-graph",
		"inherit",    "max-stack",  "metric-id",       "no-inherit",    "no-overwrite",
		"nr",         "overwrite",  "percore",         "ratio-to-prev", "stack-size",
		"time",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (perfev_word_is(word.at, word.length, words[i]))
			return 1;
	return 0;
}

/* Steps over a word of a term, quoted or not. Returns 0 or -EINVAL that is told. */
static int read_word(struct parser *parser, const char *stop, struct slice *out)
{
	const char *at = parser->at;

	if (*at == '\'' || *at == '"') {
		const char *end = memchr(at + 1, *at, (size_t)(parser->end - at - 1));

		if (!end)
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "this quotation is not ended");
		out->at = at + 1;
		out->length = (size_t)(end - at - 1);
		parser->at = end + 1;
		return 0;
	}
	out->at = at;
	out->length = strcspn(at, stop);
	parser->at = at + out->length;
	return 0;
}

/* Reads a term's number. A value that is none is refused at its first byte. */
static int read_number(struct parser *parser, struct slice name, struct slice value, __u64 *out)
{
	int result = perfev_number_read(value.at, value.length, out);

	if (result == -ERANGE)
		return perfev_parse_fail(parser, value.at, PERFEV_CAUSE_VALUE, EINVAL,
					 "'%.*s' is a number of more than 64 bits", SHOWN(value));
	if (result < 0)
		return perfev_parse_fail(parser, value.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "'%.*s' takes a number, not '%.*s'", SHOWN(name),
					 SHOWN(value));
	return 0;
}

static int given_twice(struct parser *parser, struct slice name)
{
	return perfev_parse_fail(parser, name.at, PERFEV_CAUSE_SYNTAX, EINVAL,
				 "the term '%.*s' is given twice", SHOWN(name));
}

static int take_config(struct parser *parser, struct terms *terms, int number, struct slice name,
		       __u64 value)
{
	if (terms->configs >> number & 1)
		return given_twice(parser, name);
	if (!terms->configs)
		terms->config_at = name.at;
	terms->configs |= 1U << number;
	terms->config[number] = value;
	return 0;
}

static int take_rate(struct parser *parser, struct terms *terms, struct slice name, __u64 value,
		     __u64 *rate)
{
	if (terms->rate_at)
		return perfev_parse_fail(parser, name.at, PERFEV_CAUSE_CONFLICT, EINVAL,
					 "an event has one period or one frequency");
	if (!value)
		return perfev_parse_fail(parser, name.at, PERFEV_CAUSE_VALUE, EINVAL,
					 "'%.*s' takes a number above 0", SHOWN(name));
	terms->rate_at = name.at;
	*rate = value;
	return 0;
}

static int take_name(struct parser *parser, struct terms *terms, struct slice name,
		     struct slice value)
{
	if (terms->name.at)
		return given_twice(parser, name);
	terms->name = value;
	return 0;
}

static int take_own(struct parser *parser, struct terms *terms, const struct term *term)
{
	for (unsigned int i = 0; i < terms->count; i++)
		if (terms->list[i].name.length == term->name.length &&
		    !memcmp(terms->list[i].name.at, term->name.at, term->name.length))
			return given_twice(parser, term->name);
	if (terms->count == MOST_TERMS)
		return perfev_parse_fail(parser, term->name.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "an event has at most %d terms", MOST_TERMS);
	terms->list[terms->count++] = *term;
	return 0;
}

int perfev_terms_is_common(struct slice word)
{
	return perfev_terms_config(word) >= 0 || perfev_word_is(word.at, word.length, "name") ||
	       perfev_word_is(word.at, word.length, "period") ||
	       perfev_word_is(word.at, word.length, "freq");
}

/* Puts a term where it belongs. */
static int take(struct parser *parser, struct terms *terms, const struct term *term,
		struct slice value)
{
	int config = perfev_terms_config(term->name);

	if (perfev_word_is(term->name.at, term->name.length, "name"))
		return take_name(parser, terms, term->name, value);
	if (config >= 0)
		return take_config(parser, terms, config, term->name, term->value);
	if (perfev_word_is(term->name.at, term->name.length, "period"))
		return take_rate(parser, terms, term->name, term->value, &terms->period);
	if (perfev_word_is(term->name.at, term->name.length, "freq"))
		return take_rate(parser, terms, term->name, term->value, &terms->frequency);
	return take_own(parser, terms, term);
}

/* Reads "name", "name=number" or "name='text'". */
static int read_term(struct parser *parser, struct terms *terms)
{
	struct slice value = { NULL, 0 };
	struct term term = { .value = 1 };
	int result;

	term.name.at = parser->at;
	term.name.length = strcspn(parser->at, "=,/{}: '\"");
	parser->at += term.name.length;
	if (!term.name.length)
		return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 *parser->at ? "a term is missing here" :
						       "a '/' is missing at the end of the terms");
	if (*parser->at == '=') {
		parser->at++;
		result = read_word(parser, ",/", &value);
		if (result < 0)
			return result;
		term.value_at = value.at;
		term.has_value = 1;
	}
	if ((value.at || perfev_terms_is_common(term.name)) && !value.length)
		return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "the value of '%.*s' is missing", SHOWN(term.name));
	if (value.at && !perfev_word_is(term.name.at, term.name.length, "name")) {
		result = read_number(parser, term.name, value, &term.value);
		if (result < 0)
			return result;
	}
	return take(parser, terms, &term, value);
}

int perfev_terms_read(struct parser *parser, struct terms *out)
{
	int result;

	memset(out, 0, sizeof(*out));
	out->at = parser->at;
	if (*parser->at == '/') {
		parser->at++;
		return 0;
	}
	do {
		result = read_term(parser, out);
		if (result < 0)
			return result;
		if (*parser->at != ',' && *parser->at != '/')
			return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "a ',' or a '/' is missing behind this term");
	} while (*parser->at++ == ',');
	return 0;
}

int perfev_terms_refuse(struct parser *parser, const struct terms *terms, struct slice event)
{
	const char *at = terms->count ? terms->list[0].name.at : terms->config_at;

	if (!at)
		return 0;
	return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
				 "'%.*s' takes name, period and freq between slashes; other terms "
				 "are a PMU's",
				 SHOWN(event));
}

void perfev_terms_apply(const struct terms *terms, struct perf_event_attr *attr)
{
	attr->freq = terms->frequency != 0;
	if (terms->frequency)
		attr->sample_freq = terms->frequency;
	else if (terms->period)
		attr->sample_period = terms->period;
}
