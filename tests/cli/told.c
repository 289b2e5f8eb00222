/* SPDX-License-Identifier: MIT */
/*
 * Prints what the command makes of remedies: for each line "CAUSE FIELD VALUE REMEDY" of standard
 * input one line, which is empty where it says nothing.
 */
#include <remedy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	char line[1024], told[1024];

	while (fgets(line, sizeof(line), stdin)) {
		struct perfev_why why = { .position = -1 };
		int cause, at = 0;

		if (sscanf(line, "%d %31s %llu %n", &cause, why.field, &why.value, &at) != 3)
			return fprintf(stderr, "told: %s", line), 1;
		why.cause = (enum perfev_cause)cause;
		snprintf(why.remedy, sizeof(why.remedy), "%s", line + at);
		why.remedy[strcspn(why.remedy, "\n")] = '\0';
		puts(cli_remedy(&why, told, sizeof(told)));
	}
	return 0;
}
