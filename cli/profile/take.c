/* SPDX-License-Identifier: MIT */
/*
 * Records into a profile; see take.h. What a sample has in common with the one before is not looked
 * up again: whose it is, and its stack from the outermost frame on.
 */
#include "take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "places.h"
#include "waiting.h"

/* More than any kernel's callchain, and than unwinding is worth. */
#define MOST_FRAMES 4096

#define KEYS_OF_TASK (1U << PROFILE_KEY_COMM | 1U << PROFILE_KEY_PID | 1U << PROFILE_KEY_TID)

/* A thread under one of its names, and what is known of it; 0: not yet. */
struct known_task {
	__u32 who_and_one;       /* where nothing else of whom is told apart */
	unsigned char is_chosen; /* 1: no, 2: yes */
};

struct known_cgroup {
	__u64 id;
	const char *path; /* the profile's */
};

struct profile_taking {
	struct profile *profile;
	struct perfev_symbols *symbols;
	struct profile_places *places;
	const struct profile_filter *filter;
	unsigned int keys;
	int callers;
	struct known_task *tasks; /* by their number */
	__u32 task_room;
	const struct perfev_task *task; /* the last sample's, or NULL */
	struct known_cgroup *cgroups;
	__u32 cgroup_count, cgroup_room;
	struct perfev_frames stack;
	struct {
		__u32 frame, node;
	} *last; /* the last sample's stack, the outermost first */
	__u32 last_count, last_room;
	struct profile_waitings waitings;
};

int profile_taking_open(struct profile_taking **out, struct profile *profile,
			struct perfev_symbols *symbols,
			const struct profile_taking_options *options,
			const struct profile_filter *filter)
{
	struct profile_taking *taking = calloc(1, sizeof(*taking));

	*out = taking;
	if (!taking)
		return -ENOMEM;
	taking->profile = profile;
	taking->symbols = symbols;
	taking->filter = filter;
	taking->keys = options->keys & PROFILE_KEYS_OF_WHO;
	taking->callers = options->callers;
	taking->stack.list = malloc(MOST_FRAMES * sizeof(*taking->stack.list));
	taking->stack.room = MOST_FRAMES;
	if (taking->stack.list &&
	    profile_places_open(&taking->places, profile, symbols, options) == 0)
		return 0;
	profile_taking_close(taking);
	*out = NULL;
	return -ENOMEM;
}

void profile_taking_close(struct profile_taking *taking)
{
	struct profile_waiting *waiting;

	if (!taking)
		return;
	while ((waiting = profile_waitings_any(&taking->waitings)))
		free(waiting);
	profile_places_close(taking->places);
	free(taking->tasks);
	free(taking->cgroups);
	free(taking->stack.list);
	free(taking->last);
	free(taking);
}

static int take_cgroup(struct profile_taking *taking, const struct perfev_record *record)
{
	const struct perfev_text *path = &record->cgroup.path;
	struct known_cgroup *known;

	if (profile_grow(&taking->cgroups, &taking->cgroup_room, taking->cgroup_count + (__u64)1,
			 sizeof(*taking->cgroups)) < 0)
		return -ENOMEM;
	known = &taking->cgroups[taking->cgroup_count];
	known->id = record->cgroup.id;
	known->path = profile_text_part(taking->profile, path->text, path->length);
	if (!known->path)
		return -ENOMEM;
	taking->cgroup_count++;
	return 0;
}

/* The newest name, since numbers are given again. */
static const char *cgroup_path(const struct profile_taking *taking, __u64 id)
{
	for (__u32 i = taking->cgroup_count; i-- > 0;)
		if (taking->cgroups[i].id == id)
			return taking->cgroups[i].path;
	return "";
}

/* What is known of a sample's thread, or NULL without memory. */
static struct known_task *task_of(struct profile_taking *taking, const struct perfev_record *record)
{
	const struct perfev_task *task = taking->task;

	if (!task || task->tid != record->tid || task->pid != record->pid)
		task = perfev_symbols_task(taking->symbols, record->pid, record->tid);
	taking->task = task;
	if (!task)
		return NULL;
	if (task->number >= taking->task_room) {
		const __u32 before = taking->task_room;

		if (profile_grow(&taking->tasks, &taking->task_room, task->number + (__u64)1,
				 sizeof(*taking->tasks)) < 0)
			return NULL;
		memset(taking->tasks + before, 0,
		       (taking->task_room - before) * sizeof(*taking->tasks));
	}
	return &taking->tasks[task->number];
}

