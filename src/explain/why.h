/* SPDX-License-Identifier: MIT */
/*
 * Filling a struct perfev_why. All of these take NULL and then do nothing, so that a function whose
 * caller does not ask why needs no branches of its own.
 */
#ifndef PERFEV_SRC_EXPLAIN_WHY_H
#define PERFEV_SRC_EXPLAIN_WHY_H

#include <stddef.h>

#include <perfev/explain.h>

/* Empties it: nothing failed. Every constructor does this first. */
void perfev_why_clear(struct perfev_why *why);

/*
 * Begins an explanation of error (a positive errno); what it held is gone. field may be "".
 * Returns -error, so that a failure is one statement with what follows it.
 */
int perfev_why_begin(struct perfev_why *why, enum perfev_cause cause, int error, const char *field,
		     __u64 value);

/* Each writes one part, cut where it does not fit, and puts the line of text together anew. */
__attribute__((format(printf, 2, 3))) void perfev_why_reason(struct perfev_why *why,
							     const char *format, ...);
__attribute__((format(printf, 2, 3))) void perfev_why_evidence(struct perfev_why *why,
							       const char *format, ...);
__attribute__((format(printf, 2, 3))) void perfev_why_remedy(struct perfev_why *why,
							     const char *format, ...);

/* Says that memory ran out for what. Returns -ENOMEM. */
int perfev_why_no_memory(struct perfev_why *why, const char *what);

/*
 * Copies a caller's options, NULL for none, to room bytes of our own: a size_t that says how long
 * each is comes first, and what is not set is zero. Returns 0, or -E2BIG, said why, when those of a
 * newer caller set something that is not known here.
 */
int perfev_why_options(struct perfev_why *why, void *to, size_t room, const void *from);

#endif
