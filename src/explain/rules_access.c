/* SPDX-License-Identifier: MIT */
/*
 * Rules about who may open what, for EACCES and EPERM. What is lacking is read from the system, but
 * whether it is what lacks is the kernel's to say: a mend that does not help is dropped.
 */
#include "rules.h"
#include "search.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct capability {
	unsigned int number;
	const char *name;
	const char *file_name; /* as setcap(8) has it */
};

static const struct capability perfmon = { CAPABILITY_PERFMON, "CAP_PERFMON", "cap_perfmon" };
static const struct capability sys_admin = { CAPABILITY_SYS_ADMIN, "CAP_SYS_ADMIN",
					     "cap_sys_admin" };

/* What was read of the caller's rights, for every explanation of this kind. */
static void rights(struct inquiry *inquiry, struct perfev_why *why,
		   const struct capability *capability)
{
	const struct machine *machine = &inquiry->machine;
	char level[24] = "unknown";

	if (machine->paranoid != SETTING_UNKNOWN)
		snprintf(level, sizeof(level), "%ld", machine->paranoid);
	perfev_why_evidence(
		why,
		"kernel.perf_event_paranoid is %s; CapEff %#llx in "
		"/proc/self/status %s %s%s",
		level, (unsigned long long)machine->capabilities,
		machine->capabilities >> capability->number & 1 ? "has" : "lacks", capability->name,
		machine->is_contained ? ", but capabilities of a user namespace do not count" : "");
}

/* Whether a level of at most this would help: it is not set so, and the caller has no more. */
static int is_level_to_blame(const struct inquiry *inquiry, long level)
{
	const struct machine *machine = &inquiry->machine;

	return machine->paranoid == SETTING_UNKNOWN ||
	       (machine->paranoid > level && !perfev_machine_may_all(machine));
}

/*
 * What else there is that refuses: a filter of system calls sees no attr, but whom and where; a
 * security module all of it. Which module it was, only its own log tells.
 */
static void policy_evidence(struct inquiry *inquiry, struct perfev_why *why)
{
	const struct machine *machine = &inquiry->machine;
	char modules[96], right[64] = "";

	perfev_machine_file(machine->root, "/sys/kernel/security/lsm", modules, sizeof(modules));
	modules[strcspn(modules, "\n")] = '\0';
	if (machine->paranoid != SETTING_UNKNOWN)
		snprintf(right, sizeof(right), "kernel.perf_event_paranoid is %ld; ",
			 machine->paranoid);
	perfev_why_evidence(
		why, "%sthe caller %s; Seccomp is %d in /proc/self/status; security modules: %s",
		right,
		perfev_machine_may_all(machine) ? "has CAP_PERFMON or CAP_SYS_ADMIN" :
						  "needs no capability for it",
		machine->seccomp, modules[0] ? modules : "cannot be read");
}

static void policy_remedy(struct inquiry *inquiry, struct perfev_why *why)
{
	char modules[96];

	perfev_machine_file(inquiry->machine.root, "/sys/kernel/security/lsm", modules,
			    sizeof(modules));
	if (strstr(modules, "selinux"))
		perfev_why_remedy(why,
				  "sudo ausearch -m avc -ts recent shows what SELinux refused, "
				  "of class perf_event");
	else if (inquiry->machine.seccomp == 2)
		perfev_why_remedy(why, "run it outside of the sandbox, or with perf_event_open "
				       "allowed in its filter");
	else
		perfev_why_remedy(why, "sudo dmesg may say which policy refused it");
}

/*
 * Explains what CAP_PERFMON or a level of kernel.perf_event_paranoid permits, or, where the caller
 * has that, what else refuses it. what is "FIELD is VALUE, but to do this". Returns 1.
 */
static int refuse(struct inquiry *inquiry, struct perfev_why *why, int level, const char *field,
		  __u64 value, const char *what)
{
	if (!is_level_to_blame(inquiry, level)) {
		perfev_rule_broken(inquiry, why, PERFEV_CAUSE_LSM, field, value);
		perfev_why_reason(why,
				  "%s is refused by a security module or a sandbox, and not by "
				  "kernel.perf_event_paranoid",
				  what);
		policy_evidence(inquiry, why);
		policy_remedy(inquiry, why);
		return 1;
	}
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_PARANOID, field, value);
	perfev_why_reason(why, "%s takes CAP_PERFMON or a kernel.perf_event_paranoid of at most %d",
			  what, level);
	rights(inquiry, why, &perfmon);
	perfev_why_remedy(why, "sudo sysctl kernel.perf_event_paranoid=%d%s", level,
			  inquiry->machine.is_contained ?
				  " outside of the container" :
				  ", or sudo setcap cap_perfmon+ep PROGRAM");
	return 1;
}

static void capability_remedy(struct perfev_why *why, const struct capability *capability)
{
	perfev_why_remedy(why, "sudo setcap %s+ep PROGRAM, or run it as root",
			  capability->file_name);
}

