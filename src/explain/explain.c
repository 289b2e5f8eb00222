/* SPDX-License-Identifier: MIT */
/*
 * perfev_explain(): what is asked first whatever the errno, and who explains which. What must stay
 * true: errno is as it was when this returns, and what is explained is what the kernel says now;
 * where that differs from what the caller was told, the evidence says so.
 */
#include "limits.h"
#include "search.h"
#include "size.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <perfev/sys.h>

static int blame(struct inquiry *inquiry, enum perfev_cause cause, const char *field, __u64 value)
{
	perfev_why_begin(inquiry->why, cause, inquiry->error, field, value);
	return 1;
}

/* Copies as much of attr as the kernel read; the rest is zero to it too. Returns 1, or 0. */
static int copy_attr(const struct perf_event_attr *attr, int error, struct perf_event_attr *copy)
{
	size_t bytes = sizeof(*attr);

	memset(copy, 0, sizeof(*copy));
	if (!perfev_is_readable(attr, PERF_ATTR_SIZE_VER0))
		return 0;
	if (error != E2BIG && attr->size < sizeof(*attr))
		bytes = attr->size < PERF_ATTR_SIZE_VER0 ? PERF_ATTR_SIZE_VER0 : attr->size;
	if (!perfev_is_readable(attr, bytes))
		return 0;
	memcpy(copy, attr, bytes);
	if (copy->size > sizeof(*copy))
		copy->size = sizeof(*copy);
	return 1;
}

static int explain_pointer(struct inquiry *inquiry, const struct perf_event_attr *attr)
{
	blame(inquiry, PERFEV_CAUSE_POINTER, "attr", (__u64)(size_t)attr);
	perfev_why_reason(inquiry->why,
			  "attr is %p, where the process has no memory of attr's size to "
			  "read",
			  (const void *)attr);
	return 1;
}

/*
 * A sandbox looks at the number of the call, and the kernel at attr first: with no attr at all
 * EFAULT is the kernel's word, and any other that of who stands before it.
 */
static int explain_sandbox(struct inquiry *inquiry)
{
	const struct machine *machine = &inquiry->machine;
	struct perfev_why *why = inquiry->why;
	char name[24];
	int error;

	inquiry->tries++;
	error = perf_event_open(NULL, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) < 0 ? errno : 0;
	if (error == EFAULT || (error == EACCES && machine->paranoid > 2))
		return 0;
	if (error == ENOSYS && machine->paranoid == SETTING_UNKNOWN && machine->seccomp != 2) {
		blame(inquiry, PERFEV_CAUSE_KERNEL, "", 0);
		perfev_why_reason(why, "this kernel was built without perf events");
		perfev_why_evidence(
			why, "there is no /proc/sys/kernel/perf_event_paranoid, and no filter "
			     "of system calls");
		perfev_why_remedy(why, "use a kernel with CONFIG_PERF_EVENTS=y");
		return 1;
	}
	blame(inquiry, machine->seccomp == 2 ? PERFEV_CAUSE_SECCOMP : PERFEV_CAUSE_LSM, "", 0);
	perfev_why_reason(why, "%s refuses the system call itself, whatever it asks for",
			  machine->seccomp == 2 ?
				  "a filter of system calls (seccomp), as containers "
				  "have," :
				  "a security module or the kernel's own policy");
	perfev_why_evidence(why,
			    "perf_event_open(NULL) says %s, not EFAULT; Seccomp is %d in "
			    "/proc/self/status",
			    perfev_error_name(error, name), machine->seccomp);
	perfev_why_remedy(
		why, machine->seccomp == 2 ?
			     "docker run --cap-add PERFMON --security-opt seccomp=PROFILE.json, "
			     "with perf_event_open allowed in it" :
			     "see the policy that is in force: cat /sys/kernel/security/lsm");
	return 1;
}

