/* SPDX-License-Identifier: MIT */
/*
 * The events of perfev stat: opened on the program before it is executed, inherited by all that it
 * starts, read when it has ended. What may not be counted with the kernel is counted without it.
 */
#include "stat.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	__u32 type;
	__u64 config;
} defaults[STAT_EVENTS] = {
	[STAT_TASK_CLOCK] = { "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK },
	[STAT_CONTEXT_SWITCHES] = { "context-switches", PERF_TYPE_SOFTWARE,
				    PERF_COUNT_SW_CONTEXT_SWITCHES },
	[STAT_MIGRATIONS] = { "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS },
	[STAT_PAGE_FAULTS] = { "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS },
	[STAT_CYCLES] = { "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES },
	[STAT_INSTRUCTIONS] = { "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS },
	[STAT_BRANCHES] = { "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS },
	[STAT_BRANCH_MISSES] = { "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES },
};

static int read_paranoid(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level = INT_MIN;

	if (!file)
		return level;
	if (fscanf(file, "%d", &level) != 1)
		level = INT_MIN;
	fclose(file);
	return level;
}

static void open_event(struct stat *stat, struct stat_event *event)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		event->type, .config = event->config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.disabled = 1, .inherit = 1, .enable_on_exec = 1);

	/* Once the kernel's part was refused, it is not asked for again. */
	if (stat->paranoid == INT_MIN) {
		event->fd = perf_event_open(&attr, stat->child.pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (event->fd >= 0 || (errno != EACCES && errno != EPERM))
			goto opened;
		stat->paranoid = read_paranoid();
	}
	attr.exclude_kernel = 1;
	attr.exclude_hv = 1;
	event->user_only = 1;
	event->fd = perf_event_open(&attr, stat->child.pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
opened:
	if (event->fd < 0) {
		event->error = errno;
		event->state = STAT_MISSING;
	}
}

void stat_open(struct stat *stat)
{
	stat->paranoid = INT_MIN;
	for (int i = 0; i < STAT_EVENTS; i++) {
		struct stat_event *event = &stat->events[i];

		memset(event, 0, sizeof(*event));
		event->name = defaults[i].name;
		event->type = defaults[i].type;
		event->config = defaults[i].config;
		open_event(stat, event);
	}
}

/*
 * value * times / by, without losing a bit on the way (without a 128-bit integer: as exact as the
 * compiler's largest float). by is not 0.
 */
static __u64 scale(__u64 value, __u64 times, __u64 by)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;

	return (__u64)((wide)value * times / by);
#else
	return (__u64)((long double)value * (long double)times / (long double)by);
#endif
}

static void read_event(struct stat_event *event)
{
	__u64 read_out[3]; /* value, time enabled, time running */

	event->state = STAT_NOT_COUNTED;
	if (read(event->fd, read_out, sizeof(read_out)) != sizeof(read_out))
		return;
	event->raw = event->value = read_out[0];
	event->enabled_ns = read_out[1];
	event->running_ns = read_out[2];
	if (event->running_ns == 0)
		return;
	event->state = STAT_COUNTED;
	if (event->running_ns < event->enabled_ns) {
		event->state = STAT_SCALED;
		event->value = scale(event->raw, event->enabled_ns, event->running_ns);
	}
}

/*
 * What leaving the kernel out means for events that are not the processor's. The clock runs on in
 * the kernel all the same. Switching and migrating happen in the kernel, so those events see
 * nothing; wait4(2) tells the switches to everybody, the migrations nobody.
 */
static void mend_kernel_only(struct stat *stat)
{
	struct stat_event *switches = &stat->events[STAT_CONTEXT_SWITCHES];
	struct stat_event *migrations = &stat->events[STAT_MIGRATIONS];

	stat->events[STAT_TASK_CLOCK].user_only = 0;
	if (switches->user_only) {
		switches->state = STAT_COUNTED;
		switches->user_only = 0;
		switches->from_rusage = 1;
		switches->value = switches->raw =
			(__u64)(stat->child.usage.ru_nvcsw + stat->child.usage.ru_nivcsw);
	}
	if (migrations->user_only && migrations->state != STAT_MISSING)
		migrations->state = STAT_NOT_COUNTED;
}

void stat_read(struct stat *stat)
{
	for (int i = 0; i < STAT_EVENTS; i++) {
		struct stat_event *event = &stat->events[i];

		if (event->state == STAT_MISSING)
			continue;
		read_event(event);
		close(event->fd);
	}
	mend_kernel_only(stat);
}

int stat_has_value(const struct stat_event *event)
{
	return event->state == STAT_COUNTED || event->state == STAT_SCALED;
}

static int count_errors(const struct stat *stat, int error)
{
	int count = 0;

	for (int i = 0; i < STAT_EVENTS; i++)
		count += stat->events[i].error == error;
	return count;
}

const char *stat_reason(const struct stat *stat, const struct stat_event *event, char *text,
			size_t size)
{
	static const char forbidden[] =
		"kernel.perf_event_paranoid is %d, which keeps events from all but root:"
		" 'sudo sysctl kernel.perf_event_paranoid=2' would allow them";
	static const char sandboxed[] =
		"not permitted (kernel.perf_event_paranoid is %d), as in a container's sandbox";

	if (event->state != STAT_MISSING)
		return event->user_only ? "it happens in the kernel, whose part is left out" :
					  "the counters were never free for it";
	switch (event->error) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		return "the kernel offers no counters for them here, as in most virtual machines";
	case EACCES:
	case EPERM:
		snprintf(text, size, stat->paranoid > 2 ? forbidden : sandboxed, stat->paranoid);
		break;
	case ENOSYS:
		return "this kernel, or a sandbox, has no perf_event_open";
	case EMFILE:
		snprintf(text, size, "too many open files: 'ulimit -n' must allow %d more",
			 count_errors(stat, EMFILE));
		break;
	default:
		snprintf(text, size, "%s", strerror(event->error));
	}
	return text;
}
