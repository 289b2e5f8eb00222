/* SPDX-License-Identifier: MIT */
/* Which module an address is in, as mappings come, cut each other, are inherited and dropped. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/symbol/index.h"
#include "../../src/symbol/maps.h"
#include "record_maker.h"
#include "support.h"
#include "symbol_maker.h"

#define USER PERF_RECORD_MISC_USER

/* Says that a process has what this one has. */
static void say_own_mappings(const struct machine *machine, __u32 pid)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[4352];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		unsigned long begin, end, offset, inode;
		unsigned int major, minor;
		struct perfev_record record;
		char may[8], path[4096] = "";

		line[strcspn(line, "\n")] = '\0';
		assert_true(sscanf(line, "%lx-%lx %7s %lx %x:%x %lu %4095[^\n]", &begin, &end, may,
				   &offset, &major, &minor, &inode, path) >= 7);
		if (may[2] != 'x')
			continue;
		record = said_mapping(pid, begin, end - begin, offset, path);
		record.mmap.maj = major;
		record.mmap.min = minor;
		record.mmap.ino = inode;
		take(machine, record);
	}
	fclose(file);
}

/* A function that is not static, to be found. */
int findable_function(int number);
int findable_function(int number)
{
	return number * 3;
}

static void a_function_of_this_program_is_found_at_its_address(void **state)
{
	const __u64 address = (__u64)(uintptr_t)findable_function;
	struct perfev_frame frame, again;
	struct machine machine;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_symbols_open(&machine.symbols, NULL, &why), 0);
	say_own_mappings(&machine, 7);
	frame = find(&machine, 7, USER, address + 1);
	assert_non_null(frame.symbol);
	assert_string_equal(frame.symbol->name, "findable_function");
	assert_ptr_equal(frame.symbol->module, frame.module);
	assert_int_equal(frame.module_address, frame.symbol->address + 1);
	assert_int_equal(frame.module->kind, PERFEV_MODULE_FILE);
	assert_int_equal(frame.module->state, PERFEV_MODULE_WHOLE);
	assert_string_equal(frame.module->name, "test_symbol_maps");
	assert_ptr_equal(perfev_symbols_module(machine.symbols, frame.module->number),
			 frame.module);
	again = find(&machine, 7, USER, address);
	assert_ptr_equal(again.symbol, frame.symbol);
	assert_true(frame.symbol->number < perfev_symbols_count(machine.symbols));
	/* Another process has it elsewhere: it is the same symbol. */
	take(&machine, said_mapping(8, 0x10000, 0x1000, 0, "/other"));
	assert_null(name_at(&machine, 8, USER, address));
	perfev_symbols_close(machine.symbols);
}

/* The same by a table with one entry for each address. */
struct model {
	struct module *module[256];
	__u64 offset[256];
};

static void check_model(struct maps *maps, const struct model *model)
{
	for (__u64 i = 0; i < 256; i++) {
		const struct mapping *mapping = perfev_maps_at(maps, i);

		if (!model->module[i]) {
			assert_null(mapping);
			continue;
		}
		assert_non_null(mapping);
		assert_ptr_equal(mapping->module, model->module[i]);
		assert_int_equal(mapping->offset + (i - mapping->begin), model->offset[i]);
	}
	for (__u32 i = 1; maps && i < maps->count; i++)
		assert_true(maps->list[i - 1].end <= maps->list[i].begin);
}

static void what_is_mapped_is_what_was_mapped_last(void **state)
{
	static struct module modules[8];
	static struct model models[2];

	(void)state;
	for (unsigned int seed = 0; seed < 60; seed++) {
		struct maps *maps[2] = { NULL, NULL };

		random_begin(seed);
		memset(models, 0, sizeof(models));
		for (int step = 0; step < 60; step++) {
			const unsigned int which = random_below(2);
			const __u64 begin = random_below(250), length = random_below(60);
			const __u64 end = begin + length < 256 ? begin + length : 256;
			struct module *module = &modules[random_below(8)];

			if (random_below(20) == 0) {
				/* fork(2) */
				perfev_maps_release(maps[!which]);
				maps[!which] = perfev_maps_share(maps[which]);
				models[!which] = models[which];
			}
			assert_int_equal(
				perfev_maps_add(&maps[which], begin, end, 1000 + begin, module), 0);
			for (__u64 i = begin; i < end; i++) {
				models[which].module[i] = module;
				models[which].offset[i] = 1000 + i;
			}
			check_model(maps[which], &models[which]);
			check_model(maps[!which], &models[!which]);
		}
		perfev_maps_release(maps[0]);
		perfev_maps_release(maps[1]);
	}
}

