/* SPDX-License-Identifier: MIT */
/*
 * A program that does nothing but run in one loop of one function, for those who say where programs
 * are: main() calls spin_outer(), which calls spin_loop(). It ends by itself, after a minute.
 */
#include <unistd.h>

volatile unsigned long spin_count;

void spin_loop(void);
void spin_outer(void);

__attribute__((noinline)) void spin_loop(void)
{
	while (spin_count != ~0UL)
		spin_count++;
}

__attribute__((noinline)) void spin_outer(void)
{
	spin_loop();
	spin_count = 0;
}

int main(void)
{
	alarm(60);
	spin_outer();
	return spin_count != 0;
}
