/* SPDX-License-Identifier: MIT */
/* What the page shows, as one JSON object in ASCII that is safe inside of HTML's <script>. */
#ifndef PERFEV_CLI_HTML_DATA_H
#define PERFEV_CLI_HTML_DATA_H

#include <stdio.h>

#include "../profile/profile.h"

/* More stacks than these are not all told apart; see html_tree.h. */
#define HTML_MOST_NODES 500000U

/* What a function's code is of, as web/ knows it. */
enum html_kind {
	HTML_KERNEL,
	HTML_LIBRARY,
	HTML_PROGRAM,
	HTML_JIT,
	HTML_UNKNOWN
};

enum html_kind html_kind_of(const struct profile_function *function);

/* Writes it, with at most so many stacks told apart. 0 or -ENOMEM; the file has its own errors. */
int html_data_write(const struct profile *profile, __u32 most, FILE *to);

#endif
