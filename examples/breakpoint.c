/* SPDX-License-Identifier: MIT */
/*
 * Who writes to this variable? A hardware breakpoint counts the writes, and a sample of each says
 * where the writer was: on x86 the instruction after the write, elsewhere mostly the write itself.
 * Run: ./breakpoint, then gdb -batch -ex 'info line *main+NUMBER' breakpoint (77: this machine has
 * no breakpoints)
 */
#define _DEFAULT_SOURCE

#include <perfev/sys.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

struct sample {
	struct perf_event_header header;
	__u64 ip;
};

/* Every record here is a sample of 16 bytes, which divides the ring: none crosses its end. */
static void print_samples(struct perf_event_mmap_page *page, __u64 code)
{
	/* Acquire: the records were written before the kernel moved the head. */
	__u64 head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = page->data_tail;

	while (tail < head) {
		const struct sample *sample =
			(const void *)((const char *)page + page->data_offset +
				       tail % page->data_size);

		if (sample->header.type == PERF_RECORD_SAMPLE)
			printf("  written at main+%llu\n", (unsigned long long)(sample->ip - code));
		tail += sample->header.size;
	}
	/* Release: all was read before the kernel may write there again. */
	__atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

int main(void)
{
	volatile long variable = 0;
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .sample_period = 1, .sample_type = PERF_SAMPLE_IP,
		.disabled = 1, .exclude_kernel = 1, .bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)&variable, .bp_len = sizeof(variable));
	size_t bytes = 2 * (size_t)sysconf(_SC_PAGESIZE); /* the control page and one of records */
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	struct perf_event_mmap_page *page;
	int failed;
	__u64 writes;

	if (fd < 0) {
		int missing = errno == ENOENT || errno == ENODEV || errno == EOPNOTSUPP;

		perror("breakpoint: perf_event_open");
		return missing ? 77 : 1;
	}
	page = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		perror("breakpoint: mmap");
		close(fd);
		return 1;
	}
	failed = perf_event_ioc_enable(fd, 0) < 0;
	variable = 1;
	for (int i = 0; i < 3; i++)
		variable += i;
	failed |= perf_event_ioc_disable(fd, 0) < 0 || read(fd, &writes, sizeof(writes)) < 0;
	if (failed) {
		perror("breakpoint");
	} else {
		printf("%llu writes to the variable at %p\n", (unsigned long long)writes,
		       (void *)&variable);
		print_samples(page, (uintptr_t)main);
	}
	munmap(page, bytes);
	close(fd);
	return failed;
}
