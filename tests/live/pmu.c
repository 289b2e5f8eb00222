/* SPDX-License-Identifier: MIT */
/* Finds the PMUs of the test module, and makes them count. */
#include "pmu.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

__u32 test_pmu_or_skip(const char *name, const char *feature)
{
	char path[256];

	snprintf(path, sizeof(path), PMU_FOLDER "%s/hit", name);
	if (access(path, F_OK) < 0)
		skip_without(feature, "%s: %s", path, strerror(errno));
	if (access(path, W_OK) < 0)
		skip_without("root", "%s: %s", path, strerror(errno));
	return pmu_type_or_skip(name);
}

void hit(const char *name, const char *format, ...)
{
	char path[256], text[64];
	va_list arguments;
	int fd, length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(path, sizeof(path), PMU_FOLDER "%s/hit", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)length), length);
	close(fd);
}

void read_pmu_file(const char *path, char text[256])
{
	char full[512];
	ssize_t length;
	int fd;

	snprintf(full, sizeof(full), PMU_FOLDER "%s", path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s: %s", full, strerror(errno));
	length = read(fd, text, 255);
	close(fd);
	assert_true(length >= 0);
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
}
