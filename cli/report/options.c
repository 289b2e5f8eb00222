/* SPDX-License-Identifier: MIT */
/* The arguments of perfev report: which recording, which of its samples, and how they are shown. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
#include "../commands.h"
#include "report.h"

static int help(void)
{
	fputs("usage: perfev report [OPTIONS] [FILE]\n"
	      "       perfev report [OPTIONS] --diff OLD NEW\n"
	      "\n"
	      "Shows where the samples of a recording are: in each function (Self), and in it or\n"
	      "what it called (Children). FILE is perf.data unless said; - is standard input.\n"
	      "\n"
	      "What is shown:\n"
	      "  -s, --sort KEYS          a row for each of these; comm,dso,symbol unless said\n"
	      "      --children           sorted by Children, not by Self\n"
	      "      --no-children        Self alone: callers are not read, which takes less time\n"
	      "  -g, --call-graph WAY     trees of calls: callee has the callers below each\n"
	      "                           function, as -g alone; caller what is called, from the\n"
	      "                           outermost functions on\n"
	      "      --annotate NAME      the instructions and the source of this function, with\n"
	      "                           the share of its samples at each\n"
	      "      --inline             functions that were inlined, by debug information\n"
	      "      --apart              several events one after another, not side by side\n"
	      "      --percent-limit PERCENT  nothing that is less; of trees 0.5 unless said\n"
	      "      --max-rows N         at most N rows, 0: all; on a terminal, what it holds\n"
	      "      --diff               what grew and what shrank, from OLD to NEW\n"
	      "Which samples:\n"
	      "  -i, --input FILE         of this recording\n"
	      "  -e, --event EVENTS       of these events, by name (* and ?) or number from 0\n"
	      "      --comm COMMS         of threads with these names\n"
	      "      --pid PIDS           of these processes\n"
	      "      --tid TIDS           of these threads\n"
	      "      --cpu CPUS           on these CPUs: 0,2-3\n"
	      "      --time SPAN          FROM,TO: from and to these seconds of the recording's\n"
	      "                           clock; one may be left out\n"
	      "      --dso DSOS           only rows of these files: libc.so.6, '*.ko'\n"
	      "      --symbol SYMBOL      only rows of functions that have this name: 'str*'\n"
	      "In other formats, all samples with all their callers; - is standard output:\n",
	      stdout);
	if (report_has_format(REPORT_HTML))
		fputs("      --html FILE          a page with a flame graph\n", stdout);
	fputs("  -j, --json               a JSON object, on standard output; --json=FILE\n"
	      "      --folded             a line for each stack, likewise; --folded=FILE\n",
	      stdout);
	if (report_has_format(REPORT_PPROF))
		fputs("      --pprof FILE         for go tool pprof\n", stdout);
	fputs("      --firefox FILE       for profiler.firefox.com\n"
	      "      --speedscope FILE    for speedscope.app\n"
	      "Where symbols are from:\n"
	      "      --symfs FOLDER       files below this folder instead of /\n"
	      "      --vmlinux FILE       the kernel that was recorded, with its symbols\n"
	      "      --kallsyms FILE      its /proc/kallsyms\n"
	      "      --objdump FILE       has instructions disassembled by this one\n"
	      "      --no-demangle        names of C++ and Rust as the file has them\n"
	      "  -h, --help               print this\n"
	      "\n"
	      "KEYS: comm, pid, tid, cpu, cgroup, event, dso, symbol, line\n"
	      "\n"
	      "WAY: caller, callee\n"
	      "\n"
	      "The exit status is 0, 1 when there are no samples or something in FILE could not\n"
	      "be read (said on standard error; the rest is shown), 125 when perfev failed.\n"
	      "\n"
	      "  perfev record -g ./program && perfev report\n"
	      "  perfev report -g caller --comm cc1\n"
	      "  perfev report --html flame.html\n"
	      "  perfev report --diff perf.data.old perf.data\n",
	      stdout);
	return 0;
}

enum {
	OPTION_CHILDREN = 256,
	OPTION_NO_CHILDREN,
	OPTION_ANNOTATE,
	OPTION_OBJDUMP,
	OPTION_INLINE,
	OPTION_APART,
	OPTION_LIMIT,
	OPTION_ROWS,
	OPTION_DIFF,
	OPTION_COMM,
	OPTION_PID,
	OPTION_TID,
	OPTION_CPU,
	OPTION_TIME,
	OPTION_DSO,
	OPTION_SYMBOL,
	OPTION_HTML,
	OPTION_FOLDED,
	OPTION_PPROF,
	OPTION_FIREFOX,
	OPTION_SPEEDSCOPE,
	OPTION_SYMFS,
	OPTION_VMLINUX,
	OPTION_KALLSYMS,
	OPTION_NO_DEMANGLE
};

static const struct option names[] = {
	{ "sort", required_argument, NULL, 's' },
	{ "children", no_argument, NULL, OPTION_CHILDREN },
	{ "no-children", no_argument, NULL, OPTION_NO_CHILDREN },
	{ "call-graph", optional_argument, NULL, 'g' },
	{ "annotate", required_argument, NULL, OPTION_ANNOTATE },
	{ "objdump", required_argument, NULL, OPTION_OBJDUMP },
	{ "inline", no_argument, NULL, OPTION_INLINE },
	{ "apart", no_argument, NULL, OPTION_APART },
	{ "percent-limit", required_argument, NULL, OPTION_LIMIT },
	{ "max-rows", required_argument, NULL, OPTION_ROWS },
	{ "diff", no_argument, NULL, OPTION_DIFF },
	{ "input", required_argument, NULL, 'i' },
	{ "event", required_argument, NULL, 'e' },
	{ "comm", required_argument, NULL, OPTION_COMM },
	{ "pid", required_argument, NULL, OPTION_PID },
	{ "tid", required_argument, NULL, OPTION_TID },
	{ "cpu", required_argument, NULL, OPTION_CPU },
	{ "time", required_argument, NULL, OPTION_TIME },
	{ "dso", required_argument, NULL, OPTION_DSO },
	{ "symbol", required_argument, NULL, OPTION_SYMBOL },
	{ "html", required_argument, NULL, OPTION_HTML },
	{ "json", optional_argument, NULL, 'j' },
	{ "folded", optional_argument, NULL, OPTION_FOLDED },
	{ "pprof", required_argument, NULL, OPTION_PPROF },
	{ "firefox", required_argument, NULL, OPTION_FIREFOX },
	{ "speedscope", required_argument, NULL, OPTION_SPEEDSCOPE },
	{ "symfs", required_argument, NULL, OPTION_SYMFS },
	{ "vmlinux", required_argument, NULL, OPTION_VMLINUX },
	{ "kallsyms", required_argument, NULL, OPTION_KALLSYMS },
	{ "no-demangle", no_argument, NULL, OPTION_NO_DEMANGLE },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int read_keys(struct report_options *options, const char *text)
{
	char strange[32];

	if (profile_keys_read(&options->keys, text, strange) < 0)
		return arguments_wrong("report", "--sort", strange,
				       "comm, pid, tid, cpu, cgroup, event, dso, symbol or line, "
				       "each once");
	options->has_keys = 1;
	return -1;
}

/* The argument may stand behind a blank, where it cannot be a file's name. */
static int read_way(struct report_options *options, const char *text, char *const *next)
{
	const char *way = text ? text : *next;

	options->tree = REPORT_CALLEE;
	if (way && strcmp(way, "caller") == 0)
		options->tree = REPORT_CALLER;
	else if (way && strcmp(way, "none") == 0)
		options->tree = REPORT_NO_TREE;
	else if (!way || strcmp(way, "callee") != 0)
		return text ? arguments_wrong("report", "--call-graph", text,
					      "caller, callee or none") :
			      -1;
	optind += !text;
	return -1;
}

