/* SPDX-License-Identifier: MIT */
/*
 * Facts about rings and what comes in them. What must stay true: each test is named by its
 * question, and prints the answer (see facts.h).
 */
#include "attempt.h"
#include "facts.h"
#include "faults.h"

#include <link.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PATIENCE_MS 10000

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The smallest order of a ring with at least this much room for data. */
static unsigned int order_of(size_t bytes)
{
	unsigned int order = 0;

	while (page_bytes() << order < bytes)
		order++;
	return order;
}

static void open_two(int fds[2], __u64 sample_type)
{
	struct perf_event_attr attr = FAULTS(.sample_period = 1, .sample_type = sample_type);

	fds[0] = open_faults(attr);
	attr.config = PERF_COUNT_SW_PAGE_FAULTS_MIN;
	fds[1] = open_faults(attr);
}

static void may_two_events_share_one_ring_and_are_ids_needed(void **state)
{
	unsigned int of[2] = { 0, 0 }, without_ids = 0;
	static struct record record;
	struct test_ring ring;
	int fds[2], size = 0;
	__u64 ids[2];

	(void)state;
	open_two(fds, PERF_SAMPLE_IDENTIFIER);
	ring_map(&ring, fds[0], order_of(4096));
	assert_int_equal(perf_event_ioc_set_output(fds[1], fds[0]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(perf_event_ioc_id(fds[i], &ids[i]), 0);
	ring_count(&ring, 0);
	fault_pages(PAGES);
	while (ring_next(&ring, &record)) {
		assert_true(record.words[0] == ids[0] || record.words[0] == ids[1]);
		of[record.words[0] == ids[1]]++;
	}
	for (int i = 0; i < 2; i++)
		assert_in_range(of[i], PAGES, PAGES + STRAY);
	close(fds[1]);
	ring_unmap(&ring);
	close(fds[0]);

	/* Without ids the kernel minds as little, and all samples are of one shape. */
	open_two(fds, PERF_SAMPLE_TID);
	ring_map(&ring, fds[0], order_of(4096));
	assert_int_equal(perf_event_ioc_set_output(fds[1], fds[0]), 0);
	ring_count(&ring, 0);
	fault_pages(PAGES);
	for (; ring_next(&ring, &record); without_ids++) {
		assert_true(!size || record.header.size == size);
		size = record.header.size;
	}
	assert_in_range(without_ids, 2 * PAGES, 2 * (PAGES + STRAY));
	close(fds[1]);
	ring_unmap(&ring);
	close(fds[0]);
	fact("yes; the kernel does not ask for ids, but without them samples do not say whose");
}

static void does_a_paused_ring_count_LOST(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .sample_type = PERF_SAMPLE_IP));
	static struct record record;
	struct test_ring ring;
	__u64 id, lost = 0;

	(void)state;
	ring_map(&ring, fd, order_of(4096));
	assert_int_equal(perf_event_ioc_id(fd, &id), 0);
	ring_count(&ring, 0);
	assert_int_equal(perf_event_ioc_pause_output(fd, 1), 0);
	fault_pages(PAGES);
	assert_int_equal(ring_next(&ring, &record), 0);
	assert_int_equal(perf_event_ioc_pause_output(fd, 0), 0);
	fault_pages(1);
	while (ring_next(&ring, &record)) {
		if (record.header.type != PERF_RECORD_LOST)
			continue;
		assert_int_equal(record.words[0], id);
		lost += record.words[1];
	}
	assert_in_range(lost, PAGES, PAGES + STRAY);
	ring_unmap(&ring);
	close(fd);
	fact("yes: a LOST record comes before the first one after it");
}

/* As much of the stack as a record can take: each sample has nearly 64 KiB. */
#define LARGE_SAMPLE 65000U

static void is_data_head_64_bit_and_monotonous_across_wraps(void **state)
{
	int fd = open_faults((
		struct perf_event_attr)FAULTS(.sample_period = 1, .sample_stack_user = LARGE_SAMPLE,
					      .sample_type = PERF_SAMPLE_STACK_USER));
	/* An emulator takes half a minute for the whole way. */
	const char *lab = getenv("PERFEV_LAB");
	const __u64 beyond = lab && strcmp(lab, "1") == 0 ? 1 << 26 : (1ULL << 32) + (1 << 20);
	struct test_ring ring;
	__u64 head = 0, turns = 0;

	(void)state;
	ring_map(&ring, fd, order_of(512 << 10));
	for (; head < beyond; turns++) {
		__u64 before = head;

		fault_pages(6);
		head = __atomic_load_n(&ring.page->data_head, __ATOMIC_ACQUIRE);
		assert_true(head > before && head - before <= ring.page->data_size);
		assert_int_equal(head % 8, 0);
		__atomic_store_n(&ring.page->data_tail, head, __ATOMIC_RELEASE);
	}
	assert_true(turns < beyond / 65536);
	ring_unmap(&ring);
	close(fd);
	fact("yes: %sit is never brought back into the ring",
	     head >> 32 ? "past 2^32 it goes on, and " : "");
}

