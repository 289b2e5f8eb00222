/* SPDX-License-Identifier: MIT */
/*
 * The table of perfev stat for people: a line for each value with what it means beside it, the
 * times, and one line for each thing that could not be counted, with the reason.
 */
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#include "../number.h"
#include "../terminal.h"
#include "metrics.h"
#include "stat.h"

/* How wide the columns of a table are, and how parts of it look; nothing where colours are not. */
struct look {
	int scope;
	int name;
	const char *value; /* begins what was counted */
	const char *note;  /* begins what limits it */
	const char *plain; /* ends both */
};

#define LEAST_NAME 18
#define MOST_NAME 46

static struct look look_of(const struct stat_result *result, FILE *to)
{
	struct look look = { 0, LEAST_NAME, "", "", "" };
	char name[256];

	for (unsigned int i = 0; i < result->count; i++) {
		int scope = (int)strlen(result->rows[i].scope);
		int length = (int)strlen(stat_name(&result->rows[i], name, sizeof(name)));

		look.scope = scope > look.scope ? scope : look.scope;
		if (length > look.name && length <= MOST_NAME)
			look.name = length;
	}
	if (terminal_has_colours(to)) {
		look.value = "\033[1m";
		look.note = "\033[33m";
		look.plain = "\033[0m";
	}
	return look;
}

/* The value in its column, with its unit. */
static void print_value(const struct stat_row *row, const struct look *look, FILE *to)
{
	const struct perfev_event *event = row->event;
	char number[NUMBER_SIZE];

	fputs(look->value, to);
	if (stat_is_clock(event))
		fprintf(to, "%18s%s ms  ", number_ms(number, (__u64)stat_value(row)), look->plain);
	else if (event->unit[0])
		fprintf(to, "%18.2f%s %s  ", stat_value(row), look->plain, event->unit);
	else
		fprintf(to, "%18s%s     ", number_grouped(number, (__u64)stat_value(row)),
			look->plain);
}

/* What stands behind the name: meaning, spread, coverage. */
static void print_notes(const struct stat_result *result, const struct stat_row *row,
			const struct look *look, const char *name, FILE *to)
{
	char meaning[64];
	int is_padded = 0;

	stat_meaning_text(stat_meaning_of(result, row), meaning, sizeof(meaning));
	if (*meaning) {
		fprintf(to, "%*s  %s", look->name - (int)strlen(name), "", meaning);
		is_padded = 1;
	}
	if (result->runs > 1)
		fprintf(to, "%*s  +- %.2f %%",
			is_padded ? 26 - (int)strlen(meaning) : look->name - (int)strlen(name), "",
			100 * row->spread);
	if (row->reading.state == PERFEV_READING_SCALED)
		fprintf(to, "  %s(scaled: counted %.0f %% of the time)%s", look->note,
			100 * perfev_reading_coverage(&row->reading), look->plain);
	if (row->reading.lost)
		fprintf(to, "  (%llu samples lost)", (unsigned long long)row->reading.lost);
}

static void print_row(const struct stat_result *result, const struct stat_row *row,
		      const struct look *look, FILE *to)
{
	char name[256];

	if (!stat_has_value(row))
		return;
	if (look->scope)
		fprintf(to, "%-*s  ", look->scope, row->scope);
	print_value(row, look, to);
	stat_name(row, name, sizeof(name));
	fprintf(to, "%s", name);
	print_notes(result, row, look, name, to);
	fprintf(to, "\n");
}

static void print_time(const struct stat_result *result, const char *what, __u64 ns, double spread,
		       FILE *to)
{
	char number[NUMBER_SIZE];

	fprintf(to, "%18s s   %s", number_seconds(number, ns), what);
	if (result->runs > 1)
		fprintf(to, "%*s  +- %.2f %%", LEAST_NAME - (int)strlen(what), "", 100 * spread);
	fprintf(to, "\n");
}

/* Whether two rows have no value for the same reason. */
static int is_alike(const struct stat_row *a, const struct stat_row *b)
{
	if (stat_has_value(a) || stat_has_value(b) || a->reading.state != b->reading.state)
		return 0;
	if (!a->why || !b->why)
		return a->why == b->why;
	return a->why->cause == b->why->cause && strcmp(a->why->field, b->why->field) == 0 &&
	       strcmp(a->why->remedy, b->why->remedy) == 0;
}

