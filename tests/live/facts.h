/* SPDX-License-Identifier: MIT */
/*
 * Facts about the running kernel: a test is named by the question that it answers, asserts what is
 * believed, and prints "# fact: <question>? <answer>", so that a page can be written from it. What
 * must stay true: what differs from kernel to kernel is printed and not asserted.
 */
#ifndef PERFEV_TESTS_FACTS_H
#define PERFEV_TESTS_FACTS_H

#include "support.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Words of a question that are names: their underlines are no spaces. */
static const char *const fact_names[] = {
	"data_head",   "wakeup_events",  "exclude_kernel", "remove_on_exec",
	"read_format", "write_backward", "build_id",       "sample_stack_user",
};

static inline int is_in_a_name(const char *question, const char *at)
{
	for (size_t i = 0; i < sizeof(fact_names) / sizeof(fact_names[0]); i++) {
		const char *name = strstr(question, fact_names[i]);

		if (name && at > name && at < name + strlen(fact_names[i]))
			return 1;
	}
	return at > question && isupper(at[-1]) && isupper(at[1]);
}

__attribute__((format(printf, 2, 3))) static inline void print_fact(const char *question,
								    const char *answer, ...)
{
	char words[200] = "", text[3000];
	va_list arguments;

	for (size_t i = 0; question[i] && i + 1 < sizeof(words); i++)
		words[i] = question[i];
	for (size_t i = 0; words[i]; i++)
		if (question[i] == '_' && !is_in_a_name(question, question + i))
			words[i] = ' ';
	words[0] = (char)toupper(words[0]);
	va_start(arguments, answer);
	vsnprintf(text, sizeof(text), answer, arguments);
	va_end(arguments);
	print_message("# fact: %s? %s\n", words, text);
}

/* Prints the running test's question with its answer, told as printf() is. */
#define fact(...) print_fact(__func__, __VA_ARGS__)

/* What the kernel answered, in one word. Not of any C library, since they differ in it. */
static inline const char *error_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ 0, "yes" },         { EPERM, "EPERM" },         { ENOENT, "ENOENT" },
		{ EBADF, "EBADF" },   { EACCES, "EACCES" },       { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { ENODEV, "ENODEV" },       { EINVAL, "EINVAL" },
		{ ENOSPC, "ENOSPC" }, { ENOSYS, "ENOSYS" },       { E2BIG, "E2BIG" },
		{ ESRCH, "ESRCH" },   { EOVERFLOW, "EOVERFLOW" }, { EOPNOTSUPP, "EOPNOTSUPP" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return strerror(error);
}

#endif
