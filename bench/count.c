/* SPDX-License-Identifier: MIT */
/*
 * What counting costs: reads of a counter by the library beside bare ones, and opening events on
 * many threads. Rounds of each kind take turns, and the ratio is taken round by round, so that a
 * machine whose speed drifts does not favour one of them.
 *
 * usage: count            all of it; what needs hardware counters is left out where there are none
 */
#include <perfev.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_PAPI
#include <papi.h>
#endif

#define ROUNDS 201
#define READS 2000

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, (size_t)count, sizeof(*values), ascending);
	return values[count / 2];
}

/* One way to read a counter, READS times. Returns nanoseconds for each. */
typedef double round_fn(struct perfev_counter *counter);

static double round_of_library(struct perfev_counter *counter)
{
	struct perfev_reading reading;
	double begin = now_ns();

	for (int i = 0; i < READS; i++)
		perfev_counter_read(counter, &reading);
	return (now_ns() - begin) / READS;
}

static double round_of_read(struct perfev_counter *counter)
{
	int fd = perfev_counter_fd(counter);
	__u64 words[5];
	double begin = now_ns();

	for (int i = 0; i < READS; i++)
		if (read(fd, words, sizeof(words)) < 0)
			return 0;
	return (now_ns() - begin) / READS;
}

static double round_of_user(struct perfev_counter *counter)
{
	double begin = now_ns();
	__u64 value;

	for (int i = 0; i < READS; i++)
		if (perfev_counter_read_value(counter, &value) < 0)
			return 0;
	return (now_ns() - begin) / READS;
}

static void compare(const char *what, struct perfev_counter *counter, round_fn *a, round_fn *b)
{
	double as[ROUNDS], bs[ROUNDS], ratios[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		as[i] = i % 2 ? a(counter) : 0;
		bs[i] = b(counter);
		if (i % 2 == 0)
			as[i] = a(counter);
		ratios[i] = as[i] / bs[i];
	}
	printf("%-44s %8.1f ns %8.1f ns   ratio %.3f\n", what, median(as, ROUNDS),
	       median(bs, ROUNDS), median(ratios, ROUNDS));
}

static struct perfev_counter *open_counter(const char *event)
{
	struct perfev_counter *counter;
	struct perfev_why why;

	if (perfev_counter_open(&counter, event, perfev_self(), NULL, &why) < 0) {
		printf("skipped: %s\n", why.text);
		return NULL;
	}
	perfev_counter_start(counter);
	return counter;
}

static void bench_reads(void)
{
	struct perfev_counter *counter = open_counter("page-faults:u");

	printf("%-44s %11s %11s\n", "", "perfev", "bare");
	if (counter)
		compare("perfev_counter_read / read(2), page-faults", counter, round_of_library,
			round_of_read);
	perfev_counter_close(counter);
	counter = open_counter("instructions:u");
	if (counter)
		compare("perfev_counter_read / read(2), instructions", counter, round_of_library,
			round_of_read);
	if (counter)
		compare("perfev_counter_read_value / read(2)", counter, round_of_user,
			round_of_read);
	perfev_counter_close(counter);
}

/* Threads that wait until they are told to end. */

static pthread_barrier_t end;

static void *wait_for_end(void *argument)
{
	(void)argument;
	pthread_barrier_wait(&end);
	return NULL;
}

/* Opens eight events on every thread of a process with so many. */
static void bench_open(unsigned int threads)
{
	static const char events[] = "task-clock:u,page-faults:u,minor-faults:u,major-faults:u,"
				     "dummy:u,alignment-faults:u,emulation-faults:u,cpu-clock:u";
	pthread_t *ids = calloc(threads, sizeof(*ids));
	struct perfev_target process = perfev_process(getpid());
	struct perfev_counters *counters;
	struct perfev_why why;
	double begin, best = 1e18;

	pthread_barrier_init(&end, NULL, threads);
	for (unsigned int i = 1; i < threads; i++)
		if (pthread_create(&ids[i], NULL, wait_for_end, NULL))
			exit(1);
	for (int round = 0; round < 9; round++) {
		begin = now_ns();
		if (perfev_counters_open(&counters, events, &process, 1, NULL, &why) < 0) {
			printf("skipped: %s\n", why.text);
			break;
		}
		best = now_ns() - begin < best ? now_ns() - begin : best;
		perfev_counters_close(counters);
	}
	if (best < 1e18)
		printf("8 events on %5u threads: %8.2f ms, %.2f us for each event\n", threads,
		       best / 1e6, best / 1e3 / 8 / threads);
	pthread_barrier_wait(&end);
	for (unsigned int i = 1; i < threads; i++)
		pthread_join(ids[i], NULL);
	pthread_barrier_destroy(&end);
	free(ids);
}

/* Instructions in user mode of one call, by a counter that takes few itself. */
static __u64 instructions_of(struct perfev_counter *counter, int (*call)(void *argument),
			     void *argument)
{
	__u64 least = ~(__u64)0;

	for (int round = 0; round < 50; round++) {
		__u64 before = 0, after = 0;

		perfev_counter_read_value(counter, &before);
		for (int i = 0; i < 1000; i++)
			call(argument);
		perfev_counter_read_value(counter, &after);
		if (after - before < least)
			least = after - before;
	}
	return (least + 500) / 1000;
}

__attribute__((noinline)) static int call_nothing(void *argument)
{
	__asm__ volatile("" ::"r"(argument));
	return 0;
}

static int call_perfev(void *argument)
{
	__u64 value;

	return perfev_counter_read_value(argument, &value);
}

#ifdef HAVE_PAPI
static int call_papi(void *argument)
{
	long long value;

	return PAPI_read(*(int *)argument, &value);
}

static void bench_papi(struct perfev_counter *counter, __u64 nothing)
{
	int set = PAPI_NULL;

	if (PAPI_library_init(PAPI_VER_CURRENT) != PAPI_VER_CURRENT ||
	    PAPI_create_eventset(&set) != PAPI_OK ||
	    PAPI_add_named_event(set, "perf::INSTRUCTIONS:u") != PAPI_OK ||
	    PAPI_start(set) != PAPI_OK) {
		printf("skipped: PAPI does not count instructions here\n");
		return;
	}
	printf("PAPI_read                  %5llu instructions\n",
	       (unsigned long long)(instructions_of(counter, call_papi, &set) - nothing));
	PAPI_shutdown();
}
#else
static void bench_papi(struct perfev_counter *counter, __u64 nothing)
{
	(void)counter;
	(void)nothing;
	printf("skipped: no PAPI (package libpapi-dev)\n");
}
#endif

static void bench_instructions(void)
{
	struct perfev_counter *counter = open_counter("instructions:u");
	__u64 nothing, value;

	if (!counter)
		return;
	if (perfev_counter_read_value(counter, &value) != 1) {
		printf("skipped: counters are not read in user space here\n");
	} else {
		nothing = instructions_of(counter, call_nothing, NULL);
		printf("perfev_counter_read_value  %5llu instructions\n",
		       (unsigned long long)(instructions_of(counter, call_perfev, counter) -
					    nothing));
		bench_papi(counter, nothing);
	}
	perfev_counter_close(counter);
}

int main(void)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	bench_reads();
	printf("\n");
	bench_instructions();
	printf("\n");
	bench_open(1);
	bench_open(100);
	bench_open(1000);
	return 0;
}
