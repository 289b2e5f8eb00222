/* SPDX-License-Identifier: MIT */
/* What the subcommands that sample have in common; see sampling.h. */
#include "sampling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arguments.h"
#include "cgroups.h"
#include "commands.h"
#include "names.h"
#include "record/words.h"
#include "remedy.h"

/* The highest rate that the kernel takes now. */
static __u64 max_rate(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_max_sample_rate", "re");
	unsigned long long rate = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &rate) != 1)
		rate = 0;
	fclose(file);
	return rate;
}

int sampling_take_frequency(struct perfev_sample_options *sample, const char *command,
			    const char *text)
{
	char *end;

	if (strcmp(text, "max") == 0) {
		sample->frequency_hz = max_rate();
		return sample->frequency_hz ?
			       -1 :
			       arguments_wrong(command, "-F", text, "a number of Hz here");
	}
	sample->frequency_hz = strtoull(text, &end, 10);
	return *end || !sample->frequency_hz || *text == '-' ?
		       arguments_wrong(command, "-F", text, "a number of Hz, from 1, or max") :
		       -1;
}

int sampling_take_period(struct perfev_sample_options *sample, const char *command,
			 const char *text)
{
	char *end;

	sample->period = strtoull(text, &end, 0);
	return *end || !sample->period || *text == '-' ?
		       arguments_wrong(command, "-c", text, "a number of events, from 1") :
		       -1;
}

#define MOST_PAGES (1U << 30)

int sampling_take_pages(struct perfev_sample_options *sample, const char *command, const char *text,
			__u32 *asked)
{
	__u64 bytes;
	size_t length = strlen(text);

	if (words_bytes(text, &bytes) < 0 || !bytes)
		return arguments_wrong(command, "-m", text, "pages, or bytes with K, M or G");
	/* A number alone is pages. */
	if (text[length - 1] > '9')
		bytes = (bytes - 1) / (__u64)getpagesize() + 1;
	if (bytes > MOST_PAGES)
		return arguments_wrong(command, "-m", text, "no more than 1073741824 pages");
	*asked = (__u32)bytes;
	sample->pages = 1;
	while (sample->pages < bytes)
		sample->pages *= 2;
	return -1;
}

void sampling_tell_pages(const struct perfev_sample_options *sample, const char *command,
			 __u32 asked)
{
	if (sample->pages != asked)
		fprintf(stderr,
			"perfev %s: -m %u: rings of %u pages, since those are a power of two\n",
			command, asked, sample->pages);
}

void sampling_lower_frequency(struct perfev_sample_options *sample, const char *command, int quiet)
{
	__u64 most = sample->frequency_hz ? max_rate() : 0;

	if (!most || sample->frequency_hz <= most)
		return;
	sample->frequency_hz = most;
	if (!quiet)
		fprintf(stderr,
			"perfev %s: %llu Hz is all that kernel.perf_event_max_sample_rate "
			"allows now: 'sudo sysctl' raises it.\n",
			command, (unsigned long long)most);
}

/* As many files as this process may have: each event in each place is one. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int read_events(const struct sampling *sampling, const char *text,
		       struct perfev_events **events)
{
	struct perfev_why why;
	char told[1024];

	if (perfev_events_parse(events, text, cli_event_options(), &why) == 0)
		return -1;
	fprintf(stderr, "perfev %s: %s\n", sampling->command,
		cli_explanation(&why, told, sizeof(told)));
	if (sampling->events && why.position >= 0)
		fprintf(stderr, "  %s\n  %*s^\n", text, (int)why.position, "");
	return EXIT_PERFEV;
}

static int open_sampler(const struct sampling *sampling, const struct perfev_events *events,
			struct perfev_sampler **sampler, struct perfev_why *why)
{
	return perfev_sampler_open_events(sampler, events, sampling->targets->list,
					  sampling->targets->count, sampling->sample, why);
}

/*
 * Whether the machine has no such counters at all, or has them and they cannot interrupt, so that a
 * clock may stand in for them.
 */
static int lacks_counters(const struct perfev_why *why)
{
	static const char *const fields[] = { "type", "config", "sample_freq", "sample_period" };

	if (why->cause == PERFEV_CAUSE_NO_PMU)
		return 1;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (why->cause == PERFEV_CAUSE_MACHINE && strcmp(why->field, fields[i]) == 0)
			return 1;
	return 0;
}

int sampling_open(const struct sampling *sampling, struct perfev_events **events,
		  struct perfev_sampler **sampler)
{
	const char *text = sampling->events;
	struct perfev_why why;
	char told[1024];
	int status = read_events(sampling, text ? text : "cycles:P", events);

	if (status >= 0)
		return status;
	if (cgroups_pair(sampling->targets, *events, sampling->command) < 0)
		return EXIT_PERFEV;
	sampling->sample->names = cli_event_options();
	raise_file_limit();
	if (open_sampler(sampling, *events, sampler, &why) == 0)
		return -1;
	cli_explanation(&why, told, sizeof(told));
	if (text || !lacks_counters(&why)) {
		fprintf(stderr, "perfev %s: %s\n", sampling->command, told);
		return EXIT_PERFEV;
	}
	if (!sampling->quiet)
		fprintf(stderr, "perfev %s: cpu-clock instead of cycles: %s\n", sampling->command,
			told);
	perfev_events_free(*events);
	*events = NULL;
	status = read_events(sampling, "cpu-clock", events);
	if (status >= 0)
		return status;
	if (open_sampler(sampling, *events, sampler, &why) == 0)
		return -1;
	fprintf(stderr, "perfev %s: %s\n", sampling->command,
		cli_explanation(&why, told, sizeof(told)));
	return EXIT_PERFEV;
}
