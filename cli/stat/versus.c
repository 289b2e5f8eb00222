/* SPDX-License-Identifier: MIT */
/*
 * Two programs compared. They run in turn, each as often first as the other, so that whatever
 * drifts in the machine strikes both; each pair gives one ratio, and the ratios' mean and spread
 * say what is known. A first pair, which finds caches cold, is not counted.
 */
#include "versus.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../commands.h"
#include "../number.h"
#include "../progress.h"
#include "../remedy.h"
#include "repeat.h"

/* Without -r: so many pairs, and more while they have not taken so long. */
#define LEAST_PAIRS 10
#define MOST_PAIRS 1000
#define LEAST_NS 5000000000ULL

/* One measure of both programs: the times first, then each event. */
struct measure {
	struct spread a, b;
	struct spread ratio; /* of the logarithms of a / b, pair by pair */
};

enum {
	WALL,
	USER,
	SYSTEM,
	TIMES
};

struct versus {
	struct stat *stat;
	char **argv[2];
	char *words; /* what argv[1] points into */
	struct measure *measures;
	unsigned int count;           /* TIMES and the events */
	struct stat_result result[2]; /* the newest of each */
};

/* Words apart at blanks; what a shell would read otherwise is the shell's. */
static char **split(struct versus *versus, const char *text)
{
	static char *shell[] = { (char *)"/bin/sh", (char *)"-c", NULL, NULL };
	char **words;
	size_t count = 0;

	versus->words = strdup(text);
	words = calloc(strlen(text) / 2 + 2, sizeof(*words));
	if (!versus->words || !words) {
		free(words);
		return NULL;
	}
	if (strpbrk(text, "\"'`$\\|&;<>()*?[]{}~#\n")) {
		free(words);
		shell[2] = versus->words;
		words = calloc(4, sizeof(*words));
		return words ? memcpy(words, shell, sizeof(shell)) : NULL;
	}
	for (char *word = strtok(versus->words, " \t"); word; word = strtok(NULL, " \t"))
		words[count++] = word;
	return words;
}

/* Runs one of them. Returns -1 to go on, or an exit status. */
static int run_one(struct versus *versus, int which)
{
	struct stat *stat = versus->stat;
	struct perfev_why why;
	char text[1024];

	stat_result_free(&versus->result[which]);
	memset(&stat->child, 0, sizeof(stat->child));
	stat->child.is_quiet = 1;
	stat->argv = versus->argv[which];
	if (stat_run(stat, &versus->result[which], NULL, &why) < 0) {
		progress_clear();
		fprintf(stderr, "perfev stat: %s\n", cli_explanation(&why, text, sizeof(text)));
		return EXIT_PERFEV;
	}
	if (stat->child.executed && WIFEXITED(stat->child.status) &&
	    WEXITSTATUS(stat->child.status) == 0)
		return -1;
	progress_clear();
	if (!stat->child.executed)
		fprintf(stderr, "perfev stat: cannot run '%s': %s\n", stat->argv[0],
			strerror(stat->child.error));
	else
		fprintf(stderr, "perfev stat: '%s' did not end well (status %d): not compared.\n",
			stat->argv[0], stat_exit_status(&stat->child));
	return stat_exit_status(&stat->child);
}

static double value_of(const struct stat_result *result, unsigned int number)
{
	switch (number) {
	case WALL:
		return (double)result->wall_ns;
	case USER:
		return (double)result->user_ns;
	case SYSTEM:
		return (double)result->system_ns;
	default:
		return stat_has_value(&result->rows[number - TIMES]) ?
			       stat_value(&result->rows[number - TIMES]) :
			       -1;
	}
}

static void add_pair(struct versus *versus)
{
	for (unsigned int i = 0; i < versus->count; i++) {
		double a = value_of(&versus->result[0], i), b = value_of(&versus->result[1], i);

		if (a < 0 || b < 0)
			continue;
		spread_add(&versus->measures[i].a, a);
		spread_add(&versus->measures[i].b, b);
		if (a > 0 && b > 0)
			spread_add(&versus->measures[i].ratio, log(a / b));
	}
}

