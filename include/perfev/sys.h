/* SPDX-License-Identifier: MIT */
/*
 * perfev/sys.h: perf_event_open(2), its ioctls and its prctls as typed functions.
 *
 * Each is exactly one system call: it returns what the kernel returns (-1 with errno set when it
 * refuses), checks nothing and changes nothing else. Header only: there is no library to link. All
 * may be called in a signal handler and from any thread. See perfev_sys(3).
 */
#ifndef PERFEV_SYS_H
#define PERFEV_SYS_H

#include <perfev/abi.h>

#ifndef __linux__
#error "perfev/sys.h makes Linux system calls. Elsewhere perfev/abi.h alone serves to read recordings."
#endif

#ifndef __NR_perf_event_open
#error "perfev/sys.h: this architecture's number of perf_event_open is not known. Define __NR_perf_event_open."
#endif

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#else
/* <unistd.h> declares it only outside of strict ISO C; to declare it once more does no harm. */
long syscall(long number, ...);
#endif

/*
 * An initializer for struct perf_event_attr with its size set, all else zero but the type and the
 * fields that are named, of which there is at least one:
 *
 *     struct perf_event_attr attr = PERFEV_ATTR_INIT(
 *             PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1);
 *
 * In C, and in C++20 with the fields in the struct's order. In older C++ zero the struct and set
 * its type and size.
 */
#define PERFEV_ATTR_INIT(type_id, ...)                                                             \
	{ .type = (type_id), .size = sizeof(struct perf_event_attr), __VA_ARGS__ }

/*
 * Opens an event: of a thread (pid, or 0 for the caller) on any CPU (cpu -1) or on one, or of all
 * threads (pid -1) on one CPU. group_fd is the leader's, or -1 to lead a group or stand alone.
 * flags are PERF_FLAG_*; with PERF_FLAG_FD_CLOEXEC programs that are executed do not inherit it.
 * Returns the event's file descriptor, or -1:
 *   E2BIG       attr has something set past what this kernel knows; attr->size then says how much
 *               it knows
 *   EACCES      perf_event_paranoid or a missing capability forbids it
 *   EBADF       group_fd is no file descriptor of an event
 *   EBUSY       another event holds the PMU for itself alone
 *   EFAULT      attr, or something that it points to, is no memory of the caller's
 *   EINTR       the target was interrupted while a probe was placed
 *   EINVAL      a field, or two together, that this kernel or PMU does not take
 *   EMFILE      the process has no file descriptor left (ENFILE: the system has none)
 *   ENODEV      the CPU is offline, or the PMU has a part that this machine does not have
 *   ENOENT      no PMU takes this type and config
 *   ENOMEM      the kernel has no memory for it
 *   ENOSPC      no breakpoint register is left
 *   ENOSYS      the kernel was built without perf events, or a sandbox hides the call
 *   EOPNOTSUPP  the hardware lacks what is asked for (precise_ip, branch stacks, sampling)
 *   EOVERFLOW   attr.sample_max_stack is more than perf_event_max_stack allows
 *   EPERM       a capability is missing (for a tracepoint's fields, say, where EACCES is meant for
 *               its count), or a sandbox forbids the call
 *   ESRCH       no thread with that pid
 */
static inline int perf_event_open(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
				  unsigned long flags)
{
	return (int)syscall(__NR_perf_event_open, attr, pid, cpu, group_fd, flags);
}

/*
 * The argument of an ioctl is a long to the kernel, so each int goes in as a long: of SET_OUTPUT's
 * -1, for one, the kernel wants all 64 bits. The number is an int to musl and a long to glibc.
 */
#ifdef __GLIBC__
#define PERFEV_IOCTL(fd, number, argument) ioctl(fd, (unsigned long)(number), argument)
#else
#define PERFEV_IOCTL(fd, number, argument) ioctl(fd, (int)(number), argument)
#endif

/*
 * Starts counting. With PERF_IOC_FLAG_GROUP in flags, the event's whole group; else flags is 0.
 * Returns 0, or -1: EBADF, ENOTTY when fd is no event's.
 */
static inline int perf_event_ioc_enable(int fd, unsigned int flags)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_ENABLE, (unsigned long)flags);
}

/* Stops counting; the count stays. flags and errors are those of perf_event_ioc_enable(). */
static inline int perf_event_ioc_disable(int fd, unsigned int flags)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_DISABLE, (unsigned long)flags);
}

/*
 * Sets the count to zero, but not the times enabled and running. flags and errors are those of
 * perf_event_ioc_enable().
 */
static inline int perf_event_ioc_reset(int fd, unsigned int flags)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_RESET, (unsigned long)flags);
}

/*
 * Enables a sampling event for that many more overflows; it is disabled when they have happened.
 * The signal of the last one (F_SETSIG and O_ASYNC on fd) says POLL_HUP; poll() does not.
 * Returns 0, or -1: EINVAL for an event that is inherited or does not sample, ENOTTY, EBADF.
 */
