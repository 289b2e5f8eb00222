/* SPDX-License-Identifier: MIT */
/*
 * What the subcommands that sample have in common: how often, in rings of which size, and opening
 * the events. Each says to standard error what is wrong, in the name of the subcommand, and returns
 * the exit status, or -1 to go on.
 */
#ifndef PERFEV_CLI_SAMPLING_H
#define PERFEV_CLI_SAMPLING_H

#include <perfev/ring.h>

#include "targets.h"

/*
 * The arguments of -F, -c and -m. A ring is a power of two of pages: of what was asked, more rather
 * than fewer.
 */
int sampling_take_frequency(struct perfev_sample_options *sample, const char *command,
			    const char *text);
int sampling_take_period(struct perfev_sample_options *sample, const char *command,
			 const char *text);
int sampling_take_pages(struct perfev_sample_options *sample, const char *command, const char *text,
			__u32 *asked);

/* Says that rings are larger than was asked. */
void sampling_tell_pages(const struct perfev_sample_options *sample, const char *command,
			 __u32 asked);

/* More than the kernel allows is lowered to that, as linux-perf does, and said. */
void sampling_lower_frequency(struct perfev_sample_options *sample, const char *command, int quiet);

struct sampling {
	const char *command;
	const char *events; /* NULL: cycles, or cpu-clock where there are none, which is said */
	struct targets *targets;
	struct perfev_sample_options *sample; /* its names are set */
	int quiet;
};

/*
 * Opens the sampler. Both have to be freed, whatever it returns, the sampler before its events.
 */
int sampling_open(const struct sampling *sampling, struct perfev_events **events,
		  struct perfev_sampler **sampler);

#endif
