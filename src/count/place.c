/* SPDX-License-Identifier: MIT */
/*
 * Finding places: the threads of a process, the CPUs that are online, a cgroup's directory. Every
 * number comes from the kernel at that moment; a thread that ends meanwhile is no failure.
 */
#include "place.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../explain/why.h"

/* Makes room for one more. Returns it, zeroed but for its numbers, or NULL. */
static struct place *add_place(struct places *places, unsigned int target)
{
	struct place *place;

	if (places->count == places->room) {
		unsigned int room = places->room ? 2 * places->room : 8;

		place = realloc(places->list, room * sizeof(*place));
		if (!place)
			return NULL;
		places->list = place;
		places->room = room;
	}
	place = &places->list[places->count++];
	memset(place, 0, sizeof(*place));
	place->shown.pid = -1;
	place->shown.cpu = -1;
	place->shown.target = target;
	place->pid = -1;
	return place;
}

static int add_thread(struct places *places, const struct perfev_target *target,
		      unsigned int number, pid_t tid)
{
	struct place *place = add_place(places, number);

	if (!place)
		return -ENOMEM;
	place->pid = tid;
	place->shown.pid = tid ? tid : getpid();
	place->shown.cpu = target->cpu;
	place->ends = target->kind == PERFEV_TARGET_THREAD || target->kind == PERFEV_TARGET_PROCESS;
	place->inherit =
		target->kind == PERFEV_TARGET_PROCESS || target->kind == PERFEV_TARGET_PROGRAM;
	place->on_exec = target->kind == PERFEV_TARGET_PROGRAM;
	return 0;
}

static int no_such_process(struct perfev_why *why, pid_t pid)
{
	int result = perfev_why_begin(why, PERFEV_CAUSE_TARGET, ESRCH, "pid", (__u64)(__s64)pid);

	perfev_why_reason(why, "there is no process or thread %d", (int)pid);
	perfev_why_remedy(why, "'ps -eLf' lists those that run");
	return result;
}

static DIR *open_threads(pid_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	return opendir(path);
}

/* The next thread's number, or 0. */
static pid_t next_thread(DIR *threads)
{
	const struct dirent *entry;

	while ((entry = readdir(threads)))
		if (isdigit((unsigned char)entry->d_name[0]))
			return (pid_t)atoi(entry->d_name);
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	pid_t left = ((const struct place *)a)->pid, right = ((const struct place *)b)->pid;

	return (left > right) - (left < right);
}

/* Threads stand in the order of their numbers, by which they are found again. */
static int add_process(struct places *places, const struct perfev_target *target,
		       unsigned int number, struct perfev_why *why)
{
	DIR *threads = open_threads(target->pid);
	unsigned int first = places->count;
	int result = 0;
	pid_t tid;

	if (!threads)
		return no_such_process(why, target->pid);
	while (result == 0 && (tid = next_thread(threads)))
		result = add_thread(places, target, number, tid);
	closedir(threads);
	if (places->count > first)
		qsort(&places->list[first], places->count - first, sizeof(*places->list), by_pid);
	return result;
}

static int add_cpu(struct places *places, unsigned int number, int cpu, int cgroup)
{
	struct place *place = add_place(places, number);

	if (!place)
		return -ENOMEM;
	place->shown.cpu = cpu;
	place->shown.cgroup = places->paths[number];
	if (cgroup >= 0) {
		place->pid = cgroup;
		place->flags = PERF_FLAG_PID_CGROUP;
	}
	return 0;
}

