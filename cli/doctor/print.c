/* SPDX-License-Identifier: MIT */
/*
 * The screen: a verdict, the machine, a line for each check. No line is longer than 80 columns,
 * except for a command to paste, which is never broken.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "../terminal.h"
#include "doctor.h"

#define COLUMNS 80

enum look {
	LOOK_PLAIN,
	LOOK_BOLD,
	LOOK_DIM,
	LOOK_GREEN,
	LOOK_YELLOW,
	LOOK_RED,
	LOOK_COMMAND
};

struct screen {
	FILE *to;
	int is_coloured;
	int is_utf8;
	int indent; /* of texts, behind mark and title */
};

static void begin_look(const struct screen *screen, enum look look)
{
	static const char *const codes[] = { "", "1", "2", "32", "33", "31", "36" };

	if (screen->is_coloured && look != LOOK_PLAIN)
		fprintf(screen->to, "\033[%sm", codes[look]);
}

static void end_look(const struct screen *screen, enum look look)
{
	if (screen->is_coloured && look != LOOK_PLAIN)
		fputs("\033[0m", screen->to);
}

static void write_look(const struct screen *screen, enum look look, const char *text)
{
	begin_look(screen, look);
	fputs(text, screen->to);
	end_look(screen, look);
}

/* How many columns bytes take, where each character takes one. */
static int width(const char *text, size_t length)
{
	int columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Writes words from the current column on, the next lines under the first. Ends the line. */
static void write_wrapped(const struct screen *screen, enum look look, const char *text)
{
	int column = screen->indent;

	begin_look(screen, look);
	while (*text) {
		const size_t length = strcspn(text, " ");
		const int columns = width(text, length);

		if (column > screen->indent && column + 1 + columns > COLUMNS) {
			/* No colour in the margin, where a terminal may underline or fill it. */
			end_look(screen, look);
			fprintf(screen->to, "\n%*s", screen->indent, "");
			begin_look(screen, look);
			column = screen->indent;
		} else if (column > screen->indent) {
			fputc(' ', screen->to);
			column++;
		}
		fwrite(text, 1, length, screen->to);
		column += columns;
		text += length;
		text += strspn(text, " ");
	}
	end_look(screen, look);
	fputc('\n', screen->to);
}

/* A line without a mark. */
static void write_fact(const struct screen *screen, const char *title, const char *text)
{
	fprintf(screen->to, "%*s%-*s", screen->indent - DOCTOR_TITLE_WIDTH - 2, "",
		DOCTOR_TITLE_WIDTH + 2, title);
	write_wrapped(screen, LOOK_PLAIN, text);
}

struct mark {
	const char *ascii;
	const char *utf8;
	enum look look;
};

static const struct mark marks[] = {
	[DOCTOR_OK] = { "ok", "\xe2\x9c\x93", LOOK_GREEN },
	[DOCTOR_LIMITED] = { "part", "!", LOOK_YELLOW },
	[DOCTOR_NO] = { "NO", "\xe2\x9c\x97", LOOK_RED },
	[DOCTOR_ABSENT] = { "-", "-", LOOK_DIM },
	[DOCTOR_UNTRIED] = { "?", "?", LOOK_DIM },
};

static void write_mark(const struct screen *screen, const struct mark *mark)
{
	fputs("  ", screen->to);
	write_look(screen, mark->look, screen->is_utf8 ? mark->utf8 : mark->ascii);
	fprintf(screen->to, "%*s", screen->is_utf8 ? 1 : 5 - (int)strlen(mark->ascii), "");
}

/* The command, whole in one line where that is possible at all. */
static void write_remedy(const struct screen *screen, const char *remedy)
{
	static const char label[] = "fix: ";
	const int columns = width(remedy, strlen(remedy)) + (int)strlen(label);
	const int before = screen->indent - DOCTOR_TITLE_WIDTH - 2;
	const int indent = screen->indent + columns <= COLUMNS ? screen->indent :
			   before + columns <= COLUMNS         ? before :
								 2;
	struct screen lines = *screen;

	fprintf(screen->to, "%*s%s", indent, "", label);
	lines.indent = indent + (int)strlen(label);
	write_wrapped(&lines, LOOK_COMMAND, remedy);
}

/*
 * Of the library's "to count all threads of a CPU takes CAP_PERFMON or a kernel.perf_event_paranoid
 * of at most 0" the end: what it is about stands in the title.
 */
static void shorten_rights(const struct doctor_check *check, char *text, size_t size)
{
	static const char prefix[] = "kernel.";
	const char *takes = strstr(check->reason, "takes CAP_");
	char *found;

	snprintf(text, size, "%s",
		 check->cause == PERFEV_CAUSE_PARANOID && takes ? takes : check->reason);
	if (takes && (found = strstr(text, prefix)))
		memmove(found, found + strlen(prefix), strlen(found + strlen(prefix)) + 1);
}

static void write_check(const struct screen *screen, const struct doctor_check *check, int verbose)
{
	char text[sizeof(check->found) + sizeof(check->reason) + 2], reason[sizeof(check->reason)];

	shorten_rights(check, reason, sizeof(reason));
	snprintf(text, sizeof(text), "%s%s%s", check->found, *check->found && *reason ? "; " : "",
		 verbose ? check->reason : reason);
	write_mark(screen, &marks[check->state]);
	fprintf(screen->to, "%-*s", DOCTOR_TITLE_WIDTH + 2, check->title);
	write_wrapped(screen, check->state == DOCTOR_ABSENT ? LOOK_DIM : LOOK_PLAIN, text);
	if (verbose && *check->evidence) {
		fprintf(screen->to, "%*s", screen->indent, "");
		write_wrapped(screen, LOOK_DIM, check->evidence);
	}
	if (*check->remedy)
		write_remedy(screen, check->remedy);
}

/* What could not be tried, in one line for all. */
static void write_untried(const struct screen *screen, const struct doctor *doctor)
{
	char names[512] = "";

	for (unsigned int i = 0; i < doctor->check_count; i++) {
		const size_t length = strlen(names);

		if (doctor->checks[i].state == DOCTOR_UNTRIED)
			snprintf(names + length, sizeof(names) - length, "%s%s", length ? ", " : "",
				 doctor->checks[i].title);
	}
	if (!*names)
		return;
	write_mark(screen, &marks[DOCTOR_UNTRIED]);
	fprintf(screen->to, "%-*s", DOCTOR_TITLE_WIDTH + 2, "not tried");
	write_wrapped(screen, LOOK_DIM, names);
}

/* What the paranoid level means for this user. */
static void describe_level(const struct doctor *doctor, char *text, size_t size)
{
	const struct doctor_machine *machine = &doctor->machine;
	const char *meaning =
		!doctor->is_reachable  ? "no events" :
		machine->paranoid < 0  ? "everything" :
		machine->paranoid == 0 ? "everything but fields of tracepoints" :
		machine->paranoid == 1 ? "own programs, kernel mode too" :
					 "own programs, user mode only";

	if (machine->paranoid == DOCTOR_UNKNOWN)
		snprintf(text, size, "there is no kernel.perf_event_paranoid");
	else if (machine->may_all)
		snprintf(text, size, "%ld, which does not bind this user", machine->paranoid);
	else
		snprintf(text, size, "%ld: %s", machine->paranoid, meaning);
}

static void write_machine(const struct screen *screen, const struct doctor *doctor)
{
	const struct doctor_machine *machine = &doctor->machine;
	char text[512];
	int length;

	snprintf(text, sizeof(text), "Linux %s, %s%s%s", machine->release, machine->architecture,
		 *machine->lockdown ? ", lockdown: " : "", machine->lockdown);
	write_fact(screen, "kernel", text);
	length = snprintf(text, sizeof(text), "%s%s%ld CPU%s", machine->processor,
			  *machine->processor ? ", " : "", machine->cpus,
			  machine->cpus == 1 ? "" : "s");
	if (*machine->hypervisor)
		length += snprintf(text + length, sizeof(text) - (size_t)length, ", a guest of %s",
				   machine->hypervisor);
	else if (machine->is_hypervisor_known)
		length += snprintf(text + length, sizeof(text) - (size_t)length, ", bare metal");
	if (*machine->container)
		snprintf(text + length, sizeof(text) - (size_t)length, ", in a container (%s)",
			 machine->container);
	write_fact(screen, "machine", text);
	snprintf(text, sizeof(text), "%s%s", machine->user,
		 machine->has_own_users ? " of a user namespace" : "");
	write_fact(screen, "user", text);
	describe_level(doctor, text, sizeof(text));
	write_fact(screen, "paranoid level", text);
}

/* "uncore_cha_12" is one of many: without its number. */
static int stem_length(const char *name)
{
	size_t length = strlen(name);

	while (length > 1 && name[length - 1] >= '0' && name[length - 1] <= '9')
		length--;
	return (int)(name[length] && length > 1 && name[length - 1] == '_' ? length - 1 :
									     strlen(name));
}

static int is_alike(const struct doctor_pmu *a, const struct doctor_pmu *b)
{
	const int length = stem_length(a->name);

	return length == stem_length(b->name) && strncmp(a->name, b->name, (size_t)length) == 0;
}

/* Names, and for those that there are many of how many. */
static void write_pmus(const struct screen *screen, const struct doctor *doctor)
{
	char text[2048] = "";

	for (unsigned int i = 0; i < doctor->pmu_count; i++) {
		const struct doctor_pmu *pmu = &doctor->pmus[i];
		const size_t length = strlen(text);
		unsigned int before = 0, all = 0;

		for (unsigned int j = 0; j < doctor->pmu_count; j++) {
			const int alike = is_alike(pmu, &doctor->pmus[j]);

			all += alike;
			before += alike && j < i;
		}
		if (before)
			continue;
		snprintf(text + length, sizeof(text) - length, "%s%.*s", length ? ", " : "",
			 stem_length(pmu->name), pmu->name);
		if (all > 1)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " (%u)", all);
	}
	write_fact(screen, "PMUs", *text ? text : "none");
}

