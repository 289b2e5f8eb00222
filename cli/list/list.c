/* SPDX-License-Identifier: MIT */
/*
 * perfev list: everything that -e takes on this machine. No event is opened, and what cannot be
 * read is told after what can.
 */
#include "list.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../arguments.h"
#include "../commands.h"
#include "../names.h"
#include "../remedy.h"

#define EXIT_NOT_FOUND 1

struct options {
	struct list list;
	int json, names;
};

static int help(void)
{
	fputs("usage: perfev list [OPTIONS] [PATTERN ...]\n"
	      "\n"
	      "Lists what -e takes on this machine, by kind. A PATTERN with *, ? or [ is that of\n"
	      "a whole name; a word is searched for in names and descriptions, or is a kind.\n"
	      "\n"
	      "  -k, --kind KINDS  only these kinds, a list with commas\n"
	      "  -l, --long        also how each is encoded, and the attribute that it becomes\n"
	      "  -n, --names       only the names of events, one on a line\n"
	      "  -j, --json        one JSON array, an element on a line\n"
	      "  -h, --help        print this\n"
	      "\n"
	      "KINDS: ",
	      stdout);
	list_print_kinds(stdout);
	fputs("\n"
	      "The exit status is 0 when something was found, 1 when nothing was, 125 when perfev\n"
	      "failed.\n"
	      "\n"
	      "  perfev list cache\n"
	      "  perfev list 'sched:*' page-fault\n"
	      "  perfev list --long --kind hardware,software\n",
	      stdout);
	return 0;
}

/* Adds the kinds of a list with commas. Returns -1 to go on, or an exit status. */
static int add_kinds(unsigned int *kinds, const char *words)
{
	for (;;) {
		size_t length = strcspn(words, ",");
		unsigned int found = list_kind_find(words, length);

		if (!found) {
			fprintf(stderr, "perfev list: there is no kind '%.*s'; there are:\n       ",
				(int)length, words);
			list_print_kinds(stderr);
			return EXIT_PERFEV;
		}
		*kinds |= found;
		if (!words[length])
			return -1;
		words += length + 1;
	}
}

/* Returns -1 to go on, or an exit status. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "kind", required_argument, NULL, 'k' }, { "long", no_argument, NULL, 'l' },
		{ "names", no_argument, NULL, 'n' },      { "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },       { NULL, 0, NULL, 0 },
	};
	static char name[] = "perfev list";
	int option, status = -1;

	argv[0] = name; /* for getopt's messages */
	while (status < 0 && (option = getopt_long(argc, argv, "k:lnjh", names, NULL)) != -1) {
		switch (option) {
		case 'k':
			status = add_kinds(&options->list.kinds, optarg);
			break;
		case 'l':
			options->list.is_long = 1;
			break;
		case 'n':
			options->names = 1;
			break;
		case 'j':
			options->json = 1;
			break;
		case 'h':
			return help();
		default:
			return arguments_refused("list");
		}
	}
	if (status >= 0)
		return status;
	if (options->names && (options->json || options->list.is_long))
		return arguments_conflict("list", "--names goes with neither --json nor --long.");
	options->list.patterns = argv + optind;
	return -1;
}

/* An event that wants a value of the user's shows that: "hv_24x7/PM_CYC,core=?/". */
static int lacks_value(const struct list_item *item)
{
	return item->kind == PERFEV_KIND_PMU_EVENT && strstr(item->name, "=?");
}

/* Prints a name and its alias, of these two only those that a pattern fits where one does. */
static int print_name(void *context, const struct list_item *item)
{
	char **patterns = ((struct list *)context)->patterns;
	const char *const both[] = { item->name, item->alias };

	if (item->lacks_mask || lacks_value(item))
		return 0;
	for (int i = 0; i < 2; i++)
		if (both[i][0] &&
		    (item->chosen != LIST_BY_NAME || list_matches_name(patterns, both[i])) &&
		    puts(both[i]) < 0)
			return -errno;
	return 0;
}

static int print_names(struct list *list)
{
	/* Ways to write an event, and parts of one, are no events: they are to be asked for. */
	if (!list->kinds)
		list->kinds = LIST_KIND_EVENTS;
	return list_walk(list, LIST_KIND_ALL, print_name, list);
}

/* Says what could not be read, and what would help. */
static void tell_unread(const struct list *list)
{
	struct perfev_events *events;
	struct perfev_why why;
	char remedy[512];
	int result;

	if (list->pmu_error)
		fprintf(stderr, "perfev list: not all of %s could be read: %s\n",
			"/sys/bus/event_source/devices", strerror(-list->pmu_error));
	if (!list->tracepoint_error)
		return;
	/* Who reads one tracepoint meets the same, and is told the reason. */
	result = perfev_events_parse(&events, "sched:sched_switch", cli_event_options(), &why);
	if (result == list->tracepoint_error)
		fprintf(stderr, "perfev list: %s: %s\n", cli_reason(&why),
			cli_remedy(&why, remedy, sizeof(remedy)));
	else
		fprintf(stderr, "perfev list: not all tracepoints could be read: %s\n",
			strerror(-list->tracepoint_error));
	perfev_events_free(events);
}

/* What is left to say when all is printed. Returns the exit status. */
static int finish(struct list *list)
{
	int result = 0;

	tell_unread(list);
	if (list->found)
		return 0;
	if (!*list->patterns && !list->pmu_error && !list->tracepoint_error)
		fprintf(stderr, "perfev list: this machine has nothing of that kind.\n");
	for (char **pattern = list->patterns; *pattern && result == 0; pattern++)
		result = list_suggest(list, *pattern);
	return result < 0 ? EXIT_PERFEV : EXIT_NOT_FOUND;
}

int command_list(int argc, char **argv)
{
	static char buffer[1 << 16];
	struct options options = { .json = 0 };
	struct list *list = &options.list;
	int status = parse(argc, argv, &options);
	int result;

	if (status >= 0)
		return status;
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	list->is_brief = !options.json && !list->is_long;
	if (options.names) {
		result = print_names(list);
	} else {
		if (!list->kinds)
			list->kinds = LIST_KIND_ALL;
		result = options.json ? list_print_json(list) : list_print_text(list);
	}
	if (result == 0 && fflush(stdout) == EOF)
		result = -errno;
	/* Who closed the pipe has seen enough. */
	if (result == -EPIPE)
		return 128 + SIGPIPE;
	if (result < 0) {
		fprintf(stderr, "perfev list: %s\n", strerror(-result));
		return EXIT_PERFEV;
	}
	return finish(list);
}
