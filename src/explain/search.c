/* SPDX-License-Identifier: MIT */
/*
 * Finding the cause by trying: rules are applied until the kernel accepts the request, and those
 * that were not needed are dropped again. What must stay true: nothing is called a cause that was
 * not seen to be one, by the kernel's answer with it and without it.
 */
#include "search.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The most rules that are broken at once; more than there are of attr's rules at a time. */
#define RULES 24

struct search {
	struct inquiry *inquiry;
	struct request base; /* what is searched: asked, without its group */
	struct request work; /* base as mended so far */
	perfev_rule *rules[RULES];
	unsigned int count;
	unsigned int changing; /* the first rule whose mend changed the errno, or RULES */
	int error;             /* what the kernel says to work */
	struct feature left_out[4];
	unsigned int left_out_count;
	unsigned int alternatives;
};

/*
 * Applies the rules of a list that are broken, until the kernel accepts. Returns whether it does.
 */
static int apply(struct search *search, perfev_rule *const *list)
{
	for (; *list && search->error && search->count < RULES; list++) {
		const int before = search->error;

		if (!(*list)(search->inquiry, &search->work, NULL))
			continue;
		search->error = perfev_try(search->inquiry, &search->work);
		if (search->error != before && search->changing == RULES)
			search->changing = search->count;
		search->rules[search->count++] = *list;
	}
	return !search->error;
}

static int is_denial(int error)
{
	return error == EACCES || error == EPERM;
}

static int apply_all(struct search *search)
{
	if (is_denial(search->error))
		apply(search, perfev_rules_access);
	apply(search, perfev_rules_call);
	apply(search, perfev_rules_values);
	apply(search, perfev_rules_pairs);
	apply(search, perfev_rules_breakpoint);
	apply(search, perfev_rules_pmu);
	/* What the kernel refuses first may have hidden that it refuses the caller. */
	if (is_denial(search->error) && !is_denial(search->inquiry->error))
		apply(search, perfev_rules_access);
	return !search->error;
}

/* The base with every mend but one. */
static struct request mended_by_rules(struct search *search, unsigned int but)
{
	struct request work = search->base;

	for (unsigned int i = 0; i < search->count; i++)
		if (i != but)
			search->rules[i](search->inquiry, &work, NULL);
	return work;
}

/* The same without what was left out. */
static struct request mended(struct search *search, unsigned int but)
{
	struct request work = mended_by_rules(search, but);

	for (unsigned int i = 0; i < search->left_out_count; i++)
		perfev_feature_leave_out(&work, &search->left_out[i]);
	return work;
}

/*
 * Drops the rules without whose mends the kernel accepts the request just as well. One whose mend
 * changed what the kernel says stays: it is the cause of what was said first.
 */
static void drop_innocent(struct search *search)
{
	for (unsigned int i = search->count; i-- > 0;) {
		const struct request work = mended(search, i);

		if (i == search->changing || search->count + search->left_out_count == 1 ||
		    perfev_try(search->inquiry, &work) != 0)
			continue;
		search->work = work;
		memmove(&search->rules[i], &search->rules[i + 1],
			(search->count - i - 1) * sizeof(search->rules[0]));
		search->count--;
		if (search->changing != RULES && search->changing > i)
			search->changing--;
	}
}

/* Says how it was found out, where the explanation has no evidence of its own. */
static void note_tries(struct inquiry *inquiry, const struct request *accepted, unsigned int others)
{
	struct perfev_why *why = inquiry->why;
	char text[24], more[48] = "";
	char own[sizeof(why->evidence)];

	if (others)
		snprintf(more, sizeof(more), ", and %u more at fault", others);
	memcpy(own, why->evidence, sizeof(own));
	perfev_why_evidence(
		why, "%s%s%s as asked, accepted %s%s; %u requests", own, own[0] ? "; " : "",
		perfev_error_name(inquiry->error, text),
		inquiry->is_probe ? "of an event that counts nothing" :
		perfev_remedy_is_empty(&inquiry->asked, accepted) ?
				    "with exclude_kernel, which leaves nothing to count" :
				    "with the remedy",
		more, inquiry->tries);
}

