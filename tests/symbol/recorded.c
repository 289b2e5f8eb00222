/* SPDX-License-Identifier: MIT */
/*
 * Stacks that were recorded on other processors (tests/golden/guests), beside what frame pointers
 * say, by each processor's habit: read out of the recorded registers and bytes here.
 *
 * usage: recorded FOLDER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <perfev/regs.h>
#include <perfev/symbol.h>

#include "support.h"

#define MOST_FRAMES 128

static const char *folder;

/*
 * Where a frame pointer and the return address are, counted in bytes from where it points. Where a
 * register has the return address, a function that calls none does not save it.
 */
static const struct processor {
	const char *name;
	unsigned int pc, sp, fp;
	int frame, back;
	int is_back_chain; /* the return address is in the frame that it leads to */
	int link;          /* the register, or -1: all save it */
	int leaf_frame;
	unsigned int bits;  /* of a return address */
	unsigned int whole; /* how many stacks of a hundred reach the beginning, at least */
} processors[] = {
	{ "x86-64", PERF_REG_X86_IP, PERF_REG_X86_SP, PERF_REG_X86_BP, 0, 8, 0, -1, 0, 64, 100 },
	{ "arm64", PERF_REG_ARM64_PC, PERF_REG_ARM64_SP, PERF_REG_ARM64_X29, 0, 8, 0, -1, 0, 48,
	  100 },
	{ "riscv64", PERF_REG_RISCV_PC, PERF_REG_RISCV_SP, PERF_REG_RISCV_S0, -16, -8, 0,
	  PERF_REG_RISCV_RA, -8, 64, 100 },
	{ "ppc64le", PERF_REG_POWERPC_NIP, PERF_REG_POWERPC_R1, PERF_REG_POWERPC_R1, 0, 16, 1,
	  PERF_REG_POWERPC_LINK, 0, 64, 40 },
};

static int read_word(const struct perfev_record *sample, __u64 begin, __u64 address, __u64 *out)
{
	const struct perfev_stack *stack = &sample->sample.user_stack;

	if (address < begin || stack->size < 8 || address - begin > stack->size - 8)
		return 0;
	memcpy(out, (const char *)stack->bytes.bytes + (address - begin), 8);
	return 1;
}

/* Follows the frame pointers. Returns how many addresses, or 0. */
static unsigned int follow(const struct processor *processor, const struct perfev_record *sample,
			   int is_leaf, __u64 *addresses, unsigned int room)
{
	const struct perfev_registers *registers = &sample->sample.user_regs;
	const __u64 mask = processor->bits == 64 ? ~0ULL : (1ULL << processor->bits) - 1;
	unsigned int count = 0;
	__u64 begin, fp, back, next;

	if (!perfev_registers_get(registers, processor->pc, &addresses[count++]) ||
	    !perfev_registers_get(registers, processor->sp, &begin) ||
	    !perfev_registers_get(registers, processor->fp, &fp))
		return 0;
	if (is_leaf && processor->link >= 0) {
		if (!perfev_registers_get(registers, (unsigned int)processor->link,
					  &addresses[count++]) ||
		    !read_word(sample, begin, fp + (__u64)processor->leaf_frame, &fp))
			return 0;
	}
	while (count < room && read_word(sample, begin, fp + (__u64)processor->frame, &next)) {
		__u64 from = processor->is_back_chain ? next : fp;

		if (!read_word(sample, begin, from + (__u64)processor->back, &back) || !back)
			break;
		addresses[count++] = back & mask;
		fp = next;
	}
	return count;
}

struct counts {
	unsigned int samples, same, whole, in_prologue;
};

static const char *name_of(const struct perfev_frame *frame)
{
	return frame->symbol ? frame->symbol->name : "";
}

