/* SPDX-License-Identifier: MIT */
/* perfev top: where time goes now. It samples, and shows what comes until it is told to end. */
#include "top.h"

#include <locale.h>
#include <stdio.h>

#include "../commands.h"
#include "../report/programs.h"
#include "screen.h"

int program_top(int argc, char **argv)
{
	struct top top = { .is_over = 0 };
	int status = top_options_parse(argc, argv, &top.options);
	char reason[256];

	/* What is drawn depends on it, and numbers are read and written as everywhere. */
	setlocale(LC_CTYPE, "");
	/* What cannot be shown is not sampled. */
	if (status < 0 && !top.options.once && screen_check(reason, sizeof(reason)) < 0) {
		fprintf(stderr, "perfev top: %s: 'perfev top --once' prints one table and ends.\n",
			reason);
		status = EXIT_PERFEV;
	}
	if (status < 0)
		status = top_check_rights(&top.options);
	if (status < 0)
		status = top_open(&top);
	if (status < 0)
		status = top.options.once ? top_once(&top) : top_live(&top);
	top_close(&top);
	return status;
}