/* Explains the request by what was needed to have it accepted: rules, things left out, or both. */
static int explain_accepted(struct search *search)
{
	struct inquiry *inquiry = search->inquiry;
	/* Rights share an errno: of several that lack, the one that takes most was tried first. */
	unsigned int blamed =
		search->changing < search->count && !is_denial(search->inquiry->error) ?
			search->changing :
			0;
	unsigned int faults =
		search->count + (search->alternatives > 1 ? 1 : search->left_out_count);

	if (search->count) {
		/* What was left out besides may be what the rule is about. */
		struct request work = mended_by_rules(search, blamed);

		search->rules[blamed](inquiry, &work, inquiry->why);
	} else {
		perfev_blame_features(
			inquiry, search->left_out,
			search->alternatives > 1 ? search->alternatives : search->left_out_count,
			search->alternatives > 1);
	}
	search->work.group_fd = inquiry->asked.group_fd;
	if (inquiry->is_probe)
		perfev_request_restore_event(&search->work, &inquiry->asked);
	perfev_remedy_add(&inquiry->asked, &search->work, inquiry->why);
	note_tries(inquiry, &search->work, faults - 1);
	return 1;
}

/* A mend that changes what the kernel says mends something, though more is wrong. */
static int explain_changed(struct search *search)
{
	struct inquiry *inquiry = search->inquiry;
	struct request work = search->base;
	char first[24], then[24];
	char own[sizeof(inquiry->why->evidence)];

	search->rules[search->changing](inquiry, &work, inquiry->why);
	perfev_remedy_add(&search->base, &work, inquiry->why);
	memcpy(own, inquiry->why->evidence, sizeof(own));
	perfev_why_evidence(inquiry->why, "%s%s%s as asked, then %s; %u requests", own,
			    own[0] ? "; " : "", perfev_error_name(inquiry->error, first),
			    perfev_error_name(perfev_try(inquiry, &work), then), inquiry->tries);
	return 1;
}

/*
 * When one thing less than was asked is enough, no rule was at fault: its mend may even be what
 * this kernel does not know. Unless a mend was seen to change what the kernel says.
 */
static int leave_out_one(struct search *search)
{
	struct request work = search->base;

	if (search->changing != RULES)
		return 0;
	search->left_out_count = perfev_leave_out(
		search->inquiry, &work, search->left_out, 4, &search->alternatives);
	if (search->left_out_count != 1) {
		search->left_out_count = 0;
		return 0;
	}
	search->work = work;
	search->count = 0;
	return 1;
}

static int search_rules(struct search *search)
{
	struct request accepted;

	if (!apply_all(search)) {
		if (!leave_out_one(search))
			search->left_out_count =
				perfev_leave_out(search->inquiry, &search->work, search->left_out,
						 4, &search->alternatives);
		if (!search->left_out_count) {
			if (search->changing != RULES)
				return explain_changed(search);
			accepted = search->base;
			if (!perfev_blame_event(search->inquiry, &accepted))
				return 0;
			/* Alone it was refused as well: the group is no part of the remedy. */
			perfev_remedy_add(&search->base, &accepted, search->inquiry->why);
			return 1;
		}
	}
	drop_innocent(search);
	return explain_accepted(search);
}

int perfev_search(struct inquiry *inquiry)
{
	struct search search = { .inquiry = inquiry, .changing = RULES };

	if (is_denial(inquiry->error) && perfev_explain_no_right(inquiry))
		return 1;
	search.base = inquiry->asked;
	search.error = inquiry->error;
	if (inquiry->is_probe && !is_denial(inquiry->error)) {
		search.base = perfev_request_as_dummy(&search.base);
		search.error = perfev_try(inquiry, &search.base);
		if (!search.error)
			return perfev_explain_probe(inquiry);
	}
	if (search.base.group_fd != -1) {
		search.base.group_fd = -1;
		search.base.flags &= ~(unsigned long)(PERF_FLAG_FD_OUTPUT | PERF_FLAG_FD_NO_GROUP);
		search.error = perfev_try(inquiry, &search.base);
		if (!search.error)
			return perfev_explain_group(inquiry);
	}
	search.work = search.base;
	return search_rules(&search);
}