/* Runs a pair, in the order of its number. Returns -1 to go on, or an exit status. */
static int run_pair(struct versus *versus, unsigned int number)
{
	int first = (int)(number % 2);
	int status = run_one(versus, first);

	return status < 0 ? run_one(versus, !first) : status;
}

static int run_pairs(struct versus *versus)
{
	unsigned int asked = versus->stat->options.repeat, pairs = 0;
	__u64 begin_ns;
	int status = run_pair(versus, 0);

	if (status >= 0)
		return status;
	versus->count = TIMES + versus->result[0].count;
	versus->measures = calloc(versus->count, sizeof(*versus->measures));
	if (!versus->measures) {
		fputs("perfev stat: no memory for the comparison.\n", stderr);
		return EXIT_PERFEV;
	}
	begin_ns = now_ns();
	while (asked ? pairs < asked :
		       pairs < LEAST_PAIRS ||
			       (pairs < MOST_PAIRS && now_ns() - begin_ns < LEAST_NS)) {
		progress_show("pair %u%s", pairs + 1,
			      asked || pairs < LEAST_PAIRS ? "" : ", for a surer answer");
		status = run_pair(versus, pairs + 1);
		if (status >= 0)
			return status;
		add_pair(versus);
		pairs++;
	}
	progress_clear();
	return -1;
}

/* How many times a is what b is, and between which ratios that lies, 19 times of 20. */
struct verdict {
	double ratio, low, high;
	int is_known; /* there were pairs with values */
};

static struct verdict judge(const struct measure *measure)
{
	struct verdict verdict = { 1, 1, 1, 0 };
	double reach;

	if (measure->ratio.count < 2)
		return verdict;
	reach = spread_reach(measure->ratio.count) * spread_error(&measure->ratio);
	verdict.ratio = exp(measure->ratio.mean);
	verdict.low = exp(measure->ratio.mean - reach);
	verdict.high = exp(measure->ratio.mean + reach);
	verdict.is_known = 1;
	return verdict;
}

static const char *name_of(const struct versus *versus, unsigned int number, char *text,
			   size_t size)
{
	static const char *const times[] = { "wall", "user", "system" };

	if (number < TIMES)
		return times[number];
	return stat_name(&versus->result[0].rows[number - TIMES], text, size);
}

static void print_mean(const struct versus *versus, unsigned int number, double mean, FILE *to)
{
	char text[NUMBER_SIZE];
	const struct perfev_event *event =
		number < TIMES ? NULL : versus->result[0].rows[number - TIMES].event;

	if (!event)
		fprintf(to, "%14s s  ", number_seconds(text, (__u64)mean));
	else if (stat_is_clock(event))
		fprintf(to, "%14s ms ", number_ms(text, (__u64)mean));
	else if (event->unit[0])
		fprintf(to, "%14.2f %-2s ", mean, event->unit);
	else
		fprintf(to, "%14s    ", number_grouped(text, (__u64)mean));
}

static void print_line(const struct versus *versus, unsigned int number, FILE *to)
{
	const struct measure *measure = &versus->measures[number];
	struct verdict verdict = judge(measure);
	char name[256];

	if (!measure->a.count)
		return;
	fprintf(to, "  %-20s", name_of(versus, number, name, sizeof(name)));
	print_mean(versus, number, measure->a.mean, to);
	print_mean(versus, number, measure->b.mean, to);
	if (verdict.is_known)
		fprintf(to, "  %7.3f   %.3f to %.3f%s", verdict.ratio, verdict.low, verdict.high,
			verdict.low <= 1 && verdict.high >= 1 ? "   no difference seen" : "");
	fprintf(to, "\n");
}

static void print_command(const char *which, char **argv, FILE *to)
{
	fprintf(to, "  %s ", which);
	for (; *argv; argv++)
		fprintf(to, " %s", *argv);
	fprintf(to, "\n");
}

