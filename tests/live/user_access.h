/* SPDX-License-Identifier: MIT */
/*
 * Reading counters in user space, which arm64 forbids unless a setting allows it: in the lab alone
 * it is set for a group of tests, and taken back behind them.
 */
#ifndef PERFEV_TESTS_USER_ACCESS_H
#define PERFEV_TESTS_USER_ACCESS_H

/* Whether arm64 (and riscv64, of which 1 is the default) allow it. */
#define SETTING "/proc/sys/kernel/perf_user_access"

/* What comes before and behind a group of tests. */
int allow_user_access(void **state);
int put_user_access_back(void **state);

#endif