static void write_pmu(const struct screen *screen, const struct doctor_pmu *pmu)
{
	char text[1280];
	int length;

	length = snprintf(text, sizeof(text), "type %u, %s%s", pmu->type,
			  *pmu->cpus ? "CPUs " : "every CPU", pmu->cpus);
	if (pmu->events)
		length += snprintf(text + length, sizeof(text) - (size_t)length, ", %u event%s",
				   pmu->events, pmu->events == 1 ? "" : "s");
	if (*pmu->formats)
		snprintf(text + length, sizeof(text) - (size_t)length, ", terms: %s", pmu->formats);
	write_fact(screen, pmu->name, text);
}

static void write_lacking(const struct screen *screen, const char *title, const char *names)
{
	write_fact(screen, title, *names ? names : "all are taken");
}

static void write_limit(const struct screen *screen, const char *name, long value)
{
	fprintf(screen->to, "    %-32s ", name);
	if (value == DOCTOR_UNKNOWN)
		fputs("not there\n", screen->to);
	else
		fprintf(screen->to, "%ld\n", value);
}

static void write_limits(const struct screen *screen, const struct doctor_machine *machine)
{
	fputs("\nLimits (/proc/sys/kernel)\n", screen->to);
	write_limit(screen, "perf_event_paranoid", machine->paranoid);
	write_limit(screen, "perf_event_max_sample_rate", machine->sample_rate);
	write_limit(screen, "perf_cpu_time_max_percent", machine->cpu_percent);
	write_limit(screen, "perf_event_mlock_kb", machine->mlock_kb);
	write_limit(screen, "perf_event_max_stack", machine->max_stack);
	write_limit(screen, "kptr_restrict", machine->kptr_restrict);
	write_limit(screen, "nmi_watchdog", machine->watchdog);
}

