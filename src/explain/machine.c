/* SPDX-License-Identifier: MIT */
/*
 * Settings of the kernel, rights of the caller, PMUs: what /proc and /sys say. What cannot be read
 * is SETTING_UNKNOWN or empty, never a guess.
 */
#include "machine.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PMUS "/sys/bus/event_source/devices"

int perfev_machine_file(const char *root, const char *path, char *text, size_t size)
{
	char whole[512];
	size_t length = 0;
	ssize_t got;
	int fd;

	text[0] = '\0';
	snprintf(whole, sizeof(whole), "%s%s", root, path);
	fd = open(whole, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (length < size - 1 && (got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	close(fd);
	text[length] = '\0';
	return (int)length;
}

long perfev_machine_number(const char *root, const char *path)
{
	char text[32];
	char *end;
	long number;

	if (perfev_machine_file(root, path, text, sizeof(text)) <= 0)
		return SETTING_UNKNOWN;
	number = strtol(text, &end, 10);
	return end == text ? SETTING_UNKNOWN : number;
}

int perfev_machine_watchdog(const char *root)
{
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
	return perfev_machine_number(root, "/proc/sys/kernel/nmi_watchdog") == 1;
#else
	(void)root;
	return 0;
#endif
}

/* Steps to the next range of a list. Returns 1, or 0 at its end. */
static int next_range(const char **list, long *first, long *last)
{
	char *end;

	while (**list == ',' || isspace((unsigned char)**list))
		(*list)++;
	if (!isdigit((unsigned char)**list))
		return 0;
	*first = *last = strtol(*list, &end, 10);
	if (*end == '-')
		*last = strtol(end + 1, &end, 10);
	*list = end;
	return 1;
}

int perfev_machine_list_has(const char *list, long number)
{
	long first, last;

	while (next_range(&list, &first, &last))
		if (number >= first && number <= last)
			return 1;
	return 0;
}

long perfev_machine_list_count(const char *list)
{
	long first, last;
	long count = 0;

	while (next_range(&list, &first, &last))
		count += last - first + 1;
	return count;
}

/* One more than the last number of a list. */
static long list_end(const char *list)
{
	long first, last;
	long end = 0;

	while (next_range(&list, &first, &last))
		end = last + 1 > end ? last + 1 : end;
	return end;
}

const char *perfev_machine_status(const char *status, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = status; line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (strncmp(line, name, length) != 0 || line[length] != ':')
			continue;
		line += length + 1;
		return line + strspn(line, " \t");
	}
	return NULL;
}

static void read_status(struct machine *machine)
{
	char status[4096];
	const char *found;

	perfev_machine_file(machine->root, "/proc/self/status", status, sizeof(status));
	found = perfev_machine_status(status, "CapEff");
	machine->capabilities = found ? strtoull(found, NULL, 16) : 0;
	found = perfev_machine_status(status, "Seccomp");
	machine->seccomp = found ? (int)strtol(found, NULL, 10) : 0;
}

/*
 * The first user namespace maps all users to themselves; a file that is missing says there is one.
 */
static void read_namespace(struct machine *machine)
{
	unsigned long inside, outside, count;
	char text[256];

	machine->is_contained = 0;
	if (perfev_machine_file(machine->root, "/proc/self/uid_map", text, sizeof(text)) < 0)
		return;
	machine->is_contained = sscanf(text, "%lu %lu %lu", &inside, &outside, &count) != 3 ||
				inside != 0 || outside != 0 || count != 0xffffffffUL;
}

/* "none [integrity] confidentiality": the one in brackets is in force. */
static void read_lockdown(struct machine *machine)
{
	char text[128];

	perfev_machine_file(machine->root, "/sys/kernel/security/lockdown", text, sizeof(text));
	machine->has_lockdown = strstr(text, "[confidentiality]") != NULL;
}

static void read_release(struct machine *machine)
{
	unsigned int major = 0, minor = 0, patch = 0;
	struct utsname name;

	machine->release = 0;
	machine->release_text[0] = '\0';
	if (uname(&name) < 0)
		return;
	if (sscanf(name.release, "%u.%u.%u", &major, &minor, &patch) < 2)
		return;
	machine->release = PERFEV_KERNEL(major, minor, patch > 255 ? 255 : patch);
	snprintf(machine->release_text, sizeof(machine->release_text), "%u.%u", major, minor);
}

static void read_cpus(struct machine *machine)
{
	char text[512];

	machine->cpus = machine->online = SETTING_UNKNOWN;
	if (perfev_machine_file(machine->root, "/sys/devices/system/cpu/possible", text,
				sizeof(text)) > 0)
		machine->cpus = list_end(text);
	if (perfev_machine_file(machine->root, "/sys/devices/system/cpu/online", text,
				sizeof(text)) > 0)
		machine->online = perfev_machine_list_count(text);
}

void perfev_machine_read(struct machine *machine, const char *root)
{
	machine->root = root;
	machine->paranoid = perfev_machine_number(root, "/proc/sys/kernel/perf_event_paranoid");
	machine->sample_rate =
		perfev_machine_number(root, "/proc/sys/kernel/perf_event_max_sample_rate");
	machine->max_stack = perfev_machine_number(root, "/proc/sys/kernel/perf_event_max_stack");
	machine->mlock_kb = perfev_machine_number(root, "/proc/sys/kernel/perf_event_mlock_kb");
	machine->ptrace_scope = perfev_machine_number(root, "/proc/sys/kernel/yama/ptrace_scope");
	read_status(machine);
	read_namespace(machine);
	read_lockdown(machine);
	read_release(machine);
	read_cpus(machine);
}

int perfev_machine_has(const struct machine *machine, unsigned int capability)
{
	return !machine->is_contained && (machine->capabilities >> capability & 1);
}

int perfev_machine_may_all(const struct machine *machine)
{
	return perfev_machine_has(machine, CAPABILITY_PERFMON) ||
	       perfev_machine_has(machine, CAPABILITY_SYS_ADMIN);
}

/* What getdents64(2) writes. */
struct entry {
	__u64 inode;
	__s64 offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

int perfev_machine_visit(const char *path, int (*visit)(void *argument, const char *name),
			 void *argument)
{
	__u64 buffer[256]; /* readdir(3) allocates; aligned as the entries are */
	int answer = 0;
	long got;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	while (!answer && (got = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; !answer && at < got;) {
			const struct entry *entry = (const void *)((const char *)buffer + at);

			if (entry->name[0] != '.')
				answer = visit(argument, entry->name);
			at += entry->length;
		}
	}
	close(fd);
	return answer;
}

struct pmu_search {
	const char *root;
	__u32 type;
	struct pmu *pmu;
};

static int is_searched(void *argument, const char *name)
{
	struct pmu_search *search = argument;
	char path[256];

	snprintf(path, sizeof(path), PMUS "/%s/type", name);
	if (perfev_machine_number(search->root, path) != (long)search->type)
		return 0;
	snprintf(search->pmu->name, sizeof(search->pmu->name), "%s", name);
	return 1;
}

int perfev_machine_pmu(const char *root, __u32 type, struct pmu *pmu)
{
	struct pmu_search search = { root, type, pmu };
	char path[512];

	memset(pmu, 0, sizeof(*pmu));
	pmu->type = type;
	pmu->max_precise = SETTING_UNKNOWN;
	snprintf(path, sizeof(path), "%s" PMUS, root);
	if (!perfev_machine_visit(path, is_searched, &search))
		return 0;
	snprintf(path, sizeof(path), PMUS "/%s/caps/max_precise", pmu->name);
	pmu->max_precise = perfev_machine_number(root, path);
	snprintf(path, sizeof(path), PMUS "/%s/cpumask", pmu->name);
	perfev_machine_file(root, path, pmu->cpus, sizeof(pmu->cpus));
	pmu->cpus[strcspn(pmu->cpus, "\n")] = '\0';
	return 1;
}
