/* SPDX-License-Identifier: MIT */
/* The arguments of perfev top: whom to sample, what, how often, and how it is shown. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
#include "../commands.h"
#include "../sampling.h"

#define DELAY_S 2
#define HALF_LIFE_S 4

/* By what rows may be told apart. */
#define KEYS                                                                                       \
	(1U << PROFILE_KEY_COMM | 1U << PROFILE_KEY_PID | 1U << PROFILE_KEY_TID |                  \
	 1U << PROFILE_KEY_CPU | 1U << PROFILE_KEY_DSO | 1U << PROFILE_KEY_SYMBOL)

static int help(void)
{
	fputs("usage: perfev top [OPTIONS] [-p PIDS | -t TIDS | -a | -C CPUS | -G CGROUPS]\n"
	      "\n"
	      "Shows where time goes now, on this machine or in what runs already: by function,\n"
	      "process, thread or module, until q is pressed.\n"
	      "\n"
	      "What to sample:\n"
	      "  -e, --event EVENTS       these events; 'perfev list' names them; without it\n"
	      "                           cycles, or cpu-clock where there are none\n"
	      "  -F, --freq HZ            so many samples a second, or max; 4000 unless said\n"
	      "  -c, --count N            a sample every N events instead\n"
	      "  -g                       the callers too, by frame pointers: Enter shows them\n"
	      "  -m, --mmap-pages PAGES   pages of each ring, or bytes: 64K, 1M\n"
	      "Whom; all CPUs unless said:\n"
	      "  -p, --pid PIDS           processes that run, with all their threads\n"
	      "  -t, --tid TIDS           threads that run\n"
	      "  -a, --all-cpus           all that runs\n"
	      "  -C, --cpu CPUS           all that runs on these CPUs: 0,2-3\n"
	      "  -G, --cgroup CGROUPS     all tasks of these cgroups\n"
	      "What is shown:\n"
	      "  -s, --sort KEYS          told apart by these, in this order; symbol,dso unless\n"
	      "                           said\n"
	      "  -d, --delay SECONDS      anew after so long; 2 unless said\n"
	      "      --half-life SECONDS  what is so old weighs half; 4 unless said\n"
	      "  -z, --zero               only what came since it was shown last\n"
	      "  -K, --hide-kernel        nothing of the kernel\n"
	      "  -U, --hide-user          nothing of programs\n"
	      "  -n, --rows N             so many rows at most\n"
	      "      --objdump FILE       has instructions disassembled by this one\n"
	      "      --once               one table on standard output, after the delay\n"
	      "  -h, --help               print this\n"
	      "\n"
	      "KEYS: symbol, dso, comm, pid, tid, cpu\n"
	      "\n"
	      "Keys while it runs: arrows choose a row, Enter shows its callers or what a process\n"
	      "does, a its instructions, Tab the next view, / filters, h explains all, q quits.\n"
	      "\n"
	      "The exit status is 0, or 125 when perfev failed.\n"
	      "\n"
	      "  perfev top\n"
	      "  perfev top -g -p 4711\n"
	      "  perfev top -e page-faults -c 1 --sort comm,symbol\n"
	      "  perfev top --once -d 5 -n 10\n",
	      stdout);
	return 0;
}

enum {
	OPTION_HALF_LIFE = 256,
	OPTION_OBJDUMP,
	OPTION_ONCE
};

