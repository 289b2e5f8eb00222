/* SPDX-License-Identifier: MIT */
/*
 * The raw layer beside the same calls written by hand, each in a function of its own, so that their
 * instructions can be counted and compared. Both columns must stay the same calls.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <perfev/sys.h>

#define PAIR(name, parameters, ours, by_hand)                                                      \
	int ours_##name parameters;                                                                \
	int ours_##name parameters                                                                 \
	{                                                                                          \
		return ours;                                                                       \
	}                                                                                          \
	int hand_##name parameters;                                                                \
	int hand_##name parameters                                                                 \
	{                                                                                          \
		return by_hand;                                                                    \
	}

PAIR(open, (struct perf_event_attr * attr, pid_t pid, int cpu, int group, unsigned long flags),
     perf_event_open(attr, pid, cpu, group, flags),
     (int)syscall(SYS_perf_event_open, attr, pid, cpu, group, flags))
PAIR(enable, (int fd, unsigned int flags), perf_event_ioc_enable(fd, flags),
     ioctl(fd, PERF_EVENT_IOC_ENABLE, (unsigned long)flags))
PAIR(disable, (int fd, unsigned int flags), perf_event_ioc_disable(fd, flags),
     ioctl(fd, PERF_EVENT_IOC_DISABLE, (unsigned long)flags))
PAIR(reset, (int fd, unsigned int flags), perf_event_ioc_reset(fd, flags),
     ioctl(fd, PERF_EVENT_IOC_RESET, (unsigned long)flags))
PAIR(refresh, (int fd, int overflows), perf_event_ioc_refresh(fd, overflows),
     ioctl(fd, PERF_EVENT_IOC_REFRESH, (long)overflows))
PAIR(period, (int fd, __u64 period), perf_event_ioc_period(fd, period),
     ioctl(fd, PERF_EVENT_IOC_PERIOD, &period))
PAIR(set_output, (int fd, int output), perf_event_ioc_set_output(fd, output),
     ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, (long)output))
PAIR(set_filter, (int fd, const char *filter), perf_event_ioc_set_filter(fd, filter),
     ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter))
PAIR(id, (int fd, __u64 *id), perf_event_ioc_id(fd, id), ioctl(fd, PERF_EVENT_IOC_ID, id))
PAIR(set_bpf, (int fd, int program), perf_event_ioc_set_bpf(fd, program),
     ioctl(fd, PERF_EVENT_IOC_SET_BPF, (long)program))
PAIR(pause_output, (int fd, unsigned int pause), perf_event_ioc_pause_output(fd, pause),
     ioctl(fd, PERF_EVENT_IOC_PAUSE_OUTPUT, (unsigned long)pause))
PAIR(query_bpf, (int fd, struct perf_event_query_bpf *query), perf_event_ioc_query_bpf(fd, query),
     ioctl(fd, PERF_EVENT_IOC_QUERY_BPF, query))
PAIR(modify_attributes, (int fd, struct perf_event_attr *attr),
     perf_event_ioc_modify_attributes(fd, attr), ioctl(fd, PERF_EVENT_IOC_MODIFY_ATTRIBUTES, attr))
PAIR(task_enable, (void), perf_event_task_enable(), prctl(PR_TASK_PERF_EVENTS_ENABLE, 0, 0, 0, 0))
PAIR(task_disable, (void), perf_event_task_disable(),
     prctl(PR_TASK_PERF_EVENTS_DISABLE, 0, 0, 0, 0))
