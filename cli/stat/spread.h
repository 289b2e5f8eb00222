/* SPDX-License-Identifier: MIT */
/* Means of several measurements, how far they spread, and intervals that hold what is true. */
#ifndef PERFEV_CLI_STAT_SPREAD_H
#define PERFEV_CLI_STAT_SPREAD_H

/* Measurements, summed up as they come (Welford's way: no large numbers are subtracted). */
struct spread {
	unsigned int count;
	double mean;
	double squares; /* the sum of squared differences from the mean */
};

void spread_add(struct spread *spread, double value);

/* The mean's standard error; 0.0 of fewer than two. */
double spread_error(const struct spread *spread);

/* The same as a share of the mean; 0.0 where the mean is 0. */
double spread_relative(const struct spread *spread);

/*
 * How many standard errors to each side of the mean of so many measurements the true value lies
 * within, 19 times of 20 (Student's t). Measurements: at least 2.
 */
double spread_reach(unsigned int measurements);

#endif
