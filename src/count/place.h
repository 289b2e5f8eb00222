/* SPDX-License-Identifier: MIT */
/*
 * Places: where events are opened. A target becomes one place for each thread or CPU that it has.
 */
#ifndef PERFEV_SRC_COUNT_PLACE_H
#define PERFEV_SRC_COUNT_PLACE_H

#include <perfev/count.h>

struct place {
	struct perfev_instance shown;
	pid_t pid;           /* as the system call takes it: a cgroup's is its file descriptor */
	unsigned long flags; /* of the system call */
	unsigned int event;  /* of its target */
	unsigned int inherit : 1;
	unsigned int on_exec : 1;
	unsigned int ends : 1; /* it is a thread, which may end */
	unsigned int gone : 1; /* it had ended before anything was opened on it */
	int ended;             /* it has ended since: atomic, as is the next */
	__u64 enabled_ns;      /* as last read: a thread for which it stands still may have ended */
};

struct places {
	struct place *list;
	unsigned int count, room;
	int *cgroups;       /* their file descriptors, one for each target; -1 for others */
	char **paths;       /* and their names */
	unsigned int *ends; /* of each target: the number behind its last place */
	unsigned int targets;
};

/*
 * Finds the places of some targets. Returns 0, or a negative errno with why in words; what it
 * found is freed by perfev_places_free() in any case.
 */
int perfev_places_find(struct places *places, const struct perfev_target *targets,
		       unsigned int target_count, struct perfev_why *why);

void perfev_places_free(struct places *places);

/*
 * How many threads the processes among the targets have that are no places: they started while
 * places were found and opened, and whether they are counted is not known.
 */
unsigned int perfev_places_missed(const struct places *places, const struct perfev_target *targets);

/* Whether a thread has ended, a zombie counted as ended. */
int perfev_thread_ended(pid_t tid);

/* The CPUs that are online, in *cpus (to be freed). Returns how many, or a negative errno. */
int perfev_cpus_online(int **cpus);

#endif
