/* SPDX-License-Identifier: MIT */
/*
 * What the tests share that run the command on this machine, in the lab's guests too, where there
 * is no shell: they run perfev, look at what it printed, and are themselves the program that it
 * counts. Where there is no perfev, they skip.
 */
#ifndef PERFEV_TESTS_COMMAND_H
#define PERFEV_TESTS_COMMAND_H

#include "live.h"

/* What a run of perfev left behind. */
struct printed {
	int status; /* its exit status */
	char out[1 << 16];
	char err[1 << 16];
};

/*
 * Runs perfev with these words, up to NULL, as this user or as an unprivileged one. It is the one
 * that PERFEV_COMMAND names, or else that beside the test.
 */
__attribute__((sentinel)) void run_perfev(struct printed *printed, ...);
__attribute__((sentinel)) void run_perfev_as_nobody(struct printed *printed, ...);

/*
 * The words of a program that does something so often as its last word says: this one. What it
 * can do stands in work.c.
 */
#define WORK(...) "--", work_path(), "work", __VA_ARGS__, NULL

/* By this path any user can execute this program. The other one is that of its file. */
const char *work_path(void);
const char *work_file(void);

/* Where a program that WORK() names does its work; main() calls it when there are arguments. */
int work(int argc, char **argv);

/* What WORK("write", N) writes to, so often. */
#define WORK_ADDRESS 0x60000000UL

/* A line of what perfev stat -x, printed. */
struct row {
	char text[256]; /* the line, its commas being ends of strings */
	const char *fields[16];
	unsigned int count;
	unsigned int event; /* which of the fields is the event's name */
};

/* Finds a line of an event, the first being 0. Returns whether there is one. */
int find_row(const struct printed *printed, const char *event, unsigned int number,
	     struct row *row);

/* A field by its distance from the event's name: -2 is the value. Fails where there is none. */
const char *row_field(const struct row *row, int distance);

/* The value of an event's only line. Fails where it has none. */
__u64 value_of(const struct printed *printed, const char *event);

/* Fails, with all that was printed, unless text, which is part of it, has the words. */
void assert_says(const struct printed *printed, const char *text, const char *words);

/* Fails, with all that was printed, when the exit status is another. */
void assert_status(const struct printed *printed, int status);

/*
 * Skips for lack of feature when perfev stat says that it has no value for the event, with the
 * reason that it gives. What it does not understand is a failure.
 */
void event_or_skip(const char *event, const char *feature);

#endif
