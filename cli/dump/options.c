/* SPDX-License-Identifier: MIT */
/* The arguments of perfev dump: which file, which of its records, and how they are printed. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arguments.h"
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

static int no_memory(void)
{
	fputs("perfev dump: no memory for the options.\n", stderr);
	return EXIT_PERFEV;
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

/* Ends a list's first name, in which commas may be within slashes. Returns the next, or NULL. */
static char *end_name(char *list)
{
	int within = 0;

	for (; *list; list++) {
		within ^= *list == '/';
		if (*list == ',' && !within) {
			*list = '\0';
			return list + 1;
		}
	}
	return NULL;
}

static int add_events(struct dump_options *options, char *list)
{
	unsigned int count = 0;

	while (options->events && options->events[count])
		count++;
	for (char *next; list; list = next) {
		char **more = realloc(options->events, (count + 2) * sizeof(*more));

		if (!more)
			return no_memory();
		options->events = more;
		next = end_name(list);
		if (!*list)
			return arguments_wrong("dump", "--event", list,
					       "names of events with commas");
		more[count++] = list;
		more[count] = NULL;
	}
	return -1;
}

static int add_numbers(const char *option, const char *list, __u32 **numbers, unsigned int *count)
{
	const char *at = list;

	do {
		char *end;
		long number = strtol(at, &end, 10);
		__u32 *more;

		if (end == at || (*end && *end != ',') || number < -1 || number > 0x7fffffff)
			return arguments_wrong("dump", option, list, "numbers with commas");
		more = realloc(*numbers, (*count + 1) * sizeof(*more));
		if (!more)
			return no_memory();
		*numbers = more;
		more[(*count)++] = (__u32)number;
		at = *end ? end + 1 : NULL;
	} while (at);
	return -1;
}

/* Seconds with up to nine digits behind the point, exactly. Returns what follows, or NULL. */
static const char *parse_seconds(const char *text, __u64 *ns)
{
	char *end;
	__u64 unit = 1000000000;

	errno = 0;
	*ns = strtoull(text, &end, 10);
	if (end == text || *text == '-' || errno || *ns > ~0ULL / unit - 1)
		return NULL;
	*ns *= unit;
	if (*end != '.')
		return end;
	for (end++; *end >= '0' && *end <= '9'; end++) {
		unit /= 10;
		*ns += unit * (__u64)(*end - '0');
	}
	return end;
}

static int parse_time(struct dump_options *options, const char *text)
{
	const char *at = text;

	if (*at != ',')
		at = parse_seconds(at, &options->from_ns);
	if (at && *at == ',' && at[1])
		at = parse_seconds(at + 1, &options->to_ns);
	else if (at && *at == ',' && at != text)
		at++;
	else
		at = NULL;
	if (!at || *at || options->from_ns > options->to_ns)
		return arguments_wrong("dump", "--time", text,
				       "FROM,TO in seconds, of which one may be left out");
	return -1;
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
			status = add_events(options, optarg);
			break;
		case OPTION_PID:
			status = add_numbers("--pid", optarg, &options->pids, &options->pid_count);
			break;
		case OPTION_TID:
			status = add_numbers("--tid", optarg, &options->tids, &options->tid_count);
			break;
		case OPTION_TIME:
			status = parse_time(options, optarg);
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
