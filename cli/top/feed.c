/* SPDX-License-Identifier: MIT */
/*
 * The samples of perfev top: records go from the rings into the profile, and once for each refresh
 * all else is done: what is old fades, what is worth nothing is forgotten, and processes that no
 * record told of are looked up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../child.h"
#include "../commands.h"
#include "../sampling.h"
#include "../synthesize.h"
#include "top.h"

/*
 * With more rows than that, and twice as many as were kept the last time, those are forgotten that
 * are worth less than this part of all: a single sample of 8,000 a second after eight half-lives.
 */
#define MOST_ROWS 32768
#define FORGET 1e-7

/* Of a ring, and of all rings. */
#define MOST_BYTES (2L << 20)
#define LEAST_BYTES (512L << 10)
#define ALL_BYTES (64L << 20)

/* So long records are taken at a time. */
#define FEED_NS 200000000ULL

/* A process is looked up no more than so often. */
#define TRIES 2

static __u64 own_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return 1000000000ULL * (__u64)time.tv_sec + (__u64)time.tv_nsec;
}

static int open_taking(struct top *top)
{
	const struct profile_taking_options options = {
		.keys = top->options.keys.mask | 1U << PROFILE_KEY_COMM | 1U << PROFILE_KEY_PID |
			1U << PROFILE_KEY_TID,
		.callers = top->options.sample.callchain,
		.addresses = 1,
	};

	return profile_taking_open(&top->taking, &top->profile, top->symbols, &options,
				   &top->filter);
}

static int add_events(struct top *top)
{
	__u32 number;
	int result = 0;

	for (unsigned int i = 0; i < perfev_sampler_event_count(top->sampler) && result == 0; i++)
		result = profile_add_event(&top->profile,
					   perfev_sampler_event(top->sampler, i)->name, &number);
	return result;
}

/* What runs already. After a stop it replaces what was known before. */
static int take_known(void *taker, const struct perfev_record *record)
{
	const struct top *top = taker;
	const int result = profile_take(top->taking, record, 0, 0);

	return result < 0 ? result : 0;
}

static int take_anew(void *taker, const struct perfev_record *record)
{
	struct perfev_record anew = *record;

	/* A name that an exec gave: with it goes what was mapped before. */
	if (anew.type == PERF_RECORD_COMM && anew.comm.pid == anew.comm.tid)
		anew.misc |= PERF_RECORD_MISC_COMM_EXEC;
	return take_known(taker, &anew);
}

static int tell_memory(void)
{
	fputs("perfev top: no memory.\n", stderr);
	return EXIT_PERFEV;
}

/*
 * Rings that last while symbols of a large file are read, but not more memory than is worth it on
 * a machine of many CPUs. Fewer pages are mapped where the user may not have so many.
 */
static __u32 choose_pages(void)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN), page = getpagesize();
	long bytes = MOST_BYTES;

	while (bytes > LEAST_BYTES && bytes * cpus > ALL_BYTES)
		bytes /= 2;
	return (__u32)(bytes / page);
}

int top_open(struct top *top)
{
	const struct synthesize known = { take_known, top, 0 };
	struct perfev_symbols_options options = { .size = sizeof(options) };
	struct perfev_sample_options sample = top->options.sample;
	const struct sampling sampling = {
		.command = "top",
		.events = top->options.events,
		.targets = &top->options.targets,
		.sample = &sample,
	};
	struct perfev_why why;
	int status;

	top->filter.to_ns = ~0ULL;
	if (!sample.pages)
		sample.pages = choose_pages();
	sample.inherit = targets_have_threads(&top->options.targets) != 0;
	sample.comm = sample.mmap = sample.task = 1;
	status = sampling_open(&sampling, &top->events, &top->sampler);
	if (status >= 0)
		return status;
	if (perfev_symbols_open(&top->symbols, &options, &why) < 0 || add_events(top) < 0 ||
	    open_taking(top) < 0)
		return tell_memory();
	if (synthesize(&known, &top->options.targets) < 0)
		return tell_memory();
	top->begin_ns = top->last_ns = now_ns();
	top->own_ns = own_ns();
	return -1;
}

void top_close(struct top *top)
{
	profile_taking_close(top->taking);
	fade_free(&top->fade);
	profile_free(&top->profile);
	perfev_symbols_close(top->symbols);
	perfev_sampler_close(top->sampler);
	perfev_events_free(top->events);
	top_options_free(&top->options);
}

/* Notes a process that has code where nothing is known to be mapped. */
static void note_stranger(struct top *top, __u32 pid)
{
	unsigned int i = 0;

	while (i < top->stranger_count && top->strangers[i].pid != pid)
		i++;
	if (i == top->stranger_count && i < TOP_STRANGERS) {
		top->strangers[i].pid = pid;
		top->strangers[i].tries = 0;
		top->stranger_count++;
	}
}

/*
 * Looks those up that were not yet: records that tell of them were lost, or of a program that was
 * started while /proc was read. Those of long ago may be other processes by now.
 */
static int meet_strangers(struct top *top)
{
	const struct synthesize to = { take_anew, top, 0 };
	int result = 0;

	for (unsigned int i = 0; i < top->stranger_count && result == 0; i++)
		if (top->strangers[i].tries++ < TRIES)
			result = synthesize_process(&to, (pid_t)top->strangers[i].pid);
	if (top->stranger_count == TOP_STRANGERS)
		top->stranger_count = 0;
	return result;
}

