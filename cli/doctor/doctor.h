/* SPDX-License-Identifier: MIT */
/*
 * perfev doctor: what was found out about this machine, as data. The checks fill it, the screen and
 * the JSON object print it, and neither knows more than the other.
 */
#ifndef PERFEV_CLI_DOCTOR_H
#define PERFEV_CLI_DOCTOR_H

#include <stdio.h>

#include <perfev.h>

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_LIMITED, /* it works, but less than it could: reason says what lacks */
	DOCTOR_NO,      /* it could work here, and does not: reason says why */
	DOCTOR_ABSENT,  /* this machine or kernel has no such thing */
	DOCTOR_UNTRIED, /* what it needs does not work */
};

/* One thing that was tried. */
struct doctor_check {
	const char *name;  /* for machines: "whole-cpus" */
	const char *title; /* for people, at most DOCTOR_TITLE_WIDTH columns */
	enum doctor_state state;
	enum perfev_cause cause; /* of reason, PERFEV_CAUSE_NONE where there is none */
	char found[200];         /* what works; or "" */
	char reason[256];        /* what does not, and why; or "" */
	char evidence[256];      /* what that was seen by; or "" */
	char remedy[256];        /* the command that would change it; or "" */
};

#define DOCTOR_TITLE_WIDTH 17
#define DOCTOR_CHECKS 24

/* One PMU. */
struct doctor_pmu {
	char name[48];
	__u32 type;
	char cpus[64];       /* a list, "0-3", of the only ones that it counts on; or "" */
	unsigned int events; /* that it has names for */
	char formats[1024];  /* its terms: "event umask edge" */
};

/* Machine, user, and what the kernel's settings mean for that user. */
struct doctor_machine {
	char release[65];
	char architecture[65];
	char processor[128];
	char hypervisor[32]; /* "KVM"; "" on bare metal */
	int is_hypervisor_known;
	char container[48]; /* "docker", "a PID namespace"; "" outside of any */
	char user[48];
	unsigned int uid;
	long cpus;         /* online */
	int has_own_users; /* in a user namespace, whose capabilities do not count */
	int may_all;       /* has CAP_PERFMON or CAP_SYS_ADMIN, and the kernel counts it */
	char lockdown[24]; /* "integrity", "confidentiality"; or "" */
	long paranoid;     /* this and what follows: DOCTOR_UNKNOWN when it cannot be read */
	long sample_rate;
	long cpu_percent;
	long mlock_kb;
	long max_stack;
	long kptr_restrict;
	long watchdog;
	__u64 files, files_hard; /* RLIMIT_NOFILE */
	__u64 locked;            /* RLIMIT_MEMLOCK, bytes */
};

#define DOCTOR_UNKNOWN (-1000000L)

struct doctor {
	struct doctor_machine machine;
	struct perfev_features features;
	struct doctor_check checks[DOCTOR_CHECKS];
	unsigned int check_count;
	struct doctor_pmu *pmus;
	unsigned int pmu_count;
	int is_reachable;    /* perf_event_open(2) answers, and opens something */
	int counts;          /* counting was seen to work */
	int samples;         /* sampling was */
	int counts_hardware; /* by the processor's counters */
	int samples_hardware;
};

/* machine.c: reads all of it. */
void doctor_machine_read(struct doctor_machine *machine);

/* virtual.c: below what and inside of what this runs. */
void doctor_virtual_read(struct doctor_machine *machine);

/* pmus.c: lists the PMUs. Returns 0, or -ENOMEM. */
int doctor_pmus_read(struct doctor *doctor);

/* Finds one by name. Returns NULL when it is not there. */
const struct doctor_pmu *doctor_pmus_find(const struct doctor *doctor, const char *name);

/* checks.c: makes all checks, in the order in which they are printed. */
void doctor_checks_run(struct doctor *doctor);

/* The state's name for machines, and the exit status that all of it stands for. */
const char *doctor_state_name(enum doctor_state state);
int doctor_exit_status(const struct doctor *doctor);

/* What it comes to in one sentence. */
const char *doctor_verdict(const struct doctor *doctor);

/* features.c: what this kernel does not take, by name: "aux_output defer_callchain". */
void doctor_lacking_fields(const struct doctor *doctor, char *text, size_t size);
void doctor_lacking_bits(enum perfev_set set, __u64 taken, char *text, size_t size);

/* print.c: the screen. */
void doctor_print(const struct doctor *doctor, int verbose, FILE *to);

/* json.c: the object. Returns 0, or a negative errno. */
int doctor_print_json(const struct doctor *doctor, FILE *to);

#endif