static int read_limit(struct report_options *options, const char *text)
{
	char *end;

	options->percent_limit = strtod(text, &end);
	if (*end || end == text || !isfinite(options->percent_limit) ||
	    options->percent_limit < 0 || options->percent_limit > 100)
		return arguments_wrong("report", "--percent-limit", text, "0 to 100");
	return -1;
}

static int read_rows(struct report_options *options, const char *text)
{
	char *end;

	options->most_rows = strtol(text, &end, 10);
	if (*end || end == text || options->most_rows < 0)
		return arguments_wrong("report", "--max-rows", text, "a number, 0 for all");
	return -1;
}

static int add_filter(struct report_options *options, int option, char *argument)
{
	struct profile_filter *filter = &options->reading.filter;

	switch (option) {
	case 'e':
		return choices_add_names(&filter->events, "report", "--event", argument,
					 "names of events with commas");
	case OPTION_COMM:
		return choices_add_names(&filter->comms, "report", "--comm", argument,
					 "names of threads with commas");
	case OPTION_PID:
		return choices_add_numbers(&filter->pids, "report", "--pid", argument);
	case OPTION_TID:
		return choices_add_numbers(&filter->tids, "report", "--tid", argument);
	case OPTION_CPU:
		return choices_add_ranges(&filter->cpus, "report", "--cpu", argument);
	case OPTION_TIME:
		return choices_read_span(&filter->from_ns, &filter->to_ns, "report", "--time",
					 argument);
	case OPTION_DSO:
		return choices_add_names(&options->dsos, "report", "--dso", argument,
					 "names of files with commas");
	default:
		/* Names of C++ have commas of their own. */
		return choices_add_name(&options->symbols, "report", argument);
	}
}

