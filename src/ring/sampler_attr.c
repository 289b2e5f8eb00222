/* SPDX-License-Identifier: MIT */
/*
 * What a sampler asks the kernel for. The bits of sample_type up to TIME are the same for all
 * events, so that any record's time, and with IDENTIFIER its event, is found without decoding it.
 */
#include "sampler.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASE_TYPE                                                                                  \
	(PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)
#define DEFAULT_HZ 4000

/* Whether the event happens so often that only a part of it is worth a sample. */
static int is_frequent(const struct perf_event_attr *attr)
{
	switch (attr->type) {
	case PERF_TYPE_SOFTWARE:
		return attr->config == PERF_COUNT_SW_CPU_CLOCK ||
		       attr->config == PERF_COUNT_SW_TASK_CLOCK;
	case PERF_TYPE_TRACEPOINT:
	case PERF_TYPE_BREAKPOINT:
		return 0;
	default:
		return 1;
	}
}

/* Probes are PMUs of their own, with numbers of their own. */
static int is_probe(const struct perfev_event *event)
{
	return event->pmu &&
	       (strcmp(event->pmu, "kprobe") == 0 || strcmp(event->pmu, "uprobe") == 0);
}

/* The default rate, where the kernel lets nobody have more than it allows. */
static __u64 default_hz(void)
{
	int fd = open("/proc/sys/kernel/perf_event_max_sample_rate", O_RDONLY | O_CLOEXEC);
	char text[24];
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	__u64 most;

	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	most = strtoull(text, NULL, 10);
	return most && most < DEFAULT_HZ ? most : DEFAULT_HZ;
}

static void set_rate(const struct perfev_sampler *sampler, struct perfev_event *event)
{
	const struct perfev_sample_options *options = &sampler->options;
	struct perf_event_attr *attr = &event->attr;

	/* A member of {...}:S is told of by its leader's samples. */
	if (event->sample_read && !stands_alone(event)) {
		attr->freq = 0;
		attr->sample_period = 0;
		return;
	}
	if (attr->sample_period)
		return;
	attr->freq = options->period ? 0 : options->frequency_hz != 0;
	attr->sample_period = options->period ? options->period : options->frequency_hz;
	if (attr->sample_period)
		return;
	attr->freq = is_frequent(attr) && !is_probe(event);
	attr->sample_period = attr->freq ? default_hz() : 1;
}

static void set_parts(const struct perfev_sampler *sampler, struct perfev_event *event)
{
	const struct perfev_sample_options *options = &sampler->options;
	struct perf_event_attr *attr = &event->attr;

	attr->sample_type = BASE_TYPE | options->sample_type;
	if (sampler->event_count > 1)
		attr->sample_type |= PERF_SAMPLE_IDENTIFIER;
	if (event->sample_read)
		attr->sample_type |= PERF_SAMPLE_READ;
	/* What these have to tell is nowhere else. */
	if (attr->type == PERF_TYPE_TRACEPOINT || is_probe(event) ||
	    (attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_BPF_OUTPUT))
		attr->sample_type |= PERF_SAMPLE_RAW;
	if (options->callchain)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->exclude_callchain_user |= options->no_callchain_user;
	attr->defer_callchain |= options->callchain && options->defer_callchain;
	if (attr->sample_type & PERF_SAMPLE_CALLCHAIN)
		attr->sample_max_stack = (__u16)options->max_stack;
	if (options->branch_type) {
		attr->sample_type |= PERF_SAMPLE_BRANCH_STACK;
		attr->branch_sample_type = options->branch_type;
	}
	if (options->regs_user) {
		attr->sample_type |= PERF_SAMPLE_REGS_USER;
		attr->sample_regs_user = options->regs_user;
	}
	if (options->regs_intr) {
		attr->sample_type |= PERF_SAMPLE_REGS_INTR;
		attr->sample_regs_intr = options->regs_intr;
	}
	if (options->stack_bytes) {
		attr->sample_type |= PERF_SAMPLE_STACK_USER;
		attr->sample_stack_user = options->stack_bytes;
	}
}

static void set_ring(const struct perfev_sampler *sampler, struct perf_event_attr *attr)
{
	const struct perfev_sample_options *options = &sampler->options;
	__u64 quarter = (__u64)options->pages * (__u64)sysconf(_SC_PAGESIZE) / 4;

	attr->sample_id_all = 1;
	attr->watermark = !options->wakeup_events;
	if (options->wakeup_events)
		attr->wakeup_events = options->wakeup_events;
	else
		attr->wakeup_watermark =
			options->wakeup_bytes ? options->wakeup_bytes : (__u32)quarter;
	attr->write_backward = options->overwrite;
	attr->use_clockid = options->use_clockid;
	attr->clockid = options->use_clockid ? options->clockid : 0;
}

void perfev_sampler_track(const struct perfev_sampler *sampler, struct perf_event_attr *attr,
			  int track)
{
	const struct perfev_sample_options *options = &sampler->options;

	attr->comm = track && options->comm;
	attr->comm_exec = attr->comm;
	attr->mmap = track && options->mmap;
	attr->mmap2 = attr->mmap;
	attr->mmap_data = track && options->mmap_data;
	attr->build_id = attr->mmap && options->build_id;
	attr->task = track && options->task;
	attr->context_switch = track && options->context_switch;
	attr->namespaces = track && options->namespaces;
	attr->cgroup = track && options->cgroup;
	attr->ksymbol = track && options->ksymbol;
	attr->bpf_event = track && options->bpf_event;
	attr->text_poke = track && options->text_poke;
	attr->defer_output = track && options->callchain && options->defer_callchain;
}

/* The places of the time: behind IDENTIFIER, IP and TID; and before the end of other records. */
static void place_time(struct perfev_sampler *sampler, __u64 type)
{
	static const __u64 before[] = { PERF_SAMPLE_IDENTIFIER, PERF_SAMPLE_IP, PERF_SAMPLE_TID };
	static const __u64 behind[] = { PERF_SAMPLE_ID, PERF_SAMPLE_STREAM_ID, PERF_SAMPLE_CPU,
					PERF_SAMPLE_IDENTIFIER };

	sampler->start_to_time = HEADER_BYTES;
	sampler->end_to_time = 8;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		sampler->start_to_time += type & before[i] ? 8 : 0;
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		sampler->end_to_time += type & behind[i] ? 8 : 0;
}

int perfev_sampler_make_attrs(struct perfev_sampler *sampler, const struct perfev_events *events)
{
	sampler->event_count = perfev_events_count(events);
	sampler->events = calloc(sampler->event_count + 1, sizeof(*sampler->events));
	sampler->attrs = calloc(sampler->event_count + 1, sizeof(*sampler->attrs));
	sampler->layouts = calloc(sampler->event_count + 1, sizeof(*sampler->layouts));
	if (!sampler->events || !sampler->attrs || !sampler->layouts)
		return -ENOMEM;
	for (unsigned int i = 0; i < sampler->event_count; i++) {
		struct perfev_event *event = &sampler->events[i];

		*event = *perfev_events_get(events, i);
		if (event->precise_max)
			event->attr.precise_ip = 3;
		set_rate(sampler, event);
		set_parts(sampler, event);
		set_ring(sampler, &event->attr);
		place_time(sampler, event->attr.sample_type);
	}
	return 0;
}