/* Everything that is too much for one screen. */
static void write_details(const struct screen *screen, const struct doctor *doctor)
{
	const struct perfev_features *features = &doctor->features;
	char text[2048];

	fputs("\nPMUs\n", screen->to);
	for (unsigned int i = 0; i < doctor->pmu_count; i++)
		write_pmu(screen, &doctor->pmus[i]);
	write_limits(screen, &doctor->machine);
	if (!doctor->is_reachable)
		return;
	fputs("\nNot taken by this kernel or machine\n", screen->to);
	doctor_lacking_fields(doctor, text, sizeof(text));
	write_lacking(screen, "attribute fields", text);
	doctor_lacking_bits(PERFEV_SET_SAMPLE_TYPE, features->sample_type, text, sizeof(text));
	write_lacking(screen, "sample_type", text);
	doctor_lacking_bits(PERFEV_SET_READ_FORMAT, features->read_format, text, sizeof(text));
	write_lacking(screen, "read_format", text);
}

void doctor_print(const struct doctor *doctor, int verbose, FILE *to)
{
	struct screen screen = { .to = to, .is_coloured = terminal_has_colours(to) };

	setlocale(LC_CTYPE, "");
	screen.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	screen.indent = (screen.is_utf8 ? 4 : 7) + DOCTOR_TITLE_WIDTH + 2;
	write_look(&screen, LOOK_BOLD, doctor_verdict(doctor));
	fputs(".\n\n", to);
	write_machine(&screen, doctor);
	if (!verbose)
		write_pmus(&screen, doctor);
	fputc('\n', to);
	for (unsigned int i = 0; i < doctor->check_count; i++)
		if (doctor->checks[i].state != DOCTOR_UNTRIED)
			write_check(&screen, &doctor->checks[i], verbose);
	write_untried(&screen, doctor);
	if (verbose)
		write_details(&screen, doctor);
}
