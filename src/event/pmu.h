/* SPDX-License-Identifier: MIT */
/*
 * A PMU as sysfs describes it: its number, where it counts, the terms that its events are written
 * with and those events that have names. Each question opens the one file that answers it.
 */
#ifndef PERFEV_SRC_EVENT_PMU_H
#define PERFEV_SRC_EVENT_PMU_H

#include <limits.h>

#include "sysfs.h"

struct pmu {
	const struct machine *machine;
	char name[NAME_MAX + 1];
	__u32 type;
};

/* Finds a PMU by its whole name. Returns 0, -ENOENT when there is none, or a negative errno. */
int perfev_pmu_find(struct pmu *pmu, const struct machine *machine, const char *name,
		    size_t length);

/* Finds a PMU by its number, which takes a walk. Returns 0, -ENOENT, or a negative errno. */
int perfev_pmu_find_type(struct pmu *pmu, const struct machine *machine, __u32 type);

/* How a PMU is tied to CPUs. */
enum pmu_place {
	PMU_ANYWHERE, /* it counts tasks, on any CPU */
	PMU_CORE,     /* it counts tasks, on its kind of core only: the file "cpus" */
	PMU_UNCORE,   /* it counts no tasks, and is opened on these CPUs: the file "cpumask" */
};

/*
 * Finds where a PMU counts, and writes its list of CPUs ("0-3,5", "" for PMU_ANYWHERE).
 * Returns an enum pmu_place, or a negative errno.
 */
int perfev_pmu_place(const struct pmu *pmu, char list[SYSFS_TEXT]);

/* Where a term's value goes: into these bits of attr.config, config1, ... config4. */
struct format {
	unsigned int number; /* 0 for config */
	__u64 bits;
};

/* Reads a format, "config1:0-7,32-35". Returns 0 or -EINVAL. */
int perfev_format_read(const char *text, struct format *out);

/* Puts the low bits of value where the bits of mask are, lowest first; and takes them back. */
__u64 perfev_format_scatter(__u64 mask, __u64 value);
__u64 perfev_format_gather(__u64 mask, __u64 config);

/* Returns attr.config, config1, ... config4, by its number. */
__u64 *perfev_config_of(struct perf_event_attr *attr, unsigned int number);

/* Finds one of a PMU's terms. Returns 0, -ENOENT, -EBADMSG, or a negative errno. */
int perfev_pmu_format(const struct pmu *pmu, const char *term, size_t length, struct format *out);

/* A PMU's named event. */
struct pmu_event {
	char terms[SYSFS_TEXT]; /* "event=0xc0,umask=0x1" */
	char unit[32];          /* "Joules", or "" */
	double scale;
};

/* Finds one of a PMU's named events. Returns 0, -ENOENT, -EBADMSG, or a negative errno. */
int perfev_pmu_event(const struct pmu *pmu, const char *name, size_t length, struct pmu_event *out);

/* Whether a PMU has an event of that name. */
int perfev_pmu_has_event(const struct pmu *pmu, const char *name, size_t length);

/* Whether a file in a PMU's folder of events is an event, not its scale or unit. */
int perfev_pmu_is_event(const char *name, size_t length);

#endif
