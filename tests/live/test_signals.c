/* SPDX-License-Identifier: MIT */
/*
 * Signals of events: the asynchronous one of overflows (O_ASYNC), and the SIGTRAP of attr.sigtrap,
 * which the thread gets on the spot. What must stay true: signals are counted against events that
 * the test made happen, and the SIGTRAP is looked for before the next instruction.
 */
#include "faults.h"
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In <signal.h> of newer C libraries. */
#define CODE_OF_PERF 6     /* TRAP_PERF */
#define IS_ASYNCHRONOUS 1U /* TRAP_PERF_FLAG_ASYNC; older kernels leave 0 there */

/* Where the kernel puts what newer C libraries call si_perf_data, si_perf_type, si_perf_flags. */
struct perf_of_signal {
	unsigned long data;
	__u32 type;
	__u32 flags;
};

/* What the last signal said, and how many came. Written by the handler alone. */
static volatile struct {
	unsigned int count;
	unsigned int bad; /* with another descriptor or code than expected */
	int fd;
	int code;
	pid_t thread;
	uintptr_t address;
	unsigned long data;
	__u32 type;
	__u32 flags;
} seen;

/* What the handlers look at or do; set before the event is enabled. */
static int expected_fd;
static int disable_fd;   /* or -1 */
static struct {          /* where traps count; others are passed over: */
	uintptr_t begin; /* any code may fault a page by the way */
	size_t size;
} expected;
static volatile unsigned char *looked_at; /* memory that the trapped instruction writes to */
static volatile unsigned char found;      /* what the handler found there */

static void install(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = handler;
	action.sa_flags = SA_SIGINFO;
	sigemptyset(&action.sa_mask);
	assert_int_equal(sigaction(number, &action, NULL), 0);
	seen.count = 0;
	seen.bad = 0;
}

/* Overflows */

static void on_overflow(int number, siginfo_t *info, void *context)
{
	(void)context;
	(void)number;
	seen.count++;
	seen.fd = info->si_fd;
	seen.code = info->si_code;
	seen.thread = (pid_t)syscall(SYS_gettid);
	seen.bad += info->si_fd != expected_fd || info->si_code != POLL_IN;
}

/* Has the event send a signal to this thread for every overflow. */
static void send_overflows(int fd, int number)
{
	struct f_owner_ex thread = { F_OWNER_TID, (pid_t)syscall(SYS_gettid) };

	install(number, on_overflow);
	expected_fd = fd;
	assert_int_equal(fcntl(fd, F_SETOWN_EX, &thread), 0);
	assert_int_equal(fcntl(fd, F_SETSIG, number), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_ASYNC), 0);
}

/* Fails unless so many signals came, or a few less where several overflows may share one. */
static void assert_signals(int number, unsigned int most)
{
	assert_in_range(seen.count, 1, most);
	assert_int_equal(seen.bad, 0);
	assert_int_equal(seen.fd, expected_fd);
	assert_int_equal(seen.code, POLL_IN);
	assert_int_equal(seen.thread, syscall(SYS_gettid));
	signal(number, SIG_DFL);
}

static void page_faults_signal_their_descriptor(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.sample_period = 4, .disabled = 1,
							    .wakeup_events = 1));
	unsigned int count;

	(void)state;
	send_overflows(fd, SIGRTMIN + 2);
	fault_pages(PAGES);
	assert_int_equal(seen.count, 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_signals(SIGRTMIN + 2, (PAGES + STRAY) / 4);
	count = seen.count;
	fault_pages(PAGES);
	assert_int_equal(seen.count, count);
	close(fd);
}

static void without_a_signal_of_its_own_an_overflow_is_SIGIO(void **state)
{
	int fd = open_faults((struct perf_event_attr)FAULTS(.sample_period = 1, .disabled = 1));

	(void)state;
	install(SIGIO, on_overflow);
	assert_int_equal(fcntl(fd, F_SETOWN, getpid()), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_ASYNC), 0);
	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	fault_pages(PAGES);
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_in_range(seen.count, 1, PAGES + STRAY);
	signal(SIGIO, SIG_DFL);
	close(fd);
}

/* So that the loop ends halfway to the next overflow. */
#define PERIOD 190000U
#define OVERFLOWS (LOOP_INSTRUCTIONS / PERIOD)

