/* SPDX-License-Identifier: MIT */
/*
 * perfev stat: counts a program from exec to exit with all that it starts, or what runs already.
 * The program's standard input, output and error stay its own; its exit status becomes perfev's.
 */
#include "stat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../commands.h"
#include "../names.h"
#include "../progress.h"
#include "../remedy.h"
#include "repeat.h"
#include "versus.h"

/* What each -d adds to the events before. */
static const char *const details[] = {
	"task-clock,context-switches,cpu-migrations,page-faults,cycles,instructions,branches,"
	"branch-misses",
	",L1-dcache-loads,L1-dcache-load-misses,LLC-loads,LLC-load-misses",
	",L1-icache-loads,L1-icache-load-misses,dTLB-loads,dTLB-load-misses,iTLB-loads,"
	"iTLB-load-misses",
	",L1-dcache-prefetches,L1-dcache-prefetch-misses",
};

int stat_exit_status(const struct child *child)
{
	if (!child->executed)
		return child->error == ENOENT ? 127 : 126;
	if (WIFSIGNALED(child->status))
		return 128 + WTERMSIG(child->status);
	return WEXITSTATUS(child->status);
}

/* Reads the events that are asked for. Returns -1 to go on, or an exit status. */
static int read_events(struct stat *stat)
{
	char text[1024] = "", told[1024];
	struct perfev_why why;
	const char *asked = stat->options.events;

	for (unsigned int i = 0; i < 4 && i <= stat->options.detail && !asked; i++)
		strcat(text, details[i]);
	if (perfev_events_parse(&stat->events, asked ? asked : text, cli_event_options(), &why) ==
	    0)
		return -1;
	fprintf(stderr, "perfev stat: %s\n", cli_explanation(&why, told, sizeof(told)));
	if (asked && why.position >= 0)
		fprintf(stderr, "  %s\n  %*s^\n", asked, (int)why.position, "");
	return EXIT_PERFEV;
}

static void print_interval(const struct stat *stat, const struct stat_result *result)
{
	if (stat->options.format == STAT_JSON)
		stat_print_json(stat, result);
	else if (stat->options.format == STAT_CSV)
		stat_print_csv(stat, result);
	else
		stat_print_interval(stat, result);
}

/* Prints a result. Returns 0, or a negative errno when it could not be written whole. */
static int print(const struct stat *stat, const struct stat_result *result)
{
	int error = 0;

	if (stat->options.format == STAT_JSON)
		error = stat_print_json(stat, result);
	else if (stat->options.format == STAT_CSV)
		stat_print_csv(stat, result);
	else
		stat_print_table(stat, result);
	if (fflush(stat->to) == EOF && error == 0)
		error = -errno;
	return error;
}

/* Runs as often as was asked for. Returns -1 with the result, or an exit status. */
static int run_all(struct stat *stat, struct stat_result *result)
{
	unsigned int runs = stat->options.repeat ? stat->options.repeat : 1;
	struct repeat repeat = { 0 };

	for (unsigned int i = 0; i < runs; i++) {
		struct perfev_why why;
		char text[1024];

		if (runs > 1)
			progress_show("run %u of %u", i + 1, runs);
		memset(&stat->child, 0, sizeof(stat->child));
		if (stat_run(stat, result, stat->options.interval_ms ? print_interval : NULL,
			     &why) < 0) {
			fprintf(stderr, "perfev stat: %s\n",
				cli_explanation(&why, text, sizeof(text)));
			repeat_free(&repeat);
			return EXIT_PERFEV;
		}
		if (stat->argv && !stat->child.executed) {
			fprintf(stderr, "perfev stat: cannot run '%s': %s\n", stat->argv[0],
				strerror(stat->child.error));
			stat_result_free(result);
			repeat_free(&repeat);
			return stat_exit_status(&stat->child);
		}
		if (runs == 1)
			return -1;
		if (repeat_add(&repeat, result) < 0) {
			fputs("perfev stat: no memory for the runs.\n", stderr);
			repeat_free(&repeat);
			return EXIT_PERFEV;
		}
	}
	progress_clear();
	repeat_finish(&repeat);
	*result = repeat.last;
	free(repeat.rows);
	return -1;
}

/* Counts and prints. Returns the exit status. */
static int count(struct stat *stat)
{
	struct stat_result result;
	int status = run_all(stat, &result), error = 0;

	if (status >= 0)
		return status;
	/* Of intervals, each was printed, and the last one is no total. */
	if (!stat->options.interval_ms || stat->options.format == STAT_TABLE)
		error = print(stat, &result);
	stat_result_free(&result);
	if (fflush(stat->to) == EOF && error == 0)
		error = -errno;
	/* A closed standard error is the caller's choice; a file that is not whole is a loss. */
	if ((error < 0 || ferror(stat->to)) && stat->options.output) {
		fprintf(stderr, "perfev stat: %s: %s\n", stat->options.output,
			strerror(error < 0 ? -error : EIO));
		return EXIT_PERFEV;
	}
	return stat->argv ? stat_exit_status(&stat->child) : 0;
}

int command_stat(int argc, char **argv)
{
	struct stat stat = { .to = stderr };
	int status = stat_options_parse(argc, argv, &stat.options);

	if (status >= 0)
		goto out;
	stat.argv = stat.options.argv;
	status = read_events(&stat);
	if (status >= 0)
		goto out;
	/* Opened before the program runs: what cannot be written to is known before the work. */
	if (stat.options.output)
		stat.to = fopen(stat.options.output, "we");
	if (!stat.to) {
		fprintf(stderr, "perfev stat: %s: %s\n", stat.options.output, strerror(errno));
		status = EXIT_PERFEV;
		goto out;
	}
	/* A table is many small writes; nothing else writes to it meanwhile. */
	setvbuf(stat.to, NULL, _IOFBF, 1 << 14);
	status = stat.options.versus ? stat_versus(&stat) : count(&stat);
	if (stat.to != stderr)
		fclose(stat.to);
out:
	perfev_events_free(stat.events);
	stat_options_free(&stat.options);
	return status;
}
