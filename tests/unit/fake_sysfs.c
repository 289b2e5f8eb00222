/* SPDX-License-Identifier: MIT */
/* Folders and files below one of mkdtemp(3)'s. Whatever cannot be made fails the test. */
#include "fake_sysfs.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

void fake_begin(struct fake *fake)
{
	strcpy(fake->root, "/tmp/perfev-sysfs-XXXXXX");
	assert_non_null(mkdtemp(fake->root));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

void fake_end(struct fake *fake)
{
	assert_int_equal(nftw(fake->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* Writes a path below the root, and makes the folders on the way. */
__attribute__((format(printf, 3, 0))) static void make_way(
	const struct fake *fake, char path[PATH_MAX], const char *format, va_list arguments)
{
	int length = snprintf(path, PATH_MAX, "%s/", fake->root);

	length += vsnprintf(path + length, (size_t)(PATH_MAX - length), format, arguments);
	assert_true(length < PATH_MAX);
	for (char *slash = strchr(path + strlen(fake->root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

void fake_file(const struct fake *fake, const char *text, const char *format, ...)
{
	char path[PATH_MAX];
	va_list arguments;
	FILE *file;

	va_start(arguments, format);
	make_way(fake, path, format, arguments);
	va_end(arguments);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void fake_broken(const struct fake *fake, const char *format, ...)
{
	char path[PATH_MAX];
	va_list arguments;

	va_start(arguments, format);
	make_way(fake, path, format, arguments);
	va_end(arguments);
	assert_int_equal(symlink(path, path), 0);
}

void fake_pmu(const struct fake *fake, const char *pmu, const char *path, const char *text)
{
	fake_file(fake, text, FAKE_DEVICES "/%s/%s", pmu, path);
}
