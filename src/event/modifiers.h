/* SPDX-License-Identifier: MIT */
/* The letters behind an event or a group: which levels it counts, and how. */
#ifndef PERFEV_SRC_EVENT_MODIFIERS_H
#define PERFEV_SRC_EVENT_MODIFIERS_H

#include "parser.h"

struct text;

struct modifiers {
	struct slice text;
	unsigned int precise; /* how often p was given */
	unsigned int given;   /* a bit for each letter, in the order of the table in modifiers.c */
};

/* Whether all of a text could be modifiers, by its letters. */
int perfev_modifiers_are(struct slice text);

/* Reads the letters at parser->at, if there are any. Returns 0 or -EINVAL that is told. */
int perfev_modifiers_read(struct parser *parser, struct modifiers *out);

/*
 * Applies an event's modifiers, or its group's on top of its own, as linux-perf combines them: what
 * either includes is included, and precise levels add up.
 * Returns 0 or -EINVAL that is told.
 */
int perfev_modifiers_apply(struct parser *parser, const struct modifiers *modifiers, int of_group,
			   struct perfev_event *event);

/* Adds modifiers to a name, ":u". Returns 0, or -ENOMEM that is told. */
int perfev_modifiers_name(struct parser *parser, const struct modifiers *modifiers,
			  const char **name);

/*
 * Adds the modifiers that an attribute was made with, ":u" or, behind a slash, "u".
 * Returns 0, or -EINVAL when no modifiers stand for them: all levels are excluded.
 */
int perfev_modifiers_write(struct text *text, const struct perf_event_attr *attr,
			   const char *before);

#endif
