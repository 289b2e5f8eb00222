/* SPDX-License-Identifier: MIT */
/*
 * A cgroup to test with, made in a cgroup2 hierarchy that is there; one is mounted, and a
 * controller enabled in it, in a throw-away guest only (PERFEV_LAB=1); and all is taken back in the
 * end.
 */
#ifndef PERFEV_TESTS_CGROUPS_H
#define PERFEV_TESTS_CGROUPS_H

#include "worker.h"

#define NAME "perfev-test"
#define BELOW "below"

/* The hierarchy, and what is to be taken back of it. */
struct cgroups {
	char root[128];
	char group[160];  /* the group of the tests */
	int is_mounted;   /* by us */
	int is_enabled;   /* the controller, by us */
	int is_made;      /* the group */
	const char *lack; /* why there is none */
};

extern struct cgroups cgroups;

/* Makes the group before all tests, and takes it back behind them. */
int make_group(void **state);
int take_all_back(void **state);

void cgroup_or_skip(void);

/* Writes a word into a file of a group. Returns 0, or -1 with errno set. */
int write_word(const char *folder, const char *name, const char *word);

int open_folder(const char *path);

void move_into(const char *group, struct worker worker);

struct worker start_worker_on(int cpu);

#endif
