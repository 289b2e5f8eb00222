/* SPDX-License-Identifier: MIT */
/* System calls that do as if; see fake_kernel.h. */
#include "fake_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

__u64 fake_last_id;
unsigned int fake_maps_held, fake_maps_made, fake_maps_refused;
int fake_map_error;
struct perf_event_mmap_page *fake_maps[4];
__u64 fake_position;
unsigned int fake_waited, fake_ready;

static struct epoll_event waited[4];

long __wrap_syscall(long number, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *address, size_t bytes, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *address, size_t bytes, int prot, int flags, int fd, off_t offset);
int __wrap_munmap(void *memory, size_t bytes);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout);
void *__real_mmap(void *address, size_t bytes, int prot, int flags, int fd, long offset);
int __real_munmap(void *memory, size_t bytes);

long __wrap_syscall(long number, ...)
{
	(void)number;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Of those that a sampler makes, only one gives something back. */
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;

	(void)fd;
	va_start(arguments, request);
	if (request == PERF_EVENT_IOC_ID)
		*va_arg(arguments, __u64 *) = ++fake_last_id;
	va_end(arguments);
	return 0;
}

void *__wrap_mmap(void *address, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	struct perf_event_mmap_page *page;

	(void)prot;
	(void)flags;
	(void)fd;
	(void)offset;
	if (fake_maps_refused) {
		fake_maps_refused--;
		errno = fake_map_error;
		return MAP_FAILED;
	}
	page = __real_mmap(address, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
	if ((void *)page == MAP_FAILED)
		return page;
	page->data_head = page->data_tail = fake_position;
	if (fake_maps_made < sizeof(fake_maps) / sizeof(fake_maps[0]))
		fake_maps[fake_maps_made] = page;
	fake_maps_made++;
	fake_maps_held++;
	return page;
}

void *__wrap_mmap64(void *address, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	return __wrap_mmap(address, bytes, prot, flags, fd, offset);
}

int __wrap_munmap(void *memory, size_t bytes)
{
	fake_maps_held--;
	return __real_munmap(memory, bytes);
}

int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	unsigned int kept = 0;

	(void)epoll;
	for (unsigned int i = 0; i < fake_waited; i++)
		if (waited[i].data.fd != fd)
			waited[kept++] = waited[i];
	fake_waited = kept;
	if (operation == EPOLL_CTL_ADD && kept < sizeof(waited) / sizeof(waited[0]))
		waited[fake_waited++] = *event;
	return 0;
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
	int count = 0;

	(void)epoll;
	(void)timeout;
	for (unsigned int i = 0; fake_ready && i < fake_waited && count < most; i++) {
		events[count] = waited[i];
		events[count++].events = fake_ready;
	}
	return count;
}
