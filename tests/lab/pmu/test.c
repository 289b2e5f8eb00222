// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMU perfev_test: four counters that count hits, which are writes to its file hit. A hit
 * counts in the events that sit on a counter of the processor it is made on, so for an event of a
 * task the hits of that task, neither more nor fewer. What must stay true: interrupts are off
 * wherever the counters of a processor are looked at, as they are when the kernel calls add(),
 * del(), start() and stop().
 */
#include <linux/percpu.h>

#include "compat.h"
#include "perfev_pmu.h"

struct counters {
	struct perf_event *event[PERFEV_COUNTERS];
};

static DEFINE_PER_CPU(struct counters, counters);

/* Opening */

static bool is_fixed(const struct perf_event *event)
{
	return PERFEV_CONFIG_EVENT(event->attr.config) == PERFEV_EVENT_FIXED;
}

/* Adds an event to what its group needs; those of other PMUs need nothing of this one. */
static void add_need(const struct perf_event *event, unsigned int *all, unsigned int *fixed)
{
	if (event->pmu != &perfev_test_pmu)
		return;
	*all += 1;
	*fixed += is_fixed(event);
}

static bool group_fits(struct perf_event *event)
{
	struct perf_event *leader = event->group_leader, *sibling;
	unsigned int all = 0, fixed = 0;

	add_need(event, &all, &fixed);
	if (leader != event) {
		add_need(leader, &all, &fixed);
		for_each_sibling_event(sibling, leader) add_need(sibling, &all, &fixed);
	}
	return all <= PERFEV_COUNTERS && fixed <= 1;
}

static int test_event_init(struct perf_event *event)
{
	u32 number = PERFEV_CONFIG_EVENT(event->attr.config);

	if (event->attr.type != event->pmu->type)
		return -ENOENT;
	if (number < 1 || number > PERFEV_EVENT_LAST)
		return -EINVAL;
	if (event->attr.config & ~PERFEV_CONFIG_MASK || event->attr.config1 & ~PERFEV_CONFIG1_MASK)
		return -EINVAL;
	if (has_branch_stack(event) && !perfev_branches_supported(event))
		return -EOPNOTSUPP;
	return group_fits(event) ? 0 : -EINVAL;
}

/* On and off a counter */

static void test_start(struct perf_event *event, int flags)
{
	struct hw_perf_event *hw = &event->hw;

	/* PERF_EVENT_IOC_PERIOD leaves 0 here, for a period that begins anew. */
	if (is_sampling_event(event) && local64_read(&hw->period_left) <= 0)
		local64_set(&hw->period_left, hw->sample_period);
	hw->state = 0;
	perf_event_update_userpage(event);
}

static void test_stop(struct perf_event *event, int flags)
{
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	perf_event_update_userpage(event);
}

/* Counter 0 is given last, so that a group with one event that fits nowhere else finds it free. */
static int free_counter(const struct counters *mine, const struct perf_event *event)
{
	int counter = is_fixed(event) ? 0 : PERFEV_COUNTERS - 1;

	while (counter >= 0 && mine->event[counter])
		counter--;
	return counter;
}

static int test_add(struct perf_event *event, int flags)
{
	struct counters *mine = this_cpu_ptr(&counters);
	int counter = free_counter(mine, event);

	if (counter < 0)
		return -EAGAIN;
	mine->event[counter] = event;
	event->hw.idx = counter;
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		test_start(event, PERF_EF_RELOAD);
	return 0;
}

static void test_del(struct perf_event *event, int flags)
{
	test_stop(event, PERF_EF_UPDATE);
	this_cpu_ptr(&counters)->event[event->hw.idx] = NULL;
	event->hw.idx = -1;
}

static void test_read(struct perf_event *event)
{
	/* event->count is what has been counted at any time: hits add to it directly. */
}

/* Hits */

static bool selects(const struct perf_event *event, const struct perfev_hit *hit)
{
	u64 config = event->attr.config;
	u32 umask = PERFEV_CONFIG_UMASK(config), tag = PERFEV_CONFIG_TAG(config);

	if (hit->kernel ? event->attr.exclude_kernel : event->attr.exclude_user)
		return false;
	return PERFEV_CONFIG_EVENT(config) == hit->event && (!umask || umask & hit->umask) &&
	       (!tag || tag == hit->tag);
}

static void count(struct perf_event *event, struct pt_regs *regs)
{
	struct hw_perf_event *hw = &event->hw;
	u64 step = event->attr.config1 ?: 1;

	local64_add(step, &event->count);
	if (!is_sampling_event(event))
		return;
	local64_sub(step, &hw->period_left);
	/* A step may be longer than a period. A sample may change the period, or stop the event. */
	while (local64_read(&hw->period_left) <= 0 && !(hw->state & PERF_HES_STOPPED)) {
		hw->last_period = hw->sample_period;
		local64_add(hw->sample_period, &hw->period_left);
		perfev_sample(event, regs);
	}
}

void perfev_test_hit(const struct perfev_hit *hit, struct pt_regs *regs)
{
	struct counters *mine = this_cpu_ptr(&counters);
	int counter;

	for (counter = 0; counter < PERFEV_COUNTERS; counter++) {
		struct perf_event *event = mine->event[counter];

		if (event && !(event->hw.state & PERF_HES_STOPPED) && selects(event, hit))
			count(event, regs);
	}
}

struct pmu perfev_test_pmu = {
	.module = THIS_MODULE,
	.capabilities = PERFEV_CAP_SHARES_CONTEXT,
	.task_ctx_nr = perf_hw_context,
	.attr_groups = perfev_test_groups,
	.event_init = test_event_init,
	.add = test_add,
	.del = test_del,
	.start = test_start,
	.stop = test_stop,
	.read = test_read,
};
