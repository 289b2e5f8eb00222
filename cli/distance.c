/* SPDX-License-Identifier: MIT */
/* How much two words differ; see distance.h. */
#include "distance.h"

#include <ctype.h>

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

unsigned int distance_of(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned int rows[3][DISTANCE_MOST + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned int *oldest = before;

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= b_length; j++) {
			int from = tolower((unsigned char)a[i - 1]);
			int to = tolower((unsigned char)b[j - 1]);

			row[j] =
				least(least(above[j], row[j - 1]) + 1, above[j - 1] + (from != to));
			if (i > 1 && j > 1 && from == tolower((unsigned char)b[j - 2]) &&
			    to == tolower((unsigned char)a[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}
