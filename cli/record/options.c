/* SPDX-License-Identifier: MIT */
/* The arguments of perfev record: whom to sample, what, how often, what a sample has, where to. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../arguments.h"
#include "../commands.h"
#include "../sampling.h"
#include "words.h"

static int help(void)
{
	fputs("usage: perfev record [OPTIONS] [--] PROGRAM [ARGS ...]\n"
	      "       perfev record [OPTIONS] -p PID | -t TID | -a | -C CPUS | -G CGROUPS\n"
	      "                     [PROGRAM ...]\n"
	      "\n"
	      "Samples PROGRAM and all that it starts, from exec to exit, or what runs already,\n"
	      "into a file that 'perfev dump' and linux-perf read.\n"
	      "\n"
	      "What to sample:\n"
	      "  -e, --event EVENTS       these events; 'perfev list' names them; without it\n"
	      "                           cycles, or cpu-clock where there are none\n"
	      "  -F, --freq HZ            so many samples a second, or max; 4000 unless said\n"
	      "  -c, --count N            a sample every N events instead\n"
	      "Whom:\n"
	      "  -p, --pid PIDS           processes that run, with all their threads\n"
	      "  -t, --tid TIDS           threads that run\n"
	      "  -a, --all-cpus           all that runs, while PROGRAM does or until Ctrl-C\n"
	      "  -C, --cpu CPUS           all that runs on these CPUs: 0,2-3\n"
	      "  -G, --cgroup CGROUPS     all tasks of this cgroup; of several, the first is for\n"
	      "                           the first event, the second for the second\n"
	      "      --for-each-cgroup CGROUPS   all events in each of these cgroups\n"
	      "What a sample has, besides where and when:\n"
	      "  -g                       the callers, by frame pointers\n"
	      "      --call-graph HOW     the callers: fp[,defer], dwarf[,BYTES], lbr\n"
	      "  -b, --branch-any         the last branches\n"
	      "  -j, --branch-filter KINDS  only branches of these kinds: any_call,u\n"
	      "  -d, --data               the address of data, and where it came from\n"
	      "  -W, --weight             what an access cost\n"
	      "      --phys-data          the physical address of data\n"
	      "      --user-regs[=REGS]   registers of the program: ip,sp; all of them; ? lists\n"
	      "      --intr-regs[=REGS]   registers where it was interrupted\n"
	      "  -k, --clockid CLOCK      times of this clock: mono, raw, boot, tai, real\n"
	      "How:\n"
	      "  -m, --mmap-pages PAGES   pages of each ring, or bytes: 64K, 1M\n"
	      "  -z, --compression-level[=LEVEL]  compress with zstd: from 1, the fastest, to 22\n"
	      "      --overwrite          keep only the newest samples, written at the end\n"
	      "  -N, --no-buildid-cache   as it is anyway: no build-id cache is written\n"
	      "  -B, --no-buildid         do not read the build-ids of files\n"
	      "Output:\n"
	      "  -o, --output FILE        to FILE instead of perf.data; -: standard output\n"
	      "      --switch-output[=WHEN]  a new file at SIGUSR2 (signal), after a size (100M)\n"
	      "                           or a time (30s)\n"
	      "      --max-size BYTES     end, and PROGRAM with it, when there are so many: 500M\n"
	      "  -q, --quiet              say nothing but errors\n"
	      "  -h, --help               print this\n"
	      "\n"
	      "HOW: fp, dwarf, lbr\n"
	      "\n"
	      "The exit status is the program's; 128 + N when signal N ended it, 127 when there\n"
	      "is no such program, 126 when it cannot be executed, 125 when perfev failed.\n"
	      "\n"
	      "  perfev record ./program\n"
	      "  perfev record -g -F 999 -- make -j4\n"
	      "  perfev record -a -e cpu-clock -o - sleep 10 | perfev dump --stats -\n"
	      "  perfev record -e sched:sched_switch -p 4711\n",
	      stdout);
	return 0;
}

enum {
	OPTION_CALL_GRAPH = 256,
	OPTION_PHYS_DATA,
	OPTION_USER_REGS,
	OPTION_INTR_REGS,
	OPTION_OVERWRITE,
	OPTION_SWITCH,
	OPTION_MAX_SIZE,
	OPTION_FOR_EACH_CGROUP
};

static const struct option names[] = {
	{ "event", required_argument, NULL, 'e' },
	{ "freq", required_argument, NULL, 'F' },
	{ "count", required_argument, NULL, 'c' },
	{ "pid", required_argument, NULL, 'p' },
	{ "tid", required_argument, NULL, 't' },
	{ "all-cpus", no_argument, NULL, 'a' },
	{ "cpu", required_argument, NULL, 'C' },
	{ "cgroup", required_argument, NULL, 'G' },
	{ "for-each-cgroup", required_argument, NULL, OPTION_FOR_EACH_CGROUP },
	{ "call-graph", required_argument, NULL, OPTION_CALL_GRAPH },
	{ "branch-any", no_argument, NULL, 'b' },
	{ "branch-filter", required_argument, NULL, 'j' },
	{ "data", no_argument, NULL, 'd' },
	{ "weight", no_argument, NULL, 'W' },
	{ "phys-data", no_argument, NULL, OPTION_PHYS_DATA },
	{ "user-regs", optional_argument, NULL, OPTION_USER_REGS },
	{ "intr-regs", optional_argument, NULL, OPTION_INTR_REGS },
	{ "clockid", required_argument, NULL, 'k' },
	{ "mmap-pages", required_argument, NULL, 'm' },
	{ "compression-level", optional_argument, NULL, 'z' },
	{ "overwrite", no_argument, NULL, OPTION_OVERWRITE },
	{ "no-buildid-cache", no_argument, NULL, 'N' },
	{ "no-buildid", no_argument, NULL, 'B' },
	{ "output", required_argument, NULL, 'o' },
	{ "switch-output", optional_argument, NULL, OPTION_SWITCH },
	{ "max-size", required_argument, NULL, OPTION_MAX_SIZE },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* As the kernel has it: a sample's size is 16 bits, so that little more than 64 KiB fit. */
