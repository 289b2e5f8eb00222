/* SPDX-License-Identifier: MIT */
/*
 * Rules about fields that exclude or need each other, and about what a PMU may lack. The field that
 * is blamed is the one that the mend changes.
 */
#include "rules.h"

#include <errno.h>

/* Begins the explanation of two fields of which this one is to be changed. */
static int conflict(struct inquiry *inquiry, struct perfev_why *why, const char *field, __u64 value)
{
	return perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, field, value);
}

static int one_weight(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (~work->attr.sample_type & (PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT))
		return 0;
	work->attr.sample_type &= ~(__u64)PERF_SAMPLE_WEIGHT;
	conflict(inquiry, why, "sample_type", PERF_SAMPLE_WEIGHT);
	perfev_why_reason(why, "sample_type has both PERF_SAMPLE_WEIGHT and WEIGHT_STRUCT, which "
			       "share one place in a sample");
	return 1;
}

static int thread_inherits(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.inherit_thread || work->attr.inherit)
		return 0;
	work->attr.inherit = 1;
	conflict(inquiry, why, "inherit", 0);
	perfev_why_reason(why,
			  "inherit is 0, but inherit_thread narrows it to threads and needs it");
	return 1;
}

static int exec_ends_or_starts(struct inquiry *inquiry, struct request *work,
			       struct perfev_why *why)
{
	if (!work->attr.remove_on_exec || !work->attr.enable_on_exec)
		return 0;
	if (work->attr.sigtrap) {
		work->attr.enable_on_exec = 0;
		conflict(inquiry, why, "enable_on_exec", 1);
	} else {
		work->attr.remove_on_exec = 0;
		conflict(inquiry, why, "remove_on_exec", 1);
	}
	perfev_why_reason(why,
			  "enable_on_exec and remove_on_exec are both 1: exec cannot both start "
			  "and remove an event");
	return 1;
}

static int sigtrap_removed(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.sigtrap || work->attr.remove_on_exec)
		return 0;
	work->attr.remove_on_exec = 1;
	conflict(inquiry, why, "remove_on_exec", 0);
	perfev_why_reason(why, "remove_on_exec is 0, but sigtrap needs it, so that no program gets "
			       "signals that it does not know of");
	return 1;
}

static int sigtrap_of_thread(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.sigtrap || (work->pid != -1 && !(work->flags & PERF_FLAG_PID_CGROUP)))
		return 0;
	work->attr.sigtrap = 0;
	conflict(inquiry, why, "sigtrap", 1);
	perfev_why_reason(why,
			  "sigtrap is 1, but the event is of all threads on a CPU, and signals "
			  "go to the one thread of an event");
	perfev_why_remedy(why, "give a thread's number as pid");
	return 1;
}

static int reads_inherited_with_tid(struct inquiry *inquiry, struct request *work,
				    struct perfev_why *why)
{
	if (!work->attr.inherit || !(work->attr.sample_type & PERF_SAMPLE_READ) ||
	    (work->attr.sample_type & PERF_SAMPLE_TID))
		return 0;
	work->attr.sample_type |= PERF_SAMPLE_TID;
	conflict(inquiry, why, "sample_type", PERF_SAMPLE_TID);
	perfev_why_reason(why, "sample_type has PERF_SAMPLE_READ and not TID, but with inherit the "
			       "counts are each thread's, and TID says whose");
	return 1;
}

/*
 * All kernels before 6.12; this comes behind the rule above, and is dropped where that is enough.
 */
static int reads_not_inherited(struct inquiry *inquiry, struct request *work,
			       struct perfev_why *why)
{
	if (!work->attr.inherit || !(work->attr.sample_type & PERF_SAMPLE_READ))
		return 0;
	work->attr.inherit = 0;
	conflict(inquiry, why, "inherit", 1);
	perfev_why_reason(why,
			  "inherit is 1, but this kernel (Linux %s) gives no counts in samples "
			  "(PERF_SAMPLE_READ) of inherited events",
			  inquiry->machine.release_text);
	perfev_why_remedy(why, "take PERF_SAMPLE_READ out of sample_type, or use Linux 6.12");
	return 1;
}

/* Blames register masks that are empty; which registers there are is found by the search. */
static int registers_chosen(struct inquiry *inquiry, struct perfev_why *why, const char *field,
			    const char *bit, __u64 *mask)
{
	if (*mask)
		return 0;
	*mask = 1;
	conflict(inquiry, why, field, 0);
	perfev_why_reason(why,
			  "%s is 0, but sample_type has PERF_SAMPLE_%s, which needs to know which "
			  "registers",
			  field, bit);
	return 1;
}

static int user_registers_chosen(struct inquiry *inquiry, struct request *work,
				 struct perfev_why *why)
{
	__u64 mask = work->attr.sample_regs_user;
	int broken = (work->attr.sample_type & PERF_SAMPLE_REGS_USER) &&
		     registers_chosen(inquiry, why, "sample_regs_user", "REGS_USER", &mask);

	work->attr.sample_regs_user = mask;
	return broken;
}

static int interrupt_registers_chosen(struct inquiry *inquiry, struct request *work,
				      struct perfev_why *why)
{
	__u64 mask = work->attr.sample_regs_intr;
	int broken = (work->attr.sample_type & PERF_SAMPLE_REGS_INTR) &&
		     registers_chosen(inquiry, why, "sample_regs_intr", "REGS_INTR", &mask);

