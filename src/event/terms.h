/* SPDX-License-Identifier: MIT */
/* What stands between an event's slashes, taken apart: "event=0xc0,umask=1,name='mine'". */
#ifndef PERFEV_SRC_EVENT_TERMS_H
#define PERFEV_SRC_EVENT_TERMS_H

#include "parser.h"

#define MOST_TERMS 64
#define CONFIGS 5 /* config, config1, ... config4 */

struct term {
	struct slice name;
	const char *value_at;
	__u64 value; /* 1 where there is none */
	int has_value;
};

struct terms {
	const char *at;               /* where they begin */
	struct term list[MOST_TERMS]; /* the PMU's own: formats and named events */
	unsigned int count;
	__u64 config[CONFIGS];
	unsigned int configs;  /* a bit for each that is given */
	const char *config_at; /* the first of these */
	struct slice name;     /* name=, or at is NULL */
	__u64 period;
	__u64 frequency;
	const char *rate_at; /* where one of both stands */
};

/* Reads terms from parser->at, which is behind the first slash, and the second slash. */
int perfev_terms_read(struct parser *parser, struct terms *out);

/* Refuses a PMU's terms, where what they stand behind is no PMU. */
int perfev_terms_refuse(struct parser *parser, const struct terms *terms, struct slice event);

/* Sets the period or the frequency that the terms give. */
void perfev_terms_apply(const struct terms *terms, struct perf_event_attr *attr);

/*
 * Reads the number of a word config, config1, ... Returns 0 to 4, or -1 for another word.
 */
int perfev_terms_config(struct slice word);

/* Whether a word is a term that every event has, which always has a value: "period". */
int perfev_terms_is_common(struct slice word);

/*
 * Words that linux-perf takes between the slashes and that are not about what is counted.
 */
int perfev_terms_is_sampling(struct slice word);

#endif
