/* SPDX-License-Identifier: MIT */
/*
 * perfev/event.h: event names and the attributes that they stand for, both ways, and what this
 * machine offers. The grammar is linux-perf's, so that hands need not relearn, with probes beside
 * it; perfev_event(3) shows all of it:
 *
 *     cycles:u                      {instructions,cycles}:S      L1-dcache-load-misses
 *     cpu/event=0xc0,umask=1/pp     r01c0                        uncore_imc/data_reads/
 *     sched:sched_switch            syscalls:sys_enter_*         mem:0x601040/4:w
 *     kprobe:do_sys_openat2         uprobe:/bin/bash:readline    uretprobe:/bin/bash:0x4f0
 *
 * Reading a name opens only the files that this name needs, and no event. Every object belongs to
 * one thread at a time; different objects need no lock.
 */
#ifndef PERFEV_EVENT_H
#define PERFEV_EVENT_H

#include <stddef.h>

#include <perfev/abi.h>
#include <perfev/explain.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Finds a vendor's event, whose names the kernel does not know: attr has its size set and takes
 * type and config. name is length bytes without a final zero.
 * Returns 1 when it is found, 0 when there is no such name, or a negative errno.
 */
typedef int (*perfev_vendor_fn)(const char *name, size_t length, struct perf_event_attr *attr);

/* How names are read; all zero for this machine. */
struct perfev_event_options {
	size_t size;         /* sizeof(struct perfev_event_options) */
	const char *sysfs;   /* where sysfs is mounted: "/sys" */
	const char *tracefs; /* where tracefs is: /sys/kernel/tracing, /sys/kernel/debug/tracing */
	perfev_vendor_fn vendor; /* asked for names that nothing else has: perfev_pfm_encode() */
};

/* perfev_event.group: it stands alone. */
#define PERFEV_EVENT_ALONE (~0U)

/*
 * One event as the kernel takes it. In attr are size, type, config and its fellows, the levels,
 * precise_ip, pinned and exclusive, and the period or frequency if the text gave one; guests count
 * unless it left them out. Strings and pointers live as long as the events that they are in.
 */
struct perfev_event {
	struct perf_event_attr attr; /* what to open; a probe's strings lie in the events too */
	const char *name;            /* as it was written, with its modifiers: "cycles:u" */
	const char *pmu;             /* who counts it: "cpu_core", "software", "tracepoint" */
	const char *unit;            /* of value * scale: "Joules"; "" for a plain count */
	double scale;                /* 1.0 for a plain count */
	const int *cpus;             /* the only CPUs that it can be opened on, and counts on */
	unsigned int cpu_count;      /* how many; 0: any */
	unsigned int logical; /* which of the text's events, from 0: hybrid and uncore have many */
	unsigned int group;   /* of the kernel's groups, from 0, or PERFEV_EVENT_ALONE */
	unsigned int cpu_bound : 1; /* uncore: it counts no tasks, and is opened on each of cpus */
	unsigned int leads : 1;     /* it is its group's leader */
	unsigned int weak : 1;      /* :W, a group that may be taken apart where it does not fit */
	unsigned int precise_max : 1; /* :P, the highest precise_ip that opens: try 3, 2, 1, 0 */
	unsigned int sample_read : 1; /* :S, the leader's samples carry the group's counts */
	unsigned int bpf : 1;         /* :b, to be counted by a BPF program */
};

struct perfev_events;

/*
 * Reads a list of events, "cycles:u,{instructions,branches}:S,sched:*". Options may be NULL. When
 * it fails, *why (may be NULL) says why in words: the closest names that exist here for an unknown
 * one, and in position the byte that is wrong.
 * Returns 0, or a negative errno with *out NULL:
 *   -EINVAL   the text is not well formed, or a value does not fit
 *   -ENOENT   a name that nothing here has, or a known one that this machine lacks
 *   -EACCES   tracefs or sysfs is not the caller's to read
 *   -E2BIG    options from a newer caller, a text of more than 1 MiB, or one that becomes more
 *             than 65,536 events
 *   -ENOMEM
 *   others    as open(2) of a file in sysfs, or as the vendor's function
 */
int perfev_events_parse(struct perfev_events **out, const char *text,
			const struct perfev_event_options *options, struct perfev_why *why);

/* Frees the events. NULL is fine. */
void perfev_events_free(struct perfev_events *events);

