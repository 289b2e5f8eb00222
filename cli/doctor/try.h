/* SPDX-License-Identifier: MIT */
/*
 * What checks are made of: an event that is opened to see whether it can be, and what is written
 * down about it.
 */
#ifndef PERFEV_CLI_DOCTOR_TRY_H
#define PERFEV_CLI_DOCTOR_TRY_H

#include "doctor.h"

/* Writes down what works. */
__attribute__((format(printf, 3, 4))) void doctor_found(
	struct doctor_check *check, enum doctor_state state, const char *format, ...);

/* Writes down why something does not work, and by which command it would. NULL leaves one out. */
void doctor_blame(struct doctor_check *check, enum doctor_state state, enum perfev_cause cause,
		  const char *reason, const char *remedy);

/* Likewise, from what the library found; the cause tells between NO and ABSENT. */
void doctor_explained(const struct doctor *doctor, struct doctor_check *check,
		      const struct perfev_why *why);

/*
 * Likewise, of what takes hardware counters: that they, or what they have to be able to do, are not
 * there is told in words for the machine's owner, not for a programmer.
 */
void doctor_refused(const struct doctor *doctor, struct doctor_check *check,
		    const struct perfev_why *why, const char *lacking);

/* Likewise, but what is there works. */
void doctor_limited(const struct doctor *doctor, struct doctor_check *check,
		    const struct perfev_why *why);

/*
 * A command that takes root: without sudo for root, in a container with a comment that it is the
 * host's.
 */
__attribute__((format(printf, 3, 4))) void doctor_remedy(
	const struct doctor *doctor, struct doctor_check *check, const char *format, ...);

/* Where only a capability helps, "perfmon". */
void doctor_remedy_capability(const struct doctor *doctor, struct doctor_check *check,
			      const char *name);

/* Whom an event is opened for. */
struct doctor_where {
	pid_t pid;
	int cpu;
	unsigned long flags;
};

/* The calling thread on any CPU. */
#define DOCTOR_SELF ((struct doctor_where){ 0, -1, 0 })

/* Opens an event, disabled. Returns its file descriptor, or a negative errno with *why filled. */
int doctor_open(struct perf_event_attr *attr, struct doctor_where where, struct perfev_why *why);

/* Opens one and closes it. Returns 0, or a negative errno with *why filled. */
int doctor_try(const struct perf_event_attr *attr, struct doctor_where where,
	       struct perfev_why *why);

/* Counts while work(argument) runs. Returns the count, or a negative errno. */
long long doctor_count(int fd, void (*work)(void *argument), void *argument);

/* Instructions of this thread's own code, or the processor's time where there are no counters. */
struct perf_event_attr doctor_attr_hardware(__u64 config);
struct perf_event_attr doctor_attr_software(__u64 config);

/* Uses the processor for some ms, and the kernel with it. */
void doctor_work(void *argument);

/* The number in a file, or DOCTOR_UNKNOWN. */
long doctor_file_number(const char *path);

/* A file's first line, without its end. Returns 0, or a negative errno with text "". */
int doctor_file_line(const char *path, char *text, size_t size);

/* One check for each line of the screen; see checks.c. */
typedef void doctor_check_fn(struct doctor *doctor, struct doctor_check *check);

doctor_check_fn doctor_check_system_call, doctor_check_counting, doctor_check_kernel,
	doctor_check_hardware, doctor_check_software, doctor_check_user_read;
doctor_check_fn doctor_check_sampling, doctor_check_precise, doctor_check_branches,
	doctor_check_trace;
doctor_check_fn doctor_check_processes, doctor_check_cpus, doctor_check_cgroups;
doctor_check_fn doctor_check_tracepoints, doctor_check_kprobes, doctor_check_uprobes,
	doctor_check_breakpoints;
doctor_check_fn doctor_check_rate, doctor_check_rings, doctor_check_files, doctor_check_symbols;

#endif
