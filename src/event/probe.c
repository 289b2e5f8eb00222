/* SPDX-License-Identifier: MIT */
/*
 * Probes by the kernel's PMUs of that name, which leave no file behind in tracefs:
 * "kprobe:FUNCTION[+OFFSET]", "kprobe:0xADDRESS", "uprobe:PATH:SYMBOL[+OFFSET]",
 * "uprobe:PATH:0xOFFSET-IN-THE-FILE", and the returns, "kretprobe:" and "uretprobe:".
 * In a path or a symbol a backslash takes the meaning from the byte behind it.
 */
#include "probe.h"

#include <errno.h>
#include <string.h>

#include "elf.h"
#include "number.h"
#include "../explain/why.h"

static const struct {
	const char *prefix;
	const char *pmu;
	const char *option; /* the kernel's, that brings this PMU */
	int returns;
} kinds[] = {
	{ "kprobe:", "kprobe", "CONFIG_KPROBE_EVENTS", 0 },
	{ "kretprobe:", "kprobe", "CONFIG_KPROBE_EVENTS", 1 },
	{ "uprobe:", "uprobe", "CONFIG_UPROBE_EVENTS", 0 },
	{ "uretprobe:", "uprobe", "CONFIG_UPROBE_EVENTS", 1 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static unsigned int kind_of(const char *text)
{
	unsigned int kind = 0;

	while (kind < KINDS && strncmp(text, kinds[kind].prefix, strlen(kinds[kind].prefix)) != 0)
		kind++;
	return kind;
}

int perfev_probe_is(const char *text)
{
	return kind_of(text) < KINDS;
}

#define PATH_END ":,{}\n"
#define SYMBOL_END "+:,{} \t\n"

/*
 * Reads up to one of the bytes of stop, that no backslash stands before. *out is kept without the
 * backslashes and ended by a zero byte.
 */
static int read_escaped(struct parser *parser, const char *stop, const char *what, const char **out)
{
	const char *from = parser->at, *at = from;
	size_t length = 0;
	char *copy;

	while (*at && !strchr(stop, *at))
		at += *at == '\\' && at[1] ? 2 : 1;
	if (at == from)
		return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "%s is missing here", what);
	copy = perfev_events_room(parser->events, (size_t)(at - from) + 1);
	if (!copy)
		return perfev_why_no_memory(parser->why, "events");
	parser->at = at;
	while (from < at) {
		from += *from == '\\' && from + 1 < at;
		copy[length++] = *from++;
	}
	copy[length] = '\0';
	*out = copy;
	return 0;
}

/* Finds the PMU, and the bit that asks for the return. Returns 0 or an errno that is told. */
static int find_pmu(struct parser *parser, unsigned int kind, struct perf_event_attr *attr)
{
	const char *at = parser->at, *name = kinds[kind].pmu;
	struct format format;
	struct pmu pmu;
	int result = perfev_pmu_find(&pmu, &parser->machine, name, strlen(name));

	if (result == -ENOENT) {
		result = perfev_parse_fail(parser, at, PERFEV_CAUSE_KERNEL, ENOENT,
					   "this kernel has no PMU '%s'", name);
		perfev_why_evidence(parser->why, "there is no %s%s/%s",
				    parser->machine.devices.root, parser->machine.devices.below[0],
				    name);
		perfev_why_remedy(parser->why, "it takes Linux 4.17 or newer, built with %s",
				  kinds[kind].option);
		return result;
	}
	if (result == 0 && kinds[kind].returns) {
		result = perfev_pmu_format(&pmu, "retprobe", strlen("retprobe"), &format);
		if (result == 0)
			attr->config = perfev_format_scatter(format.bits, 1);
		else if (result == -ENOENT)
			result = -EBADMSG;
	}
	if (result < 0)
		return perfev_parse_fail_file(parser, at, result, "a probe's PMU");
	attr->type = pmu.type;
	return 0;
}

static int read_number(struct parser *parser, const char *what, __u64 *value)
{
	struct slice number = { parser->at, strcspn(parser->at, ":,{} \t\n") };

	if (perfev_number_read(number.at, number.length, value) < 0)
		return perfev_parse_fail(parser, number.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "'%.*s' is no %s", SHOWN(number), what);
	parser->at += number.length;
	return 0;
}

/* Reads "SYMBOL[+OFFSET]" or a plain number; then *symbol is NULL. */
static int read_place(struct parser *parser, const char **symbol, __u64 *offset)
{
	int result;

	*symbol = NULL;
	*offset = 0;
	if (*parser->at >= '0' && *parser->at <= '9')
		return read_number(parser, "address", offset);
	result = read_escaped(parser, SYMBOL_END, "a function", symbol);
	if (result < 0 || *parser->at != '+')
		return result;
	parser->at++;
	return read_number(parser, "offset", offset);
}

static int read_kprobe(struct parser *parser, struct perf_event_attr *attr)
{
	const char *symbol;
	__u64 offset;
	int result = read_place(parser, &symbol, &offset);

	attr->kprobe_func = (uintptr_t)symbol;
	attr->probe_offset = offset; /* the same field is kprobe_addr */
	return result;
}

static int read_uprobe(struct parser *parser, struct perf_event_attr *attr)
{
	const char *path, *symbol, *at;
	__u64 offset, start = 0;
	int result = read_escaped(parser, PATH_END, "a path", &path);

	if (result < 0)
		return result;
	if (*parser->at != ':')
		return perfev_parse_fail(parser, parser->at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "a ':' and a function or an offset are missing here");
	at = ++parser->at;
	result = read_place(parser, &symbol, &offset);
	if (result == 0 && symbol) {
		result = perfev_elf_symbol(path, symbol, &start, parser->why);
		if (result < 0 && parser->why)
			parser->why->position = at - parser->text;
	}
	attr->uprobe_path = (uintptr_t)path;
	attr->probe_offset = start + offset;
	return result;
}

int perfev_parse_probe(struct parser *parser)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	unsigned int kind = kind_of(parser->at);
	const char *at = parser->at;
	struct perfev_event *event;
	int result = find_pmu(parser, kind, &attr);

	if (result < 0)
		return result;
	parser->at += strlen(kinds[kind].prefix);
	result = *kinds[kind].pmu == 'k' ? read_kprobe(parser, &attr) : read_uprobe(parser, &attr);
	if (result == 0)
		result = perfev_parse_add(parser, at, kinds[kind].pmu, &event);
	if (result < 0)
		return result;
	event->attr = attr;
	return 1;
}

