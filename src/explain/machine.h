/* SPDX-License-Identifier: MIT */
/*
 * What the system says of itself in /proc and /sys that decides over events. Read anew for each
 * explanation, by open and read alone: nothing is allocated and nothing kept.
 */
#ifndef PERFEV_SRC_EXPLAIN_MACHINE_H
#define PERFEV_SRC_EXPLAIN_MACHINE_H

#include <stddef.h>
#include <sys/types.h>

#include <perfev/abi.h>

/* A setting that could not be read. */
#define SETTING_UNKNOWN (-1000000L)

struct machine {
	const char *root; /* goes before every path: "", or a folder of a test's making */
	long paranoid;    /* kernel.perf_event_paranoid; the rest are SETTING_UNKNOWN alike */
	long sample_rate;
	long max_stack;
	long mlock_kb;
	long ptrace_scope;
	__u64 capabilities; /* CapEff */
	int seccomp;        /* 2 when there is a filter of system calls */
	int is_contained; /* in a user namespace other than the first: capabilities do not count */
	int has_lockdown; /* kernel_lockdown(7) is in force */
	__u32 release;    /* as PERFEV_KERNEL() writes one */
	char release_text[24];
	long cpus;   /* one more than the highest number of a CPU that there can be */
	long online; /* how many are */
};

void perfev_machine_read(struct machine *machine, const char *root);

/* CAP_PERFMON (or CAP_SYS_ADMIN, which stands for it), where the kernel would count it. */
int perfev_machine_may_all(const struct machine *machine);
int perfev_machine_has(const struct machine *machine, unsigned int capability);

#define CAPABILITY_IPC_LOCK 14
#define CAPABILITY_SYS_PTRACE 19
#define CAPABILITY_SYS_ADMIN 21
#define CAPABILITY_PERFMON 38

/*
 * Reads a file into text, ended by a zero byte and cut where it does not fit. Returns its length,
 * or a negative errno.
 */
int perfev_machine_file(const char *root, const char *path, char *text, size_t size);

/* The number that a file begins with, or SETTING_UNKNOWN. */
long perfev_machine_number(const char *root, const char *path);

/*
 * Whether the kernel's NMI watchdog may hold a counter: it is on, and on this processor it may be
 * an event of perf's (arch/.../Kconfig: HAVE_HARDLOCKUP_DETECTOR_PERF). That of powerpc, of the
 * same name, is a timer.
 */
int perfev_machine_watchdog(const char *root);

/* Whether a list like "0-3,8" has that number in it. */
int perfev_machine_list_has(const char *list, long number);

/* How many numbers such a list has. */
long perfev_machine_list_count(const char *list);

/*
 * The text behind "NAME:" and blanks in a file like /proc/self/status, or NULL. It ends with its
 * line, which is not cut off.
 */
const char *perfev_machine_status(const char *status, const char *name);

/* One of the kernel's PMUs. */
struct pmu {
	char name[48];
	__u32 type;
	long max_precise; /* SETTING_UNKNOWN when it does not say */
	char cpus[64];    /* of a PMU that counts on those CPUs only, whoever runs; or "" */
};

/* Finds the PMU with that number for attr.type. Returns 1, or 0 with *pmu empty. */
int perfev_machine_pmu(const char *root, __u32 type, struct pmu *pmu);

/* Calls visit for each entry of a folder, until it returns other than 0, which it then returns. */
int perfev_machine_visit(const char *path, int (*visit)(void *argument, const char *name),
			 void *argument);

#endif
