/* SPDX-License-Identifier: MIT */
/*
 * Stacks of this very process, unwound from samples, beside what the kernel found by frame pointers
 * and what elfutils' own unwinder makes of the same samples. This file is compiled with both frame
 * pointers and call frame information.
 */
#define _GNU_SOURCE /* REG_RIP */
#include <alloca.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include <perfev/ring.h>
#include <perfev/symbol.h>

#include "../unit/symbol_maker.h"
#include "by_dwfl.h"
#include "support.h"

#define MOST_FRAMES 256
#define WANTED 400

static volatile unsigned long sink;

/* Through memory of its own: compilers leave a function without any without a frame pointer. */
__attribute__((noinline)) static unsigned long work(unsigned long rounds)
{
	volatile unsigned long value = sink;

	for (unsigned long i = 0; i < rounds; i++)
		value = value * 1103515245 + (i ^ value >> 7);
	return value;
}

__attribute__((noinline)) static unsigned long recurse(unsigned int depth, unsigned long rounds)
{
	volatile char room[48];

	room[depth % sizeof(room)] = (char)depth;
	if (!depth)
		return work(rounds);
	return recurse(depth - 1, rounds) + (unsigned long)room[depth % sizeof(room)];
}

/* Its frame's size is known only when it runs. */
__attribute__((noinline)) static unsigned long with_room(unsigned int size, unsigned long rounds)
{
	char *room = alloca(size);

	memset(room, (int)size, size);
	return recurse(size % 7, rounds) + (unsigned long)room[size / 2];
}

static int compare(const void *a, const void *b)
{
	sink += work(30);
	return *(const int *)a - *(const int *)b;
}

/* Through a function of the C library, which need not keep frame pointers. */
__attribute__((noinline)) static unsigned long through_library(unsigned long rounds)
{
	int list[200];

	for (int i = 0; i < 200; i++)
		list[i] = (int)((rounds * (unsigned long)i) % 211);
	qsort(list, 200, sizeof(list[0]), compare);
	return (unsigned long)list[0];
}

static void handle(int number)
{
	sink += recurse((unsigned int)number % 5, 20000);
}

#if defined(__x86_64__)
/*
 * A function that is interrupted at its first instruction, behind one with a frame of another size:
 * the address there is not behind a call.
 */
__asm__(".text\nbefore_it:\n.cfi_startproc\n.cfi_def_cfa_offset 4096\n.fill 16, 1, 0x90\n"
	".cfi_endproc\n.type at_once, @function\nat_once:\n.cfi_startproc\nud2\nret\n"
	".cfi_endproc\n.size at_once, . - at_once\n");
void at_once(void);

static void handle_at_once(int number, siginfo_t *info, void *context)
{
	ucontext_t *interrupted = context;

	(void)info;
	sink += recurse((unsigned int)number % 3, 40000);
	interrupted->uc_mcontext.gregs[REG_RIP] += 2;
}

/* Anew for each test: cmocka has its own. */
static void set_handlers(void)
{
	struct sigaction action = { .sa_sigaction = handle_at_once, .sa_flags = SA_SIGINFO };

	sigaction(SIGILL, &action, NULL);
}
#else
static void at_once(void)
{
}

static void set_handlers(void)
{
}
#endif

static void do_all(void)
{
	at_once();
	sink += recurse(20, 40000);
	sink += with_room(1000, 40000);
	sink += with_room(17, 40000);
	sink += through_library(sink);
	raise(SIGUSR1);
}

struct fixture {
	struct perfev_sampler *sampler;
	struct perfev_symbols *symbols;
	struct by_dwfl *dwfl;
};

static void say_mappings(struct perfev_symbols *symbols)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4400], path[4096];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long long begin, end, offset;
		struct perfev_record record;
		char rights[5];

		path[0] = '\0';
		if (sscanf(line, "%llx-%llx %4s %llx %*s %*s %4095[^\n]", &begin, &end, rights,
			   &offset, path) < 4 ||
		    rights[2] != 'x' || !path[0])
			continue;
		record = said_mapping((__u32)getpid(), begin, end - begin, offset, path);
		assert_int_equal(perfev_symbols_take(symbols, &record), 1);
	}
	fclose(maps);
}