static void cycles_signal_every_period(void **state)
{
	int fd = open_sampler_or_skip(
		(struct perf_event_attr)COUNTER(CPU_CYCLES, .sample_period = PERIOD));
	__u64 count;

	(void)state;
	send_overflows(fd, SIGRTMIN + 3);
	count = count_loops(fd, 1);
	/* The handler's own cycles count, too. */
	assert_signals(SIGRTMIN + 3, (unsigned int)(count / PERIOD) + 1);
	if (counting_is_exact())
		assert_int_equal(seen.count, OVERFLOWS);
	close(fd);
}

static void the_cpu_clock_signals_every_period(void **state)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_CPU_CLOCK, .exclude_kernel = 1,
		.disabled = 1, .read_format = READ_TIMES, .sample_period = 1000000);
	int fd = open_or_skip(&attr, "cpu-clock");

	(void)state;
	send_overflows(fd, SIGRTMIN + 4);
	run_counted(fd, 40);
	assert_signals(SIGRTMIN + 4, (unsigned int)(read_times(fd).value / 1000000) + 1);
	close(fd);
}

/* SIGTRAP */

static void on_trap(int number, siginfo_t *info, void *context)
{
	struct perf_of_signal perf;

	(void)number;
	(void)context;
	if ((uintptr_t)info->si_addr - expected.begin >= expected.size)
		return;
	/* Behind the address, in the same place on every architecture. */
	memcpy(&perf, (const char *)&info->si_addr + sizeof(info->si_addr), sizeof(perf));
	seen.count++;
	seen.code = info->si_code;
	seen.thread = (pid_t)syscall(SYS_gettid);
	seen.address = (uintptr_t)info->si_addr;
	seen.data = perf.data;
	seen.type = perf.type;
	seen.flags = perf.flags;
	if (looked_at)
		found = *looked_at;
	if (disable_fd >= 0)
		perf_event_ioc_disable(disable_fd, 0);
}

/*
 * Has every trap at these bytes looked at, and the event disabled by it. The handler runs once with
 * nothing to say: what it needs of stack and data is there then, and does not fault within it.
 */
static void prepare_for_traps(int fd, volatile void *begin, size_t size)
{
	install(SIGTRAP, on_trap);
	disable_fd = -1;
	looked_at = NULL;
	expected.begin = 0;
	expected.size = SIZE_MAX;
	raise(SIGTRAP);
	assert_int_equal(seen.count, 1);
	seen.count = 0;
	disable_fd = fd;
	expected.begin = (uintptr_t)begin;
	expected.size = size;
}

/* Opens an event with sigtrap, or skips the test where the kernel does not know it. */
static int open_trap(struct perf_event_attr attr, const char *feature)
{
	struct perf_event_attr plain = attr;
	int fd;

	plain.sig_data = 0;
	close(open_or_skip(&plain, feature));
	attr.sigtrap = 1;
	attr.remove_on_exec = 1;
	fd = perf_event_open(&attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && (errno == EINVAL || errno == E2BIG))
		skip_without("sigtrap", "the same event opens, but not with it: %s",
			     strerror(errno));
	if (fd < 0)
		fail_msg("with sigtrap: %s", strerror(errno));
	return fd;
}

static void assert_trap(__u32 type, unsigned long data, uintptr_t address)
{
	assert_int_equal(seen.code, CODE_OF_PERF);
	assert_int_equal(seen.thread, syscall(SYS_gettid));
	assert_int_equal(seen.type, type);
	assert_int_equal(seen.data, data);
	assert_int_equal(seen.address, address);
	assert_int_equal(seen.flags & IS_ASYNCHRONOUS, 0);
}

