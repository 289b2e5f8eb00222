/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the file of a module: it is opened, its symbols are read and found again, lines and
 * frames of addresses in it are asked for, and a stack is unwound through it.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <perfev/regs.h>

#include "../../src/symbol/elf_module.h"
#include "../../src/symbol/unwind.h"

#define ASKED 6 /* addresses of a file */
#define WHERE 0x7f0000000000ULL

static void check_symbols(const struct module *module)
{
	const struct symtab *symtab = &module->symtab;

	for (__u32 i = 0; i < symtab->count; i++) {
		const struct symtab_entry *entry = &symtab->entries[i];

		CHECK(!i || entry->address > entry[-1].address);
		CHECK(entry->size <= ~0ULL - entry->address);
		CHECK(entry->name < symtab->names_bytes);
		CHECK(!entry->size || perfev_symtab_find(symtab, entry->address) == (long)i);
	}
	CHECK(!symtab->names_bytes || !symtab->names[symtab->names_bytes - 1]);
	for (__u32 i = 0; i < symtab->count && i < 64; i++)
		free(perfev_demangle(perfev_symtab_name(symtab, i)));
}

static void check_state(const struct module *module)
{
	switch (module->shown.state) {
	case PERFEV_MODULE_WHOLE:
	case PERFEV_MODULE_EXPORTS:
		CHECK(module->elf->elf && module->shown.origin);
		break;
	case PERFEV_MODULE_BARE:
		CHECK(module->elf->elf && module->shown.reason);
		break;
	default:
		CHECK(module->shown.reason && !module->elf->elf && !module->symtab.count);
	}
}

static void ask_lines(struct perfev_symbols *symbols, struct module *module, __u64 address)
{
	struct perfev_line lines[4];
	int count = perfev_elf_lines(symbols, module, address, lines, 4);

	CHECK(count >= 0);
	for (int i = 0; i < count && i < 4; i++)
		CHECK(lines[i].is_inlined == (i + 1 < count));
}

static void ask_row(struct module *module, __u64 address)
{
	const struct unwind_machine *machine =
		perfev_unwind_machine(module->elf->machine, PERF_SAMPLE_REGS_ABI_64);
	const struct cfi_row *row, *again;
	int result;

	if (!machine)
		return;
	result = perfev_cfi_row(module->elf, machine, address, &row);
	CHECK(result >= 0);
	CHECK(perfev_cfi_row(module->elf, machine, address, &again) == result);
	if (!result)
		return;
	CHECK(row == again && row->ra < MOST_REGISTERS);
	for (unsigned int i = 0; i < row->count; i++)
		CHECK(row->rules[i].reg < MOST_REGISTERS);
}

static void ask_module(const char *path)
{
	struct perfev_symbols symbols = { .is_this_machine = 1 };
	struct module module = { .shown.path = path };
	__u64 address;

	symbols.options.debug = "/dev/null";
	CHECK(perfev_elf_load(&symbols, &module) == 0);
	check_state(&module);
	check_symbols(&module);
	perfev_elf_address(&module, 0x1000, 0x1000, &address);
	for (__u32 i = 0; i < ASKED && module.elf->elf; i++) {
		__u32 number = (__u32)((__u64)module.symtab.count * i / ASKED);

		address = module.symtab.count ? module.symtab.entries[number].address + i :
						module.elf->begin + i * 16;
		ask_lines(&symbols, &module, address);
		ask_row(&module, address);
	}
	perfev_elf_close(&module);
	perfev_symtab_free(&module.symtab);
}

/* A stack whose every word may be a return address into the file. */
static void unwind_through(const char *path)
{
	struct perfev_symbols *symbols;
	struct perfev_record mapping = { .type = PERF_RECORD_MMAP2, .misc = PERF_RECORD_MISC_USER };
	struct perfev_record sample = { .type = PERF_RECORD_SAMPLE, .misc = PERF_RECORD_MISC_USER };
	struct perfev_frame list[32];
	struct perfev_frames frames = { .list = list, .room = 32 };
	__u64 registers[PERF_REG_X86_64_MAX], words[64];

	CHECK(perfev_symbols_open(&symbols, NULL, NULL) == 0);
	mapping.mmap.pid = mapping.mmap.tid = 1;
	mapping.mmap.addr = WHERE;
	mapping.mmap.len = 0x100000;
	mapping.mmap.filename = (struct perfev_text){ path, (__u32)strlen(path), 0 };
	CHECK(perfev_symbols_take(symbols, &mapping) == 1);
	for (unsigned int i = 0; i < PERF_REG_X86_64_MAX; i++)
		registers[i] = WHERE + 0x1000 + 8 * i;
	for (unsigned int i = 0; i < 64; i++)
		words[i] = WHERE + 0x1000 + 24 * i;
	registers[PERF_REG_X86_SP] = 0x1000;
	registers[PERF_REG_X86_BP] = 0x1040;
	sample.have =
		PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	sample.pid = sample.tid = 1;
	sample.sample.ip = registers[PERF_REG_X86_IP];
	sample.sample.user_regs.abi = PERF_SAMPLE_REGS_ABI_64;
	sample.sample.user_regs.mask = (1ULL << PERF_REG_X86_64_MAX) - 1;
	sample.sample.user_regs.values.bytes = registers;
	sample.sample.user_regs.values.count = PERF_REG_X86_64_MAX;
	sample.sample.user_stack.bytes.bytes = words;
	sample.sample.user_stack.bytes.length = sample.sample.user_stack.size = sizeof(words);
	CHECK(perfev_symbols_stack(symbols, &sample, NULL, &frames) == 0);
	CHECK(frames.count >= 1 && frames.count <= 32);
	perfev_symbols_close(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("module", MFD_CLOEXEC);
		CHECK(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	ask_module(path);
	unwind_through(path);
	return 0;
}
