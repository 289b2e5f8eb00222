/* SPDX-License-Identifier: MIT */
/*
 * Records into a profile, of a recording (read.h) or as they come from the kernel: whoever has a
 * record hands it over, by time. A sample costs no more than finding what is at its addresses, and
 * finding each frame in the trie of stacks once.
 */
#ifndef PERFEV_CLI_PROFILE_TAKE_H
#define PERFEV_CLI_PROFILE_TAKE_H

#include <perfev/symbol.h>

#include "../choices.h"
#include "keys.h"

/* Which samples: those that all of these choose that are set. All zero, with to_ns ~0: all. */
struct profile_filter {
	char **events, **comms; /* with * and ?; ended by NULL, or NULL */
	struct choices_numbers pids, tids, cpus;
	__u64 from_ns, to_ns;
};

/* What goes into the profile of them. */
struct profile_taking_options {
	unsigned int keys; /* 1U << PROFILE_KEY_*: what of whom and of a frame is told apart */
	int callers;       /* whole stacks; 0: only where samples were, which costs less */
	int addresses;     /* each address is a frame of its own, not all of a function */
	int inlined;       /* functions that were inlined are frames too */
};

struct profile_taking;

/*
 * Begins, with a profile that has no frames yet. All that is given has to live as long: of the
 * filter, all but its events is heeded here. Returns 0 or -ENOMEM.
 */
int profile_taking_open(struct profile_taking **out, struct profile *profile,
			struct perfev_symbols *symbols,
			const struct profile_taking_options *options,
			const struct profile_filter *filter);

/*
 * Takes a record of any kind; event is the profile's number of what a sample is of, and period what
 * a sample stands for that does not say. A sample whose callers come later waits for them.
 * Returns 1 when a sample went into the profile, 0 when none did, or -ENOMEM.
 */
int profile_take(struct profile_taking *taking, const struct perfev_record *record, __u32 event,
		 __u64 period);

/* Takes in what waits still, without what never came. Returns 0 or -ENOMEM. */
int profile_taking_end(struct profile_taking *taking);

/* NULL is fine. The profile stays as it is. */
void profile_taking_close(struct profile_taking *taking);

#endif
