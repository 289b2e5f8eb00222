/* SPDX-License-Identifier: MIT */
/*
 * Writes a recording made by hand to standard output, for tests of what reads it.
 *
 * usage: made_recording [swapped] [pipe]
 */
#include <stdio.h>
#include <string.h>

#include "recording.h"

int main(int argc, char **argv)
{
	struct recording recording;
	int swapped = 0, is_pipe = 0;
	size_t written;

	for (int i = 1; i < argc; i++) {
		swapped |= strcmp(argv[i], "swapped") == 0;
		is_pipe |= strcmp(argv[i], "pipe") == 0;
	}
	recording_make(&recording, swapped, is_pipe);
	written = fwrite(recording.bytes, 1, recording.length, stdout);
	swapped = written != recording.length || fflush(stdout) != 0;
	recording_free(&recording);
	return swapped;
}
