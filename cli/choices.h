/* SPDX-License-Identifier: MIT */
/*
 * What subcommands that read recordings choose of them: names with * and ?, numbers, spans of time.
 * What reads arguments says to standard error what is wrong, in the name of the subcommand, and
 * returns the exit status, or -1 to go on.
 */
#ifndef PERFEV_CLI_CHOICES_H
#define PERFEV_CLI_CHOICES_H

#include <perfev/abi.h>

/* Numbers; the list is freed by the caller. */
struct choices_numbers {
	__u32 *list;
	unsigned int count;
};

/*
 * Adds names with commas between them, which may be within slashes; the argument is taken apart,
 * and lasts. A list of names ends with NULL, and is freed by the caller; NULL has none.
 */
int choices_add_names(char ***names, const char *command, const char *option, char *list,
		      const char *expected);

/* Adds one name, with all its commas. */
int choices_add_name(char ***names, const char *command, char *name);

/* Adds numbers with commas between them, from -1 on. */
int choices_add_numbers(struct choices_numbers *numbers, const char *command, const char *option,
			const char *list);

/* Likewise, from 0 on, and with ranges: 0,2-3. */
int choices_add_ranges(struct choices_numbers *numbers, const char *command, const char *option,
		       const char *list);

/* Reads FROM,TO in seconds with up to nine digits behind the point, exactly. */
int choices_read_span(__u64 *from_ns, __u64 *to_ns, const char *command, const char *option,
		      const char *text);

/* Whether a number is one of these, or any where there are none. */
int choices_have_number(const struct choices_numbers *numbers, __u32 number);

/* Whether a name is one of these, by itself or by * and ?, or any where there are none. */
int choices_have_name(char *const *names, const char *name);

#endif