/* Returns how many events the kernel is to open, one for each PMU of a hybrid processor. */
unsigned int perfev_events_count(const struct perfev_events *events);

/* Returns how many the text named, a pattern's matches counted each. */
unsigned int perfev_events_logical_count(const struct perfev_events *events);

/* Lends one of them, from 0, or NULL past the last. In the text's order; leaders before members. */
const struct perfev_event *perfev_events_get(const struct perfev_events *events,
					     unsigned int number);

/*
 * Writes an attribute as the text of an event that perfev_events_parse() takes back: "cycles:u",
 * "cpu/event=0xc0,umask=0x1/", "sched:sched_switch", "mem:0x601040/4:w". What sampling and reading
 * it is to give is not part of an event's name.
 * Returns the length of the whole text, as perfev_set_format() does; -ENOENT when type is a PMU
 * that this machine does not have, -EINVAL when no text stands for it (every level is excluded), or
 * another negative errno as perfev_events_parse().
 */
int perfev_event_format(char *text, size_t size, const struct perf_event_attr *attr,
			const struct perfev_event_options *options);

/* What a machine offers: flags for perfev_catalog_open(), one of them in each item. */
enum perfev_kind {
	PERFEV_KIND_HARDWARE = 1 << 0,  /* cycles, instructions: generic names of the processor's */
	PERFEV_KIND_CACHE = 1 << 1,     /* L1-dcache-load-misses */
	PERFEV_KIND_SOFTWARE = 1 << 2,  /* task-clock, page-faults */
	PERFEV_KIND_PMU = 1 << 3,       /* a PMU: its name, type, and CPUs */
	PERFEV_KIND_PMU_EVENT = 1 << 4, /* a PMU's named event: "cpu/mem-loads/" */
	PERFEV_KIND_FORMAT =
		1 << 5, /* a term that a PMU takes: "cpu/umask/", bits in description */
	PERFEV_KIND_TRACEPOINT = 1 << 6, /* "sched:sched_switch" */
	PERFEV_KIND_BREAKPOINT = 1 << 7, /* how breakpoints are written here */
	PERFEV_KIND_PROBE = 1 << 8, /* "kprobe:", "uprobe:" and their returns, where there are */
	PERFEV_KIND_RAW = 1 << 9,   /* "rNNN" where the processor has counters */
};

/* Everything that there is a name for. */
#define PERFEV_KIND_ALL 0x3ff

/* Beside kinds: what costs a file of its own to know is left empty, as a tracepoint's encoding. */
#define PERFEV_CATALOG_BRIEF (1U << 31)

/* One thing that a machine offers. Strings are lent until the next call. */
struct perfev_catalog_item {
	enum perfev_kind kind;
	const char *name;  /* what perfev_events_parse() takes, or a pattern of it */
	const char *alias; /* another name for the same, or "" */
	const char *pmu;   /* whose it is: "cpu", "software", "sched" for a tracepoint's system */
	const char *encoding; /* what it stands for: "event=0xc0,umask=0x1", "config:0-7"; or "" */
	const char *description; /* one sentence without its full stop; "" when none is known */
	const char *unit;        /* of value * scale, or "" */
	double scale;
	__u32 type; /* perf_event_attr.type */
};

struct perfev_catalog;

/*
 * Begins to list what this machine offers: these kinds (enum perfev_kind, or-ed), with names that
 * match a pattern of '*' and '?' (NULL: all). With PERFEV_CATALOG_BRIEF among the kinds, some of
 * what there is to know of each is left out. No event is opened; what is not yet reached is not
 * read. Options may be NULL.
 * Returns 0, or a negative errno with *out NULL: -EINVAL (kinds), -E2BIG (options), -ENOMEM.
 */
int perfev_catalog_open(struct perfev_catalog **out, unsigned int kinds, const char *pattern,
			const struct perfev_event_options *options);

/*
 * Gives the next one. Returns 1 with *out filled, 0 when none is left, or a negative errno for a
 * part that could not be read (-EACCES: tracefs is root's): the next call goes on behind it.
 */
int perfev_catalog_next(struct perfev_catalog *catalog, struct perfev_catalog_item *out);

/* Ends a listing. NULL is fine. */
void perfev_catalog_close(struct perfev_catalog *catalog);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_EVENT_H */
