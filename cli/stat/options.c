/* SPDX-License-Identifier: MIT */
/* The arguments of perfev stat: whom to count, what, how often, and how to print it. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
#include "../commands.h"
#include "metrics.h"

static int help(void)
{
	fputs("usage: perfev stat [OPTIONS] [--] PROGRAM [ARGS ...]\n"
	      "       perfev stat [OPTIONS] -p PID | -t TID | -a | -C CPUS | -G CGROUPS\n"
	      "                   [PROGRAM ...]\n"
	      "       perfev stat [OPTIONS] --vs 'OTHER PROGRAM' -- PROGRAM [ARGS ...]\n"
	      "\n"
	      "Counts what PROGRAM and all that it starts cost, from exec to exit, and prints a\n"
	      "table to standard error.\n"
	      "\n"
	      "What to count:\n"
	      "  -e, --event EVENTS        these events; 'perfev list' names them\n"
	      "  -M, --metrics METRICS     these metrics, and the events that they need\n"
	      "  -d, --detailed            the caches too; -dd and -ddd: more of them\n"
	      "Whom:\n"
	      "  -p, --pid PIDS            processes that run, with all their threads\n"
	      "  -t, --tid TIDS            threads that run\n"
	      "  -a, --all-cpus            all that runs, while PROGRAM does or until Ctrl-C\n"
	      "  -C, --cpu CPUS            all that runs on these CPUs: 0,2-3\n"
	      "  -G, --cgroup CGROUPS      all tasks of these cgroups\n"
	      "      --for-each-cgroup CGROUPS   likewise, each by itself\n"
	      "      --per-cpu, --per-core, --per-socket, --per-thread   each by itself\n"
	      "How often:\n"
	      "  -I, --interval-print MS   print every MS milliseconds\n"
	      "  -r, --repeat N            run N times: means, and how far they spread\n"
	      "      --vs 'OTHER PROGRAM'  run both in turn: which is faster, and by how much\n"
	      "Output:\n"
	      "  -j, --json                JSON: an object, or one for each interval on a line\n"
	      "  -x, --field-separator S   a line of fields for each event: -x ,\n"
	      "  -o, --output FILE         to FILE instead of standard error\n"
	      "  -h, --help                print this\n"
	      "\n"
	      "METRICS: ipc, ghz, cpus, branch-misses, cache-misses, l1d-misses, l1i-misses,\n"
	      "llc-misses, dtlb-misses, itlb-misses, stalls\n"
	      "\n"
	      "The exit status is the program's; 128 + N when signal N ended it, 127 when there\n"
	      "is no such program, 126 when it cannot be executed, 125 when perfev failed.\n"
	      "\n"
	      "  perfev stat gzip -k file\n"
	      "  perfev stat -e instructions:u,page-faults -r 10 -- ./benchmark\n"
	      "  perfev stat --vs 'sort old' -- sort new\n"
	      "  perfev stat -a --per-core -I 1000\n"
	      "  perfev stat --json -o cost.json -- make -j4\n",
	      stdout);
	return 0;
}

enum {
	OPTION_FOR_EACH_CGROUP = 256,
	OPTION_VERSUS,
	OPTION_CPU,
	OPTION_CORE,
	OPTION_SOCKET,
	OPTION_THREAD
};

static const struct option names[] = {
	{ "event", required_argument, NULL, 'e' },
	{ "metrics", required_argument, NULL, 'M' },
	{ "detailed", no_argument, NULL, 'd' },
	{ "pid", required_argument, NULL, 'p' },
	{ "tid", required_argument, NULL, 't' },
	{ "all-cpus", no_argument, NULL, 'a' },
	{ "cpu", required_argument, NULL, 'C' },
	{ "cgroup", required_argument, NULL, 'G' },
	{ "for-each-cgroup", required_argument, NULL, OPTION_FOR_EACH_CGROUP },
	{ "per-cpu", no_argument, NULL, OPTION_CPU },
	{ "per-core", no_argument, NULL, OPTION_CORE },
	{ "per-socket", no_argument, NULL, OPTION_SOCKET },
	{ "per-thread", no_argument, NULL, OPTION_THREAD },
	{ "interval-print", required_argument, NULL, 'I' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "vs", required_argument, NULL, OPTION_VERSUS },
	{ "json", no_argument, NULL, 'j' },
	{ "field-separator", required_argument, NULL, 'x' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Reads a whole number from 1 to most. Returns 0 when it is none. */