static void set_symbols(struct perfev_symbols_options *symbols, int option, const char *argument)
{
	if (option == OPTION_SYMFS)
		symbols->root = argument;
	else if (option == OPTION_VMLINUX)
		symbols->vmlinux = argument;
	else if (option == OPTION_KALLSYMS)
		symbols->kallsyms = argument;
	else
		symbols->keep_mangled = 1;
}

/* Returns -1 to go on, or an exit status. */
static int set(struct report_options *options, int option, char *argument, char *const *next)
{
	switch (option) {
	case 's':
		return read_keys(options, argument);
	case 'g':
		return read_way(options, argument, next);
	case OPTION_CHILDREN:
		options->by_children = 1;
		return -1;
	case OPTION_NO_CHILDREN:
		options->no_children = 1;
		return -1;
	case OPTION_INLINE:
		options->reading.taking.inlined = 1;
		return -1;
	case OPTION_APART:
		options->is_apart = 1;
		return -1;
	case OPTION_LIMIT:
		return read_limit(options, argument);
	case OPTION_ROWS:
		return read_rows(options, argument);
	case OPTION_HTML:
		options->files[REPORT_HTML] = argument;
		return -1;
	case OPTION_ANNOTATE:
		options->annotate = argument;
		return -1;
	case OPTION_OBJDUMP:
		options->objdump = argument;
		return -1;
	case 'j':
		options->files[REPORT_JSON] = argument ? argument : "-";
		return -1;
	case OPTION_FOLDED:
		options->files[REPORT_FOLDED] = argument ? argument : "-";
		return -1;
	case OPTION_PPROF:
	case OPTION_FIREFOX:
	case OPTION_SPEEDSCOPE:
		options->files[option - OPTION_PPROF + REPORT_PPROF] = argument;
		return -1;
	case OPTION_SYMFS:
	case OPTION_VMLINUX:
	case OPTION_KALLSYMS:
	case OPTION_NO_DEMANGLE:
		set_symbols(&options->reading.symbols, option, argument);
		return -1;
	default:
		return add_filter(options, option, argument);
	}
}

