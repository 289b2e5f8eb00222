/* SPDX-License-Identifier: MIT */
/*
 * The run of perfev record: events are opened before the program is let go, rings are emptied as
 * they fill, and whatever ends it, what was sampled until then is written.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <perfev.h>

#include "../number.h"
#include "../progress.h"
#include "../sampling.h"
#include "record.h"

/* How long it is waited at most, and how often the status is shown and the file flushed. */
#define LOOK_MS 100
#define STATUS_NS 500000000ULL
#define FLUSH_NS 1000000000ULL

static volatile sig_atomic_t is_interrupted, is_switched;

static void interrupt(int signal)
{
	(void)signal;
	is_interrupted = 1;
}

static void switch_output(int signal)
{
	(void)signal;
	is_switched = 1;
}

int record_open(struct record *record)
{
	struct perfev_target program = perfev_program(record->child.pid);
	struct targets only = { .list = &program, .count = 1 };
	struct targets *targets = &record->options.targets;
	struct perfev_sample_options options = record->options.sample;
	const struct sampling sampling = {
		.command = "record",
		.events = record->options.events,
		.targets = targets->count ? targets : &only,
		.sample = &options,
		.quiet = record->options.quiet,
	};

	options.stopped = targets->count != 0;
	/* Threads, too, with what they start. */
	options.inherit = targets_have_threads(targets) != 0;
	options.comm = options.mmap = options.task = 1;
	return sampling_open(&sampling, &record->events, &record->sampler);
}

void record_catch_signals(const struct record *record)
{
	struct sigaction end = { .sa_handler = interrupt };
	struct sigaction next = { .sa_handler = switch_output };

	if (!record->options.argv) {
		sigaction(SIGINT, &end, NULL);
		sigaction(SIGTERM, &end, NULL);
		sigaction(SIGHUP, &end, NULL);
	}
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	if (record->options.switch_on_signal)
		sigaction(SIGUSR2, &next, NULL);
}

static void show_status(const struct record *record, __u64 now)
{
	char samples[NUMBER_SIZE], bytes[NUMBER_SIZE], lost[NUMBER_SIZE];
	const __u64 elapsed = now - record->begin_ns;
	struct perfev_losses losses;

	if (record->options.quiet || (record->options.argv && !progress_is_apart()))
		return;
	perfev_sampler_losses(record->sampler, &losses);
	progress_show(
		"%llu s, %s samples (%.0f/s), %s lost, %sB",
		(unsigned long long)(elapsed / 1000000000),
		number_grouped(samples, record->samples),
		(double)record->samples * 1e9 / (double)(elapsed ? elapsed : 1),
		number_grouped(lost, perfev_losses_records(&losses)),
		number_rate(bytes, (double)(record->output.bytes + record_output_bytes(record))));
}

/* Whether a new file is due. */
static int is_switch_due(const struct record *record, __u64 now)
{
	const struct record_options *options = &record->options;

	return is_switched ||
	       (options->switch_bytes && record_output_bytes(record) >= options->switch_bytes) ||
	       (options->switch_ns && now - record->output.begin_ns >= options->switch_ns);
}

/* Begins a new file where one is due. Returns 0, or a negative errno. */
static int switch_file(struct record *record)
{
	int result = 0;

	is_switched = 0;
	if (record->options.sample.overwrite)
		result = record_output_snapshot(record);
	return result == 0 ? record_output_end(record, 0) : result;
}

/* Whether the recording is over: the program, all targets, the user, or the size say so. */
static int is_over(struct record *record)
{
	if (is_interrupted || perfev_sampler_ended(record->sampler))
		return 1;
	record->is_full =
		record->options.max_bytes &&
		record->output.bytes + record_output_bytes(record) >= record->options.max_bytes;
	if (record->is_full)
		return 1;
	return record->options.argv && child_wait_until(&record->child, 0) != 0;
}

static int write_rings(struct record *record)
{
	/* Overwritten rings are left alone until they are wanted. */
	return record->options.sample.overwrite ? 0 : record_output_drain(record);
}

/*
 * Waits until a ring has so much that the kernel wakes its reader, a target ends, or it is time to
 * look: a reader that takes each record as it comes does little else.
 */
static void wait_for_rings(struct record *record)
{
	struct pollfd rings = { .fd = perfev_sampler_poll_fd(record->sampler), .events = POLLIN };

	/* The sampler notes what has ended, and does not wait for it. */
	if (poll(&rings, 1, LOOK_MS) > 0)
		perfev_sampler_wait(record->sampler, 0);
}

static int loop(struct record *record)
{
	__u64 shown = record->begin_ns, flushed = record->begin_ns;
	int result = 0;

	while (result == 0) {
		const int over = is_over(record);
		__u64 now;

		if (!over)
			wait_for_rings(record);
		/* Once more, when it is over: what was written until then. */
		result = write_rings(record);
		if (over || result < 0)
			break;
		now = now_ns();
		if (now - flushed >= FLUSH_NS) {
			result = perfev_writer_flush(record->output.writer);
			flushed = now;
		}
		if (now - shown >= STATUS_NS) {
			show_status(record, now);
			shown = now;
		}
		if (result == 0 && is_switch_due(record, now))
			result = switch_file(record);
	}
	return result;
}

/* Lets the program go, or starts the events on what runs. Returns 0, or a negative errno. */
static int begin(struct record *record)
{
	int result = record->options.targets.count ? perfev_sampler_start(record->sampler) : 0;

	record->begin_ns = now_ns();
	return result == 0 && record->options.argv ? child_run(&record->child) : result;
}

int record_run(struct record *record)
{
	int result, ended;

	result = begin(record);
	if (result == 0)
		result = loop(record);
	perfev_sampler_stop(record->sampler);
	record->end_ns = now_ns();
	if (result == 0 && !record->options.sample.overwrite)
		result = record_output_drain(record);
	else if (result == 0)
		result = record_output_snapshot(record);
	progress_clear();
	perfev_sampler_losses(record->sampler, &record->losses);
	ended = record_output_end(record, 1);
	return result < 0 ? result : ended;
}
