/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the test PMU share. It is a kernel module of ours (tests/lab/pmu/), loaded in
 * guests of the lab only: everywhere else these skip the test.
 */
#ifndef PERFEV_TESTS_PMU_H
#define PERFEV_TESTS_PMU_H

#include "live.h"

/* Where the kernel shows the PMU of that name. */
#define PMU_FOLDER "/sys/bus/event_source/devices/"

/* The number of one of the module's PMUs, for attr.type; skips the test for lack of feature. */
__u32 test_pmu_or_skip(const char *name, const char *feature);

/* Writes to the PMU's file hit, as printf() does. tests/lab/pmu/README.md says what that makes. */
__attribute__((format(printf, 2, 3))) void hit(const char *name, const char *format, ...);

/* Reads /sys/bus/event_source/devices/PATH into the 256 bytes at text, and cuts the newline off. */
void read_pmu_file(const char *path, char text[256]);

#endif
