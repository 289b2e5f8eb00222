/* SPDX-License-Identifier: MIT */
/*
 * What the kernel hands back of an event, whatever its kind: values, a group's at once, a sample,
 * the counts of children, and the page that user space reads by itself. What must stay true: every
 * layout is checked with values that differ, so that a swapped field cannot pass.
 */
#include "live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* More page faults than fork() or the start of a program causes in its parent. */
#define MANY_PAGES 3000U

/* The word that makes this program, executed anew, just fault MANY_PAGES pages. */
#define FAULT_WORD "fault-pages"

static struct perf_event_attr page_faults(void)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
				 .disabled = 1, .exclude_kernel = 1);

	return attr;
}

/* A group of three, read at once */

#define GROUP_FORMAT                                                                               \
	(PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |                     \
	 PERF_FORMAT_TOTAL_TIME_RUNNING)

struct group_values {
	__u64 nr;
	__u64 enabled;
	__u64 running;
	struct {
		__u64 value;
		__u64 id;
	} of[3];
};

/* Three counters of page faults, each disabled by itself, so that each can have its own count. */
static void open_group(int fds[3])
{
	struct perf_event_attr attr = page_faults();

	attr.read_format = GROUP_FORMAT;
	fds[0] = open_or_skip(&attr, "software");
	fds[1] = open_at_or_skip(&attr, 0, -1, fds[0], 0, "software");
	fds[2] = open_at_or_skip(&attr, 0, -1, fds[0], 0, "software");
}

static void close_group(const int fds[3])
{
	for (int i = 2; i >= 0; i--)
		close(fds[i]);
}

/* Each counter starts some pages after the one before it, and all stop at once. */
static void fault_in_three_steps(const int fds[3])
{
	static const unsigned int pages[3] = { 3, 5, 7 };

	for (int i = 0; i < 3; i++) {
		assert_int_equal(perf_event_ioc_enable(fds[i], 0), 0);
		fault_pages(pages[i]);
	}
	assert_int_equal(perf_event_ioc_disable(fds[0], PERF_IOC_FLAG_GROUP), 0);
	fault_pages(11);
}

static void a_group_is_read_at_once_leader_first(void **state)
{
	struct group_values values;
	int fds[3];

	(void)state;
	open_group(fds);
	fault_in_three_steps(fds); /* once before: all else that it touches is in memory then */
	assert_int_equal(perf_event_ioc_reset(fds[0], PERF_IOC_FLAG_GROUP), 0);
	fault_in_three_steps(fds);
	memset(&values, 0xff, sizeof(values));
	assert_int_equal(read(fds[0], &values, sizeof(values)), sizeof(values));
	assert_int_equal(values.nr, 3);
	assert_int_equal(values.of[0].value, 15);
	assert_int_equal(values.of[1].value, 12);
	assert_int_equal(values.of[2].value, 7);
	assert_true(values.running > 0 && values.running <= values.enabled);
	for (int i = 0; i < 3; i++) {
		__u64 id = 0;

		assert_int_equal(perf_event_ioc_id(fds[i], &id), 0);
		assert_true(id > 0);
		assert_int_equal(values.of[i].id, id);
	}
	close_group(fds);
}

static void a_group_is_started_stopped_and_cleared_as_one(void **state)
{
	struct group_values values;
	int fds[3];

	(void)state;
	open_group(fds);
	fault_in_three_steps(fds); /* once before, as above */
	assert_int_equal(perf_event_ioc_reset(fds[0], PERF_IOC_FLAG_GROUP), 0);
	/* By a sibling's descriptor: the flag means the group, whoever of it is asked. */
	assert_int_equal(perf_event_ioc_enable(fds[2], PERF_IOC_FLAG_GROUP), 0);
	fault_pages(4);
	assert_int_equal(perf_event_ioc_disable(fds[1], PERF_IOC_FLAG_GROUP), 0);
	fault_pages(2);
	assert_int_equal(read(fds[0], &values, sizeof(values)), sizeof(values));
	for (int i = 0; i < 3; i++)
		assert_int_equal(values.of[i].value, 4);
	assert_int_equal(perf_event_ioc_reset(fds[0], PERF_IOC_FLAG_GROUP), 0);
	assert_int_equal(read(fds[0], &values, sizeof(values)), sizeof(values));
	for (int i = 0; i < 3; i++)
		assert_int_equal(values.of[i].value, 0);
	assert_true(values.enabled > 0); /* a reset leaves the times */
	close_group(fds);
}

