/* SPDX-License-Identifier: MIT */
/* What samples weigh after a while; see fade.h. */
#include "fade.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../profile/grow.h"

/* What is worth less than this of a weight is worth nothing. */
#define NOTHING (0.5 / FADE_SCALE)

double fade_factor(double elapsed_s, double half_life_s)
{
	return exp2(-elapsed_s / half_life_s);
}

int fade_step(struct fade *fade, struct profile *profile, double factor)
{
	if (profile_grow(&fade->rows, &fade->room, profile->row_count, sizeof(*fade->rows)) < 0)
		return -ENOMEM;
	if (profile->row_count > fade->count)
		memset(fade->rows + fade->count, 0,
		       (profile->row_count - fade->count) * sizeof(*fade->rows));
	fade->count = profile->row_count;
	for (__u32 i = 0; i < profile->event_count; i++)
		profile->events[i].weight = 0;
	for (__u32 i = 0; i < profile->row_count; i++) {
		struct profile_row *row = &profile->rows[i];
		struct fade_row *worth = &fade->rows[i];

		worth->heat = worth->heat * factor + (double)(row->weight - worth->shown);
		if (worth->heat < NOTHING)
			worth->heat = 0;
		worth->is_new = row->samples > worth->samples;
		worth->samples = row->samples;
		worth->shown = (__u64)llround(worth->heat * FADE_SCALE);
		row->weight = worth->shown;
		profile->events[row->event].weight += row->weight;
	}
	return 0;
}

void fade_free(struct fade *fade)
{
	free(fade->rows);
	memset(fade, 0, sizeof(*fade));
}

/* The numbers in the new profile of what the old one has; PROFILE_NONE: not there. */
struct numbers {
	__u32 *functions, *frames, *nodes, *whos;
};

static __u32 *none(__u32 count)
{
	__u32 *list = malloc(((size_t)count + 1) * sizeof(*list));

	if (list)
		memset(list, 0xff, ((size_t)count + 1) * sizeof(*list));
	return list;
}

static void numbers_free(struct numbers *numbers)
{
	free(numbers->functions);
	free(numbers->frames);
	free(numbers->nodes);
	free(numbers->whos);
}

static int numbers_make(struct numbers *numbers, const struct profile *from)
{
	numbers->functions = none(from->function_count);
	numbers->frames = none(from->frame_count);
	numbers->nodes = none(from->node_count);
	numbers->whos = none(from->who_count);
	return numbers->functions && numbers->frames && numbers->nodes && numbers->whos ?
		       0 :
		       -ENOMEM;
}

static int keep_frame(struct numbers *numbers, struct profile *to, const struct profile *from,
		      __u32 number)
{
	struct profile_frame frame = from->frames[number];
	__u32 *function = &numbers->functions[frame.function];

	if (numbers->frames[number] != PROFILE_NONE)
		return 0;
	if (*function == PROFILE_NONE &&
	    profile_add_function(to, &from->functions[frame.function], function) < 0)
		return -ENOMEM;
	frame.function = *function;
	frame.file = frame.file ? profile_text(to, frame.file) : NULL;
	if (from->frames[number].file && !frame.file)
		return -ENOMEM;
	return profile_frame(to, &frame, &numbers->frames[number]);
}

/* Keeps a stack, from its outermost frame on: parents have lower numbers. */
static int keep_node(struct numbers *numbers, struct profile *to, const struct profile *from,
		     __u32 number)
{
	const struct profile_node *node = &from->nodes[number];

	if (!number)
		numbers->nodes[0] = 0;
	if (numbers->nodes[number] != PROFILE_NONE)
		return 0;
	if (keep_node(numbers, to, from, node->parent) < 0 ||
	    keep_frame(numbers, to, from, node->frame) < 0)
		return -ENOMEM;
	return profile_node(to, numbers->nodes[node->parent], numbers->frames[node->frame],
			    &numbers->nodes[number]);
}

static int keep_row(struct numbers *numbers, struct profile *to, const struct profile *from,
		    const struct profile_row *row)
{
	__u32 *who = &numbers->whos[row->who];

	if (keep_node(numbers, to, from, row->node) < 0)
		return -ENOMEM;
	if (*who == PROFILE_NONE && profile_who(to, &from->whos[row->who], who) < 0)
		return -ENOMEM;
	return profile_add(to, row->event, *who, numbers->nodes[row->node], row->weight, 0);
}

static int keep_events(struct profile *to, const struct profile *from)
{
	__u32 number;

	for (__u32 i = 0; i < from->event_count; i++)
		if (profile_add_event(to, from->events[i].name, &number) < 0)
			return -ENOMEM;
	return 0;
}

/* What is of the profile besides its rows. */
static void keep_rest(struct profile *to, const struct profile *from)
{
	for (__u32 i = 0; i < from->event_count; i++) {
		const char *name = to->events[i].name;

		to->events[i] = from->events[i];
		to->events[i].name = name;
		to->events[i].weight = 0;
	}
	for (__u32 i = 0; i < to->row_count; i++)
		to->events[to->rows[i].event].weight += to->rows[i].weight;
	to->losses = from->losses;
	to->first_ns = from->first_ns;
	to->last_ns = from->last_ns;
}

int fade_forget(struct fade *fade, struct profile *to, const struct profile *from, double least)
{
	struct numbers numbers;
	struct fade_row *rows = calloc((size_t)from->row_count + 1, sizeof(*rows));
	int result = rows ? 0 : -ENOMEM;

	if (numbers_make(&numbers, from) < 0 || keep_events(to, from) < 0)
		result = -ENOMEM;
	for (__u32 i = 0; i < from->row_count && result == 0; i++) {
		const struct profile_row *row = &from->rows[i];

		if (!row->weight ||
		    (double)row->weight < least * (double)from->events[row->event].weight)
			continue;
		result = keep_row(&numbers, to, from, row);
		if (result < 0)
			break;
		/* Different rows stay so: there is a new one for each. */
		rows[to->row_count - 1] = fade->rows[i];
		to->rows[to->row_count - 1].samples = row->samples;
	}
	numbers_free(&numbers);
	if (result < 0) {
		free(rows);
		profile_free(to);
		return result;
	}
	keep_rest(to, from);
	free(fade->rows);
	*fade = (struct fade){ rows, to->row_count, from->row_count + 1 };
	return 0;
}