int perfev_cpus_online(int **cpus)
{
	char text[4096], *at = text;
	int fd = open("/sys/devices/system/cpu/online", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int count = 0;
	int *list;

	if (fd >= 0)
		close(fd);
	/* Without sysfs the C library knows how many there are, and none is said to be missing. */
	if (length <= 0)
		length = snprintf(text, sizeof(text), "0-%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	text[length] = '\0';
	list = NULL;
	while (isdigit((unsigned char)*at)) {
		long first = strtol(at, &at, 10);
		long last = *at == '-' ? strtol(at + 1, &at, 10) : first;
		int *more =
			realloc(list, ((size_t)count + (size_t)(last - first) + 1) * sizeof(*list));

		if (!more) {
			free(list);
			return -ENOMEM;
		}
		list = more;
		for (long cpu = first; cpu <= last; cpu++)
			list[count++] = (int)cpu;
		if (*at == ',')
			at++;
	}
	*cpus = list;
	return count;
}

static int add_all_cpus(struct places *places, const struct perfev_target *target,
			unsigned int number, int cgroup)
{
	int *cpus = NULL;
	int count = perfev_cpus_online(&cpus);
	int result = count < 0 ? count : 0;

	for (int i = 0; i < count && result == 0; i++)
		if (target->cpu < 0 || target->cpu == cpus[i])
			result = add_cpu(places, number, cpus[i], cgroup);
	free(cpus);
	return result;
}

static int add_cgroup(struct places *places, const struct perfev_target *target,
		      unsigned int number, struct perfev_why *why)
{
	static const char *const under[] = { "", "/sys/fs/cgroup/", "/sys/fs/cgroup/perf_event/" };
	const char *name = target->cgroup ? target->cgroup : "";
	unsigned int i = name[0] == '/' ? 0 : 1;
	unsigned int end = name[0] == '/' ? 1 : 3;
	int result, fd = -1;

	for (; i < end && fd < 0; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s%s", under[i], name);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0) {
		result = perfev_why_begin(why, PERFEV_CAUSE_CGROUP, errno, "pid", 0);
		perfev_why_reason(why, "the cgroup '%s' cannot be opened: %s", name,
				  strerror(-result));
		perfev_why_remedy(why,
				  "'systemd-cgls' or 'ls /sys/fs/cgroup' lists those there are");
		return result;
	}
	places->cgroups[number] = fd;
	places->paths[number] = strdup(name);
	if (!places->paths[number])
		return -ENOMEM;
	return add_all_cpus(places, target, number, fd);
}

static int add_target(struct places *places, const struct perfev_target *target,
		      unsigned int number, struct perfev_why *why)
{
	switch (target->kind) {
	case PERFEV_TARGET_SELF:
		return add_thread(places, target, number, 0);
	case PERFEV_TARGET_THREAD:
	case PERFEV_TARGET_PROGRAM:
		if (target->pid <= 0)
			return no_such_process(why, target->pid);
		return add_thread(places, target, number, target->pid);
	case PERFEV_TARGET_PROCESS:
		return add_process(places, target, number, why);
	case PERFEV_TARGET_CPU:
		return add_cpu(places, number, target->cpu, -1);
	case PERFEV_TARGET_ALL_CPUS:
		return add_all_cpus(places, target, number, -1);
	case PERFEV_TARGET_CGROUP:
		return add_cgroup(places, target, number, why);
	}
	perfev_why_begin(why, PERFEV_CAUSE_ARGUMENT, EINVAL, "target", (__u64)target->kind);
	perfev_why_reason(why, "%u is no kind of target", (unsigned int)target->kind);
	return -EINVAL;
}

int perfev_places_find(struct places *places, const struct perfev_target *targets,
		       unsigned int target_count, struct perfev_why *why)
{
	int result = 0;

	memset(places, 0, sizeof(*places));
	places->cgroups = malloc((target_count + 1) * sizeof(*places->cgroups));
	places->paths = calloc(target_count + 1, sizeof(*places->paths));
	places->ends = calloc(target_count + 1, sizeof(*places->ends));
	if (!places->cgroups || !places->paths || !places->ends)
		return perfev_why_no_memory(why, "the targets");
	places->targets = target_count;
	for (unsigned int i = 0; i < target_count; i++)
		places->cgroups[i] = -1;
	for (unsigned int i = 0; i < target_count && result == 0; i++) {
		const unsigned int first = places->count;

		result = add_target(places, &targets[i], i, why);
		places->ends[i] = places->count;
		for (unsigned int j = first; j < places->count; j++)
			places->list[j].event = targets[i].event;
	}
	if (result == -ENOMEM)
		perfev_why_no_memory(why, "the targets");
	return result;
}

void perfev_places_free(struct places *places)
{
	for (unsigned int i = 0; i < places->targets; i++) {
		if (places->cgroups[i] >= 0)
			close(places->cgroups[i]);
		free(places->paths[i]);
	}
	free(places->cgroups);
	free(places->paths);
	free(places->ends);
	free(places->list);
	memset(places, 0, sizeof(*places));
}

static int is_place(const struct places *places, unsigned int target, pid_t tid)
{
	unsigned int first = target ? places->ends[target - 1] : 0;
	struct place sought = { .pid = tid };

	return bsearch(&sought, &places->list[first], places->ends[target] - first,
		       sizeof(*places->list), by_pid) != NULL;
}

unsigned int perfev_places_missed(const struct places *places, const struct perfev_target *targets)
{
	unsigned int missed = 0;

	for (unsigned int i = 0; i < places->targets; i++) {
		DIR *threads;
		pid_t tid;

		if (targets[i].kind != PERFEV_TARGET_PROCESS)
			continue;
		threads = open_threads(targets[i].pid);
		while (threads && (tid = next_thread(threads)))
			missed += !is_place(places, i, tid);
		if (threads)
			closedir(threads);
	}
	return missed;
}

int perfev_thread_ended(pid_t tid)
{
	char path[40], text[512];
	const char *state;
	ssize_t length;
	int fd;

	if (kill(tid, 0) < 0)
		return errno == ESRCH;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return length < 0 && errno == ESRCH;
	text[length] = '\0';
	/* "12 (name) Z ...": the name may hold anything, also brackets. */
	state = strrchr(text, ')');
	return state && state[1] && strchr("ZXx", state[2]);
}
