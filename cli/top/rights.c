/* SPDX-License-Identifier: MIT */
/*
 * Whether all CPUs may be sampled, which is what perfev top does unless it is told whom. That is
 * asked before, since what lacks then is not what stands in an event, but whom it is for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../commands.h"
#include "top.h"

/* The bits of CapEff in /proc/self/status that allow it. */
#define CAP_SYS_ADMIN_BIT (1ULL << 21)
#define CAP_PERFMON_BIT (1ULL << 38)

/* Returns 1, 0, or 1 where it cannot be told: the kernel then says so. */
static int has_capability(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long long bits = ~0ULL;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", &bits) == 1)
			break;
	if (file)
		fclose(file);
	return (bits & (CAP_SYS_ADMIN_BIT | CAP_PERFMON_BIT)) != 0;
}

static int read_paranoia(int *level)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int count;

	if (!file)
		return 0;
	count = fscanf(file, "%d", level);
	fclose(file);
	return count == 1;
}

int top_check_rights(const struct top_options *options)
{
	int level;

	if (options->has_targets || has_capability() || !read_paranoia(&level) || level < 1)
		return -1;
	fprintf(stderr,
		"perfev top: all CPUs are sampled by root, with CAP_PERFMON, or where "
		"kernel.perf_event_paranoid is below 1; here it is %d.\n"
		"'perfev top -p PID' shows a process of yours, and takes no rights; 'sudo perfev "
		"top' shows all;\n"
		"'sudo sysctl kernel.perf_event_paranoid=0' lets every user see it.\n",
		level);
	return EXIT_PERFEV;
}