static void a_buffer_too_small_for_the_values_is_ENOSPC(void **state)
{
	struct group_values values;
	int fds[3];

	(void)state;
	open_group(fds);
	for (size_t bytes = 8; bytes < sizeof(values); bytes += 8) {
		assert_int_equal(read(fds[0], &values, bytes), -1);
		assert_int_equal(errno, ENOSPC);
	}
	assert_int_equal(read(fds[0], &values, sizeof(values)), sizeof(values));
	close_group(fds);
}

/* What fits into the ring and what the event says it lost make up its count. */
static void a_read_with_LOST_counts_the_samples_that_found_no_room(void **state)
{
	struct perf_event_attr attr = page_faults();
	struct test_ring ring;
	__u64 values[2] = { 0, 0 }; /* value, lost */
	unsigned int samples;
	int fd;

	(void)state;
	attr.sample_period = 1;
	attr.sample_type = PERF_SAMPLE_IP;
	attr.read_format = PERF_FORMAT_LOST;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && errno == EINVAL) {
		attr.read_format = 0;
		close(open_or_skip(&attr, "software")); /* the rest of attr is good */
		skip_without("format_lost", "this kernel does not know PERF_FORMAT_LOST");
	}
	if (fd < 0)
		fd = open_or_skip(&attr, "software");
	ring_map(&ring, fd, 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	/* A sample has 16 bytes: four times of what a page, of whatever size, can take. */
	fault_pages((unsigned int)sysconf(_SC_PAGESIZE) / 4);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_int_equal(read(fd, values, sizeof(values)), sizeof(values));
	samples = ring_count(&ring, PERF_RECORD_SAMPLE);
	assert_true(samples > 0);
	assert_true(values[1] > 0);
	assert_int_equal(values[0], samples + values[1]);
	ring_unmap(&ring);
	close(fd);
}

/* Children */

static void an_inherited_event_counts_a_child_too(void **state)
{
	struct perf_event_attr attr = page_faults();
	int alone, both, status;
	pid_t child;

	(void)state;
	attr.disabled = 0;
	alone = open_or_skip(&attr, "software");
	attr.inherit = 1;
	both = open_or_skip(&attr, "software");
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		fault_pages(MANY_PAGES);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(read_count(both) >= MANY_PAGES);
	assert_true(read_count(alone) < MANY_PAGES);
	close(both);
	close(alone);
}

/* The child: faults when told, executes this program when told again, ends when nobody is there. */
static void fault_then_execute(int to_parent)
{
	char name[] = "test", word[] = FAULT_WORD;
	char *const arguments[] = { name, word, NULL };
	char byte;

	if (read(to_parent, &byte, 1) != 1)
		_exit(1);
	fault_pages(MANY_PAGES);
	if (write(to_parent, &byte, 1) != 1 || read(to_parent, &byte, 1) != 1)
		_exit(2);
	execv("/proc/self/exe", arguments);
	_exit(3);
}

