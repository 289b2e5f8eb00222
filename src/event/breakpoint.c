/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints, "mem:ADDRESS[/LENGTH][:rwx]". What a debug register can hold differs between
 * processors; only what no processor takes is refused here.
 */
#include "breakpoint.h"

#include <errno.h>
#include <string.h>

#include "number.h"
#include "parser.h"

/* How long a breakpoint on code is: the kernel wants one length, and each architecture its own. */
#ifdef __aarch64__
#define CODE_LENGTH 4
#else
#define CODE_LENGTH sizeof(long)
#endif

__u64 perfev_breakpoint_length(__u32 type)
{
	return type == HW_BREAKPOINT_X ? CODE_LENGTH : HW_BREAKPOINT_LEN_4;
}

static int read_number(struct parser *parser, const char *what, __u64 *value)
{
	struct slice number = { parser->at, strcspn(parser->at, "/:,{} \t\n") };

	if (perfev_number_read(number.at, number.length, value) < 0)
		return perfev_parse_fail(parser, number.at, PERFEV_CAUSE_SYNTAX, EINVAL,
					 "'%.*s' is no %s", SHOWN(number), what);
	parser->at += number.length;
	return 0;
}

/* Reads ":rw" if that is what the colon begins, and not modifiers. */
static int read_access(struct parser *parser, __u32 *type)
{
	static const char letters[] = "rwx";
	static const __u32 bits[] = { HW_BREAKPOINT_R, HW_BREAKPOINT_W, HW_BREAKPOINT_X };
	const char *at = parser->at + 1;

	*type = 0;
	for (; *at && strchr(letters, *at); at++) {
		__u32 bit = bits[strchr(letters, *at) - letters];

		if (*type & bit)
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_SYNTAX, EINVAL,
						 "%c is given twice", *at);
		*type |= bit;
		if (*type > HW_BREAKPOINT_X)
			return perfev_parse_fail(parser, at, PERFEV_CAUSE_CONFLICT, EINVAL,
						 "x goes with neither r nor w");
	}
	if (*type)
		parser->at = at;
	else
		*type = HW_BREAKPOINT_RW;
	return 0;
}

int perfev_parse_breakpoint(struct parser *parser)
{
	const char *at = parser->at, *length_at = NULL;
	__u64 address, length = 0;
	__u32 type = HW_BREAKPOINT_RW;
	struct perfev_event *event;
	int result;

	parser->at += strlen("mem:");
	result = read_number(parser, "address", &address);
	if (result == 0 && *parser->at == '/') {
		length_at = ++parser->at;
		result = read_number(parser, "length of a breakpoint", &length);
	}
	if (result == 0 && length_at && !length)
		return perfev_parse_fail(parser, length_at, PERFEV_CAUSE_VALUE, EINVAL,
					 "a breakpoint is at least one byte long");
	if (result == 0 && *parser->at == ':')
		result = read_access(parser, &type);
	if (result == 0)
		result = perfev_parse_add(parser, at, "breakpoint", &event);
	if (result < 0)
		return result;
	event->attr.type = PERF_TYPE_BREAKPOINT;
	event->attr.bp_type = type;
	event->attr.bp_addr = address;
	event->attr.bp_len = length ? length : perfev_breakpoint_length(type);
	return 1;
}
