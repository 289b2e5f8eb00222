/* SPDX-License-Identifier: MIT */
/*
 * perfev/explain.h: why the kernel refused, in words that name the field and the remedy, and what
 * this kernel and machine accept.
 *
 * perf_event_open(2) says EINVAL for forty causes. What is known without asking is looked up;
 * what is not is found out: the same request is made again with one thing changed at a time, its
 * events disabled and closed at once, until the smallest part to blame is known. Nothing here
 * allocates, prints or keeps state, and errno stays as it was. See perfev_explain(3).
 */
#ifndef PERFEV_EXPLAIN_H
#define PERFEV_EXPLAIN_H

#include <stddef.h>
#include <sys/types.h>

#include <perfev/abi.h>
#include <perfev/names.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What kind of reason it is: what a program decides by. Numbers are never used again. */
enum perfev_cause {
	PERFEV_CAUSE_NONE = 0,      /* nothing failed */
	PERFEV_CAUSE_UNKNOWN = 1,   /* tried, and not found: evidence says what was tried */
	PERFEV_CAUSE_PASSED = 2,    /* the same request is accepted now */
	PERFEV_CAUSE_KERNEL = 3,    /* this kernel is too old for it, or built without it */
	PERFEV_CAUSE_VALUE = 4,     /* a field holds a value that no kernel takes */
	PERFEV_CAUSE_CONFLICT = 5,  /* fields exclude each other, or one needs another */
	PERFEV_CAUSE_MACHINE = 6,   /* this PMU or processor cannot do it */
	PERFEV_CAUSE_NO_PMU = 7,    /* there are no hardware counters here, as in most guests */
	PERFEV_CAUSE_RATE = 8,      /* above kernel.perf_event_max_sample_rate */
	PERFEV_CAUSE_STACK = 9,     /* above kernel.perf_event_max_stack */
	PERFEV_CAUSE_FILES = 10,    /* no file descriptor left */
	PERFEV_CAUSE_MLOCK = 11,    /* more locked memory than the caller may have */
	PERFEV_CAUSE_MEMORY = 12,   /* the kernel, or the caller's malloc(), had no memory */
	PERFEV_CAUSE_PARANOID = 13, /* kernel.perf_event_paranoid forbids it without a capability */
	PERFEV_CAUSE_CAPABILITY = 14, /* it needs a capability, whatever the paranoid level */
	PERFEV_CAUSE_PTRACE = 15,     /* the target is not the caller's to trace */
	PERFEV_CAUSE_SECCOMP = 16,    /* a sandbox's filter refuses the system call */
	PERFEV_CAUSE_LSM = 17,        /* a security module refuses it: lockdown, SELinux, ... */
	PERFEV_CAUSE_TARGET = 18,     /* there is no such thread, or it has ended */
	PERFEV_CAUSE_CPU = 19,        /* there is no such CPU, or it is offline */
	PERFEV_CAUSE_CGROUP = 20,     /* pid is no directory of a cgroup that counts events */
	PERFEV_CAUSE_GROUP = 21,      /* it does not go together with its group's leader */
	PERFEV_CAUSE_GROUP_FULL = 22, /* the PMU has no room for one more in this group */
	PERFEV_CAUSE_SLOTS = 23,      /* all breakpoint registers are taken */
	PERFEV_CAUSE_BUSY = 24,       /* another event holds the PMU for itself alone */
	PERFEV_CAUSE_DESCRIPTOR = 25, /* a file descriptor is not what it has to be */
	PERFEV_CAUSE_POINTER = 26,    /* a pointer leads to no memory of the caller's */
	PERFEV_CAUSE_PROBE = 27,      /* no such function or file, or no place for a probe */
	PERFEV_CAUSE_SYNTAX = 28,     /* event text that is not well formed */
	PERFEV_CAUSE_NAME = 29,       /* a name that nothing here has */
	PERFEV_CAUSE_ARGUMENT = 30,   /* a call of this library's own was made wrongly */
	PERFEV_CAUSE_FILE = 31,       /* a file is missing, unreadable, or not what it has to be */
};

/* Why something was refused. Zeroed, it says nothing. */
struct perfev_why {
	enum perfev_cause cause; /* the kind of reason */
	int error;               /* the errno that is explained, positive */
	char field[32];          /* what is to blame: "exclude_hv", "cpu", "sample_type"; or "" */
	__u64 value;             /* and what it held: the single bit of a set of flags */
	long position;           /* offset of the wrong byte in an event's text, or -1 */
	unsigned int tries;      /* how many requests were made to find out */
	char reason[256];        /* the cause in one sentence, without its full stop */
	char evidence[256];      /* what was read from where, what was tried; or "" */
	char remedy[256];        /* what to do, exact enough to paste; or "" */
	char text[776];          /* all of it as one line */
};

/* Returns a cause's name for machines, "group-full", or NULL for a number that is none. */
const char *perfev_cause_name(enum perfev_cause cause);

/* No explanation makes more requests than this to find out. */
#define PERFEV_EXPLAIN_TRIES 200