static inline int perf_event_ioc_refresh(int fd, int overflows)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_REFRESH, (long)overflows);
}

/*
 * Sets a sampling event's period (counts), or its frequency (samples per second) if attr.freq is
 * set; of cpu-clock and task-clock always the period, in nanoseconds, since the kernel makes one of
 * their frequency when they are opened. It holds from now on.
 * Returns 0, or -1: EINVAL for 0, for a frequency above perf_event_max_sample_rate, for a period of
 * 2^63 and more, and for an event that does not sample; ENOTTY, EBADF.
 */
static inline int perf_event_ioc_period(int fd, __u64 period)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_PERIOD, &period);
}

/*
 * Sends the event's records to the ring of another event, or with -1 nowhere. The other must be
 * mapped, count on the same CPU (or, both on any CPU, for the same thread), and have the same clock
 * and the same attr.write_backward.
 * Returns 0, or -1: EINVAL when these differ or fd has a ring of its own, EBADF when output_fd is
 * no event's, ENOTTY.
 */
static inline int perf_event_ioc_set_output(int fd, int output_fd)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_SET_OUTPUT, (long)output_fd);
}

/*
 * Sets a filter: an expression over the fields of a tracepoint, or the address ranges that a
 * processor trace keeps. A tracepoint's filter cannot be replaced.
 * Returns 0, or -1: EINVAL for a text that does not parse and for events that take no filter,
 * EEXIST when there is one already, EFAULT, ENOTTY, EBADF.
 */
static inline int perf_event_ioc_set_filter(int fd, const char *filter)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_SET_FILTER, filter);
}

/*
 * Gets the event's number, the one that samples and reads with an id carry. Since Linux 3.12.
 * Returns 0 with *id set, or -1: EFAULT, ENOTTY, EBADF.
 */
static inline int perf_event_ioc_id(int fd, __u64 *id)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_ID, id);
}

/*
 * Attaches a BPF program to a tracepoint, kprobe or uprobe, or as an overflow handler. Since Linux
 * 4.1.
 * Returns 0, or -1: EEXIST when it is attached already, E2BIG when too many are, EINVAL for a
 * program or an event of another kind and for a prog_fd that is no program, EBADF for one that is
 * not open, EPERM, ENOTTY.
 */
static inline int perf_event_ioc_set_bpf(int fd, int prog_fd)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_SET_BPF, (long)prog_fd);
}

/*
 * Stops (pause not 0) or lets go on (0) writing to the event's ring; what happens meanwhile is not
 * recorded, but counted as lost. Since Linux 4.7.
 * Returns 0, or -1: EINVAL when the event has no ring, ENOTTY, EBADF.
 */
static inline int perf_event_ioc_pause_output(int fd, unsigned int pause)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_PAUSE_OUTPUT, (unsigned long)pause);
}

/*
 * Lists the BPF programs attached to a tracepoint: query->ids_len is how many ids there is room
 * for, query->prog_cnt becomes how many programs there are. With room for 0 only they are counted.
 * Since Linux 4.16.
 * Returns 0, or -1: ENOSPC when there are more than fit (those that fit are there), EINVAL for
 * events of other kinds, EPERM without CAP_PERFMON, E2BIG for room for more than 64, EFAULT,
 * ENOTTY, EBADF.
 */
static inline int perf_event_ioc_query_bpf(int fd, struct perf_event_query_bpf *query)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_QUERY_BPF, query);
}

/*
 * Changes what a breakpoint watches: bp_type, bp_addr, bp_len, disabled and sig_data; all else in
 * attr must be as it was. Since Linux 4.17.
 * Returns 0, or -1: EOPNOTSUPP for events that are no breakpoints, EINVAL for other changes, E2BIG
 * as perf_event_open(), EFAULT, ENOTTY, EBADF.
 */
static inline int perf_event_ioc_modify_attributes(int fd, struct perf_event_attr *attr)
{
	return PERFEV_IOCTL(fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, attr);
}

/* In <sys/prctl.h> of every C library since Linux 2.6.32. */
#ifndef PR_TASK_PERF_EVENTS_DISABLE
#define PR_TASK_PERF_EVENTS_DISABLE 31
#define PR_TASK_PERF_EVENTS_ENABLE 32
#endif

/*
 * Starts every event that the calling thread has opened, whatever it counts; inherited copies are
 * not meant. Returns 0.
 */
static inline int perf_event_task_enable(void)
{
	return prctl(PR_TASK_PERF_EVENTS_ENABLE, 0L, 0L, 0L, 0L);
}

/* Stops every event that the calling thread has opened. Returns 0. */
static inline int perf_event_task_disable(void)
{
	return prctl(PR_TASK_PERF_EVENTS_DISABLE, 0L, 0L, 0L, 0L);
}

#ifdef __cplusplus
}
#endif

#endif /* PERFEV_SYS_H */
