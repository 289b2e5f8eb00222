/* SPDX-License-Identifier: MIT */
/* How sure a difference of two shares is; see interval.h. */
#include "interval.h"

#include <math.h>

/* The normal distribution has 19 of 20 within so many standard deviations. */
#define REACH 1.959963984540054

/* Wilson's interval of one proportion. */
static struct profile_interval wilson(double share, double samples)
{
	const double square = REACH * REACH;
	double middle, reach;

	if (samples <= 0)
		return (struct profile_interval){ 0, 1 };
	middle = share + square / (2 * samples);
	reach = REACH * sqrt(share * (1 - share) / samples + square / (4 * samples * samples));
	return (struct profile_interval){ (middle - reach) / (1 + square / samples),
					  (middle + reach) / (1 + square / samples) };
}

struct profile_interval profile_difference(double first, double first_samples, double second,
					   double second_samples)
{
	const struct profile_interval one = wilson(first, first_samples);
	const struct profile_interval other = wilson(second, second_samples);
	const double difference = second - first;

	return (struct profile_interval){
		difference - hypot(second - other.low, one.high - first),
		difference + hypot(other.high - second, first - one.low),
	};
}
