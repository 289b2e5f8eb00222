/* SPDX-License-Identifier: MIT */
/*
 * What a key of a profile's is shown as: text of which a terminal has nothing to fear. Files are
 * shown without their folders, unless two would look the same then.
 */
#ifndef PERFEV_CLI_REPORT_LABELS_H
#define PERFEV_CLI_REPORT_LABELS_H

#include <stddef.h>

#include "../profile/keys.h"
#include "../profile/texts.h"

struct report_labels {
	const struct profile *profile;
	struct profile_texts files, names; /* all files, and what they are called without folders */
	__u32 *counts;                     /* by name: how many files have it */
	__u32 count_room;
};

/* Returns 0 or -ENOMEM. */
int report_labels_make(struct report_labels *labels, const struct profile *profile);
void report_labels_free(struct report_labels *labels);

/* Room for a label; what does not fit in is cut. */
#define LABEL_SIZE 1024

/*
 * Writes the label of a key; whom and frame may be PROFILE_NONE where the key is not of these.
 * Returns text.
 */
const char *report_label(struct report_labels *labels, enum profile_key key, __u32 who, __u32 frame,
			 __u32 event, char text[LABEL_SIZE]);

/* The last part of a file's path. */
const char *report_without_folder(const char *file);

/* What a key's column is called. */
const char *report_label_title(enum profile_key key);

/* Copies a text without what is no character, and what a terminal acts on. Returns text. */
const char *report_clean(const char *dirty, char text[LABEL_SIZE]);

/* The columns that a text takes, a column for each character. */
int report_width(const char *text);

/* Cuts a text to so many columns, of which the last is then an ellipsis. Returns text. */
const char *report_cut(char *text, int columns);

#endif