/* Writes a text with backslashes where read_escaped() wants them. */
static void write_escaped(struct text *text, const char *string, const char *stop)
{
	for (const char *at = string; *at; at++) {
		const char byte[] = { *at, '\0' };

		if (*at == '\\' || strchr(stop, *at) || (at == string && *at >= '0' && *at <= '9'))
			perfev_text_add(text, "\\");
		perfev_text_add(text, byte);
	}
}

int perfev_probe_write(struct text *text, const struct pmu *pmu, const struct perf_event_attr *attr)
{
	const char *name = (const char *)(uintptr_t)attr->uprobe_path; /* or kprobe_func */
	int kernel = !strcmp(pmu->name, "kprobe"), result;
	struct format format;

	result = perfev_pmu_format(pmu, "retprobe", strlen("retprobe"), &format);
	if (result < 0 && result != -ENOENT)
		return result;
	if (result < 0)
		format.bits = 0;
	if (attr->config & ~format.bits || attr->config3 || attr->config4 || (name && !*name) ||
	    (!name && !kernel))
		return -EINVAL;
	perfev_text_add(text, kernel ? "k" : "u");
	perfev_text_add(text, attr->config ? "retprobe:" : "probe:");
	if (name)
		write_escaped(text, name, kernel ? SYMBOL_END : PATH_END);
	if (!kernel)
		perfev_text_add(text, ":");
	else if (name && attr->probe_offset)
		perfev_text_add(text, "+");
	if (!kernel || !name || attr->probe_offset)
		perfev_text_add_hex(text, attr->probe_offset);
	return 1;
}