/* A ring that the kernel writes over, as it is mapped to be read only. */
static struct perf_event_mmap_page *map_overwritten(int fd, unsigned int order)
{
	void *page =
		mmap(NULL, page_bytes() + (page_bytes() << order), PROT_READ, MAP_SHARED, fd, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

struct address_sample {
	struct perf_event_header header;
	__u64 address;
};

/* The sample that is so many bytes from the ring's beginning of all time. */
static struct address_sample sample_at(const struct perf_event_mmap_page *page, __u64 at)
{
	struct address_sample sample;

	memcpy(&sample, (const char *)page + page->data_offset + at % page->data_size,
	       sizeof(sample));
	return sample;
}

/* In the order of their addresses. No sanitizer's bookkeeping may fault pages in between. */
__attribute__((no_sanitize_address)) static void touch(volatile char *memory, unsigned int pages,
						       size_t bytes)
{
	for (unsigned int i = 0; i < pages; i++)
		memory[i * bytes] = 1;
}

/*
 * Opens a ring of one page that is written over, with more samples made than it can take. The
 * addresses that are sampled begin at *first.
 */
static struct perf_event_mmap_page *overwrite(int *fd, unsigned int backward, unsigned int pages,
					      __u64 *first)
{
	char *memory = mmap(NULL, pages * page_bytes(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct perf_event_mmap_page *page;

	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise(memory, pages * page_bytes(), MADV_NOHUGEPAGE);
	*first = (uintptr_t)memory;
	*fd = open_faults((struct perf_event_attr)FAULTS(.disabled = 1, .sample_period = 1,
							 .sample_type = PERF_SAMPLE_ADDR,
							 .write_backward = backward & 1));
	page = map_overwritten(*fd, 0);
	assert_int_equal(perf_event_ioc_enable(*fd, 0), 0);
	touch(memory, pages, page_bytes());
	assert_int_equal(perf_event_ioc_disable(*fd, 0), 0);
	munmap(memory, pages * page_bytes());
	return page;
}

static void does_overwrite_mode_drop_old_records(void **state)
{
	unsigned int room = (unsigned int)(page_bytes() / sizeof(struct address_sample));
	unsigned int pages = 2 * room + 10, i;
	struct perf_event_mmap_page *page;
	__u64 first, head;
	int fd;

	(void)state;
	page = overwrite(&fd, 0, pages, &first);
	head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	assert_in_range(head, pages * sizeof(struct address_sample),
			(pages + STRAY) * sizeof(struct address_sample));
	for (i = 0; i < room; i++) {
		struct address_sample sample = sample_at(page, head - (i + 1) * sizeof(sample));

		assert_int_equal(sample.header.type, PERF_RECORD_SAMPLE);
		assert_int_equal(sample.header.size, sizeof(sample));
		assert_true(sample.address >= first + (pages - room - STRAY) * page_bytes());
	}
	assert_int_equal(page->data_tail, 0);
	munmap(page, 2 * page_bytes());
	close(fd);
	fact("yes, the oldest, and no LOST record says so");
}

static void does_write_backward_move_head_downwards(void **state)
{
	unsigned int room = (unsigned int)(page_bytes() / sizeof(struct address_sample));
	unsigned int pages = 2 * room + 10;
	struct perf_event_mmap_page *page;
	__u64 first, head, last;
	int fd;

	(void)state;
	page = overwrite(&fd, 1, pages, &first);
	head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	assert_in_range(-head, pages * sizeof(struct address_sample),
			(pages + STRAY) * sizeof(struct address_sample));
	last = sample_at(page, head).address;
	assert_int_equal(last, first + (pages - 1) * page_bytes());
	for (unsigned int i = 1; i < room; i++) {
		struct address_sample sample = sample_at(page, head + i * sizeof(sample));

		assert_int_equal(sample.header.size, sizeof(sample));
		assert_true(sample.address < last);
		last = sample.address;
	}
	munmap(page, 2 * page_bytes());
	close(fd);
	fact("yes, from 0: at head is the newest record, older ones follow upwards");
}

/* Maps and unmaps a page of this program as code, and returns where it was. */
static __u64 map_code(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *code = mmap(NULL, page_bytes(), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	assert_ptr_not_equal(code, MAP_FAILED);
	munmap(code, page_bytes());
	close(fd);
	return (uintptr_t)code;
}

/* Maps code and looks for its record of this type. Returns 1 with it in record, or 0. */
static int code_record(struct test_ring *ring, __u32 type, struct record *record)
{
	__u64 address;

	ring_count(ring, 0);
	address = map_code();
	while (ring_next(ring, record))
		if (record->header.type == type && record->words[1] == address)
			return 1;
	return 0;
}

static void does_mmap2_imply_mmap(void **state)
{
	int alone = open_dummy((struct perf_event_attr)DUMMY(.mmap2 = 1));
	int both, found;
	static struct record record;
	struct test_ring ring;

	(void)state;
	ring_map(&ring, alone, order_of(4096));
	found = code_record(&ring, PERF_RECORD_MMAP2, &record);
	/* As soon as any event of the machine has mmap set, one with mmap2 alone hears of it. */
	both = open_dummy((struct perf_event_attr)DUMMY(.mmap = 1, .mmap2 = 1));
	assert_int_equal(code_record(&ring, PERF_RECORD_MMAP2, &record), 1);
	assert_int_equal(code_record(&ring, PERF_RECORD_MMAP, &record), 0);
	ring_unmap(&ring);
	close(alone);
	ring_map(&ring, both, order_of(4096));
	assert_int_equal(code_record(&ring, PERF_RECORD_MMAP2, &record), 1);
	assert_int_equal(code_record(&ring, PERF_RECORD_MMAP, &record), 0);
	ring_unmap(&ring);
	close(both);
	fact("%s; with both there are MMAP2 records only",
	     found ? "yes (or another event of the machine has mmap set)" :
		     "no: alone it gives nothing, unless any event of the machine has mmap set");
}

/* The build-id of this very program, as the kernel should find it. Returns its length, or 0. */
static size_t own_build_id(const unsigned char **bytes)
{
	const ElfW(Phdr) *header = (const void *)getauxval(AT_PHDR);
	size_t count = getauxval(AT_PHNUM);
	uintptr_t base = 0;

	for (size_t i = 0; i < count; i++)
		if (header[i].p_type == PT_PHDR)
			base = (uintptr_t)header - header[i].p_vaddr;
	for (size_t i = 0; i < count; i++) {
		uintptr_t at = base + header[i].p_vaddr, end = at + header[i].p_memsz;

		while (header[i].p_type == PT_NOTE && at + sizeof(ElfW(Nhdr)) < end) {
			const ElfW(Nhdr) *note = (const void *)at;
			const char *name = (const char *)(note + 1);

			*bytes = (const unsigned char *)name + ((note->n_namesz + 3) & ~3U);
			if (note->n_type == NT_GNU_BUILD_ID && strcmp(name, "GNU") == 0)
				return note->n_descsz;
			at = (uintptr_t)*bytes + ((note->n_descsz + 3) & ~3U);
		}
	}
	return 0;
}

static void does_build_id_in_mmap2_work(void **state)
{
	struct perf_event_attr attr = DUMMY(.mmap = 1, .mmap2 = 1, .build_id = 1);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	const unsigned char *expected = NULL;
	size_t length = own_build_id(&expected);
	static struct record record;
	struct test_ring ring;
	const unsigned char *got;

	(void)state;
	if (fd < 0) {
		assert_int_equal(errno, EINVAL);
		attr.build_id = 0;
		close(open_dummy(attr));
		fact("no (EINVAL)");
		return;
	}
	ring_map(&ring, fd, order_of(4096));
	assert_int_equal(code_record(&ring, PERF_RECORD_MMAP2, &record), 1);
	assert_int_equal(!!(record.header.misc & PERF_RECORD_MISC_MMAP_BUILD_ID), length > 0);
	/* After pid, tid, addr, len and pgoff: the length, three bytes of nothing, the build-id. */
	got = (const unsigned char *)&record.words[4];
	if (length) {
		assert_int_equal(got[0], length);
		assert_memory_equal(got + 4, expected, length);
	}
	ring_unmap(&ring);
	close(fd);
	fact("yes (%zu bytes)", length);
}

static int poll_now(int fd, int patience)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	assert_true(poll(&poll_fd, 1, patience) >= 0);
	return poll_fd.revents;
}

static void does_wakeup_events_count_other_records(void **state)
{
	int fd = open_faults(
		(struct perf_event_attr)FAULTS(.sample_period = PAGES / 2,
					       .sample_type = PERF_SAMPLE_IP, .wakeup_events = 3,
					       .comm = 1, .task = 1));
	static struct record record;
	struct test_ring ring;
	unsigned int comms = 0;

	(void)state;
	ring_map(&ring, fd, order_of(8192));
	for (int i = 0; i < 9; i++)
		prctl(PR_SET_NAME, "perfev-fact", 0, 0, 0);
	while (ring_next(&ring, &record))
		comms += record.header.type == PERF_RECORD_COMM;
	assert_int_equal(comms, 9);
	assert_int_equal(poll_now(fd, 0), 0);
	fault_pages(2 * PAGES);
	assert_int_equal(poll_now(fd, PATIENCE_MS), POLLIN);
	ring_unmap(&ring);
	close(fd);
	fact("no, samples alone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(may_two_events_share_one_ring_and_are_ids_needed),
		cmocka_unit_test(does_a_paused_ring_count_LOST),
		cmocka_unit_test(is_data_head_64_bit_and_monotonous_across_wraps),
		cmocka_unit_test(does_overwrite_mode_drop_old_records),
		cmocka_unit_test(does_write_backward_move_head_downwards),
		cmocka_unit_test(does_mmap2_imply_mmap),
		cmocka_unit_test(does_build_id_in_mmap2_work),
		cmocka_unit_test(does_wakeup_events_count_other_records),
	};

	return cmocka_run_group_tests_name("facts of rings", tests, NULL, NULL);
}