static int begin(void **state)
{
	static struct fixture fixture;

	*state = &fixture;
	signal(SIGUSR1, handle);
	assert_int_equal(perfev_symbols_open(&fixture.symbols, NULL, NULL), 0);
	say_mappings(fixture.symbols);
	fixture.dwfl = by_dwfl_open();
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	perfev_symbols_close(fixture->symbols);
	by_dwfl_close(fixture->dwfl);
	return 0;
}

static struct perfev_sampler *open_sampler(unsigned int stack_bytes)
{
	struct perfev_sample_options options = {
		.size = sizeof(options),
		.frequency_hz = 2000,
		.callchain = 1,
		.regs_user = by_dwfl_registers(),
		.stack_bytes = stack_bytes,
		.pages = 256,
	};
	struct perfev_sampler *sampler;
	struct perfev_why why;
	int result;

	if (!options.regs_user)
		skip_without("unwinding", "not on this processor");
	result = perfev_sampler_open(&sampler, "cpu-clock:u", perfev_self(), &options, &why);
	if (result < 0)
		skip_without("cpu-clock", "%s", why.text);
	return sampler;
}

/* Does what is to be sampled, and calls for each sample. Returns how many samples there were. */
static unsigned int sample(struct fixture *fixture, unsigned int stack_bytes,
			   void (*with)(struct fixture *fixture, const struct perfev_record *record,
					const struct perfev_frames *frames, void *more),
			   void *more)
{
	struct perfev_sampler *sampler = open_sampler(stack_bytes);
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_frame list[MOST_FRAMES];
	struct perfev_frames frames = { .list = list, .room = MOST_FRAMES };
	unsigned int count = 0;

	set_handlers();
	for (int round = 0; round < 2000 && count < WANTED; round++) {
		do_all();
		while (perfev_sampler_next(sampler, &record, 0) > 0) {
			if (record.type != PERF_RECORD_SAMPLE)
				continue;
			assert_int_equal(
				perfev_symbols_stack(fixture->symbols, &record, NULL, &frames), 0);
			with(fixture, &record, &frames, more);
			count++;
		}
	}
	perfev_sampler_close(sampler);
	return count;
}

static int is_in(const struct perfev_frame *frame, const char *name)
{
	return frame->symbol && !strcmp(frame->symbol->name, name);
}

static int is_ours(const struct perfev_frame *frame)
{
	static const char *const names[] = { "work",   "recurse", "with_room", "through_library",
					     "do_all", "sample",  "compare",   "handle" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_in(frame, names[i]))
			return 1;
	return 0;
}

struct counts {
	unsigned int compared, same, begun, stopped, in_library, in_signal, at_once, to_main;
};

/*
 * The kernel's chain has no caller where a function has not yet, or no longer, set up its frame
 * pointer; else it is the same as far as all functions keep one.
 */
static void compare_with_pointers(struct fixture *fixture, const struct perfev_record *record,
				  const struct perfev_frames *frames, void *more)
{
	const struct perfev_words *chain = &record->sample.callchain;
	struct counts *counts = more;
	unsigned int ours = 0, at = 0, missing = 0;

	(void)fixture;
	while (ours < frames->count && is_ours(&frames->list[ours]))
		ours++;
	if (frames->source != PERFEV_STACK_UNWOUND || ours < 3)
		return;
	counts->compared++;
	while (at < chain->count && perfev_words_get(chain, at) >= PERF_CONTEXT_MAX)
		at++;
	for (unsigned int i = 0; i < ours; i++, at++) {
		/* Among calls of itself it does not show at once which one is missing. */
		if (i && !missing && perfev_words_get(chain, at) != frames->list[i].address) {
			missing++;
			i++;
		}
		if (i < ours && perfev_words_get(chain, at) != frames->list[i].address)
			return;
	}
	counts->same++;
	counts->begun += missing;
}