static int explain_passed(struct inquiry *inquiry, int told)
{
	char name[24];

	inquiry->error = told;
	blame(inquiry, PERFEV_CAUSE_PASSED, "", 0);
	perfev_why_reason(inquiry->why, "the same request is accepted now%s",
			  told == EINTR ? ": a signal had come while a probe was placed" : "");
	perfev_why_evidence(inquiry->why, "opened disabled and closed again; what was told was %s",
			    perfev_error_name(told, name));
	perfev_why_remedy(inquiry->why, told == EBUSY || told == ENOSPC || told == EMFILE ?
						"try again: what it lacked has become free" :
						"try again");
	return 1;
}

static int explain_target(struct inquiry *inquiry)
{
	const pid_t pid = inquiry->asked.pid;
	struct perfev_why *why = inquiry->why;
	char path[48], status[1024];
	const char *state;

	blame(inquiry, PERFEV_CAUSE_TARGET, "pid", (__u64)(__s64)pid);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	perfev_machine_file("", path, status, sizeof(status));
	state = perfev_machine_status(status, "State");
	if (state && (*state == 'Z' || *state == 'X')) {
		perfev_why_reason(
			why, "pid is %d, a thread that has ended and was not yet waited for", pid);
		perfev_why_evidence(why, "%s says State %c", path, *state);
	} else if (pid < -1) {
		perfev_why_reason(
			why,
			"pid is %d, but it is a thread's number, 0 for the caller or -1 for "
			"all",
			pid);
	} else {
		perfev_why_reason(why, "pid is %d, but there is no thread with that number", pid);
		perfev_why_evidence(
			why, "kill(%d, 0) says %s", pid,
			kill(pid, 0) < 0 && errno == ESRCH ? "ESRCH" : "that a process is there");
	}
	perfev_why_remedy(why, "name a target that lives, by its number in this process's own PID "
			       "namespace");
	return 1;
}

/* Says that a descriptor is not what it has to be. */
static void blame_fd(struct perfev_why *why, const char *name, int fd, const char *wanted)
{
	char text[80];

	perfev_fd_describe(fd, text);
	perfev_why_reason(why, "%s is %d, which is %s and not %s", name, fd, text, wanted);
	perfev_why_evidence(why, "looked at /proc/self/fd/%d", fd);
}

static int explain_descriptor(struct inquiry *inquiry)
{
	const struct request *asked = &inquiry->asked;

	if (asked->group_fd != -1 && !perfev_is_event(asked->group_fd)) {
		blame(inquiry, PERFEV_CAUSE_DESCRIPTOR, "group_fd", (__u64)(__s64)asked->group_fd);
		blame_fd(inquiry->why, "group_fd", asked->group_fd, "an event");
		perfev_why_remedy(inquiry->why, "group_fd = -1;");
		return 1;
	}
	blame(inquiry, PERFEV_CAUSE_CGROUP, "pid", (__u64)(__s64)asked->pid);
	blame_fd(inquiry->why, "pid", asked->pid,
		 "the open directory of a cgroup that counts events");
	perfev_why_remedy(inquiry->why,
			  "open(\"/sys/fs/cgroup/GROUP\", O_RDONLY | O_DIRECTORY), and give "
			  "that descriptor as pid with PERF_FLAG_PID_CGROUP");
	return 1;
}

static int explain_offline(struct inquiry *inquiry)
{
	char online[256];

	if (inquiry->asked.cpu < 0 ||
	    perfev_machine_file("", "/sys/devices/system/cpu/online", online, sizeof(online)) <=
		    0 ||
	    perfev_machine_list_has(online, inquiry->asked.cpu))
		return 0;
	online[strcspn(online, "\n")] = '\0';
	blame(inquiry, PERFEV_CAUSE_CPU, "cpu", (__u64)inquiry->asked.cpu);
	perfev_why_reason(inquiry->why, "cpu is %d, which is offline", inquiry->asked.cpu);
	perfev_why_evidence(inquiry->why, "read %.80s from /sys/devices/system/cpu/online", online);
	perfev_why_remedy(inquiry->why, "echo 1 | sudo tee /sys/devices/system/cpu/cpu%d/online",
			  inquiry->asked.cpu);
	return 1;
}