static void look_at(const struct processor *processor, const struct perfev_record *sample,
		    const struct perfev_frames *frames, struct counts *counts)
{
	__u64 addresses[MOST_FRAMES];
	unsigned int count = follow(processor, sample, !strcmp(name_of(&frames->list[0]), "work"),
				    addresses, MOST_FRAMES);
	unsigned int at, hidden, shared = frames->count;

	counts->samples++;
	assert_int_equal(frames->source, PERFEV_STACK_UNWOUND);
	assert_true(frames->count >= 2 && count >= 1);
	assert_int_equal(frames->list[0].address, addresses[0]);
	/* A function that has no frame yet hides its caller. */
	hidden = frames->list[1].address != addresses[1];
	counts->in_prologue += hidden;
	/* Both end where the bytes do, at different places of the frame there. */
	if (shared > count)
		shared = count;
	at = 1 + hidden;
	while (at < shared && frames->list[at].address == addresses[at - hidden])
		at++;
	counts->same += at == shared && frames->count <= count + 2 && count <= frames->count + 1;
	if (!frames->is_cut) {
		assert_null(frames->reason);
		assert_string_equal(name_of(&frames->list[frames->count - 1]), "_start");
		assert_string_equal(name_of(&frames->list[frames->count - 2]), "do_all");
		counts->whole++;
	} else {
		assert_non_null(frames->reason);
		assert_non_null(strstr(frames->reason, "bytes of stack that were recorded end"));
	}
}

/* The program that ran, where the recording says that it was. */
static void put_program(const char *root, const char *name)
{
	char from[512], to[128];

	assert_true(snprintf(from, sizeof(from), "%s/%s.program", folder, name) <
		    (int)sizeof(from));
	snprintf(to, sizeof(to), "%s/tests", root);
	assert_int_equal(mkdir(to, 0755), 0);
	snprintf(to, sizeof(to), "%s/tests/program", root);
	assert_int_equal(symlink(from, to), 0);
}

static void remove_program(const char *root)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/tests/program", root);
	unlink(path);
	snprintf(path, sizeof(path), "%s/tests", root);
	rmdir(path);
	rmdir(root);
}

static void go_through(const struct processor *processor, struct perfev_symbols *symbols,
		       struct perfev_file *file, struct counts *counts)
{
	struct perfev_record record = PERFEV_RECORD_INIT;
	struct perfev_frame list[MOST_FRAMES];
	struct perfev_frames frames = { .list = list, .room = MOST_FRAMES };
	int result;

	assert_int_equal(perfev_symbols_recording(symbols, file), 0);
	while ((result = perfev_file_next(file, &record)) > 0) {
		assert_true(perfev_symbols_take(symbols, &record) >= 0);
		if (record.type != PERF_RECORD_SAMPLE)
			continue;
		assert_int_equal(perfev_symbols_stack(symbols, &record, NULL, &frames), 0);
		look_at(processor, &record, &frames, counts);
	}
	assert_int_equal(result, 0);
}

static void check(const struct processor *processor)
{
	char root[] = "/tmp/perfev-recorded-XXXXXX", path[512];
	struct perfev_symbols_options options = { .size = sizeof(options), .root = root };
	struct counts counts = { 0 };
	struct perfev_symbols *symbols;
	struct perfev_file *file;
	struct perfev_why why;

	assert_true(snprintf(path, sizeof(path), "%s/%s.data", folder, processor->name) <
		    (int)sizeof(path));
	if (perfev_file_open(&file, path, NULL, &why) < 0)
		fail_msg("%s", why.text);
	assert_non_null(mkdtemp(root));
	put_program(root, processor->name);
	assert_int_equal(perfev_symbols_open(&symbols, &options, &why), 0);
	go_through(processor, symbols, file, &counts);
	perfev_symbols_close(symbols);
	perfev_file_close(file);
	remove_program(root);
	print_message("# %s: %u samples, %u the same, %u of them without a frame yet, %u whole\n",
		      processor->name, counts.samples, counts.same, counts.in_prologue,
		      counts.whole);
	assert_true(counts.samples >= 8);
	assert_int_equal(counts.same, counts.samples);
	assert_true(counts.in_prologue <= counts.samples / 4);
	assert_true(100 * counts.whole >= processor->whole * counts.samples);
}

static void on_x86_64(void **state)
{
	(void)state;
	check(&processors[0]);
}

static void on_arm64_with_signed_addresses(void **state)
{
	(void)state;
	check(&processors[1]);
}

static void on_riscv64(void **state)
{
	(void)state;
	check(&processors[2]);
}

static void on_ppc64le(void **state)
{
	(void)state;
	check(&processors[3]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_x86_64),
		cmocka_unit_test(on_arm64_with_signed_addresses),
		cmocka_unit_test(on_riscv64),
		cmocka_unit_test(on_ppc64le),
	};

	if (argc != 2)
		return 2;
	folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
