/* SPDX-License-Identifier: MIT */
/* Calls that are made to be refused; see attempt.h. */
#include "attempt.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int error_of(void *argument)
{
	struct attempt attempt = *(struct attempt *)argument;
	int fd = perf_event_open(&attempt.attr, attempt.pid, attempt.cpu, attempt.group_fd,
				 attempt.flags);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

int in_child(int (*function)(void *argument), void *argument)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(function(argument));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

void root_or_skip(void)
{
	if (geteuid() != 0)
		skip_without("root", "the user is %u", geteuid());
}

int open_dummy(struct perf_event_attr attr)
{
	return open_or_skip(&attr, "dummy");
}

int open_no_event(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

void *forbidden_page(void)
{
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

void unmap_page(void *page)
{
	assert_int_equal(munmap(page, (size_t)sysconf(_SC_PAGESIZE)), 0);
}
