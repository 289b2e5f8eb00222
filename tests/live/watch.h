/* SPDX-License-Identifier: MIT */
/*
 * An event whose records a test makes come and looks at, decoded by perfev/record.h, and a child
 * that does something when it is told to.
 */
#ifndef PERFEV_TESTS_WATCH_H
#define PERFEV_TESTS_WATCH_H

#include <perfev/record.h>
#include <perfev/ring.h>

#include "live.h"

/* An event of no counts, for what else its ring says. */
#define DUMMY(...)                                                                                 \
	((struct perf_event_attr)PERFEV_ATTR_INIT(                                                 \
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .sample_id_all = 1,             \
		.sample_type =                                                                     \
			PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_CPU,     \
		__VA_ARGS__))

/* An event whose records are read. */
struct watch {
	int fd;
	struct perfev_ring *ring;
	struct perfev_layout layout;
};

/* Opens it with a ring of so many pages, or skips the test for lack of feature. */
struct watch watch_with(struct perf_event_attr attr, pid_t pid, int cpu, unsigned int pages,
			const char *feature);
struct watch watch(struct perf_event_attr attr, pid_t pid, int cpu);
void end_watch(struct watch *watch);

/* Looks at each record of one kind; says whether it is the one that was made to come. */
typedef int looks(const struct perfev_record *record, const void *made);

/*
 * Reads all that came, and notes the kinds. Returns how many of one kind are the one that was made
 * to come.
 */
unsigned int look(struct watch *watch, __u32 type, looks *is_it, const void *made);

/* Keeps a name for the fact that a test file ends with: a kind that came, a field that was true. */
void note(const char *name);

/* Prints what was noted, as the answer to a question: a fact. */
void print_noted(const char *question);

/* A child that does something when it is told to, and ends. */
struct actor {
	pid_t pid;
	int wire;
};

struct actor hire(void (*act)(void *argument), void *argument);
void let_act(struct actor actor);

#endif
