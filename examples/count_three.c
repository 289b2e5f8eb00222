/* SPDX-License-Identifier: MIT */
/*
 * What a piece of work costs: three events by name, counted together. Run: ./count_three
 */
#include <perfev.h>
#include <stdio.h>

int main(void)
{
	struct perfev_group *g;
	struct perfev_reading r[3];
	struct perfev_why why;

	if (perfev_group_open(&g, "instructions:u,branches:u,branch-misses:u", perfev_self(),
			      &why) < 0)
		return fprintf(stderr, "%s\n", why.text), 77;
	perfev_group_start(g);
	for (volatile int i = 0; i < 1000000; i++)
		;
	perfev_group_stop(g);
	perfev_group_read(g, r, 3);
	printf("%llu instructions, %.0f %% of them branches, of which %.3f %% were mispredicted\n",
	       r[0].value, 100 * perfev_ratio(&r[1], &r[0]), 100 * perfev_ratio(&r[2], &r[1]));
	perfev_group_close(g);
}
