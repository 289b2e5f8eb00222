/* SPDX-License-Identifier: MIT */
/* What the parts of export_firefox() share. Tables refer to texts by number, which stand last. */
#ifndef PERFEV_CLI_EXPORT_FIREFOX_H
#define PERFEV_CLI_EXPORT_FIREFOX_H

#include "../profile/profile.h"
#include "intern.h"
#include "json_writer.h"

struct firefox {
	const struct profile *profile;
	struct json json;
	struct intern texts;
};

/* A text's number; 0 without memory, which json_end() then says. */
__u32 firefox_text(struct firefox *firefox, const char *text);

/* The number of the category of what ran in a mode. */
__u32 firefox_category(__u16 mode);

/* The list of files, and all that stacks are made of. */
void firefox_put_tables(struct firefox *firefox);

#endif
