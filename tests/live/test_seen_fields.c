/* SPDX-License-Identifier: MIT */
/*
 * Each field that a sample can have, asked for alone of a real event, decoded by perfev/record.h
 * and held against what is true of the thread that was sampled. What must stay true: the faults are
 * those of the test's own pages, so that every sample is known.
 */
#include "facts.h"
#include "watch.h"

#include <perfev/regs.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TOUCHES 10U

#if defined(__x86_64__)
#define STACK_POINTER PERF_REG_X86_SP
#define PROGRAM_COUNTER PERF_REG_X86_IP
#elif defined(__aarch64__)
#define STACK_POINTER PERF_REG_ARM64_SP
#define PROGRAM_COUNTER PERF_REG_ARM64_PC
#elif defined(__riscv)
#define STACK_POINTER PERF_REG_RISCV_SP
#define PROGRAM_COUNTER PERF_REG_RISCV_PC
#elif defined(__powerpc64__)
#define STACK_POINTER PERF_REG_POWERPC_R1
#define PROGRAM_COUNTER PERF_REG_POWERPC_NIP
#endif

/* What is known of the thread while it is sampled. */
struct known {
	unsigned char *pages;
	__u64 id;
	__u64 begin_ns, end_ns;
	__u64 mark; /* on the stack */
	uintptr_t stack;
	unsigned int samples; /* of those that are looked at, which one */
	__u64 last;
};

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
}

/*
 * Touches the pages. Its code is all that faults them; its variables are on the thread's own stack.
 */
__attribute__((noinline, no_sanitize_address)) static void touch(struct known *known)
{
	volatile __u64 mark = known->mark;
	long page = sysconf(_SC_PAGESIZE);

	known->stack = (uintptr_t)&mark;
	known->begin_ns = now_ns();
	for (unsigned int i = 0; i < TOUCHES; i++)
		*(volatile unsigned char *)(known->pages + i * page) = 1;
	known->end_ns = now_ns();
}

static int lies_in_touch(__u64 ip)
{
	uintptr_t begin = (uintptr_t)touch;

#if defined(__powerpc64__) && (!defined(_CALL_ELF) || _CALL_ELF != 2)
	begin = *(uintptr_t *)begin;
#endif
	return ip >= begin && ip < begin + 1024;
}

typedef void holds(const struct perfev_record *record, struct known *known);

/*
 * Samples the faults on fresh pages of the test's: of each, ADDR says which, and the field is held
 * against what is known.
 */
static void check_field(const char *name, struct perf_event_attr attr, holds *check)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	size_t bytes = TOUCHES * (size_t)sysconf(_SC_PAGESIZE);
	struct known known = { .mark = 0x6d61726b2d707665 };
	struct watch watched;

	attr.type = PERF_TYPE_SOFTWARE;
	attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	attr.sample_period = 1;
	attr.sample_type |= PERF_SAMPLE_ADDR;
	attr.disabled = attr.exclude_kernel = 1;
	known.pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(known.pages, MAP_FAILED);
	/* A huge page would be one fault for all. */
	madvise(known.pages, bytes, MADV_NOHUGEPAGE);
	watched = watch_with(attr, 0, -1, 64, "software");
	assert_int_equal(perf_event_ioc_id(watched.fd, &known.id), 0);
	assert_int_equal(perf_event_ioc_enable(watched.fd, 0), 0);
	touch(&known);
	assert_int_equal(perf_event_ioc_disable(watched.fd, 0), 0);
	while (perfev_ring_next(watched.ring, &record, &watched.layout) > 0) {
		if (record.type != PERF_RECORD_SAMPLE ||
		    record.sample.addr - (uintptr_t)known.pages >= bytes)
			continue;
		assert_int_equal(record.have, attr.sample_type);
		check(&record, &known);
		known.samples++;
	}
	assert_int_equal(known.samples, TOUCHES);
	end_watch(&watched);
	munmap(known.pages, bytes);
	note(name);
}

