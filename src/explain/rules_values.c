/* SPDX-License-Identifier: MIT */
/*
 * Rules about one field by itself, of the call's arguments and of attr: values that no kernel
 * takes. They follow perf_copy_attr() and perf_event_open() in the kernel's kernel/events/core.c.
 */
#include "rules.h"

#include <string.h>
#include <sys/stat.h>

#define TOP_BIT (1ULL << 63)

/* More samples in a second than this are no machine's to take. */
#define MOST_HZ 1000000

#define ALL_FLAGS                                                                                  \
	(PERF_FLAG_FD_NO_GROUP | PERF_FLAG_FD_OUTPUT | PERF_FLAG_PID_CGROUP | PERF_FLAG_FD_CLOEXEC)

int perfev_rule_broken(struct inquiry *inquiry, struct perfev_why *why, enum perfev_cause cause,
		       const char *field, __u64 value)
{
	perfev_why_begin(why, cause, inquiry->error, field, value);
	return 1;
}

static int flags_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	unsigned long unknown = work->flags & ~(unsigned long)ALL_FLAGS;

	if (!unknown)
		return 0;
	work->flags &= ALL_FLAGS;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "flags", unknown);
	perfev_why_reason(why, "flags has %#lx in it, which is no PERF_FLAG_* up to Linux %s",
			  unknown, PERFEV_ABI_RELEASE);
	return 1;
}

static int is_directory(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

static int cgroup_with_pid_and_cpu(struct inquiry *inquiry, struct request *work,
				   struct perfev_why *why)
{
	if (!(work->flags & PERF_FLAG_PID_CGROUP) || (work->pid != -1 && work->cpu != -1))
		return 0;
	if (work->cpu == -1) {
		perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "cpu", (__u64)-1);
		perfev_why_reason(why,
				  "cpu is -1, but a cgroup (PERF_FLAG_PID_CGROUP) is counted on "
				  "one CPU by each event");
	} else {
		perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "pid", (__u64)-1);
		perfev_why_reason(why, "pid is -1, but with PERF_FLAG_PID_CGROUP it is the "
				       "descriptor of the cgroup's directory");
	}
	if (work->cpu == -1 && is_directory(work->pid))
		work->cpu = 0;
	else
		work->flags &= ~(unsigned long)PERF_FLAG_PID_CGROUP;
	return 1;
}

static int somebody_somewhere(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->pid != -1 || work->cpu != -1)
		return 0;
	if (perfev_machine_may_all(&inquiry->machine) || inquiry->machine.paranoid <= 0) {
		work->cpu = 0;
		perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "cpu", (__u64)-1);
	} else {
		work->pid = 0;
		perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "pid", (__u64)-1);
	}
	perfev_why_reason(why,
			  "pid and cpu are both -1: an event is of a thread, or of all threads on "
			  "one CPU");
	perfev_why_remedy(why, "open one event for each CPU");
	return 1;
}

static int cpu_there(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const long cpus = inquiry->machine.cpus;

	if (work->cpu == -1 || (work->cpu >= 0 && (cpus < 0 || work->cpu < cpus)))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CPU, "cpu", (__u64)(__s64)work->cpu);
	perfev_why_reason(why, "cpu is %d, but the CPUs of this machine are 0 to %ld", work->cpu,
			  cpus - 1);
	perfev_why_evidence(why, "read /sys/devices/system/cpu/possible");
	work->cpu = work->pid == -1 ? 0 : -1;
	return 1;
}

static int reserved_zero(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const struct perfev_field *field;
	__u64 value = 0;

	for (unsigned int number = 0; (field = perfev_field_get(number)); number++) {
		if (strncmp(field->name, "__reserved", 10) != 0)
			continue;
		value = perfev_field_read(field, &work->attr);
		if (value)
			break;
	}
	if (!value)
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, field->name, value);
	perfev_why_reason(why,
			  "%s is %#llx, but no kernel up to Linux %s gives these bits a meaning",
			  field->name, (unsigned long long)value, PERFEV_ABI_RELEASE);
	perfev_field_write(field, &work->attr, 0);
	return 1;
}

/* The bits of value that have no name. */
static __u64 unnamed(enum perfev_set set, __u64 value)
{
	__u64 bits = 0;

	for (__u64 bit = 1; bit; bit <<= 1)
		if ((value & bit) && !perfev_set_name(set, bit))
			bits |= bit;
	return bits;
}

static int bits_named(struct inquiry *inquiry, struct perfev_why *why, const char *name,
		      enum perfev_set set, __u64 *value)
{
	__u64 unknown = unnamed(set, *value);

	if (!unknown)
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, name, unknown);
	perfev_why_reason(why, "%s has %#llx in it, which has no meaning up to Linux %s", name,
			  (unsigned long long)unknown, PERFEV_ABI_RELEASE);
	*value &= ~unknown;
	return 1;
}

static int sample_type_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	__u64 value = work->attr.sample_type;
	int broken = bits_named(inquiry, why, "sample_type", PERFEV_SET_SAMPLE_TYPE, &value);

	work->attr.sample_type = value;
	return broken;
}