#define MOST_STACK 65312

static int take_call_graph(struct record_options *options, const char *text)
{
	struct perfev_sample_options *sample = &options->sample;
	__u64 bytes = 8192;

	sample->callchain = 1;
	sample->defer_callchain = strcmp(text, "fp,defer") == 0;
	if (strcmp(text, "fp") == 0 || sample->defer_callchain)
		return -1;
	if (strcmp(text, "lbr") == 0) {
		sample->branch_type |= PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_CALL_STACK |
				       PERF_SAMPLE_BRANCH_NO_CYCLES | PERF_SAMPLE_BRANCH_NO_FLAGS;
		return -1;
	}
	if (strcmp(text, "dwarf") != 0 &&
	    (strncmp(text, "dwarf,", 6) != 0 || words_bytes(text + 6, &bytes) < 0))
		return arguments_wrong("record", "--call-graph", text,
				       "fp or fp,defer, dwarf or dwarf,BYTES, lbr");
	if (!words_unwinding_registers())
		return arguments_wrong("record", "--call-graph", text,
				       "fp: this machine's registers are not known");
	if (!bytes || bytes > MOST_STACK)
		return arguments_wrong("record", "--call-graph", text,
				       "dwarf with 8 to 65312 bytes");
	/* How to unwind lies beside the code, in mappings that are not executed. */
	sample->mmap_data = 1;
	sample->no_callchain_user = 1;
	sample->regs_user |= words_unwinding_registers();
	sample->stack_bytes = (__u32)((bytes + 7) & ~7ULL);
	return -1;
}

static int take_branches(struct record_options *options, char *list)
{
	const char *word = list;
	__u64 type;

	if (words_branches(list, &type, &word) < 0)
		return arguments_wrong(
			"record", "-j", word,
			"any, any_call, any_ret, ind_call, call, cond, ind_jmp, u, k, hv, "
			"in_tx, no_tx, abort_tx, save_type, hw_index, priv or counter");
	options->sample.branch_type |= type;
	return -1;
}

static int take_registers(char *list, const char *option, __u64 *mask)
{
	const char *word = list;
	__u64 more;

	if (list && strcmp(list, "?") == 0) {
		words_list_registers(stdout);
		return 0;
	}
	if (words_registers(list, &more, &word) < 0)
		return arguments_wrong("record", option, word,
				       "registers of this machine; '?' lists them");
	*mask |= more;
	return -1;
}

static void take_weight(struct record_options *options)
{
	__u64 type = PERF_SAMPLE_WEIGHT;

#if defined(__x86_64__) || defined(__i386__) || defined(__powerpc__)
	struct perfev_features features;

	/* Processors that tell its parts. */
	if (perfev_features_probe(&features) == 0 &&
	    perfev_features_has(&features, PERFEV_SET_SAMPLE_TYPE, PERF_SAMPLE_WEIGHT_STRUCT) == 1)
		type = PERF_SAMPLE_WEIGHT_STRUCT;
#endif
	options->sample.sample_type |= type;
}

static int take_level(struct record_options *options, const char *text)
{
	char *end;
	long level = text ? strtol(text, &end, 10) : 1;

	if (text && (*end || end == text || level < 1 || level > 22))
		return arguments_wrong("record", "-z", text, "a level from 1 to 22");
	options->compress = (int)level;
	return -1;
}