#define CHECK(field, check, ...)                                                                   \
	check_field(#field,                                                                        \
		    (struct perf_event_attr)PERFEV_ATTR_INIT(                                      \
			    0, .sample_type = PERF_SAMPLE_##field, __VA_ARGS__),                   \
		    check)

static void has_addr(const struct perfev_record *record, struct known *known)
{
	__u64 page = (__u64)sysconf(_SC_PAGESIZE);

	assert_int_equal(record->sample.addr, (uintptr_t)known->pages + known->samples * page);
}

static void has_ip(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_true(lies_in_touch(record->sample.ip));
}

static void has_tid(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_int_equal(record->pid, getpid());
	assert_int_equal(record->tid, getpid());
}

static void has_time(const struct perfev_record *record, struct known *known)
{
	assert_in_range(record->time, known->last ? known->last : known->begin_ns, known->end_ns);
	known->last = record->time;
}

static void has_id(const struct perfev_record *record, struct known *known)
{
	assert_int_equal(record->id, known->id);
}

static void has_stream_id(const struct perfev_record *record, struct known *known)
{
	assert_int_equal(record->stream_id, known->id);
}

static void has_cpu(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_in_range(record->cpu, 0, (__u32)sysconf(_SC_NPROCESSORS_CONF) - 1);
}

static void has_period(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_int_equal(record->sample.period, 1);
}

static void has_read(const struct perfev_record *record, struct known *known)
{
	struct perfev_value value;

	assert_int_equal(record->sample.read.count, 1);
	assert_int_equal(perfev_values_get(&record->sample.read, 0, &value), 1);
	assert_int_equal(value.id, known->id);
	assert_true(value.value > known->last);
	assert_true(record->sample.read.enabled_ns >= record->sample.read.running_ns);
	known->last = value.value;
}

static void has_callchain(const struct perfev_record *record, struct known *known)
{
	const struct perfev_words *chain = &record->sample.callchain;

	(void)known;
	assert_in_range(chain->count, 2, 1000);
	assert_int_equal(perfev_words_get(chain, 0), (__u64)PERF_CONTEXT_USER);
	assert_true(lies_in_touch(perfev_words_get(chain, 1)));
}

static void has_user_regs(const struct perfev_record *record, struct known *known)
{
	__u64 pointer, counter;

	assert_int_equal(record->sample.user_regs.abi, PERF_SAMPLE_REGS_ABI_64);
	assert_int_equal(perfev_registers_get(&record->sample.user_regs, STACK_POINTER, &pointer),
			 1);
	assert_int_equal(perfev_registers_get(&record->sample.user_regs, PROGRAM_COUNTER, &counter),
			 1);
	assert_in_range(pointer, known->stack - 65536, known->stack + 65536);
	assert_true(lies_in_touch(counter));
}

static void has_intr_regs(const struct perfev_record *record, struct known *known)
{
	__u64 counter;

	(void)known;
	assert_int_equal(record->sample.intr_regs.abi, PERF_SAMPLE_REGS_ABI_64);
	assert_int_equal(perfev_registers_get(&record->sample.intr_regs, PROGRAM_COUNTER, &counter),
			 1);
	assert_true(lies_in_touch(counter));
}

static void has_user_stack(const struct perfev_record *record, struct known *known)
{
	assert_in_range(record->sample.user_stack.size, 8, 4096);
	assert_int_equal(record->sample.user_stack.bytes.length, 4096);
	assert_non_null(memmem(record->sample.user_stack.bytes.bytes,
			       record->sample.user_stack.size, &known->mark, sizeof(known->mark)));
}

static void has_no_weight(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_int_equal(record->sample.weight, 0);
}

static void has_no_transaction(const struct perfev_record *record, struct known *known)
{
	(void)known;
	assert_int_equal(record->sample.transaction, 0);
}

static void has_no_source(const struct perfev_record *record, struct known *known)
{
	union perf_mem_data_src source = { .val = record->sample.data_src };

	(void)known;
	assert_true(source.mem_op == PERF_MEM_OP_NA || source.val == 0);
}

static void has_code_page_size(const struct perfev_record *record, struct known *known)
{
	__u64 size = record->sample.code_page_size;

	(void)known;
	assert_true(size >= (__u64)sysconf(_SC_PAGESIZE));
	assert_int_equal(size & (size - 1), 0);
}

static void fields_of_who_when_and_where_are_true(void **state)
{
	(void)state;
	CHECK(ADDR, has_addr, );
	CHECK(IP, has_ip, );
	CHECK(TID, has_tid, );
	CHECK(TIME, has_time, .use_clockid = 1, .clockid = CLOCK_MONOTONIC);
	CHECK(ID, has_id, );
	CHECK(IDENTIFIER, has_id, );
	CHECK(STREAM_ID, has_stream_id, );
	CHECK(CPU, has_cpu, );
	CHECK(PERIOD, has_period, );
	CHECK(READ, has_read,
	      .read_format = PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |
			     PERF_FORMAT_TOTAL_TIME_RUNNING);
	CHECK(CALLCHAIN, has_callchain, .exclude_callchain_kernel = 1);
	/* Of these a software event has nothing, and says so by what stands for it. */
	CHECK(WEIGHT, has_no_weight, );
	CHECK(DATA_SRC, has_no_source, );
	CHECK(TRANSACTION, has_no_transaction, );
}

static void registers_and_the_stack_are_the_threads(void **state)
{
	const __u64 registers = 1ULL << STACK_POINTER | 1ULL << PROGRAM_COUNTER;

	(void)state;
	CHECK(REGS_USER, has_user_regs, .sample_regs_user = registers);
	CHECK(REGS_INTR, has_intr_regs, .sample_regs_intr = registers);
	CHECK(STACK_USER, has_user_stack, .sample_stack_user = 4096);
}

/* Of newer kernels: skips the test where this one does not know it. */
static void skip_without_field(__u64 field, const char *feature)
{
	struct perf_event_attr attr =
		PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
				 .sample_period = 1, .sample_type = field, .exclude_kernel = 1);
	int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		skip_without(feature, "perf_event_open: %s", strerror(errno));
	close(fd);
}