	work->attr.sample_regs_intr = mask;
	return broken;
}

/* What each of these asks of the group: a leader that writes an AUX area. */
static int without_aux_leader(struct inquiry *inquiry, struct perfev_why *why, const char *field,
			      __u64 value)
{
	perfev_rule_broken(inquiry, why,
			   inquiry->error == EOPNOTSUPP ? PERFEV_CAUSE_MACHINE : PERFEV_CAUSE_GROUP,
			   field, value);
	perfev_why_reason(why,
			  "%s is %llu, which goes only with an event that writes an AUX area "
			  "(a processor trace) in the same group",
			  field, (unsigned long long)value);
	return 1;
}

static int aux_samples_of_group(struct inquiry *inquiry, struct request *work,
				struct perfev_why *why)
{
	const __u32 bytes = work->attr.aux_sample_size;

	work->attr.aux_sample_size = 0;
	return bytes && without_aux_leader(inquiry, why, "aux_sample_size", bytes);
}

static int aux_output_of_group(struct inquiry *inquiry, struct request *work,
			       struct perfev_why *why)
{
	const __u64 is_set = work->attr.aux_output;

	work->attr.aux_output = 0;
	return is_set && without_aux_leader(inquiry, why, "aux_output", is_set);
}

static int aux_pauses_or_resumes(struct inquiry *inquiry, struct request *work,
				 struct perfev_why *why)
{
	if (!work->attr.aux_pause || !work->attr.aux_resume)
		return 0;
	work->attr.aux_resume = 0;
	conflict(inquiry, why, "aux_resume", 1);
	perfev_why_reason(why, "aux_pause and aux_resume are both 1: an event does one of them");
	return 1;
}

/* Clocks that cannot be read in an NMI, by which most hardware PMUs interrupt. */
static int clock_safe(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	if (!work->attr.use_clockid || work->attr.clockid == 1 || work->attr.clockid == 4)
		return 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_MACHINE, "clockid",
			   (__u64)(__s64)work->attr.clockid);
	perfev_why_reason(why,
			  "clockid is %d, but this PMU interrupts where only CLOCK_MONOTONIC (1) "
			  "and CLOCK_MONOTONIC_RAW (4) can be read",
			  work->attr.clockid);
	work->attr.clockid = 1;
	return 1;
}

static int precise_enough(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const unsigned int asked = work->attr.precise_ip;

	if (!asked)
		return 0;
	do
		work->attr.precise_ip--;
	while (work->attr.precise_ip && perfev_try(inquiry, work) != 0);
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_MACHINE, "precise_ip", asked);
	if (work->attr.precise_ip)
		perfev_why_reason(why,
				  "precise_ip is %u, but of this event the PMU takes at most %u",
				  asked, (unsigned int)work->attr.precise_ip);
	else
		perfev_why_reason(why,
				  "precise_ip is %u, but this PMU has no precise samples of this "
				  "event",
				  asked);
	if (inquiry->pmu.max_precise >= 0)
		perfev_why_evidence(why, "read %ld from .../devices/%s/caps/max_precise",
				    inquiry->pmu.max_precise, inquiry->pmu.name);
	return 1;
}

static int sampling_possible(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	const __u64 period = work->attr.sample_period;
	const int freq = work->attr.freq;

	if (inquiry->error != EOPNOTSUPP || !period)
		return 0;
	work->attr.sample_period = 0;
	work->attr.freq = 0;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_MACHINE,
			   freq ? "sample_freq" : "sample_period", period);
	perfev_why_reason(why,
			  "%s is %llu, but this PMU cannot interrupt, so its events count and do "
			  "not sample",
			  freq ? "sample_freq" : "sample_period", (unsigned long long)period);
	perfev_why_remedy(why, "sample by PERF_COUNT_SW_CPU_CLOCK");
	return 1;
}

int perfev_rule_threads(struct inquiry *inquiry, struct request *work, struct perfev_why *why)
{
	long cpu = 0;

	if (!inquiry->pmu.cpus[0] || work->pid == -1)
		return 0;
	while (cpu < 4096 && !perfev_machine_list_has(inquiry->pmu.cpus, cpu))
		cpu++;
	perfev_rule_broken(inquiry, why, PERFEV_CAUSE_CONFLICT, "pid", (__u64)(__s64)work->pid);
	perfev_why_reason(why, "pid is %d, but the PMU %s counts for all threads alike, on cpu %s",
			  work->pid, inquiry->pmu.name, inquiry->pmu.cpus);
	work->pid = -1;
	work->cpu = (int)cpu;
	return 1;
}

perfev_rule *const perfev_rules_pairs[] = {
	one_weight,
	thread_inherits,
	exec_ends_or_starts,
	sigtrap_removed,
	sigtrap_of_thread,
	reads_inherited_with_tid,
	reads_not_inherited,
	user_registers_chosen,
	interrupt_registers_chosen,
	aux_pauses_or_resumes,
	aux_samples_of_group,
	aux_output_of_group,
	NULL,
};

perfev_rule *const perfev_rules_pmu[] = { perfev_rule_threads, clock_safe, precise_enough,
					  sampling_possible, NULL };
