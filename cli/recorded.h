/* SPDX-License-Identifier: MIT */
/* The events of a recording, as those who read it name them. */
#ifndef PERFEV_CLI_RECORDED_H
#define PERFEV_CLI_RECORDED_H

#include <stddef.h>

#include <perfev/file.h>

/* What an event is called: its name, or its attribute's type and config, written into text. */
const char *recorded_name(const struct perfev_file_event *event, char *text, size_t size);

/* Whether a word means the event of that number: its name, with * and ?, or the number. */
int recorded_is(char *word, const struct perfev_file_event *event, unsigned int number);

/* Says that an event that was asked for is none of the recording's, which has these. */
void recorded_tell_strange(const char *command, const char *path, const struct perfev_file *file,
			   const char *strange);

/* Says what could not be read, and where. Returns whether there was anything. */
int recorded_tell_damages(const char *command, const char *path, const struct perfev_file *file);

#endif
