/* SPDX-License-Identifier: MIT */
/* Whom a subcommand counts or samples; see targets.h. */
#include "targets.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int targets_add_one(struct targets *targets, const char *command, struct perfev_target target)
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
			result = targets_add_one(targets, command, make((int)number));
		at = end + 1;
		if (!*end)
			break;
	} while (result == 0);
	return result;
}

static int add_cgroups(struct targets *targets, const char *command, char *list)
{
	const char *name;
	int result = 0;

	while (result == 0 && (name = strsep(&list, ","))) {
		struct perfev_target target = perfev_cgroup(name);

		if (targets->is_paired)
			target.event = ++targets->named;
		else if (!*name)
			continue;
		result = targets_add_one(targets, command, target);
	}
	return result;
}

int targets_add(struct targets *targets, const char *command, int option, char *argument)
{
	switch (option) {
	case 'p':
		return add_numbers(targets, command, 'p', argument, process_of, 0);
	case 't':
		return add_numbers(targets, command, 't', argument, thread_of, 0);
	case 'C':
		return add_numbers(targets, command, 'C', argument, cpu_of, 1);
	case 'a':
		return targets_add_one(targets, command, perfev_all_cpus());
	default:
		return add_cgroups(targets, command, argument);
	}
}

static unsigned int count_of(const struct targets *targets, enum perfev_target_kind kind)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < targets->count; i++)
		count += targets->list[i].kind == kind;
	return count;
}

static void drop(struct targets *targets, enum perfev_target_kind kind)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < targets->count; i++)
		if (targets->list[i].kind != kind)
			targets->list[kept++] = targets->list[i];
	targets->count = kept;
}

static int is_same(const struct perfev_target *a, const struct perfev_target *b)
{
	return a->kind == b->kind && a->pid == b->pid && a->cpu == b->cpu && a->event == b->event &&
	       strcmp(a->cgroup ? a->cgroup : "", b->cgroup ? b->cgroup : "") == 0;
}

/* What is named twice is wanted once. */
static void drop_doubles(struct targets *targets)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < targets->count; i++) {
		unsigned int same = 0;

		while (same < kept && !is_same(&targets->list[same], &targets->list[i]))
			same++;
		if (same == kept)
			targets->list[kept++] = targets->list[i];
	}
	targets->count = kept;
}

/* Cgroups on CPUs: each of them on each. */
static int bind_cgroups(struct targets *targets, const char *command)
{
	const unsigned int count = targets->count;
	int result = 0;

	for (unsigned int i = 0; i < count && result == 0; i++) {
		for (unsigned int j = 0; j < count && result == 0; j++) {
			struct perfev_target both = targets->list[i];

			if (both.kind != PERFEV_TARGET_CGROUP || both.cpu >= 0 ||
			    targets->list[j].kind != PERFEV_TARGET_CPU)
				continue;
			both.cpu = targets->list[j].cpu;
			result = targets_add_one(targets, command, both);
		}
	}
	/* Those that were bound to none. */
	if (result == 0) {
		memmove(targets->list, targets->list + count,
			(targets->count - count) * sizeof(*targets->list));
		targets->count -= count;
	}
	return result;
}

/* One cgroup is of all events; an empty name is all tasks. */
static void settle_pairs(struct targets *targets)
{
	for (unsigned int i = 0; i < targets->count; i++) {
		struct perfev_target *target = &targets->list[i];
		const unsigned int event = targets->named > 1 ? target->event : 0;

		if (target->kind != PERFEV_TARGET_CGROUP)
			continue;
		if (!*target->cgroup)
			*target = target->cpu < 0 ? perfev_all_cpus() : perfev_cpu(target->cpu);
		target->event = event;
	}
}

int targets_settle(struct targets *targets, const char *command)
{
	const unsigned int tasks =
		count_of(targets, PERFEV_TARGET_PROCESS) + count_of(targets, PERFEV_TARGET_THREAD);
	const unsigned int cpus = count_of(targets, PERFEV_TARGET_CPU);
	int result = 0;

	drop_doubles(targets);
	if (tasks && count_of(targets, PERFEV_TARGET_CGROUP)) {
		fprintf(stderr, "perfev %s: -G goes with -a and -C, not with -p and -t.\n",
			command);
		return -EINVAL;
	}
	if (tasks && (cpus || count_of(targets, PERFEV_TARGET_ALL_CPUS))) {
		fprintf(stderr, "perfev %s: -p and -t say whom: -a and -C do not count.\n",
			command);
		drop(targets, PERFEV_TARGET_CPU);
		drop(targets, PERFEV_TARGET_ALL_CPUS);
	} else if (cpus || count_of(targets, PERFEV_TARGET_CGROUP)) {
		drop(targets, PERFEV_TARGET_ALL_CPUS);
	}
	if (cpus && count_of(targets, PERFEV_TARGET_CGROUP))
		result = bind_cgroups(targets, command);
	settle_pairs(targets);
	return result;
}

int targets_are_cpus(const struct targets *targets)
{
	for (unsigned int i = 0; i < targets->count; i++)
		if (targets->list[i].kind != PERFEV_TARGET_CPU &&
		    targets->list[i].kind != PERFEV_TARGET_ALL_CPUS)
			return 0;
	return targets->count > 0;
}

int targets_have_threads(const struct targets *targets)
{
	return count_of(targets, PERFEV_TARGET_THREAD) != 0;
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
