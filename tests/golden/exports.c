/* SPDX-License-Identifier: MIT */
/*
 * Writes a profile that is known in a format to standard output, for readers that are not ours.
 *
 * usage: exports FORMAT [EVENTS [STACKS]]
 *
 * FORMAT is that of an export, or "samples": what the small profile is made of. EVENTS are 1 or 2.
 * With STACKS, a large one; of that, the peak of memory is told on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../../cli/export/export.h"
#include "profile_maker.h"

static int put_samples(__u32 events)
{
	for (size_t i = 0; i < made_sample_count; i++) {
		const struct made_sample *sample = &made_samples[i];

		if (sample->event >= events)
			continue;
		printf("%u\t%u\t%llu\t%llu", sample->event, sample->who,
		       (unsigned long long)sample->weight, (unsigned long long)sample->after_ns);
		for (size_t j = 0; j < 8 && sample->frames[j]; j++)
			printf("\t%s", sample->frames[j]);
		putchar('\0');
	}
	return fflush(stdout) != 0;
}

static int export(const char *format, const struct profile *profile)
{
	if (strcmp(format, "folded") == 0)
		return export_folded(profile, 0, 0, stdout);
	if (strcmp(format, "folded-weights") == 0)
		return export_folded(profile, 0, EXPORT_WEIGHTS, stdout);
	if (strcmp(format, "pprof") == 0)
		return export_pprof(profile, stdout);
	if (strcmp(format, "firefox") == 0)
		return export_firefox(profile, stdout);
	if (strcmp(format, "speedscope") == 0)
		return export_speedscope(profile, stdout);
	if (strcmp(format, "json") == 0)
		return export_json(profile, stdout);
	if (strcmp(format, "none") == 0)
		return 0;
	fprintf(stderr, "exports: no format '%s'\n", format);
	exit(2);
}

static long long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	const __u32 events = argc > 2 ? (__u32)strtoul(argv[2], NULL, 10) : 1;
	const __u32 stacks = argc > 3 ? (__u32)strtoul(argv[3], NULL, 10) : 0;
	struct rusage before, after;
	struct profile profile;
	long long start;
	int error;

	if (argc < 2 || events < 1 || events > 2)
		return 2;
	if (strcmp(argv[1], "samples") == 0)
		return put_samples(events);
	if (stacks)
		profile_make_large(&profile, stacks, 1);
	else
		profile_make(&profile, events, 1);
	getrusage(RUSAGE_SELF, &before);
	start = now_ms();
	error = export(argv[1], &profile);
	getrusage(RUSAGE_SELF, &after);
	if (error)
		fprintf(stderr, "exports: %s\n", strerror(-error));
	if (stacks)
		fprintf(stderr, "%s: %u stacks, %u nodes: %lld ms, %ld KiB before, %ld KiB more\n",
			argv[1], profile.row_count, profile.node_count, now_ms() - start,
			before.ru_maxrss, after.ru_maxrss - before.ru_maxrss);
	profile_free(&profile);
	return error != 0;
}