static void a_page_fault_traps_before_the_instruction_goes_on(void **state)
{
	const unsigned long data = (unsigned long)0x0123456789abcdefULL;
	int fd = open_trap(
		(struct perf_event_attr)FAULTS(.sample_period = 1, .disabled = 1,
					       .sample_type = PERF_SAMPLE_ADDR, .sig_data = data),
		"page-faults");
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	volatile unsigned char *memory = mmap(
		NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_ptr_not_equal(memory, MAP_FAILED);
	madvise((void *)(uintptr_t)memory, PAGES * page, MADV_NOHUGEPAGE);
	prepare_for_traps(fd, memory, PAGES * page);
	for (unsigned int i = 0; i < PAGES; i++) {
		unsigned int count;

		looked_at = &memory[i * page];
		found = 0xff;
		assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
		memory[i * page] = 0x5a;
		count = seen.count;
		assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
		assert_int_equal(count, i + 1);
		/* The page was there, what was to be written to it was not. */
		assert_int_equal(found, 0);
		assert_int_equal(memory[i * page], 0x5a);
		assert_trap(PERF_TYPE_SOFTWARE, data, (uintptr_t)&memory[i * page]);
	}
	signal(SIGTRAP, SIG_DFL);
	munmap((void *)(uintptr_t)memory, PAGES * page);
	close(fd);
}

static volatile __u32 watched __attribute__((aligned(8)));

static struct perf_event_attr writes_of_watched(__u64 data)
{
	struct perf_event_attr attr = PERFEV_ATTR_INIT(
		PERF_TYPE_BREAKPOINT, .bp_type = HW_BREAKPOINT_W, .bp_len = HW_BREAKPOINT_LEN_4,
		.bp_addr = (__u64)(uintptr_t)&watched, .exclude_kernel = 1, .disabled = 1,
		.sample_period = 1, .sample_type = PERF_SAMPLE_ADDR, .sig_data = data);

	return attr;
}

/* Writes once, as the handler disables the event: on arm64 it would trap for ever if it did not. */
static unsigned int traps_of_a_write(int fd, __u32 value)
{
	unsigned int before = seen.count, after;

	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	watched = value;
	after = seen.count;
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	assert_int_equal(watched, value);
	return after - before;
}

/* Where breakpoints open but never hit (some emulators), there is nothing to be trapped by. */
static void hit_or_skip(void)
{
	struct perf_event_attr attr = writes_of_watched(0);
	int fd = open_or_skip(&attr, "breakpoint");
	__u64 count;

	assert_int_equal(perf_event_ioc_enable(fd, 0), 0);
	watched = 1;
	assert_int_equal(perf_event_ioc_disable(fd, 0), 0);
	count = read_count(fd);
	close(fd);
	skip_if_uncounted_in_an_emulator(count, "breakpoint");
	assert_int_equal(count, 1);
}

static void a_breakpoint_traps_at_its_write(void **state)
{
	const unsigned long data = 0xfeedUL;
	int fd;

	(void)state;
	hit_or_skip();
	fd = open_trap(writes_of_watched(data), "breakpoint");
	prepare_for_traps(fd, &watched, sizeof(watched));
	for (__u32 i = 1; i <= 8; i++) {
		assert_int_equal(traps_of_a_write(fd, i), 1);
		assert_trap(PERF_TYPE_BREAKPOINT, data, (uintptr_t)&watched);
	}
	watched = 0;
	assert_int_equal(seen.count, 8);
	signal(SIGTRAP, SIG_DFL);
	close(fd);
}

static void sig_data_tells_one_event_from_another(void **state)
{
	int first, second;

	(void)state;
	hit_or_skip();
	first = open_trap(writes_of_watched(11), "breakpoint");
	second = open_trap(writes_of_watched(~0ULL), "breakpoint");
	prepare_for_traps(first, &watched, sizeof(watched));
	assert_int_equal(traps_of_a_write(first, 1), 1);
	assert_int_equal(seen.data, 11);
	disable_fd = second;
	assert_int_equal(traps_of_a_write(second, 2), 1);
	assert_int_equal(seen.data, (unsigned long)~0ULL);
	signal(SIGTRAP, SIG_DFL);
	close(second);
	close(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_faults_signal_their_descriptor),
		cmocka_unit_test(without_a_signal_of_its_own_an_overflow_is_SIGIO),
		cmocka_unit_test(cycles_signal_every_period),
		cmocka_unit_test(the_cpu_clock_signals_every_period),
		cmocka_unit_test(a_page_fault_traps_before_the_instruction_goes_on),
		cmocka_unit_test(a_breakpoint_traps_at_its_write),
		cmocka_unit_test(sig_data_tells_one_event_from_another),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