/* The answer, in a sentence. */
static void print_verdict(const struct versus *versus, FILE *to)
{
	struct verdict wall = judge(&versus->measures[WALL]);
	unsigned int pairs = versus->measures[WALL].ratio.count;

	if (!wall.is_known)
		fprintf(to, "One pair of runs says nothing of a difference: -r 10 would.\n");
	else if (wall.high < 1)
		fprintf(to,
			"A is %.2f times as fast as B (%.2f to %.2f, 95 %% interval; %u pairs).\n",
			1 / wall.ratio, 1 / wall.high, 1 / wall.low, pairs);
	else if (wall.low > 1)
		fprintf(to,
			"B is %.2f times as fast as A (%.2f to %.2f, 95 %% interval; %u pairs).\n",
			wall.ratio, wall.low, wall.high, pairs);
	else
		fprintf(to,
			"No difference is seen: A takes %.3f times as long as B\n"
			"(%.3f to %.3f, 95 %% interval; %u pairs).\n",
			wall.ratio, wall.low, wall.high, pairs);
}

static void print_versus(const struct versus *versus, FILE *to)
{
	fprintf(to, "\n");
	print_command("A", versus->argv[0], to);
	print_command("B", versus->argv[1], to);
	fprintf(to, "\n  %-20s%14s    %14s       A / B   95 %% interval\n", "", "A", "B");
	for (unsigned int i = 0; i < versus->count; i++)
		print_line(versus, i, to);
	fprintf(to, "\n");
	print_verdict(versus, to);
}

/* The members of one measure. A NULL that json-c gave is a missing member, seen by the caller. */
static struct json_object *json_of(const struct versus *versus, unsigned int number)
{
	const struct measure *measure = &versus->measures[number];
	struct verdict verdict = judge(measure);
	struct json_object *one = json_object_new_object();
	const struct {
		const char *key;
		double value;
	} members[] = {
		{ "a", measure->a.mean }, { "b", measure->b.mean }, { "ratio", verdict.ratio },
		{ "low", verdict.low },   { "high", verdict.high },
	};
	char name[256];
	int bad = !one;

	bad = bad || json_object_object_add(
			     one, "measure",
			     json_object_new_string(name_of(versus, number, name, sizeof(name))));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && !bad; i++)
		bad = json_object_object_add(
			one, members[i].key,
			i < 2 || verdict.is_known ? json_object_new_double(members[i].value) :
						    NULL);
	if (bad) {
		json_object_put(one);
		return NULL;
	}
	return one;
}

static int print_json(const struct versus *versus, FILE *to)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();
	const char *text = NULL;
	int bad =
		!object || !list ||
		json_object_object_add(object, "pairs",
				       json_object_new_int((int)versus->measures[WALL].a.count)) ||
		json_object_object_add(object, "measures", list);

	for (unsigned int i = 0; i < versus->count && !bad; i++)
		if (versus->measures[i].a.count)
			bad = json_object_array_add(list, json_of(versus, i)) < 0;
	if (!bad)
		text = json_object_to_json_string_ext(
			object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
					JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		fprintf(to, "%s\n", text);
	json_object_put(object);
	return text ? 0 : -ENOMEM;
}

int stat_versus(struct stat *stat)
{
	struct versus versus = { .stat = stat, .argv = { stat->options.argv, NULL } };
	int status = EXIT_PERFEV;

	versus.argv[1] = split(&versus, stat->options.versus);
	if (!versus.argv[1]) {
		fputs("perfev stat: no memory for the comparison.\n", stderr);
	} else if (!versus.argv[1][0]) {
		fputs("perfev stat: --vs names no program.\n", stderr);
	} else {
		status = run_pairs(&versus);
		if (status < 0) {
			status = 0;
			if (stat->options.format == STAT_JSON)
				status = print_json(&versus, stat->to) < 0 ? EXIT_PERFEV : 0;
			else
				print_versus(&versus, stat->to);
		}
	}
	stat_result_free(&versus.result[0]);
	stat_result_free(&versus.result[1]);
	free(versus.measures);
	free(versus.argv[1]);
	free(versus.words);
	return status;
}
