/* SPDX-License-Identifier: MIT */
/*
 * What a guest runs: records the program beside it, and prints the recording in hexadecimal on the
 * console, since a guest has no disk. With samples of the kernel, the kernel's symbols as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those of code: a guest has not the time for all. */
static int print_symbols(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], type;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %c", &type) == 1 && strchr("tTwW", type) &&
		    !strstr(line, " __pfx_"))
			printf("symbol:%s", line);
	return file != NULL;
}

int main(void)
{
	unsigned char bytes[64];
	size_t length;
	FILE *file;
	pid_t child = fork();
	int status;

	if (child == 0) {
		execl("/bin/perfev", "perfev", "record", "-q", "-e", EVENT, "-c", PERIOD,
		      "--call-graph", CALLERS, "-o", "/tmp/perf.data", "--", "/tests/program",
		      (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status) {
		printf("not ok 1 - recorded\n");
		return 1;
	}
	file = fopen("/tmp/perf.data", "re");
	while (file && (length = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		printf("data:");
		for (size_t i = 0; i < length; i++)
			printf("%02x", bytes[i]);
		printf("\n");
	}
	if (HAS_KERNEL && !print_symbols())
		file = NULL;
	printf("%sok 1 - recorded\n", file ? "" : "not ");
	return 0;
}