static void the_page_of_the_code_has_a_size(void **state)
{
	(void)state;
	skip_without_field(PERF_SAMPLE_CODE_PAGE_SIZE, "page-sizes");
	CHECK(CODE_PAGE_SIZE, has_code_page_size, );
}

static void a_weight_in_parts_is_there_too(void **state)
{
	(void)state;
	skip_without_field(PERF_SAMPLE_WEIGHT_STRUCT, "weight-struct");
	CHECK(WEIGHT_STRUCT, has_no_weight, );
}

/* Both counts of a group, whichever way they are asked for. */
static void every_form_of_a_read_holds_the_counts_of_its_events(void **state)
{
	struct perf_event_attr sibling = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .exclude_kernel = 1);
	unsigned int forms = 0;

	(void)state;
	for (__u64 form = 0; form < PERF_FORMAT_MAX; form++) {
		struct perf_event_attr attr =
			PERFEV_ATTR_INIT(PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_PAGE_FAULTS,
					 .sample_period = 1, .sample_type = PERF_SAMPLE_READ,
					 .read_format = form, .exclude_kernel = 1, .disabled = 1);
		struct perfev_record record = PERFEV_RECORD_INIT;
		__u64 ids[2], last = 0;
		struct watch watched;
		int fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

		/* LOST is of Linux 6.0 and later. */
		if (fd < 0 && form & PERF_FORMAT_LOST)
			continue;
		close(fd);
		forms++;
		watched = watch_with(attr, 0, -1, 64, "software");
		sibling.read_format = form;
		fd = open_at_or_skip(&sibling, 0, -1, watched.fd, PERF_FLAG_FD_CLOEXEC, "software");
		assert_int_equal(perf_event_ioc_id(watched.fd, &ids[0]), 0);
		assert_int_equal(perf_event_ioc_id(fd, &ids[1]), 0);
		assert_int_equal(perf_event_ioc_enable(watched.fd, PERF_IOC_FLAG_GROUP), 0);
		fault_pages(TOUCHES);
		assert_int_equal(perf_event_ioc_disable(watched.fd, PERF_IOC_FLAG_GROUP), 0);
		while (perfev_ring_next(watched.ring, &record, &watched.layout) > 0) {
			const struct perfev_values *read = &record.sample.read;
			struct perfev_value value;

			assert_int_equal(read->count, form & PERF_FORMAT_GROUP ? 2 : 1);
			for (__u32 i = 0; i < read->count; i++) {
				assert_int_equal(perfev_values_get(read, i, &value), 1);
				assert_int_equal(value.id, form & PERF_FORMAT_ID ? ids[i] : 0);
				assert_int_equal(value.lost, 0);
				assert_true(i ? value.value == 0 : value.value > last);
				if (i == 0)
					last = value.value;
			}
			assert_true(!(form & PERF_FORMAT_TOTAL_TIME_RUNNING) == !read->running_ns);
			assert_true(!(form & PERF_FORMAT_TOTAL_TIME_ENABLED) == !read->enabled_ns);
		}
		assert_true(last >= TOUCHES);
		close(fd);
		end_watch(&watched);
	}
	assert_in_range(forms, PERF_FORMAT_MAX / 2, PERF_FORMAT_MAX);
}

/* The inode of this process's group in the cgroup2 hierarchy, or 0. */
static __u64 own_cgroup(void)
{
	char line[300], path[600];
	__u64 inode = 0;
	struct stat folder;
	FILE *groups = fopen("/proc/self/cgroup", "re");

	while (groups && fgets(line, sizeof(line), groups)) {
		line[strcspn(line, "\n")] = 0;
		if (strncmp(line, "0::", 3) != 0)
			continue;
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s", line + 3);
		if (stat(path, &folder) < 0) {
			snprintf(path, sizeof(path), "/sys/fs/cgroup/unified%s", line + 3);
			if (stat(path, &folder) < 0)
				continue;
		}
		inode = folder.st_ino;
	}
	if (groups)
		fclose(groups);
	return inode;
}

static void has_cgroup(const struct perfev_record *record, struct known *known)
{
	__u64 group = own_cgroup();

	(void)known;
	assert_true(record->sample.cgroup != 0);
	if (group)
		assert_int_equal(record->sample.cgroup, group);
}

static void the_cgroup_is_the_threads(void **state)
{
	(void)state;
	skip_without_field(PERF_SAMPLE_CGROUP, "cgroup");
	CHECK(CGROUP, has_cgroup, );
}

static void which_fields_are_true_of_a_fault(void **state)
{
	(void)state;
	print_noted(__func__);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_who_when_and_where_are_true),
		cmocka_unit_test(registers_and_the_stack_are_the_threads),
		cmocka_unit_test(the_page_of_the_code_has_a_size),
		cmocka_unit_test(a_weight_in_parts_is_there_too),
		cmocka_unit_test(every_form_of_a_read_holds_the_counts_of_its_events),
		cmocka_unit_test(the_cgroup_is_the_threads),
		cmocka_unit_test(which_fields_are_true_of_a_fault),
	};

	return cmocka_run_group_tests_name("fields of samples", tests, NULL, NULL);
}
