/* SPDX-License-Identifier: MIT */
/*
 * Texts by number: equal ones have the same, from 0 in the order of being met. Nothing is copied;
 * an entry of the list may be replaced by an equal text.
 */
#ifndef PERFEV_CLI_PROFILE_TEXTS_H
#define PERFEV_CLI_PROFILE_TEXTS_H

#include <perfev/abi.h>

/* All zero at first. */
struct profile_texts {
	const char **list;
	__u32 *slots; /* a number and one, or 0 */
	__u32 count, room, mask;
};

/* Finds or adds a text, which has to live as long. Returns 0 or -ENOMEM. */
int profile_texts_number(struct profile_texts *texts, const char *text, __u32 *number);

/* Takes the last one back, which must be the text as it was added. */
void profile_texts_forget(struct profile_texts *texts);

void profile_texts_free(struct profile_texts *texts);

#endif
