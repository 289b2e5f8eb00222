// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of perfev_test under /sys/bus/event_source/devices/perfev_test: format/, events/,
 * caps/, and hit, by which user space makes hits.
 */
#include <linux/device.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/sysfs.h>

#include "perfev_pmu.h"

PMU_FORMAT_ATTR(event, "config:0-7");
PMU_FORMAT_ATTR(umask, "config:8-15");
PMU_FORMAT_ATTR(tag, "config:16-19,32-35");
PMU_FORMAT_ATTR(step, "config1:0-15");
PMU_FORMAT_ATTR(address, "config2:0-63");

static struct attribute *format_attributes[] = {
	&format_attr_event.attr, &format_attr_umask.attr,   &format_attr_tag.attr,
	&format_attr_step.attr,  &format_attr_address.attr, NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attributes,
};

PMU_EVENT_ATTR_STRING(hits, event_hits, "event=0x1");
PMU_EVENT_ATTR_STRING(bytes, event_bytes, "event=0x2,umask=0x3");
PMU_EVENT_ATTR_STRING(bytes.scale, event_bytes_scale, "64");
PMU_EVENT_ATTR_STRING(bytes.unit, event_bytes_unit, "Bytes");
PMU_EVENT_ATTR_STRING(fixed, event_fixed, "event=0x3");
/* With a parameter, as real PMUs have them: the user must say what tag is. */
PMU_EVENT_ATTR_STRING(tagged, event_tagged, "event=0x1,tag=?");
PMU_EVENT_ATTR_STRING(sampled, event_sampled, "event=0x4,period=0x64");

static struct attribute *event_attributes[] = {
	&event_hits.attr.attr,        &event_bytes.attr.attr,
	&event_bytes_scale.attr.attr, &event_bytes_unit.attr.attr,
	&event_fixed.attr.attr,       &event_tagged.attr.attr,
	&event_sampled.attr.attr,     NULL,
};

static const struct attribute_group event_group = {
	.name = "events",
	.attrs = event_attributes,
};

static ssize_t branches_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%d\n", PERFEV_BRANCHES);
}
static DEVICE_ATTR_RO(branches);

static ssize_t counters_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%d\n", PERFEV_COUNTERS);
}
static DEVICE_ATTR_RO(counters);

static struct attribute *caps_attributes[] = {
	&dev_attr_branches.attr,
	&dev_attr_counters.attr,
	NULL,
};

static const struct attribute_group caps_group = {
	.name = "caps",
	.attrs = caps_attributes,
};

/* Each hit with interrupts off by itself: what a sample wants done at once is done between hits. */
static void hit_once(const struct perfev_hit *hit)
{
	struct pt_regs here, *regs = task_pt_regs(current);
	unsigned long flags;

	if (hit->kernel) {
		perf_fetch_caller_regs(&here);
		regs = &here;
	}
	local_irq_save(flags);
	perfev_test_hit(hit, regs);
	local_irq_restore(flags);
}

/* "EVENT COUNT [UMASK [TAG [k]]]": so many hits, with k as if the kernel had made them. */
static ssize_t hit_store(struct device *device, struct device_attribute *attribute,
			 const char *text, size_t length)
{
	struct perfev_hit hit = {};
	unsigned int count;
	char who = 'u';

	if (sscanf(text, "%i %u %i %i %c", &hit.event, &count, &hit.umask, &hit.tag, &who) < 2)
		return -EINVAL;
	if (who != 'u' && who != 'k')
		return -EINVAL;
	hit.kernel = who == 'k';
	while (count--) {
		hit_once(&hit);
		cond_resched();
	}
	return length;
}
static DEVICE_ATTR_WO(hit);

static struct attribute *device_attributes[] = {
	&dev_attr_hit.attr,
	NULL,
};

static const struct attribute_group device_group = {
	.attrs = device_attributes,
};

const struct attribute_group *perfev_test_groups[] = {
	&format_group, &event_group, &caps_group, &device_group, NULL,
};
