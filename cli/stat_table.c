/* SPDX-License-Identifier: MIT */
/*
 * The table of perfev stat for people: a line for each value with what it means beside it, the
 * times, and one line for each thing that could not be counted, with the reason.
 */
#include <string.h>
#include <sys/wait.h>

#include "number.h"
#include "stat.h"

/* Two values, or 0 when one of them is not known or the second is 0. */
static int ratio(const struct stat *stat, enum stat_event_id a, enum stat_event_id b, double *out)
{
	const struct stat_event *x = &stat->events[a], *y = &stat->events[b];

	if (!stat_has_value(x) || !stat_has_value(y) || y->value == 0)
		return 0;
	*out = (double)x->value / (double)y->value;
	return 1;
}

/* What a value means: a share, a rate, a frequency. Empty when there is nothing to say. */
static void describe(const struct stat *stat, enum stat_event_id id, char *text, size_t size)
{
	char number[NUMBER_SIZE];
	double value;

	text[0] = '\0';
	switch (id) {
	case STAT_TASK_CLOCK:
		if (stat->wall_ns)
			snprintf(text, size, "%.2f CPUs used",
				 (double)stat->events[id].value / (double)stat->wall_ns);
		break;
	case STAT_CYCLES:
		/* Cycles of the program's own code alone, over all its time, are no frequency. */
		if (!stat->events[id].user_only && ratio(stat, id, STAT_TASK_CLOCK, &value))
			snprintf(text, size, "%.2f GHz", value);
		break;
	case STAT_INSTRUCTIONS:
		if (ratio(stat, id, STAT_CYCLES, &value))
			snprintf(text, size, "%.2f per cycle", value);
		break;
	case STAT_BRANCH_MISSES:
		if (ratio(stat, id, STAT_BRANCHES, &value))
			snprintf(text, size, "%.2f %% of the branches", 100 * value);
		break;
	default:
		if (ratio(stat, id, STAT_TASK_CLOCK, &value))
			snprintf(text, size, "%s/s", number_rate(number, 1e9 * value));
	}
}

static void print_event(const struct stat *stat, enum stat_event_id id, FILE *to)
{
	const struct stat_event *event = &stat->events[id];
	char number[NUMBER_SIZE], name[32], meaning[64];

	if (!stat_has_value(event))
		return;
	snprintf(name, sizeof(name), "%s%s", event->name, event->user_only ? ":u" : "");
	describe(stat, id, meaning, sizeof(meaning));
	if (id == STAT_TASK_CLOCK)
		fprintf(to, "%18s ms  ", number_ms(number, event->value));
	else
		fprintf(to, "%18s     ", number_grouped(number, event->value));
	if (*meaning)
		fprintf(to, "%-18s  %s", name, meaning);
	else
		fprintf(to, "%s", name);
	if (event->state == STAT_SCALED)
		fprintf(to, "  (scaled: counted %.0f %% of the time)",
			100.0 * (double)event->running_ns / (double)event->enabled_ns);
	fprintf(to, "\n");
}

static void print_time(const char *what, __u64 ns, FILE *to)
{
	char number[NUMBER_SIZE];

	fprintf(to, "%18s s   %s\n", number_seconds(number, ns), what);
}

static int is_alike(const struct stat_event *a, const struct stat_event *b)
{
	return a->state == b->state && a->error == b->error && a->user_only == b->user_only;
}

/* Lists the events that have no value for the same reason as this: "cycles and instructions". */
static void list_alike(const struct stat *stat, const struct stat_event *like, char *text,
		       size_t size)
{
	const char *names[STAT_EVENTS];
	size_t length = 0;
	int count = 0;

	for (int i = 0; i < STAT_EVENTS; i++)
		if (is_alike(&stat->events[i], like))
			names[count++] = stat->events[i].name;
	text[0] = '\0';
	for (int i = 0; i < count && length < size; i++) {
		const char *between = i == 0 ? "" : i < count - 1 ? ", " : " and ";

		length += (size_t)snprintf(text + length, size - length, "%s%s", between, names[i]);
	}
}

/* One line for each reason why something has no value. */
static void print_missing(const struct stat *stat, FILE *to)
{
	char names[256], text[256];

	for (int i = 0; i < STAT_EVENTS; i++) {
		const struct stat_event *event = &stat->events[i];
		int told = 0;

		for (int j = 0; j < i; j++)
			told |= is_alike(&stat->events[j], event);
		if (told || stat_has_value(event))
			continue;
		list_alike(stat, event, names, sizeof(names));
		fprintf(to, "\nWithout %s: %s.\n", names,
			stat_reason(stat, event, text, sizeof(text)));
	}
}

static void print_kernel_excluded(const struct stat *stat, FILE *to)
{
	int excluded = 0;

	for (int i = 0; i < STAT_EVENTS; i++)
		excluded |= stat->events[i].user_only && stat_has_value(&stat->events[i]);
	if (excluded)
		fprintf(to,
			"\nThe kernel's part is left out (:u): kernel.perf_event_paranoid is %d.\n"
			"As root, or after 'sudo sysctl kernel.perf_event_paranoid=1', it is\n"
			"counted too.\n",
			stat->paranoid);
}

/* How the program ended, where that was not with 0. */
static void print_end(const struct stat *stat, FILE *to)
{
	int status = stat->child.status;

	if (WIFSIGNALED(status))
		fprintf(to, "\n%s was ended by signal %d (%s)%s.\n", stat->argv[0],
			WTERMSIG(status), strsignal(WTERMSIG(status)),
			WCOREDUMP(status) ? " and dumped core" : "");
	else if (WEXITSTATUS(status))
		fprintf(to, "\n%s ended with exit status %d.\n", stat->argv[0],
			WEXITSTATUS(status));
}

void stat_print_table(const struct stat *stat, FILE *to)
{
	fprintf(to, "\n");
	for (int i = 0; i < STAT_EVENTS; i++)
		print_event(stat, (enum stat_event_id)i, to);
	fprintf(to, "\n");
	print_time("wall", stat->wall_ns, to);
	print_time("user", stat->user_ns, to);
	print_time("system", stat->system_ns, to);
	print_kernel_excluded(stat, to);
	print_missing(stat, to);
	print_end(stat, to);
}
