/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out while a file is opened, its symbols and lines are read, and a frame's row is
 * made: the Nth allocation fails, for every N until none does. It comes out as -ENOMEM, is never
 * taken for a file without symbols, and nothing leaks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/symbol/elf_module.h"
#include "../../src/symbol/unwind.h"
#include "failing_memory.h"
#include "support.h"

static struct perfev_symbols symbols = { .is_this_machine = 1, .is_this_kernel = 1 };

/* This program: it has symbols, lines, a linkage table and call frame information. */
static void begin(struct module *module, const char *path)
{
	memset(module, 0, sizeof(*module));
	module->shown.path = path;
}

static void end(struct module *module)
{
	perfev_elf_close(module);
	perfev_symtab_free(&module->symtab);
}

static void files_are_not_taken_for_others(void **state)
{
	static const char *const paths[] = { "/proc/self/exe", "/nowhere", "/nowhere (deleted)",
					     "/" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		enum perfev_module_state expected;
		struct module module;
		int result = -ENOMEM;
		long n;

		begin(&module, paths[i]);
		module.pid = 1;
		assert_int_equal(perfev_elf_load(&symbols, &module), 0);
		expected = module.shown.state;
		end(&module);
		for (n = 0; result < 0; n++) {
			long before = allocations_held;

			begin(&module, paths[i]);
			module.pid = 1;
			allocations_left = n;
			result = perfev_elf_load(&symbols, &module);
			allocations_left = -1;
			if (result < 0)
				assert_int_equal(result, -ENOMEM);
			else
				assert_int_equal(module.shown.state, expected);
			end(&module);
			assert_int_equal(allocations_held, before);
		}
		assert_true(n > 2);
	}
}

static void lines_are_not_taken_for_none(void **state)
{
	struct perfev_line lines[8];
	struct module module;
	int result = -ENOMEM, expected;
	__u64 address = 0;
	long n;

	(void)state;
	begin(&module, "/proc/self/exe");
	assert_int_equal(perfev_elf_load(&symbols, &module), 0);
	for (__u32 i = 0; i < module.symtab.count; i++)
		if (!strcmp(perfev_symtab_name(&module.symtab, i), "main"))
			address = module.symtab.entries[i].address;
	expected = perfev_elf_lines(&symbols, &module, address, lines, 8);
	end(&module);
	if (!address || !expected)
		skip_without("debug-info", "this program was built without");
	for (n = 0; result < 0; n++) {
		begin(&module, "/proc/self/exe");
		assert_int_equal(perfev_elf_load(&symbols, &module), 0);
		allocations_left = n;
		result = perfev_elf_lines(&symbols, &module, address, lines, 8);
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		else
			assert_int_equal(result, expected);
		end(&module);
	}
	assert_true(n > 4);
}

static void rows_are_not_taken_for_none(void **state)
{
	const struct unwind_machine *machine;
	const struct cfi_row *row;
	struct module module;
	int result = -ENOMEM;
	long n;

	(void)state;
	for (n = 0; result < 0; n++) {
		begin(&module, "/proc/self/exe");
		assert_int_equal(perfev_elf_load(&symbols, &module), 0);
		machine = perfev_unwind_machine(module.elf->machine, PERF_SAMPLE_REGS_ABI_64);
		if (!machine || !module.symtab.count) {
			end(&module);
			skip_without("unwinding", "not on this processor");
		}
		allocations_left = n;
		result = perfev_cfi_row(module.elf, machine,
					module.symtab.entries[module.symtab.count / 2].address,
					&row);
		allocations_left = -1;
		if (result < 0)
			assert_int_equal(result, -ENOMEM);
		end(&module);
	}
	assert_true(n > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_not_taken_for_others),
		cmocka_unit_test(lines_are_not_taken_for_none),
		cmocka_unit_test(rows_are_not_taken_for_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
