/* SPDX-License-Identifier: MIT */
/* A sysfs or tracefs of files in a folder of its own, for tests of machines that are not here. */
#ifndef PERFEV_TESTS_FAKE_SYSFS_H
#define PERFEV_TESTS_FAKE_SYSFS_H

#define FAKE_DEVICES "bus/event_source/devices"

struct fake {
	char root[64]; /* what perfev_event_options.sysfs is to be */
};

void fake_begin(struct fake *fake);

/* Removes all of it. */
void fake_end(struct fake *fake);

/* Writes a file with the folders that it is in; its path below the root is as by printf(). */
__attribute__((format(printf, 3, 4))) void fake_file(const struct fake *fake, const char *text,
						     const char *format, ...);

/* Puts something in place that cannot be opened by anyone, root included: -ELOOP. */
__attribute__((format(printf, 2, 3))) void fake_broken(const struct fake *fake, const char *format,
						       ...);

/* A PMU's file: its path is below the PMU's folder. */
void fake_pmu(const struct fake *fake, const char *pmu, const char *path, const char *text);

#endif
