/* SPDX-License-Identifier: MIT */
/* What runs out, how much of it there is, and where it can be found out who has it. */
#include "limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int perfev_explain_files(struct inquiry *inquiry)
{
	struct perfev_why *why = inquiry->why;
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct rlimit limit = { 0, 0 };

	getrlimit(RLIMIT_NOFILE, &limit);
	perfev_why_begin(why, PERFEV_CAUSE_FILES, inquiry->error, "", limit.rlim_cur);
	if (inquiry->error == ENFILE) {
		perfev_why_reason(
			why, "all file descriptors that this machine may have open are in use");
		perfev_why_evidence(why,
				    "cat /proc/sys/fs/file-nr shows how many there are and may be");
		perfev_why_remedy(why, "sudo sysctl fs.file-max=NUMBER, more than it is");
		return 1;
	}
	perfev_why_reason(
		why,
		"all %llu file descriptors that the process may have are in use, and each "
		"event needs one for each thread and CPU that it is opened for",
		(unsigned long long)limit.rlim_cur);
	perfev_why_evidence(
		why,
		"RLIMIT_NOFILE is %llu, its hard limit %llu; here one event on all CPUs "
		"needs %ld",
		(unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max, cpus);
	if (limit.rlim_cur < limit.rlim_max)
		perfev_why_remedy(why,
				  "ulimit -n %llu, or setrlimit(RLIMIT_NOFILE) to that in the "
				  "program",
				  (unsigned long long)limit.rlim_max);
	else
		perfev_why_remedy(why,
				  "open fewer events (of the process with inherit, not of each "
				  "thread), or sudo prlimit --nofile=65536 --pid %d",
				  getpid());
	return 1;
}

int perfev_explain_slots(struct inquiry *inquiry)
{
	struct perfev_why *why = inquiry->why;
	const struct perf_event_attr *attr = &inquiry->asked.attr;
	struct request other = inquiry->asked;
	const int is_code = attr->bp_type == HW_BREAKPOINT_X;
	int is_free;

	perfev_why_begin(why, PERFEV_CAUSE_SLOTS, inquiry->error, "type", attr->type);
	if (attr->type != PERF_TYPE_BREAKPOINT) {
		perfev_why_reason(why, "type is %u, a PMU with no room left for this event",
				  attr->type);
		perfev_why_remedy(why, "close events of this PMU");
		return 1;
	}
	other.attr.bp_type = is_code ? HW_BREAKPOINT_W : HW_BREAKPOINT_X;
	other.attr.bp_len = sizeof(long);
	other.attr.bp_addr &= ~(__u64)(sizeof(long) - 1);
	is_free = perfev_try(inquiry, &other) == 0;
	perfev_why_reason(why,
			  "all registers of the processor for breakpoints on %s are taken, by this "
			  "target or a CPU that it may run on",
			  is_code ? "execution" : "data");
	perfev_why_evidence(why,
			    "a breakpoint on %s %s; registers are those of x86: 4, arm64: 2 to "
			    "16, powerpc: 1 or 2, and debuggers use them too",
			    is_code ? "data" : "execution",
			    is_free ? "can still be set" : "cannot be set either");
	perfev_why_remedy(why, "close a breakpoint, or watch more bytes with one (bp_len up to 8)");
	return 1;
}

/* Processes that hold events, as a list that grows. */
struct holders {
	char list[160];
	char path[64]; /* /proc/PID/fd of the process that is looked at */
	pid_t pid;
	unsigned int looked_at;
};

static int holds_event(void *argument, const char *name)
{
	struct holders *holders = argument;
	char path[128], target[64];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s", holders->path, name);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return 0;
	target[length] = '\0';
	return strcmp(target, "anon_inode:[perf_event]") == 0;
}

/* Looks at no more processes than take a moment. */
#define PROCESSES 4096

static int look_at_process(void *argument, const char *name)
{
	struct holders *holders = argument;
	char path[64], program[32];
	size_t length = strlen(holders->list);

	holders->pid = (pid_t)strtol(name, NULL, 10);
	if (holders->pid <= 0)
		return 0;
	snprintf(holders->path, sizeof(holders->path), "/proc/%d/fd", holders->pid);
	if (perfev_machine_visit(holders->path, holds_event, holders)) {
		snprintf(path, sizeof(path), "/proc/%d/comm", holders->pid);
		perfev_machine_file("", path, program, sizeof(program));
		program[strcspn(program, "\n")] = '\0';
		snprintf(holders->list + length, sizeof(holders->list) - length, "%s%s (%d)",
			 length ? ", " : "", program, holders->pid);
	}
	return ++holders->looked_at >= PROCESSES || length + 48 > sizeof(holders->list);
}

int perfev_explain_busy(struct inquiry *inquiry)
{
	struct holders holders = { .looked_at = 0 };
	struct perfev_why *why = inquiry->why;

	perfev_machine_visit("/proc", look_at_process, &holders);
	perfev_why_begin(why, PERFEV_CAUSE_BUSY, inquiry->error, "type", inquiry->asked.attr.type);
	perfev_why_reason(why, "type is %u, the PMU %s, which another event holds for itself alone",
			  inquiry->asked.attr.type,
			  inquiry->pmu.name[0] ? inquiry->pmu.name : "of the CPU");
	if (holders.list[0])
		perfev_why_evidence(why, "processes with events, by /proc/*/fd: %s%s", holders.list,
				    geteuid() ? " (others' cannot be seen)" : "");
	else
		perfev_why_evidence(why, "/proc/*/fd shows no process with an event%s",
				    geteuid() ? ", of those that can be seen" : "");
	perfev_why_remedy(why, "end the process that traces, or wait for it");
	return 1;
}

int perfev_explain_memory(struct inquiry *inquiry)
{
	perfev_why_begin(inquiry->why, PERFEV_CAUSE_MEMORY, inquiry->error, "", 0);
	perfev_why_reason(inquiry->why, "the kernel has no memory for this event");
	perfev_why_evidence(inquiry->why,
			    "/proc/meminfo and the cgroup's memory.max show what there is");
	perfev_why_remedy(inquiry->why, "open fewer events, or raise the cgroup's memory.max");
	return 1;
}
