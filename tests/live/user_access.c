/* SPDX-License-Identifier: MIT */
/* The setting by which user space may read counters; see user_access.h. */
#include "user_access.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char setting_before;

static void write_setting(char value)
{
	int fd = open(SETTING, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, &value, 1) != 1)
		perror(SETTING);
	close(fd);
}

int allow_user_access(void **state)
{
	const char *lab = getenv("PERFEV_LAB");
	int fd = lab && strcmp(lab, "1") == 0 ? open(SETTING, O_RDONLY | O_CLOEXEC) : -1;

	(void)state;
	if (fd < 0)
		return 0;
	if (read(fd, &setting_before, 1) == 1 && setting_before == '0')
		write_setting('1');
	close(fd);
	return 0;
}

int put_user_access_back(void **state)
{
	(void)state;
	if (setting_before == '0')
		write_setting('0');
	return 0;
}
