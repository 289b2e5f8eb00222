/* SPDX-License-Identifier: MIT */
/*
 * Remedies in the command's own words. What must stay true: no statement of C reaches a terminal;
 * what has no words here is left out.
 */
#include "remedy.h"

#include <stdio.h>
#include <string.h>

/*
 * How a field is mended by who writes events and options: where it is set and must not be, and
 * where it has to be set. Fields that no event's text and no option set are not here.
 */
static const struct {
	const char *field;
	const char *set;
	const char *unset;
} ways[] = {
	{ "type", "'perfev list pmu' shows which PMUs there are",
	  "'perfev list pmu' shows which PMUs there are" },
	{ "config", "'perfev list' shows what there is", "'perfev list' shows what there is" },
	{ "config1", "'perfev list format' shows what a PMU takes", NULL },
	{ "config2", "'perfev list format' shows what a PMU takes", NULL },
	{ "config3", "'perfev list format' shows what a PMU takes", NULL },
	{ "config4", "'perfev list format' shows what a PMU takes", NULL },
	{ "sample_period", "leave out period=", NULL },
	{ "sample_freq", "ask for fewer samples: -F, or freq=", NULL },
	{ "branch_sample_type", "choose other branches by -j", NULL },
	{ "clockid", "choose another clock by -k", "choose another clock by -k" },
	{ "use_clockid", "leave out -k", NULL },
	{ "sample_regs_user", "choose other registers by --user-regs", NULL },
	{ "sample_regs_intr", "choose other registers by --intr-regs", NULL },
	{ "sample_stack_user", "sample less of the stack: --call-graph dwarf,BYTES", NULL },
	{ "defer_callchain", "ask for --call-graph fp", NULL },
	{ "defer_output", "ask for --call-graph fp", NULL },
	{ "write_backward", "leave out --overwrite", NULL },
	{ "exclude_user", "leave out :k", "write :k behind the event" },
	{ "exclude_kernel", "leave out :u", "write :u behind the event, for user space alone" },
	{ "exclude_hv", "leave out :u and :k", NULL },
	{ "exclude_idle", "leave out :I", NULL },
	{ "exclude_host", "leave out :G", NULL },
	{ "exclude_guest", "leave out :H", NULL },
	{ "precise_ip", "write fewer p behind the event, or none", NULL },
	{ "pinned", "leave out :D", NULL },
	{ "exclusive", "leave out :e", NULL },
	{ "inherit", "take it out of the braces", "take it out of the braces" },
	{ "read_format", "take it out of the braces", NULL },
	{ "bp_addr", "watch another address", "write an address: mem:ADDRESS" },
	{ "bp_len", "watch fewer bytes: mem:ADDRESS/LENGTH", "write a length: mem:ADDRESS/LENGTH" },
	{ "bp_type", "watch for something else: mem:ADDRESS:w, :rw or :x",
	  "write what to watch for: mem:ADDRESS:w, :rw or :x" },
	{ "kprobe_func", "name another function", "name a function" },
	{ "kprobe_addr", "name another address", "name a function" },
	{ "uprobe_path", "name another file", "name a file" },
	{ "probe_offset", "name another function, or another offset in it", NULL },
	{ "group_fd", "take it out of the braces, or let the group be split: {...}:W",
	  "take it out of the braces, or let the group be split: {...}:W" },
	{ "cpu", "choose other CPUs by -C", "choose CPUs by -C" },
	{ "flags", "leave out -G", NULL },
};

/* Where it is the cause that decides, whatever the field. */
static const struct {
	enum perfev_cause cause;
	const char *field; /* only of this one, or NULL */
	const char *way;
} causes[] = {
	{ PERFEV_CAUSE_NO_PMU, NULL, "count software events, which 'perfev list software' shows" },
	{ PERFEV_CAUSE_CGROUP, NULL,
	  "'systemd-cgls' or 'ls /sys/fs/cgroup' lists those there are" },
	{ PERFEV_CAUSE_SLOTS, NULL, "watch fewer places" },
	{ PERFEV_CAUSE_CONFLICT, "pid", "count whole CPUs: -a, or -C CPUS" },
	{ PERFEV_CAUSE_PARANOID, "pid", "count a program, or one of your processes by -p" },
	{ PERFEV_CAUSE_GROUP, "pid", "take it out of the braces" },
	{ PERFEV_CAUSE_GROUP, "cpu", "take it out of the braces" },
};

/* What a sample has, by the options that ask for it. */
static const struct {
	__u64 bits;
	const char *way;
} samples[] = {
	{ PERF_SAMPLE_BRANCH_STACK, "leave out -b, -j and --call-graph lbr" },
	{ PERF_SAMPLE_REGS_USER, "leave out --user-regs and --call-graph dwarf" },
	{ PERF_SAMPLE_STACK_USER, "leave out --call-graph dwarf" },
	{ PERF_SAMPLE_REGS_INTR, "leave out --intr-regs" },
	{ PERF_SAMPLE_CALLCHAIN, "leave out -g and --call-graph" },
	{ PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT, "leave out -W" },
	{ PERF_SAMPLE_PHYS_ADDR, "leave out --phys-data" },
	{ PERF_SAMPLE_ADDR | PERF_SAMPLE_DATA_SRC, "leave out -d" },
	{ PERF_SAMPLE_READ, "leave out :S" },
};