/*
 * Explains why perf_event_open(2) refused. All but why is what was asked, and error is the errno
 * that it gave. To find out, the same request is made again, whole and with one thing changed at a
 * time: its events are disabled, closed at once, and of the same target; where group_fd is at
 * fault, some are for that moment disabled members of its group. A probe (kprobe, uprobe) is never
 * placed to find out. The caller has to be who asked: the same thread, with the same rights.
 *
 * attr is read up to its size; when error is E2BIG, and the kernel has overwritten the size, as a
 * whole struct perf_event_attr. When the kernel refuses several things, the first is in field and
 * value, and the remedy mends all of them: its statements "attr.FIELD = VALUE;" and
 * "attr.FIELD &= ~NAME;" are C, and the request with them was accepted when it was tried.
 * Where nothing would be left to count it has no statements, and a command at a terminal instead.
 * Returns 1 when the cause was found; 0 when not (why->cause is PERFEV_CAUSE_UNKNOWN, and
 * why->evidence says what was tried), or when nothing failed (error is 0); -EINVAL when why is NULL
 * or error is negative. May be called from any thread, but not from a signal handler.
 */
int perfev_explain(const struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		   unsigned long flags, int error, struct perfev_why *why);

/*
 * Explains why an ioctl of an event refused: request is PERF_EVENT_IOC_*, argument what went in
 * with it (a pointer as a number), attr what the event was opened with (NULL when that is not
 * known: less is then found). The ioctl is not made again, since it could act on the event.
 * Returns as perfev_explain().
 */
int perfev_explain_ioctl(int fd, const struct perf_event_attr *attr, unsigned long request,
			 unsigned long argument, int error, struct perfev_why *why);

/*
 * Explains why mmap() of an event refused a ring, or at an offset other than 0 an AUX area: bytes,
 * prot and offset are what went in, MAP_SHARED is taken for granted; attr is what the event was
 * opened with (NULL when that is not known: less is then found). The event itself is not mapped
 * again; rings are tried on an event of the calling thread that counts nothing.
 * Returns as perfev_explain().
 */
int perfev_explain_mmap(int fd, const struct perf_event_attr *attr, size_t bytes, int prot,
			off_t offset, int error, struct perfev_why *why);

/* What the caller may have from this kernel on this machine, each found out by trying it. */
struct perfev_features {
	__u32 attr_bytes;         /* the attr.size that the kernel knows */
	__u32 is_permitted;       /* 1 when the caller may open an event at all */
	__u64 fields[2];          /* bit N: the field with number N (perfev_field_get()) is taken */
	__u64 sample_type;        /* the bits that are taken for a sampling software event */
	__u64 read_format;        /* likewise */
	__u64 branch_sample_type; /* bits taken with PERF_SAMPLE_BRANCH_STACK by the CPU's PMU */
	__u64 open_flags;         /* PERF_FLAG_* */
	__u64 ioctls;             /* bit N: the ioctl with that number, _IOC_NR(), is known */
	__u64 software;           /* bit N: PERF_TYPE_SOFTWARE with config N */
	__u64 hardware;           /* bit N: PERF_TYPE_HARDWARE with config N; 0 without a PMU */
	__u64 cache;              /* bit cache * 6 + operation * 2 + result of PERF_TYPE_HW_CACHE */
	__u64 clocks;             /* bit N: clockid N, CLOCK_*, is taken */
	__u32 breakpoints;        /* bit N: HW_BREAKPOINT_* type N can be watched at some length */
	__u32 precise_ip;         /* the most that the CPU's PMU takes for cycles or instructions */
	__u32 has_sampling;       /* 1 when the CPU's PMU interrupts: hardware events can sample */
	__u32 has_user_read;      /* 1 when user space may read a hardware counter without a call */
	__u32 has_kernel;   /* 1 when the caller may count the kernel's part of its own thread */
	__u32 has_cpu_wide; /* 1 when the caller may count all threads of a CPU */
	__u32 frequency_hz; /* the highest attr.sample_freq */
	__u32 max_stack;    /* the most frames in a callchain, attr.sample_max_stack */
	__u64 ring_pages;   /* of the largest ring that can be mapped now, up to 4096 */
	__u64 reserved[8];  /* zero */
};

/*
 * Finds out what this kernel and machine accept: some 300 requests for disabled events of the
 * calling thread, each closed at once. A program does this once and keeps the result.
 * Returns 0 with *out filled (an is_permitted of 0 says that all else could not be tried), -EINVAL
 * when out is NULL. May be called from any thread, but not from a signal handler.
 */
int perfev_features_probe(struct perfev_features *out);

/*
 * Says whether a value of a set is taken: of PERFEV_SET_SAMPLE_TYPE, READ_FORMAT,
 * BRANCH_SAMPLE_TYPE and OPEN_FLAGS all of the value's bits, of IOCTL, SOFTWARE and HARDWARE that
 * one.
 * Returns 1 or 0, or -EINVAL when the set is none of these.
 */
int perfev_features_has(const struct perfev_features *features, enum perfev_set set, __u64 value);

/*
 * Says whether the kernel takes a field of perf_event_attr when it is set.
 * Returns 1 or 0, or -EINVAL when field is NULL.
 */
int perfev_features_field(const struct perfev_features *features, const struct perfev_field *field);

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_EXPLAIN_H */
