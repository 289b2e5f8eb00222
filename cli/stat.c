/* SPDX-License-Identifier: MIT */
/*
 * perfev stat: counts a program from exec to exit, with all that it starts. The program's standard
 * input, output and error stay its own; its exit status becomes perfev's.
 */
#include "stat.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "commands.h"

struct options {
	int json;
	const char *output;
};

static int help(void)
{
	fputs("usage: perfev stat [--json] [-o FILE] [--] PROGRAM [ARGS ...]\n"
	      "\n"
	      "Counts what PROGRAM and all that it starts cost, from exec to exit, and prints a\n"
	      "table to standard error.\n"
	      "\n"
	      "  -j, --json         print one JSON object instead of the table\n"
	      "  -o, --output FILE  print to FILE instead of standard error\n"
	      "  -h, --help         print this\n"
	      "\n"
	      "The exit status is the program's; 128 + N when signal N ended it, 127 when there\n"
	      "is no such program, 126 when it cannot be executed, 125 when perfev failed.\n"
	      "\n"
	      "  perfev stat gzip -k file\n"
	      "  perfev stat --json -o cost.json -- make -j4\n",
	      stdout);
	return 0;
}

/* After the line that says what is wrong. */
static int usage_error(void)
{
	fputs("'perfev stat --help' explains its options.\n", stderr);
	return EXIT_PERFEV;
}

/* Returns -1 to go on, or an exit status. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char name[] = "perfev stat";
	int option;

	argv[0] = name; /* for getopt's messages */
	while ((option = getopt_long(argc, argv, "+jo:h", names, NULL)) != -1) {
		switch (option) {
		case 'j':
			options->json = 1;
			break;
		case 'o':
			options->output = optarg;
			break;
		case 'h':
			return help();
		default:
			return usage_error();
		}
	}
	if (optind == argc) {
		fprintf(stderr, "perfev stat: which program?\n");
		return usage_error();
	}
	return -1;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

static __u64 timeval_ns(const struct timeval *time)
{
	return (__u64)time->tv_sec * 1000000000 + (__u64)time->tv_usec * 1000;
}

/* Runs the program with its events open. Returns 0 or a negative errno. */
static int run(struct stat *stat)
{
	__u64 begin;
	int result = child_start(&stat->child, stat->argv);

	if (result < 0)
		return result;
	stat_open(stat);
	begin = now_ns();
	result = child_run(&stat->child);
	if (result < 0) {
		child_cancel(&stat->child);
		return result;
	}
	result = child_wait(&stat->child);
	stat->wall_ns = now_ns() - begin;
	stat->user_ns = timeval_ns(&stat->child.usage.ru_utime);
	stat->system_ns = timeval_ns(&stat->child.usage.ru_stime);
	stat_read(stat);
	return result;
}

static int exit_status(const struct stat *stat)
{
	if (!stat->child.executed)
		return stat->child.error == ENOENT ? 127 : 126;
	if (WIFSIGNALED(stat->child.status))
		return 128 + WTERMSIG(stat->child.status);
	return WEXITSTATUS(stat->child.status);
}

/* Prints the result. Returns 0, or a negative errno when it could not be written whole. */
static int print(const struct stat *stat, const struct options *options, FILE *to)
{
	int result = 0;

	if (options->json)
		result = stat_print_json(stat, to);
	else
		stat_print_table(stat, to);
	if (fflush(to) == EOF && result == 0)
		result = -errno;
	return result;
}

/* Says what became of the run and prints the result. Returns the exit status. */
static int report(const struct stat *stat, const struct options *options, FILE *to)
{
	int result;

	if (!stat->child.executed) {
		fprintf(stderr, "perfev stat: cannot run '%s': %s\n", stat->argv[0],
			strerror(stat->child.error));
		return exit_status(stat);
	}
	result = print(stat, options, to);
	/* A closed standard error is the caller's choice; a file that is not whole is a loss. */
	if (result < 0 && options->output) {
		fprintf(stderr, "perfev stat: %s: %s\n", options->output, strerror(-result));
		return EXIT_PERFEV;
	}
	return exit_status(stat);
}

int command_stat(int argc, char **argv)
{
	struct options options = { 0 };
	struct stat stat = { 0 };
	FILE *to = stderr;
	int status = parse(argc, argv, &options);
	int result;

	if (status >= 0)
		return status;
	/* Opened before the program runs: what cannot be written to is known before the work. */
	if (options.output) {
		to = fopen(options.output, "we");
		if (!to) {
			fprintf(stderr, "perfev stat: %s: %s\n", options.output, strerror(errno));
			return EXIT_PERFEV;
		}
	}
	stat.argv = argv + optind;
	result = run(&stat);
	if (result < 0) {
		fprintf(stderr, "perfev stat: cannot start a process: %s\n", strerror(-result));
		status = EXIT_PERFEV;
	} else {
		status = report(&stat, &options, to);
	}
	if (to != stderr)
		fclose(to);
	return status;
}
