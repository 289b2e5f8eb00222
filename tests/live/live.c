/* SPDX-License-Identifier: MIT */
/* Helpers of the live tests. They use the raw layer only, so that it alone is tested. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int open_at_or_skip(struct perf_event_attr *attr, pid_t pid, int cpu, int group_fd,
		    unsigned long flags, const char *feature)
{
	int fd = perf_event_open(attr, pid, cpu, group_fd, flags | PERF_FLAG_FD_CLOEXEC);

	if (fd >= 0)
		return fd;
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
	case EACCES:
	case EPERM:
	case ENOSYS:
		skip_without(feature, "perf_event_open (type %u, config %#llx): %s", attr->type,
			     (unsigned long long)attr->config, strerror(errno));
	default:
		fail_msg("perf_event_open (type %u, config %#llx): %s", attr->type,
			 (unsigned long long)attr->config, strerror(errno));
		abort();
	}
}

int open_or_skip(struct perf_event_attr *attr, const char *feature)
{
	return open_at_or_skip(attr, 0, -1, -1, 0, feature);
}

__u64 read_count(int fd)
{
	__u64 count = 0;

	assert_int_equal(read(fd, &count, sizeof(count)), sizeof(count));
	return count;
}

/* Reads a file that holds one number. Returns 0, or -1 with errno set. */
static int read_number(const char *path, __u64 *number)
{
	char text[32];
	ssize_t length;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return -1;
	text[length] = '\0';
	*number = strtoull(text, NULL, 10);
	return 0;
}

__u32 pmu_type_or_skip(const char *name)
{
	char path[256];
	__u64 type = 0;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	if (read_number(path, &type) < 0)
		skip_without(name, "%s: %s", path, strerror(errno));
	return (__u32)type;
}

const char *tracefs_or_skip(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	char path[256];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/events", places[i]);
		if (access(path, R_OK | X_OK) == 0)
			return places[i];
	}
	skip_without("tracefs", "%s/events: %s", places[0], strerror(errno));
}

__u64 tracepoint_or_skip(const char *group, const char *name)
{
	char path[256];
	__u64 id = 0;

	snprintf(path, sizeof(path), "%s/events/%s/%s/id", tracefs_or_skip(), group, name);
	if (read_number(path, &id) < 0)
		skip_without("tracepoint", "%s: %s", path, strerror(errno));
	return id;
}

void ring_map(struct test_ring *ring, int fd, unsigned int order)
{
	ring->bytes = (1 + ((size_t)1 << order)) * (size_t)sysconf(_SC_PAGESIZE);
	ring->page = mmap(NULL, ring->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring->page == MAP_FAILED)
		fail_msg("mmap of a ring of %zu bytes: %s", ring->bytes, strerror(errno));
}

void ring_unmap(struct test_ring *ring)
{
	assert_int_equal(munmap(ring->page, ring->bytes), 0);
}

/* Copies bytes out of the ring, which may cross its end. */
static void ring_copy(const struct test_ring *ring, __u64 at, void *to, size_t bytes)
{
	const char *data = (const char *)ring->page + ring->page->data_offset;

	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = data[(at + i) % ring->page->data_size];
}

int ring_next(struct test_ring *ring, void *record)
{
	/* Acquire: the records were written before the kernel moved the head. */
	__u64 head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = ring->page->data_tail;
	struct perf_event_header header;

	if (tail == head)
		return 0;
	ring_copy(ring, tail, &header, sizeof(header));
	assert_true(header.size >= sizeof(header) && header.size <= head - tail);
	ring_copy(ring, tail, record, header.size);
	/* Release: the record was read before the kernel may write over it. */
	__atomic_store_n(&ring->page->data_tail, tail + header.size, __ATOMIC_RELEASE);
	return 1;
}

unsigned int ring_count(struct test_ring *ring, __u32 type)
{
	static char record[1 << 16] __attribute__((aligned(8)));
	unsigned int count = 0;

	while (ring_next(ring, record))
		if (!type || ((struct perf_event_header *)record)->type == type)
			count++;
	return count;
}

/*
 * System calls without libc's wrappers, because a sanitizer's mmap() and munmap() touch pages of
 * their own.
 */
__attribute__((no_sanitize("address"))) void fault_pages(unsigned int pages)
{
	long page = sysconf(_SC_PAGESIZE);
#ifdef SYS_mmap
	const long map = SYS_mmap;
#else
	const long map = SYS_mmap2;
#endif
	char *memory = (char *)syscall(map, NULL, pages * page, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);

	assert_ptr_not_equal(memory, MAP_FAILED);
	syscall(SYS_madvise, memory, pages * page, MADV_NOHUGEPAGE);
	for (unsigned int i = 0; i < pages; i++)
		((volatile char *)memory)[i * (size_t)page] = 1;
	syscall(SYS_munmap, memory, pages * page);
}

void spin_ns(long nanoseconds)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - begin.tv_sec) * 1000000000LL + now.tv_nsec - begin.tv_nsec <
	       nanoseconds);
}

int as_nobody(int (*function)(void *argument), void *argument)
{
	const unsigned int nobody = 65534;
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip_without("root", "only root can become another user");
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (setgroups(0, NULL) < 0 || setgid(nobody) < 0 || setuid(nobody) < 0)
			_exit(255);
		_exit(function(argument));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Closes every event: one that a skipped test left would keep its counter from those behind it. */
static void close_events(void)
{
	char link[64], target[64];
	ssize_t length;

	for (int fd = 3; fd < 256; fd++) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		if (strstr(target, "[perf_event]"))
			close(fd);
	}
}

void skip_if_uncounted_in_an_emulator(__u64 count, const char *feature)
{
	FILE *file = count ? NULL : fopen("/proc/cpuinfo", "re");
	char line[256];
	int emulated = 0;

	if (!file)
		return;
	while (!emulated && fgets(line, sizeof(line), file))
		emulated = strstr(line, "emulated by qemu") != NULL;
	fclose(file);
	if (!emulated)
		return;
	close_events();
	skip_without(feature, "it opens, but QEMU's processor does not count it");
}

long kernel_setting_or_skip(const char *name)
{
	char path[256];
	long number = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/kernel/%s", name);
	file = fopen(path, "re");
	if (!file)
		skip_without(name, "%s: %s", path, strerror(errno));
	if (fscanf(file, "%ld", &number) != 1)
		fail_msg("%s holds no number", path);
	fclose(file);
	return number;
}

int bpf_program_or_skip(__u32 type, int result)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = result },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	/* Before Linux 5.11 the memory of programs was taken from this limit. */
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	union bpf_attr load;
	int program;

	memset(&load, 0, sizeof(load));
	load.prog_type = type;
	load.insn_cnt = sizeof(code) / sizeof(code[0]);
	load.insns = (__u64)(uintptr_t)code;
	load.license = (__u64)(uintptr_t)"GPL";
	program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	if (program < 0 && errno == EPERM && setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0)
		program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	if (program < 0 && (errno == ENOSYS || errno == EPERM || errno == EACCES))
		skip_without("bpf", "BPF_PROG_LOAD: %s", strerror(errno));
	if (program < 0)
		fail_msg("BPF_PROG_LOAD: %s", strerror(errno));
	return program;
}