static void with_enable_on_exec_counting_begins_at_exec(void **state)
{
	struct perf_event_attr attr = page_faults();
	int ends[2], status, fd;
	char byte = 0;
	pid_t child;

	(void)state;
	close(open_or_skip(&attr,
			   "software")); /* before there is a child that a skip would leave */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		fault_then_execute(ends[1]);
	}
	close(ends[1]);
	attr.enable_on_exec = 1;
	fd = open_at_or_skip(&attr, child, -1, -1, 0, "software");
	assert_int_equal(write(ends[0], &byte, 1), 1);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_int_equal(read_count(fd), 0); /* it faulted, and was not counted */
	assert_int_equal(write(ends[0], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(read_count(fd) >= MANY_PAGES);
	close(fd);
	close(ends[0]);
}

/* A sample */

#define SAMPLED_PAGES 8U

struct fault_sample {
	struct perf_event_header header;
	__u64 ip;
	__u32 pid;
	__u32 tid;
	__u64 time;
	__u64 addr;
};

static __u64 monotonic_ns(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

/* Whether the address lies in a mapping of this process that may be executed. */
static int is_code(__u64 address)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long long start, end;
	char line[512], mode[5];
	int found = 0;

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%llx-%llx %4s", &start, &end, mode) == 3 && mode[2] == 'x' &&
			address >= start && address < end;
	fclose(file);
	return found;
}

/* The sanitizer's shadow of the memory would fault too. */
__attribute__((no_sanitize_address)) static void touch(volatile char *memory, size_t page)
{
	for (size_t i = 0; i < SAMPLED_PAGES; i++)
		memory[i * page] = 1;
}

/* Checks the next sample, of a fault in that page, and returns its time. */
static __u64 check_fault_sample(struct test_ring *ring, uintptr_t page, size_t page_bytes)
{
	static char record[1 << 16] __attribute__((aligned(8)));
	struct fault_sample sample;

	assert_int_equal(ring_next(ring, record), 1);
	memcpy(&sample, record, sizeof(sample));
	assert_int_equal(sample.header.type, PERF_RECORD_SAMPLE);
	assert_int_equal(sample.header.size, sizeof(sample));
	assert_int_equal(sample.header.misc & PERF_RECORD_MISC_CPUMODE_MASK, PERF_RECORD_MISC_USER);
	assert_int_equal(sample.pid, getpid());
	assert_int_equal(sample.tid, syscall(SYS_gettid));
	assert_in_range(sample.addr, page, page + page_bytes - 1);
	assert_true(is_code(sample.ip));
	return sample.time;
}

static void a_sample_of_a_page_fault_says_who_where_and_when(void **state)
{
	struct perf_event_attr attr = page_faults();
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	__u64 before, after, time, last = 0;
	struct test_ring ring;
	char *memory;
	int fd;

	(void)state;
	attr.sample_period = 1;
	attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ADDR;
	attr.use_clockid = 1;
	attr.clockid = CLOCK_MONOTONIC;
	fd = open_or_skip(&attr, "software");
	ring_map(&ring, fd, 1);
	memory = mmap(NULL, SAMPLED_PAGES * page, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise(memory, SAMPLED_PAGES * page, MADV_NOHUGEPAGE);
	before = monotonic_ns();
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	touch(memory, page);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	after = monotonic_ns();
	for (size_t i = 0; i < SAMPLED_PAGES; i++) {
		time = check_fault_sample(&ring, (uintptr_t)memory + i * page, page);
		assert_in_range(time, before, after);
		assert_true(time >= last);
		last = time;
	}
	assert_int_equal(ring_count(&ring, 0), 0);
	munmap(memory, SAMPLED_PAGES * page);
	ring_unmap(&ring);
	close(fd);
}

/* The page by which a thread reads its own counter */

static __u64 read_counter(__u32 counter)
{
	__u32 low = counter, high = 0;

#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(counter));
#endif
	return (__u64)high << 32 | low;
}

/* Reads the count by the page's protocol. Returns 0 when the event is on no counter to be read. */
static int read_page(const volatile struct perf_event_mmap_page *page, __u64 *count)
{
	__u32 lock, index;
	__s64 counter;

	do {
		lock = page->lock;
		__asm__ volatile("" ::: "memory"); /* only a compiler barrier: the same thread */
		index = page->index;
		*count = (__u64)page->offset;
		if (index && page->cap_user_rdpmc) {
			int spare = 64 - page->pmc_width;

			/* Left as unsigned, right as signed: that extends the sign. */
			counter = (__s64)(read_counter(index - 1) << spare) >> spare;
			*count += (__u64)counter;
		} else {
			index = 0;
		}
		__asm__ volatile("" ::: "memory");
	} while (page->lock != lock);
	return index != 0;
}

static const volatile struct perf_event_mmap_page *map_page(int fd)
{
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, fd, 0);

	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

static void close_page(int fd, const volatile struct perf_event_mmap_page *page)
{
	assert_int_equal(munmap((void *)(uintptr_t)page, (size_t)sysconf(_SC_PAGESIZE)), 0);
	close(fd);
}

static int open_instructions(void)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1);

#if !defined(__x86_64__) && !defined(__i386__)
	skip_without("rdpmc", "read_counter() knows the instruction of x86 only");
#endif
	return open_or_skip(&attr, "rdpmc");
}

