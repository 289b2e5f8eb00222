/* SPDX-License-Identifier: MIT */
/*
 * Samples this program's own page faults: for each, the instruction and the address that it
 * touched, read from the ring that the kernel fills. Needs no privilege. Run: ./sample
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include <perfev/sys.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct sample {
	struct perf_event_header header;
	__u64 ip;
	__u64 addr;
};

/* Copies bytes out of the ring, byte by byte since a record may cross its end. */
static void copy(const struct perf_event_mmap_page *page, __u64 at, void *to, size_t bytes)
{
	const char *data = (const char *)page + page->data_offset;

	for (size_t i = 0; i < bytes; i++)
		((char *)to)[i] = data[(at + i) % page->data_size];
}

static void print_samples(struct perf_event_mmap_page *page)
{
	/* Acquire: the records were written before the kernel moved the head. */
	__u64 head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	__u64 tail = page->data_tail;

	while (tail < head) {
		struct sample sample;

		copy(page, tail, &sample.header, sizeof(sample.header));
		if (sample.header.type == PERF_RECORD_SAMPLE) {
			copy(page, tail, &sample, sizeof(sample));
			printf("%#llx touched %#llx\n", (unsigned long long)sample.ip,
			       (unsigned long long)sample.addr);
		}
		tail += sample.header.size;
	}
	/* Release: all was read before the kernel may write there again. */
	__atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

int main(void)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS, .sample_period = 1,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR, .disabled = 1,
		.exclude_kernel = 1);
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	size_t ring_bytes = 2 * page_bytes; /* the control page and one of records */
	struct perf_event_mmap_page *ring = MAP_FAILED;
	volatile char *memory;
	int status = 1;
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	memory = mmap(NULL, 5 * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (fd >= 0)
		ring = mmap(NULL, ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED || ring == MAP_FAILED || perf_event_ioc_enable(fd, 0) < 0)
		goto out;
	for (size_t i = 0; i < 5; i++)
		memory[i * page_bytes] = 1;
	if (perf_event_ioc_disable(fd, 0) < 0)
		goto out;
	printf("five pages from %p on\n", (void *)memory);
	print_samples(ring);
	status = 0;
out:
	if (status)
		perror("sample");
	if (ring != MAP_FAILED)
		munmap(ring, ring_bytes);
	if (memory != MAP_FAILED)
		munmap((void *)memory, 5 * page_bytes);
	if (fd >= 0)
		close(fd);
	return status;
}
