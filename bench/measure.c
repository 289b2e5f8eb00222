/* SPDX-License-Identifier: MIT */
/*
 * Times two commands in turn, A B A B ..., as whole processes with what they start: wall time,
 * CPU time and peak memory of each, and the ratio pair by pair, so that a machine whose speed
 * drifts does not favour one of them. It stays small itself, since a child's peak memory is never
 * below its parent's at the fork.
 *
 * usage: measure RUNS A [ARGS ...] -- B [ARGS ...]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_RUNS 1000

struct run {
	double wall_ms, cpu_ms, peak_mib;
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* Runs a command with its output thrown away. Ends the program when it fails. */
static struct run run_once(char **argv)
{
	double begin = now_ms();
	struct rusage usage;
	struct run run;
	int status, null;
	pid_t child = fork();

	if (child == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0) {
		fprintf(stderr, "measure: %s failed\n", argv[0]);
		exit(1);
	}
	run.wall_ms = now_ms() - begin;
	run.cpu_ms = 1e3 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     1e-3 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	run.peak_mib = (double)usage.ru_maxrss / 1024;
	return run;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, double *values, size_t runs)
{
	qsort(values, runs, sizeof(*values), ascending);
	printf("  %-24s %8.3f %8.3f %8.3f\n", what, values[0], values[runs / 2], values[runs - 1]);
}

int main(int argc, char **argv)
{
	static double values[9][MOST_RUNS];
	size_t runs = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	char **a = argv + 2, **b = argv + 2;

	while (*b && strcmp(*b, "--") != 0)
		b++;
	if (runs == 0 || runs > MOST_RUNS || !*b || !b[1]) {
		fprintf(stderr, "usage: measure RUNS A [ARGS ...] -- B [ARGS ...]\n");
		return 2;
	}
	*b++ = NULL;
	/* The first run of many is not theirs: it reads files that the others find in memory. */
	if (runs > 1) {
		run_once(a);
		run_once(b);
	}
	for (size_t i = 0; i < runs; i++) {
		struct run first = run_once(a), second = run_once(b);

		values[0][i] = first.wall_ms;
		values[1][i] = second.wall_ms;
		values[2][i] = first.wall_ms / second.wall_ms;
		values[3][i] = first.peak_mib;
		values[4][i] = second.peak_mib;
		values[5][i] = first.peak_mib / second.peak_mib;
		values[6][i] = first.cpu_ms;
		values[7][i] = second.cpu_ms;
		values[8][i] = first.cpu_ms / second.cpu_ms;
	}
	printf("A: %s    B: %s    %zu runs each, in turn\n", a[0], b[0], runs);
	printf("  %-24s %8s %8s %8s\n", "", "min", "median", "max");
	print("A wall, ms", values[0], runs);
	print("B wall, ms", values[1], runs);
	print("A / B, wall", values[2], runs);
	print("A CPU time, ms", values[6], runs);
	print("B CPU time, ms", values[7], runs);
	print("A / B, CPU time", values[8], runs);
	print("A peak memory, MiB", values[3], runs);
	print("B peak memory, MiB", values[4], runs);
	print("A / B, peak memory", values[5], runs);
	return 0;
}
