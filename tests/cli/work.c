/* SPDX-License-Identifier: MIT */
/*
 * What the program does that perfev counts in tests of the command. Each of these costs the same
 * each time, so that the difference of two runs is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "loop.h"
#include "pmu.h"

static void nothing(unsigned int times)
{
	(void)times;
}

static void loops(unsigned int times)
{
	while (times--)
		loop_run();
}

static void pages(unsigned int times)
{
	fault_pages(times);
}

static void sleeps(unsigned int times)
{
	const struct timespec pause = { 0, 1000000 };

	while (times--)
		nanosleep(&pause, NULL);
}

/* A page, and some time: as long as a few intervals, all in all. */
static void slow_pages(unsigned int times)
{
	while (times--) {
		fault_pages(1);
		sleeps(1);
	}
}

static void calls(unsigned int times)
{
	while (times--)
		syscall(SYS_getppid); /* not getppid(): a C library may remember the answer */
}

static void opens(unsigned int times)
{
	while (times--) {
		long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);

		if (fd >= 0)
			close((int)fd);
	}
}

static void writes(unsigned int times)
{
	volatile int *word = mmap((void *)WORK_ADDRESS, 4096, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (word == MAP_FAILED)
		exit(3);
	while (times--)
		*word = 1;
}

static volatile unsigned int probes_passed;

/* For uprobes, by this name. It has a global variable, so on ppc64le it has two entries. */
__attribute__((noinline)) void work_probed(void);
void work_probed(void)
{
	probes_passed++;
}

static void probed(unsigned int times)
{
	while (times--)
		work_probed();
}

static void lines(unsigned int times)
{
	while (times--)
		puts("a line");
}

static const struct {
	const char *name;
	void (*run)(unsigned int times);
} table[] = {
	{ "nothing", nothing }, { "loop", loops },  { "pages", pages }, { "sleep", sleeps },
	{ "slow", slow_pages }, { "call", calls },  { "open", opens },  { "write", writes },
	{ "probed", probed },   { "print", lines },
};

/* work NAME TIMES, or work hit PMU TEXT, which writes to the file hit of one of the test PMUs. */
int work(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[2], "hit") == 0) {
		hit(argv[3], "%s", argv[4]);
		return 0;
	}
	for (size_t i = 0; argc == 4 && i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(argv[2], table[i].name) == 0) {
			table[i].run((unsigned int)strtoul(argv[3], NULL, 10));
			/* What a sanitizer does at the end is not to be counted. */
			fflush(NULL);
			_exit(0);
		}
	fputs("no such work\n", stderr);
	return 2;
}
