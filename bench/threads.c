/* SPDX-License-Identifier: MIT */
/* A program that starts so many threads, a few at a time, each of which ends at once. */
#include <pthread.h>
#include <stdlib.h>

#define AT_ONCE 16

static void *nothing(void *argument)
{
	return argument;
}

int main(int argc, char **argv)
{
	int left = argc > 1 ? atoi(argv[1]) : 10000;

	while (left > 0) {
		pthread_t threads[AT_ONCE];
		int count = left < AT_ONCE ? left : AT_ONCE;

		for (int i = 0; i < count; i++)
			if (pthread_create(&threads[i], NULL, nothing, NULL))
				return 1;
		for (int i = 0; i < count; i++)
			pthread_join(threads[i], NULL);
		left -= count;
	}
	return 0;
}
