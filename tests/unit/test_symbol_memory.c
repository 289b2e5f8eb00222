/* SPDX-License-Identifier: MIT */
/* The Nth allocation fails while addresses are looked up: it is told, nothing leaks, and samples
 * take no memory. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failing_memory.h"
#include "recording.h"
#include "support.h"
#include "symbol_maker.h"

static const char kallsyms[] =
	"ffffffff81000000 T _text\n"
	"ffffffff81000100 t inner\n"
	"ffffffff81000200 D data\n"
	"ffffffffc0000100 T of_ext4\t[ext4]\n";

/* What a process does, and is asked. Returns 0 or the first failure. */
static int go_through(struct perfev_symbols *symbols)
{
	__u64 chain[] = { PERF_CONTEXT_KERNEL,
			  0xffffffff81000110,
			  0xffffffffc0000150,
			  PERF_CONTEXT_USER,
			  0x10010,
			  0x10310,
			  0x400010,
			  0x500010 };
	struct perfev_record bpf = { .type = PERF_RECORD_KSYMBOL };
	const struct perfev_record records[] = {
		said_kernel_mapping(0xffffffff81000000, 0x1000, 0xffffffff81000000,
				    "[kernel.kallsyms]_text"),
		said_kernel_mapping(0xffffffffc0000000, 0x1000, 0, "/lib/modules/ext4.ko"),
		said_comm(5, 5, "node", 1),
		said_mapping(5, 0x10000, 0x1000, 0, "//anon"),
		said_mapping(5, 0x400000, 0x1000, 0, "/bin/nowhere"),
		said_fork(6, 6, 5, 5),
		said_mapping(6, 0x500000, 0x1000, 0, "/lib/other"),
		said_mapping(6, 0x501000, 0x1000, 0, "/tmp/jit-6.dump"),
		said_exit(5, 5),
		bpf,
	};
	struct perfev_record sample = { .type = PERF_RECORD_SAMPLE, .pid = 6, .tid = 6 };
	struct perfev_frame list[16];
	struct perfev_frames frames = { .list = list, .room = 16 };
	int result = 0;

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]) && result >= 0; i++)
		result = perfev_symbols_take(symbols, &records[i]);
	bpf.ksymbol.addr = 0xffffffffc0009000;
	bpf.ksymbol.len = 16;
	bpf.ksymbol.name.text = "bpf_prog";
	bpf.ksymbol.name.length = 8;
	if (result >= 0)
		result = perfev_symbols_take(symbols, &bpf);
	sample.have = PERF_SAMPLE_TID | PERF_SAMPLE_CALLCHAIN;
	sample.sample.callchain.bytes = chain;
	sample.sample.callchain.count = sizeof(chain) / sizeof(chain[0]);
	if (result >= 0)
		result = perfev_symbols_stack(symbols, &sample, NULL, &frames);
	if (result == 0 && !perfev_symbols_task(symbols, 6, 6))
		result = -ENOMEM;
	return result < 0 ? result : 0;
}

static int open_and_go(const struct machine *machine)
{
	const struct perfev_symbols_options options = {
		.size = sizeof(options), .root = machine->root, .kallsyms = machine->kallsyms
	};
	struct recording recording;
	struct perfev_symbols *symbols;
	struct perfev_file *file;
	struct perfev_why why;
	const long left = allocations_left;
	int result, fd;

	/* The file is no part of what is tried. */
	allocations_left = -1;
	recording_make(&recording, 0, 0);
	fd = recording_open(&recording, recording.length);
	assert_int_equal(perfev_file_open_fd(&file, fd, NULL, NULL), 0);
	allocations_left = left;
	result = perfev_symbols_open(&symbols, &options, &why);
	if (result < 0) {
		assert_null(symbols);
		assert_int_equal(why.cause, PERFEV_CAUSE_MEMORY);
	} else {
		result = perfev_symbols_recording(symbols, file);
		if (result == 0)
			result = go_through(symbols);
		/* Once there is memory again, so is all else. */
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(go_through(symbols), 0);
		perfev_symbols_close(symbols);
	}
	allocations_left = -1;
	perfev_file_close(file);
	close(fd);
	recording_free(&recording);
	return result;
}

static void without_memory_it_is_told_and_nothing_leaks(void **state)
{
	struct machine machine;
	int result = -ENOMEM;
	long n;

	(void)state;
	machine_open(&machine, kallsyms);
	machine_write(&machine, "/tmp/perf-6.map", "10000 100 leaf\n10300 100 caller\n", 32);
	for (n = 0; result < 0; n++) {
		const long before = allocations_held;

		allocations_left = n;
		result = open_and_go(&machine);
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		assert_int_equal(allocations_held, before);
	}
	assert_true(n > 30);
	machine_close(&machine);
}

static void samples_take_no_memory(void **state)
{
	struct machine machine;
	long before;

	(void)state;
	machine_open(&machine, kallsyms);
	machine_write(&machine, "/tmp/perf-6.map", "10000 100 leaf\n10300 100 caller\n", 32);
	assert_int_equal(go_through(machine.symbols), 0);
	before = allocations_held;
	for (int i = 0; i < 1000; i++) {
		/* Not one: what is asked for is there, or is not asked for. */
		allocations_left = 0;
		assert_string_equal(name_at(&machine, 6, PERF_RECORD_MISC_USER, 0x10010), "leaf");
		assert_string_equal(name_at(&machine, 6, PERF_RECORD_MISC_USER, 0x400010), "");
		assert_string_equal(
			name_at(&machine, 6, PERF_RECORD_MISC_KERNEL, 0xffffffff81000110), "inner");
		assert_non_null(perfev_symbols_task(machine.symbols, 6, 6));
		allocations_left = -1;
	}
	assert_int_equal(allocations_held, before);
	machine_close(&machine);
}

/* Processes come and go: what is kept for them does not grow. */
static void ended_processes_take_no_memory(void **state)
{
	struct machine machine;
	long before = 0;

	(void)state;
	machine_open(&machine, NULL);
	machine_write(&machine, "/tmp/perf-1.map", "10000 100 leaf\n", 15);
	take(&machine, said_mapping(1, 0x10000, 0x1000, 0, "//anon"));
	for (__u32 i = 0; i < 4000; i++) {
		const __u32 pid = 10 + i;

		take(&machine, said_fork(pid, pid, 1, 1));
		take(&machine, said_mapping(pid, 0x400000, 0x1000, 0, "/bin/short"));
		assert_string_equal(name_at(&machine, pid, PERF_RECORD_MISC_USER, 0x10010), "leaf");
		take(&machine, said_exit(pid, pid));
		if (i == 1000)
			before = allocations_held;
	}
	assert_true(allocations_held <= before + 16);
	machine_close(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_it_is_told_and_nothing_leaks),
		cmocka_unit_test(samples_take_no_memory),
		cmocka_unit_test(ended_processes_take_no_memory),
	};

	return cmocka_run_group_tests_name("symbols without memory", tests, NULL, NULL);
}
