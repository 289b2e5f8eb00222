/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target once on each file of a corpus, without a fuzzer. Prints TAP; an input that
 * makes the target abort ends the test there, with the file's name in the last line.
 *
 * usage: replay FOLDER
 */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Reads a file into exactly as many bytes, so that reading one more is seen. */
static void run(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *data;
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rbe");
	CHECK(file);
	CHECK(fseek(file, 0, SEEK_END) == 0);
	size = (size_t)ftell(file);
	rewind(file);
	data = malloc(size);
	CHECK(data || !size);
	CHECK(fread(data, 1, size, file) == size);
	fclose(file);
	CHECK(LLVMFuzzerTestOneInput(data, size) == 0);
	free(data);
}

int main(int argc, char **argv)
{
	struct dirent **entries;
	int count;

	CHECK(argc == 2);
	count = scandir(argv[1], &entries, is_file, alphasort);
	CHECK(count > 0);
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		/* Written before, since what aborts prints nothing after. */
		printf("# %s\n", entries[i]->d_name);
		fflush(stdout);
		run(argv[1], entries[i]->d_name);
		printf("ok %d - %s\n", i + 1, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
