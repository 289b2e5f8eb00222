/* SPDX-License-Identifier: MIT */
/*
 * What samples weigh after a while: half of it is gone in each half-life, so that what is hot now
 * stands before what was. A profile's rows have what is counted; here is what that is worth.
 */
#ifndef PERFEV_CLI_TOP_FADE_H
#define PERFEV_CLI_TOP_FADE_H

#include "../profile/profile.h"

/* Weights of a profile are worth so much finer ones, that may become a part of one. */
#define FADE_SCALE 256

struct fade_row {
	double heat;          /* what it is worth, in weights as they are sampled */
	__u64 shown;          /* what was written into the row */
	__u64 samples;        /* that were counted until then */
	unsigned char is_new; /* there were samples since */
};

struct fade {
	struct fade_row *rows; /* beside the profile's */
	__u32 count, room;
};

/* What is left of a weight after so much time. */
double fade_factor(double elapsed_s, double half_life_s);

/*
 * Lets all that was counted before become less by a factor, adds what was counted since, and writes
 * what it is worth now, times FADE_SCALE, into the profile's rows and events. Returns 0 or -ENOMEM.
 */
int fade_step(struct fade *fade, struct profile *profile, double factor);

/*
 * Makes a profile, empty so far, of what is worth at least so much of its event, from 0 to 1, in
 * another; the functions, frames and stacks of the rest are forgotten. *fade becomes that of the
 * new one. Returns 0, or -ENOMEM with the old one and *fade as they were.
 */
int fade_forget(struct fade *fade, struct profile *to, const struct profile *from, double least);

void fade_free(struct fade *fade);

#endif
