/* SPDX-License-Identifier: MIT */
/*
 * Rules about who may open what, for EACCES and EPERM. What is lacking is read from the system, but
 * whether it is what lacks is the kernel's to say: a mend that does not help is dropped.
 */
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* What was read of the caller's rights, for every explanation of this kind. */
static void rights(struct inquiry *inquiry, struct perfev_why *why)
{
	const struct machine *machine = &inquiry->machine;
	char level[24] = "unknown";

	if (machine->paranoid != SETTING_UNKNOWN)
		snprintf(level, sizeof(level), "%ld", machine->paranoid);
	perfev_why_evidence(
		why,
		"kernel.perf_event_paranoid is %s; CapEff %#llx in "
		"/proc/self/status %s CAP_PERFMON%s",
		level, (unsigned long long)machine->capabilities,
		machine->capabilities >> CAPABILITY_PERFMON & 1 ? "has" : "lacks",
		machine->is_contained ? ", but capabilities of a user namespace do not count" : "");
}

/* What to do when a level of kernel.perf_event_paranoid would permit it. */
static void paranoid_remedy(struct inquiry *inquiry, struct perfev_why *why, int level)
{
	perfev_why_remedy(why, "sudo sysctl kernel.perf_event_paranoid=%d%s", level,
			  inquiry->machine.is_contained ?
				  " outside of the container" :
				  ", or sudo setcap cap_perfmon+ep PROGRAM");
}

/*
 * The cause when a level of at most this would do: it is set higher, or something else forbids it.
 */
static enum perfev_cause cause_by_level(const struct inquiry *inquiry, long level)
{
	const struct machine *machine = &inquiry->machine;

	return machine->paranoid != SETTING_UNKNOWN &&
			       (machine->paranoid <= level || perfev_machine_may_all(machine)) ?
		       PERFEV_CAUSE_LSM :
		       PERFEV_CAUSE_PARANOID;
}

static void capability_remedy(struct perfev_why *why)
{
	perfev_why_remedy(why, "sudo setcap cap_perfmon+ep PROGRAM, or run it as root");
}

int perfev_explain_no_right(struct inquiry *inquiry)
{
	const struct request dummy = perfev_request_dummy();
	const int error = perfev_try(inquiry, &dummy);
	struct perfev_why *why = inquiry->why;

	if (error != EACCES && error != EPERM)
		return 0;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, 2), "", 0);
	if (inquiry->machine.paranoid > 2)
		perfev_why_reason(why,
				  "kernel.perf_event_paranoid is %ld, at which only those with "
				  "CAP_PERFMON or CAP_SYS_ADMIN may open any event",
				  inquiry->machine.paranoid);
	else
		perfev_why_reason(why,
				  "a security module or the system's policy forbids every event");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, 2);
	return 1;
}

static int kernel_part(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->attr.exclude_kernel)
		return 0;
	work->attr.exclude_kernel = 1;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, 1), "exclude_kernel", 0);
	perfev_why_reason(
		why, "exclude_kernel is 0, but to count what the kernel does takes CAP_PERFMON "
		     "or a kernel.perf_event_paranoid of at most 1");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, 1);
	return 1;
}

static int all_threads(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->pid != -1 && !(work->flags & PERF_FLAG_PID_CGROUP))
		return 0;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, 0), "pid",
			   (__u64)(__s64)work->pid);
	if (work->pid == -1)
		perfev_why_reason(why,
				  "pid is -1, but to count all threads of a CPU takes CAP_PERFMON "
				  "or a kernel.perf_event_paranoid of at most 0");
	else
		perfev_why_reason(why,
				  "pid is a cgroup, but to count its threads takes CAP_PERFMON or "
				  "a kernel.perf_event_paranoid of at most 0");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, 0);
	work->pid = 0;
	work->cpu = -1;
	work->flags &= ~(unsigned long)PERF_FLAG_PID_CGROUP;
	return 1;
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
	rights(inquiry, why);
	capability_remedy(why);
	return 1;
}

static int physical_addresses(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!(work->attr.sample_type & PERF_SAMPLE_PHYS_ADDR))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_PHYS_ADDR;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, 1), "sample_type",
			   PERF_SAMPLE_PHYS_ADDR);
	perfev_why_reason(why, "sample_type has PERF_SAMPLE_PHYS_ADDR, but physical addresses take "
			       "CAP_PERFMON or a kernel.perf_event_paranoid of at most 1");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, 1);
	return 1;
}

static int kernel_branches(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 kernel = PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_HV;
	const __u64 asked = work->attr.branch_sample_type & kernel;

	if (!(work->attr.sample_type & PERF_SAMPLE_BRANCH_STACK) || !asked)
		return 0;
	work->attr.branch_sample_type &= ~kernel;
	work->attr.branch_sample_type |= PERF_SAMPLE_BRANCH_USER;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, 1), "branch_sample_type",
			   asked & -asked);
	perfev_why_reason(why,
			  "branch_sample_type has PERF_SAMPLE_BRANCH_%s, but branches outside of "
			  "user space take CAP_PERFMON or a kernel.perf_event_paranoid of at "
			  "most 1",
			  asked & PERF_SAMPLE_BRANCH_KERNEL ? "KERNEL" : "HV");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, 1);
	return 1;
}

static int raw_tracepoint(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->attr.type != PERF_TYPE_TRACEPOINT || !(work->attr.sample_type & PERF_SAMPLE_RAW))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_RAW;
	perfev_rule_broken(inquiry, why, cause_by_level(inquiry, -1), "sample_type",
			   PERF_SAMPLE_RAW);
	perfev_why_reason(why, "sample_type has PERF_SAMPLE_RAW, but a tracepoint's fields take "
			       "CAP_PERFMON or a kernel.perf_event_paranoid of -1");
	rights(inquiry, why);
	paranoid_remedy(inquiry, why, -1);
	return 1;
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

static int kernel_breakpoint(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 address = work->attr.bp_addr;

	if (work->attr.type != PERF_TYPE_BREAKPOINT || !(address >> 63))
		return 0;
	work->attr.bp_addr = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CAPABILITY, "bp_addr", address);
	perfev_why_reason(why,
			  "bp_addr is %#llx, an address of the kernel, which takes CAP_SYS_ADMIN "
			  "to watch",
			  (unsigned long long)address);
	rights(inquiry, why);
	perfev_why_remedy(why, "run it as root");
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

static int probes(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!inquiry->is_probe)
		return 0;
	*work = perfev_request_as_dummy(work);
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CAPABILITY, "type", inquiry->asked.attr.type);
	perfev_why_reason(
		why,
		"type is %u, the PMU %s, and to place a probe takes CAP_PERFMON, whatever "
		"kernel.perf_event_paranoid is",
		inquiry->asked.attr.type, inquiry->pmu.name);
	rights(inquiry, why);
	capability_remedy(why);
	return 1;
}

perfev_rule *const perfev_rules_access[] = {
	probes,
	kernel_part,
	all_threads,
	others_thread,
	namespaces,
	physical_addresses,
	kernel_branches,
	raw_tracepoint,
	locked_registers,
	kernel_breakpoint,
	NULL,
};
