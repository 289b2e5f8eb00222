/* SPDX-License-Identifier: MIT */
/*
 * Closeness is the number of bytes to insert, drop, replace, or swap with their neighbour: what a
 * slip of the fingers does. Only the few best are kept, and a name too long or too short to be
 * among them costs no more than a look at its length.
 */
#include "closest.h"

#include <stdio.h>
#include <string.h>

void perfev_closest_begin(struct closest *closest, const char *wanted, size_t length)
{
	memset(closest, 0, sizeof(*closest));
	closest->wanted = wanted;
	closest->length = length;
	closest->limit = 1 + (unsigned int)(length < 16 ? length : 16) / 4;
}

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* How far the wanted name is from this one, of at most CLOSEST_LENGTH bytes. */
static unsigned int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned int rows[3][CLOSEST_LENGTH + 1];

	for (unsigned int j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (unsigned int i = 1; i <= a_length; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3];

		row[0] = i;
		for (unsigned int j = 1; j <= b_length; j++) {
			unsigned int cost = a[i - 1] != b[j - 1];

			row[j] = smaller(above[j - 1] + cost, smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], rows[(i + 1) % 3][j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

/* Whether this name would be among the best, and its place there. */
static unsigned int place_of(const struct closest *closest, const char *name, size_t length,
			     unsigned int far)
{
	unsigned int place = closest->count;

	for (unsigned int i = 0; i < closest->count; i++)
		if (!memcmp(closest->best[i].name, name, length) && !closest->best[i].name[length])
			return CLOSEST_COUNT;
	while (place && closest->best[place - 1].distance > far)
		place--;
	return place;
}

void perfev_closest_offer(struct closest *closest, const char *name, size_t length)
{
	size_t between =
		length < closest->length ? closest->length - length : length - closest->length;
	unsigned int far, place;

	if (!length || length > CLOSEST_LENGTH || closest->length > CLOSEST_LENGTH ||
	    between > closest->limit)
		return;
	far = distance(closest->wanted, closest->length, name, length);
	if (far > closest->limit)
		return;
	place = place_of(closest, name, length, far);
	if (place == CLOSEST_COUNT)
		return;
	if (closest->count < CLOSEST_COUNT)
		closest->count++;
	memmove(&closest->best[place + 1], &closest->best[place],
		(closest->count - 1 - place) * sizeof(closest->best[0]));
	memcpy(closest->best[place].name, name, length);
	closest->best[place].name[length] = '\0';
	closest->best[place].distance = far;
}

unsigned int perfev_closest_format(const struct closest *closest, char *text, size_t size)
{
	size_t used = 0;

	if (!size)
		return closest->count;
	text[0] = '\0';
	for (unsigned int i = 0; i < closest->count; i++) {
		const char *before = !i ? "" : i + 1 < closest->count ? ", " : " or ";
		int length =
			snprintf(text + used, size - used, "%s'%s'", before, closest->best[i].name);

		if (length < 0 || (size_t)length >= size - used) {
			text[used] = '\0';
			break;
		}
		used += (size_t)length;
	}
	return closest->count;
}
