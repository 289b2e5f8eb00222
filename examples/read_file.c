/* SPDX-License-Identifier: MIT */
/*
 * How many records of which type a recording has, and what of it could not be read:
 *
 *     read_file perf.data
 */
#include <perfev.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct perfev_record r = PERFEV_RECORD_INIT;
	unsigned long counts[256] = { 0 };
	struct perfev_file *f;
	struct perfev_file_damage damage;
	struct perfev_why why;

	if (perfev_file_open(&f, argc > 1 ? argv[1] : "perf.data", NULL, &why) < 0)
		return fprintf(stderr, "%s\n", why.text), 77;
	for (int n; (n = perfev_file_next(f, &r)) != 0;)
		counts[n > 0 && r.type < 255 ? r.type : 255]++;
	for (unsigned int i = 0; i < 256; i++)
		if (counts[i])
			printf("%-16s %lu\n",
			       perfev_record_name(i) ? perfev_record_name(i) : "other", counts[i]);
	for (unsigned int i = 0; perfev_file_damage(f, i, &damage); i++)
		printf("at byte %llu: %s\n", damage.offset, damage.text);
	perfev_file_close(f);
	return 0;
}
