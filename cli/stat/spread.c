/* SPDX-License-Identifier: MIT */
/* Means and how far measurements spread around them. */
#include "spread.h"

#include <math.h>

void spread_add(struct spread *spread, double value)
{
	double from_old = value - spread->mean;

	spread->count++;
	spread->mean += from_old / spread->count;
	spread->squares += from_old * (value - spread->mean);
}

double spread_error(const struct spread *spread)
{
	if (spread->count < 2)
		return 0;
	return sqrt(spread->squares / (spread->count - 1) / spread->count);
}

double spread_relative(const struct spread *spread)
{
	return fabs(spread->mean) > 0 ? fabs(spread_error(spread) / spread->mean) : 0;
}

double spread_reach(unsigned int measurements)
{
	/* Student's t for 97.5 % on one side, by degrees of freedom from 1. */
	static const double reach[] = {
		12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
		2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	};
	unsigned int freedom = measurements - 1;

	if (freedom <= sizeof(reach) / sizeof(reach[0]))
		return reach[freedom - 1];
	/* Beyond the table, the first term by which it differs from the normal distribution. */
	return 1.95996 + 2.3723 / freedom;
}
