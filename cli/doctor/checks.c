/* SPDX-License-Identifier: MIT */
/*
 * The list of checks, in the order in which they are made and printed, and what they come to. What
 * needs events is not tried where the system call gives none.
 */
#include "try.h"

static const struct {
	const char *name;
	const char *title;
	doctor_check_fn *run;
	int needs_events;
} list[] = {
	{ "system-call", "system call", doctor_check_system_call, 0 },
	{ "counting", "counting", doctor_check_counting, 1 },
	{ "sampling", "sampling", doctor_check_sampling, 1 },
	{ "kernel-mode", "kernel mode", doctor_check_kernel, 1 },
	{ "software-events", "software events", doctor_check_software, 1 },
	{ "hardware-counters", "hardware counters", doctor_check_hardware, 1 },
	{ "user-reads", "user-space reads", doctor_check_user_read, 1 },
	{ "precise-sampling", "precise samples", doctor_check_precise, 1 },
	{ "branch-stacks", "branch stacks", doctor_check_branches, 1 },
	{ "processor-trace", "processor trace", doctor_check_trace, 1 },
	{ "processes", "processes", doctor_check_processes, 1 },
	{ "whole-cpus", "whole CPUs", doctor_check_cpus, 1 },
	{ "cgroups", "cgroups", doctor_check_cgroups, 1 },
	{ "tracepoints", "tracepoints", doctor_check_tracepoints, 1 },
	{ "kprobes", "kprobes", doctor_check_kprobes, 1 },
	{ "uprobes", "uprobes", doctor_check_uprobes, 1 },
	{ "breakpoints", "breakpoints", doctor_check_breakpoints, 1 },
	{ "sample-rate", "sample rate", doctor_check_rate, 0 },
	{ "rings", "ring buffers", doctor_check_rings, 1 },
	{ "open-files", "open files", doctor_check_files, 0 },
	{ "kernel-symbols", "kernel symbols", doctor_check_symbols, 0 },
};

#define LENGTH (sizeof(list) / sizeof(list[0]))

_Static_assert(LENGTH <= DOCTOR_CHECKS, "there is room for all checks");

void doctor_checks_run(struct doctor *doctor)
{
	for (size_t i = 0; i < LENGTH; i++) {
		struct doctor_check *check = &doctor->checks[i];

		check->name = list[i].name;
		check->title = list[i].title;
		if (list[i].needs_events && !doctor->is_reachable)
			doctor_blame(check, DOCTOR_UNTRIED, doctor->checks[0].cause,
				     "it needs the system call", NULL);
		else
			list[i].run(doctor, check);
	}
	doctor->check_count = LENGTH;
}

const char *doctor_state_name(enum doctor_state state)
{
	static const char *const names[] = {
		[DOCTOR_OK] = "ok",         [DOCTOR_LIMITED] = "limited", [DOCTOR_NO] = "no",
		[DOCTOR_ABSENT] = "absent", [DOCTOR_UNTRIED] = "untried",
	};

	return names[state];
}

int doctor_exit_status(const struct doctor *doctor)
{
	return !doctor->counts || !doctor->samples;
}

const char *doctor_verdict(const struct doctor *doctor)
{
	if (!doctor->counts)
		return doctor->samples ? "Sampling works here, counting does not" :
					 "Neither counting nor sampling works here";
	if (!doctor->samples)
		return "Counting works here, sampling does not";
	if (!doctor->counts_hardware)
		return "Counting and sampling work here, by software events only";
	if (!doctor->samples_hardware)
		return "Counting works here, sampling by a timer only";
	return "Counting and sampling work here, by the processor's counters";
}
