/* SPDX-License-Identifier: MIT */
/*
 * The levels of perf_event_paranoid, for tests of what they allow: set in a throw-away guest only
 * (PERFEV_LAB=1), and put back behind each test whatever happens.
 */
#ifndef PERFEV_TESTS_LEVEL_H
#define PERFEV_TESTS_LEVEL_H

/* What comes before a group of tests, and behind it and each of its tests. */
int remember_level(void **state);
int put_level_back(void **state);

/* Sets the level. Skips the test where it is not the machine's own and not ours to set. */
void level_or_skip(long level);

#endif
