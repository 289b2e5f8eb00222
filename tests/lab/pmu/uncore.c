// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMU perfev_uncore_0: system-wide only, as the memory controllers of real machines are. Its
 * one event counts writes to its file hit, whoever makes them on whichever processor, from a total
 * that runs freely; an event sees the difference.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/sysfs.h>

#include "perfev_pmu.h"

static atomic64_t total;

static int uncore_event_init(struct perf_event *event)
{
	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (event->attach_state & PERF_ATTACH_TASK || event->cpu < 0)
		return -EINVAL;
	if (event->attr.config != 1)
		return -EINVAL;
	event->cpu = 0; /* whichever was asked for: the one that cpumask says */
	return 0;
}

static void uncore_read(struct perf_event *event)
{
	u64 now = atomic64_read(&total);
	u64 before = local64_xchg(&event->hw.prev_count, now);

	local64_add(now - before, &event->count);
}

static void uncore_start(struct perf_event *event, int flags)
{
	local64_set(&event->hw.prev_count, atomic64_read(&total));
	event->hw.state = 0;
}

static void uncore_stop(struct perf_event *event, int flags)
{
	if (!(event->hw.state & PERF_HES_STOPPED))
		uncore_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int uncore_add(struct perf_event *event, int flags)
{
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		uncore_start(event, PERF_EF_RELOAD);
	return 0;
}

static void uncore_del(struct perf_event *event, int flags)
{
	uncore_stop(event, PERF_EF_UPDATE);
}

PMU_FORMAT_ATTR(event, "config:0-7");

static struct attribute *format_attributes[] = {
	&format_attr_event.attr,
	NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attributes,
};

PMU_EVENT_ATTR_STRING(lines, event_lines, "event=0x1");
PMU_EVENT_ATTR_STRING(lines.scale, event_lines_scale, "6.103515625e-5");
PMU_EVENT_ATTR_STRING(lines.unit, event_lines_unit, "MiB");
/* It would make a subtraction of the name. */
/* clang-format off */
PMU_EVENT_ATTR_STRING(lines.per-pkg, event_lines_package, "1");
/* clang-format on */

static struct attribute *event_attributes[] = {
	&event_lines.attr.attr,
	&event_lines_scale.attr.attr,
	&event_lines_unit.attr.attr,
	&event_lines_package.attr.attr,
	NULL,
};

static const struct attribute_group event_group = {
	.name = "events",
	.attrs = event_attributes,
};

static ssize_t cpumask_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "0\n");
}
static DEVICE_ATTR_RO(cpumask);

/* "COUNT": so many hits. */
static ssize_t hit_store(struct device *device, struct device_attribute *attribute,
			 const char *text, size_t length)
{
	unsigned int count;
	int error = kstrtouint(text, 0, &count);

	if (error)
		return error;
	atomic64_add(count, &total);
	return length;
}
static DEVICE_ATTR_WO(hit);

static struct attribute *device_attributes[] = {
	&dev_attr_cpumask.attr,
	&dev_attr_hit.attr,
	NULL,
};

static const struct attribute_group device_group = {
	.attrs = device_attributes,
};

static const struct attribute_group *groups[] = {
	&format_group,
	&event_group,
	&device_group,
	NULL,
};

struct pmu perfev_uncore_pmu = {
	.module = THIS_MODULE,
	.capabilities = PERF_PMU_CAP_NO_EXCLUDE | PERF_PMU_CAP_NO_INTERRUPT,
	.task_ctx_nr = perf_invalid_context,
	.attr_groups = groups,
	.event_init = uncore_event_init,
	.add = uncore_add,
	.del = uncore_del,
	.start = uncore_start,
	.stop = uncore_stop,
	.read = uncore_read,
};
