/* SPDX-License-Identifier: MIT */
/* Kernel, processor, user and settings. What cannot be read is DOCTOR_UNKNOWN or "", no guess. */
#include "try.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CAPABILITY_SYS_ADMIN 21
#define CAPABILITY_PERFMON 38

/*
 * Finds the value behind "NAME : " in a file of such lines. Returns 1, or 0 with value "".
 */
static int find_value(const char *path, const char *name, char *value, size_t size)
{
	FILE *file = fopen(path, "re");
	const size_t length = strlen(name);
	char line[1024];
	int found = 0;

	value[0] = '\0';
	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *behind = line + length;

		if (strncmp(line, name, length) != 0)
			continue;
		behind += strspn(behind, " \t");
		if (*behind++ != ':')
			continue;
		behind += strspn(behind, " \t");
		snprintf(value, size, "%.*s", (int)strcspn(behind, "\n"), behind);
		found = *value != '\0';
	}
	if (file)
		fclose(file);
	return found;
}

/* Each architecture has another name for it. */
static void read_processor(struct doctor_machine *machine)
{
	static const char *const names[] = { "model name", "Model Name", "cpu model", "cpu",
					     "uarch",      "Processor",  "vendor_id" };
	char *processor = machine->processor;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (find_value("/proc/cpuinfo", names[i], processor, sizeof(machine->processor)))
			return;
	doctor_file_line("/proc/device-tree/model", processor, sizeof(machine->processor));
}

static void read_user(struct doctor_machine *machine)
{
	const struct passwd *entry = getpwuid(geteuid());
	__u64 capabilities;
	char text[32];

	machine->uid = geteuid();
	if (entry)
		snprintf(machine->user, sizeof(machine->user), "%s", entry->pw_name);
	else
		snprintf(machine->user, sizeof(machine->user), "user %u", machine->uid);
	find_value("/proc/self/status", "CapEff", text, sizeof(text));
	capabilities = strtoull(text, NULL, 16);
	machine->may_all =
		!machine->has_own_users &&
		(capabilities & (1ULL << CAPABILITY_PERFMON | 1ULL << CAPABILITY_SYS_ADMIN));
}

/* "none [integrity] confidentiality": the one in brackets is in force. */
static void read_lockdown(struct doctor_machine *machine)
{
	char text[128];
	const char *begin;

	doctor_file_line("/sys/kernel/security/lockdown", text, sizeof(text));
	begin = strchr(text, '[');
	if (begin && strncmp(begin, "[none]", 6) != 0)
		snprintf(machine->lockdown, sizeof(machine->lockdown), "%.*s",
			 (int)strcspn(begin + 1, "]"), begin + 1);
}

static void read_limits(struct doctor_machine *machine)
{
	struct rlimit limit = { 0, 0 };

	machine->paranoid = doctor_file_number("/proc/sys/kernel/perf_event_paranoid");
	machine->sample_rate = DOCTOR_UNKNOWN; /* see doctor_check_rate() */
	machine->cpu_percent = doctor_file_number("/proc/sys/kernel/perf_cpu_time_max_percent");
	machine->mlock_kb = doctor_file_number("/proc/sys/kernel/perf_event_mlock_kb");
	machine->max_stack = doctor_file_number("/proc/sys/kernel/perf_event_max_stack");
	machine->kptr_restrict = doctor_file_number("/proc/sys/kernel/kptr_restrict");
	machine->watchdog = doctor_file_number("/proc/sys/kernel/nmi_watchdog");
	getrlimit(RLIMIT_NOFILE, &limit);
	machine->files = limit.rlim_cur;
	machine->files_hard = limit.rlim_max;
	getrlimit(RLIMIT_MEMLOCK, &limit);
	machine->locked = limit.rlim_cur;
}

void doctor_machine_read(struct doctor_machine *machine)
{
	struct utsname name;

	if (uname(&name) == 0) {
		snprintf(machine->release, sizeof(machine->release), "%s", name.release);
		snprintf(machine->architecture, sizeof(machine->architecture), "%s", name.machine);
	}
	machine->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	read_processor(machine);
	doctor_virtual_read(machine);
	read_user(machine);
	read_lockdown(machine);
	read_limits(machine);
}
