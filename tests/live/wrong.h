/* SPDX-License-Identifier: MIT */
/*
 * Requests that are wrong in one way each, and what an explanation of each has to say. What is
 * wrong depends on the machine: a request that is accepted here is a test that is skipped.
 */
#ifndef PERFEV_TESTS_WRONG_H
#define PERFEV_TESTS_WRONG_H

#include <perfev/explain.h>

#include "attempt.h"

struct wrong {
	const char *title; /* a sentence */
	struct attempt attempt;
	void (*make)(struct attempt *attempt); /* adds what only the machine knows; may skip */
	int (*become)(void); /* who asks, in a process of its own; returns -1 when it cannot */
	const char *says; /* what the text has to have in it, where cause and field do not tell */
	/* The cause and the field, and others where a kernel or machine has another reason. */
	struct {
		enum perfev_cause cause;
		const char *field;
	} expected[3];
};

/* Ended by an entry without a title. */
extern const struct wrong wrong_values[];
extern const struct wrong wrong_calls[];
extern const struct wrong wrong_events[];
extern const struct wrong wrong_groups[];
extern const struct wrong wrong_rights[];

#endif
