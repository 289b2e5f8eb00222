/* SPDX-License-Identifier: MIT */
/*
 * Checks of whom events can be opened for: other processes, whole CPUs, cgroups. The other
 * processes are children of this one.
 */
#include "try.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Starts a child that waits until it is ended. One that hides its memory may be looked into by
 * those only who may look into any user's processes. Returns its number, or -1.
 */
static pid_t start_child(int hides)
{
	char byte;
	int ready[2];
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, !hides);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &byte, 1) != 1) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(ready[0]);
	return pid;
}

/* Returns 0, or a negative errno with *why filled; -ECHILD without a child. */
static int try_child(int hides, struct perfev_why *why)
{
	const struct perf_event_attr attr = doctor_attr_software(PERF_COUNT_SW_TASK_CLOCK);
	struct doctor_where where = DOCTOR_SELF;
	int result;

	where.pid = start_child(hides);
	if (where.pid < 0)
		return -ECHILD;
	result = doctor_try(&attr, where, why);
	kill(where.pid, SIGKILL);
	waitpid(where.pid, NULL, 0);
	return result;
}

void doctor_check_processes(struct doctor *doctor, struct doctor_check *check)
{
	struct perfev_why why;
	int result = try_child(0, &why);

	if (result == -ECHILD) {
		doctor_blame(check, DOCTOR_UNTRIED, PERFEV_CAUSE_NONE, "no child could be started",
			     NULL);
	} else if (result < 0) {
		doctor_explained(doctor, check, &why);
	} else if (try_child(1, &why) == 0) {
		doctor_found(check, DOCTOR_OK, "this user's and other users'%s",
			     doctor->machine.has_own_users ? " of this user namespace" : "");
	} else {
		doctor_found(check, DOCTOR_LIMITED, "this user's own");
		doctor_blame(check, DOCTOR_LIMITED, why.cause, "other users' take CAP_PERFMON",
			     NULL);
		snprintf(check->evidence, sizeof(check->evidence), "%s", why.evidence);
		doctor_remedy_capability(doctor, check, "perfmon");
	}
}

void doctor_check_cpus(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_software(PERF_COUNT_SW_CPU_CLOCK);
	const struct doctor_where where = { -1, sched_getcpu(), 0 };
	struct perfev_why why;

	if (doctor_try(&attr, where, &why) < 0)
		doctor_explained(doctor, check, &why);
	else
		doctor_found(check, DOCTOR_OK, "all that runs on a CPU, whoever it is");
}

/* Finds where a hierarchy that events know is mounted. Returns 1, or 0. */
static int find_cgroups(char path[256])
{
	char line[1024], type[32], options[512];
	FILE *file = fopen("/proc/self/mounts", "re");
	int found = 0;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*s %255s %31s %511s", path, type, options) != 3)
			continue;
		found = strcmp(type, "cgroup2") == 0 ||
			(strcmp(type, "cgroup") == 0 && strstr(options, "perf_event"));
	}
	if (file)
		fclose(file);
	return found;
}

void doctor_check_cgroups(struct doctor *doctor, struct doctor_check *check)
{
	struct perf_event_attr attr = doctor_attr_software(PERF_COUNT_SW_CPU_CLOCK);
	struct doctor_where where = { -1, sched_getcpu(), PERF_FLAG_PID_CGROUP };
	struct perfev_why why;
	char path[256];

	if (!find_cgroups(path)) {
		doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_CGROUP,
			     "no hierarchy of cgroups that events know is mounted", NULL);
		doctor_remedy(doctor, check, "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup");
		return;
	}
	where.pid = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (where.pid < 0) {
		doctor_blame(check, DOCTOR_NO, PERFEV_CAUSE_CGROUP, NULL, NULL);
		snprintf(check->reason, sizeof(check->reason), "%.200s: %s", path, strerror(errno));
		return;
	}
	if (doctor_try(&attr, where, &why) < 0)
		doctor_explained(doctor, check, &why);
	else
		doctor_found(check, DOCTOR_OK, "those under %.100s", path);
	close(where.pid);
}
