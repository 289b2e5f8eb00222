/* SPDX-License-Identifier: MIT */
/*
 * Writes through a buffer of fixed size, so that memory does not grow with the output. The first
 * error is kept, nothing is written after it, and output_end() returns it.
 */
#ifndef PERFEV_CLI_EXPORT_OUTPUT_H
#define PERFEV_CLI_EXPORT_OUTPUT_H

#include <stdio.h>

#include <perfev/abi.h>

struct output {
	FILE *to;
	int error; /* a negative errno, or 0 */
	size_t used;
	char bytes[64 << 10];
};

void output_start(struct output *output, FILE *to);

void output_bytes(struct output *output, const void *bytes, size_t count);

void output_text(struct output *output, const char *text);

void output_number(struct output *output, __u64 number);

/* Notes an error of the caller's, unless there was one before. */
void output_fail(struct output *output, int error);

/* Writes what is left. Returns 0 or the first error. */
int output_end(struct output *output);

#endif