/* The recordings: by -i or by themselves. Returns -1 to go on, or an exit status. */
static int take_files(struct report_options *options, int is_diff, int argc, char **argv)
{
	const int given = argc - optind, wanted = is_diff ? 2 : options->path ? 0 : 1;

	if (is_diff && (options->path || given != 2))
		return arguments_conflict("report", "--diff: two recordings, OLD and NEW");
	if (given > wanted) {
		fprintf(stderr, "perfev report: one file at a time, not '%s' as well.\n",
			argv[optind + wanted]);
		return arguments_refused("report");
	}
	if (is_diff)
		options->old = argv[optind++];
	if (optind < argc)
		options->path = argv[optind];
	if (!options->path)
		options->path = "perf.data";
	return -1;
}

/* What does not go together. Returns -1 to go on, or an exit status. */
static int check(struct report_options *options)
{
	const int exports = report_wants_exports(options);
	const unsigned int mask = options->keys.mask;

	if (options->annotate &&
	    (exports || options->old || options->tree || options->dsos || options->symbols))
		return arguments_conflict("report",
					  "--annotate shows one function, and nothing besides");
	if (options->files[REPORT_HTML] && !report_has_format(REPORT_HTML))
		return arguments_conflict("report",
					  "this perfev was built without --html: it needs npm");
	if (options->files[REPORT_PPROF] && !report_has_format(REPORT_PPROF))
		return arguments_conflict(
			"report",
			"this perfev was built without --pprof: it needs protobuf-c and zlib");
	if ((options->dsos || options->symbols) && exports)
		return arguments_conflict("report",
					  "--dso and --symbol choose rows: files have all samples");
	if ((options->dsos && !(mask >> PROFILE_KEY_DSO & 1)) ||
	    (options->symbols && !(mask >> PROFILE_KEY_SYMBOL & 1)))
		return arguments_conflict(
			"report", "--dso and --symbol choose rows of dso and symbol in --sort");
	if (options->old && exports)
		return arguments_conflict("report", "--diff is shown, not written to a file");
	if (options->old && options->tree)
		return arguments_conflict("report", "one of --diff and --call-graph, not both");
	if (options->old && mask >> PROFILE_KEY_EVENT & 1)
		return arguments_conflict("report", "--diff compares event by event as it is");
	if (options->no_children && (options->by_children || options->tree))
		return arguments_conflict(
			"report",
			options->tree ? "trees need callers, which --no-children leaves out" :
					"one of --children and --no-children, not both");
	if (options->tree && mask >> PROFILE_KEY_EVENT & 1)
		return arguments_conflict("report", "trees are of one event each as they are");
	if (options->tree && !(mask & PROFILE_KEYS_OF_FRAME))
		return arguments_conflict("report", "trees need dso, symbol or line in --sort");
	return -1;
}

int report_parse(int argc, char **argv, struct report_options *options)
{
	static char name[] = "perfev report";
	int option, is_diff = 0, status = -1;
	char strange[32];

	memset(options, 0, sizeof(*options));
	options->percent_limit = -1;
	options->most_rows = -1;
	options->reading.filter.to_ns = ~0ULL;
	options->reading.symbols.size = sizeof(options->reading.symbols);
	profile_keys_read(&options->keys, "comm,dso,symbol", strange);
	argv[0] = name; /* for getopt's messages */
	while (status < 0 && (option = getopt_long(argc, argv, "s:g::i:e:jh", names, NULL)) != -1) {
		if (option == 'h')
			return help();
		if (option == '?')
			return arguments_refused("report");
		if (option == OPTION_DIFF)
			is_diff = 1;
		else if (option == 'i')
			options->path = optarg;
		else
			status = set(options, option, optarg, argv + optind);
	}
	if (status < 0)
		status = take_files(options, is_diff, argc, argv);
	/* Of two recordings, programs may have other names, and functions are what is compared. */
	if (options->old && !options->has_keys)
		profile_keys_read(&options->keys, "dso,symbol", strange);
	return status < 0 ? check(options) : status;
}

void report_options_free(struct report_options *options)
{
	struct profile_filter *filter = &options->reading.filter;

	free(filter->events);
	free(filter->comms);
	free(filter->pids.list);
	free(filter->tids.list);
	free(filter->cpus.list);
	free(options->dsos);
	free(options->symbols);
}