static int read_format_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	__u64 value = work->attr.read_format;
	int broken = bits_named(inquiry, why, "read_format", PERFEV_SET_READ_FORMAT, &value);

	work->attr.read_format = value;
	return broken;
}

static int branches_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	__u64 value = work->attr.branch_sample_type;
	int broken = bits_named(inquiry, why, "branch_sample_type", PERFEV_SET_BRANCH_SAMPLE_TYPE,
				&value);

	work->attr.branch_sample_type = value;
	return broken;
}

static int branches_chosen(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 value = work->attr.branch_sample_type;

	if (!(work->attr.sample_type & PERF_SAMPLE_BRANCH_STACK) ||
	    (value & ~(__u64)PERF_SAMPLE_BRANCH_PLM_ALL))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "branch_sample_type", value);
	perfev_why_reason(why,
			  "branch_sample_type is %#llx, which says at most where branches are "
			  "taken and not which, as PERF_SAMPLE_BRANCH_ANY does",
			  (unsigned long long)value);
	work->attr.branch_sample_type |= PERF_SAMPLE_BRANCH_ANY;
	return 1;
}

static int stack_size(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u32 bytes = work->attr.sample_stack_user;

	if (!(work->attr.sample_type & PERF_SAMPLE_STACK_USER) ||
	    (bytes % 8 == 0 && bytes < 0xffff))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "sample_stack_user", bytes);
	if (bytes % 8)
		perfev_why_reason(why, "sample_stack_user is %u, which is no multiple of 8", bytes);
	else
		perfev_why_reason(why,
				  "sample_stack_user is %u, but a record has no room for more "
				  "than 65528 bytes of stack",
				  bytes);
	work->attr.sample_stack_user = bytes < 0xffff ? bytes & ~7U : 65528;
	return 1;
}

static int frequency_allowed(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const long most = inquiry->machine.sample_rate;

	if (!work->attr.freq || most < 0 || work->attr.sample_freq <= (__u64)most)
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_RATE, "sample_freq", work->attr.sample_freq);
	perfev_why_reason(why,
			  "sample_freq is %llu, but at most %ld samples per second are allowed",
			  (unsigned long long)work->attr.sample_freq, most);
	perfev_why_evidence(why, "read %ld from /proc/sys/kernel/perf_event_max_sample_rate", most);
	if (work->attr.sample_freq <= MOST_HZ)
		perfev_why_remedy(why, "sudo sysctl kernel.perf_event_max_sample_rate=%llu",
				  (unsigned long long)work->attr.sample_freq);
	work->attr.sample_freq = (__u64)most;
	return 1;
}

static int period_positive(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (work->attr.freq || !(work->attr.sample_period & TOP_BIT))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "sample_period",
			   work->attr.sample_period);
	perfev_why_reason(why, "sample_period is %llu, but a period has to be less than 2^63",
			  (unsigned long long)work->attr.sample_period);
	work->attr.sample_period = TOP_BIT - 1;
	return 1;
}

/* Those that no kernel takes; that a PMU takes some of the others only is another rule. */
static int is_clock(__s32 clock)
{
	return clock == 0 || clock == 1 || clock == 4 || clock == 7 || clock == 11;
}

static int clock_known(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.use_clockid || is_clock(work->attr.clockid))
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_VALUE, "clockid",
			   (__u64)(__s64)work->attr.clockid);
	perfev_why_reason(why,
			  "clockid is %d, but the clocks of events are CLOCK_MONOTONIC (1), "
			  "MONOTONIC_RAW (4), and for some REALTIME (0), BOOTTIME (7), TAI (11)",
			  work->attr.clockid);
	work->attr.clockid = 1;
	return 1;
}

static int stack_allowed(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const long most = inquiry->machine.max_stack;

	if (!(work->attr.sample_type & PERF_SAMPLE_CALLCHAIN) || most < 0 ||
	    work->attr.sample_max_stack <= most)
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_STACK, "sample_max_stack",
			   work->attr.sample_max_stack);
	perfev_why_reason(why,
			  "sample_max_stack is %u, but a callchain may have at most %ld frames",
			  work->attr.sample_max_stack, most);
	perfev_why_evidence(why, "read %ld from /proc/sys/kernel/perf_event_max_stack", most);
	perfev_why_remedy(why,
			  "sudo sysctl kernel.perf_event_max_stack=%u, while no event has "
			  "callchains",
			  work->attr.sample_max_stack);
	work->attr.sample_max_stack = (__u16)most;
	return 1;
}

perfev_rule *const perfev_rules_call[] = { flags_known, cgroup_with_pid_and_cpu, cpu_there,
					   somebody_somewhere, NULL };

perfev_rule *const perfev_rules_values[] = {
	reserved_zero, sample_type_known, read_format_known, branches_known, branches_chosen,
	stack_size,    frequency_allowed, period_positive,   clock_known,    stack_allowed,
	NULL,
};