static int take_switch(struct record_options *options, const char *text)
{
	if (!text || strcmp(text, "signal") == 0)
		options->switch_on_signal = 1;
	else if (words_time(text, &options->switch_ns) == 0 && options->switch_ns)
		return -1;
	else if (words_bytes(text, &options->switch_bytes) < 0 || !options->switch_bytes)
		return arguments_wrong("record", "--switch-output", text,
				       "signal, a size (100M) or a time (30s)");
	return -1;
}

/* Takes one option. Returns -1 to go on, or an exit status. */
static int take(struct record_options *options, int option)
{
	struct perfev_sample_options *sample = &options->sample;

	switch (option) {
	case 'e':
		return arguments_add_events(&options->events, "record", optarg);
	case 'F':
		return sampling_take_frequency(sample, "record", optarg);
	case 'c':
		return sampling_take_period(sample, "record", optarg);
	case 'p':
	case 't':
	case 'a':
	case 'C':
		return arguments_add_targets(&options->targets, "record", option, optarg);
	case 'G':
	case OPTION_FOR_EACH_CGROUP:
		options->targets.is_paired = option == 'G';
		return arguments_add_targets(&options->targets, "record", 'G', optarg);
	case 'g':
		sample->callchain = 1;
		return -1;
	case OPTION_CALL_GRAPH:
		return take_call_graph(options, optarg);
	case 'b':
		sample->branch_type |= PERF_SAMPLE_BRANCH_ANY;
		return -1;
	case 'j':
		return take_branches(options, optarg);
	case 'd':
		sample->sample_type |= PERF_SAMPLE_ADDR | PERF_SAMPLE_DATA_SRC;
		sample->mmap_data = 1;
		return -1;
	case 'W':
		take_weight(options);
		return -1;
	case OPTION_PHYS_DATA:
		sample->sample_type |= PERF_SAMPLE_PHYS_ADDR;
		return -1;
	case OPTION_USER_REGS:
		return take_registers(optarg, "--user-regs", &sample->regs_user);
	case OPTION_INTR_REGS:
		return take_registers(optarg, "--intr-regs", &sample->regs_intr);
	case 'k':
		sample->use_clockid = 1;
		return words_clock(optarg, &sample->clockid) < 0 ?
			       arguments_wrong("record", "-k", optarg,
					       "mono, raw, boot, tai, real or a number") :
			       -1;
	case 'm':
		return sampling_take_pages(sample, "record", optarg, &options->pages_asked);
	case 'z':
		return take_level(options, optarg);
	case OPTION_OVERWRITE:
		sample->overwrite = 1;
		return -1;
	case 'N':
		return -1;
	case 'B':
		options->no_build_ids = 1;
		return -1;
	case 'o':
		options->output = optarg;
		return -1;
	case OPTION_SWITCH:
		return take_switch(options, optarg);
	case OPTION_MAX_SIZE:
		return words_bytes(optarg, &options->max_bytes) < 0 || !options->max_bytes ?
			       arguments_wrong("record", "--max-size", optarg,
					       "bytes, with K, M or G") :
			       -1;
	case 'q':
		options->quiet = 1;
		return -1;
	case 'h':
		return help();
	default:
		return arguments_refused("record");
	}
}

static int is_switching(const struct record_options *options)
{
	return options->switch_bytes || options->switch_ns || options->switch_on_signal;
}

/* What does not go together. */
static int check(const struct record_options *options)
{
	const char *what = NULL;

	if (!options->argv && !options->targets.count)
		what = "which program?";
	else if (options->sample.period && options->sample.frequency_hz)
		what = "-c and -F do not go together";
	else if (is_switching(options) && strcmp(options->output, "-") == 0)
		what = "--switch-output needs files: -o FILE";
	else if (strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO))
		what = "-o - is for a pipe, and standard output is a terminal: "
		       "perfev record -o - ... | perfev dump -";
	return what ? arguments_conflict("record", what) : -1;
}

int record_options_parse(int argc, char **argv, struct record_options *options)
{
	static char name[] = "perfev record";
	int option, status = -1;

	memset(options, 0, sizeof(*options));
	options->sample.size = sizeof(options->sample);
	options->output = "perf.data";
	options->compress = -1;
	argv[0] = name; /* for getopt's messages */
	while (status < 0 &&
	       (option = getopt_long(argc, argv, "+e:F:c:p:t:aC:G:gbj:dWk:m:z::NBo:qh", names,
				     NULL)) != -1)
		status = take(options, option);
	if (status >= 0)
		return status;
	options->argv = optind < argc ? argv + optind : NULL;
	status = arguments_settle_targets(&options->targets, "record");
	if (status >= 0)
		return status;
	status = check(options);
	if (status < 0) {
		sampling_lower_frequency(&options->sample, "record", options->quiet);
		if (!options->quiet)
			sampling_tell_pages(&options->sample, "record", options->pages_asked);
	}
	return status;
}

void record_options_free(struct record_options *options)
{
	free(options->events);
	free(options->targets.list);
}
