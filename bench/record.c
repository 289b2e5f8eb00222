/* SPDX-License-Identifier: MIT */
/*
 * Two recorders on the same work, in turn: A B A B ... Each attaches to a shell that waits, which
 * then runs the work; so the recorder has no children, and its CPU time is its own. What is counted
 * comes from the recordings, by one reader for both. What it took while the work ran is told beside
 * all of it, to begin and end included.
 *
 * usage: record RUNS FOLDER WORK A [ARGS ...] -- B [ARGS ...]
 *        WORK is a line for sh; -p PID -o FOLDER/recording is added to A and B
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <perfev.h>

#define MOST_RUNS 100
#define MOST_WORDS 64

struct run {
	double cpu_ms, running_ms, samples, lost, wakeups, mib;
};

struct recorder {
	char **argv;
	struct run runs[MOST_RUNS];
};

static char path[4096], shown[4096];

static void fail(const char *what)
{
	fprintf(stderr, "record: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A shell that begins to work when a byte comes. */
static pid_t start_work(const char *work, int *go)
{
	int ends[2], null;
	pid_t child;
	char byte;

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe");
	child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) != 1)
			_exit(1);
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, 1);
		dup2(null, 2);
		execl("/bin/sh", "sh", "-c", work, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	*go = ends[1];
	return child;
}

static pid_t start_recorder(char **argv, pid_t target)
{
	char *words[MOST_WORDS + 5], pid[24];
	size_t count = 0;
	int out;
	pid_t child = fork();

	if (child)
		return child;
	while (*argv && count < MOST_WORDS)
		words[count++] = *argv++;
	snprintf(pid, sizeof(pid), "%d", target);
	words[count++] = (char[]){ "-p" };
	words[count++] = pid;
	words[count++] = (char[]){ "-o" };
	words[count++] = path;
	words[count] = NULL;
	out = open(shown, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(out, 1);
	dup2(out, 2);
	execvp(words[0], words);
	_exit(127);
}

/* Samples and losses of the recording. */
static void count(struct run *run)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_file_summary summary;
	struct perfev_file *file;
	struct stat status;

	if (perfev_file_open(&file, path, NULL, NULL) < 0 || stat(path, &status) < 0)
		fail(path);
	while (perfev_file_next(file, &record) > 0)
		run->samples += record.type == PERF_RECORD_SAMPLE;
	perfev_file_summary(file, &summary);
	run->lost = (double)summary.lost;
	run->mib = (double)status.st_size / (1 << 20);
	perfev_file_close(file);
}

/*
 * Where interrupts are slow, the kernel lowers its limit of samples while it samples, for good:
 * each run begins with what was there, so that both may ask for the same.
 */
static void restore_rate(void)
{
	static const char rate[] = "/proc/sys/kernel/perf_event_max_sample_rate";
	static char text[24];
	static ssize_t length;
	int fd = open(rate, (length ? O_WRONLY : O_RDONLY) | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!length)
		length = read(fd, text, sizeof(text));
	else if (write(fd, text, (size_t)length) < 0)
		fail(rate);
	close(fd);
}

/* CPU time that a process's first thread, which does the work of both, has had until now. */
static double ran_ms(pid_t pid)
{
	unsigned long long ns = 0;
	char name[64];
	FILE *file;

	snprintf(name, sizeof(name), "/proc/%d/schedstat", pid);
	file = fopen(name, "re");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		ns = 0;
	if (file)
		fclose(file);
	return 1e-6 * (double)ns;
}

static struct run run_once(char **argv, const char *work)
{
	struct run run = { 0 };
	struct rusage usage;
	siginfo_t ended;
	pid_t worker, recorder;
	struct stat file;
	int go, status;

	unlink(path);
	worker = start_work(work, &go);
	recorder = start_recorder(argv, worker);
	/* The file is there before the events are open, by a little or by none. */
	for (int i = 0; i < 500 && stat(path, &file) < 0; i++)
		usleep(10000);
	usleep(500000);
	run.running_ms = -ran_ms(recorder);
	if (write(go, "", 1) != 1)
		fail("write");
	close(go);
	/* Not waited for yet: the recorder ends when there is nobody left to sample. */
	waitid(P_PID, (id_t)worker, &ended, WEXITED | WNOWAIT);
	run.running_ms += ran_ms(recorder);
	waitpid(worker, &status, 0);
	if (wait4(recorder, &status, 0, &usage) < 0 || status != 0) {
		fprintf(stderr, "record: %s failed; see %s\n", argv[0], shown);
		exit(1);
	}
	run.cpu_ms = 1e3 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		     1e-3 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	run.wakeups = (double)usage.ru_nvcsw;
	restore_rate();
	count(&run);
	return run;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *who, const char *what, double *values, size_t runs)
{
	qsort(values, runs, sizeof(*values), ascending);
	printf("  %-5s %-34s %10.2f %10.2f %10.2f\n", who, what, values[0], values[runs / 2],
	       values[runs - 1]);
}

static void print_recorder(const char *who, const struct recorder *recorder, size_t runs)
{
	static const char *const names[] = {
		"CPU time, ms", "while the work ran",         "samples",
		"lost records", "voluntary context switches", "file, MiB"
	};
	double values[MOST_RUNS];

	for (size_t row = 0; row < sizeof(names) / sizeof(names[0]); row++) {
		for (size_t i = 0; i < runs; i++) {
			const struct run *run = &recorder->runs[i];
			const double rows[] = { run->cpu_ms, run->running_ms, run->samples,
						run->lost,   run->wakeups,    run->mib };

			values[i] = rows[row];
		}
		print(who, names[row], values, runs);
	}
}

int main(int argc, char **argv)
{
	static struct recorder a, b;
	size_t runs = argc > 6 ? strtoul(argv[1], NULL, 10) : 0;
	double ratios[MOST_RUNS], running[MOST_RUNS];

	a.argv = b.argv = argv + (argc > 6 ? 4 : argc);
	while (*b.argv && strcmp(*b.argv, "--") != 0)
		b.argv++;
	if (runs == 0 || runs > MOST_RUNS || !*b.argv || !b.argv[1]) {
		fprintf(stderr, "usage: record RUNS FOLDER WORK A [ARGS ...] -- B [ARGS ...]\n");
		return 2;
	}
	*b.argv++ = NULL;
	snprintf(path, sizeof(path), "%s/recording", argv[2]);
	snprintf(shown, sizeof(shown), "%s/recorder.log", argv[2]);
	restore_rate();
	run_once(a.argv, ":");
	run_once(b.argv, ":");
	for (size_t i = 0; i < runs; i++) {
		a.runs[i] = run_once(a.argv, argv[3]);
		b.runs[i] = run_once(b.argv, argv[3]);
		ratios[i] = a.runs[i].cpu_ms / b.runs[i].cpu_ms;
		running[i] = a.runs[i].running_ms / b.runs[i].running_ms;
	}
	printf("A: %s    B: %s    %zu runs each, in turn\n", a.argv[0], b.argv[0], runs);
	printf("  %-40s %10s %10s %10s\n", "", "min", "median", "max");
	print_recorder("A", &a, runs);
	print_recorder("B", &b, runs);
	print("A / B", "CPU time", ratios, runs);
	print("A / B", "while the work ran", running, runs);
	return 0;
}
