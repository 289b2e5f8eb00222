/* SPDX-License-Identifier: MIT */
/* The one place from which an inquiry opens events, and the questions that cost no event. */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <perfev/sys.h>

int perfev_try(struct inquiry *inquiry, const struct request *request)
{
	struct perf_event_attr attr = request->attr; /* since the kernel may write to its size */
	int fd;

	if (inquiry->tries >= PERFEV_EXPLAIN_TRIES)
		return TRIES_USED_UP;
	if (inquiry->is_probe && attr.type == inquiry->asked.attr.type)
		return inquiry->error;
	inquiry->tries++;
	attr.disabled = 1;
	fd = perf_event_open(&attr, request->pid, request->cpu, request->group_fd,
			     request->flags | PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

struct request perfev_request_dummy(void)
{
	struct request request = {
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY,
				 .exclude_kernel = 1, .exclude_hv = 1),
		0, -1, -1, 0
	};

	request.attr.size = PERF_ATTR_SIZE_VER0;
	return request;
}

struct request perfev_request_as_dummy(const struct request *request)
{
	struct request dummy = *request;

	dummy.attr.type = PERF_TYPE_SOFTWARE;
	dummy.attr.config = PERF_COUNT_SW_DUMMY;
	dummy.attr.config1 = 0;
	dummy.attr.config2 = 0;
	dummy.attr.config3 = 0;
	dummy.attr.config4 = 0;
	return dummy;
}

void perfev_request_restore_event(struct request *request, const struct request *asked)
{
	request->attr.type = asked->attr.type;
	request->attr.config = asked->attr.config;
	request->attr.config1 = asked->attr.config1;
	request->attr.config2 = asked->attr.config2;
	request->attr.config3 = asked->attr.config3;
	request->attr.config4 = asked->attr.config4;
}

/*
 * rt_sigprocmask(2) reads its mask before it looks at what is to be done with it: nothing here.
 * The kernel reads 8 bytes, or 16 on mips.
 */
static int is_byte_readable(uintptr_t address)
{
	const long no_such_action = -1;

	return syscall(SYS_rt_sigprocmask, no_such_action, address & ~(uintptr_t)15, NULL,
		       (size_t)_NSIG / 8) >= 0 ||
	       errno != EFAULT;
}

int perfev_is_readable(const void *address, size_t bytes)
{
	const uintptr_t page = 4096; /* or smaller than a page is: then one is asked about twice */
	uintptr_t first = (uintptr_t)address;

	/* A NULL is no mask at all to the call below; nothing is mapped as low as that. */
	if (first < page || first + bytes < first)
		return 0;
	for (uintptr_t at = first; at < first + bytes; at = (at & ~(page - 1)) + page)
		if (!is_byte_readable(at))
			return 0;
	return 1;
}

int perfev_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

void perfev_fd_describe(int fd, char text[80])
{
	char path[48];
	ssize_t length;

	if (!perfev_is_open(fd)) {
		snprintf(text, 80, "no open descriptor");
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	length = readlink(path, text, 79);
	if (length > 0)
		text[length] = '\0';
	else
		snprintf(text, 80, "something else");
}

int perfev_is_event(int fd)
{
	__u64 id;

	return perf_event_ioc_id(fd, &id) == 0;
}

const char *perfev_error_name(int error, char text[24])
{
	static const struct {
		int error;
		char name[12];
	} names[] = {
		{ E2BIG, "E2BIG" },         { EACCES, "EACCES" }, { EAGAIN, "EAGAIN" },
		{ EBADF, "EBADF" },         { EBUSY, "EBUSY" },   { EEXIST, "EEXIST" },
		{ EFAULT, "EFAULT" },       { EINTR, "EINTR" },   { EINVAL, "EINVAL" },
		{ EISDIR, "EISDIR" },       { EMFILE, "EMFILE" }, { ENFILE, "ENFILE" },
		{ ENODEV, "ENODEV" },       { ENOENT, "ENOENT" }, { ENOMEM, "ENOMEM" },
		{ ENOSPC, "ENOSPC" },       { ENOSYS, "ENOSYS" }, { ENOTDIR, "ENOTDIR" },
		{ ENOTTY, "ENOTTY" },       { ENXIO, "ENXIO" },   { EOPNOTSUPP, "EOPNOTSUPP" },
		{ EOVERFLOW, "EOVERFLOW" }, { EPERM, "EPERM" },   { ESRCH, "ESRCH" },
		{ ELOOP, "ELOOP" },         { ERANGE, "ERANGE" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(text, 24, "error %d", error);
	return text;
}
