/* SPDX-License-Identifier: MIT */
/*
 * Finding out what is at fault in a request: first by the kernel's rules as far as they are known,
 * then by leaving things out until the kernel accepts what is left.
 */
#ifndef PERFEV_SRC_EXPLAIN_SEARCH_H
#define PERFEV_SRC_EXPLAIN_SEARCH_H

#include "rules.h"

/*
 * Explains why inquiry->asked is refused with inquiry->error.
 * Returns 1 when the cause was found, 0 when not, with inquiry->why filled in either case.
 */
int perfev_search(struct inquiry *inquiry);

/*
 * Blames type and config, since all else can be left out and the kernel still refuses. accepted
 * becomes the request as it would be accepted, where there is one. Returns as perfev_search().
 */
int perfev_blame_event(struct inquiry *inquiry, struct request *accepted);

/* A thing that is set in a request and can be left out: a field, or one bit of flags. */
struct feature {
	const struct perfev_field *field; /* NULL for arguments of the call */
	__u64 bit;     /* of fields that hold flags (or some bits); 0: all of it */
	char argument; /* 'p' pid, 'c' cpu, 'f' flags */
};

void perfev_feature_leave_out(struct request *work, const struct feature *feature);

/*
 * Finds the smallest set of features without which the kernel accepts the request: *work becomes
 * that request, left_out what it lacks (of at most room).
 * Returns how many, *alternatives being how many single ones would do; or 0 when nothing helps.
 */
unsigned int perfev_leave_out(struct inquiry *inquiry, struct request *work,
			      struct feature *left_out, unsigned int room,
			      unsigned int *alternatives);

/* Says that the cause was not found. Returns 0. */
int perfev_explain_unknown(struct inquiry *inquiry);

/* The most features that a request is taken apart into. */
#define FEATURES 160

/* Explains features that the kernel does not take: a cause, a reason, and its evidence. */
void perfev_blame_features(struct inquiry *inquiry, const struct feature *features,
			   unsigned int count, int are_alternatives);

/* Whether what is accepted would count nothing: the kernel is left out of what it alone does. */
int perfev_remedy_is_empty(const struct request *asked, const struct request *accepted);

/*
 * Puts what makes asked into accepted before the remedy, as statements of C, and the advice that
 * the remedy held behind it. Of what would count nothing, the advice is all there is.
 */
void perfev_remedy_add(const struct request *asked, const struct request *accepted,
		       struct perfev_why *why);

/* Explains what only the group is to blame for: the event alone is accepted. As perfev_search(). */
int perfev_explain_group(struct inquiry *inquiry);

/* Explains a kprobe or uprobe of which all but the probe is accepted. As perfev_search(). */
int perfev_explain_probe(struct inquiry *inquiry);

#endif
