/* SPDX-License-Identifier: MIT */
/*
 * pprof's samples: one for each stack and whom, with two values for each event. A stack is told by
 * its places; functions that were inlined are of the place that they were inlined into.
 */
#include <errno.h>
#include <stdlib.h>

#include "pprof.h"
#include "stacks.h"

#define LABELS 5

/* A sample as it is made up. */
struct making {
	const struct profile_row **rows;
	__u32 *place_of;          /* by node */
	int64_t *comms, *cgroups; /* by whom */
	int64_t pid, tid, cpu;    /* texts */
	int64_t comm, cgroup;
	Perfev__Pprof__Label labels[LABELS], *label_list[LABELS];
	Perfev__Pprof__Sample sample, *samples[1];
};

static int by_stack(const void *a, const void *b)
{
	const struct profile_row *one = *(const struct profile_row *const *)a;
	const struct profile_row *other = *(const struct profile_row *const *)b;

	if (one->node != other->node)
		return one->node < other->node ? -1 : 1;
	if (one->who != other->who)
		return one->who < other->who ? -1 : 1;
	return one->event < other->event ? -1 : one->event > other->event;
}

static int list_rows(struct making *making, const struct profile *profile)
{
	making->rows = malloc((profile->row_count + 1UL) * sizeof(*making->rows));
	if (!making->rows)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->row_count; i++)
		making->rows[i] = &profile->rows[i];
	if (profile->event_count > 1)
		qsort(making->rows, profile->row_count, sizeof(*making->rows), by_stack);
	return 0;
}

static int find_places(struct making *making, struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;
	int error = 0;

	making->place_of = calloc(profile->node_count + 1UL, sizeof(__u32));
	if (!making->place_of)
		return -ENOMEM;
	for (__u32 i = 1; i < profile->node_count && !error; i++) {
		const struct profile_node *node = &profile->nodes[i];
		const int is_inlined = profile->frames[node->frame].is_inlined;

		error = profile_node(&pprof->places,
				     is_inlined ? making->place_of[node->parent] : 0, node->frame,
				     &making->place_of[i]);
	}
	pprof->is_used = error ? NULL : calloc(pprof->places.node_count + 1UL, 1);
	return pprof->is_used ? 0 : -ENOMEM;
}

static int make_labels(struct making *making, struct pprof *pprof)
{
	const struct profile *profile = pprof->profile;

	making->comms = calloc(profile->who_count + 1UL, sizeof(*making->comms));
	making->cgroups = calloc(profile->who_count + 1UL, sizeof(*making->cgroups));
	if (!making->comms || !making->cgroups)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->who_count; i++) {
		making->comms[i] = pprof_text(pprof, profile->whos[i].comm);
		making->cgroups[i] = pprof_text(pprof, profile->whos[i].cgroup_name);
	}
	making->comm = pprof_text(pprof, "comm");
	making->cgroup = pprof_text(pprof, "cgroup");
	making->pid = pprof_text(pprof, "pid");
	making->tid = pprof_text(pprof, "tid");
	making->cpu = pprof_text(pprof, "cpu");
	for (int i = 0; i < LABELS; i++) {
		perfev__pprof__label__init(&making->labels[i]);
		making->label_list[i] = &making->labels[i];
	}
	return 0;
}

static void label_text(struct making *making, int64_t key, int64_t text)
{
	Perfev__Pprof__Label *label = &making->labels[making->sample.n_labels];

	if (!text)
		return;
	label->key = key;
	label->text = text;
	label->number = label->unit = 0;
	making->sample.n_labels++;
}

/* The unit is there since a number that is 0 is left out where it has none. */
static void label_number(struct making *making, int64_t key, __u32 number)
{
	Perfev__Pprof__Label *label = &making->labels[making->sample.n_labels];

	if (number == PROFILE_NONE)
		return;
	label->key = label->unit = key;
	label->text = 0;
	label->number = number;
	making->sample.n_labels++;
}

/* A place for all the frames that are inlined into one, and that one. */
static void fill_stack(struct making *making, struct pprof *pprof, __u32 node)
{
	const struct profile *profile = pprof->profile;

	making->sample.n_locations = 0;
	while (node) {
		const __u32 place = making->place_of[node];

		pprof->is_used[place] = 1;
		making->sample.locations[making->sample.n_locations++] = place;
		while (profile->nodes[node].parent &&
		       profile->frames[profile->nodes[node].frame].is_inlined)
			node = profile->nodes[node].parent;
		node = profile->nodes[node].parent;
	}
}

/* Writes the rows of one stack and whom. Returns how many these were. */
static __u32 put_sample(struct making *making, struct pprof *pprof, __u32 first)
{
	const struct profile *profile = pprof->profile;
	const struct profile_row *row = making->rows[first];
	const struct profile_who *who = &profile->whos[row->who];
	Perfev__Pprof__Profile part = PERFEV__PPROF__PROFILE__INIT;
	__u32 i;

	for (i = 0; i < 2 * profile->event_count; i++)
		making->sample.values[i] = 0;
	for (i = first; i < profile->row_count; i++) {
		const struct profile_row *other = making->rows[i];

		if (other->node != row->node || other->who != row->who)
			break;
		making->sample.values[2 * other->event] = pprof_value(other->samples);
		making->sample.values[2 * other->event + 1] = pprof_value(other->weight);
	}
	fill_stack(making, pprof, row->node);
	making->sample.n_labels = 0;
	label_text(making, making->comm, making->comms[row->who]);
	label_number(making, making->pid, who->pid);
	label_number(making, making->tid, who->tid);
	label_number(making, making->cpu, who->cpu);
	label_text(making, making->cgroup, making->cgroups[row->who]);
	part.n_samples = 1;
	part.samples = making->samples;
	pprof_put(pprof, &part);
	return i - first;
}

static int prepare(struct making *making, struct pprof *pprof)
{
	const size_t values = 2UL * pprof->profile->event_count;
	__u32 deepest, *frames = export_stack_room(pprof->profile, &deepest);

	if (!frames)
		return -ENOMEM;
	free(frames);
	perfev__pprof__sample__init(&making->sample);
	making->samples[0] = &making->sample;
	making->sample.labels = making->label_list;
	making->sample.n_values = values;
	making->sample.values = calloc(values + 1, sizeof(*making->sample.values));
	making->sample.locations = calloc(deepest + 1UL, sizeof(*making->sample.locations));
	if (!making->sample.values || !making->sample.locations ||
	    list_rows(making, pprof->profile) < 0 || find_places(making, pprof) < 0)
		return -ENOMEM;
	return make_labels(making, pprof);
}

int pprof_put_samples(struct pprof *pprof)
{
	struct making making = { 0 };
	int error = prepare(&making, pprof);

	for (__u32 i = 0; i < pprof->profile->row_count && !error;)
		i += put_sample(&making, pprof, i);
	free(making.rows);
	free(making.place_of);
	free(making.comms);
	free(making.cgroups);
	free(making.sample.locations);
	free(making.sample.values);
	return error;
}
