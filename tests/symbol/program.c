/* SPDX-License-Identifier: MIT */
/*
 * A program with functions in known places, for the tests to look for: what is inlined where says
 * its line in a comment, which the scripts read.
 */
#include <stdio.h>
#include <string.h>

static volatile int sink;

static inline __attribute__((always_inline)) void innermost(int value)
{
	sink = value; /* line: innermost */
}

static inline __attribute__((always_inline)) void middle(int value)
{
	innermost(value + 1); /* line: middle */
}

static __attribute__((noinline)) void only_here(int value)
{
	sink += value;
}

__attribute__((noinline)) void outermost(int value)
{
	middle(value * 2); /* line: outermost */
}

__attribute__((noinline)) int for_all(const char *text)
{
	only_here(3);
	return puts(text) + (int)strlen(text);
}

int main(int argc, char **argv)
{
	outermost(argc);
	return for_all(argv[0]) < 0;
}