static void an_index_finds_what_the_table_does(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < 40; seed++) {
		const __u64 base = seed % 2 ? 0xffffffff81000000 : 0x1000;
		struct symtab symtab = { 0 };
		struct module_index *index;
		__u32 count, wide;

		random_begin(seed);
		count = 1 + random_below(400);
		wide = 1 + random_below(2000);
		for (__u32 i = 0; i < count; i++)
			assert_int_equal(
				perfev_symtab_add(&symtab, base + random_below(wide),
						  random_below(50), "x", 1, SYMTAB_FUNCTION),
				0);
		assert_int_equal(perfev_symtab_sort(&symtab, base + 2 * wide), 0);
		index = perfev_index_make(&symtab);
		assert_non_null(index);
		assert_int_equal(index->base, symtab.entries[0].address);
		for (__u64 at = index->base; at < base + 3 * wide; at++) {
			__u32 last = 0;

			while (last + 1 < symtab.count && symtab.entries[last + 1].address <= at)
				last++;
			assert_int_equal(perfev_index_find(index, at), last);
		}
		assert_int_equal(perfev_index_find(index, ~0ULL), symtab.count - 1);
		free(index);
		perfev_symtab_free(&symtab);
	}
}

static void of_more_mappings_than_a_process_may_have_the_oldest_go(void **state)
{
	struct maps *maps = NULL;
	struct module module;

	(void)state;
	memset(&module, 0, sizeof(module));
	for (__u64 i = 0; i < 2 * MAPPINGS_MOST + 10; i++)
		assert_int_equal(perfev_maps_add(&maps, 16 * i, 16 * i + 8, 0, &module), 0);
	assert_true(maps->count <= MAPPINGS_MOST);
	assert_non_null(perfev_maps_at(maps, 16 * (2 * MAPPINGS_MOST + 9)));
	assert_non_null(perfev_maps_at(maps, 16 * (2 * MAPPINGS_MOST - 1000)));
	assert_null(perfev_maps_at(maps, 0));
	assert_true(perfev_maps_overlap(maps, 16 * (2 * MAPPINGS_MOST), ~0ULL));
	assert_false(perfev_maps_overlap(maps, 8, 16));
	perfev_maps_release(maps);
}

static void a_child_has_its_parents_mappings_until_exec(void **state)
{
	struct machine machine;
	struct perfev_record record;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_mapping(1, 0x1000, 0x1000, 0, "/bin/sh"));
	take(&machine, said_fork(2, 2, 1, 1));
	assert_string_equal(path_at(&machine, 2, 0x1800), "/bin/sh");
	take(&machine, said_mapping(2, 0x1800, 0x100, 0, "/lib/a.so"));
	assert_string_equal(path_at(&machine, 2, 0x1800), "/lib/a.so");
	assert_string_equal(path_at(&machine, 1, 0x1800), "/bin/sh");
	take(&machine, said_mapping(1, 0x1000, 0x1000, 0, "/lib/b.so"));
	assert_string_equal(path_at(&machine, 2, 0x1000), "/bin/sh");
	/* A new name alone changes nothing. */
	take(&machine, said_comm(2, 2, "other", 0));
	assert_string_equal(path_at(&machine, 2, 0x1000), "/bin/sh");
	take(&machine, said_comm(2, 2, "cc1", 1));
	assert_null(path_at(&machine, 2, 0x1000));
	assert_string_equal(path_at(&machine, 1, 0x1000), "/lib/b.so");
	/* Of processes that were there before, recorders say the mappings themselves. */
	record = said_fork(3, 3, 1, 1);
	record.misc = PERF_RECORD_MISC_FORK_EXEC;
	take(&machine, record);
	assert_null(path_at(&machine, 3, 0x1000));
	/* A thread has its process's. */
	take(&machine, said_fork(1, 9, 1, 1));
	assert_string_equal(path_at(&machine, 1, 0x1000), "/lib/b.so");
	machine_close(&machine);
}

static void what_no_mapping_can_be_does_no_harm(void **state)
{
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_mapping(1, 0x1000, 0, 0, "/empty"));
	assert_null(path_at(&machine, 1, 0x1000));
	take(&machine, said_mapping(1, ~0ULL - 0xfff, ~0ULL, ~0ULL, "/wraps"));
	assert_string_equal(path_at(&machine, 1, ~0ULL - 1), "/wraps");
	assert_null(path_at(&machine, 1, 0x1000));
	take(&machine, said_mapping(1, 0, ~0ULL, 0, "/all"));
	assert_string_equal(path_at(&machine, 1, 0), "/all");
	assert_string_equal(path_at(&machine, 1, ~0ULL - 1), "/all");
	assert_null(path_at(&machine, 1, ~0ULL));
	take(&machine, said_mapping((__u32)-1, 0x1000, 0x1000, 0, "/nobody"));
	assert_null(path_at(&machine, (__u32)-1, 0x1000));
	assert_null(path_at(&machine, 77, 0x1000));
	/* Nobody is its own child. */
	take(&machine, said_fork(1, 1, 1, 1));
	take(&machine, said_fork(5, 5, 6, 6));
	take(&machine, said_fork(6, 6, 5, 5));
	assert_null(path_at(&machine, 5, 0x1000));
	machine_close(&machine);
}

