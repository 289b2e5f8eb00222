/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own rules, one function each. A rule looks at a request; when the request breaks it,
 * it mends the request and says what was wrong. What must stay true: a rule may be mistaken, since
 * kernels and PMUs differ. The search believes it only when the kernel accepts the mended request
 * and refuses the one that lacks this mend.
 */
#ifndef PERFEV_SRC_EXPLAIN_RULES_H
#define PERFEV_SRC_EXPLAIN_RULES_H

#include "request.h"

/*
 * Returns 1 with *work mended and *why begun (cause, field, value, reason; the remedy is what may
 * be done other than to change the request), or 0 when the rule is not broken. why may be NULL.
 */
typedef int perfev_rule(struct inquiry *inquiry, struct request *work, struct perfev_why *why);

/* Ended by NULL, in the order in which they are tried. */
extern perfev_rule *const perfev_rules_call[];   /* pid, cpu, flags */
extern perfev_rule *const perfev_rules_values[]; /* values that no kernel takes */
extern perfev_rule *const perfev_rules_pairs[];  /* fields that exclude or need each other */
extern perfev_rule *const perfev_rules_pmu[];    /* what a PMU may lack */
extern perfev_rule *const perfev_rules_breakpoint[];
extern perfev_rule *const perfev_rules_access[]; /* for EACCES and EPERM */

/* A PMU of something that all CPUs share knows nothing of threads. */
perfev_rule perfev_rule_threads;

/*
 * Explains EACCES or EPERM to one who may open no event at all, or at no level the probe or the
 * breakpoint in the kernel that was asked for, or not for a thread: for these there is no mend that
 * the kernel would accept. Returns 1, or 0 when the caller may.
 */
int perfev_explain_no_right(struct inquiry *inquiry);

/* For the cause that all rules of a kind share; why may be NULL. Returns 1. */
int perfev_rule_broken(struct inquiry *inquiry, struct perfev_why *why, enum perfev_cause cause,
		       const char *field, __u64 value);

#endif
