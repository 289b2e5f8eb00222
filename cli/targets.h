/* SPDX-License-Identifier: MIT */
/* Whom a subcommand counts or samples, as -p, -t, -a, -C and -G say it. */
#ifndef PERFEV_CLI_TARGETS_H
#define PERFEV_CLI_TARGETS_H

#include <perfev/count.h>

struct targets {
	struct perfev_target *list;
	unsigned int count;
	int is_paired;      /* set before -G: each cgroup is one event's; see cgroups.h */
	unsigned int named; /* how many are */
};

/* Adds one. Returns 0, or -ENOMEM, which is said. */
int targets_add_one(struct targets *targets, const char *command, struct perfev_target target);

/*
 * Adds what the argument of an option says: 'p', 't', 'a', 'C' or 'G'. A list of cgroups is taken
 * apart where it stands, and must last. What is wrong with it is said to standard error.
 * Returns 0, or a negative errno: -EINVAL or -ENOMEM.
 */
int targets_add(struct targets *targets, const char *command, int option, char *argument);

/*
 * Makes one thing of what several options said, as linux-perf does: CPUs by their numbers are those
 * of -a and -G, and whoever names processes or threads wants these, whatever -a and -C say, which
 * is said. What does not go together is, too.
 * Returns 0, or a negative errno: -EINVAL or -ENOMEM.
 */
int targets_settle(struct targets *targets, const char *command);

/* Whether all of them are CPUs. */
int targets_are_cpus(const struct targets *targets);

/* Whether any of them is a thread by itself. */
int targets_have_threads(const struct targets *targets);

/* Whether all of them are threads and processes that have ended. */
int targets_have_ended(const struct targets *targets);

#endif
