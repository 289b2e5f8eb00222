/* SPDX-License-Identifier: MIT */
/* The arguments of perfev dump: which file, which of its records, and how they are printed. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
#include "../choices.h"
#include "../commands.h"
#include "dump.h"

static int help(void)
{
	fputs("usage: perfev dump [OPTIONS] [FILE]\n"
	      "\n"
	      "Prints every record of a recording on a line: where it lies in FILE, the event\n"
	      "that it belongs to, and all its fields by name. FILE is perf.data unless said, and\n"
	      "- is standard input.\n"
	      "\n"
	      "Which records:\n"
	      "  -t, --type TYPES      of these types: sample,mmap2,lost\n"
	      "  -e, --event EVENTS    of these events, by name (with * and ?) or number from 0\n"
	      "      --pid PIDS        of these processes\n"
	      "      --tid TIDS        of these threads\n"
	      "      --time SPAN       FROM,TO: from and to these seconds of the recording's\n"
	      "                        clock; one may be left out\n"
	      "How:\n"
	      "  -j, --json            a JSON object on each line\n"
	      "      --by-time         in the order of time, across the rings they came from\n"
	      "      --stats           only how many there are of each type and event\n"
	      "      --header          only what the file says of the machine and the recording\n"
	      "  -h, --help            print this\n"
	      "\n"
	      "The exit status is 0, 1 when something in FILE could not be read (said on standard\n"
	      "error, with its place; the rest is printed), 125 when perfev failed.\n"
	      "\n"
	      "  perfev dump\n"
	      "  perfev dump --stats perf.data.old\n"
	      "  perfev dump -t sample -e 'cycles*' --tid 4711 --json | jq .ip\n",
	      stdout);
	return 0;
}

static int add_types(struct dump_options *options, char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		char *end;
		__u32 type = (__u32)strtoul(word, &end, 0);

		if ((*end || end == word) && !perfev_record_find_name(word, &type))
			return arguments_wrong("dump", "--type", word,
					       "the name of a record, as 'sample', or its number");
		options->types[dump_place(type)] = 1;
		options->has_types = 1;
	}
	return options->has_types ?
		       -1 :
		       arguments_wrong("dump", "--type", list, "names of records with commas");
}

enum {
	OPTION_PID = 256,
	OPTION_TID,
	OPTION_TIME,
	OPTION_BY_TIME,
	OPTION_STATS,
	OPTION_HEADER
};

int dump_parse(int argc, char **argv, struct dump_options *options)
{
	static const struct option names[] = {
		{ "type", required_argument, NULL, 't' },
		{ "event", required_argument, NULL, 'e' },
		{ "pid", required_argument, NULL, OPTION_PID },
		{ "tid", required_argument, NULL, OPTION_TID },
		{ "time", required_argument, NULL, OPTION_TIME },
		{ "json", no_argument, NULL, 'j' },
		{ "by-time", no_argument, NULL, OPTION_BY_TIME },
		{ "stats", no_argument, NULL, OPTION_STATS },
		{ "header", no_argument, NULL, OPTION_HEADER },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static char name[] = "perfev dump";
	int option, status = -1;

	options->path = "perf.data";
	options->to_ns = ~0ULL;
	argv[0] = name; /* for getopt's messages */
	while (status < 0 && (option = getopt_long(argc, argv, "t:e:jh", names, NULL)) != -1) {
		switch (option) {
		case 't':
			status = add_types(options, optarg);
			break;
		case 'e':
			status = choices_add_names(&options->events, "dump", "--event", optarg,
						   "names of events with commas");
			break;
		case OPTION_PID:
			status = choices_add_numbers(&options->pids, "dump", "--pid", optarg);
			break;
		case OPTION_TID:
			status = choices_add_numbers(&options->tids, "dump", "--tid", optarg);
			break;
		case OPTION_TIME:
			status = choices_read_span(&options->from_ns, &options->to_ns, "dump",
						   "--time", optarg);
			break;
		case 'j':
			options->json = 1;
			break;
		case OPTION_BY_TIME:
			options->by_time = 1;
			break;
		case OPTION_STATS:
			options->stats = 1;
			break;
		case OPTION_HEADER:
			options->header = 1;
			break;
		case 'h':
			return help();
		default:
			return arguments_refused("dump");
		}
	}
	if (status >= 0)
		return status;
	if (options->header && options->stats)
		return arguments_conflict("dump", "one of --header and --stats, not both");
	if (argc - optind > 1) {
		fprintf(stderr, "perfev dump: one file at a time, not '%s' as well.\n",
			argv[optind + 1]);
		return arguments_refused("dump");
	}
	if (argc > optind)
		options->path = argv[optind];
	return -1;
}
