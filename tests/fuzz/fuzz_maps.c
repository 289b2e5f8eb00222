/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what says what is mapped, by the first of them: records of tasks and samples (0), a
 * file of the form of kallsyms (1), a perf map file (2), a jitdump (3). What is found covers the
 * address that was asked for.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/symbol/jit.h"

static const char kallsyms[] = "ffffffff81000000 T _text\nffffffff81000100 t inner\n"
			       "ffffffff81000200 D data\nffffffffc0000100 T of_ext4\t[ext4]\n";

static int file_of(const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	CHECK(fd >= 0);
	CHECK(!size || write(fd, data, size) == (ssize_t)size);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static struct perfev_symbols *open_with(int fd)
{
	struct perfev_symbols_options options = { .size = sizeof(options), .root = "/dev/null" };
	struct perfev_symbols *symbols;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	options.kallsyms = path;
	CHECK(perfev_symbols_open(&symbols, &options, NULL) == 0);
	return symbols;
}

static void check_frame(const struct perfev_symbols *symbols, const struct perfev_frame *frame)
{
	if (!frame->module) {
		CHECK(!frame->symbol);
		return;
	}
	CHECK(perfev_symbols_module(symbols, frame->module->number) == frame->module);
	if (!frame->symbol) {
		CHECK(frame->module->state != PERFEV_MODULE_UNREAD);
		return;
	}
	CHECK(frame->symbol->module == frame->module);
	CHECK(frame->symbol->number < perfev_symbols_count(symbols));
	CHECK(frame->module_address - frame->symbol->address < frame->symbol->size);
}

static void find(struct perfev_symbols *symbols, __u32 pid, __u16 mode, __u64 address)
{
	struct perfev_frame frame;
	int result = perfev_symbols_find(symbols, pid, mode, address, &frame);

	CHECK(result == (frame.module != NULL));
	CHECK(frame.address == address);
	check_frame(symbols, &frame);
}

static void take_sample(struct perfev_symbols *symbols, const struct perfev_record *sample)
{
	struct perfev_frame list[24];
	struct perfev_frames frames = { .list = list, .room = 24 };
	int result = perfev_symbols_stack(symbols, sample, NULL, &frames);

	CHECK(result == 0 || result == -ENOENT);
	CHECK(frames.count <= frames.room && (result < 0 || frames.count > 0));
	for (__u32 i = 0; i < frames.count; i++)
		check_frame(symbols, &list[i]);
	CHECK(perfev_symbols_task(symbols, sample->pid, sample->tid));
}

static void try_records(const uint8_t *data, size_t size)
{
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
			       PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_BRANCH_STACK,
		.branch_sample_type = PERF_SAMPLE_BRANCH_USER | PERF_SAMPLE_BRANCH_CALL_STACK,
	};
	struct perfev_record record = PERFEV_RECORD_INIT;
	int fd = file_of(kallsyms, sizeof(kallsyms) - 1);
	struct perfev_symbols *symbols = open_with(fd);
	struct perfev_layout layout;

	perfev_layout_init(&layout, &attr, 0);
	while (size) {
		int taken = perfev_record_decode(&record, data, size, &layout);

		if (taken <= 0)
			break;
		CHECK(perfev_symbols_take(symbols, &record) >= 0);
		if (record.type == PERF_RECORD_SAMPLE)
			take_sample(symbols, &record);
		if (record.type == PERF_RECORD_MMAP || record.type == PERF_RECORD_MMAP2) {
			find(symbols, record.mmap.pid, record.misc, record.mmap.addr);
			find(symbols, record.mmap.pid, record.misc,
			     record.mmap.addr + record.mmap.len - 1);
		}
		data += taken;
		size -= (size_t)taken;
	}
	perfev_symbols_close(symbols);
	close(fd);
}

static void try_kallsyms(const uint8_t *data, size_t size)
{
	static const __u64 addresses[] = {
		0,     1,        0x1000, 0xffffffff81000000, 0xffffffff81000150, 0xffffffffc0000150,
		~0ULL, ~0ULL - 1
	};
	int fd = file_of(data, size);
	struct perfev_symbols *symbols = open_with(fd);

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		find(symbols, 0, PERF_RECORD_MISC_KERNEL, addresses[i]);
	/* And what it says itself. */
	for (unsigned int i = 0; i < perfev_symbols_module_count(symbols); i++) {
		const struct symtab *symtab = &symbols->modules[i]->symtab;

		for (__u32 k = 0; k < symtab->count; k++) {
			const __u64 begin = symtab->entries[k].address;

			find(symbols, 0, PERF_RECORD_MISC_KERNEL, begin - 1);
			find(symbols, 0, PERF_RECORD_MISC_KERNEL, begin);
			find(symbols, 0, PERF_RECORD_MISC_KERNEL, begin + symtab->entries[k].size);
		}
	}
	perfev_symbols_close(symbols);
	close(fd);
}

static void check_codes(struct codes *codes)
{
	for (__u64 i = 0; i < 64; i++) {
		const __u64 address = codes->begin + i * ((codes->end - codes->begin) / 64 + 1);
		const struct code *code = perfev_codes_find(codes, address);

		CHECK(!code || address - code->address < code->size);
	}
}

static void try_jit(const uint8_t *data, size_t size, int is_dump)
{
	int fd = file_of(data, size), no_kallsyms = file_of("", 0);
	struct perfev_symbols *symbols = open_with(no_kallsyms);
	struct jit jit = { .module = symbols->registry->memory };

	symbols->registry->is_monotonic = 1;
	if (!is_dump) {
		CHECK(perfev_jit_read_map(&jit, fd) >= 0);
		CHECK(perfev_jit_read_map(&jit, fd) == 0 || jit.offset < size);
	} else if (perfev_jitdump_open(&jit, fd) == 0) {
		CHECK(perfev_jitdump_read(symbols, &jit, fd) >= 0);
		CHECK(perfev_jitdump_advance(&jit, 1000) == 0);
		check_codes(&jit.codes);
		CHECK(perfev_jitdump_advance(&jit, 0) == 0);
	}
	check_codes(&jit.codes);
	perfev_codes_free(&jit.codes);
	perfev_jitdump_free(jit.dump);
	perfev_symbols_close(symbols);
	close(fd);
	close(no_kallsyms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] & 3) {
	case 0:
		try_records(data + 1, size - 1);
		break;
	case 1:
		try_kallsyms(data + 1, size - 1);
		break;
	default:
		try_jit(data + 1, size - 1, data[0] & 1);
	}
	return 0;
}
