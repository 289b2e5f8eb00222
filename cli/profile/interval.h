/* SPDX-License-Identifier: MIT */
/* How sure a difference of two shares is, each of so many samples. */
#ifndef PERFEV_CLI_PROFILE_INTERVAL_H
#define PERFEV_CLI_PROFILE_INTERVAL_H

struct profile_interval {
	double low, high;
};

/*
 * Newcombe's interval for the difference second - first of two independent proportions, made of
 * Wilson's for each (Statistics in Medicine 17, 1998, method 10): in 19 of 20 cases the true
 * difference lies within. A share of 0 samples may be anything.
 */
struct profile_interval profile_difference(double first, double first_samples, double second,
					   double second_samples);

#endif
