/* SPDX-License-Identifier: MIT */
/*
 * What the library says of a refusal, told to someone at a terminal. The library speaks to who
 * writes a program, in fields of perf_event_attr; here an event is text and a target is an option.
 */
#ifndef PERFEV_CLI_REMEDY_H
#define PERFEV_CLI_REMEDY_H

#include <stddef.h>

#include <perfev.h>

/*
 * The reason; of a refusal for want of rights, or of whom an event is for, without the field that
 * it begins with.
 */
const char *cli_reason(const struct perfev_why *why);

/*
 * Writes what to do: how to write the event or whom to count instead, and what the library advises
 * besides, as far as that is no C. Returns text, which is empty when there is nothing to do.
 */
const char *cli_remedy(const struct perfev_why *why, char *text, size_t size);

/* Writes the library's advice alone. Returns text. */
const char *cli_advice(const struct perfev_why *why, char *text, size_t size);

/* Writes reason, evidence and remedy as one line. Returns text. */
const char *cli_explanation(const struct perfev_why *why, char *text, size_t size);

#endif
