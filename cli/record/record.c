/* SPDX-License-Identifier: MIT */
/*
 * perfev record: samples a program from exec to exit with all that it starts, or what runs already,
 * into a recording. It says at the end what was sampled, and what is missing.
 */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <perfev.h>

#include "../codec.h"
#include "../commands.h"
#include "../number.h"

static int exit_status(const struct child *child)
{
	if (!child->executed)
		return child->error == ENOENT ? 127 : 126;
	if (WIFSIGNALED(child->status))
		return 128 + WTERMSIG(child->status);
	return WEXITSTATUS(child->status);
}

/* What is missing, and what would have it all. */
static void tell_losses(const struct record *record)
{
	const struct perfev_losses *losses = &record->losses;
	const struct perfev_why *shrunk = perfev_sampler_shrunk(record->sampler);
	const __u64 lost = perfev_losses_records(losses);
	char number[NUMBER_SIZE];

	if (lost) {
		const size_t bytes = perfev_ring_bytes(perfev_sampler_ring(record->sampler, 0));

		fprintf(stderr,
			"perfev record: %s records found no room: larger rings keep them, -m %zuK, "
			"or fewer samples, -F\n",
			number_grouped(number, lost), 4 * bytes / 1024);
	}
	if (losses->throttled)
		fprintf(stderr,
			"perfev record: events were throttled %s%s: "
			"kernel.perf_event_max_sample_rate allows no more samples: ask for "
			"fewer, -F\n",
			losses->throttled == 1 ? "once" : number_grouped(number, losses->throttled),
			losses->throttled == 1 ? "" : " times");
	if (losses->overruns || losses->torn)
		fprintf(stderr, "perfev record: %s bytes of rings could not be read.\n",
			number_grouped(number, losses->overrun_bytes + losses->torn_bytes));
	if (shrunk)
		fprintf(stderr, "perfev record: %s\n", shrunk->text);
	if (perfev_sampler_missed(record->sampler))
		fprintf(stderr,
			"perfev record: threads were started all the time while events were "
			"opened: %u may be missing.\n",
			perfev_sampler_missed(record->sampler));
}

static void tell(const struct record *record, int result)
{
	const struct record_output *output = &record->output;
	char samples[NUMBER_SIZE], bytes[NUMBER_SIZE], seconds[NUMBER_SIZE];

	if (record->options.quiet)
		return;
	tell_losses(record);
	/* How many of them there are in a file that could not be written, nobody counted. */
	if (result < 0 || strcmp(record->options.output, "-") == 0)
		return;
	fprintf(stderr, "perfev record: %s samples in %s s, %sB to ",
		number_grouped(samples, record->samples),
		number_seconds(seconds, record->end_ns - record->begin_ns),
		number_rate(bytes, (double)output->bytes));
	if (output->files > 1)
		fprintf(stderr, "%u files, the last '%s'\n", output->files, output->path);
	else
		fprintf(stderr, "'%s'\n", output->path);
}

static int fail(const struct record *record, int error)
{
	const char *path = record->output.path[0] ? record->output.path : record->options.output;

	fprintf(stderr, "perfev record: '%s': %s%s\n", path, strerror(-error),
		record->output.bytes ? "; what was written before can be read" : "");
	return EXIT_PERFEV;
}

/* What was to be sampled is, and the program ends with it, as linux-perf has it. */
static void end_program(struct record *record)
{
	if (!record->options.quiet)
		fprintf(stderr, "perfev record: --max-size is reached: '%s' is ended by SIGTERM.\n",
			record->options.argv[0]);
	kill(record->child.pid, SIGTERM);
}

/* Samples and writes. Returns the exit status. */
static int sample(struct record *record)
{
	int status = record_open(record), result;

	if (status >= 0)
		return status;
	result = record_output_begin(record);
	if (result < 0) {
		record_output_end(record, 1);
		return fail(record, result);
	}
	result = record_run(record);
	/* A program that goes on without being sampled is waited for all the same. */
	if (record->options.argv && child_wait_until(&record->child, 0) == 0) {
		if (record->is_full)
			end_program(record);
		child_wait(&record->child);
	}
	if (record->options.argv && !record->child.executed) {
		fprintf(stderr, "perfev record: cannot run '%s': %s\n", record->options.argv[0],
			strerror(record->child.error));
		return exit_status(&record->child);
	}
	tell(record, result);
	if (result < 0)
		return fail(record, result);
	return record->options.argv ? exit_status(&record->child) : 0;
}

int command_record(int argc, char **argv)
{
	struct record record = { .argc = argc, .argv = argv };
	int status = record_options_parse(argc, argv, &record.options);
	int result;

	if (status >= 0)
		goto out;
	if (record.options.compress >= 0 && !cli_codec()) {
		fprintf(stderr,
			"perfev record: -z needs libperfev-zstd, which is not installed.\n");
		status = EXIT_PERFEV;
		goto out;
	}
	record_catch_signals(&record);
	result = record.options.argv ? child_start(&record.child, record.options.argv) : 0;
	if (result < 0) {
		fprintf(stderr, "perfev record: cannot start a process: %s\n", strerror(-result));
		status = EXIT_PERFEV;
		goto out;
	}
	status = sample(&record);
	perfev_sampler_close(record.sampler);
out:
	perfev_events_free(record.events);
	record_options_free(&record.options);
	return status;
}
