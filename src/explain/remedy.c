/* SPDX-License-Identifier: MIT */
/*
 * The remedy of an explanation: the difference between what was asked and what the kernel accepts,
 * as statements of C. The tests take them back and try them.
 */
#include "kernel_only.h"
#include "search.h"

#include "../names/tables.h"
#include "../text.h"

#include <stdio.h>
#include <string.h>

#define REMEDY sizeof(((struct perfev_why *)NULL)->remedy)

/* A value as C has it: by name where the set has names for all of it. */
static void add_value(struct text *text, enum perfev_set set, __u64 value, int is_signed)
{
	const char *joint = "";

	if (set != PERFEV_SET_NONE && perfev_set_kind(set) == PERFEV_SET_KIND_FLAGS && value) {
		for (__u64 bit = 1; bit; bit <<= 1) {
			const char *name = value & bit ? perfev_set_name(set, bit) : NULL;

			if (!name)
				continue;
			perfev_text_add(text, joint);
			perfev_text_add(text, name);
			joint = " | ";
			value &= ~bit;
		}
		if (value) {
			perfev_text_add(text, joint);
			perfev_text_add_hex(text, value);
		}
	} else if (is_signed && value >> 63) {
		perfev_text_add(text, "-");
		perfev_text_add_number(text, -value);
	} else if (value > 0xffff) {
		perfev_text_add_hex(text, value);
	} else {
		perfev_text_add_number(text, value);
	}
}

static void add_statement(struct text *text, const char *name, enum perfev_set set, __u64 from,
			  __u64 to, int is_signed)
{
	/* What a breakpoint watches reads better whole, though reads and writes are flags. */
	int is_flags = set != PERFEV_SET_NONE && set != PERFEV_SET_BREAKPOINT_TYPE &&
		       perfev_set_kind(set) == PERFEV_SET_KIND_FLAGS;
	const __u64 gone = from & ~to;
	const __u64 added = to & ~from;

	if (text->length)
		perfev_text_add(text, " ");
	perfev_text_add(text, name);
	if (is_flags && gone && !added && gone != from) {
		perfev_text_add(text, " &= ~(");
		add_value(text, set, gone, 0);
		perfev_text_add(text, ")");
	} else if (is_flags && added && !gone && from) {
		perfev_text_add(text, " |= ");
		add_value(text, set, added, 0);
	} else {
		perfev_text_add(text, " = ");
		add_value(text, set, to, is_signed);
	}
	perfev_text_add(text, ";");
}

static void add_fields(struct text *text, const struct perf_event_attr *asked,
		       const struct perf_event_attr *accepted)
{
	const struct perfev_field *field;
	unsigned int number = 0;

	while ((field = perfev_attr_next(accepted, &number))) {
		__u64 from = perfev_field_read(field, asked);
		__u64 to = perfev_field_read(field, accepted);
		char name[40];

		if (from == to || strcmp(field->name, "disabled") == 0)
			continue;
		snprintf(name, sizeof(name), "attr.%s", field->name);
		add_statement(text, name, field->set, from, to, field->is_signed);
	}
}

static void add_arguments(struct text *text, const struct request *asked,
			  const struct request *accepted)
{
	if (asked->pid != accepted->pid)
		add_statement(text, "pid", PERFEV_SET_NONE, 0, (__u64)(__s64)accepted->pid, 1);
	if (asked->cpu != accepted->cpu)
		add_statement(text, "cpu", PERFEV_SET_NONE, 0, (__u64)(__s64)accepted->cpu, 1);
	if (asked->group_fd != accepted->group_fd)
		add_statement(text, "group_fd", PERFEV_SET_NONE, 0,
			      (__u64)(__s64)accepted->group_fd, 1);
	if (asked->flags != accepted->flags)
		add_statement(text, "flags", PERFEV_SET_OPEN_FLAGS, asked->flags, accepted->flags,
			      0);
}

/* Of more statements than fit, those that are whole. */
static void cut_to_statements(char statements[REMEDY])
{
	static const char more[] = " (and more: ask again with these)";
	char *end = statements;

	for (char *at = statements; (at = strchr(at, ';')); at++)
		if (at + sizeof(more) < statements + REMEDY)
			end = at + 1;
	if (end == statements)
		*end = '\0';
	else
		memcpy(end, more, sizeof(more));
}

int perfev_remedy_is_empty(const struct request *asked, const struct request *accepted)
{
	return !asked->attr.exclude_kernel && accepted->attr.exclude_kernel &&
	       (asked->attr.exclude_user || happens_in_kernel(&asked->attr));
}

void perfev_remedy_add(const struct request *asked, const struct request *accepted,
		       struct perfev_why *why)
{
	char advice[REMEDY];
	char statements[REMEDY];
	struct text text;

	if (why->remedy[0] && perfev_remedy_is_empty(asked, accepted))
		return;
	memcpy(advice, why->remedy, sizeof(advice));
	perfev_text_begin(&text, statements, sizeof(statements));
	add_fields(&text, &asked->attr, &accepted->attr);
	add_arguments(&text, asked, accepted);
	if (perfev_text_end(&text) >= (int)sizeof(statements))
		cut_to_statements(statements);
	if (!statements[0])
		return;
	perfev_why_remedy(why, "%s%s%s", statements, advice[0] ? " Or: " : "", advice);
}
