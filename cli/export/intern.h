/* SPDX-License-Identifier: MIT */
/* Texts by number: equal ones have the same, from 0 in the order in which they came. */
#ifndef PERFEV_CLI_EXPORT_INTERN_H
#define PERFEV_CLI_EXPORT_INTERN_H

#include <perfev/abi.h>

/* All zero is an empty one. */
struct intern {
	char **texts;
	__u32 count, room;
	__u32 *slots; /* a number and one, or 0 */
};

/* Finds or copies a text. Returns 0 with *number set, or -ENOMEM. */
int intern_add(struct intern *intern, const char *text, __u32 *number);

void intern_free(struct intern *intern);

#endif