/*
 * A probe takes a capability at every level, and who has it may do the rest too. Of uprobes kernels
 * differ: those of before July 2025, 6.16 and the stable ones, took CAP_PERFMON for them.
 */
static int explain_no_probe(struct inquiry *inquiry)
{
	const int is_uprobe = strcmp(inquiry->pmu.name, "uprobe") == 0;
	const struct capability *capability = is_uprobe ? &sys_admin : &perfmon;
	struct perfev_why *why = inquiry->why;

	if (!inquiry->is_probe || perfev_machine_has(&inquiry->machine, CAPABILITY_SYS_ADMIN) ||
	    perfev_machine_has(&inquiry->machine, capability->number))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CAPABILITY, "type", inquiry->asked.attr.type);
	perfev_why_reason(
		why,
		"type is %u, the PMU %s, but to place a probe takes %s, whatever "
		"kernel.perf_event_paranoid is",
		inquiry->asked.attr.type, inquiry->pmu.name,
		is_uprobe ? "CAP_SYS_ADMIN (CAP_PERFMON before Linux 6.16)" : "CAP_PERFMON");
	rights(inquiry, why, capability);
	capability_remedy(why, capability);
	return 1;
}

static int kernel_breakpoint(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 address = work->attr.bp_addr;

	if (work->attr.type != PERF_TYPE_BREAKPOINT || !(address >> 63))
		return 0;
	work->attr.bp_addr = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CAPABILITY, "bp_addr", address);
	perfev_why_reason(why,
			  "bp_addr is %#llx, but to watch an address of the kernel takes "
			  "CAP_SYS_ADMIN",
			  (unsigned long long)address);
	rights(inquiry, why, &sys_admin);
	perfev_why_remedy(why, "run it as root");
	return 1;
}

/*
 * Who may not count the kernel's part, or another's thread, would be told to leave that: to no
 * avail where the PMU knows no threads. Arm's statistical profiling has a cpumask and knows them.
 */
static int explain_no_threads(struct inquiry *inquiry)
{
	struct request work = inquiry->asked;
	struct perfev_why *why = inquiry->why;

	if (work.flags & PERF_FLAG_PID_CGROUP || !is_level_to_blame(inquiry, 0) ||
	    strncmp(inquiry->pmu.name, "arm_spe_", 8) == 0 ||
	    !perfev_rule_threads(inquiry, &work, why))
		return 0;
	perfev_why_reason(why,
			  "pid is %d, but the PMU %s counts for all threads alike, which takes "
			  "CAP_PERFMON or a kernel.perf_event_paranoid of at most 0",
			  inquiry->asked.pid, inquiry->pmu.name);
	rights(inquiry, why, &perfmon);
	perfev_remedy_add(&inquiry->asked, &work, why);
	return 1;
}

int perfev_explain_no_right(struct inquiry *inquiry)
{
	const struct request dummy = perfev_request_dummy();
	const int error = perfev_try(inquiry, &dummy);
	struct perfev_why *why = inquiry->why;
	struct request work = inquiry->asked;

	if (error != EACCES && error != EPERM)
		return explain_no_probe(inquiry) || explain_no_threads(inquiry) ||
		       (!perfev_machine_has(&inquiry->machine, CAPABILITY_SYS_ADMIN) &&
			kernel_breakpoint(inquiry, &work, why));
	if (!is_level_to_blame(inquiry, 2))
		return refuse(inquiry, why, 2, "", 0, "every event");
	refuse(inquiry, why, 2, "", 0, "to open any event");
	perfev_why_reason(why,
			  "kernel.perf_event_paranoid is %ld, at which only those with "
			  "CAP_PERFMON or CAP_SYS_ADMIN may open any event",
			  inquiry->machine.paranoid);
	return 1;
}

static int kernel_part(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->attr.exclude_kernel)
		return 0;
	work->attr.exclude_kernel = 1;
	return refuse(inquiry, why, 1, "exclude_kernel", 0,
		      "exclude_kernel is 0, but to count what the kernel does");
}

static int all_threads(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const pid_t pid = work->pid;

	if (pid != -1 && !(work->flags & PERF_FLAG_PID_CGROUP))
		return 0;
	work->pid = 0;
	work->cpu = -1;
	work->flags &= ~(unsigned long)PERF_FLAG_PID_CGROUP;
	return refuse(inquiry, why, 0, "pid", (__u64)(__s64)pid,
		      pid == -1 ? "pid is -1, but to count all threads of a CPU" :
				  "pid is a cgroup, but to count its threads");
}

static int namespaces(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.namespaces)
		return 0;
	work->attr.namespaces = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CAPABILITY, "namespaces", 1);
	perfev_why_reason(why,
			  "namespaces is 1, but records of namespaces take CAP_PERFMON, whatever "
			  "kernel.perf_event_paranoid is");
	rights(inquiry, why, &perfmon);
	capability_remedy(why, &perfmon);
	return 1;
}