static void a_path_that_is_another_file_is_another_module(void **state)
{
	struct perfev_record record = said_mapping(1, 0x1000, 0x1000, 0, "/lib/x.so");
	struct perfev_frame first, second;
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	record.mmap.ino = 10;
	take(&machine, record);
	first = find(&machine, 1, USER, 0x1000);
	record.mmap.pid = 2;
	take(&machine, record);
	second = find(&machine, 2, USER, 0x1000);
	assert_ptr_equal(first.module, second.module);
	record.mmap.ino = 11;
	take(&machine, record);
	second = find(&machine, 2, USER, 0x1000);
	assert_ptr_not_equal(first.module, second.module);
	assert_string_equal(second.module->path, "/lib/x.so");
	assert_string_equal(second.module->name, "x.so");
	record.misc |= PERF_RECORD_MISC_MMAP_BUILD_ID;
	record.mmap.build_id = (struct perfev_build_id){ { 1, 2, 3 }, 20 };
	record.mmap.ino = 0;
	record.mmap.filename.text = "/lib/y.so";
	take(&machine, record);
	first = find(&machine, 2, USER, 0x1000);
	assert_int_equal(first.module->build_id.size, 20);
	record.mmap.build_id.bytes[0] = 9;
	take(&machine, record);
	second = find(&machine, 2, USER, 0x1000);
	assert_ptr_not_equal(first.module, second.module);
	assert_int_equal(second.module->build_id.bytes[0], 9);
	assert_int_equal(perfev_symbols_module_count(machine.symbols), second.module->number + 1);
	assert_null(perfev_symbols_module(machine.symbols, second.module->number + 1));
	machine_close(&machine);
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct perfev_frame frame;
	struct machine machine;

	(void)state;
	machine_open(&machine, NULL);
	take(&machine, said_mapping(1, 0x400000, 0x1000, 0x2000, "/bin/gone"));
	frame = find(&machine, 1, USER, 0x400010);
	assert_null(frame.symbol);
	assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
	assert_non_null(frame.module->reason);
	/* Its place in the file is what can be said. */
	assert_int_equal(frame.module_address, 0x2010);
	machine_close(&machine);
}

static void code_of_guests_and_hypervisors_is_told_as_theirs(void **state)
{
	static const struct {
		__u16 mode;
		const char *path;
	} others[] = {
		{ PERF_RECORD_MISC_GUEST_KERNEL, "[guest.kernel]" },
		{ PERF_RECORD_MISC_GUEST_USER, "[guest.user]" },
		{ PERF_RECORD_MISC_HYPERVISOR, "[hypervisor]" },
	};
	struct machine machine;

	(void)state;
	machine_open(&machine, "ffffffff81000000 T _text\n");
	take(&machine, said_mapping(1, 0x1000, 0x1000, 0, "/bin/x"));
	for (unsigned int i = 0; i < 3; i++) {
		struct perfev_frame frame = find(&machine, 1, others[i].mode, 0x1000);

		assert_string_equal(frame.module->path, others[i].path);
		assert_int_equal(frame.module->state, PERFEV_MODULE_MISSING);
		assert_non_null(frame.module->reason);
		assert_null(frame.symbol);
		assert_int_equal(frame.mode, others[i].mode);
	}
	machine_close(&machine);
}

static void options_of_a_newer_caller_are_refused(void **state)
{
	struct {
		struct perfev_symbols_options known;
		long newer;
	} options = { .known = { .size = sizeof(options) }, .newer = 1 };
	struct perfev_symbols *symbols;
	struct perfev_why why;

	(void)state;
	assert_int_equal(perfev_symbols_open(&symbols, &options.known, &why), -E2BIG);
	assert_null(symbols);
	assert_int_equal(why.cause, PERFEV_CAUSE_ARGUMENT);
	assert_int_equal(why.error, E2BIG);
	assert_true(strlen(why.text) > 10);
	options.newer = 0;
	assert_int_equal(perfev_symbols_open(&symbols, &options.known, NULL), 0);
	perfev_symbols_close(symbols);
	perfev_symbols_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_of_this_program_is_found_at_its_address),
		cmocka_unit_test(what_is_mapped_is_what_was_mapped_last),
		cmocka_unit_test(an_index_finds_what_the_table_does),
		cmocka_unit_test(of_more_mappings_than_a_process_may_have_the_oldest_go),
		cmocka_unit_test(a_child_has_its_parents_mappings_until_exec),
		cmocka_unit_test(what_no_mapping_can_be_does_no_harm),
		cmocka_unit_test(a_path_that_is_another_file_is_another_module),
		cmocka_unit_test(a_file_that_is_not_there_is_told),
		cmocka_unit_test(code_of_guests_and_hypervisors_is_told_as_theirs),
		cmocka_unit_test(options_of_a_newer_caller_are_refused),
	};

	return cmocka_run_group_tests_name("what is mapped", tests, NULL, NULL);
}
