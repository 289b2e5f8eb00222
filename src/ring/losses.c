/* SPDX-License-Identifier: MIT */
/* Losses: added up, and as one number. Every field is a __u64, which adding relies on. */
#include "ring.h"

__u64 perfev_losses_records(const struct perfev_losses *losses)
{
	/* Events count what no record could tell of yet; older kernels' events count nothing. */
	return (losses->lost > losses->counted ? losses->lost : losses->counted) +
	       losses->lost_samples;
}

void perfev_losses_add(struct perfev_losses *sum, const struct perfev_losses *losses)
{
	const __u64 *from = (const __u64 *)losses;
	__u64 *to = (__u64 *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}
