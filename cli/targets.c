/* SPDX-License-Identifier: MIT */
/* Whom a subcommand counts or samples; see targets.h. */
#include "targets.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct targets *targets, const char *command, struct perfev_target target)
{
	struct perfev_target *more =
		realloc(targets->list, (targets->count + 1) * sizeof(*targets->list));

	if (!more) {
		fprintf(stderr, "perfev %s: no memory for the targets.\n", command);
		return -ENOMEM;
	}
	targets->list = more;
	more[targets->count++] = target;
	return 0;
}

static struct perfev_target process_of(int number)
{
	return perfev_process(number);
}

static struct perfev_target thread_of(int number)
{
	return perfev_thread(number);
}

static struct perfev_target cpu_of(int number)
{
	return perfev_cpu(number);
}

/* Adds a target for each number of a list, "1,2-4"; ranges where they make sense. */
static int add_numbers(struct targets *targets, const char *command, char option, const char *list,
		       struct perfev_target (*make)(int number), int ranges)
{
	const char *at = list;
	int result = 0;

	do {
		char *end;
		long first, last;

		first = last = strtol(at, &end, 10);
		if (end != at && *end == '-' && ranges) {
			at = end + 1;
			last = strtol(at, &end, 10);
		}
		if (end == at || (*end && *end != ',') || first < 0 || last < first ||
		    last > 0x7fffffff || last - first > 100000) {
			fprintf(stderr, "perfev %s: -%c '%s': expected %s.\n", command, option,
				list, ranges ? "CPUs, such as 0,2-3" : "numbers, such as 17,18");
			return -EINVAL;
		}
		for (long number = first; number <= last && result == 0; number++)
			result = add(targets, command, make((int)number));
		at = end + 1;
		if (!*end)
			break;
	} while (result == 0);
	return result;
}

int targets_add(struct targets *targets, const char *command, int option, char *argument)
{
	int result = 0;

	switch (option) {
	case 'p':
		return add_numbers(targets, command, 'p', argument, process_of, 0);
	case 't':
		return add_numbers(targets, command, 't', argument, thread_of, 0);
	case 'C':
		return add_numbers(targets, command, 'C', argument, cpu_of, 1);
	case 'a':
		return add(targets, command, perfev_all_cpus());
	default:
		for (char *name = strtok(argument, ","); name && result == 0;
		     name = strtok(NULL, ","))
			result = add(targets, command, perfev_cgroup(name));
		return result;
	}
}

int targets_are_cpus(const struct targets *targets)
{
	for (unsigned int i = 0; i < targets->count; i++)
		if (targets->list[i].kind != PERFEV_TARGET_CPU &&
		    targets->list[i].kind != PERFEV_TARGET_ALL_CPUS)
			return 0;
	return targets->count > 0;
}

int targets_have_ended(const struct targets *targets)
{
	for (unsigned int i = 0; i < targets->count; i++) {
		const struct perfev_target *target = &targets->list[i];

		if (target->kind != PERFEV_TARGET_PROCESS && target->kind != PERFEV_TARGET_THREAD)
			return 0;
		if (kill(target->pid, 0) == 0 || errno != ESRCH)
			return 0;
	}
	return 1;
}
