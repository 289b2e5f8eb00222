/* SPDX-License-Identifier: MIT */
/*
 * The names that are the same on every machine: hardware and software events, and caches, whose
 * names are put together of three words.
 */
#ifndef PERFEV_SRC_EVENT_NAMES_H
#define PERFEV_SRC_EVENT_NAMES_H

#include <stddef.h>

#include <perfev/abi.h>

struct generic_name {
	const char *name;        /* as linux-perf prints it: "branches" */
	const char *alias;       /* "branch-instructions", or "" */
	const char *description; /* one sentence, without its full stop */
	__u32 type;              /* PERF_TYPE_HARDWARE or PERF_TYPE_SOFTWARE */
	__u64 config;
};

/* Returns the generic name with that number, from 0, hardware before software, or NULL. */
const struct generic_name *perfev_generic_get(unsigned int number);

/* Returns the generic name that is name or has it as alias, or NULL. */
const struct generic_name *perfev_generic_find(const char *name, size_t length);

/* Returns the generic name of that event, or NULL. */
const struct generic_name *perfev_generic_find_config(__u32 type, __u64 config);

/*
 * Reads the name of a cache event in any of linux-perf's spellings: "L1-dcache-load-misses",
 * "l1d-misses", "LLC". Where the operation is left out it is the loads, where the result is, all.
 * Returns 1 with *config set, 0 for no such name, -ENOENT for a cache that has no such operation.
 */
int perfev_cache_read(const char *name, size_t length, __u64 *config);

/* Room for the longest name of a cache event. */
#define CACHE_NAME 32

/* Writes the name of a cache event. Returns 1, or 0 when no name stands for config. */
int perfev_cache_write(__u64 config, char name[CACHE_NAME]);

/* Writes in one sentence what a cache event counts. config is one that has a name. */
void perfev_cache_describe(__u64 config, char *text, size_t size);

/*
 * Steps through the cache events that have names. *number is 0 before the first call and is moved
 * on. Returns 1 with *config set, or 0 when none is left.
 */
int perfev_cache_next(unsigned int *number, __u64 *config);

#endif