static const char *way_of(const struct perfev_why *why)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (strcmp(why->field, "sample_type") == 0 && why->value & samples[i].bits)
			return samples[i].way;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].cause == why->cause &&
		    (!causes[i].field || strcmp(causes[i].field, why->field) == 0))
			return causes[i].way;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].field, why->field) == 0)
			return why->value ? ways[i].set : ways[i].unset;
	return NULL;
}

/* Steps over the statements, "attr.FIELD = VALUE;", that a remedy begins with, to the advice. */
static const char *behind_statements(const char *remedy)
{
	static const char more[] = "(and more: ask again with these)", other[] = "Or: ";

	const char *at = remedy;

	for (;;) {
		const char *name = at + strspn(at, "abcdefghijklmnopqrstuvwxyz_.0123456789");
		const char *end = strchr(name, ';');

		if (name == at || !end ||
		    (strncmp(name, " = ", 3) != 0 && strncmp(name, " &= ", 4) != 0 &&
		     strncmp(name, " |= ", 4) != 0))
			break;
		at = end + 1 + strspn(end + 1, " ");
	}
	if (at == remedy)
		return remedy;
	if (strncmp(at, more, sizeof(more) - 1) == 0)
		at += sizeof(more) - 1 + strspn(at + sizeof(more) - 1, " ");
	/* Other words behind statements are about these. */
	return strncmp(at, other, sizeof(other) - 1) == 0 ? at + sizeof(other) - 1 :
							    at + strlen(at);
}

/* Whether a clause is for programs: it has a statement, a constant, a call or a field in it. */
static int is_of_c(const char *clause, size_t length)
{
	static const char *const marks[] = {
		" = ",        "attr.",        "->",          "()",      "(__u64)", "PERF_COUNT_",
		"PERF_FLAG_", "PERF_SAMPLE_", "PERF_TYPE_",  "perfev_", "RLIMIT_", "O_RDONLY",
		"bp_",        "_fd",          "sample_type", "as pid"
	};
	char text[256];

	snprintf(text, sizeof(text), "%.*s", (int)length, clause);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(text, marks[i]))
			return 1;
	return 0;
}

/* Appends behind what there is, joined to it. */
static void append(char *text, size_t size, const char *joint, const char *more, size_t length)
{
	const size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%.*s", used ? joint : "", (int)length, more);
}

static const char or_else[] = ", or ";

/* Appends the clauses that are no C. */
static void append_advice(const char *advice, char *text, size_t size)
{
	while (*advice) {
		const char *end = strstr(advice, or_else);
		size_t length = end ? (size_t)(end - advice) : strlen(advice);

		if (!is_of_c(advice, length))
			append(text, size, or_else, advice, length);
		advice += length + (end ? strlen(or_else) : 0);
	}
}

const char *cli_advice(const struct perfev_why *why, char *text, size_t size)
{
	text[0] = '\0';
	append_advice(behind_statements(why->remedy), text, size);
	return text;
}

const char *cli_remedy(const struct perfev_why *why, char *text, size_t size)
{
	const char *advice = behind_statements(why->remedy);
	const char *way = NULL;

	text[0] = '\0';
	/* What is wrong with an event's text is told to who writes one already. */
	if (why->position >= 0) {
		snprintf(text, size, "%s", why->remedy);
		return text;
	}
	/* Where its remedy is for programs, at least in part, there may be another way. */
	if (advice != why->remedy || is_of_c(advice, strlen(advice)))
		way = way_of(why);
	if (way)
		append(text, size, "", way, strlen(way));
	append_advice(advice, text, size);
	return text;
}

const char *cli_reason(const struct perfev_why *why)
{
	const char *but = strstr(why->reason, ", but ");

	switch (why->cause) {
	case PERFEV_CAUSE_NO_PMU:
		return "there are no hardware counters here";
	case PERFEV_CAUSE_PARANOID:
	case PERFEV_CAUSE_CAPABILITY:
	case PERFEV_CAUSE_LSM:
		if (*why->field && but && strncmp(why->reason, why->field, strlen(why->field)) == 0)
			return but + strlen(", but ");
		return why->reason;
	case PERFEV_CAUSE_CONFLICT:
		return but && strcmp(why->field, "pid") == 0 ? but + strlen(", but ") : why->reason;
	default:
		return why->reason;
	}
}

const char *cli_explanation(const struct perfev_why *why, char *text, size_t size)
{
	char remedy[2 * sizeof(why->remedy)];

	/* What was not explained is text alone. */
	if (!why->reason[0]) {
		snprintf(text, size, "%s", why->text);
		return text;
	}
	cli_remedy(why, remedy, sizeof(remedy));
	snprintf(text, size, "%s%s%s%s%s%s", cli_reason(why), why->evidence[0] ? " (" : "",
		 why->evidence, why->evidence[0] ? ")" : "", remedy[0] ? ": " : "", remedy);
	return text;
}