static const struct option names[] = {
	{ "event", required_argument, NULL, 'e' },
	{ "freq", required_argument, NULL, 'F' },
	{ "count", required_argument, NULL, 'c' },
	{ "mmap-pages", required_argument, NULL, 'm' },
	{ "pid", required_argument, NULL, 'p' },
	{ "tid", required_argument, NULL, 't' },
	{ "all-cpus", no_argument, NULL, 'a' },
	{ "cpu", required_argument, NULL, 'C' },
	{ "cgroup", required_argument, NULL, 'G' },
	{ "sort", required_argument, NULL, 's' },
	{ "delay", required_argument, NULL, 'd' },
	{ "half-life", required_argument, NULL, OPTION_HALF_LIFE },
	{ "zero", no_argument, NULL, 'z' },
	{ "hide-kernel", no_argument, NULL, 'K' },
	{ "hide-user", no_argument, NULL, 'U' },
	{ "rows", required_argument, NULL, 'n' },
	{ "objdump", required_argument, NULL, OPTION_OBJDUMP },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Seconds, with a fraction, from least to most. */
static int take_seconds(double *seconds, const char *option, const char *text, double least,
			double most, const char *expected)
{
	char *end;
	const double value = strtod(text, &end);

	if (end == text || *end || isnan(value) || value < least || value > most)
		return arguments_wrong("top", option, text, expected);
	*seconds = value;
	return -1;
}

static int take_rows(struct top_options *options, const char *text)
{
	char *end;
	const long rows = strtol(text, &end, 10);

	if (end == text || *end || rows < 1 || rows > 1000000)
		return arguments_wrong("top", "-n", text, "a number of rows, from 1");
	options->rows = (unsigned int)rows;
	return -1;
}

static int take_keys(struct top_options *options, const char *text)
{
	char strange[32];
	const int result = profile_keys_read(&options->keys, text, strange);

	if (result == 0 && !(options->keys.mask & ~KEYS))
		return -1;
	return arguments_wrong("top", "-s", text, "any of symbol, dso, comm, pid, tid, cpu");
}

/* Takes one option. Returns -1 to go on, or an exit status. */
static int take(struct top_options *options, int option)
{
	struct perfev_sample_options *sample = &options->sample;

	switch (option) {
	case 'e':
		return arguments_add_events(&options->events, "top", optarg);
	case 'F':
		return sampling_take_frequency(sample, "top", optarg);
	case 'c':
		return sampling_take_period(sample, "top", optarg);
	case 'm':
		return sampling_take_pages(sample, "top", optarg, &options->pages_asked);
	case 'g':
		sample->callchain = 1;
		return -1;
	case 'p':
	case 't':
	case 'a':
	case 'C':
	case 'G':
		return arguments_add_targets(&options->targets, "top", option, optarg);
	case 's':
		return take_keys(options, optarg);
	case 'd':
		return take_seconds(&options->delay_s, "-d", optarg, 0.1, 3600,
				    "seconds, 0.1 to 3600");
	case OPTION_HALF_LIFE:
		return take_seconds(&options->half_life_s, "--half-life", optarg, 0.1, 86400,
				    "seconds, 0.1 to 86400");
	case 'z':
		options->zero = 1;
		return -1;
	case 'K':
		options->hide_kernel = 1;
		return -1;
	case 'U':
		options->hide_user = 1;
		return -1;
	case 'n':
		return take_rows(options, optarg);
	case OPTION_OBJDUMP:
		options->objdump = optarg;
		return -1;
	case OPTION_ONCE:
		options->once = 1;
		return -1;
	case 'h':
		return help();
	default:
		return arguments_refused("top");
	}
}

/* What does not go together. */
static int check(const struct top_options *options, int argc)
{
	const char *what = NULL;

	if (optind < argc)
		what = "it runs no program: 'perfev top' beside it, or -p with what runs";
	else if (options->sample.period && options->sample.frequency_hz)
		what = "-c and -F do not go together";
	else if (options->hide_kernel && options->hide_user)
		what = "-K and -U together leave nothing";
	return what ? arguments_conflict("top", what) : -1;
}

int top_options_parse(int argc, char **argv, struct top_options *options)
{
	static char name[] = "perfev top", all[] = "";
	char strange[32];
	int option, status = -1;

	memset(options, 0, sizeof(*options));
	options->sample.size = sizeof(options->sample);
	options->delay_s = DELAY_S;
	options->half_life_s = HALF_LIFE_S;
	argv[0] = name; /* for getopt's messages */
	if (profile_keys_read(&options->keys, "symbol,dso", strange) < 0)
		return EXIT_PERFEV;
	while (status < 0 && (option = getopt_long(argc, argv, "+e:F:c:m:gp:t:aC:G:s:d:zKUn:h",
						   names, NULL)) != -1)
		status = take(options, option);
	if (status < 0)
		status = check(options, argc);
	if (status >= 0)
		return status;
	sampling_lower_frequency(&options->sample, "top", 0);
	sampling_tell_pages(&options->sample, "top", options->pages_asked);
	options->has_targets = options->targets.count > 0;
	return options->has_targets ? -1 :
				      arguments_add_targets(&options->targets, "top", 'a', all);
}

void top_options_free(struct top_options *options)
{
	free(options->events);
	free(options->targets.list);
}
