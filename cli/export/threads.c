/* SPDX-License-Identifier: MIT */
/*
 * Samples by event and by whom; see threads.h. They are put in order by counting, in time that
 * grows with their number; only a thread whose samples came out of order is sorted.
 */
#include "threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which whos are of one thread: a number for each. */
struct parts {
	__u32 *of_who;
	__u32 count;
};

static int make_parts(struct parts *parts, const struct profile *profile, enum export_by by)
{
	struct profile threads = { 0 };
	int error = 0;

	parts->of_who = malloc((profile->who_count + 1UL) * sizeof(__u32));
	parts->count = profile->who_count;
	if (!parts->of_who)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->who_count && !error; i++) {
		struct profile_who who = profile->whos[i];

		parts->of_who[i] = i;
		if (by == EXPORT_BY_WHO)
			continue;
		/* A thread that is not told apart has its name alone. */
		if (who.tid != PROFILE_NONE)
			who.comm = "";
		who.cpu = PROFILE_NONE;
		who.cgroup = ~0ULL;
		who.cgroup_name = "";
		error = profile_who(&threads, &who, &parts->of_who[i]);
	}
	if (by == EXPORT_BY_THREAD)
		parts->count = threads.who_count;
	profile_free(&threads);
	if (error)
		free(parts->of_who);
	return error;
}

/* What stands in for samples that were not kept. */
static int sum_up(struct export_threads *threads, const struct profile *profile)
{
	threads->sums = malloc((profile->row_count + 1UL) * sizeof(*threads->sums));
	if (!threads->sums)
		return -ENOMEM;
	for (__u32 i = 0; i < profile->row_count; i++)
		threads->sums[i] =
			(struct profile_sample){ .weight = profile->rows[i].weight, .row = i };
	return 0;
}

static size_t place(const struct profile *profile, const struct parts *parts,
		    const struct profile_sample *sample)
{
	const struct profile_row *row = &profile->rows[sample->row];

	return (size_t)row->event * parts->count + parts->of_who[row->who];
}

static int by_time(const void *a, const void *b)
{
	const struct profile_sample *const *one = a, *const *other = b;

	if ((*one)->time_ns != (*other)->time_ns)
		return (*one)->time_ns < (*other)->time_ns ? -1 : 1;
	return *one < *other ? -1 : *one > *other;
}

static void put_in_order(struct export_thread *thread)
{
	for (__u64 i = 1; i < thread->sample_count; i++)
		if (thread->samples[i - 1]->time_ns > thread->samples[i]->time_ns) {
			qsort(thread->samples, (size_t)thread->sample_count,
			      sizeof(*thread->samples), by_time);
			return;
		}
}

/* Fills the places, whose sizes are known, and leaves out those that have nothing. */
static void fill(struct export_threads *threads, const struct profile *profile,
		 const struct parts *parts, const struct profile_sample *samples, __u64 count)
{
	const size_t places = (size_t)profile->event_count * parts->count;
	const struct profile_sample **at = threads->samples;

	for (size_t i = 0; i < places; i++) {
		threads->threads[i].samples = at;
		at += threads->threads[i].sample_count;
		threads->threads[i].sample_count = 0;
	}
	for (__u64 i = 0; i < count; i++) {
		const struct profile_row *row = &profile->rows[samples[i].row];
		struct export_thread *thread =
			&threads->threads[place(profile, parts, &samples[i])];

		thread->samples[thread->sample_count++] = &samples[i];
		thread->event = row->event;
		if (thread->sample_count == 1 || row->who > thread->who)
			thread->who = row->who;
	}
	for (size_t i = 0; i < places; i++) {
		struct export_thread *thread = &threads->threads[i];

		if (!thread->sample_count)
			continue;
		thread->pid = profile->whos[thread->who].pid;
		thread->tid = profile->whos[thread->who].tid;
		put_in_order(thread);
		threads->threads[threads->count++] = *thread;
	}
}

static int by_process(const void *a, const void *b)
{
	const struct export_thread *one = a, *other = b;
	const int main_one = one->pid == one->tid, main_other = other->pid == other->tid;

	if (one->event != other->event)
		return one->event < other->event ? -1 : 1;
	if (one->pid != other->pid)
		return one->pid < other->pid ? -1 : 1;
	if (main_one != main_other)
		return main_one ? -1 : 1;
	if (one->tid != other->tid)
		return one->tid < other->tid ? -1 : 1;
	/* As they came up. */
	return one->samples < other->samples ? -1 : one->samples > other->samples;
}

int export_threads(struct export_threads *threads, const struct profile *profile, enum export_by by)
{
	const struct profile_sample *samples = profile->samples;
	__u64 count = profile->sample_count;
	struct parts parts;
	size_t places;

	memset(threads, 0, sizeof(*threads));
	if (make_parts(&parts, profile, by) < 0)
		return -ENOMEM;
	if (!profile->keeps_samples) {
		if (sum_up(threads, profile) < 0)
			goto no_memory;
		samples = threads->sums;
		count = profile->row_count;
	}
	places = (size_t)profile->event_count * parts.count;
	threads->threads = calloc(places + 1, sizeof(*threads->threads));
	threads->samples = malloc(((size_t)count + 1) * sizeof(*threads->samples));
	if (!threads->threads || !threads->samples)
		goto no_memory;
	for (__u64 i = 0; i < count; i++)
		threads->threads[place(profile, &parts, &samples[i])].sample_count++;
	fill(threads, profile, &parts, samples, count);
	free(parts.of_who);
	qsort(threads->threads, threads->count, sizeof(*threads->threads), by_process);
	return 0;

no_memory:
	free(parts.of_who);
	export_threads_free(threads);
	return -ENOMEM;
}

void export_threads_free(struct export_threads *threads)
{
	free(threads->threads);
	free(threads->samples);
	free(threads->sums);
	memset(threads, 0, sizeof(*threads));
}