static void stacks_are_what_frame_pointers_say(void **state)
{
	struct counts counts = { 0 };
	unsigned int count = sample(*state, 16384, compare_with_pointers, &counts);

	if (count < WANTED / 4)
		skip_without("cpu-clock", "only %u samples came", count);
	print_message("# %u samples, %u compared, %u the same, %u of them without a frame yet\n",
		      count, counts.compared, counts.same, counts.begun);
	assert_true(counts.compared > count / 2);
	assert_int_equal(counts.same, counts.compared);
	assert_true(counts.begun < counts.same / 4);
}

static void compare_with_elfutils(struct fixture *fixture, const struct perfev_record *record,
				  const struct perfev_frames *frames, void *more)
{
	__u64 theirs[MOST_FRAMES];
	unsigned int count = by_dwfl_unwind(fixture->dwfl, record, theirs, MOST_FRAMES), i = 0;
	struct counts *counts = more;

	if (frames->source != PERFEV_STACK_UNWOUND)
		return;
	counts->compared++;
	/*
	 * Theirs may go on by frame pointers where nothing says that the stack has ended; and it
	 * stops at the last instruction of clang's functions, where ours has to get to main().
	 */
	while (i < frames->count && i < count && theirs[i] == frames->list[i].address)
		i++;
	counts->same += i == (count < frames->count ? count : frames->count);
	counts->stopped += frames->reason != NULL;
	if (frames->reason)
		print_message("# in %s: %s\n", frames->list[frames->count - 1].module->path,
			      frames->reason);
	if (i < frames->count && i < count)
		print_message("# frame %u: 0x%llx, theirs 0x%llx\n", i, frames->list[i].address,
			      theirs[i]);
	for (i = 0; i < frames->count; i++) {
		counts->in_library += is_in(&frames->list[i], "compare");
		counts->in_signal += is_in(&frames->list[i], "handle");
		counts->at_once += is_in(&frames->list[i], "at_once");
		counts->to_main += is_in(&frames->list[i], "main");
	}
}

/* As much as a record holds beside registers and callchain: sanitizers have large frames. */
#define MOST_STACK_BYTES 61440

static void stacks_are_what_elfutils_unwinds(void **state)
{
	struct fixture *fixture = *state;
	struct counts counts = { 0 };
	unsigned int count;

	if (!fixture->dwfl)
		skip_without("unwinding", "elfutils does not know this processor");
	count = sample(fixture, MOST_STACK_BYTES, compare_with_elfutils, &counts);
	if (count < WANTED / 4)
		skip_without("cpu-clock", "only %u samples came", count);
	print_message("# %u samples, %u through the library, %u in the signal, %u from main\n",
		      count, counts.in_library, counts.in_signal, counts.to_main);
	assert_true(counts.compared > count / 2);
	assert_int_equal(counts.same, counts.compared);
	assert_true(counts.in_library > 0);
	assert_true(counts.in_signal > 0);
#if defined(__x86_64__)
	assert_true(counts.at_once > 0);
#endif
	/* Sanitizers have code that says of itself what is not true. */
	assert_true(100 * counts.stopped <= counts.compared);
	assert_int_equal(counts.to_main + counts.stopped, counts.compared);
}

static void look_at_end(struct fixture *fixture, const struct perfev_record *record,
			const struct perfev_frames *frames, void *more)
{
	struct counts *counts = more;

	(void)fixture;
	if (frames->source != PERFEV_STACK_UNWOUND)
		return;
	counts->compared++;
	if (!frames->is_cut)
		return;
	if (frames->reason && strstr(frames->reason, "bytes of stack that were recorded end there"))
		counts->same++;
	else
		print_message("# %s\n", frames->reason ? frames->reason : "no reason");
	assert_true(record->sample.user_stack.size <= 512);
}

static void a_stack_that_was_not_recorded_whole_is_said_to_be_cut(void **state)
{
	struct counts counts = { 0 };
	unsigned int count = sample(*state, 512, look_at_end, &counts);

	if (count < WANTED / 4)
		skip_without("cpu-clock", "only %u samples came", count);
	assert_true(counts.compared > count / 2);
	assert_int_equal(counts.same, counts.compared);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks_are_what_frame_pointers_say),
		cmocka_unit_test(stacks_are_what_elfutils_unwinds),
		cmocka_unit_test(a_stack_that_was_not_recorded_whole_is_said_to_be_cut),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