static unsigned int number_of(const char *text, unsigned int most)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || number > most)
		return 0;
	return (unsigned int)number;
}

static int add_metrics(struct stat_options *options, char *list)
{
	int status = -1;

	options->metrics = 1;
	for (char *name = strtok(list, ","); name && status < 0; name = strtok(NULL, ",")) {
		const struct stat_metric *metric = stat_metric_find(name);

		if (!metric) {
			fprintf(stderr, "perfev stat: there is no metric '%s'; there are:", name);
			for (unsigned int i = 0; (metric = stat_metric_get(i)); i++)
				fprintf(stderr, " %s", metric->name);
			fputs(".\n", stderr);
			return EXIT_PERFEV;
		}
		status = arguments_add_events(&options->events, "stat", metric->events);
	}
	return status;
}

/* Takes one option. Returns -1 to go on, or an exit status. */
static int take(struct stat_options *options, int option)
{
	switch (option) {
	case 'e':
		return arguments_add_events(&options->events, "stat", optarg);
	case 'M':
		return add_metrics(options, optarg);
	case 'd':
		options->detail++;
		return -1;
	case 'p':
	case 't':
	case 'a':
	case 'C':
	case 'G':
		return arguments_add_targets(&options->targets, "stat", option, optarg);
	case OPTION_FOR_EACH_CGROUP:
		options->scope = STAT_SCOPE_CGROUP;
		return arguments_add_targets(&options->targets, "stat", 'G', optarg);
	case OPTION_CPU:
		options->scope = STAT_SCOPE_CPU;
		return -1;
	case OPTION_CORE:
		options->scope = STAT_SCOPE_CORE;
		return -1;
	case OPTION_SOCKET:
		options->scope = STAT_SCOPE_SOCKET;
		return -1;
	case OPTION_THREAD:
		options->scope = STAT_SCOPE_THREAD;
		return -1;
	case 'I':
		options->interval_ms = number_of(optarg, 86400000);
		return options->interval_ms ?
			       -1 :
			       arguments_wrong("stat", "-I", optarg, "milliseconds, 1 to 86400000");
	case 'r':
		options->repeat = number_of(optarg, 1000000);
		return options->repeat ?
			       -1 :
			       arguments_wrong("stat", "-r", optarg, "a number of runs, from 1");
	case OPTION_VERSUS:
		options->versus = optarg;
		return -1;
	case 'j':
		options->format = STAT_JSON;
		return -1;
	case 'x':
		options->format = STAT_CSV;
		options->separator = strcmp(optarg, "\\t") == 0 ? "\t" : optarg;
		return -1;
	case 'o':
		options->output = optarg;
		return -1;
	case 'h':
		return help();
	default:
		return arguments_refused("stat");
	}
}

/* What does not go together. */
static int check(struct stat_options *options)
{
	const char *what = NULL;

	if (!options->argv && (!options->targets.count || options->versus || options->repeat))
		what = "which program?";
	else if (options->scope >= STAT_SCOPE_CPU && options->scope <= STAT_SCOPE_SOCKET &&
		 !targets_are_cpus(&options->targets))
		what = "--per-cpu, --per-core and --per-socket need -a or -C";
	else if (options->scope == STAT_SCOPE_THREAD &&
		 (!options->targets.count || targets_are_cpus(&options->targets)))
		what = "--per-thread needs -p or -t";
	else if (options->versus &&
		 (options->targets.count || options->interval_ms || options->format == STAT_CSV))
		what = "--vs compares two programs: it goes with -e, -M, -d, -r, -j and -o only";
	else if (options->repeat && options->interval_ms)
		what = "-r and -I do not go together";
	return what ? arguments_conflict("stat", what) : -1;
}

int stat_options_parse(int argc, char **argv, struct stat_options *options)
{
	static char name[] = "perfev stat";
	int option, status = -1;

	memset(options, 0, sizeof(*options));
	argv[0] = name; /* for getopt's messages */
	while (status < 0 &&
	       (option = getopt_long(argc, argv, "+e:M:dp:t:aC:G:I:r:jx:o:h", names, NULL)) != -1)
		status = take(options, option);
	if (status >= 0)
		return status;
	options->argv = optind < argc ? argv + optind : NULL;
	status = arguments_settle_targets(&options->targets, "stat");
	if (status >= 0)
		return status;
	return check(options);
}

void stat_options_free(struct stat_options *options)
{
	free(options->events);
	free(options->targets.list);
}
