/* SPDX-License-Identifier: MIT */
/* Writes through a buffer of fixed size; see output.h. */
#include "output.h"

#include <errno.h>
#include <string.h>

void output_start(struct output *output, FILE *to)
{
	output->to = to;
	output->error = 0;
	output->used = 0;
}

void output_fail(struct output *output, int error)
{
	if (!output->error)
		output->error = error;
}

static void write_out(struct output *output, const void *bytes, size_t count)
{
	if (output->error || !count)
		return;
	errno = 0;
	if (fwrite(bytes, 1, count, output->to) != count)
		output->error = errno ? -errno : -EIO;
}

static void empty(struct output *output)
{
	write_out(output, output->bytes, output->used);
	output->used = 0;
}

void output_bytes(struct output *output, const void *bytes, size_t count)
{
	if (count > sizeof(output->bytes) - output->used)
		empty(output);
	if (count > sizeof(output->bytes)) {
		write_out(output, bytes, count);
		return;
	}
	memcpy(output->bytes + output->used, bytes, count);
	output->used += count;
}

void output_text(struct output *output, const char *text)
{
	output_bytes(output, text, strlen(text));
}

/* There are many millions of numbers: printf() would take longer than all the rest. */
void output_number(struct output *output, __u64 number)
{
	char digits[20], *at = digits + sizeof(digits);

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	output_bytes(output, at, (size_t)(digits + sizeof(digits) - at));
}

int output_end(struct output *output)
{
	empty(output);
	errno = 0;
	if (!output->error && fflush(output->to) != 0)
		output->error = errno ? -errno : -EIO;
	return output->error;
}
