/* SPDX-License-Identifier: MIT */
/*
 * Writes the page of a profile that standard input tells of, for tests of the page: what it says
 * must come of nothing but these lines, whose fields stand between tabs.
 *
 *	about HOST KERNEL ARCH COMMAND FIRST_NS LAST_NS
 *	losses LOST THROTTLED LATE UNREAD OUTSIDE CUT FILTERED
 *	event NAME HZ PERIOD
 *	function MODE KNOWN MODULE NAME
 *	stack EVENT COMM PID TID CPU SAMPLES WEIGHT FUNCTION...
 *
 * A stack's outermost function is first; 7i is number 7, inlined.
 *
 * usage: made_page [MOST]      at most so many stacks told apart
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/export.h"
#include "export/html_data.h"
#include "export/html_page.h"

#define MOST_FIELDS 1024

static __u64 number(const char *text)
{
	return strtoull(text, NULL, 10);
}

/* -1 stands for what is not told apart. */
static __u32 id(const char *text)
{
	return strcmp(text, "-1") == 0 ? PROFILE_NONE : (__u32)number(text);
}

static int about(struct profile *profile, char **fields)
{
	profile->hostname = profile_text(profile, fields[1]);
	profile->os_release = profile_text(profile, fields[2]);
	profile->arch = profile_text(profile, fields[3]);
	profile->command = profile_text(profile, fields[4]);
	profile->first_ns = number(fields[5]);
	profile->last_ns = number(fields[6]);
	return 0;
}

static int losses(struct profile *profile, char **fields)
{
	profile->losses = (struct profile_losses){
		.lost = number(fields[1]),
		.throttled = number(fields[2]),
		.late = number(fields[3]),
		.unread_bytes = number(fields[4]),
		.outside = number(fields[5]),
		.cut = number(fields[6]),
		.filtered = number(fields[7]),
	};
	return 0;
}

static int event(struct profile *profile, char **fields)
{
	__u32 added;

	if (profile_add_event(profile, fields[1], &added) < 0)
		return -ENOMEM;
	profile->events[added].frequency_hz = (__u32)number(fields[2]);
	profile->events[added].period = number(fields[3]);
	return 0;
}

static int function(struct profile *profile, char **fields)
{
	const struct profile_function function = {
		.mode = (__u16)number(fields[1]),
		.is_known = (__u8)number(fields[2]),
		.module = fields[3],
		.name = fields[4],
	};
	__u32 added;

	return profile_add_function(profile, &function, &added);
}

static int stack(struct profile *profile, char **fields, int count)
{
	const struct profile_who who = {
		.comm = fields[2],
		.pid = id(fields[3]),
		.tid = id(fields[4]),
		.cpu = id(fields[5]),
		.cgroup = ~0ULL,
	};
	const __u32 event = (__u32)number(fields[1]);
	__u64 samples = number(fields[6]), weight = number(fields[7]);
	__u32 whom, node = 0;
	int result = profile_who(profile, &who, &whom);

	for (int i = 8; i < count && !result; i++) {
		const struct profile_frame frame = {
			.function = (__u32)number(fields[i]),
			.is_inlined = strchr(fields[i], 'i') != NULL,
			/* Two places of a function are one to the page. */
			.address = (__u64)(i % 2),
		};
		__u32 at;

		result = profile_frame(profile, &frame, &at);
		if (!result)
			result = profile_node(profile, node, at, &node);
	}
	for (; samples && !result; samples--, weight = 0)
		result = profile_add(profile, event, whom, node, weight, 0);
	return result;
}

static int take(struct profile *profile, char *line)
{
	char *fields[MOST_FIELDS];
	int count = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *field; count < MOST_FIELDS && (field = strsep(&line, "\t"));)
		fields[count++] = field;
	if (strcmp(fields[0], "about") == 0 && count == 7)
		return about(profile, fields);
	if (strcmp(fields[0], "losses") == 0 && count == 8)
		return losses(profile, fields);
	if (strcmp(fields[0], "event") == 0 && count == 4)
		return event(profile, fields);
	if (strcmp(fields[0], "function") == 0 && count == 5)
		return function(profile, fields);
	if (strcmp(fields[0], "stack") == 0 && count > 7)
		return stack(profile, fields, count);
	return -EINVAL;
}

/* As export_html() does, but for how many are told apart. */
static int write_page(const struct profile *profile, __u32 most, FILE *to)
{
	int result;

	fwrite(html_page_head, 1, html_page_head_size, to);
	result = html_data_write(profile, most, to);
	fwrite(html_page_tail, 1, html_page_tail_size, to);
	return result;
}

int main(int argc, char **argv)
{
	struct profile profile = { .hostname = "", .os_release = "", .arch = "", .command = "" };
	char *line = NULL;
	size_t room = 0;
	int result = 0;

	while (!result && getline(&line, &room, stdin) > 0)
		result = take(&profile, line);
	free(line);
	if (!result)
		result = argc > 1 ? write_page(&profile, (__u32)number(argv[1]), stdout) :
				    export_html(&profile, stdout);
	profile_free(&profile);
	if (result)
		fprintf(stderr, "made_page: %s\n", strerror(-result));
	return result != 0;
}
