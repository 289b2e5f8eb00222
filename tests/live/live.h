/* SPDX-License-Identifier: MIT */
/*
 * What the live tests open, read and count events with: the bare interface of perfev/sys.h, with
 * every failure that is not the test's subject made a skip or a failure at once.
 */
#ifndef PERFEV_TESTS_LIVE_H
#define PERFEV_TESTS_LIVE_H

#include <perfev/sys.h>

#include "support.h"

/*
 * Opens an event of this thread on any CPU. Where the kernel says that there is no such event here
 * (ENOENT, ENODEV, EOPNOTSUPP) or that it may not be had (EACCES, EPERM), the test is skipped for
 * lack of feature; any other refusal fails it.
 */
int open_or_skip(struct perf_event_attr *attr, const char *feature);

/* As open_or_skip(), with all arguments of perf_event_open(2). */
int open_at_or_skip(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		    unsigned long flags, const char *feature);

/* The count of an event whose attr.read_format is 0. */
__u64 read_count(int fd);

/* The number of a dynamic PMU ("uprobe"), for attr.type. Skips the test where there is none. */
__u32 pmu_type_or_skip(const char *name);

/* The number of a tracepoint ("syscalls", "sys_enter_getppid"), for attr.config. Skips without. */
__u64 tracepoint_or_skip(const char *group, const char *name);

/* Where tracefs is mounted; skips the test where it is not to be read. */
const char *tracefs_or_skip(void);

/* A ring of records, read as the kernel's page says; one reader, forward. */
struct test_ring {
	struct perf_event_mmap_page *page;
	size_t bytes; /* of the mapping */
};

/* Maps an event's ring of 2^order pages. */
void ring_map(struct test_ring *ring, int fd, unsigned int order);
void ring_unmap(struct test_ring *ring);

/*
 * Copies the next record, header and all, into the 64 KiB at record and frees its place in the
 * ring.
 * Returns 1, or 0 when there is none.
 */
int ring_next(struct test_ring *ring, void *record);

/* Reads and drops every record, and returns how many there were of this type (0: of any type). */
unsigned int ring_count(struct test_ring *ring, __u32 type);

/* Touches fresh pages: exactly that many page faults, and as many samples of them. */
void fault_pages(unsigned int pages);

/*
 * Runs function(argument) in a child process that has dropped to an unprivileged user (skips the
 * test when that is not possible, not being root). Returns what function returned, 0 to 255.
 */
int as_nobody(int (*function)(void *argument), void *argument);

/*
 * Closes all events and skips the test when count is 0 and the machine says that QEMU emulates it:
 * there events open that the emulated processor never counts (breakpoints and caches of ppc64le).
 * Elsewhere it does nothing, and 0 is the caller's to judge.
 */
void skip_if_uncounted_in_an_emulator(__u64 count, const char *feature);

/* The number in /proc/sys/kernel/NAME; skips the test where it is not to be read. */
long kernel_setting_or_skip(const char *name);

/*
 * Loads the BPF program "return result" of this type (BPF_PROG_TYPE_*) and returns its descriptor.
 * Skips the test where the kernel has no BPF or does not let the caller load it.
 */
int bpf_program_or_skip(__u32 type, int result);

/*
 * Spins, since an idle CPU may have no ticks, until so many nanoseconds are over. The kernel's own
 * clock for events may be as coarse as its ticks: 20 ms move it anywhere.
 */
void spin_ns(long nanoseconds);

#define A_WHILE_NS 20000000L

#endif