static void a_read_in_user_space_lies_between_two_reads(void **state)
{
	int fd = open_instructions();
	/* Mapped before the first read: see the test after this one. */
	const volatile struct perf_event_mmap_page *page = map_page(fd);
	int allowed = page->cap_bit0_is_deprecated && page->cap_user_rdpmc;
	unsigned int done = 0;
	__u64 count = 0;

	(void)state;
	for (unsigned int i = 0; allowed && i < 1000; i++) {
		__u64 before = read_count(fd);
		int counted = read_page(page, &count);
		__u64 after = read_count(fd);

		if (!counted) /* shares the PMU just now: read() is the answer then */
			continue;
		assert_true(before < count);
		assert_true(count < after);
		done++;
	}
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_int_equal(read_page(page, &count), 0);
	assert_int_equal(count, read_count(fd)); /* off its counter, offset is the count */
	close_page(fd, page);
	if (!done)
		skip_without("rdpmc", allowed ? "the event never was on a counter" :
						"the kernel does not allow it (cap_user_rdpmc)");
}

/*
 * When the page is written after a read() of a running event (by mmap() or a reset), x86 takes the
 * counter off the offset without its sign. Then count is one turn of the counter too low, and right
 * only modulo 2 to the power of pmc_width.
 */
static void after_a_reset_a_user_space_read_holds_modulo_its_width(void **state)
{
	int fd = open_instructions();
	const volatile struct perf_event_mmap_page *page = map_page(fd);
	unsigned int done = 0;
	__u64 count = 0, mask;

	(void)state;
	assert_int_equal(perf_event_ioc_reset(fd, 0), 0);
	for (unsigned int i = 0; page->cap_user_rdpmc && i < 1000; i++) {
		__u64 before = read_count(fd);
		int counted = read_page(page, &count);
		__u64 after = read_count(fd);

		if (!counted)
			continue;
		mask = page->pmc_width < 64 ? (1ULL << page->pmc_width) - 1 : ~0ULL;
		assert_true(before < (count & mask));
		assert_true((count & mask) < after);
		done++;
	}
	close_page(fd, page);
	if (!done)
		skip_without("rdpmc", "not allowed, or the event never was on a counter");
}
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_read_at_once_leader_first),
		cmocka_unit_test(a_group_is_started_stopped_and_cleared_as_one),
		cmocka_unit_test(a_buffer_too_small_for_the_values_is_ENOSPC),
		cmocka_unit_test(a_read_with_LOST_counts_the_samples_that_found_no_room),
		cmocka_unit_test(an_inherited_event_counts_a_child_too),
		cmocka_unit_test(with_enable_on_exec_counting_begins_at_exec),
		cmocka_unit_test(a_sample_of_a_page_fault_says_who_where_and_when),
		cmocka_unit_test(a_read_in_user_space_lies_between_two_reads),
		cmocka_unit_test(after_a_reset_a_user_space_read_holds_modulo_its_width),
	};

	if (argc == 2 && strcmp(argv[1], FAULT_WORD) == 0) {
		fault_pages(MANY_PAGES);
		return 0;
	}
	return cmocka_run_group_tests_name("kinds_read", tests, NULL, NULL);
}