/* Explains inquiry->error, which is what the kernel says now. */
static int explain_error(struct inquiry *inquiry, const struct perf_event_attr *attr)
{
	switch (inquiry->error) {
	case E2BIG:
		return perfev_explain_size(inquiry, attr);
	case EMFILE:
	case ENFILE:
		return perfev_explain_files(inquiry);
	case ENOMEM:
		return perfev_explain_memory(inquiry);
	case ENOSPC:
		return perfev_explain_slots(inquiry);
	case EBUSY:
		return perfev_explain_busy(inquiry);
	case EBADF:
		return explain_descriptor(inquiry);
	case ESRCH:
		return explain_target(inquiry);
	case ENODEV:
		return explain_offline(inquiry) || perfev_search(inquiry);
	default:
		return perfev_search(inquiry);
	}
}

/*
 * A probe is not tried as it is, since it might be accepted and then placed. Arm's PMUs have room
 * in a group for any number of disabled events: there it is asked for one that exec would enable.
 */
static int ask_again(struct inquiry *inquiry, int told)
{
	struct request enabled = inquiry->asked;
	int error;

	if (inquiry->is_probe || told == E2BIG)
		return told;
	error = perfev_try(inquiry, &inquiry->asked);
	if (error || enabled.group_fd == -1 || enabled.attr.disabled)
		return error;
	enabled.attr.enable_on_exec = 1;
	enabled.attr.remove_on_exec = 0;
	enabled.attr.sigtrap = 0;
	return perfev_try(inquiry, &enabled);
}

static void note_other_answer(struct inquiry *inquiry, int told)
{
	char was[24], is[24], own[sizeof(inquiry->why->evidence)];

	memcpy(own, inquiry->why->evidence, sizeof(own));
	perfev_why_evidence(inquiry->why, "told was %s, now it is %s%s%s",
			    perfev_error_name(told, was), perfev_error_name(inquiry->error, is),
			    own[0] ? "; " : "", own);
}

static int explain(struct inquiry *inquiry, const struct perf_event_attr *attr, int told)
{
	int found;

	perfev_machine_read(&inquiry->machine, "");
	inquiry->error = told;
	if (explain_sandbox(inquiry))
		return 1;
	if (!copy_attr(attr, told, &inquiry->asked.attr))
		return explain_pointer(inquiry, attr);
	perfev_machine_pmu("", inquiry->asked.attr.type, &inquiry->pmu);
	inquiry->is_probe = strcmp(inquiry->pmu.name, "uprobe") == 0 ||
			    strcmp(inquiry->pmu.name, "kprobe") == 0;
	inquiry->error = ask_again(inquiry, told);
	if (!inquiry->error)
		return explain_passed(inquiry, told);
	found = explain_error(inquiry, attr);
	if (inquiry->error != told)
		note_other_answer(inquiry, told);
	return found;
}

int perfev_explain(const struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		   unsigned long flags, int error, struct perfev_why *why)
{
	struct inquiry inquiry = { .why = why };
	const int kept = errno;
	char name[24];
	int found;

	if (!why || error < 0)
		return -EINVAL;
	perfev_why_clear(why);
	if (!error)
		return 0;
	inquiry.asked.pid = pid;
	inquiry.asked.cpu = cpu;
	inquiry.asked.group_fd = group_fd;
	inquiry.asked.flags = flags;
	found = explain(&inquiry, attr, error);
	if (!why->evidence[0])
		perfev_why_evidence(why, "%s as asked; %u requests were tried",
				    perfev_error_name(inquiry.error, name), inquiry.tries);
	why->tries = inquiry.tries;
	errno = kept;
	return found;
}
