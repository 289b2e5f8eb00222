/* SPDX-License-Identifier: MIT */
/* What is chosen of a recording: lists in arguments, and whether something is in one. */
#include "choices.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "commands.h"

/* More numbers than any machine has CPUs. */
#define MOST_NUMBERS 65536

static int no_memory(const char *command)
{
	fprintf(stderr, "perfev %s: no memory for the options.\n", command);
	return EXIT_PERFEV;
}

int choices_add_name(char ***names, const char *command, char *name)
{
	unsigned int count = 0;
	char **more;

	while (*names && (*names)[count])
		count++;
	more = realloc(*names, (count + 2) * sizeof(*more));
	if (!more)
		return no_memory(command);
	*names = more;
	more[count++] = name;
	more[count] = NULL;
	return -1;
}

/* Ends a list's first name, in which commas may be within slashes. Returns the next, or NULL. */
static char *end_name(char *list)
{
	int within = 0;

	for (; *list; list++) {
		within ^= *list == '/';
		if (*list == ',' && !within) {
			*list = '\0';
			return list + 1;
		}
	}
	return NULL;
}

int choices_add_names(char ***names, const char *command, const char *option, char *list,
		      const char *expected)
{
	int status = -1;

	for (char *next; list && status < 0; list = next) {
		next = end_name(list);
		if (!*list)
			return arguments_wrong(command, option, list, expected);
		status = choices_add_name(names, command, list);
	}
	return status;
}

static int add_number(struct choices_numbers *numbers, const char *command, long number)
{
	__u32 *more = realloc(numbers->list, (numbers->count + 1) * sizeof(*more));

	if (!more)
		return no_memory(command);
	numbers->list = more;
	more[numbers->count++] = (__u32)number;
	return -1;
}

int choices_add_numbers(struct choices_numbers *numbers, const char *command, const char *option,
			const char *list)
{
	const char *at = list;
	int status = -1;

	do {
		char *end;
		long number = strtol(at, &end, 10);

		if (end == at || (*end && *end != ',') || number < -1 || number > 0x7fffffff)
			return arguments_wrong(command, option, list, "numbers with commas");
		status = add_number(numbers, command, number);
		at = *end ? end + 1 : NULL;
	} while (at && status < 0);
	return status;
}

int choices_add_ranges(struct choices_numbers *numbers, const char *command, const char *option,
		       const char *list)
{
	const char *at = list;
	int status = -1;

	do {
		char *end;
		long first = strtol(at, &end, 10), last = first;
		int is_wrong = end == at || *at == '-';

		if (!is_wrong && *end == '-') {
			at = end + 1;
			last = strtol(at, &end, 10);
			is_wrong = end == at || *at == '-';
		}
		if (is_wrong || (*end && *end != ',') || last < first || last >= MOST_NUMBERS)
			return arguments_wrong(command, option, list,
					       "numbers and ranges with commas, as 0,2-3");
		for (; first <= last && status < 0; first++)
			status = add_number(numbers, command, first);
		at = *end ? end + 1 : NULL;
	} while (at && status < 0);
	return status;
}

/* Returns what follows, or NULL. */
static const char *read_seconds(const char *text, __u64 *ns)
{
	char *end;
	__u64 unit = 1000000000;

	errno = 0;
	*ns = strtoull(text, &end, 10);
	if (end == text || *text == '-' || errno || *ns > ~0ULL / unit - 1)
		return NULL;
	*ns *= unit;
	if (*end != '.')
		return end;
	for (end++; *end >= '0' && *end <= '9'; end++) {
		unit /= 10;
		*ns += unit * (__u64)(*end - '0');
	}
	return end;
}

int choices_read_span(__u64 *from_ns, __u64 *to_ns, const char *command, const char *option,
		      const char *text)
{
	const char *at = text;

	if (*at != ',')
		at = read_seconds(at, from_ns);
	if (at && *at == ',' && at[1])
		at = read_seconds(at + 1, to_ns);
	else if (at && *at == ',' && at != text)
		at++;
	else
		at = NULL;
	if (!at || *at || *from_ns > *to_ns)
		return arguments_wrong(command, option, text,
				       "FROM,TO in seconds, of which one may be left out");
	return -1;
}

int choices_have_number(const struct choices_numbers *numbers, __u32 number)
{
	for (unsigned int i = 0; i < numbers->count; i++)
		if (numbers->list[i] == number)
			return 1;
	return !numbers->count;
}

int choices_have_name(char *const *names, const char *name)
{
	for (char *const *wanted = names; wanted && *wanted; wanted++)
		/* Names of C++ and Rust have brackets and asterisks of their own. */
		if (strcmp(*wanted, name) == 0 || fnmatch(*wanted, name, FNM_NOESCAPE) == 0)
			return 1;
	return !names;
}