static int is_chosen(const struct profile_taking *taking, const struct perfev_record *record,
		     struct known_task *task)
{
	const struct profile_filter *filter = taking->filter;

	/* What a sample does not say is not what was asked for. */
	if ((filter->from_ns || filter->to_ns != ~0ULL) &&
	    (!(record->have & PERF_SAMPLE_TIME) || record->time < filter->from_ns ||
	     record->time > filter->to_ns))
		return 0;
	if ((filter->pids.count || filter->tids.count) && !(record->have & PERF_SAMPLE_TID))
		return 0;
	if (!choices_have_number(&filter->pids, record->pid) ||
	    !choices_have_number(&filter->tids, record->tid))
		return 0;
	if (filter->cpus.count &&
	    (!(record->have & PERF_SAMPLE_CPU) || !choices_have_number(&filter->cpus, record->cpu)))
		return 0;
	if (!task->is_chosen)
		task->is_chosen = choices_have_name(filter->comms, taking->task->comm) ? 2 : 1;
	return task->is_chosen == 2;
}

static int find_who(struct profile_taking *taking, const struct perfev_record *record,
		    struct known_task *task, __u32 *number)
{
	struct profile_who who = { PROFILE_NONE, PROFILE_NONE, PROFILE_NONE, ~0ULL, "", "" };

	if (task->who_and_one && !(taking->keys & ~KEYS_OF_TASK)) {
		*number = task->who_and_one - 1;
		return 0;
	}
	if (taking->keys >> PROFILE_KEY_COMM & 1)
		who.comm = taking->task->comm;
	if (taking->keys >> PROFILE_KEY_PID & 1)
		who.pid = record->pid;
	if (taking->keys >> PROFILE_KEY_TID & 1)
		who.tid = record->tid;
	if (taking->keys >> PROFILE_KEY_CPU & 1 && record->have & PERF_SAMPLE_CPU)
		who.cpu = record->cpu;
	if (taking->keys >> PROFILE_KEY_CGROUP & 1 && record->have & PERF_SAMPLE_CGROUP) {
		who.cgroup = record->sample.cgroup;
		who.cgroup_name = cgroup_path(taking, who.cgroup);
	}
	if (profile_who(taking->profile, &who, number) < 0)
		return -ENOMEM;
	task->who_and_one = *number + 1;
	return 0;
}

/* The stack that is one frame more than what the last one and this have in common. */
static int add_frame(struct profile_taking *taking, __u32 depth, __u32 frame, __u32 *node)
{
	if (depth < taking->last_count && taking->last[depth].frame == frame) {
		*node = taking->last[depth].node;
		return 0;
	}
	taking->last_count = depth;
	if (profile_grow(&taking->last, &taking->last_room, depth + (__u64)1,
			 sizeof(*taking->last)) < 0 ||
	    profile_node(taking->profile, *node, frame, node) < 0)
		return -ENOMEM;
	taking->last[depth].frame = frame;
	taking->last[depth].node = *node;
	taking->last_count++;
	return 0;
}

static int add_place(struct profile_taking *taking, const struct perfev_frame *frame, __u32 *depth,
		     __u32 *node)
{
	const __u32 *frames;
	long count = profile_places_find(taking->places, frame, &frames);

	if (count < 0)
		return -ENOMEM;
	while (count--)
		if (add_frame(taking, (*depth)++, frames[count], node) < 0)
			return -ENOMEM;
	return 0;
}

/* Where a sample was, without its callers. */
static int find_address(struct profile_taking *taking, const struct perfev_record *record,
			__u32 *node)
{
	struct perfev_frames *stack = &taking->stack;
	__u32 depth = 0;

	stack->count = 0;
	if (!(record->have & PERF_SAMPLE_IP))
		return 0;
	if (perfev_symbols_find(taking->symbols, record->pid,
				record->misc & PERF_RECORD_MISC_CPUMODE_MASK, record->sample.ip,
				&stack->list[0]) < 0)
		return -ENOMEM;
	stack->count = 1;
	return add_place(taking, &stack->list[0], &depth, node);
}