/* Whether a row is the first one that says this. */
static int is_first(const struct stat_result *result, const struct stat_row *row)
{
	for (const struct stat_row *other = result->rows; other < row; other++)
		if (is_alike(other, row))
			return 0;
	return 1;
}

/* Lists the events that have no value for the same reason as this: "cycles and instructions". */
static void print_alike(const struct stat_result *result, const struct stat_row *like, FILE *to)
{
	unsigned int left = 0, printed = 0;

	/* In several scopes the same event may lack a value for the same reason. */
	for (unsigned int i = 0; i < result->events; i++)
		for (unsigned int row = i; row < result->count; row += result->events)
			if (is_alike(&result->rows[row], like)) {
				left++;
				break;
			}
	for (unsigned int i = 0; i < result->events && left; i++)
		for (unsigned int row = i; row < result->count; row += result->events)
			if (is_alike(&result->rows[row], like)) {
				fprintf(to, "%s%s",
					!printed++ ? "" :
					left == 1  ? " and " :
						     ", ",
					result->rows[row].event->name);
				left--;
				break;
			}
}

/* One line for each reason why something has no value. */
static void print_missing(const struct stat_result *result, const struct look *look, FILE *to)
{
	char text[1024];

	for (unsigned int i = 0; i < result->count; i++) {
		const struct stat_row *row = &result->rows[i];

		if (stat_has_value(row) || !is_first(result, row))
			continue;
		fprintf(to, "\n%sWithout%s ", look->note, look->plain);
		print_alike(result, row, to);
		fprintf(to, ": %s.\n", stat_reason(row, text, sizeof(text)));
	}
}

/* Where it can be told that a counter of the processor's stands still, what was done about it. */
static void print_usable(const struct stat_result *result, FILE *to)
{
	if (result->usable)
		fprintf(to,
			"\nA counter of this processor stands still, as a hypervisor may have it:\n"
			"the events took turns on the %u that count.\n",
			result->usable);
}

static int read_paranoid(void)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level = INT_MIN;

	if (!file)
		return level;
	if (fscanf(file, "%d", &level) != 1)
		level = INT_MIN;
	fclose(file);
	return level;
}

static void print_kernel_excluded(const struct stat_result *result, FILE *to)
{
	int excluded = 0;

	for (unsigned int i = 0; i < result->count; i++)
		excluded |= result->rows[i].user_only && stat_has_value(&result->rows[i]);
	if (excluded)
		fprintf(to,
			"\nThe kernel's part is left out (:u): kernel.perf_event_paranoid is %d.\n"
			"As root, or after 'sudo sysctl kernel.perf_event_paranoid=1', it is\n"
			"counted too.\n",
			read_paranoid());
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

static void print_rows(const struct stat_result *result, const struct look *look, FILE *to)
{
	for (unsigned int i = 0; i < result->count; i++) {
		if (i && i % result->events == 0 && result->events > 1)
			fprintf(to, "\n");
		print_row(result, &result->rows[i], look, to);
	}
}

void stat_print_table(const struct stat *stat, const struct stat_result *result)
{
	FILE *to = stat->to;
	struct look look = look_of(result, to);

	fprintf(to, "\n");
	print_rows(result, &look, to);
	fprintf(to, "\n");
	if (result->runs > 1)
		fprintf(to, "%18u     runs: all of it means, with their standard errors\n",
			result->runs);
	print_time(result, "wall", result->wall_ns, result->wall_spread, to);
	if (stat->argv) {
		print_time(result, "user", result->user_ns, result->user_spread, to);
		print_time(result, "system", result->system_ns, result->system_spread, to);
	}
	print_kernel_excluded(result, to);
	print_missing(result, &look, to);
	print_usable(result, to);
	if (result->missed)
		fprintf(to,
			"\nThreads were started all the time while counters were opened: %u may\n"
			"be missing, or counted twice.\n",
			result->missed);
	if (stat->argv)
		print_end(stat, to);
}

void stat_print_interval(const struct stat *stat, const struct stat_result *result)
{
	struct look look = look_of(result, stat->to);
	char number[NUMBER_SIZE];

	fprintf(stat->to, "\n%18s s   since the start\n", number_seconds(number, result->end_ns));
	print_rows(result, &look, stat->to);
	fflush(stat->to);
}
