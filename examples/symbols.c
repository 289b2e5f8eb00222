/* SPDX-License-Identifier: MIT */
/*
 * Runs a program, and prints where it was most of the time:
 *
 *     symbols gzip -c file
 */
#include <perfev.h>
#include <perfev/symbol.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MODULES 1024
#define MOST 65536 /* of both: modules, for what has no name, then functions */

static unsigned int counts[MOST];
static struct perfev_frame frames[MOST]; /* one of each */

/* Starts a program that waits until a byte is written to *go. */
static pid_t start(const char *const *command, int *go)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) < 0 || (pid = fork()) < 0)
		return -1;
	if (pid == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 1)
			execvp(command[0], (char *const *)command);
		_exit(127);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

/* Prints the ten with most samples. */
static void print(unsigned int samples)
{
	for (int line = 0; line < 10; line++) {
		unsigned int most = 0;

		for (unsigned int i = 0; i < MOST; i++)
			if (counts[i] > counts[most])
				most = i;
		if (!counts[most])
			break;
		printf("%6.2f %%  %-24s %s\n", 100.0 * counts[most] / samples,
		       frames[most].module->name,
		       frames[most].symbol ? frames[most].symbol->name : "?");
		counts[most] = 0;
	}
	printf("%u samples\n", samples);
}

int main(int argc, char **argv)
{
	const char *usual[] = { "sh", "-c", "seq 200000 | sort -r | cksum >/dev/null", NULL };
	struct perfev_sample_options options = {
		.size = sizeof(options), .comm = 1, .mmap = 1, .task = 1
	};
	struct perfev_record r = PERFEV_RECORD_INIT;
	struct perfev_symbols *symbols;
	struct perfev_sampler *sampler;
	struct perfev_frame frame;
	struct perfev_why why;
	unsigned int samples = 0, at;
	int go;
	pid_t pid = start(argc > 1 ? (const char *const *)argv + 1 : usual, &go);

	if (pid < 0)
		return perror("symbols"), 1;
	if (perfev_sampler_open(&sampler, "cpu-clock", perfev_program(pid), &options, &why) < 0 ||
	    perfev_symbols_open(&symbols, NULL, &why) < 0)
		return fprintf(stderr, "%s\n", why.text), 77;
	if (write(go, "", 1) != 1)
		return perror("symbols"), 1;
	while (perfev_sampler_next(sampler, &r, -1) > 0) {
		perfev_symbols_take(symbols, &r);
		if (r.type != PERF_RECORD_SAMPLE)
			continue;
		samples++;
		if (perfev_symbols_find(symbols, r.pid, r.misc, r.sample.ip, &frame) <= 0)
			continue;
		at = frame.symbol ? MODULES + frame.symbol->number : frame.module->number;
		if (at >= MOST || (!frame.symbol && at >= MODULES))
			continue;
		counts[at]++;
		frames[at] = frame;
	}
	print(samples);
	perfev_symbols_close(symbols);
	perfev_sampler_close(sampler);
	return 0;
}