static int take(struct top *top, const struct perfev_record *record)
{
	const __u64 outside = top->profile.losses.outside;
	const struct perf_event_attr *attr;
	unsigned int event = 0;
	int result;

	if (record->type == PERF_RECORD_SAMPLE &&
	    !perfev_sampler_find(top->sampler, record->id, &event, NULL))
		event = 0;
	attr = perfev_sampler_attr(top->sampler, event);
	result = profile_take(top->taking, record, event, attr->freq ? 1 : attr->sample_period);
	if (result <= 0)
		return result;
	top->pending++;
	if (top->profile.losses.outside != outside &&
	    (record->misc & PERF_RECORD_MISC_CPUMODE_MASK) == PERF_RECORD_MISC_USER)
		note_stranger(top, record->pid);
	return 0;
}

int top_feed(struct top *top)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	const __u64 end = now_ns() + FEED_NS;
	int result;

	top->has_more = 0;
	for (unsigned int count = 1;; count++) {
		/* Whoever looks at the screen is not kept waiting. */
		if (count % 1024 == 0 && now_ns() > end) {
			top->has_more = 1;
			return 0;
		}
		result = perfev_sampler_next(top->sampler, &record, 0);
		/* What cannot be read is counted, and a signal is looked at by the caller. */
		if (result == -EBADMSG || result == -EOVERFLOW)
			continue;
		if (result <= 0)
			break;
		result = take(top, &record);
		if (result < 0)
			break;
	}
	top->is_over = perfev_sampler_ended(top->sampler);
	return result == -EINTR ? 0 : result;
}

/* What is worth nothing is forgotten when there is much of it. */
static int forget(struct top *top)
{
	struct profile smaller = { .keeps_samples = 0 };

	if (top->profile.row_count <= MOST_ROWS || top->profile.row_count / 2 <= top->kept_rows)
		return 0;
	if (fade_forget(&top->fade, &smaller, &top->profile, FORGET) < 0)
		return -ENOMEM;
	profile_taking_close(top->taking);
	top->taking = NULL;
	profile_free(&top->profile);
	top->profile = smaller;
	top->kept_rows = smaller.row_count;
	return open_taking(top);
}

/* The threads that were sampled since, and whose code that was. */
static int count_rows(struct top *top)
{
	const struct profile *profile = &top->profile;
	struct top_figures *figures = &top->figures;
	unsigned char *seen = calloc((size_t)profile->who_count + 1, 1);
	double kernel = 0, all = 0, user = 0;

	if (!seen)
		return -ENOMEM;
	figures->threads = 0;
	for (__u32 i = 0; i < profile->row_count; i++) {
		const struct profile_row *row = &profile->rows[i];
		const __u16 mode =
			row->node ?
				profile->functions[profile->frames[profile->nodes[row->node].frame]
							   .function]
					.mode :
				0;

		figures->threads += top->fade.rows[i].is_new && !seen[row->who];
		seen[row->who] |= top->fade.rows[i].is_new;
		/* Events of different kinds are not added up. */
		if (row->event != top->event)
			continue;
		all += (double)row->weight;
		kernel += mode == PERF_RECORD_MISC_KERNEL ? (double)row->weight : 0;
		user += mode == PERF_RECORD_MISC_USER ? (double)row->weight : 0;
	}
	free(seen);
	figures->kernel = all > 0 ? kernel / all : 0;
	figures->user = all > 0 ? user / all : 0;
	return 0;
}

static void count_losses(struct top *top)
{
	struct top_figures *figures = &top->figures;
	const struct perfev_losses before = figures->losses;

	if (perfev_sampler_losses(top->sampler, &figures->losses) < 0)
		return;
	figures->interval_losses = figures->losses;
	figures->interval_losses.lost -= before.lost;
	figures->interval_losses.counted -= before.counted;
	figures->interval_losses.lost_samples -= before.lost_samples;
	figures->interval_losses.throttled -= before.throttled;
}

int top_refresh(struct top *top)
{
	struct top_figures *figures = &top->figures;
	const __u64 now = now_ns(), own = own_ns();
	double factor;
	int result;

	figures->interval_s = (double)(now - top->last_ns + 1) / 1e9;
	figures->own = (double)(own - top->own_ns) / 1e9 / figures->interval_s;
	figures->interval_samples = top->pending;
	figures->samples += top->pending;
	top->pending = 0;
	factor = top->options.zero ? 0 : fade_factor(figures->interval_s, top->options.half_life_s);
	result = meet_strangers(top);
	if (result == 0)
		result = fade_step(&top->fade, &top->profile, factor);
	if (result == 0)
		result = forget(top);
	if (result == 0)
		result = count_rows(top);
	count_losses(top);
	top->last_ns = now;
	top->own_ns = own;
	return result;
}

int top_stop(struct top *top)
{
	int result = perfev_sampler_stop(top->sampler);

	/* No more come, so that there is an end. */
	do
		result = result == 0 ? top_feed(top) : result;
	while (result == 0 && top->has_more);
	return result;
}

int top_go_on(struct top *top)
{
	const struct synthesize to = { take_anew, top, 0 };
	int result = synthesize(&to, &top->options.targets);

	if (result == 0)
		result = perfev_sampler_start(top->sampler);
	top->last_ns = now_ns();
	top->own_ns = own_ns();
	return result;
}
