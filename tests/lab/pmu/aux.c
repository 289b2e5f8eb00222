// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMU perfev_aux: writes into the AUX area of an event when it is hit, as processors that trace
 * do. A write of COUNT to its file hit is COUNT bytes; what lies at which position of all that the
 * event has ever written is known (aux_byte()). What must stay true: from perf_aux_output_begin()
 * to _end() the area belongs to this processor, and interrupts are off wherever that is looked at.
 */
#include <linux/device.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "perfev_pmu.h"

struct area {
	unsigned long bytes; /* a power of two */
	bool overwrite;
	u8 *pages[];
};

/* What is open on a processor: written bytes lie in the area, and the kernel does not know yet. */
struct output {
	struct perf_output_handle handle;
	struct perf_event *event; /* NULL: nothing is open */
	struct area *area;
	unsigned long written;
};

static DEFINE_PER_CPU(struct output, outputs);

/* The area */

static void *aux_setup(struct perf_event *event, void **pages, int count, bool overwrite)
{
	struct area *area = kzalloc(struct_size(area, pages, count), GFP_KERNEL);
	int i;

	if (!area)
		return NULL;
	area->bytes = (unsigned long)count << PAGE_SHIFT;
	area->overwrite = overwrite;
	for (i = 0; i < count; i++)
		area->pages[i] = pages[i];
	return area;
}

static void aux_free(void *area)
{
	kfree(area);
}

/* Neighbouring pages differ, and so do the bytes of different configs: none passes for another. */
static u8 aux_byte(u64 position, u64 config)
{
	return (u8)(position * 31 + (position >> 8) * 17 + config);
}

/* Writing */

static void open_output(struct output *output, struct perf_event *event)
{
	struct area *area = perf_aux_output_begin(&output->handle, event);

	output->written = 0;
	output->area = area;
	output->event = area ? event : NULL;
	if (!area) /* no area is mapped, or there is no room in it */
		event->hw.state = PERF_HES_STOPPED;
}

static void close_output(struct output *output)
{
	if (!output->event)
		return;
	/* Where older bytes are written over, it is for us to say up to where. */
	if (output->area->overwrite)
		output->handle.head += output->written;
	output->event = NULL;
	perf_aux_output_end(&output->handle, output->written);
}

static void write_byte(struct output *output)
{
	struct area *area = output->area;
	u64 position = output->handle.head + output->written;
	unsigned long offset = position & (area->bytes - 1);

	area->pages[offset >> PAGE_SHIFT][offset & ~PAGE_MASK] =
		aux_byte(position, output->event->attr.config);
	output->written++;
}

/*
 * Writes one byte, if there is room. As a processor that traces does, it tells the kernel (there is
 * a PERF_RECORD_AUX) at the watermark, and when the area is full. A full area ends the trace, until
 * user space has moved aux_tail and the event is started anew.
 */
static void hit_once(struct output *output)
{
	struct perf_event *event = output->event;

	if (!event)
		return;
	if (!output->area->overwrite && output->written == output->handle.size) {
		perf_aux_output_flag(&output->handle, PERF_AUX_FLAG_TRUNCATED);
		event->hw.state = PERF_HES_STOPPED;
		close_output(output);
		return;
	}
	write_byte(output);
	if (!output->area->overwrite &&
	    output->handle.head + output->written == output->handle.wakeup) {
		close_output(output);
		open_output(output, event);
	}
}

/* The event */

static int aux_event_init(struct perf_event *event)
{
	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (event->attr.config & ~0xffULL)
		return -EINVAL;
	return 0;
}

static void aux_start(struct perf_event *event, int flags)
{
	struct output *output = this_cpu_ptr(&outputs);

	event->hw.state = 0;
	open_output(output, event);
	/* Or there would be a PERF_RECORD_ITRACE_START each time that the task is scheduled in. */
	if (output->event)
		event->attach_state |= PERF_ATTACH_ITRACE;
}

static void aux_stop(struct perf_event *event, int flags)
{
	struct output *output = this_cpu_ptr(&outputs);

	event->hw.state = PERF_HES_STOPPED;
	if (output->event == event)
		close_output(output);
}

static int aux_add(struct perf_event *event, int flags)
{
	if (this_cpu_ptr(&outputs)->event)
		return -EBUSY;
	event->hw.state = PERF_HES_STOPPED;
	if (flags & PERF_EF_START)
		aux_start(event, 0);
	return 0;
}

static void aux_del(struct perf_event *event, int flags)
{
	aux_stop(event, PERF_EF_UPDATE);
}

static void aux_read(struct perf_event *event)
{
}

PMU_FORMAT_ATTR(pattern, "config:0-7");

static struct attribute *format_attributes[] = {
	&format_attr_pattern.attr,
	NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attributes,
};

/* "COUNT": so many bytes. */
static ssize_t hit_store(struct device *device, struct device_attribute *attribute,
			 const char *text, size_t length)
{
	unsigned int count;
	unsigned long flags;
	int error = kstrtouint(text, 0, &count);

	if (error)
		return error;
	while (count--) {
		local_irq_save(flags);
		hit_once(this_cpu_ptr(&outputs));
		local_irq_restore(flags);
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

static const struct attribute_group *groups[] = {
	&format_group,
	&device_group,
	NULL,
};

struct pmu perfev_aux_pmu = {
	.module = THIS_MODULE,
	.capabilities = PERF_PMU_CAP_EXCLUSIVE | PERF_PMU_CAP_ITRACE,
	.task_ctx_nr = perf_sw_context,
	.attr_groups = groups,
	.event_init = aux_event_init,
	.add = aux_add,
	.del = aux_del,
	.start = aux_start,
	.stop = aux_stop,
	.read = aux_read,
	.setup_aux = aux_setup,
	.free_aux = aux_free,
};