/* A sample's whole stack. Returns 1, 0 where it waits for the rest of it, or -ENOMEM. */
static int find_stack(struct profile_taking *taking, const struct perfev_record *record,
		      const struct perfev_record *deferred, int may_wait, __u32 event, __u64 period,
		      __u32 *node)
{
	struct perfev_frames *stack = &taking->stack;
	__u32 depth = 0;
	int result = perfev_symbols_stack(taking->symbols, record, deferred, stack);

	if (result == -ENOMEM)
		return result;
	if (result < 0)
		stack->count = 0;
	else if (stack->is_deferred && may_wait) {
		result = profile_waitings_add(&taking->waitings, record, stack->cookie, event,
					      period);
		if (result)
			return result < 0 ? result : 0;
	}
	if (result == 0 && (stack->is_cut || (stack->is_deferred && !deferred))) {
		taking->profile->losses.cut++;
		taking->profile->losses.strayed +=
			stack->source == PERFEV_STACK_CALLCHAIN && stack->reason;
	}
	for (__u32 i = stack->count; i-- > 0;)
		if (add_place(taking, &stack->list[i], &depth, node) < 0)
			return -ENOMEM;
	return 1;
}

/* Returns 1 when it went in, 0 when not, or -ENOMEM. */
static int take_sample(struct profile_taking *taking, const struct perfev_record *record,
		       const struct perfev_record *deferred, int may_wait, __u32 event,
		       __u64 period)
{
	struct profile *profile = taking->profile;
	struct known_task *task = task_of(taking, record);
	__u32 who, node = 0;
	int result = 1;

	if (!task)
		return -ENOMEM;
	if (!is_chosen(taking, record, task)) {
		profile->losses.filtered++;
		return 0;
	}
	if (taking->callers)
		result = find_stack(taking, record, deferred, may_wait, event, period, &node);
	else if (find_address(taking, record, &node) < 0)
		result = -ENOMEM;
	if (result <= 0)
		return result;
	if (taking->stack.count && !taking->stack.list[0].module)
		profile->losses.outside++;
	if (find_who(taking, record, task, &who) < 0 ||
	    profile_add(profile, event, who, node,
			record->have & PERF_SAMPLE_PERIOD ? record->sample.period : period,
			record->have & PERF_SAMPLE_TIME ? record->time : 0) < 0)
		return -ENOMEM;
	return 1;
}

/* A sample that waited goes in. Returns as take_sample(). */
static int end_waiting(struct profile_taking *taking, struct profile_waiting *waiting,
		       const struct perfev_record *deferred)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	int result = 0;

	if (perfev_record_decode(&record, waiting->bytes, waiting->size, waiting->layout) > 0)
		result = take_sample(taking, &record, deferred, 0, waiting->event, waiting->period);
	free(waiting);
	return result;
}

static int take_deferred(struct profile_taking *taking, const struct perfev_record *record)
{
	struct profile_waiting *waiting;
	int taken = 0;

	while ((waiting = profile_waitings_take(&taking->waitings, record->tid,
						record->callchain_deferred.cookie))) {
		const int result = end_waiting(taking, waiting, record);

		if (result < 0)
			return result;
		taken |= result;
	}
	return taken;
}

int profile_take(struct profile_taking *taking, const struct perfev_record *record, __u32 event,
		 __u64 period)
{
	int result;

	if (record->type == PERF_RECORD_SAMPLE)
		return take_sample(taking, record, NULL, 1, event, period);
	if (record->type == PERF_RECORD_CALLCHAIN_DEFERRED)
		return take_deferred(taking, record);
	if (record->type == PERF_RECORD_CGROUP)
		return take_cgroup(taking, record);
	result = perfev_symbols_take(taking->symbols, record);
	/* It may have given the thread another name. */
	if (result)
		taking->task = NULL;
	return result < 0 ? result : 0;
}

int profile_taking_end(struct profile_taking *taking)
{
	struct profile_waiting *waiting;
	int result = 0;

	while (result >= 0 && (waiting = profile_waitings_any(&taking->waitings)))
		result = end_waiting(taking, waiting, NULL);
	return result < 0 ? result : 0;
}
