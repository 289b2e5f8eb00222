/* SPDX-License-Identifier: MIT */
/* What the tests of perfev record share: where they record to, and reading it again. */
#ifndef PERFEV_TESTS_RECORDED_H
#define PERFEV_TESTS_RECORDED_H

#include <perfev.h>

#include <stdio.h>
#include <unistd.h>

#include "command.h"

static struct printed printed;
static char path[64];
static struct perfev_file *file;

static inline void make_path(void)
{
	snprintf(path, sizeof(path), "/tmp/perfev-record-%d", (int)getpid());
}

static inline void remove_path(void)
{
	char old[80];

	snprintf(old, sizeof(old), "%s.old", path);
	unlink(path);
	unlink(old);
}

static inline void open_recording(void)
{
	struct perfev_why why;

	if (perfev_file_open(&file, path, NULL, &why) < 0)
		fail_msg("%s: %s%s", why.text, printed.out, printed.err);
}

/* Records faults of 100 pages with one option and its argument, or none: "-q" may stand twice. */
static inline const struct perf_event_attr *record(const char *event, const char *option,
						   const char *argument)
{
	run_perfev(&printed, "record", "-q", "-o", path, "-e", event, option ? option : "-q",
		   argument ? argument : "-q", WORK("pages", "100"));
	assert_status(&printed, 0);
	open_recording();
	return &perfev_file_event(file, 0)->attr;
}

#endif