static int physical_addresses(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!(work->attr.sample_type & PERF_SAMPLE_PHYS_ADDR))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_PHYS_ADDR;
	return refuse(inquiry, why, 1, "sample_type", PERF_SAMPLE_PHYS_ADDR,
		      "sample_type has PERF_SAMPLE_PHYS_ADDR, but to have physical addresses");
}

static int kernel_branches(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 kernel = PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_HV;
	const __u64 asked = work->attr.branch_sample_type & kernel;

	if (!(work->attr.sample_type & PERF_SAMPLE_BRANCH_STACK) || !asked)
		return 0;
	work->attr.branch_sample_type &= ~kernel;
	work->attr.branch_sample_type |= PERF_SAMPLE_BRANCH_USER;
	return refuse(inquiry, why, 1, "branch_sample_type", asked & -asked,
		      asked & PERF_SAMPLE_BRANCH_KERNEL ?
			      "branch_sample_type has PERF_SAMPLE_BRANCH_KERNEL, but to have "
			      "branches outside of user space" :
			      "branch_sample_type has PERF_SAMPLE_BRANCH_HV, but to have branches "
			      "outside of user space");
}

static int raw_tracepoint(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->attr.type != PERF_TYPE_TRACEPOINT || !(work->attr.sample_type & PERF_SAMPLE_RAW))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_RAW;
	return refuse(inquiry, why, -1, "sample_type", PERF_SAMPLE_RAW,
		      "sample_type has PERF_SAMPLE_RAW, but to have a tracepoint's fields");
}

static int locked_registers(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (inquiry->error != EPERM || !(work->attr.sample_type & PERF_SAMPLE_REGS_INTR))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_REGS_INTR;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_LSM, "sample_type", PERF_SAMPLE_REGS_INTR);
	perfev_why_reason(
		why, "sample_type has PERF_SAMPLE_REGS_INTR, which kernel_lockdown(7) forbids, "
		     "since registers may hold the kernel's secrets");
	perfev_why_evidence(
		why, "%s in /sys/kernel/security/lockdown",
		inquiry->machine.has_lockdown ? "[confidentiality]" : "nothing could be read");
	perfev_why_remedy(why, "use PERF_SAMPLE_REGS_USER");
	return 1;
}

/* Writes the first number of a line of /proc/PID/status, or "?". */
static void status_number(pid_t pid, const char *name, char number[16])
{
	char path[48], status[2048];
	const char *found;
	int length = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	perfev_machine_file("", path, status, sizeof(status));
	found = perfev_machine_status(status, name);
	while (found && found[length] >= '0' && found[length] <= '9' && length < 15)
		length++;
	snprintf(number, 16, "%.*s", length ? length : 1, length ? found : "?");
}

static int others_thread(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const struct machine *machine = &inquiry->machine;
	char theirs[16], ours[16];
	const pid_t pid = work->pid;

	if (pid <= 0 || (work->flags & PERF_FLAG_PID_CGROUP))
		return 0;
	work->pid = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_PTRACE, "pid", (__u64)pid);
	if (!why)
		return 1;
	status_number(pid, "Uid", theirs);
	status_number(getpid(), "Uid", ours);
	perfev_why_reason(why,
			  "pid is %d, but that thread is not the caller's to look into: it is "
			  "another user's, has other rights, or hides its memory%s",
			  pid, work->attr.sigtrap ? "; and sigtrap needs the right to attach" : "");
	perfev_why_evidence(
		why,
		"/proc/%d/status says Uid %s, the caller's is %s; CapEff %s "
		"CAP_PERFMON%s",
		pid, theirs, ours,
		machine->capabilities >> CAPABILITY_PERFMON & 1 ? "has" : "lacks",
		machine->is_contained ? ", but capabilities of a user namespace do not count" : "");
	if (work->attr.sigtrap && machine->ptrace_scope > 0)
		perfev_why_remedy(why, "sudo sysctl kernel.yama.ptrace_scope=0");
	else
		perfev_why_remedy(why,
				  "run as user %s, or sudo setcap cap_perfmon,cap_sys_ptrace+ep "
				  "PROGRAM",
				  theirs);
	return 1;
}

/* Who lacks the capability was told so before: what is left is a policy. */
static int probes(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!inquiry->is_probe)
		return 0;
	*work = perfev_request_as_dummy(work);
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_LSM, "type", inquiry->asked.attr.type);
	perfev_why_reason(why,
			  "type is %u, the PMU %s, but to place a probe is refused by a security "
			  "module, a sandbox or kernel_lockdown(7)",
			  inquiry->asked.attr.type, inquiry->pmu.name);
	policy_evidence(inquiry, why);
	policy_remedy(inquiry, why);
	return 1;
}

perfev_rule *const perfev_rules_access[] = {
	probes,
	/* What takes the lowest level first: a remedy is for all that comes behind it too. */
	all_threads,
	kernel_part,
	others_thread,
	namespaces,
	physical_addresses,
	kernel_branches,
	raw_tracepoint,
	locked_registers,
	kernel_breakpoint,
	NULL,
};
